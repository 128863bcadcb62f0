"""Does a group carry the profit by chance? By hand, and its level on noise."""

import itertools

import numpy as np
import pytest

from reports.statistics.permutation import largest_group_p


def test_against_every_permutation_listed():
    outcomes, groups = [5.0, 1.0, -2.0, 0.5, 3.0], [[0, 4], [1], [2, 3]]
    observed = 5.0 + 3.0
    best = [
        max(sum(order[place] for place in group) for group in groups)
        for order in itertools.permutations(outcomes)
    ]
    exact = np.mean([each >= observed - 1e-9 for each in best])
    drawn = largest_group_p(outcomes, groups, draws=20_000, rng=np.random.default_rng(1))
    # Three standard errors of 20,000 draws.
    assert drawn == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / 20_000))


def test_the_same_outcome_everywhere_is_as_likely_in_any_group():
    assert largest_group_p([1.0] * 6, [[0, 1], [2]], draws=99, rng=np.random.default_rng(1)) == 1.0


def test_five_in_a_hundred_of_noise_are_at_five_per_cent_over_all_groups():
    rng = np.random.default_rng(2)
    groups = [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9], [0, 5, 9], [1, 6]]  # two splits that overlap
    found = [
        largest_group_p(rng.standard_normal(20), groups, draws=199, rng=rng) for _ in range(400)
    ]
    # Of 400 at a true 5 %: 20, and 3 standard errors of 4.4 each side.
    assert 7 <= sum(p <= 0.05 for p in found) <= 33


def test_a_group_without_entries_is_refused():
    with pytest.raises(ValueError, match="group 1 was empty"):
        largest_group_p([1.0, 2.0], [[0], []], draws=9, rng=np.random.default_rng(1))
