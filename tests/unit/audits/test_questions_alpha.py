"""Q3: what the benchmark and a trend leave of a return, by hand, on a random walk, on an edge."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.audits.questions.alpha_beta import alpha_or_beta
from reports.statistics.regression import hac_regression
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject


def newey_west(own, columns, lags):
    """The same errors written out: ``(X'X)^-1 S (X'X)^-1``, S of Bartlett weights."""
    slopes = np.linalg.solve(columns.T @ columns, columns.T @ own)
    scores = columns * (own - columns @ slopes)[:, None]
    middle = scores.T @ scores
    for j in range(1, lags + 1):
        lagged = scores[j:].T @ scores[:-j]
        middle += (1 - j / (lags + 1)) * (lagged + lagged.T)
    inverse = np.linalg.inv(columns.T @ columns)
    n, k = columns.shape
    return slopes, np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - k))


def test_a_regression_is_least_squares_with_newey_west_errors_written_out():
    rng = np.random.default_rng(3)
    proxies = rng.standard_normal((150, 2)) * 0.01
    noise = rng.standard_normal(150) * 0.004
    own = 0.001 + proxies @ [0.5, -0.2] + noise + np.append(0.0, noise[:-1])
    slopes, errors = newey_west(own, np.column_stack([np.ones(150), proxies]), 4)
    fit = hac_regression(own, proxies)
    assert fit.lags == math.floor(4 * 1.5 ** (2 / 9)) == 4
    assert fit.alpha == pytest.approx(slopes[0], rel=1e-9)
    assert fit.alpha_t == pytest.approx(slopes[0] / errors[0], rel=1e-9)
    np.testing.assert_allclose(fit.betas, slopes[1:], rtol=1e-9)
    np.testing.assert_allclose(fit.betas_t, slopes[1:] / errors[1:], rtol=1e-9)


def test_a_mean_beside_an_idle_proxy_by_hand():
    # Ten times 1, -1 orthogonal to the returns 3, 3, 1, 1: alpha is the mean, beta 0.
    own = np.array([3.0, 3.0, 1.0, 1.0] * 5)
    fit = hac_regression(own, np.array([[1.0], [-1.0]] * 10))
    assert fit.alpha == pytest.approx(2.0)
    assert fit.betas[0] == pytest.approx(0.0, abs=1e-12)
    assert fit.r_squared == pytest.approx(0.0, abs=1e-12)


def test_no_regression_on_what_cannot_be_told_apart():
    line = np.random.default_rng(1).standard_normal((60, 1))
    own = np.random.default_rng(2).standard_normal(60)
    assert hac_regression(own, np.column_stack([line, 2 * line])) is None  # one proxy twice
    assert hac_regression(own[:19], line[:19]) is None  # 19 < 10 a coefficient
    assert hac_regression(3 * line[:, 0], line) is None  # nothing left to measure an error by
    with pytest.raises(ValueError, match="1 of 60 values were NaN"):
        hac_regression(np.append(own[1:], np.nan), line)


def test_a_random_walk_leaves_no_more_than_chance_and_a_planted_edge_does():
    walk = alpha_or_beta(asked_of(control_subject(4)))
    assert walk.rating == "shown"
    assert abs(walk.numbers["alpha_t"]) < 1.96
    assert "no more than chance leaves" in walk.sentence
    edge = alpha_or_beta(asked_of(control_subject(4, edge=0.004)))
    assert edge.numbers["alpha_t"] > 1.96
    assert "more than chance and these explain" in edge.sentence
    assert any(text.startswith("market: ") for text in edge.not_checked)
    assert edge.numbers["sessions"] == 800 - 127


def test_a_run_that_is_its_benchmark_is_beta():
    asked = asked_of(control_subject(4))
    rng = np.random.default_rng(9)
    market = rng.normal(0.002, 0.01, 800)
    result = asked.result
    config = result.config.model_copy(
        update={"data": result.config.data.model_copy(update={"benchmark": "MKT"})}
    )
    held = type(result).on_demand(
        {}, config=config, closes=result.closes, benchmark_returns=pd.Series(market)
    )
    noise = rng.normal(0.0, 0.002, 800)
    answered = alpha_or_beta(replace(asked, result=held, returns=1.5 * market + noise))
    assert answered.numbers["betas"]["MKT"] == pytest.approx(1.5, abs=0.05)
    assert answered.numbers["mean_annual"] > 0.5
    assert abs(answered.numbers["alpha_t"]) < 1.96


def test_too_few_sessions_are_a_reason():
    few = alpha_or_beta(asked_of(control_subject(3, sessions=130)))
    assert (few.rating, few.sentence[:9]) == ("not run", "Not run: ")
