"""Pairs by distance: which are formed and when they open and close, worked by hand."""

import numpy as np
import pytest

from strategies.rules.distance import a_day_later, closest_pairs, differences, positions

NAN = float("nan")
# Normalised by the first: A 1 1.1 1.2, B 1 1.1 1.3, C 1 1 1, D 1 1.2 1.6. Squared distances:
# AB 0.01, AC 0.01 + 0.04, AD 0.01 + 0.16, BC 0.01 + 0.09, BD 0.01 + 0.09, CD 0.04 + 0.36.
PRICES = np.array([[10.0, 11.0, 12.0], [20.0, 22.0, 26.0], [5.0, 5.0, 5.0], [1.0, 1.2, 1.6]])


def test_each_symbol_gets_its_nearest_partner_and_the_closest_pairs_come_first():
    formed = closest_pairs(PRICES, 10)
    # A's is B and B's is A, C's is A, D's is B: BC and CD are nobody's nearest.
    assert [(each.first, each.second) for each in formed] == [(0, 1), (0, 2), (1, 3)]
    assert [each.distance for each in formed] == pytest.approx([0.01, 0.01 + 0.04, 0.01 + 0.09])
    # A less B: 0, 0, -0.1 with mean -0.1 / 3.
    mean = -0.1 / 3
    sd = np.sqrt((2 * mean**2 + (-0.1 - mean) ** 2) / 2)
    assert formed[0].sd == pytest.approx(sd)
    assert closest_pairs(PRICES, 2) == formed[:2]


def test_a_price_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="prices had NaN"):
        closest_pairs(np.array([[1.0, NAN], [1.0, 1.0]]), 1)


def test_a_pair_opens_beyond_two_deviations_and_closes_where_prices_cross():
    #        0     1    2    3     4    5     6     7     8
    apart = [0.0, 0.1, 0.3, 0.25, 0.1, -0.1, -0.3, -0.3, -0.4]
    held = positions(np.array(apart), 0.1, 2.0)
    # At 2 the first is dear by more than 0.2: sold. At 5 they have crossed: flat. At 6 it is cheap
    # by more than 0.2: bought, and never crosses, so that the end closes it.
    assert held.tolist() == [0, 0, -1, -1, -1, 0, 1, 1, 0]
    assert positions(np.array([0.0, 0.2, 0.2]), 0.1, 2.0).tolist() == [0, 0, 0]  # not more than


def test_a_pair_may_cross_and_open_the_other_way_at_one_close():
    assert positions(np.array([0.0, 0.3, -0.3, 0.0, 0.0]), 0.1, 2.0).tolist() == [0, -1, 1, 0, 0]


def test_nothing_opens_at_the_last_close():
    assert positions(np.array([0.0, 0.1, 0.5]), 0.1, 2.0).tolist() == [0, 0, 0]


def test_a_day_later_is_the_same_decisions_at_the_next_close():
    held = positions(np.array([0.0, 0.3, 0.25, -0.1, -0.3, -0.3, -0.2]), 0.1, 2.0)
    assert held.tolist() == [0, -1, -1, 0, 1, 1, 0]
    assert a_day_later(held).tolist() == [0, 0, -1, -1, 0, 1, 0]


def test_both_prices_begin_at_one():
    apart = differences(np.array([10.0, 12.0]), np.array([50.0, 55.0]))
    assert apart == pytest.approx([0.0, 12 / 10 - 55 / 50])


@pytest.mark.parametrize("seed", range(5))
def test_no_later_price_changes_what_was_held(seed):
    apart = np.append(0.0, np.cumsum(np.random.default_rng(seed).normal(0.0, 0.1, 60)))
    before = positions(apart, 0.1, 2.0)
    for count in range(2, len(apart)):
        assert positions(apart[:count], 0.1, 2.0)[:-1].tolist() == before[: count - 1].tolist()
    bumped = positions(np.append(apart[:-1], apart[-1] * 1.5), 0.1, 2.0)
    assert bumped.tolist() == before.tolist()
