"""E3: where the run's entries lie, what the pair earned, and when other dates did as well."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits.evidence import placebo
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.placebo import (
    first_choice,
    long_share,
    pair_returns,
    placebo_evidence,
    placed,
)
from reports.statistics.placebo import Placebo
from tests.unit.fake_result import fake_result


def run(**settings):
    result = fake_result(**settings)
    return result, outcomes(result)


def with_pair_returns(result, gains):
    """The run with closes such that the long leg earns ``gains`` and the short one nothing."""
    closes = result.closes.assign(long=100.0 * np.cumprod(1.0 + gains), short=50.0)
    return replace(result, closes=closes)


def test_the_pair_s_return_is_at_the_mean_weights_of_the_sessions_held():
    result, _ = run(sessions=60, holds=((20, 40),))
    held = result.ledger.iloc[20:40]
    share = (held["long_value"] / (held["long_value"] - held["short_value"])).mean()
    assert long_share(result) == pytest.approx(share, rel=1e-12)
    closes = result.closes
    by_hand = share * (closes["long"][7] / closes["long"][6] - 1.0)
    by_hand -= (1.0 - share) * (closes["short"][7] / closes["short"][6] - 1.0)
    returns = pair_returns(result)
    assert returns[7] == pytest.approx(by_hand, rel=1e-12)
    assert (len(returns), returns[0]) == (60, 0.0)


def test_a_fill_at_the_open_earns_its_session_and_an_exit_at_the_open_does_not():
    result, computed = run(sessions=60, holds=((20, 40), (50, None)))
    entries, left_out = placed(result, computed, 5)
    # 20 to 39 and 50 to 59, counted from session 5.
    assert entries.first.tolist() == [20 - 5, 50 - 5]
    assert entries.hold_sessions.tolist() == [20, 10]
    assert entries.direction.tolist() == [1, 1]
    assert left_out == 0


def test_a_fill_at_the_close_earns_from_the_next_session():
    result, computed = run(
        sessions=60, holds=((20, 40), (59, None)), account={"fill": "next_close"}
    )
    entries, left_out = placed(result, computed, 0)
    assert (entries.first.tolist(), entries.hold_sessions.tolist()) == ([21], [20])
    assert left_out == 1  # entered at the last close, it has earned nothing yet


def test_a_pair_held_the_other_way_round_is_short():
    result, computed = run(sessions=60, holds=((20, 40),))
    ledger = result.ledger.assign(long_shares=-result.ledger["long_shares"])
    entries, _ = placed(replace(result, ledger=ledger), computed, 0)
    assert entries.direction.tolist() == [-1]


def test_the_history_starts_after_the_first_session_with_every_line():
    result, computed = run(sessions=60, holds=((30, 40),))
    assert first_choice(result, computed) == 10 + 1  # z is unknown on the first ten
    signals = result.signals.assign(never=np.nan)
    assert first_choice(replace(result, signals=signals), computed) == 10 + 1
    late = result.signals.assign(late=np.where(np.arange(60) < 35, np.nan, 1.0))
    assert first_choice(replace(result, signals=late), computed) == 29 + 1  # an entry did not wait


def test_the_best_dates_support_and_the_worst_are_against():
    result, _ = run(sessions=200, holds=((50, 55), (120, 125)))
    gains = np.full(200, -0.001)
    gains[50:55] = gains[120:125] = 0.02
    good = with_pair_returns(result, gains)
    block = placebo_evidence(good, outcomes(good))
    assert (block.rating, block.numbers["circular shift"]["percentile"]) == ("supports", 100.0)
    bad = with_pair_returns(result, -gains)
    assert placebo_evidence(bad, outcomes(bad)).rating == "against"


@pytest.mark.parametrize(
    ("shift", "drawn", "rating"),
    [
        (95.0, 95.0, "supports"),
        (99.0, 94.9, "marginal"),
        (80.0, 99.0, "marginal"),
        (79.9, 99.0, "against"),
    ],
)
def test_the_lower_percentile_counts_and_the_levels_are_inclusive(
    monkeypatch, shift, drawn, rating
):
    def placebo_of(kind, percentile):
        computed = Placebo(
            kind=kind, observed=0.01, chance=np.zeros(3), percentile=percentile, p_value=0.5
        )
        return lambda *_, **__: computed

    monkeypatch.setattr(placebo, "circular_shift", placebo_of("circular shift", shift))
    monkeypatch.setattr(placebo, "random_entries", placebo_of("random entries", drawn))
    assert placebo_evidence(*run(sessions=200, holds=((50, 55),))).rating == rating


def test_the_same_seed_draws_the_same_placebos():
    result, computed = run(sessions=200, holds=((50, 60), (120, 130)))
    one, same = (placebo_evidence(result, computed).numbers for _ in range(2))
    assert one == same
    other = fake_result(sessions=200, holds=((50, 60), (120, 130)), audit={"seed": 9})
    assert placebo_evidence(other, computed).numbers != one


def test_a_signal_that_is_always_on_chooses_no_dates():
    result, computed = run(sessions=60, holds=((20, 40),), signal="always")
    block = placebo_evidence(result, computed)
    assert block.rating == "not run"
    assert "chooses no dates" in block.sentence


def test_a_pair_held_nearly_always_leaves_no_other_dates():
    # From session 11 to 59: 49 returns. Held on 44 of them (89.8 %), then on 45 (91.8 %).
    for last, rating in ((55, "other"), (56, "not run")):
        result, computed = run(sessions=60, holds=((11, last),))
        block = placebo_evidence(result, computed)
        assert (block.rating == "not run") is (rating == "not run")
