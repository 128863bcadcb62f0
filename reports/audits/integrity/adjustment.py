"""Do the decisions hang on how prices are adjusted? The subject in, its run on other prices out.

Other quotations of the same market. Adjusted closes anchored at their first session instead of
their last: the level of a back-adjusted price holds every later dividend, its returns do not, so a
rule that reads returns cannot tell. Total-return prices in place of prices with cash dividends: the
legs earn the same, and a rule on quoted closes, which is allowed to fall on an ex-date, decides
otherwise, which is a remark. And where a leg was split later, shares counted as they were on the
first day, and a market without those splits: only a rule that knows them can tell.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from engine.records.columns import COSTS
from engine.records.result import Result
from feeds.market import Leg, Market
from reports.audits.altered_markets import PRICES, total_return_prices
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.decisions import Change, changes, decisions, listing
from reports.audits.integrity.outcome import net_pnl
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.integrity.trace import iso_dates
from reports.audits.wording import counted, dollars
from strategies.records import Reason

NAME = "price adjustment"
ANCHORED = "adjusted closes anchored at the first session"
TOTAL = "total-return prices"
FIRST_SHARES = "prices of the shares of the first session"
UNSPLIT = "prices without the splits to come"
BY_DOLLARS = frozenset(each.name.lower() for each in Reason if each.is_by_dollars)


def adjustment(run: Audited) -> Check:
    """Return A8: the same entries and exits, session and reason, however prices are adjusted.

    Share counts are not compared: closes differ. What counts is where the trigger differs, or where
    the first entry or exit that differs is not the account's doing: a stop in dollars, margin, a
    size that trades no share. What comes after an explained difference is not judged, because the
    runs hold other positions from there on. It fails on what is known only later: the level of an
    adjusted close, a split to come.
    """
    subject, base = run.subject, run.base
    results: dict[str, Result] = {}
    for words, market in _quotations(subject.market):
        other = attempted(partial(subject.run, market))
        if isinstance(other, Stopped):
            reason = f"Not run: on {words}, {other.message}."
            return Check(key="A8", name=NAME, status="NOT RUN", sentence=reason)
        results[words] = other
    parted = {
        words: difference
        for words, other in results.items()
        if (difference := _difference(base, other, by_dollars=words != ANCHORED)) is not None
    }
    for words in (ANCHORED, UNSPLIT):
        if words in parted:
            return _failed(words, parted[words])
    if parted:
        return _remarked(run, results, parted)
    changed = changes(base, results[TOTAL])
    sentence = f"{_same_words(base, changed)} {_pnl_words(base, results[TOTAL])}"
    detail: dict[str, Plain] = {
        "decisions": len(decisions(base)),
        "changed_by_the_account": len(changed),
        "changes": listing(changed),
        "cash_dividends": _plain(_parts(base)),
        "total_return": _plain(_parts(results[TOTAL])),
    }
    return Check(key="A8", name=NAME, status="PASS", sentence=sentence, detail=detail)


def _quotations(market: Market) -> Iterator[tuple[str, Market]]:
    """Yield other quotations of the same market; those of splits where a leg has any to come."""
    yield ANCHORED, _of_legs(market, _anchored)
    yield TOTAL, total_return_prices(market)
    if any((leg.later_splits != 1.0).any() for leg in (market.long, market.short)):
        yield FIRST_SHARES, _of_legs(market, _in_first_shares)
        yield UNSPLIT, _of_legs(market, _unsplit)


def _of_legs(market: Market, other: Callable[[Leg], Leg]) -> Market:
    return dataclasses.replace(market, long=other(market.long), short=other(market.short))


def _anchored(leg: Leg) -> Leg:
    """Return a leg with its adjusted close grown from its first close on."""
    scale = leg.close[0] / leg.adj_close[0]
    return dataclasses.replace(leg, adj_close=leg.adj_close * scale)


def _in_first_shares(leg: Leg) -> Leg:
    """Return a leg whose shares are those of its first session: no later split is in a price."""
    ratio = leg.later_splits[0]
    prices = {name: getattr(leg, name) * ratio for name in (*PRICES, "dividend")}
    return dataclasses.replace(
        leg, **prices, volume=leg.volume / ratio, later_splits=leg.later_splits / ratio
    )


def _unsplit(leg: Leg) -> Leg:
    """Return a leg at the same prices of which no split is to come."""
    return dataclasses.replace(leg, later_splits=np.ones_like(leg.later_splits))


def _difference(base: Result, other: Result, *, by_dollars: bool) -> Difference | None:
    """Return the first trigger, entry or exit that differs and is not explained.

    Parameters
    ----------
    by_dollars
        Whether shares and dollars differ too, which explains what the account does.
    """
    change = next(iter(changes(base, other)), None)
    trigger = _first_trigger(base, other)
    if trigger is not None and (change is None or trigger.session <= change.session):
        return trigger
    if change is None or (by_dollars and _is_the_account_s(base, other, change)):
        return None
    words = [" and ".join(reasons) or "nothing" for reasons in (change.before, change.after)]
    return Difference(
        session=change.session, what="entries and exits", expected=words[0], actual=words[1]
    )


def _first_trigger(base: Result, other: Result) -> Difference | None:
    """Return the first session on which the entry rule holds in one run and not in the other."""
    # The session of a ruin decides nothing.
    both = min(len(run.signals) - (run.ended is not None) for run in (base, other))
    one, now = (run.signals["entry"].to_numpy(dtype=bool)[:both] for run in (base, other))
    places = np.flatnonzero(one != now)
    if not len(places):
        return None
    words = {True: "triggered", False: "not triggered"}
    return Difference(
        session=iso_dates(base.signals["date"])[int(places[0])],
        what="entry rule",
        expected=words[bool(one[places[0]])],
        actual=words[bool(now[places[0]])],
    )


def _is_the_account_s(base: Result, other: Result, change: Change) -> bool:
    """Return whether a first difference comes from dollars and shares and not from the rule.

    The trigger was the same up to it, so an entry made in one run alone is one that the other's
    account could not make, or whose run was over; a capped order may take another session.
    """
    reasons = {*change.before, *change.after}
    is_over = change.session > min(iso_dates(run.ledger["date"])[-1] for run in (base, other))
    has_cap = getattr(base.config.costs.impact, "participation_cap", None) is not None
    return bool(reasons & BY_DOLLARS) or "entry" in reasons or is_over or has_cap


def _failed(words: str, difference: Difference) -> Check:
    knows = (
        "the rule knows splits to come"
        if words == UNSPLIT
        else "the rule reads the level of a price that later dividends rewrite"
    )
    sentence = f"On {words} {_otherwise(difference)}: {knows}."
    return Check(key="A8", name=NAME, status="FAIL", sentence=sentence, difference=difference)


def _remarked(
    run: Audited, results: Mapping[str, Result], parted: Mapping[str, Difference]
) -> Check:
    """Return what a rule on quoted prices decides otherwise: allowed, and to be weighed."""
    words, difference = next(iter(parted.items()))
    changed = changes(run.base, results[words])
    reads = (
        "it reads quoted prices, which fall on the ex-date of a dividend"
        if words == TOTAL
        else "it reads the level of a price, which later splits rewrite"
    )
    before, now = net_pnl(run.base), net_pnl(results[words])
    sentence = (
        f"On {words} {_otherwise(difference)}: {reads}. Entries and exits change on "
        f"{counted(len(changed), 'session')}, and net P&L is {dollars(now)} instead of "
        f"{dollars(before)}."
    )
    detail: dict[str, Plain] = {
        "decisions": len(decisions(run.base)),
        "changed": len(changed),
        "changes": listing(changed),
    }
    return Check(
        key="A8", name=NAME, status="REMARK", sentence=sentence, difference=difference,
        detail=detail,
    )  # fmt: skip


def _otherwise(difference: Difference) -> str:
    return (
        f"the run decides otherwise, first on {difference.session} ({difference.what}: "
        f"{difference.expected} before, {difference.actual} now)"
    )


def _same_words(base: Result, changed: list[Change]) -> str:
    """Return what was the same, and which difference the account explains."""
    made = counted(
        len(decisions(base)), "decision to enter or leave", "decisions to enter or leave"
    )
    if not changed:
        return f"{made}: session and reason are the same on {TOTAL} and with {ANCHORED}."
    return (
        f"{made}: the same with {ANCHORED}. On {TOTAL} the trigger is the same and "
        f"{counted(len(changed), 'session')} differ, from {changed[0].session} on: stops, margin "
        "and sizes act on dollars, and those differ a little."
    )


def _pnl_words(base: Result, total: Result) -> str:
    """Return the two results and where they part."""
    one, other = _parts(base), _parts(total)
    before, now = net_pnl(base), net_pnl(total)
    if one["dividends"] == 0.0 and round(now - before, 2) == 0.0:
        return f"Net P&L is {dollars(before)} on both: no dividend was paid or received."
    return (
        f"Net P&L is {dollars(before)} with dividends in cash (legs {dollars(one['legs'])}, "
        f"dividends {dollars(one['dividends'])}, costs {dollars(one['costs'])}) and "
        f"{dollars(now)} on {TOTAL} (legs {dollars(other['legs'])}, costs "
        f"{dollars(other['costs'])}): a difference of {dollars(now - before)}, because a dividend "
        "in the price is reinvested and the same dollars are other numbers of shares."
    )


def _plain(parts: dict[str, float]) -> Plain:
    return {**parts}


def _parts(result: Result) -> dict[str, float]:
    """Return net P&L by where it came from, dollars; costs are positive."""
    ledger = result.ledger
    return {
        "legs": float(ledger["long_pnl"].sum() + ledger["short_pnl"].sum()),
        "dividends": float(ledger["dividends"].sum()),
        "interest": float(ledger["interest"].sum()),
        "costs": math.fsum(ledger[name].sum() for name in COSTS),
        "net": net_pnl(result),
    }
