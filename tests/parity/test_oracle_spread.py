"""The engine against the oracle on spreads: both sides, every hedge, row by row."""

from collections import Counter

import pytest

from tests.parity.agreement import assert_agrees, both
from tests.parity.invented import seeded
from tests.property.random_config import (
    hard_to_borrow_in_either_leg,
    random_config,
    spread_sections,
)
from tests.property.random_market import random_pair, write_folder

SEEDS = range(60)


def invented_spread(seed, folder):
    """A random pair that trades its spread; every third one is hard to borrow in either leg."""
    choose = seeded(seed)
    pair = random_pair(choose)
    config = random_config(choose, pair, files=folder, **spread_sections(choose, pair))
    if seed % 3 == 0:
        values = config.model_dump()
        values["costs"]["borrow"]["hard_to_borrow"] = hard_to_borrow_in_either_leg(choose, pair)
        config = type(config).model_validate(values)
    return pair, config


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_oracle_agree_on_spreads(tmp_path, seed):
    pair, config = invented_spread(seed, tmp_path)
    write_folder(tmp_path, pair)
    assert_agrees(*both(tmp_path, config))


WANTED = {
    "fixed", "ols", "rolling_ols", "formation", "kalman", "price", "log_price", "z rolling",
    "z formation", "z filter", "sizing hedge_ratio", "sizing linear", "bought", "sold", "reversal",
    "z_back", "z_stop", "hedge_flipped", "half_lives", "hard_to_borrow",
}  # fmt: skip


def test_invented_spreads_reach_every_rule(tmp_path):
    seen = Counter()
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        pair, config = invented_spread(seed, folder)
        write_folder(folder, pair)
        result, _ = both(folder, config)
        if len(result.fills):
            signal = config.signal
            seen.update([signal.hedge.kind, signal.on, f"z {signal.zscore.kind}"])
            seen.update([f"sizing {config.sizing.kind}"])
            seen.update({each.check for each in result.findings} | set(result.fills["reason"]))
            seen.update({"bought" if each > 0 else "sold" for each in result.trades["direction"]})
    assert {name: seen[name] for name in WANTED if seen[name] < 2} == {}
