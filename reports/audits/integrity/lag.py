"""What a day's delay costs. The subject in, its result with orders delayed out: a curve.

An edge that is gone one session later lived in one print, which a real order may not get.
"""

from functools import partial

from engine.records.result import Result
from reports.audits.check import Check, Plain, Status
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.outcome import net_pnl, sharpe_ratio
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.wording import counted, dollars, listed, ratio

NAME = "execution lag"
HALVED = 0.5  # of the Sharpe ratio, lost to one session: AUDIT's line for a warning


def lag_curve(run: Audited) -> Check:
    """Return A5: Sharpe ratio and net P&L with orders delayed by each of ``audit.lags`` sessions.

    It never fails: a delay is no cheat. Where one session takes half of the Sharpe ratio, it warns.
    """
    if run.base.orders.empty:
        reason = "Not run: no order was made, so none could be delayed."
        return Check(key="A5", name=NAME, status="NOT RUN", sentence=reason)
    lags = sorted(run.base.config.audit.lags)
    points: dict[int, Result] = {0: run.base}
    for lag in lags:
        later = attempted(partial(run.subject.run, lag_sessions=lag))
        if isinstance(later, Stopped):
            reason = f"Not run: with orders {counted(lag, 'session')} later, {later.message}."
            return Check(key="A5", name=NAME, status="NOT RUN", sentence=reason)
        points[lag] = later
    curve: list[Plain] = [
        {"lag_sessions": lag, "sharpe": sharpe_ratio(result), "net_pnl": net_pnl(result)}
        for lag, result in points.items()
    ]
    texts = [
        f"{_when(lag)} {ratio(sharpe_ratio(result))} and {dollars(net_pnl(result))}"
        for lag, result in points.items()
    ]
    warning = _warning(points)
    sentence = f"Sharpe ratio and net P&L with orders filled {listed(texts)}.{warning}"
    status: Status = "REMARK" if "Warning" in warning else "PASS"
    return Check(key="A5", name=NAME, status=status, sentence=sentence, detail={"curve": curve})


def _when(lag: int) -> str:
    return "as configured" if lag == 0 else f"{counted(lag, 'session')} later"


def _warning(points: dict[int, Result]) -> str:
    """Return what a reader must know about one session's delay."""
    now = sharpe_ratio(points[0])
    if now is None or now <= 0.0:
        return " The Sharpe ratio as configured is not positive: a delay has nothing to take."
    if 1 not in points:
        return ""
    later = sharpe_ratio(points[1])
    if later is not None and later > HALVED * now:
        return ""
    return " Warning: one session takes at least half of the Sharpe ratio."
