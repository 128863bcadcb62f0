"""F1, F4: does the profit live in a few trades, or one print? A run in, what stays out."""

from collections.abc import Callable

import numpy as np

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes
from reports.audits.evidence.rating import (
    Block,
    Rating,
    at_least,
    block,
    not_run,
    plain,
    plain_list,
)
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject
from reports.audits.wording import counted, dollars, percent
from reports.statistics.deaveraging import Deaveraging, KStarOdds, deaverage, k_star_odds

GENUINE_EFFECT = 0.5  # d of the edge that k* is compared with: Cohen's medium, AUDIT's example
DRAWS = 100_000


def leave_one_out(audit: AuditConfig, entered: Outcomes) -> Block:
    """Return F1: the mean trade without each cluster, and how many clusters carry the profit.

    The mean is of returns on notional, the profit is in dollars: k* of 1 is against whatever the
    mean. In one unit the two would ask the same, and nothing could be marginal.
    """
    labels = [f"{trade.cluster:05d}" for trade in entered.trades]
    returns = deaverage([t.net_pnl_usd / t.notional_usd for t in entered.trades], labels)
    profit = deaverage([t.net_pnl_usd for t in entered.trades], labels)
    odds = None
    if profit.k_star >= 1:
        odds = k_star_odds(
            profit.k_star,
            clusters=len(entered.clusters),
            effect_size=GENUINE_EFFECT,
            draws=DRAWS,
            rng=np.random.default_rng([audit.seed, 4]),
        )
    return block(
        "F1",
        audit,
        _left_out_rating(returns, profit),
        measured=f"best {profit.k_star} of {len(entered.clusters)} carry it",
        sentence=_left_out_sentence(returns, profit, odds),
        numbers=_left_out_numbers(returns, profit, odds, entered),
    )


def _left_out_rating(returns: Deaveraging, profit: Deaveraging) -> Rating:
    if profit.k_star < 2 or returns.min_mean is None:
        return "against"
    return "supports" if returns.min_mean > 0.0 else "marginal"


def _left_out_sentence(returns: Deaveraging, profit: Deaveraging, odds: KStarOdds | None) -> str:
    mean = f"The mean trade made {percent(returns.mean)} of its notional"
    if odds is None:
        return f"{mean}; the trades lost together, so there is no profit to take apart."
    without = (
        "there is only one cluster"
        if returns.min_mean is None
        else f"without the cluster that lifts it most {percent(returns.min_mean)}"
    )
    return (
        f"{mean}, {without}. Of {dollars(float(profit.totals.sum()))} nothing is left once the "
        f"best {profit.k_star} of {counted(odds.clusters, 'cluster')} are gone; a genuine edge of "
        f"d = {odds.effect_size:g} that made money would lean on as few in {odds.probability:.0%} "
        "of samples."
    )


def _left_out_numbers(
    returns: Deaveraging, profit: Deaveraging, odds: KStarOdds | None, entered: Outcomes
) -> dict[str, Plain]:
    return {
        "mean_return": returns.mean,
        "min_mean_return": plain(returns.min_mean),
        "k_star": profit.k_star,
        "clusters": len(entered.clusters),
        "odds_under_genuine_edge": None if odds is None else plain(odds.probability),
        "genuine_effect": GENUINE_EFFECT,
        "first": [cluster.first for cluster in entered.clusters],
        "means_without": plain_list(returns.means_without),
        "totals_usd": plain_list(profit.totals),
    }


def lag_evidence(subject: Subject, base: Result, progress: Callable[[str], None]) -> Block:
    """Return F4: the share of the Sharpe ratio that is kept when orders wait one session more.

    The curve over longer lags is A5's. A run without a positive ratio has nothing to keep.
    """
    audit = subject.config.audit
    now = annual_sharpe(session_returns(base))
    if now is None:
        return not_run("F4", audit, "the equity never moved")
    progress("running with orders one session later")
    later = annual_sharpe(session_returns(subject.run(lag_sessions=1)))
    kept = None if now <= 0.0 else (later or 0.0) / now
    numbers: dict[str, Plain] = {"kept": kept, "sharpe": now, "sharpe_later": plain(later)}
    text = f"{now:.2f}, one session later {0.0 if later is None else later:.2f}"
    if kept is None:
        sentence = f"The Sharpe ratio is not above zero and has nothing to keep ({text})."
        return block("F4", audit, "against", measured="none", sentence=sentence, numbers=numbers)
    return block(
        "F4",
        audit,
        at_least(kept, audit.thresholds.lag_kept),
        measured=f"{kept:.0%} kept",
        sentence=f"Orders that wait one session more keep {kept:.0%} of the Sharpe ratio ({text}).",
        numbers=numbers,
    )
