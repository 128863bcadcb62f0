"""Shares are cut and charged as they traded: NVDA in 2019 before its splits by 4 and by 10.

Long NVDA against QQQ, a million dollars, equal legs, decided on 2019-01-02 and filled at the next
open. The prices in the files are split-adjusted: NVDA's 3.4055 was 136.22 dollars a share then.
"""

import csv
import os
from functools import cache
from math import prod
from pathlib import Path

import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from tests.golden.real_run import DESIGN_CONFIG, real_prices
from tests.unit.read_once import ReadOnce

pytestmark = real_prices

AS_TRADED = 3_670  # 500,000 / 136.22 = 3,670.5
ADJUSTED = AS_TRADED * 40
QQQ = 3_228  # 500,000 / 154.88 = 3,228.3, never split since
NOISE = {"rel": 1e-12}


@cache
def entry_fills(costs=""):
    config = load(
        DESIGN_CONFIG,
        (
            "data.source=csv",
            f"data.path={os.environ['MARKET_DATA']}",
            "data.start=2019-01-02",
            "data.end=2019-03-29",
            "data.benchmark=null",
            "pair={long: NVDA, short: QQQ}",
            "signal={kind: always}",
            "sizing={kind: dollar_neutral}",
            "rebalance={kind: never}",
            "exits={}",
            f"costs={{{costs}}}",
        ),
    )
    fills = simulate(config, load_market(config, ReadOnce(config.data.path))).fills
    assert len(fills) == 2
    return {fill["symbol"]: fill for fill in fills.to_dict("records")}


def test_file_says_forty_for_one():
    with (Path(os.environ["MARKET_DATA"]) / "NVDA.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    splits = [float(r["Stock Splits"]) for r in rows if r["Date"] > "2019-01-03"]
    assert prod(ratio for ratio in splits if ratio) == 4 * 10
    opens = {r["Date"]: float(r["Open"]) for r in rows}
    closes = {r["Date"]: float(r["Close"]) for r in rows}
    assert (closes["2019-01-02"], opens["2019-01-03"]) == (3.4055, 3.34475)


def test_commission_counts_forty_times_fewer_shares():
    """3,670 shares at half a cent are 18.35 dollars, not 734.00."""
    fill = entry_fills()["NVDA"]
    assert (fill["shares"], fill["price"]) == (ADJUSTED, 3.34475)
    assert fill["commission"] == pytest.approx(AS_TRADED * 0.005, **NOISE)
    assert round(fill["commission"], 2) == 18.35


def test_leg_that_never_split_counts_its_shares_as_they_are():
    fill = entry_fills()["QQQ"]
    assert fill["shares"] == -QQQ
    assert fill["commission"] == pytest.approx(QQQ * 0.005, **NOISE)


def test_own_rate_and_tiered_list_count_alike():
    own = entry_fills("commission: {kind: per_share, per_share_usd: 0.01}")["NVDA"]
    assert own["commission"] == pytest.approx(AS_TRADED * 0.01, **NOISE)
    tiered = entry_fills("commission: {kind: ibkr_tiered}")["NVDA"]
    assert tiered["commission"] == pytest.approx(AS_TRADED * 0.0035, **NOISE)
    assert tiered["fees"] == pytest.approx(AS_TRADED * 0.0002, **NOISE)  # clearing


def test_tick_is_a_cent_of_the_price_that_was_quoted():
    """Half a cent a share on each of 3,670 shares; on adjusted ones it would be 734 dollars."""
    fill = entry_fills("spread: {default_bps: 0.0, tick_usd: 0.01}")["NVDA"]
    assert fill["spread"] == pytest.approx(AS_TRADED * 0.01 / 2, **NOISE)
    in_cents = entry_fills("spread: {kind: cents, default_cents: 1.0}")["NVDA"]
    assert in_cents["spread"] == pytest.approx(AS_TRADED * 0.01 / 2, **NOISE)
