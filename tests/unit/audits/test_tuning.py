"""E4's odds of having picked the best: copies, strangers, the ruined, and what is not odds."""

import numpy as np
import pytest

from reports.audits.evidence.deflated_sharpe import deflated_evidence
from reports.audits.evidence.tuning import tuning
from reports.statistics.sharpe import probabilistic_sharpe, sharpe_sample
from tests.unit.hand_outcomes import audit_config, noisy

SESSIONS = 400
OWN = noisy(0.001, 0.01, SESSIONS)
STRANGERS = [noisy(0.0, 0.01, SESSIONS, seed=seed) for seed in (2, 3, 4)]


def test_copies_are_one_trial_and_deflate_nothing():
    computed = tuning(OWN, [OWN, OWN * 2.0], seed=1)
    assert computed.variants == 3
    # Correlations of 1 to the last bit or two.
    assert computed.effective == pytest.approx(1.0, abs=1e-12)
    sample = sharpe_sample(OWN)
    plain = probabilistic_sharpe(
        sample.sharpe, 0.0, n=SESSIONS, skew=sample.skew, kurtosis=sample.kurtosis
    )
    assert computed.deflated == pytest.approx(plain, abs=1e-9)


def test_strangers_count_by_their_mean_correlation_and_raise_the_bar():
    computed = tuning(OWN, STRANGERS, seed=1)
    related = np.corrcoef([OWN, *STRANGERS])
    mean = max((related.sum() - 4) / 12, 0.0)
    assert computed.effective == pytest.approx(mean + (1 - mean) * 4, rel=1e-12)
    assert computed.effective > 3.5
    assert computed.deflated < tuning(OWN, [OWN], seed=1).deflated - 0.1


def test_an_edge_among_strangers_is_able_and_worthless_ones_are_not():
    edge = tuning(noisy(0.002, 0.01, SESSIONS), STRANGERS, seed=1)
    none = tuning(noisy(0.0, 0.01, SESSIONS, seed=9), STRANGERS, seed=1)
    assert edge.superior_p <= 0.01
    assert none.superior_p > 0.3
    assert edge.overfitting < 0.1 < none.overfitting


def test_a_ruined_neighbour_earns_nothing_from_then_on():
    ruined = STRANGERS[0][:100]
    padded = np.concatenate([ruined, np.zeros(300)])
    assert tuning(OWN, [ruined], seed=1) == tuning(OWN, [padded], seed=1)


def test_a_neighbour_that_never_traded_is_no_obstacle():
    assert tuning(OWN, [np.zeros(SESSIONS)], seed=1).variants == 2


@pytest.mark.parametrize(
    ("own", "neighbours"),
    [(OWN, []), (np.zeros(SESSIONS), [OWN]), (OWN[:29], [OWN[:29]])],
    ids=["alone", "never moved", "too short"],
)
def test_without_neighbours_or_movement_there_are_no_odds(own, neighbours):
    assert tuning(own, neighbours, seed=1) is None


def test_the_odds_are_told_and_are_no_gate():
    alone = deflated_evidence(audit_config(), OWN)
    beside = deflated_evidence(audit_config(), OWN, STRANGERS)
    assert (beside.rating, beside.measured) == (alone.rating, alone.measured)
    assert alone.numbers["tuning"] is None
    assert beside.numbers["tuning"]["variants"] == 4
    assert beside.sentence.startswith(alone.sentence)
    assert "the best of itself and its 3 neighbours, which amount to " in beside.sentence
    assert beside.sentence.endswith("(shown, no gate).")


def test_the_track_record_needed_is_the_length_at_which_the_ratio_would_show():
    block = deflated_evidence(audit_config(trials=5), OWN)
    sample, needed = sharpe_sample(OWN), block.numbers["minimum_sessions"]
    shown = probabilistic_sharpe(
        sample.sharpe, 0.0, n=needed, skew=sample.skew, kurtosis=sample.kurtosis
    )
    assert shown == pytest.approx(0.95, abs=1e-9)
    assert f"needs {needed / 252:.1f} years to show at 95%" in block.sentence
    assert block.numbers["minimum_backtest_years"] > 1.0
    losing = deflated_evidence(audit_config(), -OWN)
    assert "years to show" not in losing.sentence
    assert losing.numbers["minimum_sessions"] is None
