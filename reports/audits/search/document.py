"""A judged search as plain data. What was found in, what ``sweep.json`` says out."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from configs.schema import RunConfig
from configs.sweep import Sweep
from engine.to_json import plain as as_json
from engine.trials.sweep import HEADLINE
from feeds.universe import Universe
from reports.audits.search.judge import Judged
from reports.audits.search.null import SearchNull
from reports.audits.search.walk_forward import Line, Walk
from reports.statistics.sample import Floats

SHOWN_CELLS = 10
QUANTILES = (0.05, 0.5, 0.95)


def document(made: Judged) -> dict[str, Any]:
    """Return everything that the page tells, as JSON-ready data."""
    search, swept, asked = made.search, made.swept, made.sweep.asked
    market, config, cells = search.pieces.market, made.sweep.config, search.cells
    ranked = swept.ranked.tolist()
    return {
        "name": asked.name,
        "base": asked.base,
        "opened": _opened(made.sweep),
        "sentence": made.sentence,
        "verdict": made.verdict,
        "because": made.because,
        "synthetic": market.synthetic,
        "pair": _pair(made),
        "universe": _universe(made),
        "start": str(market.sessions[0]),
        "end": str(market.sessions[-1]),
        "sessions": len(market.sessions),
        "config_sha256": made.sweep.digest(),
        "data_sha256": search.ground.digest,
        "score": asked.score,
        "idle_cash_earns": any(
            each.costs.interest.kind != "none" for each in (config, search_best(made))
        ),
        "axes": [
            {"key": axis.key, "values": list(axis.labels)}
            for axis in made.search.cells.grid.sweep.axes
        ],
        "cells": {
            "grid": cells.grid.size,
            "asked": cells.asked,
            "run": search.count,
            "refused": cells.refused,
            "resumed": swept.resumed,
        },
        "engine": {
            "kernel": 0 if search.event_only else search.count,
            "backtrader": search.count if search.event_only else 0,
        },
        "strategy": _strategy(config, search.event_only),
        "proved": [int(cells.numbers[row]) for row in made.proved],
        "best": cell(made, made.best),
        "ten": [cell(made, row) for row in ranked[:SHOWN_CELLS]],
        "median": cell(made, ranked[len(ranked) // 2]),
        "worst": cell(made, ranked[-1]),
        "null": _null(made.null),
        "timing": _null(made.timing),
        "undrawn": made.undrawn,
        "plateau": {
            "neighbours": len(made.around.rows),
            "same_run": made.around.same,
            "share": made.around.share,
            "median": made.around.median,
        },
        "walk_forward": None if made.walk is None else _walk(made, made.walk),
        "beside": _beside(made),
        "trials": as_json(made.trials),
        "sample": None if asked.sample is None else asked.sample.model_dump(),
        "workers": made.workers.count,
        "seconds": {name: round(value, 3) for name, value in made.seconds.items()},
    }


def _opened(sweep: Sweep) -> dict[str, list[str]]:
    """Return the commands that open a cell; the cell's own words come after them."""
    given = [part for override in sweep.typed for part in ("--set", override)]
    return {
        "by_parameters": ["run.py", str(sweep.base_path)],
        "by_number": ["run.py", "sweep", sweep.origin, *given, "--cell"],
    }


def _strategy(config: RunConfig, event_only: Sequence[str]) -> dict[str, Any] | None:
    """Return somebody's own strategy: its file, and what it answers while it runs."""
    if config.strategy is None:
        return None
    return {"file": Path(config.strategy.file).name, "event_only": list(event_only)}


def _pair(made: Judged) -> dict[str, str]:
    """Return the pair of the best cell."""
    pair = search_best(made).pair
    return {"long": pair.long, "short": pair.short}


def _universe(made: Judged) -> dict[str, Any] | None:
    """Return the symbols of a search over pairs, and what was left out of it."""
    ground = made.search.ground
    if not isinstance(ground, Universe):
        return None
    return {
        "symbols": list(ground.legs),
        "pairs": len(ground.pairs),
        "left_out": dict(ground.left_out),
        "files": [[each.symbol, each.sha256] for each in ground.files],
    }


def search_best(made: Judged) -> RunConfig:
    """Return the best cell's configuration."""
    cells = made.search.cells
    return cells.grid.config(int(cells.numbers[made.best]))


def cell(made: Judged, row: int) -> dict[str, Any]:
    """Return one cell: its number, parameters, how to open it, its headline numbers."""
    cells = made.search.cells
    number = int(cells.numbers[row])
    places = cells.grid.places(cells.numbers[row : row + 1])[:, 0].tolist()
    axes = zip(cells.grid.sweep.axes, places, strict=True)
    return {
        "cell": number,
        "parameters": {axis.key: axis.labels[place] for axis, place in axes},
        "overrides": cells.grid.overrides(number),
        "score": float(made.swept.scores[row]),
        "headline": {name: plain(float(made.swept.headline[name][row])) for name in HEADLINE},
    }


def plain(value: float) -> float | None:
    """Return a number as JSON has it."""
    return value if math.isfinite(value) else None


def _null(null: SearchNull | None) -> dict[str, Any] | None:
    if null is None:
        return None
    return {
        "p": null.p,
        "observed": null.observed,
        "as_good": null.as_good,
        "histories": len(null.best),
        "block_sessions": null.block_sessions,
        "seed": null.seed,
        "quantiles": {
            f"{level:.0%}": float(value)
            for level, value in zip(QUANTILES, np.quantile(null.best, QUANTILES), strict=True)
        },
        "best": null.best.tolist(),
    }


def _walk(made: Judged, walk: Walk) -> dict[str, Any]:
    search, interval = made.search, walk.interval
    sessions = search.pieces.market.sessions
    folds = [
        {
            "train": [str(sessions[fold.train.first]), str(sessions[fold.train.end - 1])],
            "test": [str(sessions[fold.test.first]), str(sessions[fold.test.end - 1])],
            "score_in_training": fold.trained,
            "parameters": cell(made, fold.row)["parameters"],
        }
        for fold in walk.folds
    ]
    return {
        "first": str(sessions[walk.first]),
        "dates": [str(day) for day in sessions[walk.first :]][: len(walk.stitched.equity)],
        "folds": folds,
        "stitched": _line(made, walk.stitched),
        "median": _line(made, walk.median),
        "hindsight": _line(made, walk.hindsight),
        "interval": {
            "mean_a_session": interval.mean,
            "low": interval.low,
            "high": interval.high,
            "confidence": interval.confidence,
            "block_sessions": interval.block_sessions,
        },
    }


def _line(made: Judged, line: Line) -> dict[str, Any]:
    return {
        "parameters": None if line.row < 0 else cell(made, line.row)["parameters"],
        "total_return": line.total_return,
        "sharpe": line.sharpe,
        "equity": _relative(line.equity, line.opening),
    }


def _relative(equity: Floats, opening: float) -> list[float]:
    return [round(float(value), 8) for value in equity / opening]


def _beside(made: Judged) -> dict[str, Any] | None:
    beside = made.beside
    if beside is None:
        return None
    return {
        "trials": beside.trials,
        "deflated": beside.deflated,
        "effective_trials": beside.effective,
        "deflated_at_effective_trials": beside.deflated_effective,
        "overfitting_probability": beside.overfitting,
        "superior_ability_p": beside.superior_p,
        "superior_cells": beside.superior,
        "compared": beside.compared,
        "tested": beside.tested,
    }
