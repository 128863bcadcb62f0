"""What others demand of the account at a close: the margin rules, and the lender of the shares."""

import math
from datetime import date

from tests.oracle.pair_book import LEGS, Book, Trade, step, whole_lots
from tests.oracle.pair_execution import is_hard_to_borrow

A_MILLIONTH = 1e-6  # of a dollar: a book of fractions is cured with so much to spare


def share_that_fits(wanted_usd: float, room_taken_usd: float, equity: float, config: dict) -> float:
    """Return the share of a wanted gross that initial margin has room for; 0 when refused.

    `room_taken_usd` is the gross of what stays as it is.
    """
    margin = config["account"]["margin"]
    if margin["kind"] == "none":
        return 1.0
    most_gross = equity / (margin["initial"] * margin["house_multiplier"])
    if room_taken_usd + wanted_usd <= most_gross:
        return 1.0
    if margin["on_shortfall"] == "refuse":
        return 0.0
    return max(most_gross - room_taken_usd, 0.0) / wanted_usd


def gross_of(targets: list[dict], close: dict) -> float:
    """Return the gross dollars of several target books."""
    return math.fsum(abs(target[leg]) * close[leg] for target in targets for leg in LEGS)


def cut(target: dict, lots: dict) -> dict | None:
    """Return whole lots toward zero, a lot being a share of the day; None where a leg gets none."""
    target = {leg: whole_lots(shares, lots[leg]) for leg, shares in target.items()}
    # A leg of zero shares would leave the other one naked.
    return target if all(target.values()) else None


def enforce(
    book: Book, equity: float, close: dict, lots: dict, session: date, config: dict
) -> None:
    """Order what must be: a buy-in of the short, else a cut to what both margins allow.

    An exit or a margin call that is being worked already reduces the book and goes on; an entry or
    a rebalance gives way.
    """
    if not book.held or (book.order is not None and not book.order.gives_way()):
        return
    today = session.isoformat()
    if any(
        book.shares(leg) < 0 and is_hard_to_borrow(config, session, leg, "buy_in") for leg in LEGS
    ):
        for trade in book.held:
            trade.exit_reason, trade.exit_decided = "buy_in", today
        nothing = dict.fromkeys(LEGS, 0)
        book.place("buy_in", today, [(trade, nothing) for trade in book.held], lots)
        return
    margin = config["account"]["margin"]
    if margin["kind"] == "none":
        return
    value = {leg: book.shares(leg) * close[leg] for leg in LEGS}
    to_open, to_keep = requirements(value, margin)
    if equity >= to_keep:
        return
    fits = equity / max(to_open, to_keep)
    book.place("margin_call", today, [(t, shrunk(t, fits, lots)) for t in book.held], lots)


def requirements(value: dict, margin: dict) -> tuple[float, float]:
    """Return the equity it takes to open a book of signed dollars a leg, and to keep it."""
    gross = sum(abs(usd) for usd in value.values())
    to_open = margin["initial"] * margin["house_multiplier"] * gross
    to_keep = math.fsum(
        margin["maintenance_long" if usd > 0 else "maintenance_short"] * abs(usd)
        for usd in value.values()
    )
    return to_open, to_keep * margin["house_multiplier"]


def shrunk(trade: Trade, share: float, lots: dict) -> dict:
    """Return a share of a trade; whatever would leave one leg alone closes it."""
    kept = {leg: trade.shares[leg] * share for leg in LEGS}
    return cut(kept, lots) or dict.fromkeys(LEGS, 0)


def deepen(
    book: Book, equity: float, price: dict, lots: dict, cost_of: object, config: dict
) -> None:
    """Take more in a margin call's fill where what was ordered leaves the book short of margin.

    `equity` is that at the fill's prices before it; `cost_of` prices parts of the order.
    """
    order = book.order

    def is_cured(parts: list) -> bool:
        left = {leg: sum(t.shares[leg] + part[leg] for t, part in parts) for leg in LEGS}
        if not any(left.values()):
            return True
        value = {leg: left[leg] * price[leg] for leg in LEGS}
        needed = max(requirements(value, config["account"]["margin"]))
        spare = equity - cost_of([part for _, part in parts]) - needed
        return spare >= (0.0 if all(lots.values()) else A_MILLIONTH)

    def cut_to(share: float) -> list:
        parts = []
        for trade, ordered in order.parts:
            target = shrunk(trade, share, lots)
            part = {leg: step(trade.shares[leg], target[leg], lots[leg]) for leg in LEGS}
            parts.append((trade, {leg: max(part[leg], ordered[leg], key=abs) for leg in LEGS}))
        return parts

    if is_cured(order.parts):
        return
    good, bad = 0.0, 1.0
    for _ in range(60):
        middle = (good + bad) / 2
        if is_cured(cut_to(middle)):
            good = middle
        else:
            bad = middle
    order.parts = cut_to(good)
