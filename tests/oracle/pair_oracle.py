"""The oracle: a pair trade, session by session. A folder of prices and a config in, a run out.

It shares no line with the program it judges, imports none of its rooms, and needs only the standard
library. It is slow and plain on purpose: every statistic is recomputed at every session.

`config` is the resolved YAML mapping; a key it leaves out is off. Dates in the result are ISO text,
as in the files of a run.
"""

import math
from functools import partial

from tests.oracle.capex_data import companies_filed, read_reports
from tests.oracle.capex_ratios import capex_lines
from tests.oracle.capex_thesis import broken_for_all
from tests.oracle.pair_book import LEGS, Book, lots_of
from tests.oracle.pair_config import complete
from tests.oracle.pair_costs import borrow_usd, interest_usd
from tests.oracle.pair_data import log_returns, rate_in_force, read_gauge, read_pair
from tests.oracle.pair_decisions import decide
from tests.oracle.pair_demands import deepen, enforce
from tests.oracle.pair_execution import cost_usd, fills_of_session, room_for
from tests.oracle.pair_headline import breakeven, headline, rebalance_rows
from tests.oracle.pair_regime import read_gauges, regime_lines
from tests.oracle.pair_signals import correlation_lines, read_signals
from tests.oracle.pair_spread import spread_lines


def simulate(folder: str, config: dict) -> dict:
    """Run the timing contract over every session; the steps follow its numbering."""
    config = complete(config)
    bars = read_pair(folder, config)
    returns = {leg: log_returns(bars[leg]) for leg in LEGS}
    sessions = [bar.session for bar in bars["long"]]
    gauge = read_gauge(folder, config, sessions)
    gauges, reports = read_gauges(folder, config, sessions), read_reports(config)
    readings = correlation_lines(returns, config["signal"])
    opening_cash = equity = float(config["account"]["cash"])
    book = Book(cash=opening_cash)
    ledger: list[dict] = []
    fills: list[dict] = []
    signals: list[dict] = []
    ended = None

    for i, session in enumerate(sessions):
        today = {leg: bars[leg][i] for leg in LEGS}
        # Nothing is held on the first session, so its own close may stand for the previous one.
        mark = {leg: bars[leg][max(i - 1, 0)].close for leg in LEGS}
        close = {leg: today[leg].close for leg in LEGS}
        lots = lots_of(today, config)

        # 1. Financing, 2. Dividends: on the shares held at the previous close.
        night = dict.fromkeys(("borrow", "dividends", "interest"), 0.0)
        if i > 0:
            days = (session - sessions[i - 1]).days
            night = night_of(book, today, mark, sessions[i - 1], days, config)
        book.cash += night["dividends"] + night["interest"] - night["borrow"]

        # 3. Fills of what an earlier session decided, the book carried to their price first.
        pnl = dict.fromkeys(LEGS, 0.0)
        filled: list[dict] = []
        if book.order is not None:
            at_open = "next_open" in (config["account"]["fill"], opens_for(book.order.reason))
            price = {leg: today[leg].open if at_open else close[leg] for leg in LEGS}
            ride(book, mark, price, pnl)
            mark = price
            past = {leg: returns[leg][: max(i - 1, 0)] for leg in LEGS} | {"gauge": gauge[:i]}
            if book.order.reason == "margin_call" and room_for(book.order, today, config) >= 1:
                worth = book.cash + sum(book.shares(leg) * price[leg] for leg in LEGS)
                bill = partial(
                    cost_usd, book, today=today, price=price, at_open=at_open, past=past,
                    config=config,
                )  # fmt: skip
                deepen(book, worth, price, lots, bill, config)
            filled = fills_of_session(book, today, price, at_open, past, config)
            for fill in filled:
                spent = fill["shares"] * fill["price"] + fill["commission"] + fill["spread"]
                book.cash -= spent + fill["fees"] + fill["impact"]
        fills += filled

        # 4. Mark at the close.
        ride(book, mark, close, pnl)
        for trade in book.held:
            trade.sessions_held += 1
            trade.best_pnl_usd = max(trade.best_pnl_usd, trade.net_pnl())
        shares = {leg: book.shares(leg) for leg in LEGS}
        value = {leg: shares[leg] * close[leg] for leg in LEGS}
        previous_equity, equity = equity, book.cash + value["long"] + value["short"]
        ledger.append(
            {
                "date": session.isoformat(),
                "cash": book.cash,
                "long_shares": shares["long"],
                "short_shares": shares["short"],
                "long_value": value["long"],
                "short_value": value["short"],
                "equity": equity,
                "long_pnl": pnl["long"],
                "short_pnl": pnl["short"],
                "dividends": night["dividends"],
                **{
                    name: math.fsum(fill[name] for fill in filled)
                    for name in ("commission", "fees", "spread", "impact")
                },
                "borrow": night["borrow"],
                "interest": night["interest"],
                "gross": abs(value["long"]) + abs(value["short"]),
                "net": value["long"] + value["short"],
                # Nobody loses more than everything; the debt beyond it shows in equity.
                "equity_return": max(equity / previous_equity - 1, -1.0) if i > 0 else 0.0,
            }
        )

        # 5. Ruin, then what margin and the lender demand.
        until_now = {symbol: closes[: i + 1] for symbol, closes in gauges.items()}
        filed = companies_filed(reports, session)
        if filed or not signals:  # nothing else changes what is known of reports
            lines = capex_lines(reports, session, config)
        further = lines | regime_lines(until_now, config) | spread_lines(bars, i, config)
        reading = read_signals(
            returns["long"][:i], returns["short"][:i], readings[i], config, further
        )
        signals.append({"date": session.isoformat(), **reading, "acted": False})
        if equity <= 0:
            ended = "ruin"
            signals[-1] |= {"entry": False, "side": 0}  # nothing is decided any more
            close_everything(book, session.isoformat())
            break
        enforce(book, equity, close, lots, session, config)

        # 6. Decide with what is known at this close.
        news = {
            "broken": broken_for_all(reading, until_now, config["exits"]["thesis"]),
            "filed": filed,
        }
        signals[-1]["acted"] = decide(book, reading, equity, close, lots, session, news, config)

    trades = [trade.row() for trade in book.closed]
    return {
        "ledger": ledger,
        "fills": fills,
        "trades": trades,
        "open_trades": [trade.row() for trade in book.held],
        "signals": signals,
        "hedge_pnl": {
            leg: math.fsum(trade.sum_of(f"{leg}_hedge_pnl") for trade in book.closed + book.held)
            for leg in LEGS
        },
        "rebalances": rebalance_rows(book.rebalances, fills),
        "breakeven": breakeven(opening_cash, ledger, fills),
        "pending": pending_orders(book, config),
        "ended": ended,
        "headline": headline(opening_cash, ledger, fills, trades),
    }


def opens_for(reason: str) -> str:
    """Return when an order of this reason fills, whatever the account says: margin cannot wait."""
    return "next_open" if reason == "margin_call" else ""


def night_of(book: Book, today: dict, mark: dict, evening: object, days: int, config: dict) -> dict:
    """Return borrow, dividends and interest of one night, booked to the trades held over it."""
    costs, symbols = config["costs"], config["pair"]
    interest = 0.0
    gross = math.fsum(abs(trade.shares[leg]) * mark[leg] for trade in book.held for leg in LEGS)
    if costs["interest"]["kind"] != "none":
        rule = costs["interest"]
        rate = rule.get("rate")
        if rate is None:
            rate = rate_in_force(rule["series"], evening)
        proceeds = sum(max(-book.shares(leg), 0.0) * mark[leg] for leg in LEGS)
        interest = interest_usd(rule, rate, book.cash, proceeds, days)
    night = {"borrow": 0.0, "dividends": 0.0, "interest": interest}
    for trade in book.held:
        for leg in LEGS:
            series = costs["borrow"]["series"].get(symbols[leg])
            dated = None if series is None else rate_in_force(series, evening)
            held = trade.shares[leg]
            fee = borrow_usd(costs["borrow"], symbols[leg], held, mark[leg], days, dated)
            paid = held * today[leg].dividend
            trade.book("borrow", fee)
            trade.book("dividends", paid)
            trade.book("interest", interest * abs(held) * mark[leg] / gross)
            night["borrow"] += fee
            night["dividends"] += paid
    return night


def ride(book: Book, before: dict, after: dict, pnl: dict) -> None:
    """Carry every trade from one price to the next; `pnl` receives the whole book's dollars."""
    for leg in LEGS:
        step = after[leg] - before[leg]
        pnl[leg] += book.shares(leg) * step
        for trade in book.held:
            trade.ride(leg, step)


def close_everything(book: Book, session: str) -> None:
    """End the trades of a ruined account where they stand."""
    for trade in book.held:
        trade.exit = trade.exit_decided = session
        trade.exit_reason = "ruin"
    book.closed += book.held
    book.held, book.order = [], None


def pending_orders(book: Book, config: dict) -> list[dict]:
    """Return what is left to trade after the last session."""
    if book.order is None:
        return []
    why = {"reason": book.order.reason, "decided": book.order.decided}
    orders = [
        {"symbol": config["pair"][leg], "shares": book.order.left(leg), **why}
        for leg in LEGS
        if book.order.left(leg)
    ]
    return sorted(orders, key=lambda order: order["shares"] > 0)
