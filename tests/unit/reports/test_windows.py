"""Windows and whole periods of the calendar, and QuantStats' rows of them put right."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from engine.periods import ends
from reports.headline import cell
from reports.measures.windows import Track, by_period, trailing
from reports.pages.tearsheet import page as tearsheet
from reports.pages.tearsheet import worker as tearsheet_worker
from reports.pages.tearsheet.rows import LEFT_OUT, corrected
from tests.e2e.program import market_folder
from tests.unit.fake_result import fake_result


def days(*texts):
    return [dt.date.fromisoformat(text) for text in texts]


def track(returns):
    """Return a track of ``{date: return}``."""
    return Track(dates=days(*returns), returns=np.array(list(returns.values())))


def every_session(first, last, value):
    """Return a track of the same return on each weekday but the first."""
    dates = [day.date() for day in pd.bdate_range(first, last)]
    returns = np.full(len(dates), value)
    returns[0] = 0.0
    return Track(dates=dates, returns=returns)


@pytest.mark.parametrize(
    ("day", "period", "is_last"),
    [
        ("2026-06-30", "month", True),
        ("2026-06-30", "quarter", True),
        ("2026-06-30", "year", False),
        ("2026-06-29", "month", False),
        ("2024-03-28", "quarter", True),  # Good Friday was the 29th
        ("2021-05-28", "month", True),  # Memorial Day was the 31st
        ("2025-12-31", "year", True),
    ],
)
def test_the_exchange_says_which_session_ends_a_period(day, period, is_last):
    assert ends(dt.date.fromisoformat(day), period) is is_last


def test_a_window_of_a_run_that_ends_a_month_begins_with_the_month_s_last_close():
    made = track({
        "2026-02-27": 0.0, "2026-03-30": 0.50, "2026-03-31": 0.20, "2026-04-01": 0.10,
        "2026-06-01": 0.05, "2026-06-30": 0.02,
    })  # fmt: skip
    growth = trailing(made)
    assert growth["3M"] == pytest.approx(1.10 * 1.05 * 1.02 - 1)
    assert growth["MTD"] == pytest.approx(1.05 * 1.02 - 1)
    assert growth["6M"] is None  # it would begin on 2025-12-31, before the run
    assert growth["YTD"] is None


def test_a_window_of_another_run_begins_on_the_same_day_of_an_earlier_month():
    made = track({
        "2026-02-27": 0.0, "2026-03-12": 0.50, "2026-03-16": 0.20, "2026-06-15": 0.02,
    })  # fmt: skip
    assert trailing(made)["3M"] == pytest.approx(1.20 * 1.02 - 1)


def test_a_window_may_begin_on_a_day_that_is_no_session():
    # 2026-05-29 is May's last session: three months are from 2026-02-28, a Saturday, whose close
    # is that of the 27th.
    made = track({"2026-02-27": 0.0, "2026-03-02": 0.10, "2026-05-29": 0.20})
    assert trailing(made)["3M"] == pytest.approx(1.10 * 1.20 - 1)


def test_a_month_without_such_a_day_gives_its_last():
    made = track({"2026-02-27": 0.0, "2026-03-02": 0.10, "2026-05-28": 0.20})
    assert trailing(made)["3M"] == pytest.approx(1.10 * 1.20 - 1)
    leap = track({"2024-02-28": 0.0, "2024-02-29": 0.5, "2024-05-30": 0.1})
    assert trailing(leap)["3M"] == pytest.approx(1.1 - 1)  # from 02-29, May 30's nearest


def test_growth_of_three_years_is_told_a_year():
    made = track({"2023-06-30": 0.0, "2024-06-28": 0.21, "2025-06-30": 0.1, "2026-06-30": 0.0})
    assert trailing(made)["3Y (ann.)"] == pytest.approx((1.21 * 1.1) ** (1 / 3) - 1)
    assert trailing(made)["1Y"] == 0.0
    assert trailing(made)["5Y (ann.)"] is None
    assert trailing(made)["10Y (ann.)"] is None


def test_only_whole_periods_are_compared():
    # A quarter of a year, half of April and June: whole are May and no quarter.
    computed = by_period(every_session("2026-04-15", "2026-06-15", 0.01))
    assert computed["Best Month"] == computed["Worst Month"] == pytest.approx(1.01**21 - 1)
    assert (computed["Win Month"], computed["Win Quarter"], computed["Best Year"]) == (
        1.0,
        None,
        None,
    )


def test_a_period_is_whole_from_the_close_before_it():
    made = track({"2025-12-31": 0.0, "2026-01-02": 0.1, "2026-01-30": -0.2, "2026-02-02": 0.3})
    assert by_period(made)["Best Month"] == pytest.approx(1.1 * 0.8 - 1)
    late = Track(dates=made.dates[1:], returns=np.array([0.0, -0.2, 0.3]))
    assert by_period(late)["Best Month"] is None


def test_months_that_did_not_move_are_neither_won_nor_lost():
    made = track({
        "2025-12-31": 0.0, "2026-01-30": 0.1, "2026-02-27": 0.0, "2026-03-31": -0.1,
        "2026-04-30": 0.2,
    })  # fmt: skip
    computed = by_period(made)
    assert computed["Win Month"] == pytest.approx(2 / 3)
    assert computed["Avg. Up Month"] == pytest.approx((0.1 + 0.2) / 2)
    assert computed["Avg. Down Month"] == pytest.approx(-0.1)


# --- on the page ---

ROWS = "".join(
    f"<tr><td>{row}</td><td>9.99%</td><td>8.88%</td></tr>\n"
    for row in ("CAGR\N{SMALL PERCENT SIGN}", "Sharpe", "Calmar", *LEFT_OUT, "MTD", "3M", "1Y",
                "3Y (ann.)", "10Y (ann.)", "Best Year", "Win Month", "Best Day")
)  # fmt: skip


def test_rows_get_our_numbers_or_go():
    made = every_session("2026-01-30", "2026-06-15", 0.001)
    page = corrected(ROWS, made, Track(dates=made.dates, returns=made.returns * 2))
    # 2026-03-16 to 06-15 are 66 weekdays, 2026-06-01 to 06-15 eleven.
    assert (
        f"<td>3M</td><td>{(1.002**66 - 1) * 100:.2f}%</td><td>{(1.001**66 - 1) * 100:.2f}%" in page
    )
    assert f"<td>MTD</td><td>{(1.002**11 - 1) * 100:.2f}%</td>" in page
    assert "<td>Win Month</td><td>100.00%</td><td>100.00%</td>" in page
    left = re.findall(r"<tr><td>([^<]*)</td>", page)
    assert left == ["Sharpe", "MTD", "3M", "Win Month", "Best Day"]


def test_a_run_without_benchmark_has_one_column():
    made = every_session("2026-05-29", "2026-06-15", 0.001)
    page = corrected("<tr><td>MTD</td><td>1.0%</td></tr>\n", made, None)
    assert page == f"<tr><td>MTD</td><td>{(1.001**11 - 1) * 100:.2f}%</td></tr>\n"


def test_growth_a_year_is_not_told_of_less_than_a_year():
    short, year = fake_result(sessions=247), fake_result(sessions=248)
    for key in ("cagr", "calmar"):
        assert cell(short.headline, key) == "n/a"
        assert cell(year.headline, key) != "n/a"
    assert cell(fake_result(sessions=18, holds=((2, 9),)).headline, "sharpe") == "n/a"
    assert cell(short.headline, "total_return") != "n/a"


def test_a_fall_that_goes_on_is_not_recovered():
    made = track({"2026-06-26": 0.0, "2026-06-29": 0.1, "2026-06-30": -0.1})
    page = (
        "<tr><td>Max DD Period End</td><td>2026-06-30</td></tr>"
        '<div id="ddinfo"><tr><td>2026-06-30</td><td>2026-06-30</td><td>-10.0</td></tr>'
    )
    assert corrected(page, made, None) == (
        "<tr><td>Max DD Period End</td><td>not yet</td></tr>"
        '<div id="ddinfo"><tr><td>2026-06-30</td><td>not yet</td><td>-10.0</td></tr>'
    )
    up = track({"2026-06-26": 0.0, "2026-06-29": -0.1, "2026-06-30": 0.2})
    assert corrected(page, up, None) == page


@pytest.fixture(scope="module")
def drawn():
    tearsheet_worker.prepare()
    result = fake_result(sessions=60, holds=((5, None),))  # 2023-04-11 to 2023-07-03
    return tearsheet.finish(result, tearsheet_worker.render(tearsheet.order(result)))


def test_months_in_which_the_run_was_not_are_empty(drawn):
    (months,) = re.findall(r'<tr><th scope="row">2023</th>(.*?)</tr>', drawn)
    cells = re.findall(r'<td class="n"[^>]*>([^<]*)</td>', months)  # the year's own is in bold
    assert [place for place, cell in enumerate(cells, start=1) if cell] == [4, 5, 6, 7]
    assert len(cells) == 12


def test_a_part_of_a_year_is_named(drawn):
    assert "<td>2023 (from 11 Apr to 3 Jul)</td>" in drawn


def test_the_windows_of_the_design_run_are_those_of_its_dates():
    # The sheet of SMH/IGV weekly to 2026-06-30; the numbers were worked apart from this program.
    closes = pd.read_csv(market_folder() / "QQQ.csv", index_col="Date", parse_dates=True)
    line = closes["Adj Close"].loc["2023-04-11":"2026-06-30"]
    returns = line.pct_change().fillna(0.0).to_numpy()
    qqq = Track(dates=[day.date() for day in line.index], returns=returns)
    growth = trailing(qqq)
    assert round(growth["3M"], 4) == 0.2773
    assert round(growth["6M"], 4) == 0.2016
    assert round(growth["3Y (ann.)"], 4) == 0.2658
    assert (growth["5Y (ann.)"], growth["10Y (ann.)"]) == (None, None)
