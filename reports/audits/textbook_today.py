"""The textbook's rules on Yahoo's history. An example in, its figures to the last session out.

For a user without the book's files, and beside them. Yahoo revises its prices, so a printed figure
does not come out to the digit; what counts is what followed the book. A ratio, mean and sd that the
book gives are of its own prices: here they are formed on the first 252 sessions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from configs.schema import RunConfig
from engine.run import open_source, read_market, run
from feeds.market import Market
from reports.audits.article.book_figures import NAME
from reports.audits.article.relation_figures import relation_figures
from reports.audits.inputs import closes_beside
from reports.audits.textbook_columns import FIVE_BPS_A_SIDE, figures, refilled

SPANS = ("the book's sessions", "since publication")
FILLS = (
    ("as the book fills", {"fill": "same_close"}, 0.0),
    ("next open, 5 bp a side", {"fill": "next_open"}, FIVE_BPS_A_SIDE),
)
COLUMNS = tuple(f"{span}, {fill}" for span in SPANS for fill, _, _ in FILLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """An example's rule on Yahoo's history.

    end
        The last session, ISO.
    rows
        A figure's label, then its value by `COLUMNS`; without what cannot be had.
    """

    end: str
    rows: tuple[tuple[str, dict[str, float]], ...]


def on_yahoo(config: RunConfig) -> RunConfig:
    """Return the same rule on Yahoo's history, from the book's first session to the last one."""
    values: dict[str, Any] = config.model_dump()
    values["name"] = f"{config.name}-yahoo"
    values["data"] = {"source": "yahoo", "start": config.data.start, "benchmark": None}
    formed(values)
    return RunConfig.model_validate(values)


def formed(values: dict[str, Any]) -> None:
    """Put a formation window in the place of a ratio, mean and sd that somebody took from one."""
    if values["signal"]["hedge"]["kind"] == "fixed":
        values["signal"]["hedge"] = {"kind": "formation", "every": None, "intercept": False}
        values["signal"]["zscore"] = {"kind": "formation"}


def today(config: RunConfig, progress: Callable[[str], None]) -> Today:
    """Return an example's figures on Yahoo's history.

    Parameters
    ----------
    config
        The example's own, on the book's files.

    Raises
    ------
    ConfigError, DataError, EngineError
        As `engine.run.run`; Yahoo cannot be reached and the cache has nothing.
    """
    asked = on_yahoo(config)
    market = read_market(asked, progress=progress)
    end = str(market.sessions[-1])
    keys = [each.name for each in config.audit.published]
    if any(map(NAME.fullmatch, keys)):
        return Today(end=end, rows=_of_a_rule(config, asked, market))
    closes = closes_beside(asked, open_source(asked.data), run(asked, market))
    inside = market.sessions <= np.datetime64(str(config.data.end), "D")
    known = {name: line if isinstance(line, str) else line[inside] for name, line in closes.items()}
    found = relation_figures(known, keys).values
    return Today(
        end=end,
        rows=tuple(
            (each.label, {COLUMNS[0]: found[each.name]})
            for each in config.audit.published
            if each.name in found
        ),
    )


def _of_a_rule(
    config: RunConfig, asked: RunConfig, market: Market
) -> tuple[tuple[str, dict[str, float]], ...]:
    """Return each kind of figure once, over the book's sessions and over those since."""
    named = [found for each in config.audit.published if (found := NAME.fullmatch(each.name))]
    since = next((found[2] for found in named if found[2]), str(config.data.start))
    spans = (f"_since_{since}_until_{config.data.end}", f"_since_{config.audit.published_on}")
    labels = {"apr": "APR", "sharpe": "Sharpe ratio", "sharpe_ddof0": "Sharpe ratio"}
    kinds = list(dict.fromkeys(found[1] for found in named))
    keys = [f"book_{kind}{span}" for kind in kinds for span in spans]
    values = {
        words: figures(refilled(asked, fill, spread), market, keys) for words, fill, spread in FILLS
    }
    return tuple(
        (
            labels[kind],
            {
                f"{span}, {words}": found[f"book_{kind}{suffix}"]
                for span, suffix in zip(SPANS, spans, strict=True)
                for words, found in values.items()
            },
        )
        for kind in kinds
    )
