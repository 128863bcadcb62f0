"""One block of evidence. What was measured and where the bars are in, a rating in words out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from configs.audit import AuditConfig, AuditThresholds
from reports.audits.check import Plain

Rating = Literal["supports", "marginal", "against", "shown", "not run"]
"""``shown``: a figure that is no test and holds nothing down."""

NAMES = {
    "E0": "Independent entries",
    "E1": "Re-run on resampled paths",
    "E2": "Intervals of the mean",
    "E3": "Placebo entries",
    "E4": "Deflated Sharpe ratio",
    "E5": "After publication",
    "F1": "Leave one cluster out",
    "F2": "Regimes",
    "F3": "Parameter neighbours",
    "F4": "One session later",
    "C1": "Break-even cost",
    "C2": "Break-even borrow fee",
    "P": "Smallest detectable edge",
}
"""Every block by key, in the order in which they are told."""

_SHARE = "{regime_share:.0%} of the P&L with fewer than half of the entries"
_MONEY = "of the neighbours at +-{step:.0%} make money"
BARS = {
    "E0": (
        "at least {clusters[0]} independent entries",
        "at least {clusters[1]} independent entries",
    ),
    "E1": (
        "p of at most {resampled_p[0]:g}, of the timing {timing_p[0]:g}, and a gain",
        "p of at most {resampled_p[1]:g}, of the timing {timing_p[1]:g}, and a gain",
    ),
    "E2": (
        "both intervals above zero (trades, daily P&L)",
        "one of the two intervals above zero (trades, daily P&L)",
    ),
    "E3": (
        "at or above percentile {placebo_percentile[0]:g} of both placebos",
        "at or above percentile {placebo_percentile[1]:g} of both placebos",
    ),
    "E4": (
        "deflated Sharpe ratio of at least {deflated_sharpe:g} at all trials",
        "deflated Sharpe ratio of at least {deflated_sharpe:g} at the effective number of trials",
    ),
    "E5": (
        "a gain after publication as before, with p of at most {after_publication_p:g} on sessions "
        "enough to show it every other time",
        "a gain after publication as before",
    ),
    "F1": (
        "a mean above zero without any one cluster",
        "at least 2 clusters to remove before nothing is left",
    ),
    "F2": (
        f"no regime with over {_SHARE}, unless chance gives as much (p above {{regime_p:g}}) or "
        "the others have a mean above zero on their own",
        f"a gain outside each such regime with over {_SHARE}",
    ),
    "F3": (
        f"at least {{neighbours[0]:.0%}} {_MONEY}",
        f"at least {{neighbours[1]:.0%}} {_MONEY}",
    ),
    "F4": (
        "at least {lag_kept[0]:.0%} of the Sharpe ratio kept one session later",
        "at least {lag_kept[1]:.0%} of the Sharpe ratio kept one session later",
    ),
    "C1": (
        "break-even cost at least {cost_multiple[0]:g} times the cost charged",
        "break-even cost at least {cost_multiple[1]:g} times the cost charged",
    ),
    "C2": (
        "break-even borrow fee of at least {borrow_rate[0]:.2%} a year",
        "break-even borrow fee of at least {borrow_rate[1]:.2%} a year",
    ),
    "P": ("no bar: it says what the entries could have shown", "no bar"),
}
"""What supports and what is marginal; levels are `AuditThresholds`'. Anything less is against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block and what it says of the run.

    found
        The measured figure, short, as a table shows it.
    sentence
        What was done and found, with its numbers; why it was not run.
    thresholds
        What supports and what is marginal, in words; anything less is against.
    numbers
        The figures behind it, as JSON can hold them.
    not_checked
        Parts of it that were not done, each with its reason.
    """

    key: str
    name: str
    rating: Rating
    measured: str
    sentence: str
    thresholds: dict[str, str]
    numbers: dict[str, Plain] = field(default_factory=dict)
    not_checked: tuple[str, ...] = ()


def block(
    key: str,
    audit: AuditConfig,
    rating: Rating,
    *,
    measured: str,
    sentence: str,
    numbers: dict[str, Plain],
    not_checked: tuple[str, ...] = (),
) -> Block:
    """Return a block with its name and the bars it is held to."""
    return Block(
        key=key,
        name=NAMES[key],
        rating=rating,
        measured=measured,
        sentence=sentence,
        thresholds=bars(audit)[key],
        numbers=numbers,
        not_checked=not_checked,
    )


def not_run(
    key: str, audit: AuditConfig, reason: str, numbers: dict[str, Plain] | None = None
) -> Block:
    """Return a block that was not run, and why."""
    return block(
        key,
        audit,
        "not run",
        measured="",
        sentence=f"Not run: {reason}.",
        numbers=numbers or {},
    )


def at_least(value: float, levels: tuple[float, float]) -> Rating:
    """Return the rating of a figure that should be high; levels are what supports, is marginal."""
    supports, marginal = levels
    if value >= supports:
        return "supports"
    return "marginal" if value >= marginal else "against"


def bars(audit: AuditConfig) -> dict[str, dict[str, str]]:
    """Return by key what supports and what is marginal, in words with the configured levels."""
    levels = {name: getattr(audit.thresholds, name) for name in AuditThresholds.model_fields}
    return {
        key: {
            rating: words.format(**levels, step=audit.neighbour_step)
            for rating, words in zip(("supports", "marginal"), pair, strict=True)
        }
        for key, pair in BARS.items()
    }


def plain(value: float | None) -> float | None:
    """Return a number as JSON can hold it: None where it is unknown or not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def plain_list(values: Iterable[float]) -> list[Plain]:
    """Return numbers as JSON can hold them."""
    return [plain(value) for value in values]
