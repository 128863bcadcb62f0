"""Q5: the share of the best few, by hand, on a random walk and on a planted edge."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from reports.audits.questions.concentration import best_of_it
from reports.statistics.concentration import best_share, usual_share
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject


def test_the_share_of_the_best_by_hand():
    pnl = [500.0, -200.0, 300.0, 100.0, -300.0]  # 400 in all
    assert best_share(pnl, 1) == 500 / 400
    assert best_share(pnl, 3) == 900 / 400
    assert best_share([30.0, 10.0], 3) == 1.0
    assert best_share([30.0, -30.0], 1) is None


@pytest.mark.parametrize("d", [0.2, 0.8])
def test_of_two_outcomes_the_chance_is_exact(d):
    # The best is all of it, or more, when the other is no gain; given that both make money.
    phi = NormalDist().cdf
    exact = (1 - phi(d) ** 2 - phi(-d * 2**0.5)) / phi(d * 2**0.5)
    usual = usual_share(1.0, 1, n=2, effect_size=d, draws=40_000, rng=np.random.default_rng(1))
    assert usual.as_large == pytest.approx(exact, abs=4 * (0.25 / 20_000) ** 0.5)


def test_fat_tails_make_a_large_share_usual():
    asked = {"n": 400, "effect_size": 0.1, "draws": 2_000}
    thin = usual_share(0.5, 3, rng=np.random.default_rng(1), **asked)
    fat = usual_share(0.5, 3, rng=np.random.default_rng(1), excess_kurtosis=12.0, **asked)
    assert fat.median > thin.median
    assert fat.as_large > thin.as_large


def test_no_sample_made_money():
    rng = np.random.default_rng(1)
    assert usual_share(1.0, 1, n=400, effect_size=-2.0, draws=50, rng=rng) is None


def test_a_planted_edge_is_spread_over_its_trades_and_luck_is_not():
    edge = best_of_it(asked_of(control_subject(2, edge=0.008)))
    lucky = next(
        each
        for each in (best_of_it(asked_of(control_subject(seed))) for seed in range(1, 9))
        if each.rating == "shown"
    )
    three = [each.numbers["of_trades"][-1] for each in (edge, lucky)]
    assert three[0]["best"] == three[1]["best"] == 3
    assert three[0]["share"] < 0.35  # of some forty trades
    assert three[0]["chance_of_as_large"] > 0.05
    assert three[1]["share"] > 2 * three[0]["share"]


def test_one_jump_is_told_from_an_edge():
    asked = asked_of(control_subject(2, edge=0.004))
    trades = np.array([each.net_pnl_usd for each in asked.entered.trades])
    jump = np.append(np.full(len(trades) - 1, trades.sum() / len(trades)), trades.sum() * 5)
    d = jump.mean() / jump.std(ddof=1)
    share = best_share(jump, 1)
    rng = np.random.default_rng(2)
    usual = usual_share(share, 1, n=len(jump), effect_size=d, draws=2_000, rng=rng)
    assert share > 0.8
    assert usual.as_large < 0.25
    assert usual.median < share / 2


def test_a_loss_has_nothing_to_share_and_says_so():
    losing = next(
        each
        for each in (best_of_it(asked_of(control_subject(seed))) for seed in range(1, 9))
        if each.rating == "not run"
    )
    assert "there is no profit to share" in losing.sentence


def test_what_is_only_marked_and_not_made_yet_is_said():
    asked = asked_of(control_subject(2, edge=0.008))
    first, *rest = asked.entered.trades
    closed = [replace(each, exit=each.exit or 1) for each in (first, *rest)]
    marked = [replace(first, exit=None), *closed[1:]]
    whole, some = (
        best_of_it(replace(asked, entered=replace(asked.entered, trades=tuple(trades))))
        for trades in (closed, marked)
    )
    assert whole.numbers["open_usd"] == 0.0
    assert "still open" not in whole.sentence
    assert some.numbers["open_usd"] == first.net_pnl_usd
    assert some.sentence.endswith(" is of trades still open.")
