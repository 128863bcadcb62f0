"""Q2: what published predictors lost and what trials cost, by hand, on a walk and on an edge."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits.questions.haircut import expected_after
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject
from tests.unit.hand_outcomes import noisy


def cut(sharpe, *, n=1260, trials=1):
    daily = sharpe / 252**0.5
    asked = asked_of(control_subject(1, sessions=60), trials=trials)
    return replace(asked, returns=noisy(0.01 * daily, 0.01, n))


def test_a_ratio_of_1_12_is_cut_to_what_the_issue_says():
    found = expected_after(cut(1.12))
    assert found.numbers["after_publication"] == pytest.approx(1.12 * 0.42)
    assert found.numbers["out_of_sample"] == pytest.approx(1.12 * 0.74)
    assert "Of a Sharpe of 1.12, 0.47 is what history says to expect" in found.sentence
    assert "one trial is known, so nothing is cut for searching" in found.sentence
    assert found.numbers["after_trials"] == pytest.approx(1.12)


def test_trials_cut_by_bonferroni():
    # t = 1.5 sqrt(1260 / 252) = 3.354, p = 0.000796; of 20 trials 0.0159, z 2.411: 1.078 a year.
    found = expected_after(cut(1.5, trials=20))
    assert found.numbers["p_single"] == pytest.approx(0.000796, abs=1e-6)
    assert found.numbers["after_trials"] == pytest.approx(2.411 / 5**0.5, abs=1e-3)
    assert "as the best of 20 trials Harvey and Liu leave 1.08 of it" in found.sentence


def test_a_ledger_that_cannot_be_read_cuts_nothing_and_says_so():
    asked = cut(1.5, trials=20)
    unknown = replace(asked, trials=replace(asked.trials, ledger=None, doubts=("it is torn",)))
    found = expected_after(unknown)
    assert found.numbers["after_trials"] is found.numbers["trials"] is None
    assert found.not_checked == ("Harvey and Liu's haircut: it is torn",)


def test_of_a_walk_picked_from_many_nothing_is_left_and_of_an_edge_most():
    lucky = next(
        each
        for each in (
            expected_after(asked_of(control_subject(seed), trials=45)) for seed in range(1, 9)
        )
        if each.rating == "shown"
    )
    assert lucky.numbers["after_trials"] < 0.25 * lucky.numbers["sharpe_annual"]
    edge = expected_after(asked_of(control_subject(2, edge=0.008), trials=45))
    assert edge.numbers["after_trials"] > 0.7 * edge.numbers["sharpe_annual"]


def test_a_loss_and_nothing_have_no_haircut():
    assert "leaves nothing to cut" in expected_after(cut(-0.3)).sentence
    still = replace(cut(1.0), returns=np.zeros(50))
    assert expected_after(still).rating == "not run"
