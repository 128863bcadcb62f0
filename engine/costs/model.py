"""One leg's costs over a run: a price list bound to its configuration, one rate a session.

The pricing itself is in the pure functions beside this module; this one only chooses them and keeps
what an order has been charged so far. Sessions are counted from 0, the run's first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.costs.fees import finra_taf, sec_section_31
from engine.costs.impact import fillable, square_root
from engine.costs.spread import half_spread

# (as-traded shares, notional in dollars, as-traded shares earlier in the month, session) -> dollars
CommissionOf = Callable[[float, float, float, int], float]
# (quote after stress, as-traded price) -> full spread in basis points
QuoteOf = Callable[[float, float], float]


@dataclass(slots=True)
class OrderBill:
    """What one leg's order has traded and was charged so far: minimums are per order."""

    month_shares: float  # the account's as-traded volume this month before the order
    shares: float = 0.0  # as traded
    notional_usd: float = 0.0
    commission_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class FillCosts:
    """The price of one execution beyond the mid, in positive dollars."""

    commission: float
    fees: float
    spread: float
    impact: float

    @property
    def total_usd(self) -> float:
        """All of them together."""
        return self.commission + self.fees + self.spread + self.impact


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCosts:
    """What one symbol costs to trade and to borrow, session by session.

    The lists hold one value a session, each known before that session's fill.
    """

    commission_of: CommissionOf
    clearing_per_share_usd: list[float]
    quote: float  # full spread in the unit ``quote_of`` takes
    quote_of: QuoteOf
    spread_scale: list[float]
    open_multiplier: float  # of the spread, for fills at the open
    sec_usd_per_million: list[float]
    taf_per_share_usd: list[float]
    taf_max_usd: list[float]
    impact_y: float
    participation_cap: float  # infinite where there is none
    sigma: list[float]  # daily return sd; unused where impact_y is 0
    borrow_rate_annual: list[float]  # of the night before the session
    no_short_opened: list[bool]
    bought_in: list[bool]

    def fill_costs(
        self,
        session: int,
        shares: float,
        price: float,
        later_splits: float,
        volume: float,
        at_open: bool,
        bill: OrderBill,
    ) -> FillCosts:
        """Return what one execution costs and add it to its order's bill.

        Parameters
        ----------
        shares
            Signed split-adjusted shares; ``shares / later_splits`` traded that day.
        price
            Split-adjusted mid in dollars.
        volume
            The session's split-adjusted volume.
        at_open
            Whether the price is the open's.
        """
        traded = abs(shares) / later_splits
        notional_usd = abs(shares) * price
        bill.shares += traded
        bill.notional_usd += notional_usd
        total = self.commission_of(bill.shares, bill.notional_usd, bill.month_shares, session)
        commission = max(total - bill.commission_usd, 0.0)
        bill.commission_usd += commission
        fees = traded * self.clearing_per_share_usd[session]
        if shares < 0.0:
            fees += sec_section_31(notional_usd, self.sec_usd_per_million[session])
            fees += finra_taf(traded, self.taf_per_share_usd[session], self.taf_max_usd[session])
        stress = self.spread_scale[session] * (self.open_multiplier if at_open else 1.0)
        quoted_bps = self.quote_of(self.quote * stress, price * later_splits)
        impact = 0.0
        if self.impact_y > 0.0:
            sigma = self.sigma[session]
            impact = square_root(notional_usd, self.impact_y, sigma, abs(shares), volume)
        return FillCosts(commission, fees, half_spread(notional_usd, quoted_bps), impact)

    def fillable(self, shares: float, volume: float) -> float:
        """Return the share of an order, in [0, 1], that a session of this volume takes."""
        return fillable(abs(shares), volume, self.participation_cap)
