"""The numbers of a run page's first screens, each worked by hand."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from configs.sentence import brief, sentence
from engine.records.open_trades import open_trades
from reports.measures.benchmark import beta, rolling, run_benchmark
from reports.measures.drawdowns import Fall, drawdown, falls
from reports.measures.pair_lines import Span, pair_lines
from reports.measures.windows import Track, by_month
from reports.pages.run import today
from reports.pages.run.calendar import month_rows
from reports.pages.run.page import run_page
from reports.pages.template import with_contents
from reports.summary import result_sentence
from tests.unit.fake_result import CASH, fake_config, fake_result
from tests.unit.reports.test_run_page import Page

ROUND = 1e-12  # a handful of products and quotients

DAYS = [f"2024-01-{day:02d}" for day in range(1, 9)]


def test_a_fall_goes_from_its_peak_to_the_first_close_back_at_it():
    equity = np.array([100.0, 110.0, 99.0, 104.5, 110.0, 121.0, 60.5, 90.75])
    deep, mild = falls(DAYS, equity, 5)
    assert deep == Fall(
        depth=60.5 / 121 - 1, start=DAYS[5], trough=DAYS[6], recovery=None, sessions=2
    )
    assert mild == Fall(
        depth=99 / 110 - 1, start=DAYS[1], trough=DAYS[2], recovery=DAYS[4], sessions=3
    )
    assert falls(DAYS, equity, 1) == (deep,)


def test_equity_that_never_falls_has_no_drawdown():
    equity = np.array([100.0, 100.0, 101.0])
    assert falls(DAYS[:3], equity, 5) == ()
    assert drawdown(equity).tolist() == [0.0, 0.0, 0.0]


def test_a_month_is_the_product_of_its_sessions():
    track = Track(
        dates=[dt.date(2023, 12, 28), dt.date(2023, 12, 29), dt.date(2024, 1, 2)],
        returns=np.array([0.0, 0.10, -0.05]),
    )
    assert by_month(track) == pytest.approx({(2023, 12): 0.10, (2024, 1): -0.05}, abs=ROUND)


def test_a_year_is_the_product_of_its_months_and_a_month_outside_the_run_is_empty():
    run = fake_result(holds=())  # 2023-04-11 to 2023-09-25
    ledger = run.ledger.copy()
    days = ledger["date"].dt.strftime("%Y-%m-%d")
    ledger.loc[days == "2023-05-02", "equity_return"] = 0.10
    ledger.loc[days == "2023-06-01", "equity_return"] = -0.20
    (row,) = month_rows(dataclasses.replace(run, ledger=ledger))
    assert row.year == "2023"
    assert [cell.text for cell in row.months] == [
        "", "", "", "0.0", "10.0", "-20.0", "0.0", "0.0", "0.0", "", "", "",
    ]  # fmt: skip
    assert row.total == "-12.0%"  # 1.1 * 0.8 - 1
    assert row.months[5].style == "background:rgba(213,94,0,0.55)"  # the largest: the deepest shade
    assert row.months[4].style == "background:rgba(0,114,178,0.28)"  # half of it, 0.275


def test_beta_is_the_slope_and_leaves_the_first_session_out():
    there, here = np.array([9.0, 0.01, -0.01, 0.03]), np.array([9.0, 0.02, 0.00, 0.01])
    # Means 0.01 and 0.01: (0*0.01 + -0.02*-0.01 + 0.02*0) / (0 + 0.0004 + 0.0004).
    assert beta(here, there, np.ones(4, bool)) == pytest.approx(0.0002 / 0.0008, abs=ROUND)
    assert beta(here, np.zeros(4), np.ones(4, bool)) is None
    assert beta(here[:3], there[:3], np.ones(3, bool)) is None  # two returns are no slope


def test_a_rolling_window_has_the_correlation_and_slope_of_its_own_sessions():
    there, here = np.array([0.0, 0.01, -0.01, 0.03, 5.0]), np.array([0.0, 0.02, 0.00, 0.01, 0.01])
    correlation, slope = rolling(here, there, 3)
    assert np.isnan(slope[:3]).all()
    assert np.isnan(correlation[:3]).all()
    assert slope[3] == pytest.approx(0.0002 / 0.0008, abs=ROUND)
    # Over sqrt of 0.0008 and of 0.0001 + 0.0001 + 0.
    assert correlation[3] == pytest.approx(0.0002 / (0.0008 * 0.0002) ** 0.5, abs=ROUND)


def test_a_run_that_stood_still_has_beta_nought_and_no_correlation():
    correlation, slope = rolling(np.zeros(5), np.array([0.0, 0.01, -0.01, 0.03, 0.0]), 3)
    assert slope[3:].tolist() == [0.0, 0.0]
    assert np.isnan(correlation).all()


def test_the_last_session_changes_no_earlier_window():
    rng = np.random.default_rng(3)
    here, there = rng.normal(size=(2, 90))
    before = rolling(here, there, 63)
    here[-1] *= 1.5
    for one, other in zip(before, rolling(here, there, 63), strict=True):
        np.testing.assert_array_equal(one[:-1], other[:-1])


def against(total, last):
    """A run of ``last`` dollars beside a benchmark, each with its one move on the last day."""
    run = fake_result(holds=())
    returns = pd.Series(0.0, index=run.benchmark_returns.index)
    returns.iloc[-1] = total
    ledger = run.ledger.copy()
    ledger.loc[ledger.index[-1], ["equity", "equity_return"]] = [last, last / CASH - 1.0]
    return dataclasses.replace(run, ledger=ledger, benchmark_returns=returns)


def test_the_result_stands_beside_the_benchmark():
    run = against(0.50, CASH * 1.05)
    beside = run_benchmark(run)
    assert beside.total_return == pytest.approx(0.5, abs=ROUND)
    assert beside.cagr is None  # 120 sessions are less than a year
    assert beside.beta == pytest.approx(0.05 / 0.50, abs=ROUND)  # one move of each, on one day
    assert result_sentence(run, beside) == (
        "5.0% after costs; QQQ 50.0% in the same window; beta 0.10."
    )
    nearly = dataclasses.replace(beside, beta=-0.004)
    assert result_sentence(run, nearly).endswith("; beta 0.00.")
    assert result_sentence(run, None) == "5.0% after costs; no benchmark was asked for."


def test_growth_a_year_of_the_benchmark_is_that_of_252_sessions():
    run = fake_result(sessions=504, holds=())
    returns = pd.Series(0.0, index=run.benchmark_returns.index)
    returns.iloc[-1] = 0.21
    beside = run_benchmark(dataclasses.replace(run, benchmark_returns=returns))
    assert beside.cagr == pytest.approx(0.1, abs=ROUND)  # 1.21 in two years


def test_the_legs_start_at_100_and_their_ratio_at_1():
    run = fake_result()
    closes = run.closes.copy()
    closes.loc[0, ["long", "short"]] = [50.0, 20.0]
    closes.loc[1, ["long", "short"]] = [60.0, 30.0]
    lines = pair_lines(dataclasses.replace(run, closes=closes))
    assert (lines.long[1], lines.short[1]) == pytest.approx((120.0, 150.0), abs=1e-9)
    assert lines.ratio[:2].tolist() == pytest.approx([1.0, 0.8], abs=ROUND)


def test_a_span_is_a_trades_fills_and_an_open_one_has_no_end():
    run = fake_result()
    days = [f"{day:%Y-%m-%d}" for day in run.ledger["date"]]
    assert pair_lines(run).spans == (
        Span(entry=days[20], exit=days[50], direction=1),
        Span(entry=days[80], exit=None, direction=1),
    )


def holding(signal="correlation", z=-2.5, made=-0.02, **exits):
    """A run with one trade open for 40 closes, at ``z`` and ``made`` of its notional."""
    run = fake_result(signal=signal, exits=exits)
    trade = dict(run.open_trades[0]) | {"sessions": 40, "return": made}
    signals = run.signals.assign(z=z)
    return dataclasses.replace(run, open_trades=(trade,), signals=signals)


def left(run):
    (trade,) = open_trades(run)
    return {each.exit: (each.level, each.left) for each in trade.exits}


def test_what_is_left_to_each_exit_is_a_difference():
    run = holding(holding_sessions=126, z_above=1.0, stop_loss=0.10, take_profit=0.05)
    assert left(run) == {
        "stop_loss": (-0.10, pytest.approx(-0.02 + 0.10)),
        "z_above": (1.0, 1.0 + 2.5),
        "holding_sessions": (126.0, 126.0 - 40.0),
        "take_profit": (0.05, pytest.approx(0.05 + 0.02)),
    }


def test_a_spread_that_was_bought_comes_back_from_below_and_runs_away_downwards():
    run = holding("spread", z=-2.5, z_stop=4.0)
    assert left(run) == {"z_stop": (-4.0, 1.5), "exit_at": (-0.5, 2.0)}  # the default exit_at: 0.5


def test_a_trailing_stop_hangs_from_the_best_close_of_the_only_trade():
    run = fake_result(holds=((80, None),), exits={"trailing_stop": 0.10})
    (trade,), equity = run.open_trades, run.ledger["equity"].to_numpy()
    best = max(equity[79:].max() - equity[79], 0.0) / trade["entry_gross_notional"]
    level, distance = left(run)["trailing_stop"]
    assert level == pytest.approx(best - 0.10, abs=1e-9)
    assert distance == pytest.approx(trade["return"] - best + 0.10, abs=1e-9)


def test_a_trailing_stop_of_several_trades_cannot_be_read_off_the_account():
    run = fake_result(holds=((70, None), (80, None)), exits={"trailing_stop": 0.10})
    assert {row[2:] for row in today.exit_rows(run)} >= {(today.exit_rows(run)[0][2], "n/a", "n/a")}


def test_an_exit_already_reached_says_so():
    run = holding(holding_sessions=40)
    assert [row[1:] for row in today.exit_rows(run)] == [("sessions held", "40", "40", "reached")]


def test_the_last_close_says_what_the_signal_reads():
    run = holding(z=-2.5)
    day = f"{run.ledger['date'].iloc[-1]:%Y-%m-%d}"
    said = today.signal_sentence(run)
    assert said.startswith(f"At the close of {day}: z -2.50, correlation ")
    assert said.endswith("The entry condition is not met.")


def test_the_rules_in_brief_are_clauses_of_the_whole_sentence():
    config = fake_config()
    whole, short = sentence(config), brief(config)
    assert short.startswith("Buy SMH and sell IGV short while the 63-session correlation")
    for clause in short.removesuffix(".").split("; ")[1:]:
        assert clause in whole
    assert "Regulation T" not in short


def test_the_first_screen_has_six_tiles_and_growth_only_of_a_year():
    page = Page(run_page(fake_result(sessions=300)))
    assert page.text.count("QQQ, CAGR") == 1
    brief_page = Page(run_page(fake_result()))
    assert "QQQ, Total return" in brief_page.text
    assert len(brief_page.all("dt")) == 6
    assert page.text.index("QQQ, CAGR") < page.text.index("Buy SMH and sell IGV short while")


def test_a_run_on_a_shelf_points_at_its_row_there_and_one_on_none_does_not():
    there = Page(run_page(fake_result(), shelf="../index.html#smh"))
    assert "../index.html#smh" in {a["href"] for a in there.all("a")}
    alone = Page(run_page(fake_result()))
    assert not any("../index.html" in a["href"] for a in alone.all("a"))


def test_every_entry_of_the_contents_line_leads_to_a_place_of_the_page():
    for run in (fake_result(), fake_result(holds=()), fake_result(benchmark=None)):
        page = Page(run_page(run))
        places = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
        asked = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
        assert asked <= places


def test_a_contents_line_names_every_heading_and_gives_each_a_place():
    headings = '<h2>What luck finds</h2><h2 id="a" data-contents="b">C &amp; d</h2>'
    page = f"<h1>t</h1><!-- contents -->\n{headings}"
    made = with_contents(page, [("Shelf", "../index.html#x")])
    assert '<a href="../index.html#x">Shelf</a>' in made
    assert '<a href="#what-luck-finds">What luck finds</a>' in made
    assert '<a href="#a">b</a>' in made
    assert '<h2 id="what-luck-finds">What luck finds</h2><h2 id="a">C &amp; d</h2>' in made
