"""What may be claimed of the best cell. The null, the plateau and the walk in, one rung out.

NO EVIDENCE
    p above the configured marginal level, without or with what the legs earned on their own; or the
    best cell earned nothing.
UNTESTABLE
    The best cell has fewer entries than anything can be told from; or so have the sessions, from
    which no history could be drawn.
MARGINAL
    Either null is met at the marginal level only; or they were left out, or the walk-forward was;
    or the walk-forward lost, or most neighbours of the best cell have less than half its score.
SUPPORTED, UNCONFIRMED
    Both nulls are met, the neighbours hold, the walk-forward earned something.
SUPPORTED OUT OF SAMPLE
    And the interval of what the walk-forward earned excludes nothing.
"""

from configs.audit import AuditThresholds
from reports.audits.search.null import SearchNull
from reports.audits.search.plateau import HALF, Plateau
from reports.audits.search.walk_forward import Walk
from reports.audits.verdict import Rung
from reports.audits.wording import counted, percent
from reports.statistics.inference import fewest_resamples

NAMES = {
    "sharpe": "a Sharpe ratio of",
    "sortino": "a Sortino ratio of",
    "calmar": "a Calmar ratio of",
    "total_return": "a total return of",
    "net_pnl": "a net P&L of",
}


def rung(
    thresholds: AuditThresholds,
    *,
    entries: int,
    observed: float,
    null: SearchNull | None,
    timing: SearchNull | None,
    around: Plateau,
    walk: Walk | None,
    undrawn: str | None = None,
) -> tuple[Rung, str]:
    """Return the verdict, and what decided it.

    Parameters
    ----------
    undrawn
        Why no history could be drawn, where some were asked for.
    """
    fewest = thresholds.clusters[1]
    if not observed > 0.0:
        return "NO EVIDENCE", "the best cell earned nothing"
    if entries < fewest:
        return "UNTESTABLE", f"the best cell has {counted(entries, 'entry', 'entries')}"
    if undrawn is not None:
        return "UNTESTABLE", undrawn
    if null is None:
        return "MARGINAL", "the search null was not run, and without it nothing is supported"
    good, marginal = thresholds.resampled_p
    few = _too_few(len(null.best), min(thresholds.resampled_p[0], thresholds.timing_p[0]))
    if null.p > marginal:
        return (
            "NO EVIDENCE",
            f"p = {null.p:.3f} of the whole search on histories without an edge{few}",
        )
    assert timing is not None  # drawn like the other, which luck does not explain
    good_dates, marginal_dates = thresholds.timing_p
    if timing.p > marginal_dates:
        return "NO EVIDENCE", (
            f"its dates add no more than chance to holding the legs (p = {timing.p:.3f}){few}"
        )
    if null.p > good or timing.p > good_dates:
        return "MARGINAL", f"p = {null.p:.3f}, of the dates {timing.p:.3f}{few}"
    if around.share is not None and around.share < HALF:
        return "MARGINAL", f"a peak: {percent(around.share, 0)} of its neighbours hold"
    if walk is None:
        return "MARGINAL", "no walk-forward was made"
    if not walk.stitched.total_return > 0.0:
        return "MARGINAL", "choosing window by window lost money"
    if walk.interval.low is None or not walk.interval.low > 0.0:
        return "SUPPORTED, UNCONFIRMED", "what the walk-forward earned may be luck"
    return "SUPPORTED OUT OF SAMPLE", "the walk-forward earned more than luck explains"


def _too_few(histories: int, bar: float) -> str:
    """Return what is to be said where no search could meet a bar, so few are the histories."""
    fewest = fewest_resamples(bar)
    if histories >= fewest:
        return ""
    return (
        f" ({histories} histories show no p below {1 / (histories + 1):.3f}: it takes "
        f"null.resamples of {fewest} to meet {bar:g})"
    )


def written(value: float, score: str) -> str:
    """Return a score in words."""
    if score == "total_return":
        return percent(value)
    return f"${value:,.0f}" if score == "net_pnl" else f"{value:.2f}"


def sentence(
    cells: int,
    score: str,
    observed: float,
    null: SearchNull | None,
    timing: SearchNull | None,
    *,
    symbols: int | None = None,
    undrawn: str | None = None,
) -> str:
    """Return the headline: what the best of so many is worth.

    Parameters
    ----------
    undrawn
        As in `rung`.
    symbols
        Whose every two were searched; None for a search on one pair.
    """
    over = "" if symbols is None else f" over every pair of {counted(symbols, 'symbol')}"
    nobody = "neither leg" if symbols is None else "no symbol"
    text = (
        f"The best of {counted(cells, 'cell')}{over} has {NAMES[score]} {written(observed, score)}"
    )
    if null is None:
        done = "was not" if undrawn is None else "could not be"
        return f"{text}; the search {done} repeated on histories without an edge."
    share = null.as_good / len(null.best)
    text += (
        f"; the same search on histories in which {nobody} earns anything finds that or "
        f"better in {percent(share, 0)} of {len(null.best)} (p = {null.p:.3f})"
    )
    if timing is not None:
        share = timing.as_good / len(timing.best)
        text += f", and in {percent(share, 0)} where each keeps what it earned (p = {timing.p:.3f})"
    return f"{text}."
