"""Thirty invented cases, each from a seed. A seed in, a pair and its configuration out."""

from pathlib import Path

import numpy as np

from configs.schema import RunConfig
from tests.property.random_config import random_config
from tests.property.random_market import Choose, RandomPair, random_pair

CASES = 30


def seeded(seed: int) -> Choose:
    """Return a chooser that always chooses the same."""
    rng = np.random.default_rng(seed)
    return lambda options: options[rng.integers(len(options))]


def invented(seed: int, files: Path | None = None) -> tuple[RandomPair, RunConfig]:
    """Return one case; ``files`` is the folder its series are in, if it may name any."""
    choose = seeded(seed)
    pair = random_pair(choose)
    return pair, random_config(choose, pair, files=files)
