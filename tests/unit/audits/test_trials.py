"""E4 and E5: luck among trials, and what came after publication."""

import datetime as dt
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from reports.audits.evidence import out_of_sample
from reports.audits.evidence.deflated_sharpe import deflated_evidence
from reports.audits.evidence.out_of_sample import after_publication, sessions_until
from reports.statistics.sharpe import (
    expected_max_normal,
    probabilistic_sharpe,
    sharpe_sample,
)
from tests.unit.control_pairs import control_subject
from tests.unit.fake_result import fake_result
from tests.unit.hand_outcomes import audit_config, noisy

# --- E4 ---


def test_one_declared_trial_is_the_probabilistic_ratio_against_zero():
    returns = noisy(0.001, 0.01, 500)
    block = deflated_evidence(audit_config(), returns)
    sample = sharpe_sample(returns)
    expected = probabilistic_sharpe(0.1, 0.0, n=500, skew=sample.skew, kurtosis=sample.kurtosis)
    # 1e-9: the ratio of 0.1 is exact but for rounding.
    assert block.numbers["probability"] == pytest.approx(expected, rel=1e-9)
    assert block.numbers["convention"] == "2012"
    assert "one trial is known, so nothing is deflated" in block.sentence


def test_more_trials_raise_the_bar_by_the_scatter_of_worthless_ones():
    returns = noisy(0.001, 0.01, 500)
    block = deflated_evidence(audit_config(trials=20), returns)
    bar = math.sqrt(1 / 499) * expected_max_normal(20) * math.sqrt(252)
    assert block.numbers["null_sharpe_annual"] == pytest.approx(bar, rel=1e-12)
    one = deflated_evidence(audit_config(), returns)
    assert block.numbers["probability"] < one.numbers["probability"]
    assert f"above {bar:.2f}, what the best of 20 worthless trials" in block.sentence


def test_the_deflated_ratio_supports_from_its_level_on_and_knows_no_marginal():
    returns = noisy(0.0009, 0.01, 500)
    computed = deflated_evidence(audit_config(), returns).numbers["probability"]
    for level, rating in ((computed, "supports"), (math.nextafter(computed, 1.0), "against")):
        audit = audit_config(thresholds={"deflated_sharpe": level})
        assert deflated_evidence(audit, returns).rating == rating


def test_what_needs_the_trials_returns_is_named_as_not_run():
    block = deflated_evidence(audit_config(), noisy(0.001, 0.01, 500))
    text = " ".join(block.not_checked)
    for part in ("effective number of trials", "backtest overfitting", "superior predictive"):
        assert part in text


@pytest.mark.parametrize("returns", [np.zeros(50), np.array([0.0, 0.01])])
def test_an_equity_that_never_moved_has_no_ratio_to_deflate(returns):
    assert deflated_evidence(audit_config(), returns).rating == "not run"


# --- E5 ---

START = dt.date(2023, 4, 11)


def published(day, *, sessions=300, gains=None, held=True, **settings):
    """A run held throughout (or never) with the given session returns."""
    holds = ((1, None),) if held else ()
    result = fake_result(sessions=sessions, holds=holds, audit={"published_on": day, **settings})
    if gains is None:
        return result
    equity = 1_000_000.0 * np.cumprod(1.0 + gains)
    return replace(result, ledger=result.ledger.assign(equity_return=gains, equity=equity))


def parts(before, after):
    """Two stretches of 150 sessions with these means and a deviation of 1 %."""
    return np.concatenate([noisy(before, 0.01, 150, seed=1), noisy(after, 0.01, 150, seed=2)])


def halfway(result):
    return result.ledger["date"].dt.date.iloc[149]


MIDDLE = halfway(fake_result(sessions=300))


def after(result, *, p=None, monkeypatch=None):
    """E5 of a hand-made run; ``p`` is what both nulls say of the later sessions."""
    if p is not None:
        both = [SimpleNamespace(p=p), SimpleNamespace(p=p / 2)]
        monkeypatch.setattr(out_of_sample, "drawn_paths", lambda *_, **__: "paths")
        monkeypatch.setattr(out_of_sample, "chances", lambda *_, **__: both)
    subject = SimpleNamespace(config=result.config)
    return after_publication(
        subject, result, hold_sessions=1, quick=p is None, progress=lambda step: None
    )


def test_without_a_day_of_publication_it_is_not_run():
    block = after(fake_result())
    assert block.rating == "not run"
    assert "audit.published_on" in block.sentence


@pytest.mark.parametrize(
    ("before", "mean", "p", "rating"),
    [
        # A Sharpe ratio of .2 a session shows in (1.645 / .2)^2 = 68 sessions: 150 are enough.
        (0.002, 0.002, 0.05, "supports"),
        (0.002, 0.002, 0.06, "marginal"),
        (0.002, 0.0001, 0.4, "marginal"),
        # One of .1 needs 271.
        (0.001, 0.002, 0.001, "marginal"),
        (0.002, -0.0001, 0.001, "against"),
        (-0.002, 0.002, 0.001, "against"),
        (-0.002, -0.002, 0.001, "against"),  # a loss twice is no edge
    ],
)
def test_sign_size_and_length_decide(monkeypatch, before, mean, p, rating):
    block = after(published(MIDDLE, gains=parts(before, mean)), p=p, monkeypatch=monkeypatch)
    assert block.rating == rating
    assert block.numbers["after"]["sessions"] == 150
    # 1e-12: a mean of 150 returns of some per mille.
    assert block.numbers["after"]["mean"] == pytest.approx(mean, abs=1e-12)


def test_too_few_sessions_are_named_with_those_that_would_do(monkeypatch):
    block = after(published(MIDDLE, gains=parts(0.001, 0.002)), p=0.001, monkeypatch=monkeypatch)
    needed = math.ceil((1.6448536 / 0.1) ** 2)
    assert block.numbers["sessions_needed"] == needed
    assert (
        f"UNCONFIRMED: 150 sessions are too few, {needed} would show it every other time."
        in block.sentence
    )


def test_chance_that_does_as_well_confirms_nothing(monkeypatch):
    block = after(published(MIDDLE, gains=parts(0.002, 0.002)), p=0.4, monkeypatch=monkeypatch)
    assert block.numbers["unconfirmed"] == "chance does as well (p = 0.400)"


def test_a_quick_audit_tests_no_gain_and_says_so():
    block = after(published(MIDDLE, gains=parts(0.002, 0.002)))
    assert (block.rating, block.numbers["p"]) == ("marginal", None)
    assert "a quick audit does not test it" in block.sentence


def test_the_later_sessions_alone_are_judged_on_histories_that_share_what_came_before():
    subject = control_subject(2, edge=0.01, sessions=260, resamples=19)
    day = subject.market.sessions[119].item()
    audit = subject.config.audit.model_copy(update={"published_on": day})
    edged = replace(subject, config=subject.config.model_copy(update={"audit": audit}))
    block = after_publication(
        edged, edged.run(), hold_sessions=5, quick=False, progress=lambda step: None
    )
    # A per cent a session of an edge, on 140 sessions: the least p of 19 paths.
    assert (block.rating, block.numbers["p"]) == ("supports", 1 / 20)


def test_the_day_itself_belongs_to_what_was_published():
    result = published(MIDDLE)
    assert sessions_until(result) == 150
    assert sessions_until(published(MIDDLE + dt.timedelta(days=400))) == 300
    assert sessions_until(published(START - dt.timedelta(days=1))) == 0
    assert sessions_until(fake_result()) == 120


def test_nothing_held_after_the_day_or_nothing_before_it_is_not_run():
    end = after(published(MIDDLE + dt.timedelta(days=400)))
    assert end.rating == "not run"
    assert "no session after" in end.sentence
    idle = after(published(MIDDLE, held=False))
    assert idle.rating == "not run"
    early = after(published(START - dt.timedelta(days=1)))
    assert early.rating == "not run"
    assert "no session up to 2023-04-10 held a position" in early.sentence
