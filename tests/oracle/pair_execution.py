"""Execution of the pair. The order being worked and one session in, its fills out."""

import copy
import math
from datetime import date

from tests.oracle.pair_book import LEGS, Book, Order, lots_of, step, whole_lots
from tests.oracle.pair_costs import Bill, fees_usd, half_spread_usd, impact_usd
from tests.oracle.pair_data import as_date
from tests.oracle.pair_stress import sigma, spread_multiple


def fills_of_session(
    book: Book, today: dict, price: dict, at_open: bool, past: dict, config: dict
) -> list[dict]:
    """Fill what this session takes of the order, both legs or neither; return sells first.

    `past` holds what was known the evening before: each leg's returns, and the gauge's closes.
    """
    order, session = book.order, today["long"].session
    if any(
        order.left(leg) < 0
        and book.shares(leg) + order.left(leg) < 0
        and is_hard_to_borrow(config, session, leg)
        for leg in LEGS
    ):
        if order.reason != "reversal":
            book.order = None
            return []
        order.parts = [(trade, left) for trade, left in order.parts if not order.opens(trade)]
        order.reason = order.parts[0][0].exit_reason
    trading = tradable(order, today, config)
    fills = []
    for leg in LEGS:  # the long leg's shares count towards the month before the short leg's
        shares = sum(part[leg] for part in trading)
        if shares:
            fill = fill_leg(book, leg, shares, today[leg], price[leg], at_open, past, config)
            fills.append(fill)
            share_costs(order, leg, trading, fill)
    for (trade, left), part in zip(order.parts, trading, strict=True):
        settle(book, order, trade, left, part, price, session.isoformat())
    if not order.is_open():
        book.order = None
    return sorted(fills, key=lambda fill: fill["shares"] > 0)


def is_hard_to_borrow(
    config: dict, session: date, leg: str = "short", action: str | None = None
) -> bool:
    """Say whether a leg is listed on this session, for one action or for any."""
    return any(
        spell["symbol"] == config["pair"][leg]
        and as_date(spell["since"]) <= session <= as_date(spell["until"])
        and action in (None, spell["action"])
        for spell in config["costs"]["borrow"]["hard_to_borrow"]
    )


def room_for(order: Order, today: dict, config: dict) -> float:
    """Return the share of an order that the session's volume takes."""
    impact = config["costs"]["impact"]
    cap = impact.get("participation_cap")
    takes = 1.0
    for leg in LEGS:
        left = abs(order.left(leg))
        volume = today[leg].volume
        if left and not math.isnan(volume):  # unknown is not none
            # No session trades a symbol that nobody traded, cap or no cap, impact or none.
            room = cap * volume / left if cap is not None else 1.0
            takes = min(takes, room if volume else 0.0)
    return takes


def tradable(order: Order, today: dict, config: dict) -> list[dict]:
    """Return what each part of the order trades now: all of it, a share of it, or nothing."""
    takes = room_for(order, today, config)
    if takes >= 1:
        return [dict(left) for _, left in order.parts]
    lots = lots_of(today, config)
    trading = [{leg: taken(left[leg], takes, lots[leg]) for leg in LEGS} for _, left in order.parts]
    # To open a trade, a share of each leg or nothing; what is held may shrink leg by leg.
    is_opening = any(trade.is_flat() for trade, _ in order.parts)
    if is_opening and any(
        order.left(leg) and not sum(part[leg] for part in trading) for leg in LEGS
    ):
        return [dict.fromkeys(LEGS, 0) for _ in trading]
    return trading


def taken(left: float, takes: float, lot: float) -> float:
    """Return what a session fills of what is left; all where only a crumb would stay."""
    part = whole_lots(left * takes, lot)
    return part if step(part, left, lot) else left


def cost_usd(
    book: Book, parts: list, today: dict, price: dict, at_open: bool, past: dict, config: dict
) -> float:
    """Return what filling parts of the order now would cost; nothing is kept of it."""
    kept = (book.order.bills, book.month, book.month_shares)
    book.order.bills = copy.deepcopy(book.order.bills)
    usd = 0.0
    for leg in LEGS:
        shares = sum(part[leg] for part in parts)
        if shares:
            fill = fill_leg(book, leg, shares, today[leg], price[leg], at_open, past, config)
            usd += sum(fill[name] for name in ("commission", "fees", "spread", "impact"))
    book.order.bills, book.month, book.month_shares = kept
    return usd


def fill_leg(
    book: Book,
    leg: str,
    shares: float,
    bar: object,
    price: float,
    at_open: bool,
    past: dict,
    config: dict,
) -> dict:
    """Return one execution with its costs; it counts towards the order and towards the month."""
    order, costs, symbol = book.order, config["costs"], config["pair"][leg]
    month = (bar.session.year, bar.session.month)
    if month != book.month:
        book.month, book.month_shares = month, 0.0
    if leg not in order.bills:
        order.bills[leg] = Bill(book.month_shares)
    as_traded, value = abs(shares) / bar.later_splits, abs(shares) * price
    book.month_shares += as_traded
    multiple = spread_multiple(costs["spread"], past[leg], past["gauge"])
    if at_open:
        multiple *= costs["spread"]["open_multiplier"]
    impact = 0.0
    if costs["impact"]["kind"] != "none":
        known = sigma(costs["impact"], past[leg])
        impact = impact_usd(costs["impact"], known, shares, price, bar.volume)
    return {
        "date": bar.session.isoformat(),
        "symbol": symbol,
        "shares": shares,
        "price": price,
        "reason": order.reason,
        "commission": order.bills[leg].add(costs["commission"], as_traded, value),
        "fees": fees_usd(costs, bar.session, shares, price, bar.later_splits),
        "spread": half_spread_usd(
            costs["spread"], symbol, shares, price, bar.later_splits, multiple
        ),
        "impact": impact,
        "decided": order.decided,
    }


def share_costs(order: Order, leg: str, trading: list[dict], fill: dict) -> None:
    """Book a fill's costs to the trades by the shares each of them traded."""
    everything = math.fsum(abs(part[leg]) for part in trading)
    for (trade, _), part in zip(order.parts, trading, strict=True):
        for name in ("commission", "fees", "spread", "impact"):
            trade.book(name, fill[name] * abs(part[leg]) / everything)


def settle(
    book: Book, order: Order, trade: object, left: dict, part: dict, price: dict, day: str
) -> None:
    """Move shares into one trade; open it with its first, close it with its last."""
    for leg in LEGS:
        trade.change(leg, part[leg], "entry" if order.opens(trade) else order.reason)
        left[leg] -= part[leg]
    if order.opens(trade):
        if not trade.is_flat() and trade.entry is None:
            trade.entry = day
            book.held.append(trade)
        trade.entry_notional_usd += math.fsum(abs(part[leg]) * price[leg] for leg in LEGS)
    elif trade.is_flat():
        trade.exit = day
        if trade.exit_reason is None:  # a margin call that left nothing
            trade.exit_reason, trade.exit_decided = order.reason, order.decided
        book.held.remove(trade)
        book.closed.append(trade)
