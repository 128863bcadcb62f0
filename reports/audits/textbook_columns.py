"""The columns beside what a book printed. A replication in, its figures with later fills out.

And what makes a column of ours another than the book's, one difference at a time (`CAUSES`): each
is a run without that difference, so that what it costs is measured and not only said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from configs.costs import QuotedSpread
from configs.schema import RunConfig
from engine.run import run
from feeds.market import Leg, Market
from reports.audits.article.book_figures import book_figures
from strategies.rules.rolling import Floats
from strategies.spread_pair import SpreadPair

Keys = Sequence[str]
Values = dict[str, float]

FIVE_BPS_A_SIDE = 10.0  # full spread
LATER = (
    ("one session later", {"fill": "next_close"}, 0.0),
    ("next open", {"fill": "next_open"}, 0.0),
    ("next open, 5 bp a side", {"fill": "next_open"}, FIVE_BPS_A_SIDE),
    ("one session later, 5 bp a side", {"fill": "next_close"}, FIVE_BPS_A_SIDE),
)


def refilled(config: RunConfig, fill: Mapping[str, str], spread_bps: float) -> RunConfig:
    """Return the same rule with other fills and spreads; a replication still."""
    values = config.model_dump()
    values["account"] |= fill
    values["costs"]["spread"]["default_bps"] = spread_bps
    return RunConfig.model_validate(values)


def figures(config: RunConfig, market: Market, keys: Keys) -> Values:
    """Return the book's figures of one run."""
    return book_figures(run(config, market), market, keys).values


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that our account does and the book's does not.

    concerns
        Whether it can make a difference to a column.
    figures
        The book's figures of the column without it.
    """

    words: str
    concerns: Callable[[RunConfig, Market], bool]
    figures: Callable[[RunConfig, Market, Keys], Values]


def _has_no_volume(config: RunConfig, market: Market) -> bool:
    return any(bool((leg.volume == 0.0).any()) for leg in (market.long, market.short))


def _with_volume(config: RunConfig, market: Market, keys: Keys) -> Values:
    long, short = (_traded(leg) for leg in (market.long, market.short))
    return figures(config, replace(market, long=long, short=short), keys)


def _traded(leg: Leg) -> Leg:
    """Return the leg with a usual session's volume where nobody traded."""
    usual = float(np.nanmedian(leg.volume))
    return replace(leg, volume=np.where(leg.volume == 0.0, usual, leg.volume))


def _bps(config: RunConfig) -> float:
    spread = config.costs.spread
    assert isinstance(spread, QuotedSpread)  # what every example has
    return spread.default_bps


def _exits_are_free(config: RunConfig, market: Market) -> bool:
    first_book = all("ddof0" in each.name for each in config.audit.published)
    return _bps(config) > 0.0 and not first_book


def _with_exits_paid(config: RunConfig, market: Market, keys: Keys) -> Values:
    return book_figures(run(config, market), market, keys, counts_exits=True).values


class Overslept(SpreadPair):
    """The spread decided a session after everything about it was known."""

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return the lines of the session before."""
        known = super().signal_lines(config, adj_close_long, adj_close_short)
        return {name: np.append(np.nan, line[:-1]) for name, line in known.items()}


def _is_sized_before(config: RunConfig, market: Market) -> bool:
    return config.sizing.kind == "dollar_neutral" and config.account.fill == "next_close"


def _sized_when_filled(config: RunConfig, market: Market, keys: Keys) -> Values:
    at_once = refilled(config, {"fill": "same_close"}, _bps(config))
    result = run(at_once, market, strategy_class=Overslept)
    return book_figures(result, market, keys).values


CAUSES = (
    Cause(
        words="orders fill on a session without volume too",
        concerns=_has_no_volume,
        figures=_with_volume,
    ),
    Cause(
        words="exits cost what they cost, where the book's return after one is 0",
        concerns=_exits_are_free,
        figures=_with_exits_paid,
    ),
    Cause(
        words="legs of equal dollars at the fill, not at the close that decided it",
        concerns=_is_sized_before,
        figures=_sized_when_filled,
    ),
)
