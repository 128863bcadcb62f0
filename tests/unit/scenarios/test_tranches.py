"""Tranches: the tradable form of the article's independent entries, on real prices and by hand."""

import csv
import os
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from tests.golden.real_run import DESIGN_CONFIG, real_prices
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.read_once import ReadOnce

FIRST, LAST = "2023-04-11", "2026-06-30"
HORIZON = 126
DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19)]


def rows_of(symbol):
    with (Path(os.environ["MARKET_DATA"]) / f"{symbol}.csv").open(newline="") as handle:
        return [row for row in csv.DictReader(handle) if FIRST <= row["Date"] <= LAST]


@cache
def triggers():
    """Each session and whether z < -2 on it, with pandas and REPLICATION's definitions."""
    prices = pd.DataFrame(
        {s: {r["Date"]: float(r["Adj Close"]) for r in rows_of(s)} for s in ("SMH", "IGV")}
    )
    returns = np.log(prices).diff()
    correlation = returns["SMH"].rolling(63).corr(returns["IGV"])
    past = correlation.expanding(63)
    z = (correlation - past.mean()) / past.std()
    return list((z < -2.0).items())


def independent_entries(gap_days=21, max_open=10**6):
    """The article's rule, and how many a book of ``max_open`` could have held of them.

    Decided at session i, held from i + 1, left at the close of i + 126, gone at i + 127's open.
    """
    accepted = []
    for i, (day, is_low) in enumerate(triggers()):
        held = [k for k, _ in accepted if k + 1 <= i <= k + HORIZON]
        is_leaving = any(k + HORIZON == i for k in held)
        is_far = not accepted or (date.fromisoformat(day) - accepted[-1][1]).days >= gap_days
        if is_low and is_far and len(held) < max_open and not is_leaving:
            accepted.append((i, date.fromisoformat(day)))
    return [day.isoformat() for _, day in accepted]


@cache
def run(max_open=6, gap_days=21, gross_each=0.25, rebalance="weekly"):
    entries = f"max_open: {max_open}, gap_days: {gap_days}, gross_each: {gross_each}"
    config = load(
        DESIGN_CONFIG,
        (
            "data.source=csv",
            f"data.path={os.environ['MARKET_DATA']}",
            "data.benchmark=null",
            f"rebalance={{kind: {rebalance}}}",
            f"entries={{kind: tranches, {entries}}}",
        ),
    )
    return simulate(config, load_market(config, ReadOnce(config.data.path)))


def decided(result):
    return list(result.signals.loc[result.signals["acted"], "date"].dt.strftime("%Y-%m-%d"))


class TestOnRealPrices:
    pytestmark = real_prices

    def test_article_found_fifteen_independent_entries(self):
        computed = independent_entries()
        assert len(computed) == 15
        assert computed[0] == "2024-04-09"
        assert sum(day.startswith("2024") for day in computed) == 5
        assert [day for day in computed if day.startswith("2025")] == [
            "2025-08-12", "2025-09-02", "2025-09-23",
        ]  # fmt: skip

    def test_book_with_room_for_all_decides_exactly_those(self):
        assert decided(run(max_open=100, gross_each=0.1)) == independent_entries()

    def test_six_at_once_are_all_but_the_last(self):
        """The six of February to June 2026 were all held when the fifteenth came."""
        assert decided(run()) == independent_entries()[:14]
        assert len(run().open_trades) == 6

    @pytest.mark.parametrize(("max_open", "gap_days"), [(2, 21), (3, 21), (6, 42), (4, 10), (1, 1)])
    def test_most_open_and_gap_bind_as_the_rule_says(self, max_open, gap_days):
        ours = decided(run(max_open=max_open, gap_days=gap_days))
        assert ours == independent_entries(gap_days, max_open)

    def test_each_tranche_has_its_own_horizon(self):
        days = [day for day, _ in triggers()]
        trades = run().trades
        assert len(trades) == 8
        assert set(trades["sessions"]) == {HORIZON}
        for trade in trades.to_dict("records"):
            at = days.index(f"{trade['entry_decided']:%Y-%m-%d}")
            assert f"{trade['entry']:%Y-%m-%d}" == days[at + 1]
            assert f"{trade['exit_decided']:%Y-%m-%d}" == days[at + HORIZON]
            assert f"{trade['exit']:%Y-%m-%d}" == days[at + HORIZON + 1]

    def test_pnl_of_the_tranches_is_that_of_the_run(self):
        for rebalance in ("weekly", "never"):
            result = run(rebalance=rebalance)
            total = result.trades["net_pnl"].sum() + sum(t["net_pnl"] for t in result.open_trades)
            assert total == pytest.approx(result.headline["net_pnl"], abs=1e-6)

    def test_tranche_never_resized_made_what_its_own_shares_made(self):
        """Its fills at the opens of the files, the other tranches notwithstanding."""
        result = run(rebalance="never")
        bars = {symbol: {r["Date"]: r for r in rows_of(symbol)} for symbol in ("SMH", "IGV")}
        for trade in result.trades.to_dict("records"):
            fills = result.fills[result.fills["decided"] == trade["entry_decided"]]
            entry, left = f"{trade['entry']:%Y-%m-%d}", f"{trade['exit']:%Y-%m-%d}"
            made, dividends = {}, 0.0
            for fill in fills.to_dict("records"):
                bar, shares = bars[fill["symbol"]], fill["shares"]
                made[fill["symbol"]] = shares * (
                    float(bar[left]["Open"]) - float(bar[entry]["Open"])
                )
                dividends += shares * sum(
                    float(row["Dividends"]) for day, row in bar.items() if entry < day <= left
                )
            assert trade["long_pnl"] == pytest.approx(made["SMH"], abs=1e-6)
            assert trade["short_pnl"] == pytest.approx(made["IGV"], abs=1e-6)
            assert trade["dividends"] == pytest.approx(dividends, abs=1e-6)
            assert trade["hedge_pnl"] == 0.0


def test_gap_is_counted_in_calendar_days_and_met_exactly():
    """From Monday the 4th, seven days later is Monday the 11th, eight is Tuesday the 12th."""
    for gap_days, expected in (
        (1, DAYS[:3]),
        (7, ["03-04", "03-11", "03-18"]),
        (8, ["03-04", "03-12"]),
    ):
        flat = [100.0] * (len(DAYS) - 1)
        market = hand_market(DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
        entries = {"kind": "tranches", "gap_days": gap_days, "max_open": 3, "gross_each": 0.2}
        result = simulate(hand_config(entries=entries), market)
        assert [day[5:] for day in decided(result)] == [day[-5:] for day in expected]


def test_tranches_are_of_one_size_and_add_up():
    """A fifth of 10,000 is 1,000 dollars a leg: ten shares of each, thirty in the end."""
    flat = [100.0] * (len(DAYS) - 1)
    market = hand_market(DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    entries = {"kind": "tranches", "gap_days": 2, "max_open": 3, "gross_each": 0.2}
    ledger = simulate(hand_config(entries=entries), market).ledger
    assert list(ledger["long_shares"]) == [0, 10, 10, 20, 20, 30, 30, 30, 30, 30, 30]
    assert list(ledger["short_shares"]) == [-shares for shares in ledger["long_shares"]]


def test_stop_of_one_tranche_leaves_the_others():
    """The first is bought at 100, the second at 90: at 84 only the first has lost 8 %.

    Ten shares a leg each, 2,000 gross: 160 dollars is eight percent. At 84 the first has lost 160,
    the second 11 * 6.
    """
    closes = [100.0, 100.0, 90.0, 90.0, 84.0, 84.0, 84.0, 84.0, 84.0, 84.0, 84.0]
    flat = [100.0] * len(closes)
    market = hand_market(DAYS, hand_leg("LLL", closes, closes), hand_leg("SSS", flat, flat))
    entries = {"kind": "tranches", "gap_days": 2, "max_open": 2, "gross_each": 0.2}
    result = simulate(hand_config(entries=entries, exits={"stop_loss": 0.08}), market)
    (trade,) = result.trades.to_dict("records")
    assert (f"{trade['entry']:%m-%d}", f"{trade['exit_decided']:%m-%d}") == ("03-05", "03-08")
    assert trade["net_pnl"] == -10 * 16
    assert f"{result.open_trades[0]['entry']:%m-%d}" == "03-07"
