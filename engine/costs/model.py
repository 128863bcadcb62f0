"""The costs of one leg, bound to its configuration. Sizes in, dollars out; no state.

The pricing itself is in the pure functions beside this module; this one only chooses them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from configs.schema import Commission, CostsConfig
from engine.costs import commission as rates
from engine.costs.spread import half_spread

CommissionOf = Callable[[float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCosts:
    """What one symbol costs to trade and to borrow."""

    commission_of: CommissionOf  # (as-traded shares, notional in dollars) -> dollars
    spread_bps: float
    borrow_rate_annual: float

    def commission(self, shares: float, price: float, later_splits: float) -> float:
        """Return the commission of one order in dollars, on the shares that traded that day."""
        return self.commission_of(abs(shares) / later_splits, abs(shares) * price)

    def spread(self, shares: float, price: float) -> float:
        """Return half the quoted spread on the order's notional, in dollars."""
        return half_spread(abs(shares) * price, self.spread_bps)


def leg_costs(costs: CostsConfig, symbol: str) -> LegCosts:
    """Return the cost functions that apply to ``symbol``."""
    return LegCosts(
        commission_of=_commission_of(costs.commission),
        spread_bps=costs.spread.bps(symbol),
        borrow_rate_annual=costs.borrow.rate(symbol),
    )


def _commission_of(commission: Commission) -> CommissionOf:
    """Return the commission of an order as a function of as-traded shares and notional."""
    if commission.kind == "bps":
        rate_bps = commission.bps
        return lambda shares, notional_usd: rates.bps(notional_usd, rate_bps)
    if commission.kind == "per_share":
        per_share_usd, min_usd = commission.per_share_usd, commission.min_usd
        return lambda shares, notional_usd: rates.per_share(shares, per_share_usd, min_usd)
    if commission.kind == "ibkr_fixed":
        return rates.ibkr_fixed
    return rates.zero
