"""E2 and P: when the intervals of the mean count, and what so few entries could have shown."""

import math

import numpy as np
import pytest

from reports.audits.evidence.trade_mean import (
    Intervals,
    interval_evidence,
    intervals,
    power_evidence,
)
from reports.statistics.inference import MeanInterval, t_test
from tests.unit.hand_outcomes import audit_config, hand_outcomes, noisy

AUDIT = audit_config()
FLAT = np.zeros(200)


def daily(low, high, mean=0.001):
    return MeanInterval(
        n=800, mean=mean, low=low, high=high, confidence=0.95, method="percentile",
        block_sessions=10, blocks=80.0,
    )  # fmt: skip


def trades(low_is_above):
    # Three trades of 1, 2 and 3 %: t = .02 / (.01 / sqrt 3) = 3.46, below the 4.30 that 95 % asks
    # of two degrees; of 2, 2.5 and 3 %: .025 / (.005 / sqrt 3) = 8.66, above.
    return t_test([0.02, 0.025, 0.03] if low_is_above else [0.01, 0.02, 0.03])


@pytest.mark.parametrize(
    ("by_trade", "by_day", "rating"),
    [
        (True, daily(0.0001, 0.002), "supports"),
        (True, daily(-0.0001, 0.002), "marginal"),
        (False, daily(0.0001, 0.002), "marginal"),
        (False, daily(-0.0001, 0.002), "against"),
        (True, daily(0.0, 0.002), "marginal"),  # zero itself is not excluded
        (True, daily(None, None), "marginal"),
        (False, daily(-0.003, -0.001), "against"),  # excludes zero, from the wrong side
    ],
)
def test_each_interval_above_zero_counts_once(by_trade, by_day, rating):
    assert interval_evidence(AUDIT, Intervals(trades=trades(by_trade), daily=by_day)).rating == (
        rating
    )


def test_the_interval_of_the_trades_by_hand():
    # Student's .975 quantile on two degrees is 4.302653 (any table).
    half = 4.302653 * 0.01 / math.sqrt(3)
    both = intervals(AUDIT, hand_outcomes([10.0, 20.0, 30.0]), FLAT)
    assert both.trades.mean == pytest.approx(0.02, rel=1e-12)
    # 1e-6: the table's digits.
    assert both.trades.low == pytest.approx(0.02 - half, rel=1e-6)
    assert both.trades.high == pytest.approx(0.02 + half, rel=1e-6)


def test_overlapping_trades_are_one_value():
    both = intervals(AUDIT, hand_outcomes([10.0, 30.0, 20.0], clusters=[0, 0, 1]), FLAT)
    assert both.trades is None  # both clusters made 2 %
    both = intervals(AUDIT, hand_outcomes([10.0, 30.0, 40.0], clusters=[0, 0, 1]), FLAT)
    assert (both.trades.n, both.trades.mean) == (2, pytest.approx(0.03, rel=1e-12))


def test_one_trade_has_no_interval_and_says_what_that_counts_as():
    both = intervals(AUDIT, hand_outcomes([10.0]), FLAT)
    block = interval_evidence(AUDIT, both)
    assert block.rating == "against"
    assert block.sentence.startswith("One trade, or none that differ, has no interval, which")
    assert "the daily P&L has no interval, which counts as not above zero" in block.sentence


def test_too_few_blocks_say_so():
    # 200 sessions in blocks of at least 40 are 5 blocks, and 6 are needed.
    both = intervals(AUDIT, hand_outcomes([10.0, 20.0], hold=40), noisy(0.001, 0.01, 200))
    assert both.daily.low is None
    said = interval_evidence(AUDIT, both).sentence
    assert f"no interval: {both.daily.blocks:.1f} blocks, 6 needed" in said
    assert both.daily.blocks <= 5.0


def test_a_block_is_at_least_the_median_hold():
    returns = noisy(0.001, 0.01, 400)
    lengths = [
        intervals(AUDIT, hand_outcomes([10.0, 20.0], hold=hold), returns).daily.block_sessions
        for hold in (1, 33)
    ]
    assert lengths[0] < 33 == lengths[1]


def test_the_same_seed_gives_the_same_interval_and_another_one_another():
    outcomes, returns = hand_outcomes([10.0, 20.0]), noisy(0.001, 0.01, 400)
    lows = [intervals(audit_config(seed=seed), outcomes, returns).daily.low for seed in (1, 1, 2)]
    assert lows[0] == lows[1] != lows[2]


# --- power ---


def power_of(d, n):
    """Power of n trades whose returns have this effect size exactly."""
    return power_evidence(AUDIT, t_test(noisy(d * 0.02, 0.02, n)))


def test_the_smallest_edge_that_shows_is_the_textbook_s():
    # AUDIT: one-sided 5 %, 80 % power at n = 8 needs d = .98; the deviation is 2 %.
    block = power_of(0.5, 8)
    assert block.rating == "shown"
    assert block.numbers["minimum_effect"] == pytest.approx(0.98, abs=0.005)
    least = block.numbers["minimum_effect"] * 0.02
    assert block.numbers["smallest_detectable_mean_return"] == pytest.approx(least, rel=1e-9)
    assert block.measured == "2.0% a trade"
    # 27 entries show d = .5, and 26 do not.
    assert power_of(0.1, 27).numbers["minimum_effect"] < 0.5
    assert power_of(0.1, 26).numbers["minimum_effect"] > 0.5


def test_the_power_asked_for_is_the_configured_one():
    audit = audit_config(thresholds={"power": 0.95})
    more = power_evidence(audit, t_test(noisy(0.01, 0.02, 20))).numbers["minimum_effect"]
    assert more > power_of(0.5, 20).numbers["minimum_effect"]


def test_of_a_loss_the_largest_edge_allowed_is_still_told():
    block = power_of(-0.1, 10)
    # -0.002 + 2.262157 * 0.02 / sqrt 10 = 1.23 %: Student's .975 quantile on nine degrees.
    high = -0.1 * 0.02 + 2.262157 * 0.02 / math.sqrt(10)
    assert block.numbers["largest_mean_return_allowed"] == pytest.approx(high, rel=1e-6)
    assert "No evidence is not evidence of no edge" in block.sentence
    assert f"a mean of up to {100 * high:.1f}% per trade" in block.sentence


def test_a_certain_loss_allows_no_edge():
    assert "the data allow no mean above zero" in power_of(-5.0, 10).sentence


def test_without_two_trades_no_effect_is_measured():
    block = power_evidence(AUDIT, None)
    assert block.rating == "not run"
    assert block.sentence.startswith("Not run: ")
