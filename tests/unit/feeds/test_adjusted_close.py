"""Close, dividends and Adj Close that contradict each other, with what each says by hand.

The closes before DAY (2024-05-23) and on it: 101.0 (row 14: 100 + 1.4 is even) and 98.9.
"""

import pytest

from feeds.prices.history import Request
from feeds.prices.quality import inspect
from tests.unit.hand_bars import DAY, SESSIONS, bars_of, frame_of

ROW = 15
BEFORE, CLOSE = 100 + (1 + 14 % 5 / 10), 100 - (1 + 15 % 5 / 10)  # 101.4 and 99.0


def _paid(dividend=0.75):
    """A dividend on DAY, in cash and (by CRSP's factor) in the adjusted closes before it."""
    frame = frame_of()
    frame.loc[:"2024-05-22", "adj_close"] *= 1 - dividend / BEFORE
    frame.loc[DAY, "dividend"] = dividend
    return frame


def _findings(frame, leg_usd=1_000_000.0):
    findings = inspect(bars_of(frame), SESSIONS, Request(leg_usd=leg_usd))
    return tuple(each for each in findings if each.check == "adjusted close")


def test_the_rows_are_as_the_module_says():
    frame = frame_of()
    assert frame["close"].iloc[ROW - 1 : ROW + 1].tolist() == [BEFORE, CLOSE]


def test_a_dividend_explains_its_step_in_adj_close():
    assert _findings(_paid()) == ()


def test_a_dividend_missing_from_the_cash_column_is_an_error_with_both_values():
    frame = _paid()
    frame["dividend"] = 0.0
    (finding,) = _findings(frame)
    assert (finding.severity, finding.dates) == ("error", (DAY,))
    cash, adjusted = CLOSE / BEFORE - 1, CLOSE / (BEFORE * (1 - 0.75 / BEFORE)) - 1
    assert f"{DAY} (Adj Close {adjusted:+.3%}, close with dividend {cash:+.3%})" in finding.text


def test_a_dividend_missing_from_adj_close_is_an_error_with_both_totals():
    frame = frame_of()
    frame.loc[DAY, "dividend"] = 0.75
    (finding,) = _findings(frame)
    assert (finding.severity, finding.dates) == ("error", (DAY,))
    first, last = 101.0, 100 - (1 + 23 % 5 / 10)  # rows 0 and 23
    kept = 1 - 0.75 / BEFORE
    assert f"{last / first - 1:+.2%} over the run against {last / first / kept - 1:+.2%}" in (
        finding.text
    )


@pytest.mark.parametrize("factor", [0.1, 0.5, 2, 100])
def test_a_dividend_in_another_unit_is_an_error(factor):
    frame = _paid()
    frame.loc[DAY, "dividend"] *= factor
    assert [each.severity for each in _findings(frame)] == ["error"]


def test_a_dividend_recorded_a_day_late_is_a_warning_with_its_worth():
    frame = _paid()
    frame.loc[DAY, "dividend"], frame.loc["2024-05-24", "dividend"] = 0.0, 0.75
    (finding,) = _findings(frame, leg_usd=500_000.0)
    assert (finding.severity, finding.dates) == ("warning", (DAY, "2024-05-24"))
    # For one session a leg is worth 1 / (1 - D / C) as much to signals as to money.
    worth = 500_000 * (1 / (1 - 0.75 / BEFORE) - 1)
    assert f"differ by up to ${worth:,.2f} on a leg of $500,000" in finding.text


def test_an_adjusted_close_wrong_for_a_week_is_an_error():
    frame = frame_of()
    frame.iloc[10:16, frame.columns.get_loc("adj_close")] *= 1.01  # six sessions
    assert [each.severity for each in _findings(frame)] == ["error"]


@pytest.mark.parametrize(("factor", "severity"), [(1.01, "warning"), (1.06, "error")])
def test_one_wrong_adjusted_close_is_told_by_its_size(factor, severity):
    frame = frame_of()
    frame.loc[DAY, "adj_close"] *= factor
    assert [each.severity for each in _findings(frame)] == [severity]


@pytest.mark.parametrize(
    ("off_log", "severity"), [(0.00005, None), (0.0004, "info"), (0.0006, "error")]
)
def test_rounding_explains_five_basis_points(off_log, severity):
    # Half a basis point is six digits; four are worth a word; six move the total return.
    frame = frame_of()
    frame.loc[DAY:, "adj_close"] *= 1 + off_log
    assert [each.severity for each in _findings(frame)] == ([] if severity is None else [severity])


def test_many_small_steps_that_add_up_are_an_error():
    # 14 steps of 0.9 basis points: none is seen alone, together 12.6.
    frame = frame_of()
    for day in frame.index[5:19]:
        frame.loc[day:, "adj_close"] *= 1 + 0.9e-4
    (finding,) = _findings(frame)
    assert finding.severity == "error"


def test_a_contradiction_outside_the_run_is_not_read():
    frame = frame_of()
    frame.loc["2024-05-10":, "adj_close"] *= 1.1
    assert inspect(bars_of(frame), SESSIONS[10:]) == ()
