"""The thesis of the capex trade. What is known at a close in, the reasons it is broken out.

Prices, spenders and the supplier break a thesis for every trade at once and open no new one; the
two price stops and the short company's margin belong to one trade and its own entry.
"""

from tests.oracle.pair_book import Trade
from tests.oracle.pair_regime import Gauges, is_spike


def broken_for_all(reading: dict, gauges: Gauges, thesis: dict) -> list[str]:
    """Return the broken theses that concern every trade; lists of closes end at this session."""
    spike, rollover = thesis["price"]["vol_spike"], thesis["capex_rollover"]
    stall = thesis["supplier_stalls"]
    growth, revenue = reading["capex_growth"], reading["revenue_growth_long"]
    broken = []
    if spike is not None and is_spike(gauges[spike["symbol"]], spike):
        broken.append("vol_spike")
    if rollover is not None and growth is not None and growth < rollover["exit_below"]:
        broken.append("capex_rollover")
    if stall is not None and revenue is not None and revenue < stall["below"]:
        broken.append("supplier_stalls")
    return broken


def margin_has_held(trade: Trade, reading: dict, rule: dict | None) -> bool:
    """Say whether the short company's margin has not fallen enough in enough quarters."""
    if rule is None:
        return False
    margin, quarter = reading["gross_margin_short"], reading["margin_quarter"]
    if None in (margin, quarter, trade.entry_margin, trade.entry_margin_quarter):
        return False
    quarters = quarter - trade.entry_margin_quarter
    risen_bps = (margin - trade.entry_margin) * 10_000
    return quarters >= rule["quarters"] and risen_bps > -rule["bps"]
