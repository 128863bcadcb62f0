"""The spread, its z-scores, half-life and entries, with values worked by hand."""

import math

import numpy as np
import pytest

from strategies.rules import spread
from strategies.spread_pair import SpreadPair
from tests.unit.hand_market import hand_config

NAN = math.nan


def test_the_spread_takes_each_session_s_own_ratio():
    made = spread.spread_of(np.array([5.0, 6.0]), np.array([2.0, 3.0]), np.array([1.0, 1.5]))
    assert made.tolist() == [3.0, 1.5]


def test_a_formation_window_judges_what_follows_it_with_population_sd():
    y, x = np.array([1.0, 3.0, 5.0, 9.0, 2.0]), np.ones(5)
    ratio = np.array([NAN, NAN, 1.0, 1.0, 2.0])
    z = spread.formation_zscore(y, x, ratio, 2, 2)
    assert np.isnan(z[:2]).all()
    # Window 1, 3 less 1: 0, 2, mean 1, sd 1. Then 4 and 8.
    assert z[2:4].tolist() == [3.0, 7.0]
    # Window 5, 9 less 2: 3, 7, mean 5, sd 2. Then 0.
    assert z[4] == -2.5


def test_a_spread_that_did_not_move_when_formed_has_no_z():
    z = spread.formation_zscore(np.ones(4), np.ones(4), np.ones(4), 2, 2)
    assert np.isnan(z).all()


def test_the_filter_s_own_variance_and_numbers_of_others_make_a_z():
    assert spread.filter_zscore(np.array([3.0, -1.0]), np.array([4.0, 0.25])).tolist() == [1.5, -2]
    assert spread.fixed_zscore(np.array([3.0, -1.0]), 1.0, 2.0).tolist() == [1.0, -1.0]


def test_a_deviation_that_halves_each_session_has_a_half_life_of_ln_2_over_a_half():
    decay = 8.0 * 0.5 ** np.arange(8)
    lives = spread.half_life(decay, 4)
    assert np.isnan(lives[:4]).all()
    assert lives[4:] == pytest.approx([math.log(2.0) / 0.5] * 4)


def test_what_runs_away_has_no_half_life():
    assert np.isnan(spread.half_life(2.0 ** np.arange(8), 4)).all()


def test_a_spread_is_bought_strictly_below_and_sold_strictly_above():
    z = np.array([-2.0, -2.1, 2.0, 2.1, NAN, 0.0])
    sides = spread.spread_entries(z, np.ones(6), 2.0, NAN)
    assert sides.tolist() == [0, 1, 0, -1, 0, 0]


def test_a_spread_that_has_run_away_or_lost_its_hedge_is_not_entered():
    z = np.array([-3.0, 3.0, -2.9, -2.5, -2.5])
    ratio = np.array([1.0, 1.0, 1.0, -0.1, NAN])
    assert spread.spread_entries(z, ratio, 2.0, 3.0).tolist() == [0, 0, 1, 0, 0]


def test_log_prices_are_the_c_librarys_so_that_no_processor_rounds_them_otherwise():
    closes = 100.0 + np.random.default_rng(3).random(50)
    config = hand_config(
        signal={"kind": "spread", "hedge": {"kind": "fixed", "ratio": 1.0}, "on": "log_price"}
    )
    lines = SpreadPair.signal_lines(config, closes, closes[::-1].copy())
    expected = [math.log(a) - math.log(b) for a, b in zip(closes, closes[::-1], strict=True)]
    assert lines["spread"].tolist() == expected
