"""What tells a run from its siblings on a shelf. Their configurations and ledgers in, words out."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.formats import dotted

MOST_KEYS = 3  # more are counted
SKETCH_POINTS = 40
UNTOLD = ("name", "data.path")  # keys that change no run
ABSENT = "none"


def differences(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return, for each of several configurations, the keys on which it departs from most.

    What most of them say stands for all; of as many, the first said. Empty for an only child and
    for one that is like the others.
    """
    flat = [dotted(config) for config in configs]
    keys = {key for each in flat for key in each} - set(UNTOLD)
    ordered = sorted(keys, key=lambda key: (not key.endswith("kind"), key))  # the grossest first
    said = {key: [_text(each.get(key)) for each in flat] for key in ordered}
    usual = {key: Counter(values).most_common(1)[0][0] for key, values in said.items()}
    words = []
    for place in range(len(flat)):
        own = [
            f"{key} {values[place]}" for key, values in said.items() if values[place] != usual[key]
        ]
        more = f" and {len(own) - MOST_KEYS} more" if len(own) > MOST_KEYS else ""
        words.append(", ".join(own[:MOST_KEYS]) + more)
    return words


def sketch(ledger: Path) -> tuple[float, ...]:
    """Return equity at about evenly spaced places of ``ledger.csv``, the first and last included.

    A shelf may hold hundreds of runs: a few lines of each file are read, never the whole. Empty
    for a file that is no ledger.
    """
    try:
        with ledger.open("rb") as file:
            column = file.readline().decode().strip().split(",").index("equity")
            start = file.tell()
            end = file.seek(0, 2)
            step = (end - start) / SKETCH_POINTS
            values = [
                _equity_at(file, start + round(step * n), column) for n in range(SKETCH_POINTS)
            ]
            file.seek(max(end - 4096, start))
            last = file.read().decode().splitlines()[-1]
            return (*(each for each in values if each is not None), float(last.split(",")[column]))
    except (OSError, ValueError, IndexError):
        return ()


def points(values: Sequence[float], width: int, height: int) -> str:
    """Return the corners of a line over a box, as SVG writes them; empty without a line."""
    known = [each for each in values if math.isfinite(each)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    scale = (high - low) or 1.0
    across = width / (len(known) - 1)
    return " ".join(
        f"{place * across:.1f},{height - (each - low) / scale * height:.1f}"
        for place, each in enumerate(known)
    )


def _equity_at(file: Any, place: int, column: int) -> float | None:
    """Return equity on the first whole line from a byte on; None behind the last."""
    file.seek(place - 1)
    file.readline()
    line = file.readline().decode()
    return float(line.split(",")[column]) if line.strip() else None


def _text(value: object) -> str:
    if value is None:
        return ABSENT
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
