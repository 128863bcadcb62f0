import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from reports.statistics.overfitting import cross_validation

EIGHT_ROWS = np.array([[1, 0], [2, 1], [1, 3], [0, 2], [3, 1], [2, 2], [1, 0], [4, 3]], dtype=float)


def test_every_split_of_eight_rows_by_hand():
    """Blocks of two rows; (mean, variance) of the chosen trial inside and outside.

    12|34: first (1, .5), and there (2.5, 1.25), the better one. 13|24: first (2, .5), (1.5, 2.25),
    worse than (2, 1.5). 14|23: first (2, 1.5), (1.5, 1.25), worse. 23|14: second (2, .5),
    (1, 1.5), worse. 24|13: second (2, 1.5), (1, .5), worse. 34|12: first (2.5, 1.25), (1, .5),
    better than (1.5, 1.25).
    """
    validation = cross_validation(EIGHT_ROWS, blocks=4)
    inside = [(1, 0.5), (2, 0.5), (2, 1.5), (2, 0.5), (2, 1.5), (2.5, 1.25)]
    outside = [(2.5, 1.25), (1.5, 2.25), (1.5, 1.25), (1, 1.5), (1, 0.5), (1, 0.5)]
    np.testing.assert_allclose(
        validation.in_sample, [m / math.sqrt(v) for m, v in inside], rtol=1e-14
    )
    np.testing.assert_allclose(
        validation.out_of_sample, [m / math.sqrt(v) for m, v in outside], rtol=1e-14
    )
    # Of two trials the better has omega 2/3, odds 2, and the worse 1/3, odds 1/2.
    signs = np.array([1, -1, -1, -1, -1, 1])
    np.testing.assert_allclose(validation.logits, signs * math.log(2), rtol=1e-14)
    assert validation.pbo == 4 / 6
    assert validation.loss_share == 0.0
    assert (validation.trials, validation.rows_left_out) == (2, 0)


def plain_logits(returns, blocks):
    """The definition, row by row."""
    parts = np.split(returns, blocks)
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[i] for i in chosen])
        outside = np.concatenate([parts[i] for i in range(blocks) if i not in chosen])
        best = (inside.mean(axis=0) / inside.std(axis=0)).argmax()
        ranks = stats.rankdata(outside.mean(axis=0) / outside.std(axis=0))
        omega = ranks[best] / (returns.shape[1] + 1)
        yield math.log(omega / (1 - omega))


def test_logits_are_those_of_the_definition_row_by_row():
    returns = np.random.default_rng(7).standard_t(4, (120, 7)) * 0.01 + 0.0005
    validation = cross_validation(returns, blocks=6)
    np.testing.assert_allclose(validation.logits, list(plain_logits(returns, 6)), rtol=1e-12)
    assert len(validation.logits) == math.comb(6, 3)
    assert validation.pbo == (validation.logits <= 0).mean()


def test_a_trial_in_the_middle_out_of_sample_is_overfit():
    # Three trials: rank 2 of 3 is omega 1/2, logit 0, which is "not above the median".
    returns = np.array([[3.0, 2.0, 1.0], [3.1, 2.1, 1.1], [2.0, 3.0, 1.0], [2.1, 3.1, 1.1]])
    validation = cross_validation(returns, blocks=2)
    assert validation.logits.tolist() == [0.0, 0.0]
    assert validation.pbo == 1.0


def test_a_genuine_edge_is_not_overfit_and_noise_is_half_the_time():
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((800, 20))
    edge = noise.copy()
    edge[:, 4] += 0.3  # 8 standard errors over 800 rows
    assert cross_validation(edge, blocks=8).pbo == 0.0
    # Splits share rows, so one table says little: the mean over twenty tables.
    tables = [cross_validation(rng.standard_normal((160, 10)), blocks=8).pbo for _ in range(20)]
    # One table's PBO has a deviation of some .25: four errors of .25 / sqrt(20).
    assert np.mean(tables) == pytest.approx(0.5, abs=0.23)


def test_the_order_of_trials_and_their_scale_do_not_matter():
    returns = np.random.default_rng(9).standard_normal((90, 6))
    returns = np.column_stack([returns, np.zeros(90), returns[:, 0], np.zeros(90)])
    validation = cross_validation(returns, blocks=6)
    for order in (np.arange(9)[::-1], np.random.default_rng(1).permutation(9)):
        again = cross_validation(returns[:, order], blocks=6)
        np.testing.assert_array_equal(again.logits, validation.logits)
    doubled = cross_validation(returns * 2.0, blocks=6)  # a power of two: no rounding
    np.testing.assert_array_equal(doubled.logits, validation.logits)


def test_trials_that_do_nothing_have_a_ratio_of_zero_and_share_a_rank():
    # The only active trial loses everywhere: an idle one is chosen, tied with the other idle one.
    losing = np.array([-1.0, -2.0, -1.0, -2.0])
    validation = cross_validation(np.column_stack([losing, np.zeros(4), np.zeros(4)]), blocks=2)
    assert validation.in_sample.tolist() == [0.0, 0.0]
    # Ranks 2 and 3 shared: 2.5 / 4, odds 2.5 / 1.5.
    np.testing.assert_allclose(validation.logits, math.log(2.5 / 1.5), rtol=1e-14)


def test_of_equally_good_trials_the_one_that_fails_later_is_taken():
    returns = np.array([[1.0, 2.0, -1.0, -2.0], [1.0, 2.0, 5.0, 6.0]]).T
    for columns in (returns, returns[:, ::-1]):
        assert cross_validation(columns, blocks=2).logits[0] == pytest.approx(math.log(1 / 2))


def test_a_gain_without_any_deviation_is_infinitely_good():
    returns = np.column_stack([np.full(4, 2.0), [1.0, 2.0, 1.0, 2.0], np.full(4, -2.0)])
    validation = cross_validation(returns, blocks=2)
    assert validation.in_sample.tolist() == [math.inf, math.inf]
    np.testing.assert_allclose(validation.logits, math.log(3), rtol=1e-14)


def test_rows_that_fill_no_block_are_the_oldest_and_are_counted():
    returns = np.random.default_rng(4).standard_normal((103, 5))
    validation = cross_validation(returns, blocks=10)
    assert validation.rows_left_out == 3
    np.testing.assert_array_equal(
        validation.logits, cross_validation(returns[3:], blocks=10).logits
    )


def test_losses_out_of_sample_are_counted():
    # Each trial gains in one half and loses in the other.
    returns = np.array([[1.0, -1.0], [2.0, -2.0], [-1.0, 1.0], [-2.0, 2.0]])
    validation = cross_validation(returns, blocks=2)
    assert validation.loss_share == 1.0
    assert validation.pbo == 1.0


@pytest.mark.parametrize(
    ("shape", "blocks"), [((40, 3), 5), ((40, 3), 0), ((40, 1), 4), ((7, 3), 4)]
)
def test_odd_blocks_one_trial_and_too_few_rows_are_refused(shape, blocks):
    with pytest.raises(ValueError, match=f"blocks was {blocks} for {shape[0]} rows"):
        cross_validation(np.random.default_rng(1).standard_normal(shape), blocks=blocks)


def test_a_missing_return_is_refused():
    returns = EIGHT_ROWS.copy()
    returns[3, 1] = math.nan
    with pytest.raises(ValueError, match="returns: 1 of 16 values"):
        cross_validation(returns, blocks=4)
