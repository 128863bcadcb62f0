"""Decisions at a close. What is known then in, the order of the next session out."""

import math
from datetime import date

from tests.oracle.capex_ratios import sizing_company
from tests.oracle.capex_thesis import margin_has_held
from tests.oracle.pair_book import LEGS, Book, Trade
from tests.oracle.pair_calendar import is_rebalance_session, must_be_flat
from tests.oracle.pair_config import triggers_of
from tests.oracle.pair_demands import cut, gross_of, share_that_fits
from tests.oracle.pair_sizing import gross_exposure, weights
from tests.oracle.pair_spread import spread_exits


def decide(
    book: Book,
    reading: dict,
    equity: float,
    close: dict,
    lots: dict,
    session: date,
    news: dict,
    config: dict,
) -> bool:
    """Decide exit, else entry, else rebalance; return whether an entry was ordered.

    While an order is worked nothing is decided, but an exit takes the place of an entry or a
    rebalance. `news` holds the theses that are `broken` and the companies that have `filed`.
    """
    flat = must_be_flat(config, session)
    if book.order is None or book.order.gives_way():
        may_reverse = book.order is None and not flat and not news["broken"]
        leaving = leaving_trades(book, reading, flat, news["broken"], config)
        if leaving:
            today = session.isoformat()
            for trade, reason in leaving:
                trade.exit_reason, trade.exit_decided = reason, today
            gone = [trade for trade, _ in leaving]
            may_reverse = may_reverse and reverses(book, gone, reading["side"], config)
            if may_reverse and enter(book, reading, equity, close, lots, session, config, gone):
                return True
            nothing = dict.fromkeys(LEGS, 0)
            book.place(leaving[0][1], today, [(trade, dict(nothing)) for trade, _ in leaving], lots)
            return False
    if book.order is not None:
        return False
    may_enter = reading["entry"] and not flat and not news["broken"]
    may_enter = may_enter and has_room(book, session, config["entries"])
    if may_enter and enter(book, reading, equity, close, lots, session, config):
        return True
    if book.held:
        rebalance(book, reading, equity, close, lots, session, news["filed"], config)
    return False


def reverses(book: Book, gone: list, side: int, config: dict) -> bool:
    """Say whether everything held leaves at a close that asks for the other side.

    Under a participation cap an order may take sessions: the exit is then one of its own.
    """
    if config["costs"]["impact"].get("participation_cap") is not None:
        return False
    return len(gone) == len(book.held) and all(trade.direction == -side for trade in gone)


def leaving_trades(book: Book, reading: dict, flat: bool, broken: list, config: dict) -> list:
    """Return the trades that end at this close, each with its reason."""
    exits = config["exits"]
    leaving = []
    for trade in book.held:
        held = margin_has_held(trade, reading, exits["thesis"]["margin_holds"])
        theses = [*broken, "margin_holds"] if held else broken
        own = spread_exits(reading, trade, config)
        reason = exit_reason(exits, reading["z"], trade, flat, theses, own)
        if reason is not None:
            leaving.append((trade, reason))
    return leaving


def exit_reason(
    exits: dict,
    z: float | None,
    trade: Trade,
    flat: bool = False,
    broken: list | tuple = (),
    own: dict | None = None,
) -> str | None:
    """Return the first exit that holds at this close: losses, then what is due, profit last.

    `broken` names the theses that do not hold any more for this trade, `own` the exits that only a
    spread has.
    """
    own = own or {}
    result, unit = trade.net_pnl(), trade.entry_notional_usd
    price = (exits.get("thesis") or {}).get("price") or {}
    never = math.inf  # what a rule that is off waits for

    def level(rules: dict, name: str) -> float:
        return never if rules.get(name) is None else rules[name]

    def is_stopped(rules: dict) -> bool:
        return result <= -level(rules, "stop_loss") * unit

    def has_fallen(rules: dict) -> bool:
        return result <= trade.best_pnl_usd - level(rules, "trailing_stop") * unit

    holds = {  # in the order in which they give the trade its reason
        "stop_loss": is_stopped(exits),
        "trailing_stop": has_fallen(exits),
        "price_stop": is_stopped(price),
        "price_trail": has_fallen(price),
        "vol_spike": "vol_spike" in broken,
        "capex_rollover": "capex_rollover" in broken,
        "supplier_stalls": "supplier_stalls" in broken,
        "margin_holds": "margin_holds" in broken,
        "z_stop": own.get("z_stop", False),
        "hedge_flipped": own.get("hedge_flipped", False),
        "flat_over": flat,
        "z_above": z is not None and z > level(exits, "z_above"),
        "z_back": own.get("z_back", False),
        "half_lives": own.get("half_lives", False),
        "holding_sessions": trade.sessions_held >= level(exits, "holding_sessions"),
        "take_profit": result >= level(exits, "take_profit") * unit,
    }
    return next((reason for reason, is_true in holds.items() if is_true), None)


def has_room(book: Book, session: date, entries: dict) -> bool:
    """Say whether another trade may be opened beside those held."""
    if entries["kind"] == "single":
        return not book.held
    if len(book.held) >= entries["max_open"]:
        return False
    if book.last_entry is None:
        return True
    return (session - date.fromisoformat(book.last_entry)).days >= entries["gap_days"]


def companies_awaited(trigger: dict, config: dict) -> list[str]:
    """Return whose reports cause a rebalance: by default whose intensity sizes, else the short."""
    return list(trigger["companies"] or [sizing_company(config) or config["pair"]["short"]])


def target_shares(
    reading: dict,
    equity: float,
    close: dict,
    lots: dict,
    config: dict,
    fit: float = 1.0,
    side: int = 1,
) -> dict | None:
    """Return the shares each leg of a trade should hold; None if none.

    The short leg's are negative, or with a `side` of -1 the long leg's.

    A trade that margin had room for only in part when it was entered stays that part of a trade.
    """
    exposure = gross_exposure(reading, config["sizing"])
    if exposure is None:
        return None
    gross = exposure * config["entries"].get("gross_each", 1.0) * fit
    long_weight, short_weight = weights(reading, config["sizing"])
    if config["sizing"].get("shares") is not None:  # the gross counts units, each so many of y
        y_is_long = config["signal"].get("y") in (None, config["pair"]["long"])
        dollars = config["sizing"]["shares"] * close["long" if y_is_long else "short"]
        gross = gross * dollars / (long_weight if y_is_long else short_weight) / equity
    wanted = {
        "long": side * long_weight * gross * equity / close["long"],
        "short": -side * (short_weight * gross * equity / close["short"]),
    }
    return cut(wanted, lots)


def enter(
    book: Book,
    reading: dict,
    equity: float,
    close: dict,
    lots: dict,
    session: date,
    config: dict,
    gone: list | tuple = (),
) -> bool:
    """Order a new trade, as large as initial margin allows; say whether there is one.

    `gone` are trades of the other side that end by the same order.
    """
    side = reading["side"]
    target = target_shares(reading, equity, close, lots, config, side=side)
    if target is None:
        return False
    held = gross_of([trade.shares for trade in book.held if trade not in gone], close)
    fit = share_that_fits(gross_of([target], close), held, equity, config)
    target = target if fit == 1.0 else cut({leg: target[leg] * fit for leg in LEGS}, lots)
    if target is None:
        return False
    today = session.isoformat()
    trade = Trade(
        entry_decided=today,
        fit=fit,
        entry_margin=reading["gross_margin_short"],
        entry_margin_quarter=reading["margin_quarter"],
        direction=side,
        entry_half_life=reading.get("half_life"),
    )
    ended = [(each, dict.fromkeys(LEGS, 0)) for each in gone]
    book.place("reversal" if gone else "entry", today, [*ended, (trade, target)], lots)
    book.last_entry, book.vol_ratio = today, reading["vol_ratio"]
    return True


def rebalance(
    book: Book,
    reading: dict,
    equity: float,
    close: dict,
    lots: dict,
    session: date,
    filed: set,
    config: dict,
) -> None:
    """Order every trade back to its target when a trigger holds and the trade is worth it."""
    value = {leg: abs(book.shares(leg)) * close[leg] for leg in LEGS}
    both = weights(reading, config["sizing"])
    if both is None:
        return
    leg_drift = abs(value["long"] / value["short"] / (both[0] / both[1]) - 1)
    for trigger in triggers_of(config["rebalance"]):
        drift = leg_drift
        if trigger["kind"] == "vol_ratio":
            known = book.vol_ratio is not None and reading["vol_ratio"] is not None
            drift = abs(reading["vol_ratio"] / book.vol_ratio - 1) if known else 0.0
        if "above" in trigger:
            holds = drift > trigger["above"]
        elif trigger["kind"] == "on_filing":
            holds = not filed.isdisjoint(companies_awaited(trigger, config))
        else:
            holds = is_rebalance_session(trigger, session)
        if holds:
            break
    else:
        return
    targets = [
        target_shares(reading, equity, close, lots, config, trade.fit, trade.direction)
        for trade in book.held
    ]
    if None in targets:
        return
    to_trade = max(
        abs(math.fsum(abs(target[leg]) for target in targets) * close[leg] - value[leg])
        for leg in LEGS
    )
    if to_trade < max(trigger["min_trade_usd"], config["rebalance"].get("min_trade_usd", 0.0)):
        return
    share = share_that_fits(gross_of(targets, close), 0.0, equity, config)
    if share != 1.0:
        targets = [cut({leg: target[leg] * share for leg in LEGS}, lots) for target in targets]
        if None in targets:
            return
    today = session.isoformat()
    if book.place("rebalance", today, list(zip(book.held, targets, strict=True)), lots):
        book.vol_ratio = reading["vol_ratio"]
        book.rebalances.append({"decided": today, "why": trigger["kind"], "drift": drift})
