"""E1: which paths are drawn, how they are run, and what their ratios make of the run's own."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits.evidence import path_pool, resampling
from reports.audits.evidence.path_pool import PathOutcome, path_outcome, path_outcomes
from reports.audits.evidence.resampling import drawn_paths, resampled_test
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from strategies import CorrelationPair
from tests.unit.control_pairs import control_subject
from tests.unit.fake_result import fake_result
from tests.unit.hand_market import hand_leg


def quiet(step):
    return None


# --- session returns ---


def test_session_returns_are_the_ledger_s_where_idle_cash_earns_nothing():
    result = fake_result(sessions=60, holds=((20, 40),))
    returns = session_returns(result)
    np.testing.assert_array_equal(returns, result.ledger["equity_return"])
    sharpe = result.headline["sharpe"]
    assert annual_sharpe(returns) == pytest.approx(sharpe, rel=1e-12)
    assert path_outcome(result).total_return == pytest.approx(
        result.headline["total_return"], rel=1e-12
    )


def test_interest_earned_while_flat_is_left_out_and_while_held_is_not():
    result = fake_result(sessions=60, holds=((20, 40),))
    ledger = result.ledger.copy()
    ledger.loc[[10, 30], "interest"] = 100.0
    ledger["equity_return"] += ledger["interest"] / ledger["equity"].shift()
    ledger.loc[0, "equity_return"] = 0.0
    returns = session_returns(replace(result, ledger=ledger))
    assert returns[10] == 0.0
    assert returns[30] == ledger["equity_return"][30]


def test_a_run_without_a_trade_counts_as_zero_whatever_its_cash_earned():
    result = fake_result(sessions=60, holds=())
    ledger = result.ledger.assign(interest=np.linspace(1.0, 60.0, 60))
    ledger.loc[0, "interest"] = 0.0
    ledger["equity"] += ledger["interest"].cumsum()
    ledger["equity_return"] = ledger["equity"].pct_change().fillna(0.0)
    computed = path_outcome(replace(result, ledger=ledger))
    assert (computed.sharpe, computed.total_return, computed.entries) == (0.0, 0.0, 0)


# --- paths ---


def test_as_many_paths_as_asked_each_of_all_returns_in_blocks_of_a_week_or_more():
    paths = drawn_paths(control_subject(1, sessions=120, resamples=9))
    assert paths.orders.shape == (9, 119)
    assert paths.block_sessions >= 5
    follows = np.diff(paths.orders, axis=1) % 119 == 1
    # One in five or fewer jumps; .1: 9 * 118 places, an error of .012.
    assert follows.mean() > 1 - 1 / 5 - 0.1


def test_the_seed_of_the_audit_draws_the_paths():
    one, same, other = (
        drawn_paths(control_subject(1, sessions=120, resamples=9, audit_seed=seed)).orders
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_without_a_moving_leg_or_enough_sessions_nothing_is_drawn():
    subject = control_subject(1, sessions=120, resamples=9)
    flat = hand_leg("SSS", np.full(120, 50.0), np.full(120, 50.0))
    still = replace(subject, market=replace(subject.market, short=flat))
    assert drawn_paths(still) is None
    block = resampled_test(still, fake_result(), progress=quiet)
    assert (block.rating, block.sentence[:9]) == ("not run", "Not run: ")
    assert drawn_paths(control_subject(1, sessions=30, resamples=9)) is None  # 29 returns


@pytest.mark.parametrize(
    "costs",
    [
        {},
        {"impact": {"kind": "square_root", "window": 5}, "spread": {"kind": "vol_scaled"}},
        {"interest": {"kind": "benchmark", "rate": 0.05}},
    ],
)
def test_our_own_paths_run_compiled_and_are_those_of_backtrader_to_the_last_bit(costs):
    subject = control_subject(2, sessions=120, resamples=9, costs=costs)
    orders, steps = drawn_paths(subject).orders, []
    compiled = path_outcomes(subject, orders, progress=steps.append)
    own = replace(subject, strategy_class=CorrelationPair)
    assert compiled == path_outcomes(own, orders, progress=quiet)
    assert len({path.sharpe for path in compiled}) > 1
    assert steps == ["running resampled path 1 of 9"]


def test_a_path_that_ends_in_an_error_makes_it_not_run(monkeypatch):
    def broken(market, order):
        raise RuntimeError("the strategy fell over")

    monkeypatch.setattr(path_pool, "redrawn", broken)
    subject = control_subject(2, sessions=120, resamples=9)
    block = resampled_test(subject, fake_result(), progress=quiet)
    assert block.rating == "not run"
    assert "ended in an error (the strategy fell over)" in block.sentence


# --- the test ---


def path(sharpe, entries=5):
    return PathOutcome(sharpe=sharpe, total_return=0.1, entries=entries, is_ruined=False)


def judged(monkeypatch, as_good, *, observed=1.0, **audit):
    """E1 of a run of this Sharpe ratio beside 99 paths of which ``as_good`` equal it."""
    chance = [path(observed)] * as_good + [path(observed - 0.5)] * (99 - as_good)
    monkeypatch.setattr(resampling, "path_outcomes", lambda *_, **__: chance)
    monkeypatch.setattr(resampling, "path_outcome", lambda result: path(observed))
    subject = control_subject(1, sessions=60)
    if audit:
        values = subject.config.model_dump() | {"audit": audit}
        subject = replace(subject, config=type(subject.config).model_validate(values))
    return resampled_test(subject, fake_result(), progress=quiet)


@pytest.mark.parametrize(
    ("as_good", "rating"),
    [(0, "supports"), (1, "marginal"), (9, "marginal"), (10, "against"), (99, "against")],
)
def test_p_counts_the_run_as_one_of_its_own_paths(monkeypatch, as_good, rating):
    block = judged(monkeypatch, as_good)
    assert block.rating == rating
    assert block.numbers["p"] == (1 + as_good) / 100
    assert block.numbers["share_as_good"] == pytest.approx(as_good / 99)


def test_to_lose_less_than_chance_is_no_edge(monkeypatch):
    block = judged(monkeypatch, 0, observed=-0.2)
    assert (block.rating, block.numbers["p"]) == ("against", 0.01)
    assert "to lose less than chance is no edge" in block.sentence


def test_the_levels_of_p_are_the_configured_ones(monkeypatch):
    thresholds = {"resampled_p": [0.2, 0.5]}
    assert judged(monkeypatch, 19, thresholds=thresholds).rating == "supports"
    assert judged(monkeypatch, 20, thresholds=thresholds).rating == "marginal"


def test_paths_without_a_trade_are_counted_and_told(monkeypatch):
    chance = [path(0.0, entries=0)] * 3 + [path(0.5)] * 6
    monkeypatch.setattr(resampling, "path_outcomes", lambda *_, **__: chance)
    subject = control_subject(1, sessions=60, resamples=9)
    block = resampled_test(subject, subject.run(), progress=quiet)
    assert block.numbers["without_a_trade"] == 3
    assert "3 histories without a trade count as 0" in block.sentence


# --- a small control; the large one is tests/bench/audit_controls.py ---


def p_value(seed, edge):
    subject = control_subject(seed, edge=edge, sessions=200, resamples=19)
    block = resampled_test(subject, subject.run(), progress=quiet)
    return block.numbers["p"]


def test_a_planted_edge_is_found():
    # A per cent a session against a pair that moves 1.3 %: the least p that 19 paths can give.
    assert [p_value(seed, edge=0.01) for seed in (1, 2)] == [1 / 20] * 2


def test_random_walks_are_not():
    # One in ten has p <= .10 by chance alone: more than one of four would be odd (5 %).
    listed = [p_value(seed, edge=0.0) for seed in range(1, 5)]
    assert sum(p <= 0.10 for p in listed) <= 1
