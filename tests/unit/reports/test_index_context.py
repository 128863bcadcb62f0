import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from reports.measures.index_context import CALM_BENCHMARK, index_context, run_index_context
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.read_once import ReadOnce

ROOT = Path(__file__).parents[3]
SYMBOLS = {"long": "LLL", "short": "SSS", "benchmark": "BBB"}


def closes(days, long, short, benchmark):
    return pd.DataFrame(
        {"date": pd.DatetimeIndex(days), "long": long, "short": short, "benchmark": benchmark}
    )


ACROSS_NEW_YEAR = closes(
    ["2023-12-28", "2023-12-29", "2024-01-02", "2024-01-03", "2024-01-04"],
    [10.0, 20.0, 22.0, 22.0, 33.0],
    [99.0, 50.0, 49.0, 49.0, 40.0],
    [100.0, 200.0, 202.0, 210.0, 210.0],
)


def test_growth_starts_at_the_last_close_of_the_year_before():
    context = index_context(ACROSS_NEW_YEAR, **SYMBOLS)
    assert context.dates == ("2023-12-29", "2024-01-02", "2024-01-03", "2024-01-04")
    assert context.starts_with_year
    assert context.growth["LLL"] == pytest.approx([0, 22 / 20 - 1, 22 / 20 - 1, 33 / 20 - 1])
    assert context.growth["SSS"][-1] == pytest.approx(40 / 50 - 1)
    assert context.growth["BBB"][-1] == pytest.approx(210 / 200 - 1)
    assert context.spread == pytest.approx(0.65 - -0.20)


def test_a_window_that_begins_in_the_year_starts_at_its_first_close_and_says_so():
    context = index_context(ACROSS_NEW_YEAR.iloc[2:], **SYMBOLS)
    assert not context.starts_with_year
    assert context.dates[0] == "2024-01-02"
    assert context.growth["LLL"][-1] == pytest.approx(33 / 22 - 1)


def test_sessions_are_listed_by_gap_while_the_benchmark_is_calm():
    # The third moved the benchmark 8/202 = 4 %; the others 1 % and nothing.
    context = index_context(ACROSS_NEW_YEAR, **SYMBOLS)
    assert [session.date for session in context.apart] == ["2024-01-04", "2024-01-02"]
    last = context.apart[0]
    assert last.long_return == pytest.approx(33 / 22 - 1)
    assert last.short_return == pytest.approx(40 / 49 - 1)
    assert last.benchmark_return == 0.0
    assert last.gap == pytest.approx(0.5 + 9 / 49)
    assert context.calm_sessions == 2


def test_calm_includes_the_limit_and_both_directions_of_gap_count():
    up, down = 1.0 + CALM_BENCHMARK, 1.0 - CALM_BENCHMARK
    days = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26"]
    benchmark = 1024.0 * np.array([1.0, 1.0, 1.0, 1.0])
    benchmark[1] *= up - 1e-12
    benchmark[2] = benchmark[1] * (down + 1e-12)
    benchmark[3] = benchmark[2] * (down - 1e-6)
    frame = closes(days, [100.0, 101.0, 100.0, 50.0], [100.0, 100.0, 120.0, 120.0], benchmark)
    context = index_context(frame, **SYMBOLS)
    assert [session.date for session in context.apart] == ["2024-03-25", "2024-03-22"]
    assert context.apart[0].gap == pytest.approx(100 / 101 - 1 - 0.2)


def test_equal_gaps_stand_by_date_and_ten_are_shown():
    days = pd.bdate_range("2024-03-01", periods=14)
    still = np.full(14, 7.0)
    # Up and down by the same factor: every gap is 2x - 1 = 1 or 1/2 - 1, the ups first.
    context = index_context(closes(days, np.resize([1.0, 2.0], 14), still, still), **SYMBOLS)
    ups = [f"{day:%Y-%m-%d}" for day in days[1::2]]
    downs = [f"{day:%Y-%m-%d}" for day in days[2::2]]
    assert [session.date for session in context.apart] == (ups + downs)[:10]
    assert context.calm_sessions == 13


def test_sentence_says_who_rose_who_fell_and_how_far_apart():
    assert index_context(ACROSS_NEW_YEAR, **SYMBOLS).sentence == (
        "From 2023-12-29 to 2024-01-04, LLL rose 65.0% and SSS fell 20.0%, 85.0 points apart, "
        "while BBB rose 5.0%."
    )


def test_a_single_session_has_no_growth():
    assert index_context(ACROSS_NEW_YEAR.iloc[2:3], **SYMBOLS) is None


def test_the_first_session_of_a_year_already_grows_from_the_last_year():
    context = index_context(ACROSS_NEW_YEAR.iloc[:3], **SYMBOLS)
    assert context.dates == ("2023-12-29", "2024-01-02")


# --- from a run ---

DAYS = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26"]


def run(benchmark):
    prices = [100.0, 110.0, 99.0]
    long = hand_leg("LLL", prices, prices, adj_close=[90.0, 100.0, 90.0])
    short = hand_leg("SSS", prices, prices, adj_close=[70.0, 77.0, 70.0])
    data = {"source": "csv", "path": "unread", "start": "2024-03-21", "benchmark": benchmark}
    leg = None if benchmark is None else hand_leg(benchmark, prices, prices, adj_close=[5, 6, 9])
    return simulate(hand_config(data=data), hand_market(DAYS, long, short, leg))


def test_a_run_carries_the_adjusted_closes_of_its_sessions():
    computed = run("BBB").closes
    assert list(computed.columns) == ["date", "long", "short", "benchmark"]
    assert computed["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS[:3]
    assert computed["long"].tolist() == [90.0, 100.0, 90.0]
    assert computed["short"].tolist() == [70.0, 77.0, 70.0]
    assert computed["benchmark"].tolist() == [5.0, 6.0, 9.0]


def test_a_run_without_a_benchmark_has_no_context():
    result = run(None)
    assert result.closes["benchmark"].isna().all()
    assert run_index_context(result) is None


def test_a_run_names_its_own_symbols():
    context = run_index_context(run("BBB"))
    assert (context.long, context.short, context.benchmark) == ("LLL", "SSS", "BBB")
    assert context.growth["BBB"][-1] == pytest.approx(9 / 5 - 1)


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder")
def test_real_prices_give_the_published_year_to_date():
    # The article: +70.0, -16.7, +15.3 %; every price source gives +69.83, -16.53, +15.28.
    folder = os.environ["MARKET_DATA"]
    overrides = ("data.source=csv", f"data.path={folder}", "data.end=2026-06-26")
    config = load(ROOT / "configs" / "smh_igv.yaml", overrides)
    context = run_index_context(simulate(config, load_market(config, ReadOnce(Path(folder)))))
    growth = {symbol: round(100 * values[-1], 2) for symbol, values in context.growth.items()}
    assert growth == {"SMH": 69.83, "IGV": -16.53, "QQQ": 15.28}
    assert round(100 * context.spread, 1) == 86.4
    assert context.dates[0] == "2025-12-31"
    # That session: SMH -3.97, IGV +4.06, QQQ -1.38, and the largest gap of the year.
    widest = context.apart[0]
    assert widest.date == "2026-06-26"
    moves = (widest.long_return, widest.short_return, widest.benchmark_return)
    assert [round(100 * move, 2) for move in moves] == [-3.97, 4.06, -1.38]
