import math

import numpy as np
import pytest

from reports.statistics.paths import bootstrap_block, resampled_indices


def legs(n=400, *, seed=3):
    """Two related legs that drift."""
    rng = np.random.default_rng(seed)
    common = 0.01 * rng.standard_normal(n)
    noise = rng.standard_normal((n, 2)) * [0.012, 0.006]
    return np.column_stack([common, common]) + noise + [0.002, -0.001]


def places(sessions=50, *, block=5, count=20, seed=1):
    return resampled_indices(sessions, block=block, count=count, rng=np.random.default_rng(seed))


# --- blocks ---


def test_a_block_is_at_least_a_week():
    assert bootstrap_block(np.random.default_rng(5).standard_normal((400, 2))) == 5


def test_a_leg_that_remembers_lengthens_the_block_of_both():
    returns = np.random.default_rng(5).standard_normal((1_000, 2))
    for i in range(1, 1_000):
        returns[i, 1] += 0.7 * returns[i - 1, 1]
    assert bootstrap_block(returns) > 10
    assert bootstrap_block(returns) == bootstrap_block(returns[:, 1])


def test_a_missing_return_is_refused():
    returns = legs()
    returns[7, 0] = math.nan
    with pytest.raises(ValueError, match="NaN or infinite"):
        bootstrap_block(returns)


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
    order = places(500, block=10, count=200)
    jumps = (np.diff(order, axis=1) % 500 != 1).mean()
    # A jump lands on the very next session once in 500. 99,800 steps: four errors of
    # sqrt(.1 * .9 / 99800) = .00095.
    assert jumps == pytest.approx(0.1 * 499 / 500, abs=0.0038)


def test_every_session_is_as_likely_as_any_other():
    order = places(40, block=5, count=2_000)
    shares = np.bincount(order.ravel(), minlength=40) / order.size
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
