"""Break-evens are tried: run again at the cost they name, and net P&L is nothing."""

import os
from pathlib import Path

import numpy as np
import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from tests.golden.real_run import DESIGN_CONFIG, real_prices
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.read_once import ReadOnce

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13)]
COUNT = len(DAYS) - 1
RISING = [100.0, 100.0, 101.0, 103.0, 102.0, 105.0, 106.0]
COSTS = {
    "commission": {"kind": "per_order", "usd": 2.0},
    "spread": {"default_bps": 4.0},
    "borrow": {"default_rate": 0.02},
}
DOLLAR = 1.0  # the issue's own: to the dollar
CENT = 0.01


def run(**changed):
    """One trade, in on the 5th and out on the 12th; a re-entry would be sized by what was paid."""
    market = hand_market(
        DAYS, hand_leg("LLL", RISING, RISING), hand_leg("SSS", [50.0] * COUNT, [50.0] * COUNT)
    )
    config = hand_config(
        costs=COSTS | changed,
        exits={"holding_sessions": 5},
        account={"cash": 10_000.0, "fractional": True},
    )
    return simulate(config, market)


def test_net_pnl_of_the_run_is_that_worked_by_hand():
    """5,000 dollars a leg: the long gains 6 %; the short costs 2 % over the 7 days to the 12th."""
    result = run()
    traded = 5_000 + 5_300 + 2 * 5_000
    borrow = 5_000 * 0.02 / 360 * 7
    expected = 5_000 * 0.06 - 4 * 2.0 - traded * 0.0002 - borrow
    assert result.headline["net_pnl"] == pytest.approx(expected, abs=1e-9)
    assert result.breakeven == pytest.approx(
        {
            "spread_multiple": (expected + traded * 0.0002) / (traded * 0.0002),
            "spread_bps": (expected + traded * 0.0002) / traded * 20_000,
            "borrow_multiple": (expected + borrow) / borrow,
            "borrow_rate": (expected + borrow) / (5_000 / 360 * 7),
        },
        rel=1e-9,
    )


def test_at_the_breakeven_spread_nothing_is_left():
    spread_bps = run().breakeven["spread_bps"]
    again = run(spread={"default_bps": spread_bps})
    assert again.headline["net_pnl"] == pytest.approx(0.0, abs=1e-9)
    assert again.breakeven["spread_multiple"] == pytest.approx(1.0, rel=1e-12)


def test_at_the_breakeven_borrow_rate_nothing_is_left():
    rate = run().breakeven["borrow_rate"]
    again = run(borrow={"default_rate": rate})
    assert again.headline["net_pnl"] == pytest.approx(0.0, abs=1e-9)
    assert again.breakeven["borrow_multiple"] == pytest.approx(1.0, rel=1e-12)


def test_multiples_are_of_what_was_charged():
    first = run()
    by_spread = run(spread={"default_bps": 4.0 * first.breakeven["spread_multiple"]})
    by_borrow = run(borrow={"default_rate": 0.02 * first.breakeven["borrow_multiple"]})
    for again in (by_spread, by_borrow):
        assert again.headline["net_pnl"] == pytest.approx(0.0, abs=1e-9)


def test_cost_that_was_nothing_has_no_multiple_but_a_level():
    free = run(spread={"default_bps": 0.0}, borrow={"default_rate": 0.0}).breakeven
    assert free["spread_multiple"] is None
    assert free["borrow_multiple"] is None
    assert free["spread_bps"] > 0.0
    assert free["borrow_rate"] > 0.0


def test_losing_run_has_a_negative_breakeven():
    losing = run(commission={"kind": "per_order", "usd": 1_000.0}).breakeven
    assert losing["spread_bps"] < 0.0
    assert losing["borrow_rate"] < 0.0


class TestOnRealPrices:
    """SMH/IGV, one trade: fractions of a share, never resized."""

    pytestmark = real_prices

    def run(self, *changes, base=DESIGN_CONFIG):
        config = load(
            base,
            (
                "data.source=csv",
                f"data.path={os.environ['MARKET_DATA']}",
                "data.benchmark=null",
                *changes,
            ),
        )
        return simulate(config, load_market(config, ReadOnce(config.data.path)))

    def once(self, *changes):
        """In on 2025-01-03 at equal dollars, held 200 sessions, out on the last one read."""
        return self.run(
            "data.start=2025-01-02",
            "data.end=2025-10-22",
            "signal={kind: always}",
            "sizing={kind: dollar_neutral}",
            "rebalance={kind: never}",
            "exits={holding_sessions: 200}",
            "account.fractional=true",
            *changes,
        )

    def test_net_is_nothing_to_the_dollar_at_the_breakeven_spread(self):
        first = self.once()
        again = self.once(f"costs.spread={{default_bps: {first.breakeven['spread_bps']!r}}}")
        assert len(first.trades) == 1
        assert len(first.fills) == 4
        assert abs(again.headline["net_pnl"]) < DOLLAR
        np.testing.assert_array_equal(first.fills["shares"], again.fills["shares"])

    def test_net_is_nothing_to_the_dollar_at_the_breakeven_borrow(self):
        first = self.once()
        again = self.once(f"costs.borrow={{default_rate: {first.breakeven['borrow_rate']!r}}}")
        assert abs(again.headline["net_pnl"]) < DOLLAR
        np.testing.assert_array_equal(first.fills["shares"], again.fills["shares"])

    def test_every_trade_is_attributed_to_the_cent(self):
        """The desk's run: every cost, weekly rebalances, interest, tranches beside each other."""
        result = self.run(
            "entries={kind: tranches}",
            "costs.interest={kind: benchmark, rate: 0.04}",
            base=Path(DESIGN_CONFIG).with_name("smh_igv_desk.yaml"),
        )
        rows = [*result.trades.to_dict("records"), *result.open_trades]
        assert len(rows) > 10
        for row in rows:
            made = row["long_pnl"] + row["short_pnl"] + row["dividends"] + row["interest"]
            assert row["gross_pnl"] == pytest.approx(made, abs=CENT)
            paid = sum(row[kind] for kind in ("commission", "fees", "spread", "impact", "borrow"))
            assert row["net_pnl"] == pytest.approx(row["gross_pnl"] - paid, abs=CENT)
        ledger = result.ledger
        for kind in ("commission", "fees", "spread", "impact", "borrow", "dividends"):
            assert sum(row[kind] for row in rows) == pytest.approx(ledger[kind].sum(), abs=CENT)
        hedge = sum(row["hedge_pnl"] for row in rows)
        assert hedge == pytest.approx(sum(result.hedge_pnl.values()), abs=CENT)
        # What flat nights earned belongs to no trade.
        flat = ledger["gross"].shift(fill_value=0.0) == 0.0
        idle = ledger.loc[flat, "interest"].sum()
        assert sum(row["net_pnl"] for row in rows) + idle == pytest.approx(
            result.headline["net_pnl"], abs=CENT
        )
        assert idle > 0.0
