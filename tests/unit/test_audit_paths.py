import math

import numpy as np
import pytest

from reports.audits.paths import bootstrap_block, demeaned, price_path, resampled_indices


def legs(n=400, *, seed=3):
    """Two related legs that drift."""
    rng = np.random.default_rng(seed)
    common = 0.01 * rng.standard_normal(n)
    noise = rng.standard_normal((n, 2)) * [0.012, 0.006]
    return np.column_stack([common, common]) + noise + [0.002, -0.001]


def places(sessions=50, *, block=5, count=20, seed=1):
    return resampled_indices(sessions, block=block, count=count, rng=np.random.default_rng(seed))


# --- blocks and drift ---


def test_a_block_is_at_least_a_week():
    assert bootstrap_block(np.random.default_rng(5).standard_normal((400, 2))) == 5


def test_a_leg_that_remembers_lengthens_the_block_of_both():
    returns = np.random.default_rng(5).standard_normal((1_000, 2))
    for i in range(1, 1_000):
        returns[i, 1] += 0.7 * returns[i - 1, 1]
    assert bootstrap_block(returns) > 10
    assert bootstrap_block(returns) == bootstrap_block(returns[:, 1])


def test_demeaned_log_returns_have_no_mean_and_keep_everything_else():
    returns = legs()
    found = demeaned(returns)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-17)
    np.testing.assert_allclose(np.cov(found.T), np.cov(returns.T), rtol=1e-12)
    np.testing.assert_allclose(returns - found, np.tile(returns.mean(axis=0), (400, 1)))


def test_without_simple_drift_a_dollar_in_either_leg_is_expected_to_stay_one():
    found = demeaned(legs(), mean="simple")
    np.testing.assert_allclose(np.exp(found).mean(axis=0), 1.0, rtol=1e-14)
    # To second order the log drift is then minus half the variance.
    np.testing.assert_allclose(found.mean(axis=0), -found.var(axis=0) / 2, rtol=0.05)


def test_a_missing_return_is_refused():
    returns = legs()
    returns[7, 0] = math.nan
    for ask in (demeaned, bootstrap_block):
        with pytest.raises(ValueError, match="NaN or infinite"):
            ask(returns)


# --- places ---


def own_places(n, block, count, rng):
    """The stationary bootstrap from its definition, drawing in the order of `arch`."""
    paths = []
    for _ in range(count):
        starts, chances = rng.integers(n, size=n), rng.random(n)
        path = [int(starts[0])]
        for i in range(1, n):
            anew = chances[i] <= 1.0 / block
            path.append(int(starts[i]) if anew else (path[-1] + 1) % n)
        paths.append(path)
    return np.array(paths)


def test_places_are_those_of_a_stationary_bootstrap_written_from_its_definition():
    expected = own_places(60, 7, 15, np.random.default_rng(4))
    np.testing.assert_array_equal(places(60, block=7, count=15, seed=4), expected)


def test_runs_of_sessions_are_as_long_as_the_block_on_average():
    found = places(500, block=10, count=200)
    jumps = (np.diff(found, axis=1) % 500 != 1).mean()
    # A jump lands on the very next session once in 500. 99,800 steps: four errors of
    # sqrt(.1 * .9 / 99800) = .00095.
    assert jumps == pytest.approx(0.1 * 499 / 500, abs=0.0038)


def test_every_session_is_as_likely_as_any_other():
    found = places(40, block=5, count=2_000)
    shares = np.bincount(found.ravel(), minlength=40) / found.size
    # 80,000 places in runs of 5 know a share of 1/40 as well as 16,000 or so independent ones
    # (a run visits a session at most once): five errors of sqrt(1/40 / 16000) = .00125.
    np.testing.assert_allclose(shares, 1 / 40, atol=0.00625)


def test_places_have_their_shape_and_repeat_themselves_for_the_same_seed_alone():
    assert places(50, count=20).shape == (20, 50)
    assert places(50).dtype == np.int64
    np.testing.assert_array_equal(places(seed=2), places(seed=2))
    assert (places(seed=2) != places(seed=3)).any()


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(1)
    both = [resampled_indices(50, block=5, count=10, rng=rng) for _ in range(2)]
    np.testing.assert_array_equal(np.vstack(both), places(50, count=20, seed=1))


@pytest.mark.parametrize("wrong", [{"sessions": 0}, {"block": 0}, {"count": 0}])
def test_nothing_cannot_be_resampled(wrong):
    with pytest.raises(ValueError, match="expected all at least 1"):
        places(**wrong)


# --- prices ---


def test_a_path_in_the_original_order_is_the_history():
    prices = np.array([[100.0, 50.0], [110.0, 45.0], [99.0, 54.0]])
    found = price_path(np.diff(np.log(prices), axis=0), np.arange(2), start=prices[0])
    np.testing.assert_allclose(found, prices, rtol=1e-14)


def test_legs_of_a_session_stay_together():
    # Leg one doubles or stays, and leg two halves just when leg one doubles.
    returns = np.log([[2.0, 0.5], [1.0, 1.0], [2.0, 0.5]])
    found = price_path(returns, np.array([1, 0, 0, 2]), start=[10.0, 10.0])
    np.testing.assert_allclose(found[:, 0], [10, 10, 20, 40, 80], rtol=1e-14)
    np.testing.assert_allclose(found[:, 1], [10, 10, 5, 2.5, 1.25], rtol=1e-14)


def test_paths_of_demeaned_returns_drift_nowhere_on_average():
    returns = demeaned(legs(250))
    block = bootstrap_block(returns)
    rows = places(250, block=block, count=2_000)
    ends = np.array([np.log(price_path(returns, row, start=1.0)[-1]) for row in rows])
    errors = ends.std(axis=0) / math.sqrt(2_000)
    assert (np.abs(ends.mean(axis=0)) < 4 * errors).all()
    # And the legs are as related as they were: 250 sessions of correlation .6 know it to .04,
    # 2,000 ends to .014.
    before, after = np.corrcoef(returns.T)[0, 1], np.corrcoef(ends.T)[0, 1]
    assert after == pytest.approx(before, abs=0.1)


@pytest.mark.parametrize("start", [0.0, [10.0, -1.0]])
def test_a_path_starts_from_a_price(start):
    with pytest.raises(ValueError, match="expected prices above 0"):
        price_path(legs(10), np.arange(10), start=start)
