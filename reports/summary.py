"""The run in plain language. A run in, sentences out: what happened and what a reader must know.

Sentences are built from the ledger's numbers, losses and idleness included.
"""

import math

from engine.records.result import Result
from reports.findings import sessions_with
from reports.headline import COSTS, money, percent
from reports.measures.benchmark import Benchmark
from reports.wording import iso


def ruin(result: Result) -> str | None:
    """Return that the account was ruined and when, or None."""
    if result.ended != "ruin":
        return None
    last = result.ledger.iloc[-1]
    owed = f" and owes {money(-last['equity'])}" if last["equity"] < 0.0 else ""
    return (
        f"RUINED on {iso(last['date'])}: the account lost everything{owed}. The run ends there; "
        "its return is -100%."
    )


def lead(result: Result) -> str:
    """Return what a reader should take away in a line: a ruin first, then the outcome."""
    return " ".join(
        filter(None, (result.config.account.replication, ruin(result), outcome(result)))
    )


def outcome(result: Result) -> str:
    """Return how often the pair was held and what was left after costs."""
    pair = f"long {result.config.pair.long} / short {result.config.pair.short}"
    sold = int((result.trades["direction"] < 0).sum())
    sold += sum(each["direction"] < 0 for each in result.open_trades)
    held = len(result.trades) + len(result.open_trades)
    if held == 0:
        return f"Never held {pair}: {_idle(result)}."
    net = float(result.ledger["equity"].iloc[-1] - result.config.account.cash)
    costs = float(result.ledger[list(COSTS)].to_numpy(dtype=float).sum())
    verb = "lost" if net < 0 else "made"
    return (
        f"Held {pair} {'once' if held == 1 else f'{held} times'}"
        f"{f', {sold:,} of them the reverse' if sold else ''}; "
        f"{verb} {money(abs(net))} after {money(costs)} of costs."
    )


def result_sentence(result: Result, benchmark: Benchmark | None) -> str:
    """Return what the run made after costs beside what its benchmark did in the same window."""
    made = float(result.ledger["equity"].iloc[-1]) / result.config.account.cash - 1.0
    text = f"{percent(made, 1)} after costs"
    if benchmark is None:
        return f"{text}; no benchmark was asked for."
    there = f"{benchmark.symbol} {percent(benchmark.total_return, 1)} in the same window"
    beta = "" if benchmark.beta is None else f"; beta {benchmark.beta:z.2f}"
    return f"{text}; {there}{beta}."


def details(result: Result) -> list[str]:
    """Return the sentences under the lead: forced events, costs, open trades, pending orders."""
    sentences = [*_forced(result), _cost_sentence(result), _open_sentence(result)]
    if result.pending:
        words = ", ".join(
            f"{'buy' if order['shares'] > 0 else 'sell'} {abs(order['shares']):,g} "
            f"{order['symbol']} ({order['reason']})"
            for order in result.pending
        )
        sentences.append(f"Pending for the next session, not part of the result: {words}.")
    if (result.ledger["equity_return"] == 0).all() and not result.fills.empty:
        sentences.append("Equity never moved although orders filled: check the prices.")
    return [sentence for sentence in sentences if sentence]


def cost_share(cost_usd: float, gross_pnl_usd: float) -> float | None:
    """Return a cost as a fraction of gross P&L, or None where there was no gross profit."""
    return cost_usd / gross_pnl_usd if gross_pnl_usd > 0 else None


def gross_pnl(result: Result) -> float:
    """Return the dollars made before costs: both legs, dividends and interest."""
    columns = ["long_pnl", "short_pnl", "dividends", "interest"]
    return float(result.ledger[columns].to_numpy(dtype=float).sum())


def _idle(result: Result) -> str:
    triggered = int(result.signals["entry"].sum())
    if triggered == 0:
        return f"the entry condition was met on none of the {len(result.signals):,} sessions"
    return (
        f"the entry condition was met on {_sessions(triggered)}, but no entry filled "
        "(see findings and pending orders)"
    )


def _sessions(count: int) -> str:
    return "one session" if count == 1 else f"{count:,} sessions"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _forced(result: Result) -> list[str]:
    """Return what the broker, the lender of the shares or the market's volume imposed."""
    fills = result.fills
    sentences = []
    cuts = fills.loc[fills["reason"] == "margin_call", "decided"].nunique()
    if cuts:
        sentences.append(f"The broker cut the book {_times(cuts)} to meet margin.")
    bought = fills.loc[fills["reason"] == "buy_in", "decided"].nunique()
    if bought:
        sentences.append(f"The short was bought in {_times(bought)}: its shares were recalled.")
    for check, text in (
        ("margin_scaled", "Initial margin did not allow the full size on {}: scaled down."),
        ("margin_refused", "Initial margin did not allow an order on {}: refused."),
        ("hard_to_borrow", "There was no borrow for an order on {}: cancelled."),
        ("order_worked", "Orders found too little volume and were worked on, on {}."),
        ("order_cut", "What was left of an order was cancelled for a more urgent one on {}."),
    ):
        count = sessions_with(result, check)
        if count:
            sentences.append(text.format(_sessions(count)))
    return sentences


def _cost_sentence(result: Result) -> str:
    costs = float(result.ledger[list(COSTS)].to_numpy(dtype=float).sum())
    gross = gross_pnl(result)
    if costs == 0:
        return ""
    share = cost_share(costs, gross)
    if share is None:
        if gross == 0:
            return "Before costs the run neither made nor lost anything."
        return f"Before costs the run lost {money(abs(gross))}; costs added to it."
    return f"Costs took {percent(share, 1)} of the {money(gross)} made before them."


def _open_sentence(result: Result) -> str:
    trades = result.open_trades
    if not trades:
        return ""
    net = math.fsum(float(trade["net_pnl"]) for trade in trades)
    made = f"{'lost' if net < 0 else 'made'} {money(abs(net))}"
    entered = iso(trades[0]["entry"])
    if len(trades) == 1:
        return (
            f"One trade, entered on {entered}, is still open; at the last close it has {made}, "
            "the costs of leaving not yet paid."
        )
    return (
        f"{len(trades)} trades, the first entered on {entered}, are still open; at the last close "
        f"they have {made}, the costs of leaving not yet paid."
    )
