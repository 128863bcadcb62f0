import math
from itertools import combinations

import numpy as np
import pytest

from reports.statistics.placebo import Entries, circular_shift, random_entries


def entries(*rows):
    """Rows of first session, sessions held, direction."""
    first, hold, direction = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Entries(first=first, hold_sessions=hold, direction=direction)


def drawn(returns, placed, *, draws=2_000, seed=1):
    return random_entries(returns, placed, draws=draws, rng=np.random.default_rng(seed))


FIVE = [0.01, 0.02, -0.03, 0.04, 0.05]


# --- the circular shift ---


def test_all_shifts_of_two_entries_by_hand():
    # Sessions 0-1 long and session 3 short: (.01 + .02 - .04) / 2. Shift by one: .02 - .03 - .05.
    placebo = circular_shift(FIVE, entries((0, 2, 1), (3, 1, -1)))
    assert placebo.observed == pytest.approx(-0.01 / 2)
    shifts = [-0.06, 0.01 - 0.01, 0.09 - 0.02, 0.06 + 0.03]
    np.testing.assert_allclose(placebo.chance, np.array(shifts) / 2, atol=1e-15)
    # One of four did worse, three at least as well.
    assert placebo.percentile == 25.0
    assert placebo.p_value == (1 + 3) / 5
    assert placebo.kind == "circular shift"


def test_overlapping_holds_count_their_sessions_twice():
    placebo = circular_shift(FIVE, entries((0, 3, 1), (1, 3, 1)))
    assert placebo.observed == pytest.approx((0.0 + 0.03) / 2)


def test_the_best_dates_of_all_are_at_the_top():
    returns = np.full(50, -0.01)
    returns[[10, 30]] = 0.05
    placebo = circular_shift(returns, entries((10, 1, 1), (30, 1, 1)))
    assert placebo.observed == pytest.approx(0.05)
    assert placebo.percentile == 100.0
    assert placebo.p_value == 1 / 50


def test_where_every_date_is_alike_none_did_worse():
    # Equal but for the rounding of sums: that is "as good", not "worse".
    returns = np.full(400, 0.1)
    placed = entries((3, 7, 1), (50, 11, 1), (200, 90, 1))
    for computed in (circular_shift(returns, placed), drawn(returns, placed, draws=200)):
        assert computed.percentile == 0.0
        assert computed.p_value == 1.0


def test_positions_of_meaningless_dates_are_uniform():
    rng = np.random.default_rng(2)
    listed = [
        circular_shift(rng.standard_normal(60), entries((5, 6, 1), (30, 9, -1))).p_value
        for _ in range(1_500)
    ]
    # P(p <= 12/60) = 12/60 exactly; four errors of sqrt(.2 * .8 / 1500) = .0103.
    assert np.mean(np.array(listed) <= 12 / 60) == pytest.approx(0.2, abs=0.042)


# --- random entries ---


def test_random_entries_are_every_arrangement_alike():
    """Holds of 2 and 1 in five sessions: twelve arrangements, six in each order."""
    powers = np.array([1.0, 2.0, 4.0, 8.0, 16.0])  # a sum names its sessions
    placebo = drawn(powers, entries((0, 2, 1), (3, 1, -1)), draws=24_000)
    arrangements = [
        (powers[two : two + 2].sum() - powers[one]) / 2
        for two in range(4)
        for one in range(5)
        if one not in (two, two + 1)
    ]
    assert len(set(arrangements)) == len(arrangements) == 12
    assert placebo.observed == (1 + 2 - 8) / 2
    assert placebo.kind == "random entries"
    values, counts = np.unique(placebo.chance, return_counts=True)
    np.testing.assert_array_equal(values, np.sort(arrangements))
    # 2,000 each: five errors of sqrt(24000 * 1/12 * 11/12) = 43.
    np.testing.assert_allclose(counts, 2_000, atol=5 * 43)


def test_holds_that_do_not_overlap_never_do():
    # Each session is worth its own power of two: a session held twice would be a carry.
    powers = 2.0 ** np.arange(12)
    placebo = drawn(powers, entries((0, 3, 1), (3, 3, 1), (6, 3, 1)), draws=500)
    bits = [round(total * 3).bit_count() for total in placebo.chance]
    assert set(bits) == {9}


def test_holds_that_overlap_are_placed_by_themselves():
    powers = np.array([1.0, 4.0, 16.0])
    placebo = drawn(powers, entries((0, 2, 1), (1, 2, 1)), draws=4_000)
    one = [powers[:2].sum(), powers[1:].sum()]
    expected = sorted({(a + b) / 2 for a in one for b in one})
    values, counts = np.unique(placebo.chance, return_counts=True)
    np.testing.assert_array_equal(values, expected)
    # A quarter, a half and a quarter of 4,000: five errors of sqrt(4000 * .25) = 32.
    np.testing.assert_allclose(counts, [1_000, 2_000, 1_000], atol=5 * 32)


def test_holds_that_touch_do_not_overlap():
    # Back to back fills the history: the only placebo is the other order of unequal holds.
    returns = np.array([1.0, 2.0, 4.0])
    computed = drawn(returns, entries((0, 2, 1), (2, 1, -1)), draws=300)
    assert set(computed.chance) == {(1 + 2 - 4) / 2, (2 + 4 - 1) / 2}


def test_directions_stay_with_their_holds():
    # The long hold is short the pair: wherever it stands, it pays three sessions of .01.
    placebo = drawn(np.full(40, 0.01), entries((0, 1, 1), (10, 3, -1)), draws=200)
    np.testing.assert_allclose(placebo.chance, (0.01 - 0.03) / 2, atol=1e-15)


def test_good_dates_are_found_and_the_direction_turns_them_bad():
    rng = np.random.default_rng(7)
    returns = 0.01 * rng.standard_normal(600)
    places = [40, 200, 333, 480]
    for first in places:
        returns[first : first + 20] += 0.006
    placebo = drawn(returns, entries(*[(first, 20, 1) for first in places]))
    assert placebo.percentile > 99
    assert placebo.p_value < 0.01
    turned = drawn(returns, entries(*[(first, 20, -1) for first in places]))
    assert turned.observed == pytest.approx(-placebo.observed)
    assert turned.percentile < 1


def test_placebos_average_to_holding_the_pair_for_as_long():
    returns = np.random.default_rng(8).standard_normal(300) * 0.01 + 0.002
    placebo = drawn(returns, entries((5, 10, 1), (100, 10, 1), (200, 10, 1)), draws=4_000)
    error = placebo.chance.std() / math.sqrt(4_000)
    # Sessions at the two ends are held a little less often than those inside.
    assert placebo.chance.mean() == pytest.approx(10 * returns.mean(), abs=4 * error + 1e-3)


def test_single_sessions_are_chosen_like_lots():
    returns = np.array([1.0, 10.0, 100.0, 1000.0])
    placebo = drawn(returns, entries((0, 1, 1), (1, 1, 1)), draws=600)
    assert set(placebo.chance) == {(a + b) / 2 for a, b in combinations(returns, 2)}


def test_percentile_and_p_are_counted_from_what_was_drawn():
    returns = np.random.default_rng(9).standard_normal(80)
    placebo = drawn(returns, entries((3, 5, 1), (40, 8, 1)), draws=999)
    assert len(placebo.chance) == 999
    assert placebo.percentile == pytest.approx(100 * (placebo.chance < placebo.observed).mean())
    assert placebo.p_value == (1 + (placebo.chance >= placebo.observed).sum()) / 1_000


def test_draws_repeat_themselves_for_the_same_seed_alone():
    returns = np.random.default_rng(9).standard_normal(80)
    placed = entries((3, 5, 1), (40, 8, 1))
    np.testing.assert_array_equal(drawn(returns, placed).chance, drawn(returns, placed).chance)
    assert (drawn(returns, placed, seed=2).chance != drawn(returns, placed).chance).any()


# --- what is refused ---


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(4, 2, 1)],
        [(-1, 2, 1)],
        [(0, 0, 1)],
        [(0, 1, 0)],
        [(0, 1, 1), (0, 1, 2)],
    ],
    ids=["none", "too late", "too early", "no hold", "no side", "two sides"],
)
def test_entries_outside_the_returns_are_refused(rows):
    with pytest.raises(ValueError, match="within 5 returns"):
        circular_shift(FIVE, entries(*rows))
    with pytest.raises(ValueError, match="within 5 returns"):
        drawn(FIVE, entries(*rows), draws=1)


def test_entries_of_unequal_parts_and_no_draws_are_refused():
    one, two = np.array([0]), np.array([1, 1])
    with pytest.raises(ValueError, match=r"entries were \[0\], held \[1, 1\]"):
        circular_shift(FIVE, Entries(first=one, hold_sessions=two, direction=two))
    with pytest.raises(ValueError, match="draws was 0"):
        drawn(FIVE, entries((0, 1, 1)), draws=0)


def test_a_missing_return_and_a_single_session_are_refused():
    with pytest.raises(ValueError, match="returns: 1 of 2"):
        circular_shift([0.1, math.nan], entries((0, 1, 1)))
    with pytest.raises(ValueError, match="within 1 returns"):
        circular_shift([0.1], entries((0, 1, 1)))
