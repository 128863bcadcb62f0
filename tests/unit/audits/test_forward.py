import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from engine.event import simulate
from reports.audits.article.forward import (
    PairHistory,
    calendar_years,
    drop_best,
    forward_returns,
    forward_test,
    independent_entries,
    pair_history,
    student_t,
)
from tests.unit.hand_market import hand_config, hand_leg, hand_market

NAN = math.nan


def days(*dates):
    return np.array(dates, dtype="datetime64[D]")


def history(long, short=None, vol_long=1.0, vol_short=1.0, start="2024-01-01"):
    """One session a calendar day; a short leg that stands still and equal volatilities."""
    count = len(long)
    return PairHistory(
        sessions=np.datetime64(start, "D") + np.arange(count),
        long=np.array(long, dtype=float),
        short=np.array([10.0] * count if short is None else short, dtype=float),
        vol_long=np.array(np.broadcast_to(vol_long, count), dtype=float),
        vol_short=np.array(np.broadcast_to(vol_short, count), dtype=float),
    )


def of_log_returns(*returns):
    """A history in which entry i at horizon 1 makes ``returns[i]``, and entries 0, 2, 4, .. do."""
    logs = [level for made in returns for level in (0.0, made)]
    return history(np.exp(logs)), tuple(range(0, 2 * len(returns), 2))


# --- independent entries ---


def test_the_first_trigger_counts_and_then_one_exactly_the_gap_later():
    sessions = days("2024-03-01", "2024-03-21", "2024-03-22", "2024-03-25")
    # 1 March + 20 days, + 21 days, and 3 days after that.
    assert independent_entries(sessions, np.array([True] * 4)) == (0, 2)


def test_the_gap_runs_from_the_last_trigger_that_counted_not_from_the_last_one():
    sessions = days("2024-03-01", "2024-03-15", "2024-03-22", "2024-04-11", "2024-04-12")
    # 22 March is 7 days after a trigger that did not count and 21 after one that did.
    assert independent_entries(sessions, np.array([True] * 5)) == (0, 2, 4)


def test_only_triggers_count_and_the_gap_is_the_callers():
    sessions = days("2024-03-01", "2024-03-04", "2024-03-05", "2024-03-06")
    triggered = np.array([False, True, False, True])
    assert independent_entries(sessions, triggered, gap_days=2) == (1, 3)
    assert independent_entries(sessions, triggered, gap_days=3) == (1,)


def test_a_signal_before_it_is_warm_and_one_exactly_at_the_level_trigger_nothing():
    z = np.array([NAN, NAN, -2.0, -1.0])
    assert independent_entries(days(*["2024-03-01"] * 4), z < -2.0) == ()


def test_entries_are_grouped_by_their_calendar_year():
    sessions = days("2023-12-29", "2024-01-02", "2024-06-03")
    assert calendar_years(sessions, (0, 2)) == ("2023", "2024")
    assert calendar_years(sessions, ()) == ()


# --- one forward return ---


def test_forward_return_is_long_less_the_hedge_in_log_returns():
    # Twice as wild a long leg is hedged with two dollars short: ln(110/100) - 2 ln(52/50).
    past = history([100.0, 110.0], [50.0, 52.0], vol_long=0.02, vol_short=0.01)
    expected = math.log(110 / 100) - 2.0 * math.log(52 / 50)
    assert forward_returns(past, (0,), 1).tolist() == [pytest.approx(expected, rel=1e-12)]


def test_the_hedge_is_that_of_the_entry_whatever_the_volatilities_become():
    past = history([100.0, 110.0], [50.0, 55.0], vol_long=[1.0, 9.0], vol_short=[1.0, 1.0])
    assert forward_returns(past, (0,), 1)[0] == pytest.approx(0.0, abs=1e-15)


def test_a_horizon_that_ends_on_the_last_session_is_complete_and_one_later_is_not():
    past = history([1.0, 1.0, 1.0, math.e])
    assert forward_returns(past, (0, 1), 3)[0] == pytest.approx(1.0)
    assert np.isnan(forward_returns(past, (0, 1), 3)).tolist() == [False, True]
    test = forward_test(past, (0, 1), horizons=(3,))
    assert (test.horizons[3].complete, test.horizons[3].unfinished) == (1, 1)
    assert [entry.by_horizon[3] for entry in test.entries] == [pytest.approx(1.0), None]


@pytest.mark.parametrize("vols", [(1.0, 0.0), (0.0, 1.0), (NAN, 1.0), (1.0, NAN)])
def test_an_entry_without_a_hedge_ratio_is_left_out_and_counted_apart(vols):
    vol_long, vol_short = vols
    past = history(
        [1.0, 2.0, 4.0, 4.0], vol_long=[vol_long, 1, 1, 1], vol_short=[vol_short, 1, 1, 1]
    )
    test = forward_test(past, (0, 1, 3), horizons=(1,))
    month = test.horizons[1]
    assert (month.complete, month.unfinished, month.undefined) == (1, 1, 1)
    assert month.mean == pytest.approx(math.log(2))
    assert [entry.hedge_ratio for entry in test.entries] == [None, 1.0, 1.0]


def test_an_unhedgeable_entry_with_an_open_horizon_is_counted_once():
    test = forward_test(history([1.0, 2.0], vol_short=0.0), (1,), horizons=(1,))
    assert (test.horizons[1].unfinished, test.horizons[1].undefined) == (1, 0)


def test_a_return_needs_a_later_close():
    with pytest.raises(ValueError, match="horizon_sessions was 0; expected at least 1"):
        forward_returns(history([1.0, 2.0]), (0,), 0)


def test_an_entry_that_sold_the_pair_makes_what_the_pair_loses():
    past = replace(history([1.0, 2.0, 2.0, 4.0]), direction=np.array([1.0, 0.0, -1.0, 0.0]))
    assert forward_returns(past, (0, 2), 1).tolist() == [math.log(2), -math.log(2)]
    test = forward_test(past, (0, 2), horizons=(1,))
    assert [entry.direction for entry in test.entries] == [1, -1]
    assert test.horizons[1].mean == 0.0


# --- the figures of a horizon ---


def test_mean_median_and_win_rate_are_over_the_complete_entries():
    past, entries = of_log_returns(0.1, -0.2, 0.4, 0.0)
    test = forward_test(past, entries, horizons=(1,)).horizons[1]
    assert (test.complete, test.unfinished, test.undefined) == (4, 0, 0)
    assert test.mean == pytest.approx(0.3 / 4)
    assert test.median == pytest.approx((0.0 + 0.1) / 2)
    assert test.win_rate == 2 / 4  # nothing made is nothing won


def test_t_and_p_by_hand_for_three_returns():
    # Mean .2, sd .1: t = .2 / (.1 / sqrt 3). With two degrees p = 1 - t / sqrt(2 + t^2).
    t = 2 * math.sqrt(3)
    past, entries = of_log_returns(0.1, 0.2, 0.3)
    test = forward_test(past, entries, horizons=(1,)).horizons[1]
    assert test.sd == pytest.approx(0.1)
    assert test.t_statistic == pytest.approx(t)
    assert test.p_value == pytest.approx(1 - t / math.sqrt(2 + t**2))


@pytest.mark.parametrize("shift", [-0.4, 0.0, 1.0])
def test_t_and_p_are_those_of_scipy(shift):
    returns = np.random.default_rng(4).normal(shift, 1.0, 9)
    expected = ttest_1samp(returns, 0.0)
    assert student_t(returns) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-12)


def test_one_return_has_a_mean_and_no_test():
    past, entries = of_log_returns(0.1)
    test = forward_test(past, entries, horizons=(1,)).horizons[1]
    assert (test.mean, test.median, test.win_rate) == pytest.approx((0.1, 0.1, 1.0))
    assert (test.sd, test.t_statistic, test.p_value) == (None, None, None)


@pytest.mark.parametrize("returns", [[0.1] * 3, [0.0] * 3, [0.1 + 0.2, 0.3]])
def test_equal_returns_have_no_spread_to_test_a_mean_with(returns):
    assert student_t(np.array(returns)) is None


def test_overlapping_entries_are_counted_and_one_that_begins_at_the_end_is_none():
    past = history([1.0] * 12)
    test = forward_test(past, (0, 2, 5, 6), horizons=(1, 3, 6, 9))
    # At 3: 2 begins before 3, 6 before 8. At 6 all entries but the first. At 9 two are complete.
    overlapping = {each: part.overlapping for each, part in test.horizons.items()}
    assert overlapping == {1: 0, 3: 2, 6: 2, 9: 1}
    assert test.horizons[6].complete == 3


# --- nothing to report ---


def test_a_horizon_without_a_complete_entry_says_how_many_are_waiting():
    test = forward_test(history([1.0, 2.0, 3.0]), (0, 1), horizons=(5,)).horizons[5]
    assert (test.complete, test.unfinished, test.overlapping) == (0, 2, 0)
    assert (test.mean, test.median, test.win_rate, test.p_value) == (None, None, None, None)
    assert (test.de_averaged.k_star, len(test.de_averaged.steps)) == (None, 1)
    (cluster,) = test.clusters
    assert (cluster.entries, cluster.complete, cluster.mean, cluster.mean_without) == (
        2, 0, None, None,
    )  # fmt: skip


def test_no_entry_is_an_empty_result_at_every_horizon():
    test = forward_test(history([1.0, 2.0]), ())
    assert test.entries == ()
    assert list(test.horizons) == [21, 63, 126]
    for part in test.horizons.values():
        assert (part.complete, part.unfinished, part.undefined) == (0, 0, 0)
        assert (part.mean, part.sd, part.clusters, part.de_averaged.k_star) == (
            None,
            None,
            (),
            None,
        )


def test_no_session_is_an_empty_result():
    past = history([])
    assert independent_entries(past.sessions, np.array([], dtype=bool)) == ()
    assert forward_test(past, ()).horizons[126].complete == 0


# --- clusters ---


def test_clusters_are_calendar_years_and_each_shows_what_the_others_made():
    past = dataclasses.replace(
        history(np.exp([0.0, 0.3, 0.0, -0.1, 0.0, 0.7])),
        sessions=days(
            "2023-12-28", "2023-12-29", "2024-01-02", "2024-01-03", "2024-06-03", "2024-06-04"
        ),
    )
    test = forward_test(past, (0, 2, 4), horizons=(1,))
    assert [entry.cluster for entry in test.entries] == ["2023", "2024", "2024"]
    first, second = test.horizons[1].clusters
    assert (first.label, first.entries, first.complete) == ("2023", 1, 1)
    assert (first.total, first.mean, first.mean_without) == pytest.approx((0.3, 0.3, 0.6 / 2))
    assert (second.total, second.mean, second.mean_without) == pytest.approx((0.6, 0.3, 0.3))
    assert (first.complete_without, second.complete_without) == (2, 1)


def test_other_labels_group_otherwise_and_without_the_only_cluster_nothing_is_left():
    past, entries = of_log_returns(0.1, 0.2, 0.6)
    labelled = forward_test(past, entries, horizons=(1,), clusters=("calm", "wild", "calm"))
    calm, wild = labelled.horizons[1].clusters
    assert (calm.label, calm.mean, wild.label) == ("calm", pytest.approx(0.7 / 2), "wild")
    assert (calm.mean_without, wild.mean_without) == pytest.approx((0.2, 0.7 / 2))
    (only,) = forward_test(past, entries, horizons=(1,)).horizons[1].clusters
    assert (only.mean, only.mean_without, only.complete_without) == (pytest.approx(0.3), None, 0)


def test_a_clusters_open_entries_are_in_its_count_and_in_no_mean():
    past = history(np.exp([0.0, 0.5, 0.9]))
    (only,) = forward_test(past, (0, 2), horizons=(1,)).horizons[1].clusters
    assert (only.entries, only.complete, only.mean) == (2, 1, pytest.approx(0.5))


def test_every_entry_needs_a_label():
    with pytest.raises(ValueError, match="clusters had 1 labels; expected 2, one for each entry"):
        forward_test(history([1.0, 2.0, 3.0]), (0, 1), clusters=("2024",))


# --- without the best ---


def test_returns_go_from_the_best_down_until_nothing_is_left():
    dropped = drop_best(("a", "b", "c", "d"), np.array([-0.2, 0.5, 0.1, -0.3]))
    assert [step.last_removed for step in dropped.steps] == [None, "b", "c", "a", "d"]
    assert [step.total for step in dropped.steps] == pytest.approx([0.1, -0.4, -0.5, -0.3, 0.0])
    assert [step.mean for step in dropped.steps[:4]] == pytest.approx(
        [0.025, -0.4 / 3, -0.25, -0.3]
    )
    assert dropped.steps[4].mean is None
    assert dropped.k_star == 1


def test_of_equal_returns_the_earlier_goes_first_and_each_is_one_step():
    dropped = drop_best(("a", "b", "c"), np.array([0.25, 0.5, 0.5]))
    assert [step.last_removed for step in dropped.steps] == [None, "b", "c", "a"]
    assert [step.total for step in dropped.steps] == [1.25, 0.75, 0.25, 0.0]


def test_many_equal_returns_still_go_in_their_order():
    # More than the sixteen that any sort would keep in order: all gains, then all losses.
    dropped = drop_best([str(i) for i in range(40)], np.tile([-0.1, 0.1], 20))
    gone = [step.last_removed for step in dropped.steps[1:]]
    assert gone == [*map(str, range(1, 40, 2)), *map(str, range(0, 40, 2))]


@pytest.mark.parametrize(
    ("returns", "k_star"),
    [
        ([-0.5, 0.25], 0),  # already nothing
        ([0.5, -0.5], 0),  # exactly nothing counts as nothing
        ([0.5, 0.25, -0.25], 1),
        ([0.5, 0.5, -0.25], 2),
        ([0.5, 0.25, 0.125], 3),  # all gains: until none is left
        ([], None),
    ],
)
def test_k_star_is_how_many_of_the_best_make_all_of_the_total(returns, k_star):
    dropped = drop_best([str(i) for i in range(len(returns))], np.array(returns))
    assert dropped.k_star == k_star
    assert dropped.k_star_chance is None


def test_steps_name_the_dates_of_complete_entries_only():
    # Nothing to hedge the first with, nothing after the last: 3 and 5 January remain.
    past = history(np.exp([0.0, 0.1, 0.0, 0.2, 0.0, 0.4, 0.0]), vol_short=[0.0, 1, 1, 1, 1, 1, 1])
    test = forward_test(past, (0, 2, 4, 6), horizons=(1,)).horizons[1].de_averaged
    assert [step.last_removed for step in test.steps] == [None, "2024-01-05", "2024-01-03"]


# --- where the arrays come from ---


def test_a_run_gives_its_adjusted_closes_and_volatilities():
    labels = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27"]
    long = hand_leg("LLL", [50.0] * 4, [50.0] * 4, adj_close=[40.0, 44.0, 40.0, 44.0])
    short = hand_leg("SSS", [25.0] * 4, [25.0] * 4, adj_close=[20.0, 20.0, 21.0, 20.0])
    config = hand_config(sizing={"kind": "dollar_neutral", "window": 2})
    computed = pair_history(simulate(config, hand_market(labels, long, short)))
    assert computed.sessions.tolist() == days(*labels[:4]).tolist()
    assert (computed.long.tolist(), computed.short.tolist()) == (
        [40.0, 44.0, 40.0, 44.0],
        [20.0, 20.0, 21.0, 20.0],
    )
    # Two returns x and y have the sample sd |x - y| / sqrt 2.
    moved = math.log(1.1)
    assert np.isnan(computed.vol_long[:2]).all()
    assert computed.vol_long[2:] == pytest.approx([2 * moved / math.sqrt(2)] * 2)
    assert computed.vol_short[2] == pytest.approx(math.log(1.05) / math.sqrt(2))


def test_arrays_of_different_lengths_are_refused_by_name():
    with pytest.raises(ValueError, match="'vol_short': 1"):
        dataclasses.replace(history([1.0, 2.0]), vol_short=np.ones(1))
