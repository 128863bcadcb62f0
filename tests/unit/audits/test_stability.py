import math

import numpy as np
import pytest

from reports.audits.article.stability import drift, stability, volatility_ratio

NAN = math.nan


def array(*values):
    return np.array(values, dtype=float)


# --- the ratio ---


def test_ratio_is_long_over_short():
    assert volatility_ratio(array(0.02, 0.01), array(0.01, 0.04)).tolist() == [2.0, 0.25]


@pytest.mark.parametrize(
    ("long", "short"), [(NAN, 0.01), (0.01, NAN), (0.01, 0.0), (0.0, 0.01), (0.0, 0.0)]
)
def test_there_is_no_ratio_without_two_legs_that_move(long, short):
    assert np.isnan(volatility_ratio(array(long), array(short))).all()


# --- its drift ---


def test_drift_is_how_far_the_ratio_moved_either_way():
    # 1, 2, 1, 3: by 2/1 - 1 = 1, |1/2 - 1| = .5 and 3/1 - 1 = 2. Of .5, 1, 2 the 75 % is at
    # place 1.5 and the 95 % at place 1.9.
    drifted = drift(array(1.0, 2.0, 1.0, 3.0), 1)
    assert (drifted.hedges, drifted.left_out, drifted.median) == (3, 0, 1.0)
    assert drifted.percentile_75 == pytest.approx(1.5)
    assert drifted.percentile_95 == pytest.approx(1.0 + 0.9 * (2.0 - 1.0))


def test_drift_looks_back_exactly_as_many_sessions():
    # Two back: 4/1 - 1 = 3 and 6/2 - 1 = 2.
    drifted = drift(array(1.0, 2.0, 4.0, 6.0), 2)
    assert (drifted.hedges, drifted.median) == (2, (3.0 + 2.0) / 2)


def test_risk_shares_leave_one_half_as_the_ratio_moves():
    # 2/(2+1), 1/(1+2) and 3/(3+1) are 1/6, 1/6 and 1/4 from a half; the 95 % is at place 1.9.
    drifted = drift(array(1.0, 2.0, 1.0, 3.0), 1)
    assert drifted.risk_error_median == pytest.approx(1 / 6)
    assert drifted.risk_error_percentile_95 == pytest.approx(1 / 6 + 0.9 * (1 / 4 - 1 / 6))


def test_the_share_of_risk_is_that_of_the_dollars_held():
    # Set at volatilities 3 and 2: $200 long carry as much risk as $300 short. Later 5 and 1.
    long_risk, short_risk = 200 * 5.0, 300 * 1.0
    ratio = volatility_ratio(array(3.0, 5.0), array(2.0, 1.0))
    expected = long_risk / (long_risk + short_risk) - 0.5
    assert drift(ratio, 1).risk_error_median == pytest.approx(expected)


def test_a_ratio_that_stays_drifts_by_nothing():
    drifted = drift(np.full(30, 1.7), 21)
    assert (drifted.hedges, drifted.median, drifted.percentile_95) == (9, 0.0, 0.0)
    assert (drifted.risk_error_median, drifted.risk_error_percentile_95) == (0.0, 0.0)


def test_the_warm_up_is_no_gap_but_a_session_without_a_ratio_is_two():
    # It can neither judge the hedge of the session before nor set that of the session after.
    drifted = drift(array(NAN, NAN, 1.0, 1.0, NAN, 1.0, 1.5), 1)
    assert (drifted.hedges, drifted.left_out) == (2, 2)
    assert drifted.median == pytest.approx((0.0 + 0.5) / 2)


@pytest.mark.parametrize("sessions", [0, 4, 5])
def test_a_history_no_longer_than_the_lookback_has_no_drift(sessions):
    drifted = drift(np.ones(sessions), 5)
    assert (drifted.hedges, drifted.left_out, drifted.median, drifted.percentile_75) == (
        0,
        0,
        None,
        None,
    )
    assert (drifted.risk_error_median, drifted.risk_error_percentile_95) == (None, None)


def test_one_session_more_than_the_lookback_is_one_hedge():
    assert drift(array(1.0, 9.0, 9.0, 9.0, 9.0, 2.0), 5).median == 1.0


def test_a_hedge_must_be_set_before_it_can_drift():
    with pytest.raises(ValueError, match="lookback_sessions was 0; expected at least 1"):
        drift(np.ones(5), 0)


# --- both together ---


def test_stability_reports_todays_ratio_and_a_drift_for_each_lookback():
    computed = stability(array(NAN, 1.0, 2.0, 3.0), array(NAN, 1.0, 1.0, 2.0), lookbacks=(1, 2))
    assert (computed.today, computed.readings) == (1.5, 3)
    assert {each: part.median for each, part in computed.drifts.items()} == {
        1: pytest.approx((1.0 + 0.25) / 2),
        2: pytest.approx(0.5),
    }


def test_a_week_two_and_a_month_are_looked_back_by_default():
    computed = stability(np.ones(40), np.ones(40))
    assert {each: part.hedges for each, part in computed.drifts.items()} == {5: 35, 10: 30, 21: 19}


def test_a_short_leg_that_stood_still_today_leaves_no_ratio_today():
    computed = stability(array(1.0, 1.0), array(1.0, 0.0))
    assert (computed.today, computed.readings) == (None, 1)


def test_no_session_is_an_empty_result():
    computed = stability(array(), array())
    assert (computed.today, computed.readings, computed.drifts[21].hedges) == (None, 0, 0)
