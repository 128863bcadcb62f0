"""What one SMH/IGV round trip costs at $100,000 a leg, on real prices: 6 to 7 bp, and borrow.

Twenty sessions, equal dollars, never resized. The first trip by hand, from the rows of the files
(none pays a dividend in between): decided 2024-04-09 at 224.10 and 84.70, filled on the 10th at
221.00 and 83.27, left on 2024-05-08 at 218.95 and 81.15.
"""

import csv
import os
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from tests.golden.real_run import DESIGN_CONFIG, real_prices
from tests.unit.read_once import ReadOnce

pytestmark = real_prices

SMH, IGV = 446, 1180  # 100,000 / 224.10 = 446.23 and 100,000 / 84.70 = 1,180.64
NOISE = {"rel": 0, "abs": 1e-6}  # dollars: the same sums in another order


@cache
def run(start="2024-04-09", borrow=0.0025):
    config = load(
        DESIGN_CONFIG,
        (
            "data.source=csv",
            f"data.path={os.environ['MARKET_DATA']}",
            f"data.start={start}",
            "data.benchmark=null",
            "signal={kind: always}",
            "sizing={kind: dollar_neutral, gross: 1.0}",
            "rebalance={kind: never}",
            "exits={holding_sessions: 20}",
            f"costs.borrow={{default_rate: {borrow}}}",
            "account.cash=200000",
        ),
    )
    return simulate(config, load_market(config, ReadOnce(config.data.path)))


def first_trip():
    return run().trades.iloc[0]


def in_bps_of_a_leg(trades, *kinds):
    return trades[list(kinds)].sum(axis=1) / (trades["entry_gross_notional"] / 2) * 10_000


def test_trip_is_the_one_worked_here():
    trip = first_trip()
    assert f"{trip['entry']:%Y-%m-%d} {trip['exit']:%Y-%m-%d}" == "2024-04-10 2024-05-08"
    assert trip["sessions"] == 20
    fills = run().fills.head(4)
    assert set(zip(fills["symbol"], fills["shares"], fills["price"], strict=True)) == {
        ("SMH", SMH, 221.00),
        ("IGV", -IGV, 83.27),
        ("SMH", -SMH, 218.95),
        ("IGV", IGV, 81.15),
    }


def test_commission_is_half_a_cent_a_share_each_way():
    assert first_trip()["commission"] == pytest.approx(2 * (SMH + IGV) * 0.005, **NOISE)


def test_spread_is_half_of_the_quote_each_way():
    expected = SMH * (221.00 + 218.95) * 0.0002 / 2 + IGV * (83.27 + 81.15) * 0.0003 / 2
    assert first_trip()["spread"] == pytest.approx(expected, **NOISE)


def test_round_trip_costs_six_to_seven_basis_points_of_a_leg():
    """16.26 of commission and 48.72 of spread on 98,412 a leg: 6.60 bp."""
    expected = (16.26 + 48.72) / ((SMH * 221.00 + IGV * 83.27) / 2) * 10_000
    assert expected == pytest.approx(6.60, abs=0.005)
    assert in_bps_of_a_leg(run().trades, "commission", "spread").iloc[0] == pytest.approx(
        expected,
        abs=0.001,  # the two sums above are to the cent
    )


@pytest.mark.parametrize(("rate", "about_bps"), [(0.0025, 2), (0.01, 8)])
def test_borrow_follows_the_close_of_every_night(rate, about_bps):
    with (Path(os.environ["MARKET_DATA"]) / "IGV.csv").open(newline="") as handle:
        rows = [
            (date.fromisoformat(row["Date"]), float(row["Close"]))
            for row in csv.DictReader(handle)
            if "2024-04-10" <= row["Date"] <= "2024-05-08"
        ]
    nights = ((after - day).days * close for (day, close), (after, _) in pairwise(rows))
    trades = run(borrow=rate).trades
    expected = IGV * rate / 360 * sum(nights)
    assert trades["borrow"].iloc[0] == pytest.approx(expected, **NOISE)
    assert in_bps_of_a_leg(trades, "borrow").iloc[0] == pytest.approx(about_bps, rel=0.1)


def test_all_round_trips_since_2023_are_of_that_order():
    """SMH at half the price (2023) is twice the shares; its rise within a trip is spread."""
    trades = run("2023-04-11").trades
    assert len(trades) > 30
    trading = in_bps_of_a_leg(trades, "commission", "spread")
    assert 6 <= trading.median() <= 7
    assert 5.5 <= trading.min() <= trading.max() <= 8
    assert 1.7 <= in_bps_of_a_leg(trades, "borrow").median() <= 2.3
