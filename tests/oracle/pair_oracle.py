"""The oracle: a pair trade, session by session. A folder of prices and a config in, a run out.

It shares no line with the program it judges, imports none of its rooms, and needs only the standard
library. It is slow and plain on purpose: every statistic is recomputed at every session. Margin
(step 5 of the timing contract), margin interest, fees and impact are not modelled: they are zero.

`config` is the resolved YAML mapping. Dates in the result are ISO text, as in the files of a run.
"""

import math
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.nyse import closes_period
from tests.oracle.pair_costs import borrow_usd, commission_usd, half_spread_usd
from tests.oracle.pair_data import Bar, log_returns, read_pair
from tests.oracle.pair_headline import costs_of, gross_pnl, headline
from tests.oracle.pair_signals import read_signals, weights

LEGS = ("long", "short")


@dataclass(slots=True, kw_only=True)
class Trade:
    """One round trip in the making: what the exits judge, and the ledger rows it owns."""

    entry_decided: str
    equity_at_decision: float
    entry: str = ""
    entry_notional_usd: float = 0.0
    sessions_held: int = 0
    rows: list[dict] = field(default_factory=list)

    def summary(self, exit_fill: dict | None) -> dict:
        """Return the row of trades.csv; without an exit fill, the trade so far."""
        gross, costs = gross_pnl(self.rows), costs_of(self.rows)
        net = gross - math.fsum(costs.values())
        return {
            "entry": self.entry,
            "exit": exit_fill["date"] if exit_fill else None,
            "entry_decided": self.entry_decided,
            "exit_decided": exit_fill["decided"] if exit_fill else None,
            "sessions": self.sessions_held,
            "exit_reason": exit_fill["reason"] if exit_fill else None,
            "gross_pnl": gross,
            **costs,
            "net_pnl": net,
            "return": net / self.entry_notional_usd,
        }


def simulate(folder: str, config: dict) -> dict:
    """Run the timing contract over every session; the steps follow its numbering."""
    bars = read_pair(folder, config)
    returns = {leg: log_returns(bars[leg]) for leg in LEGS}
    symbols = {leg: config["pair"][leg] for leg in LEGS}
    cash = equity = float(config["account"]["cash"])
    shares: dict[str, float] = dict.fromkeys(LEGS, 0)
    orders: list[dict] = []
    trade: Trade | None = None
    correlations: list[float] = []
    ledger: list[dict] = []
    fills: list[dict] = []
    trades: list[dict] = []
    signals: list[dict] = []

    for i, session in enumerate(bar.session for bar in bars["long"]):
        today = {leg: bars[leg][i] for leg in LEGS}
        # Nothing is held on the first session, so its own close may stand for the previous one.
        mark = {leg: bars[leg][max(i - 1, 0)].close for leg in LEGS}
        nights = (session - bars["long"][i - 1].session).days if i > 0 else 0

        # 1. Financing, 2. Dividends: on the shares held at the previous close.
        borrow = math.fsum(
            borrow_usd(config["costs"]["borrow"], symbols[leg], shares[leg], mark[leg], nights)
            for leg in LEGS
        )
        dividends = math.fsum(shares[leg] * today[leg].dividend for leg in LEGS)
        cash += dividends - borrow

        # 3. Fills of what the previous session decided.
        pnl = dict.fromkeys(LEGS, 0.0)
        filled = [fill_order(order, today[order["leg"]], config) for order in orders]
        for order, fill in zip(orders, filled, strict=True):
            leg = order["leg"]
            pnl[leg] += shares[leg] * (fill["price"] - mark[leg])
            mark[leg] = fill["price"]
            shares[leg] += fill["shares"]
            cash -= fill["shares"] * fill["price"] + fill["commission"] + fill["spread"]
        fills += filled
        if trade is not None and not trade.entry:
            trade.entry = session.isoformat()
            trade.entry_notional_usd = math.fsum(abs(f["shares"]) * f["price"] for f in filled)

        # 4. Mark at the close.
        value = {leg: shares[leg] * today[leg].close for leg in LEGS}
        previous_equity, equity = equity, cash + value["long"] + value["short"]
        row = {
            "date": session.isoformat(),
            "cash": cash,
            "long_shares": shares["long"],
            "short_shares": shares["short"],
            "long_value": value["long"],
            "short_value": value["short"],
            "equity": equity,
            "long_pnl": pnl["long"] + shares["long"] * (today["long"].close - mark["long"]),
            "short_pnl": pnl["short"] + shares["short"] * (today["short"].close - mark["short"]),
            "dividends": dividends,
            "commission": math.fsum(fill["commission"] for fill in filled),
            "fees": 0.0,
            "spread": math.fsum(fill["spread"] for fill in filled),
            "impact": 0.0,
            "borrow": borrow,
            "interest": 0.0,
            "gross": abs(value["long"]) + abs(value["short"]),
            "net": value["long"] + value["short"],
            "equity_return": equity / previous_equity - 1 if i > 0 else 0.0,
        }
        ledger.append(row)
        if trade is not None:
            trade.rows.append(row)
            if shares["long"] or shares["short"]:
                trade.sessions_held += 1
            else:
                trades.append(trade.summary(filled[0]))
                trade = None

        # 6. Decide with what is known at this close.
        reading = read_signals(returns["long"][:i], returns["short"][:i], correlations, config)
        close = {leg: today[leg].close for leg in LEGS}
        if trade is None:
            orders = entry_orders(reading, equity, close, config)
            if orders:
                trade = Trade(entry_decided=session.isoformat(), equity_at_decision=equity)
            acted = bool(orders)
        else:
            acted = False
            reason = exit_reason(config["exits"], reading["z"], equity, trade)
            if reason is not None:
                orders = orders_to(dict.fromkeys(LEGS, 0), shares, reason)
            elif is_rebalance_session(config["rebalance"]["kind"], session):
                orders = rebalance_orders(reading, equity, close, shares, config)
            else:
                orders = []
        for order in orders:
            order |= {"symbol": symbols[order["leg"]], "decided": session.isoformat()}
        signals.append({"date": session.isoformat(), **reading, "acted": acted})

    open_trade = trade.summary(None) if trade is not None and trade.entry else None
    return {
        "ledger": ledger,
        "fills": fills,
        "trades": trades,
        "open_trade": open_trade,
        "signals": signals,
        "pending": orders,
        "headline": headline(float(config["account"]["cash"]), ledger, fills, trades),
    }


def fill_order(order: dict, bar: Bar, config: dict) -> dict:
    """Fill one leg's order on the bar after its decision, at the open or the close itself."""
    price = {"next_open": bar.open, "next_close": bar.close}[config["account"]["fill"]]
    costs = config["costs"]
    return {
        "date": bar.session.isoformat(),
        "symbol": order["symbol"],
        "shares": order["shares"],
        "price": price,
        "reason": order["reason"],
        "commission": commission_usd(costs["commission"], order["shares"], price, bar.later_splits),
        "fees": 0.0,
        "spread": half_spread_usd(costs["spread"], order["symbol"], order["shares"], price),
        "impact": 0.0,
        "decided": order["decided"],
    }


def target_shares(reading: dict, equity: float, close: dict, config: dict) -> dict | None:
    """Return the shares each leg should hold, the short one negative; None unless both are."""
    both = weights(reading, config["sizing"])
    if both is None:
        return None
    target = {}
    for leg, weight, sign in zip(LEGS, both, (1, -1), strict=True):
        wanted = weight * config["sizing"]["gross"] * equity / close[leg]
        target[leg] = sign * (wanted if config["account"]["fractional"] else math.trunc(wanted))
    # A leg of zero shares would leave the other one naked.
    return target if target["long"] > 0 and target["short"] < 0 else None


def orders_to(target: dict, shares: dict, reason: str) -> list[dict]:
    """Return the orders from the shares held to the target, sells first, then long before short."""
    orders = [
        {"leg": leg, "shares": target[leg] - shares[leg], "reason": reason}
        for leg in LEGS
        if target[leg] != shares[leg]
    ]
    return sorted(orders, key=lambda order: order["shares"] > 0)


def entry_orders(reading: dict, equity: float, close: dict, config: dict) -> list[dict]:
    """Return the two orders of an entry, or none when the trigger or a leg is missing."""
    target = target_shares(reading, equity, close, config) if reading["entry"] else None
    return [] if target is None else orders_to(target, dict.fromkeys(LEGS, 0), "entry")


def rebalance_orders(
    reading: dict, equity: float, close: dict, shares: dict, config: dict
) -> list[dict]:
    """Return the orders back to today's targets; none when a leg has no target."""
    target = target_shares(reading, equity, close, config)
    return [] if target is None else orders_to(target, shares, "rebalance")


def is_rebalance_session(kind: str, session: date) -> bool:
    """Say whether the hedge is reset at this close."""
    if kind in ("daily", "never"):
        return kind == "daily"
    return closes_period(session, kind)


def exit_reason(exits: dict, z: float | None, equity: float, trade: Trade) -> str | None:
    """Return the first exit that holds at this close, in the order the rules are judged."""
    stop_loss, z_above = exits.get("stop_loss"), exits.get("z_above")
    if stop_loss is not None:
        result = equity - trade.equity_at_decision
        if result <= -stop_loss * trade.entry_notional_usd:
            return "stop_loss"
    if z_above is not None and z is not None and z > z_above:
        return "z_above"
    holding_sessions = exits.get("holding_sessions")
    if holding_sessions is not None and trade.sessions_held >= holding_sessions:
        return "holding_sessions"
    return None
