"""What would make a run wrong. A run in, the assumptions of its own configuration out.

Each sentence is there because of a setting of this run, or because nothing in it can be set.
"""

from configs.costs import BorrowConfig, CentsSpread, RegimeSpread, VolScaledSpread
from configs.unphrased import by_name
from engine.records.result import Result
from reports.findings import sessions_with
from reports.headline import percent
from reports.pages.run.trade_table import most_at_once

FEW_TRADES = 30  # below it a win rate's 95 % interval is wider than +-18 percentage points


def assumptions(result: Result) -> list[str]:
    """Return the sentences, the gravest first."""
    sentences = [
        _ruin(result),
        _sample(result),
        _fill(result),
        _spread(result),
        _impact(result),
        _fees(result),
        _borrow(result),
        _interest(result),
        _margin(result),
        _announcements(result),
        _filings(result),
        "Taxes are not counted.",
    ]
    if result.synthetic:
        sentences.insert(0, "The prices are invented.")
    return [sentence for sentence in sentences if sentence]


def _ruin(result: Result) -> str:
    if result.ended != "ruin":
        return ""
    return (
        "Sharpe, Sortino and volatility say nothing of a ruined account: they average returns that "
        "did not compound."
    )


def _sample(result: Result) -> str:
    closed = len(result.trades)
    if closed >= FEW_TRADES:
        return ""
    count = {0: "No round trip was closed", 1: "One closed round trip"}.get(
        closed, f"{closed} closed round trips"
    )
    overlap = " Tranches that overlap are not independent." if most_at_once(result) > 1 else ""
    return f"{count}: too few to tell skill from luck.{overlap}"


def _fill(result: Result) -> str:
    return {
        "next_open": "Orders fill at the next session's open; a market that opens wide or moves "
        "against the order would pay more.",
        "next_close": "Orders fill at the next session's close, which an auction order gets only "
        "if it is in before the cut-off.",
        "same_close": "Orders fill at the close that decided them, which nobody gets.",
    }[result.config.account.fill]


def _spread(result: Result) -> str:
    spread, legs = result.config.costs.spread, result.config.pair
    symbols = (legs.long, legs.short)
    if isinstance(spread, CentsSpread):
        quotes = " and ".join(f"{spread.cents(s):g} cents for {s}" for s in symbols)
    else:
        quotes = " and ".join(f"{spread.bps(s):g} bps for {s}" for s in symbols)
    at_open = (
        f" (times {spread.open_multiplier:g} at the open)" if spread.open_multiplier > 1.0 else ""
    )
    if isinstance(spread, VolScaledSpread):
        return (
            f"The spread, {quotes}{at_open}, follows volatility only from {spread.min_scale:g} to "
            f"{spread.max_scale:g} times; a crisis can be wider."
        )
    if isinstance(spread, RegimeSpread):
        measure = "each leg's own volatility" if spread.measure == "own" else spread.measure
        return (
            f"The spread, {quotes}{at_open}, is {spread.multiplier:g} times that in the top "
            f"tercile of {measure} and does not widen further."
        )
    return f"The quoted spread stays at {quotes}{at_open}, calm or not."


def _impact(result: Result) -> str:
    impact = result.config.costs.impact
    if impact.kind == "none":
        return (
            "Orders fill whole and move no price, however large against the session's volume: "
            "impact and a participation cap are off."
        )
    if impact.kind != "square_root":
        return f"Impact follows {by_name(impact)}; what others do at the same time is not in it."
    worked = sessions_with(result, "order_worked")
    if impact.participation_cap is None:
        cap = "no cap on participation"
    else:
        cap = f"an order above {percent(impact.participation_cap, 1)} of a session's volume worked"
        cap += f" on (it happened on {worked} sessions)" if worked else " on (it never happened)"
    return (
        f"Impact follows a square-root law with coefficient {impact.y:g}, {cap}; what others do "
        "at the same time is not in it."
    )


def _fees(result: Result) -> str:
    if result.config.costs.fees.kind != "none":
        return ""
    return "The SEC and FINRA fees on sales are not charged."


def _borrow(result: Result) -> str:
    return " ".join(_lent(result.config.costs.borrow, leg) for leg in result.config.sold)


def _lent(borrow: BorrowConfig, leg: str) -> str:
    price = (
        f"at the rates of {borrow.series[leg]}"
        if leg in borrow.series
        else f"at {percent(borrow.rate(leg))} a year"
    )
    if any(days.symbol == leg for days in borrow.hard_to_borrow):
        return f"{leg} can be borrowed {price} on every day not named as hard to borrow."
    return f"{leg} can always be borrowed {price} and is never recalled."


def _interest(result: Result) -> str:
    if result.config.costs.interest.kind != "none":
        return ""
    debit = " and a debit balance costs nothing" if (result.ledger["cash"] < 0.0).any() else ""
    return f"Cash and short proceeds earn nothing{debit}: interest is off."


def _margin(result: Result) -> str:
    margin = result.config.account.margin
    if margin.kind == "none":
        return "No margin is asked: a broker might have refused these positions or closed them."
    return (
        "Margin is checked at the close and cut at the next open; a broker may act within the "
        "session, ask more than the rule, and choose the price."
    )


def _filings(result: Result) -> str:
    if result.filings is None:
        return ""
    return (
        "Reports count from the session after they were filed; the market knows most of them from "
        "a press release hours to days before."
    )


def _announcements(result: Result) -> str:
    flat = result.config.exits.flat_over
    if flat is None or flat.earnings is None:
        return ""
    return f"The announcement dates of {flat.earnings} are taken to be known in advance."
