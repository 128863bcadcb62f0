"""The run in plain language. A run in, sentences out: what happened, and what would make it wrong.

Sentences are built from the ledger's numbers, losses and idleness included.
"""

from engine.result import RunResult
from reports.headline import COSTS, money, percent
from reports.records import iso

FEW_TRADES = 30  # below it a win rate's 95 % interval is wider than +-18 percentage points


def lead(result: RunResult) -> str:
    """Return the one sentence a reader should take away."""
    pair = f"long {result.config.pair.long} / short {result.config.pair.short}"
    held = len(result.trades) + int(result.open_trade is not None)
    if held == 0:
        return f"Never held {pair}: {_idle(result)}."
    net = float(result.ledger["equity"].iloc[-1] - result.config.account.cash)
    costs = float(result.ledger[list(COSTS)].to_numpy(dtype=float).sum())
    verb = "lost" if net < 0 else "made"
    return (
        f"Held {pair} {'once' if held == 1 else f'{held} times'}; "
        f"{verb} {money(abs(net))} after {money(costs)} of costs."
    )


def details(result: RunResult) -> list[str]:
    """Return the sentences under the lead: open trade, costs against gross, pending orders."""
    found = [_cost_sentence(result), _open_sentence(result)]
    if result.pending:
        words = ", ".join(
            f"{'buy' if order['shares'] > 0 else 'sell'} {abs(order['shares']):,g} "
            f"{order['symbol']} ({order['reason']})"
            for order in result.pending
        )
        found.append(f"Pending for the next session, not part of the result: {words}.")
    if (result.ledger["equity_return"] == 0).all() and not result.fills.empty:
        found.append("Equity never moved although orders filled: check the prices.")
    return [sentence for sentence in found if sentence]


def doubts(result: RunResult) -> list[str]:
    """Return what would make the result wrong, from this run's own configuration."""
    config, closed = result.config, len(result.trades)
    fill = config.account.fill.removeprefix("next_")
    borrow = percent(config.costs.borrow.rate(config.pair.short))
    spreads = " and ".join(
        f"{config.costs.spread.bps(symbol):g} bps for {symbol}"
        for symbol in (config.pair.long, config.pair.short)
    )
    found = [
        f"Orders fill whole at the next session's {fill}; a market that opens wide or moves "
        "against the order would pay more.",
        f"The quoted spread stays at {spreads}, calm or not.",
        f"{config.pair.short} can always be borrowed at {borrow} a year and is never recalled.",
        "Taxes are not counted.",
    ]
    if closed < FEW_TRADES:
        count = {0: "No round trip was closed", 1: "One closed round trip"}.get(
            closed, f"{closed} closed round trips"
        )
        found.insert(0, f"{count}: too few to tell skill from luck.")
    if result.synthetic:
        found.insert(0, "The prices are invented.")
    return found


def cost_share(cost_usd: float, gross_pnl_usd: float) -> float | None:
    """Return a cost as a fraction of gross P&L, or None where there was no gross profit."""
    return cost_usd / gross_pnl_usd if gross_pnl_usd > 0 else None


def gross_pnl(result: RunResult) -> float:
    """Return the dollars made before costs: both legs, dividends and interest."""
    columns = ["long_pnl", "short_pnl", "dividends", "interest"]
    return float(result.ledger[columns].to_numpy(dtype=float).sum())


def _idle(result: RunResult) -> str:
    triggered = int(result.signals["entry"].sum())
    if triggered == 0:
        return f"the entry condition was met on none of the {len(result.signals):,} sessions"
    return (
        f"the entry condition was met on {_sessions(triggered)}, but no entry filled "
        "(see findings and pending orders)"
    )


def _sessions(count: int) -> str:
    return "one session" if count == 1 else f"{count:,} sessions"


def _cost_sentence(result: RunResult) -> str:
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


def _open_sentence(result: RunResult) -> str:
    trade = result.open_trade
    if trade is None:
        return ""
    net = float(trade["net_pnl"])
    return (
        f"One trade, entered on {iso(trade['entry'])}, is still open; at the last close it has "
        f"{'lost' if net < 0 else 'made'} {money(abs(net))}, the costs of leaving not yet paid."
    )
