import math

import numpy as np
import pytest

from reports.audits.article.rarity import rarity, verdict

NAN = math.nan


def judged(*z, level=-2.0, **choices):
    return rarity(np.array(z, dtype=float), level=level, **choices)


# --- today among all ---


def test_today_is_counted_among_its_own_readings():
    # -3 and today's own -2 of -3, -1, 0 and -2.
    tested = judged(NAN, NAN, -3.0, -1.0, 0.0, -2.0)
    assert (tested.today, tested.readings, tested.share_at_or_below) == (-2.0, 4, 2 / 4)


def test_readings_equal_to_todays_are_at_it():
    assert judged(-1.0, -1.0, 0.0, -1.0).share_at_or_below == 3 / 4


def test_the_lowest_reading_of_all_is_rare_only_among_enough_of_them():
    assert judged(*[0.0] * 18, -1.0).share_at_or_below == 1 / 19
    assert judged(*[0.0] * 18, -1.0).verdict == "recurring"
    assert judged(*[0.0] * 19, -1.0).verdict == "rare"


@pytest.mark.parametrize(
    ("share", "word"),
    [(0.0, "rare"), (0.05, "rare"), (0.0501, "recurring"), (1, "recurring"), (None, "no reading")],
)
def test_a_share_of_exactly_the_threshold_is_rare(share, word):
    assert verdict(share, 0.05) == word


def test_the_threshold_is_the_callers():
    readings = (0.0, 1.0, 2.0, -1.0)
    assert judged(*readings, rare_at_most=0.25).verdict == "rare"
    assert judged(*readings, rare_at_most=0.24).verdict == "recurring"


# --- the level and the tail ---


def test_a_reading_exactly_at_the_level_is_not_below_it():
    tested = judged(-2.0, -2.5, 0.0, 1.0)
    assert tested.share_below_level == 1 / 4
    assert tested.share_at_or_below_level == 2 / 4


def test_percentiles_are_interpolated_between_readings():
    # Readings 0..4: the 5 % lies at place .05 * 4 = .2, the 50 % at place 2.
    tested = judged(NAN, 4.0, 0.0, 3.0, 1.0, 2.0, percents=(5.0, 50.0))
    assert tested.percentiles == {5.0: pytest.approx(0.2), 50.0: 2.0}


def test_the_lowest_reading_is_placed_among_all_sessions_and_at_its_first():
    tested = judged(NAN, 0.0, -3.0, -1.0, -3.0, NAN)
    assert (tested.lowest, tested.lowest_session) == (-3.0, 2)


# --- without readings ---


def test_a_last_session_without_a_reading_leaves_the_others_standing():
    tested = judged(-3.0, 0.0, NAN)
    assert (tested.today, tested.share_at_or_below, tested.verdict) == (None, None, "no reading")
    assert (tested.readings, tested.share_below_level, tested.lowest) == (2, 1 / 2, -3.0)
    assert tested.histogram.today is None
    assert tested.histogram.counts.sum() == 2


@pytest.mark.parametrize("z", [(), (NAN,), (NAN, NAN)], ids=["no session", "one", "two"])
def test_a_signal_that_never_warmed_up_is_an_empty_result(z):
    tested = judged(*z)
    assert (tested.today, tested.readings, tested.verdict) == (None, 0, "no reading")
    assert (tested.lowest, tested.lowest_session, tested.percentiles) == (None, None, {})
    assert (tested.share_below_level, tested.share_at_or_below_level) == (None, None)
    assert len(tested.histogram.counts) == len(tested.histogram.edges) == 0


# --- the histogram ---


def test_a_bin_holds_its_lower_edge_and_not_its_upper():
    # Half-wide bins from floor(-2.2 / .5) = -5 to floor(-1 / .5) = -2: -2.5, -2, -1.5, -1, -.5.
    bins = judged(-2.2, -2.0, -1.75, -1.0, -1.6, bin_width=0.5).histogram
    assert bins.edges.tolist() == [-2.5, -2.0, -1.5, -1.0, -0.5]
    assert bins.counts.tolist() == [1, 3, 0, 1]
    assert bins.today == 1


def test_the_level_is_an_edge_so_that_bins_below_it_hold_what_is_below_it():
    z = np.append(np.random.default_rng(3).normal(-1.0, 1.0, 400), [-2.0, -2.0, -2.25])
    rare = rarity(z, level=-2.0)
    below = rare.histogram.edges[:-1] < -2.0
    assert rare.histogram.edges[below.sum()] == -2.0
    assert rare.histogram.counts[below].sum() == (z < -2.0).sum()
    assert rare.histogram.counts.sum() == rare.readings == 403
    assert rare.histogram.edges[rare.histogram.today] == -2.25


def test_one_reading_is_one_bin():
    bins = judged(0.1).histogram
    assert (bins.edges.tolist(), bins.counts.tolist(), bins.today) == ([0.0, 0.25], [1], 0)
