import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from reports.statistics.deaveraging import deaverage, k_star, k_star_odds

# Seven entries in four clusters: totals a 5, b -3, c 4, d -2.
VALUES = [2.0, 3.0, -3.0, 1.0, 1.0, 2.0, -2.0]
CLUSTERS = ["a", "a", "b", "c", "c", "c", "d"]


def odds(k, *, clusters=8, effect_size=0.5, draws=200_000, seed=1):
    return k_star_odds(
        k,
        clusters=clusters,
        effect_size=effect_size,
        draws=draws,
        rng=np.random.default_rng(seed),
    )


# --- an average, taken apart ---


def test_four_clusters_by_hand():
    shares = deaverage(VALUES, CLUSTERS)
    assert (shares.entries, shares.labels) == (7, ("a", "b", "c", "d"))
    assert shares.mean == pytest.approx(4 / 7)
    assert shares.totals.tolist() == [5.0, -3.0, 4.0, -2.0]
    # The total is 4; a has two entries, b one, c three, d one.
    np.testing.assert_allclose(shares.means_without, [-1 / 5, 7 / 6, 0 / 4, 6 / 6], atol=1e-15)
    assert shares.min_mean == pytest.approx(-1 / 5)
    # Best first: a, c, d, b.
    np.testing.assert_allclose(shares.means_without_best, [4 / 7, -1 / 5, -5 / 2, -3 / 1])
    assert shares.k_star == 1


def test_the_worst_cluster_to_lose_by_mean_need_not_be_the_one_with_the_largest_total():
    # Without a (total 6 of six entries) 5 of 2 is left; without b (total 5 of one) 6 of 7.
    shares = deaverage([1.0] * 6 + [5.0, 0.0], ["a"] * 6 + ["b", "c"])
    np.testing.assert_allclose(shares.means_without, [5 / 2, 6 / 7, 11 / 7])
    assert shares.min_mean == pytest.approx(6 / 7)
    np.testing.assert_allclose(shares.means_without_best, [11 / 8, 5 / 2, 0.0])


def test_the_published_half_year_lives_in_the_cluster_of_2025():
    # Eight entries of +6.74 % on average, three of them of one summer, +65.0, +60.2 and +71.7.
    rest = 8 * 0.0674 - (0.650 + 0.602 + 0.717)
    others = [rest / 5 + step for step in (-0.1, -0.05, 0.0, 0.05, 0.1)]
    years = ["2025"] * 3 + ["2024-a", "2024-a", "2024-b", "2024-b", "2024-c"]
    shares = deaverage([0.650, 0.602, 0.717, *others], years)
    # Printed figures: good to a twentieth of a point in eight numbers, over five entries.
    assert shares.min_mean == pytest.approx(-0.286, abs=0.001)
    assert shares.k_star == 1


def test_clusters_may_be_numbers_and_the_order_of_entries_does_not_matter():
    numbered = deaverage(VALUES, [1, 1, 2, 3, 3, 3, 4])
    order = [6, 2, 0, 4, 1, 3, 5]
    shuffled = deaverage([VALUES[i] for i in order], [CLUSTERS[i] for i in order])
    for computed in (numbered, shuffled):
        np.testing.assert_allclose(computed.totals, [5.0, -3.0, 4.0, -2.0])
        np.testing.assert_allclose(computed.means_without, [-1 / 5, 7 / 6, 0, 1], atol=1e-15)
        assert computed.k_star == 1
    assert numbered.labels == ("1", "2", "3", "4")


def test_without_the_only_cluster_nothing_is_left():
    shares = deaverage([1.0, 2.0], ["a", "a"])
    assert np.isnan(shares.means_without).tolist() == [True]
    assert shares.min_mean is None
    assert shares.means_without_best.tolist() == [1.5]
    assert shares.k_star == 1


@pytest.mark.parametrize(
    ("values", "clusters", "complaint"),
    [
        ([1.0, 2.0], ["a"], "values were 2 and clusters 1"),
        ([], [], "values were 0 and clusters 0"),
        ([1.0, math.nan], ["a", "b"], "values: 1 of 2"),
    ],
)
def test_entries_without_a_label_or_an_outcome_are_refused(values, clusters, complaint):
    with pytest.raises(ValueError, match=complaint):
        deaverage(values, clusters)


# --- k* ---


@pytest.mark.parametrize(
    ("totals", "clusters"),
    [
        ([3.0, 3.0, 3.0, 3.0], 4),  # a constant gain: only without all of them nothing is left
        ([-1.0, -1.0], 0),
        ([0.0, 0.0], 0),
        ([], 0),
        ([5.0], 1),
        ([10.0, 1.0, -2.0], 1),
        ([4.0, 4.0, 4.0, -5.0, -4.0], 1),  # 3; without one 4, -1
        ([4.0, 4.0, 4.0, -4.0], 2),  # 8; 4 after one, 0 after two: zero is no profit
        ([0.1, 0.2, -0.3], 0),  # sums to 5.6e-17
    ],
)
def test_k_star_by_hand(totals, clusters):
    assert k_star(totals) == clusters
    assert k_star(totals[::-1]) == clusters


def test_k_star_does_not_depend_on_the_unit_and_falls_with_a_loss():
    rng = np.random.default_rng(3)
    for _ in range(50):
        totals = rng.standard_normal(12) + 0.4
        computed = k_star(totals)
        assert k_star(totals * 1e6) == k_star(totals * 1e-6) == computed
        assert k_star([*totals, -1.0]) <= computed
        assert 0 <= computed <= 12


# --- how usual it is ---


def exact_odds(k, n, d):
    """P(k* <= k | total > 0) for n normals, by the order statistic that bounds the ones kept.

    The kept n - k lie below the next larger, x: given x they are independent normals cut at x,
    whose sum is convolved on a grid of cells 0.02 wide, each cell's mass at its middle.
    """
    width, kept = 0.02, n - k
    edges = np.arange(-6.0, 6.0 + width / 2, width) + d
    mass = np.diff(stats.norm.cdf(edges - d))
    count = math.factorial(n) / (math.factorial(kept) * math.factorial(k - 1))
    heights = []
    for cells in range(1, len(edges)):
        size = 1 << (kept * cells).bit_length()
        sums = np.fft.irfft(np.fft.rfft(mass[:cells], size) ** kept, size)[: kept * cells]
        middles = kept * (edges[0] + width / 2) + width * np.arange(len(sums))
        upper = stats.norm.sf(edges[cells] - d) ** (k - 1)
        density = stats.norm.pdf(edges[cells] - d) * upper
        heights.append(count * density * sums[middles <= width * 1e-6].sum())
    at_most = np.trapezoid(heights, dx=width)
    loss = stats.norm.cdf(-d * math.sqrt(n))
    return (at_most - loss) / (1 - loss)


def test_three_of_eight_trades_make_all_the_profit_half_the_time_under_a_genuine_edge():
    # The statement behind "51 %": d = 0.5, eight trades that made money in total, and k* <= 3.
    exact = exact_odds(3, 8, 0.5)
    assert exact == pytest.approx(0.51, abs=0.005)
    chance = odds(3)
    # Some 184,000 of 200,000 draws are profitable: errors of sqrt(.51 * .49 / 184000) = .00117.
    assert chance.standard_error == pytest.approx(0.00117, abs=0.00001)
    assert chance.probability == pytest.approx(exact, abs=4 * 0.00117)
    assert chance.probability == pytest.approx(0.51, abs=0.005)


def test_counting_losing_samples_too_would_give_another_figure():
    # Those lose money with probability Phi(-.5 sqrt 8) = 7.9 %, and have k* = 0.
    loss = stats.norm.cdf(-0.5 * math.sqrt(8))
    assert exact_odds(3, 8, 0.5) * (1 - loss) + loss == pytest.approx(0.549, abs=0.001)


@pytest.mark.parametrize(("n", "d"), [(2, 0.5), (3, 0.2), (8, 0.5), (8, 1.0)])
def test_needing_all_but_one_has_a_closed_form(n, d):
    # The smallest of n is above zero with probability Phi(d)**n, and only then are all needed.
    gain = stats.norm.cdf(d * math.sqrt(n))
    expected = (gain - stats.norm.cdf(d) ** n) / gain
    assert exact_odds(n - 1, n, d) == pytest.approx(expected, abs=2e-4)  # the grid's cells
    chance = odds(n - 1, clusters=n, effect_size=d)
    assert chance.probability == pytest.approx(expected, abs=4 * chance.standard_error)


def test_odds_rise_with_k_to_certainty_and_fall_with_the_edge():
    by_k = [odds(k, draws=20_000).probability for k in range(1, 9)]
    assert all(one < other for one, other in pairwise(by_k))
    assert by_k[-1] == 1.0
    by_edge = [odds(2, effect_size=d, draws=20_000).probability for d in (0.1, 0.3, 0.5, 1.0)]
    assert all(one > other for one, other in pairwise(by_edge))


def test_odds_repeat_themselves_for_the_same_seed_alone_and_are_told_with_their_assumptions():
    chance = odds(3, draws=25_000, seed=5)
    assert chance == odds(3, draws=25_000, seed=5)
    assert chance.probability != odds(3, draws=25_000, seed=6).probability
    assert (chance.k_star, chance.clusters, chance.effect_size) == (3, 8, 0.5)
    assert chance.draws == 25_000


def test_as_many_samples_are_drawn_as_were_asked_for():
    # One profitable sample has its k* within 3 or has not: nothing in between.
    assert {odds(3, draws=1, seed=seed).probability for seed in (1, 2, 3, 4, 6)} <= {0.0, 1.0}


@pytest.mark.parametrize(
    "wrong", [{"k": 0}, {"k": 9}, {"effect_size": 0.0}, {"effect_size": math.nan}, {"draws": 0}]
)
def test_a_k_that_needs_no_explanation_is_refused(wrong):
    with pytest.raises(ValueError, match="expected 1 <= k <= clusters"):
        odds(**{"k": 3, "draws": 10, **wrong})
