"""The article's figures that this engine computes, from the frame that becomes signals.csv.

Published figures, reproduced to the digits given with the article's own definitions: total-return
log returns, 63-session correlation, expanding z of at least 63 of them, 21-session volatilities.
"""

import numpy as np
import pytest

from tests.golden.real_run import real_prices, real_run

pytestmark = real_prices


@pytest.fixture
def signals():
    return real_run("weekly").signals.set_index("date")


@pytest.fixture
def z(signals):
    return signals["z"].dropna()


def test_z_of_the_last_session(z):
    assert str(z.index[-1].date()) == "2026-06-30"
    assert round(z.iloc[-1], 3) == -2.695


def test_number_of_readings_is_what_the_windows_leave(signals, z):
    # 808 sessions are 807 returns, 745 correlations of 63, and 683 readings after 62 of those.
    assert (len(signals), len(z)) == (808, 683)
    assert 808 - 1 - 62 - 62 == 683


def test_share_of_days_at_or_below_the_last_reading(z):
    share = (z <= z.iloc[-1]).mean()
    assert round(100 * share, 1) == 13.0


def test_tail_of_z(z):
    assert round(np.percentile(z, 5), 3) == -3.169
    assert round(z.min(), 3) == -3.481
    assert round(100 * (z <= -2.0).mean(), 1) == 24.3


def test_volatility_ratio_of_the_last_session(signals):
    assert round(signals["vol_ratio"].iloc[-1], 3) == 1.726
    ratio = signals["vol_long"].iloc[-1] / signals["vol_short"].iloc[-1]
    assert signals["vol_ratio"].iloc[-1] == pytest.approx(ratio, rel=1e-15)  # one division


def test_drift_of_the_volatility_ratio_over_a_month(signals):
    ratio = signals["vol_ratio"].dropna().to_numpy()
    drift = 100 * np.abs(ratio[21:] / ratio[:-21] - 1)
    median, upper, extreme = np.percentile(drift, [50, 75, 95])
    assert (round(median, 2), round(upper, 2), round(extreme, 1)) == (19.75, 33.31, 73.1)
