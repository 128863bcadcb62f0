"""Where each fill came from. Fills, orders and bars in, whether each could have happened out.

Every fill must have an order, come after the session that decided it, at that session's price as
configured, inside that session's range; both legs together; and the books must hold what the fills
bought. A fill of much of its session's volume is a remark, above the configured cap a failure.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.costs import SquareRootImpact
from engine.foreign.stand_in import BOOKS_DIFFER
from engine.records.result import Result
from feeds.source import Finding
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.trace import TOLERANCE, iso_dates
from reports.audits.subject import Subject
from reports.audits.wording import counted, percent

NAME = "fill provenance"
ALWAYS_AT_OPEN = ("margin_call",)  # filled at the next open whatever account.fill says


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One leg's fill beside the bar of its session and the order behind it.

    session, decided
        Counted from 0.
    """

    session: int
    decided: int
    symbol: str
    reason: str
    shares: float
    price: float
    open: float
    high: float
    low: float
    close: float
    volume: float

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return f"fill of {self.symbol} ({self.reason})"

    @property
    def participation(self) -> float:
        """The share of its session's volume; 0 where nobody tells that."""
        if math.isnan(self.volume):
            return 0.0
        return abs(self.shares) / self.volume if self.volume > 0.0 else math.inf


def provenance(subject: Subject, base: Result) -> Check:
    """Return A4 over every fill of a run."""
    own_books = next((each for each in base.findings if each.check == BOOKS_DIFFER), None)
    if own_books is not None:
        return _other_books(own_books)
    fills = _fills(subject, base)
    if not fills:
        reason = "Not run: nothing was filled."
        return Check(key="A4", name=NAME, status="NOT RUN", sentence=reason)
    faults = sorted(_faults(subject, base, fills), key=lambda each: each.session)
    largest = max(fills, key=lambda fill: fill.participation)
    remarked = _above(fills, base.config.audit.max_participation)
    detail: dict[str, Plain] = {
        "fills": len(fills),
        "faults": len(faults),
        "largest_participation": largest.participation if largest.volume > 0.0 else None,
        "largest_participation_session": iso_dates(base.ledger["date"])[largest.session],
        "above_max_participation": len(remarked),
        "longest_wait_sessions": max(fill.session - fill.decided for fill in fills),
    }
    if faults:
        first = faults[0]
        said = ""
        if base.config.account.fill == "same_close":
            said = "Fills at the price that decided them: replication, not evidence. "
        sentence = (
            f"{said}{counted(len(faults), 'fault')} in {counted(len(fills), 'fill')}, first on "
            f"{first.session} ({first.what}): expected {first.expected}, found {first.actual}."
        )
        return Check(
            key="A4", name=NAME, status="FAIL", sentence=sentence, difference=first, detail=detail
        )
    sentence = (
        f"{counted(len(fills), 'fill')}, each on a session after its decision, at the "
        f"{_price_word(base)}, inside that session's range, both legs together. "
        f"{_volume_words(base, fills, largest, remarked)}"
    )
    return Check(key="A4", name=NAME, status="PASS", sentence=sentence, detail=detail)


def _other_books(finding: Finding) -> Check:
    """Return the failure of a strategy that kept other books than its decisions come to."""
    difference = Difference(
        session=finding.dates[0],
        what="books of the strategy's process",
        expected="those that its decisions come to",
        actual="others",
    )
    sentence = f"{finding.text[:1].upper()}{finding.text[1:]}."
    return Check(key="A4", name=NAME, status="FAIL", sentence=sentence, difference=difference)


def _faults(subject: Subject, base: Result, fills: list[Filled]) -> Iterator[Difference]:
    """Yield everything wrong with the fills; one fill may have several faults."""
    sessions = iso_dates(base.ledger["date"])
    cap = _cap(base)
    for fill in fills:
        for expected, actual in _wrong(fill, sessions, base.config.account.fill, cap):
            yield Difference(
                session=sessions[fill.session], what=fill.name, expected=expected, actual=actual
            )
    yield from _order_faults(base, fills, sessions, is_worked=cap is not None)
    yield from _position_faults(base, fills, sessions)


def _wrong(
    fill: Filled, sessions: tuple[str, ...], configured: str, cap: float | None
) -> Iterator[tuple[str, str]]:
    """Yield what was expected of one fill on its own and what was found instead."""
    decided = sessions[fill.decided]
    if fill.session <= fill.decided:
        actual = "the same session" if fill.session == fill.decided else sessions[fill.session]
        yield f"a session after its decision on {decided}", actual
    at_open = configured == "next_open" or fill.reason in ALWAYS_AT_OPEN
    quoted = fill.open if at_open else fill.close
    if not _is_close(fill.price, quoted):
        yield f"the {'open' if at_open else 'close'}, {quoted:.6g}", f"{fill.price:.6g}"
    if fill.volume <= 0.0:
        yield "a session on which it traded", "no volume"
    slack = TOLERANCE * fill.price
    if not fill.low - slack <= fill.price <= fill.high + slack:
        yield f"a price from {fill.low:.6g} to {fill.high:.6g}", f"{fill.price:.6g}"
    if cap is not None and abs(fill.shares) > cap * fill.volume * (1.0 + TOLERANCE):
        yield f"at most {cap * 100:g}% of the session's volume", percent(fill.participation, 4)


def _order_faults(
    base: Result, fills: list[Filled], sessions: tuple[str, ...], *, is_worked: bool
) -> Iterator[Difference]:
    """Yield fills without an order or beyond it, and orders of which one leg filled alone.

    Under a participation cap the later parts of an order, and the first of one that reduces, may be
    of one leg: a few shares are left of the other, or none fits.
    """
    long, short = base.config.pair.long, base.config.pair.short
    ordered = _ordered(base)
    for key, own in _by_order(fills).items():
        decided, reason = key
        asked = ordered.get(key) or ordered.get((decided, "reversal"))  # less an entry, no borrow
        first = min(fill.session for fill in own)
        if asked is None:
            yield _fault(sessions[first], own[0].name, "an order", f"none on {sessions[decided]}")
            continue
        for symbol, shares in zip((long, short), asked, strict=True):
            filled = math.fsum(fill.shares for fill in own if fill.symbol == symbol)
            # A margin call is cut deeper than it was ordered where the open's prices ask for it.
            is_beyond = abs(filled) > abs(shares) * (1.0 + TOLERANCE)
            if filled * shares < 0.0 or (is_beyond and reason not in ALWAYS_AT_OPEN):
                what = f"fills of {symbol} ({reason})"
                yield _fault(sessions[first], what, f"at most {shares:+,g}", f"{filled:+,g}")
        if 0.0 in asked or (is_worked and reason != "entry"):
            continue
        days = [first] if is_worked else sorted({fill.session for fill in own})
        for day in days:
            there = {fill.symbol for fill in own if fill.session == day}
            if len(there) < 2:
                what = f"fills of the pair ({reason})"
                yield _fault(sessions[day], what, "both legs", f"{there.pop()} alone")


def _position_faults(
    base: Result, fills: list[Filled], sessions: tuple[str, ...]
) -> Iterator[Difference]:
    """Yield the first session, a leg, on which the books hold what no fill bought."""
    pair = base.config.pair
    for symbol, column in ((pair.long, "long_shares"), (pair.short, "short_shares")):
        bought = np.zeros(len(sessions))
        for fill in fills:
            if fill.symbol == symbol:
                bought[fill.session] += fill.shares
        held, expected = base.ledger[column].to_numpy(dtype=np.float64), np.cumsum(bought)
        # Sums of fractions of a share leave some 1e-16 of what was traded behind.
        slack = TOLERANCE * np.abs(bought).sum()
        places = np.flatnonzero(np.abs(held - expected) > slack)
        if len(places):
            place = int(places[0])
            what = f"position in {symbol}"
            yield _fault(sessions[place], what, f"{expected[place]:,g}", f"{held[place]:,g}")


def _fault(session: str, what: str, expected: str, actual: str) -> Difference:
    return Difference(session=session, what=what, expected=expected, actual=actual)


def _fills(subject: Subject, base: Result) -> list[Filled]:
    """Return the run's fills beside their bars."""
    market = subject.market
    legs = {leg.symbol: leg for leg in (market.long, market.short)}
    fills = base.fills
    days = _places(base, fills["date"]), _places(base, fills["decided"])
    columns = (fills[name] for name in ("symbol", "reason", "shares", "price"))
    filled = []
    for session, decided, symbol, reason, shares, price in zip(*days, *columns, strict=True):
        leg = legs[symbol]
        bar = {
            name: float(getattr(leg, name)[session])
            for name in ("open", "high", "low", "close", "volume")
        }
        filled.append(
            Filled(
                session=session,
                decided=decided,
                symbol=symbol,
                reason=reason,
                shares=float(shares),
                price=float(price),
                **bar,
            )
        )
    return filled


def _places(base: Result, dates: pd.Series) -> list[int]:
    """Return dates as sessions of the run, counted from 0."""
    places_of: npt.NDArray[np.intp] = np.searchsorted(
        base.ledger["date"].to_numpy(), dates.to_numpy()
    )
    places: list[int] = places_of.tolist()
    return places


def _ordered(base: Result) -> dict[tuple[int, str], tuple[float, float]]:
    """Return the signed shares asked of each leg, by the session that decided and why."""
    orders = base.orders
    keys = zip(_places(base, orders["decided"]), orders["reason"], strict=True)
    asked = zip(orders["long_shares"], orders["short_shares"], strict=True)
    return {key: (float(one), float(other)) for key, (one, other) in zip(keys, asked, strict=True)}


def _by_order(fills: list[Filled]) -> dict[tuple[int, str], list[Filled]]:
    by_order: dict[tuple[int, str], list[Filled]] = {}
    for fill in fills:
        by_order.setdefault((fill.decided, fill.reason), []).append(fill)
    return by_order


def _cap(base: Result) -> float | None:
    """Return the configured participation cap, if any."""
    impact = base.config.costs.impact
    return impact.participation_cap if isinstance(impact, SquareRootImpact) else None


def _above(fills: list[Filled], participation: float) -> list[Filled]:
    return [fill for fill in fills if fill.participation > participation]


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def _price_word(base: Result) -> str:
    at_open = base.config.account.fill == "next_open"
    called = not at_open and bool(base.fills["reason"].isin(ALWAYS_AT_OPEN).any())
    return f"{'open' if at_open else 'close'}{' (margin calls at the open)' if called else ''}"


def _volume_words(
    base: Result, fills: list[Filled], largest: Filled, remarked: list[Filled]
) -> str:
    """Return how much of a session's volume the fills were, and which a reader should doubt."""
    session = iso_dates(base.ledger["date"])[largest.session]
    if math.isnan(largest.volume):
        return "Nobody tells the volumes."
    share = percent(largest.participation, 2)
    most = f"The largest was {share} of its session's volume ({largest.symbol}, {session})"
    limit = f"{base.config.audit.max_participation * 100:g}%"
    if not remarked:
        return f"{most}; none was above {limit}."
    return (
        f"{most}. Remark: {counted(len(remarked), 'fill')} of {len(fills):,} took more than "
        f"{limit} of the session's volume, and a real order would have moved the price."
    )
