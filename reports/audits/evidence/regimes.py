"""F2: does the profit live in one regime? A run in, its P&L by regimes declared beforehand out.

Each trade belongs to the regime of the session that decided its entry, in three splits: tercile of
the long leg's volatility, tercile of the legs' correlation, calendar year. The terciles are those
of the whole history, not of the entries: "was it calm, for this market?".
"""

import math
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes
from reports.audits.evidence.rating import Block, Rating, block, not_run
from reports.audits.wording import counted, dollars, percent
from reports.statistics.inference import t_test
from reports.statistics.logs import logs
from reports.statistics.permutation import largest_group_p
from reports.statistics.sample import Floats

CORRELATION_SESSIONS = 63  # one quarter, whatever window the signal uses
TERCILES = ("low", "middle", "high")
UNKNOWN = "not known yet"
DRAWS = 9_999  # a p of 5 % is then good to a fifth of a point
LEAST_OUTSIDE = 0.5  # of the share that a regime may leave to the others: less is hardly theirs
LEAST_ENTRIES = 3  # of one or two no regime can hold one and yet fewer than half


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One regime of one split, and what its entries came to.

    members
        Places of its trades among all of them.
    share
        Of the whole P&L; may be above 1 or below 0.
    """

    split: str
    name: str
    members: tuple[int, ...]
    net_pnl_usd: float
    share: float

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return len(self.members)

    @property
    def text(self) -> str:
        """The regime in words."""
        return f"year {self.name}" if self.split == "year" else f"{self.name} {self.split}"


def regime_evidence(result: Result, entered: Outcomes) -> Block:
    """Return F2.

    A regime carries the profit when it has more than ``regime_share`` of it with fewer than half of
    the entries. The sign flips when it has all of it or more: the other entries, more than half of
    them, then made nothing or lost. Several regimes of different splits are often the same trades
    seen thrice, so that more than one is no worse than one. A run that lost has no profit to share.

    Some regime has a large share of any profit, since there are many of them: it counts only where
    entries whose profits are permuted show as large a one in at most ``regime_p`` of draws. And
    where the entries outside it have a mean above zero on their own (E2's interval of the trades)
    and at least `LEAST_OUTSIDE` of the profit, it does not live there alone.
    """
    audit = result.config.audit
    entries = len(entered.trades)
    if entries < LEAST_ENTRIES:
        reason = f"{counted(entries, 'entry', 'entries')} cannot be told apart by regime"
        return not_run("F2", audit, reason)
    total = math.fsum(trade.net_pnl_usd for trade in entered.trades)
    regimes = all_regimes(result, entered)
    carrying = carriers(audit, regimes, entries) if total > 0.0 else []
    p_value = _permuted(audit, regimes, entered) if carrying else None
    is_chance = p_value is not None and p_value > audit.thresholds.regime_p
    if is_chance:
        carrying = []
    outside = LEAST_OUTSIDE * (1.0 - audit.thresholds.regime_share)
    spared = [
        each for each in carrying if 1.0 - each.share >= outside and earns_without(entered, each)
    ]
    carrying = [each for each in carrying if each not in spared]
    rating: Rating = "marginal" if carrying else "supports"
    if total <= 0.0 or any(regime.share >= 1.0 for regime in carrying):
        rating = "against"
    return block(
        "F2",
        audit,
        rating,
        measured=_carried(len(carrying)) if total > 0.0 else "no profit",
        sentence=_sentence(audit, carrying, spared, regimes, total, entries, p_value),
        numbers={
            "p": p_value,
            "net_pnl_usd": total,
            "entries": entries,
            "regimes": [_row(regime) for regime in regimes],
            "carrying": [regime.text for regime in carrying],
            "spared": [regime.text for regime in spared],
        },
    )


def all_regimes(result: Result, entered: Outcomes) -> list[Regime]:
    """Return every regime that has an entry, split by split."""
    decided = [trade.decided for trade in entered.trades]
    pnl = np.array([trade.net_pnl_usd for trade in entered.trades])
    splits = {
        "volatility": terciles(_long_volatility(result))[decided],
        "correlation": terciles(_correlation(result))[decided],
        "year": result.ledger["date"].dt.year.to_numpy()[decided].astype(str),
    }
    order = {name: place for place, name in enumerate((*TERCILES, UNKNOWN))}
    regimes = []
    for split, labels in splits.items():
        for name in sorted(set(labels.tolist()), key=lambda each: (order.get(each, 0), each)):
            inside = labels == name
            made = float(pnl[inside].sum())
            regimes.append(
                Regime(
                    split=split,
                    name=name,
                    members=tuple(np.flatnonzero(inside).tolist()),
                    net_pnl_usd=made,
                    share=made / pnl.sum() if pnl.sum() != 0.0 else 0.0,
                )
            )
    return regimes


def carriers(audit: AuditConfig, regimes: list[Regime], entries: int) -> list[Regime]:
    """Return the regimes that carry the profit, the largest share first."""
    most = audit.thresholds.regime_share
    carrying = [each for each in regimes if each.share > most and 2 * each.entries < entries]
    return sorted(carrying, key=lambda regime: -regime.share)


def earns_without(entered: Outcomes, regime: Regime) -> bool:
    """Return whether the entries outside a regime have a mean above zero; too few to tell: no.

    Each cluster is one value, the net return on notional of those of its trades that are outside.
    """
    inside = set(regime.members)
    rest = [trade for place, trade in enumerate(entered.trades) if place not in inside]
    returns = [
        math.fsum(trade.net_pnl_usd for trade in own)
        / math.fsum(trade.notional_usd for trade in own)
        for own in (list(each) for _, each in groupby(rest, lambda trade: trade.cluster))
    ]
    test = t_test(returns)
    return test is not None and test.low > 0.0


def _permuted(audit: AuditConfig, regimes: list[Regime], entered: Outcomes) -> float:
    """Return how often chance gives some regime of few entries as much as the largest has."""
    pnl = [trade.net_pnl_usd for trade in entered.trades]
    few = [each.members for each in regimes if 2 * each.entries < len(pnl)]
    rng = np.random.default_rng([audit.seed, 6])
    return largest_group_p(pnl, few, draws=DRAWS, rng=rng)


def terciles(values: Floats) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """Return each value's third among all known ones, shape (n,); a bound belongs to the lower."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return np.full(len(values), UNKNOWN)
    bounds = np.quantile(known, [1 / 3, 2 / 3])
    names = np.array(TERCILES)[np.searchsorted(bounds, values, side="left").clip(0, 2)]
    return np.where(np.isnan(values), UNKNOWN, names)


def _log_returns(result: Result) -> pd.DataFrame:
    return result.closes[["long", "short"]].apply(lambda each: pd.Series(logs(each))).diff()


def _long_volatility(result: Result) -> Floats:
    """Return the sample sd of the long leg's last returns, over the window that sizes the pair."""
    window = result.config.sizing.window
    return _log_returns(result)["long"].rolling(window).std().to_numpy(dtype=np.float64)


def _correlation(result: Result) -> Floats:
    returns = _log_returns(result)
    rolling = returns["long"].rolling(CORRELATION_SESSIONS).corr(returns["short"])
    return rolling.to_numpy(dtype=np.float64)


def _sentence(
    audit: AuditConfig,
    carrying: list[Regime],
    spared: list[Regime],
    regimes: list[Regime],
    total: float,
    entries: int,
    p_value: float | None,
) -> str:
    if total <= 0.0:
        return f"The trades made {dollars(total)}: no regime carries a profit that is not there."
    share = percent(audit.thresholds.regime_share, 0)
    if not carrying:
        largest = max(regimes, key=lambda regime: regime.share)
        if spared:
            largest = spared[0]
            return (
                f"{largest.text} has {percent(largest.share, 0)} of the P&L with {largest.entries} "
                f"of the {entries} entries (permuted entries: {percent(p_value or 0.0)} of draws), "
                "but the others have a mean above zero on their own."
            )
        if p_value is not None:
            largest = max(carriers(audit, regimes, entries), key=lambda regime: regime.share)
            return (
                f"{largest.text} has {percent(largest.share, 0)} of the P&L with {largest.entries} "
                f"of the {entries} entries, but permuted entries give some regime as much in "
                f"{percent(p_value, 0)} of draws: that is chance."
            )
        return (
            f"No regime has more than {share} of the P&L with fewer than half of the {entries} "
            f"entries; {largest.text} has the largest share, {percent(largest.share, 0)} with "
            f"{largest.entries}."
        )
    names = ", ".join(
        f"{each.text} ({each.entries} of {entries} entries, {percent(each.share, 0)} of the P&L)"
        for each in carrying
    )
    flips = any(regime.share >= 1.0 for regime in carrying)
    rest = "the other entries made nothing together" if flips else "the others still gained"
    return (
        f"Fewer than half of the entries carry more than {share} of the P&L: {names}; {rest}. "
        f"Permuted entries show as much in {percent(p_value or 0.0)} of draws."
    )


def _carried(regimes: int) -> str:
    """Return how many regimes have too much of the profit."""
    return {0: "no regime carries it", 1: "1 regime carries it"}.get(
        regimes, f"{regimes} regimes carry it"
    )


def _row(regime: Regime) -> dict[str, Plain]:
    return {
        "split": regime.split,
        "name": regime.name,
        "entries": regime.entries,
        "net_pnl_usd": regime.net_pnl_usd,
        "share": regime.share,
    }
