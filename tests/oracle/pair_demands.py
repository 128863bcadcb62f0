"""What others demand of the account at a close: the margin rules, and the lender of the shares."""

import math
from datetime import date

from tests.oracle.pair_book import LEGS, Book, whole_lots
from tests.oracle.pair_execution import is_hard_to_borrow


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
    """Order what must be: a buy-in of the short, else a cut down to initial margin.

    An exit or a margin call that is being worked already reduces the book and goes on; an entry or
    a rebalance gives way.
    """
    if not book.held or (book.order is not None and not book.order.gives_way()):
        return
    today = session.isoformat()
    if book.shares("short") < 0 and is_hard_to_borrow(config, session, "buy_in"):
        for trade in book.held:
            trade.exit_reason, trade.exit_decided = "buy_in", today
        nothing = dict.fromkeys(LEGS, 0)
        book.place("buy_in", today, [(trade, nothing) for trade in book.held], lots)
        return
    margin = config["account"]["margin"]
    if margin["kind"] == "none":
        return
    value = {leg: abs(book.shares(leg)) * close[leg] for leg in LEGS}
    to_keep = math.fsum(margin[f"maintenance_{leg}"] * value[leg] for leg in LEGS)
    if equity >= to_keep * margin["house_multiplier"]:
        return
    to_open = margin["initial"] * margin["house_multiplier"] * (value["long"] + value["short"])
    if equity >= to_open:  # a house whose maintenance is above its initial margin
        return
    wanted = []
    for trade in book.held:
        kept = {leg: trade.shares[leg] * equity / to_open for leg in LEGS}
        # Whatever would leave one leg alone closes the trade.
        wanted.append((trade, cut(kept, lots) or dict.fromkeys(LEGS, 0)))
    book.place("margin_call", today, wanted, lots)
