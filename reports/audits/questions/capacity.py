"""Q4: how much money does it hold? A subject in, the dollars that halve and end its P&L out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from configs.costs import CostsConfig, NoImpact, SquareRootImpact
from configs.trading import MOST_CASH_USD
from feeds.market import Market
from reports.audits.check import Plain
from reports.audits.evidence.rating import Block
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import dollars, percent

A_DECADE = 2  # sizes looked at before the crossing is narrowed down
FROM_USD, TO_USD = 1e5, 1e11
LITTLE = 0.05  # of the return; a cap on volume leaves ever less and never a loss
STEPS = 5  # each halves the gap in which the P&L crosses: 3.16 times become 1.04

Curve = list[tuple[float, float]]  # dollars, net return on them


def capacity(asked: Asked) -> Block:
    """Return Q4: the account at which impact halves the net return, leaves little, and ends it.

    Each size is run anew under ``costs.impact: square_root`` as configured, else its defaults: cost
    ``y sigma sqrt(shares / volume)`` of what is traded (Toth et al. 2011, Physical Review X 1,
    021006; y about 1), at most ``participation_cap`` of a session's volume. Beyond the billion that
    an account may hold, and below the configured cash, only orders over volume matter: that account
    in a market with as many times less, or more, volume. Half is of the net return without impact,
    and reached first: what does not fill in a day moves later orders to other days, so a larger
    account may make more. Volume, borrow and spread are history's: nobody answers the orders.
    """
    subject, config = asked.subject, asked.subject.config
    if config.account.fill == "same_close":
        return no_answer("Q4", "a replication fills at the deciding price, without impact")
    impact = config.costs.impact
    if impact.kind != "square_root":
        impact = SquareRootImpact(kind="square_root")
    free = config.costs.model_copy(update={"impact": NoImpact(kind="none")})
    cash = config.account.cash

    def made(usd: float, costs: CostsConfig) -> float:
        held = min(max(usd, cash), MOST_CASH_USD)
        account = config.account.model_copy(update={"cash": held})
        sized = config.model_copy(update={"account": account, "costs": costs})
        result = subject.run(_thinner(subject.market, usd / held), config=sized)
        return float(result.ledger["equity"].iloc[-1]) / held - 1.0

    costs = config.costs.model_copy(update={"impact": impact})
    try:
        whole = made(cash, free)
        if not whole > 0.0:
            return no_answer("Q4", f"nothing to halve: it made {percent(whole)} without impact")
        curve, (half, most_of_it, end) = _walked(
            lambda usd: made(usd, costs),
            (0.5 * whole, LITTLE * whole, 0.0),
        )
    except (ValueError, RuntimeError) as error:  # no volumes, or a strategy of one's own
        return no_answer("Q4", str(error).rstrip("."))
    cap = impact.participation_cap
    return answer(
        "Q4",
        measured=f"half of the return is left to {_size(half)}",
        sentence=(
            f"Without impact it made {percent(whole)}. With square-root impact"
            f"{'' if cap is None else f' and at most {percent(cap)} of the volume'} half of that "
            f"is left to {_size(half)}, {percent(LITTLE, 0)} of it to {_size(most_of_it)}, and "
            f"{_ended(end, cap)}."
        ),
        numbers={
            "net_return_without_impact": whole,
            "half_usd": half,
            "end_usd": end,
            "little_usd": most_of_it,
            "little": LITTLE,
            "y": impact.y,
            "participation_cap": cap,
            "curve": _rows(curve),
        },
    )


def _walked(
    made: Callable[[float], float], levels: Sequence[float]
) -> tuple[Curve, list[float | None]]:
    """Return a net return by size, and the first size at which it is down at each level.

    Levels fall. None where it is above one still at `TO_USD`; `FROM_USD` where it never was.
    """
    count = round(A_DECADE * math.log10(TO_USD / FROM_USD))
    curve: Curve = []
    for step in range(count + 1):
        usd = FROM_USD * 10.0 ** (step / A_DECADE)
        curve.append((usd, made(usd)))
        if curve[-1][1] <= levels[-1]:
            break
    crossed = [_crossing(made, curve, level) for level in levels]
    return curve, crossed


def _crossing(made: Callable[[float], float], curve: Curve, level: float) -> float | None:
    """Return the size at which a return falls to a level, by bisection in its logarithm."""
    at = next((k for k, (_, value) in enumerate(curve) if value <= level), None)
    if at is None or at == 0:
        return None if at is None else curve[0][0]
    low, high = curve[at - 1][0], curve[at][0]
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        if made(middle) <= level:
            high = middle
        else:
            low = middle
    return math.sqrt(low * high)


def _thinner(market: Market, times: float) -> Market:
    """Return the market with its legs' volume divided."""
    return replace(
        market,
        long=replace(market.long, volume=market.long.volume / times),
        short=replace(market.short, volume=market.short.volume / times),
    )


def _ended(end: float | None, cap: float | None) -> str:
    if end is not None:
        return f"nothing to {_size(end)}"
    why = "" if cap is None else ", for the cap leaves what is too large in cash"
    return f"no size up to {_size(TO_USD)} loses money{why}"


def _size(usd: float | None) -> str:
    """Return dollars to two digits."""
    if usd is None:
        return f"more than {_size(TO_USD)}"
    rounded = round(usd, 1 - math.floor(math.log10(usd)))
    return f"${rounded / 1e9:g}bn" if rounded >= 1e9 else dollars(rounded)


def _rows(curve: Curve) -> list[Plain]:
    return [
        {"account_usd": usd, "net_return": made, "net_pnl_usd": usd * made} for usd, made in curve
    ]
