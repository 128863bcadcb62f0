"""A ledger of trials for a reader. What was read in, lines for stdout or JSON out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from configs.errors import one_line, printable
from engine.to_json import plain
from engine.trials.trial import HASH, Trial
from engine.trials.tried import Record, Tried, distinct
from reports.headline import ABSENT

Pair = tuple[tuple[str, ...], bool]  # symbols in order, whether its prices are invented


def trial_lines(tried: Tried, path: Path) -> list[str]:
    """Return one line a trial, then one a pair with its count, then what was skipped and why."""
    if not tried.records and not tried.skipped:
        where = printable(str(path))
        return [f"no trials yet in {where}; make one with: python run.py configs/sample.yaml"]
    return [
        *(printable(_line(each)) for each in tried.records),
        *(_count_line(pair, trials) for pair, trials in _by_pair(tried).items()),
        *(one_line(f"skipped {text}; it stays as it is") for text in tried.skipped),
    ]


def trial_json(tried: Tried, path: Path) -> str:
    """Return the same as JSON, for programs."""
    records: list[dict[str, Any]] = []
    for each in tried.records:
        fields = {} if each.trial is None else plain(each.trial)
        assert isinstance(fields, dict)  # a record's fields
        recorded = {"recorded": each.trial is not None}
        records.append({"when": each.when, "command": each.command, **recorded, **fields})
    pairs = [
        {
            "symbols": list(symbols),
            "synthetic": synthetic,
            "lines": len(trials),
            "distinct": distinct(trials),
        }
        for (symbols, synthetic), trials in _by_pair(tried).items()
    ]
    whole = {"ledger": str(path), "trials": records, "pairs": pairs, "skipped": tried.skipped}
    return json.dumps(whole, indent=2, allow_nan=False)


def _by_pair(tried: Tried) -> dict[Pair, list[Trial]]:
    """Return the trials of each pair, whichever leg is long; a universe's, of every pair of it."""
    pairs = dict.fromkeys((tuple(sorted(each.legs)), each.synthetic) for each in tried.trials)
    return {
        (legs, synthetic): [
            each
            for each in tried.trials
            if each.synthetic == synthetic and (each.symbols | each.legs).issuperset(legs)
        ]
        for legs, synthetic in pairs
    }


def _line(record: Record) -> str:
    when = record.when.replace("T", " ").removesuffix("Z")
    trial = record.trial
    if trial is None:
        return f"{when}  {record.command}  not recorded: --no-ledger"
    return "  ".join([f"{when}  {record.command}", *_parts(trial)])


def _parts(trial: Trial) -> Iterator[str]:
    yield trial.pair if trial.universe is None else f"every pair of {len(trial.universe)} symbols"
    yield f"{trial.start}..{trial.end}"
    score = ABSENT if trial.score is None else f"{trial.score:.2f}"
    if trial.cells is None:
        yield f"sharpe {score}"
    else:
        yield f"{trial.cells:,} cells, sharpe of the best {score}"
    yield trial.engine
    yield f"config {trial.config_sha256[:HASH]}"
    yield f"data {trial.data_sha256[:HASH]}"
    if trial.search is not None:
        yield f"of {trial.search}"
    if trial.synthetic:
        yield "SYNTHETIC"


def _count_line(pair: Pair, trials: list[Trial]) -> str:
    symbols, is_synthetic = pair
    count, lines = distinct(trials), len(trials)
    return printable(
        f"{'/'.join(symbols)}: {count:,} distinct configuration{'' if count == 1 else 's'} in "
        f"{lines:,} line{'' if lines == 1 else 's'}, on all windows"
        f"{'  SYNTHETIC' if is_synthetic else ''}"
    )
