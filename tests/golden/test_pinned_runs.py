"""The pinned weekly and monthly runs on real prices, and what the issue asks them to show."""

import json
import os

import pandas as pd
import pytest

from tests.golden.from_oracle import ABOUT, PERIODS, golden_path, golden_text
from tests.golden.real_run import real_prices, real_run

MONEY_USD = 1e-6  # the same dollars summed in another order
FRACTION = 1e-9  # quotients of such sums

periods = pytest.mark.parametrize("period", PERIODS)
MONEY = {
    "final_equity", "gross_pnl", "long_pnl", "short_pnl", "hedge_pnl", "net_pnl", "commission",
    "fees", "spread", "impact", "borrow", "dividends", "interest",
}  # fmt: skip


def golden(period):
    return json.loads(golden_path(period).read_text(encoding="utf-8"))


def assert_as_pinned(ours, pinned):
    """Compare every pinned value; dates as ISO text, whatever carries them."""
    for name, expected in pinned.items():
        value = ours[name]
        if isinstance(value, pd.Timestamp):
            value = value.date().isoformat()
        if isinstance(expected, float):
            tolerance = MONEY_USD if name in MONEY else FRACTION
            expected = pytest.approx(expected, rel=0 if name in MONEY else FRACTION, abs=tolerance)
        assert value == expected, name


@periods
def test_golden_is_there_and_says_how_it_was_made(period):
    assert golden(period)["about"] == ABOUT
    assert golden(period)["rebalance"] == period


def test_weekly_and_monthly_goldens_differ():
    weekly, monthly = (golden(period) for period in PERIODS)
    assert weekly["headline"]["net_pnl"] != monthly["headline"]["net_pnl"]
    assert weekly["fills"] > monthly["fills"]


class TestOnRealPrices:
    pytestmark = real_prices

    @periods
    def test_golden_is_what_the_oracle_says_today(self, period):
        made, pinned = json.loads(golden_text(os.environ["MARKET_DATA"], period)), golden(period)
        # Equal but for the last bits of a platform's logarithm.
        assert_as_pinned(made["headline"], pinned["headline"])
        for name in ("trades", "open_trades"):
            for ours, expected in zip(made[name], pinned[name], strict=True):
                assert_as_pinned(ours, expected)
        for name in ("about", "rebalance", "pending", "fills"):
            assert made[name] == pinned[name]

    @periods
    def test_engine_repeats_the_pinned_run(self, period):
        run, pinned = real_run(period), golden(period)
        assert list(run.headline) == list(pinned["headline"])
        assert_as_pinned(run.headline, pinned["headline"])
        for ours, expected in zip(run.trades.to_dict("records"), pinned["trades"], strict=True):
            assert_as_pinned(ours, expected)
        (still_open,) = run.open_trades
        assert_as_pinned(still_open, *pinned["open_trades"])
        assert len(run.fills) == pinned["fills"]
        assert sorted(run.pending, key=lambda order: order["symbol"]) == pinned["pending"]

    @periods
    def test_entries_and_exits_are_those_of_the_article(self, period):
        run = real_run(period)
        acted = run.signals.loc[run.signals["acted"], "date"].dt.strftime("%Y-%m-%d")
        assert list(acted) == ["2024-04-09", "2025-08-12", "2026-02-23"]
        assert list(run.trades["exit_reason"]) == ["holding_sessions"] * 2
        assert list(run.trades["sessions"]) == [126, 126]
        (still_open,) = run.open_trades
        assert str(still_open["entry_decided"].date()) == "2026-02-23"
        assert still_open["exit"] is None

    def test_weekly_and_monthly_runs_differ_only_after_the_first_rebalance(self):
        weekly, monthly = real_run("weekly"), real_run("monthly")
        assert weekly.headline["net_pnl"] != monthly.headline["net_pnl"]
        # Entered on Wednesday 2024-04-10; Friday the 12th closes a week and no month.
        same = weekly.ledger["date"] <= "2024-04-12"
        pd.testing.assert_frame_equal(weekly.ledger[same], monthly.ledger[same], check_exact=True)
        monday = weekly.ledger["date"] == "2024-04-15"
        assert (weekly.ledger[monday]["long_shares"] != monthly.ledger[monday]["long_shares"]).all()
