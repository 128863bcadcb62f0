"""E1: which paths are drawn, how they are run, and what their ratios make of the run's own."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits.altered_markets import redrawn, redrawn_legs
from reports.audits.evidence import chance, path_pool
from reports.audits.evidence.chance import drawn_paths
from reports.audits.evidence.path_pool import PathOutcome, path_outcome, path_outcomes
from reports.audits.evidence.resampling import resampled_test
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from strategies import CorrelationPair
from tests.unit.control_pairs import control_subject
from tests.unit.fake_result import fake_result
from tests.unit.hand_market import hand_leg


def quiet(step):
    return None


def first_paths(subject, purpose=1):
    """The first batch of an audit's paths."""
    return next(drawn_paths(subject, purpose=purpose).batches)


def market_of(sessions):
    """A market of as many sessions as a hand-made run."""
    return control_subject(1, sessions=sessions).market


# --- session returns ---


def test_session_returns_are_the_ledger_s_where_idle_cash_earns_nothing():
    result = fake_result(sessions=60, holds=((20, 40),))
    returns = session_returns(result)
    np.testing.assert_array_equal(returns, result.ledger["equity_return"])
    sharpe = result.headline["sharpe"]
    assert annual_sharpe(returns) == pytest.approx(sharpe, rel=1e-12)
    assert path_outcome(result, market_of(60)).total_return == pytest.approx(
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
    computed = path_outcome(replace(result, ledger=ledger), market_of(60))
    assert (computed.sharpe, computed.total_return, computed.entries) == (0.0, 0.0, 0)
    assert computed.appraisal == 0.0


# --- paths ---


def test_as_many_paths_as_asked_each_of_all_returns_in_blocks_of_a_week_or_more():
    paths = drawn_paths(control_subject(1, sessions=120, resamples=9), purpose=1)
    orders = next(paths.batches)
    assert orders.shape == (9, 119)
    assert paths.block_sessions >= 5
    follows = np.diff(orders, axis=1) % 119 == 1
    # One in five or fewer jumps; .1: 9 * 118 places, an error of .012.
    assert follows.mean() > 1 - 1 / 5 - 0.1


def test_the_seed_of_the_audit_draws_the_paths():
    one, same, other = (
        first_paths(control_subject(1, sessions=120, resamples=9, audit_seed=seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert (one != first_paths(control_subject(1, sessions=120, resamples=9), purpose=5)).any()


def test_more_paths_are_as_many_again_up_to_the_most_and_go_on_where_the_first_ended():
    subject = control_subject(1, sessions=120, resamples=9)
    audit = subject.config.audit.model_copy(update={"resamples_at_most": 40})
    batches = list(
        drawn_paths(
            replace(subject, config=subject.config.model_copy(update={"audit": audit})), purpose=1
        ).batches
    )
    assert [len(batch) for batch in batches] == [9, 9, 18, 4]
    np.testing.assert_array_equal(batches[0], first_paths(subject))
    assert (batches[1] != batches[0]).any()


def test_without_a_moving_leg_or_enough_sessions_nothing_is_drawn():
    subject = control_subject(1, sessions=120, resamples=9)
    flat = hand_leg("SSS", np.full(120, 50.0), np.full(120, 50.0))
    still = replace(subject, market=replace(subject.market, short=flat))
    assert drawn_paths(still, purpose=1) is None
    block = resampled_test(still, fake_result(), progress=quiet)
    assert (block.rating, block.sentence[:9]) == ("not run", "Not run: ")
    short = control_subject(1, sessions=30, resamples=9)  # 29 returns
    assert drawn_paths(short, purpose=1) is None


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
    orders, steps = first_paths(subject), []
    compiled = path_outcomes(subject, orders, progress=steps.append)
    own = replace(subject, strategy_class=CorrelationPair)
    assert compiled == path_outcomes(own, orders, progress=quiet)
    assert len({path.sharpe for path in compiled}) > 1
    assert steps == ["running resampled path 1 of 9"]


@pytest.mark.parametrize("drawn", [{"keep_drift": True}, {"since": 70}])
def test_paths_run_side_by_side_are_those_run_one_by_one_to_the_last_bit(monkeypatch, drawn):
    rules = {"signal": {"kind": "correlation", "window": 21, "min_periods": 21,
                        "zscore": "rolling", "zscore_window": 40, "enter_below": -0.5},
             "sizing": {"kind": "beta_neutral", "window": 21}}  # fmt: skip
    subject = control_subject(2, sessions=120, resamples=9, **rules)
    orders = first_paths(subject)
    monkeypatch.setattr(path_pool, "MOST_VALUES", 480)  # four paths at once, four, and one
    together = path_outcomes(subject, orders, progress=quiet, **drawn)
    monkeypatch.setattr(path_pool, "_share_facts", lambda subject: False)
    assert together == path_outcomes(subject, orders, progress=quiet, **drawn)
    assert sum(path.entries > 0 for path in together) > 3


def test_legs_drawn_at_once_are_those_of_each_market():
    market = control_subject(1, edge=0.01, sessions=60).market
    orders = np.random.default_rng(4).integers(0, 59, (3, 59))
    at_once = redrawn_legs(market, orders, since=20)
    for place, order in enumerate(orders):
        alone = redrawn(market, order, since=20)
        for many, one in zip(at_once, (alone.long, alone.short), strict=True):
            for name in ("open", "high", "low", "close", "adj_close", "volume", "dividend"):
                np.testing.assert_array_equal(getattr(many, name)[place], getattr(one, name))


def test_a_path_that_ends_in_an_error_makes_it_not_run(monkeypatch):
    def broken(market, order, **options):
        raise RuntimeError("the strategy fell over")

    monkeypatch.setattr(path_pool, "redrawn_legs", broken)
    subject = control_subject(2, sessions=120, resamples=9)
    block = resampled_test(subject, fake_result(), progress=quiet)
    assert block.rating == "not run"
    assert "ended in an error (the strategy fell over)" in block.sentence


@pytest.mark.parametrize("keep_drift", [False, True])
def test_paths_keep_what_each_leg_earned_or_nothing_of_it(keep_drift):
    market = control_subject(1, edge=0.01, sessions=300).market
    order = np.roll(np.arange(299), 50)  # every return once
    drawn = redrawn(market, order, keep_drift=keep_drift)
    for leg, own in ((drawn.long, market.long), (drawn.short, market.short)):
        kept = np.mean(own.adj_close[1:] / own.adj_close[:-1] - 1.0) if keep_drift else 0.0
        assert np.mean(leg.adj_close[1:] / leg.adj_close[:-1] - 1.0) == pytest.approx(
            kept, abs=1e-12
        )


def test_what_came_before_stays_and_only_what_comes_after_is_drawn():
    market = control_subject(1, edge=0.01, sessions=120).market
    order = np.random.default_rng(1).integers(0, 119, 119)
    drawn = redrawn(market, order, since=80)
    whole = redrawn(market, order)
    # Walked anew from the first close: equal but for rounding.
    np.testing.assert_allclose(drawn.long.close[:80], market.long.close[:80], rtol=1e-12)
    np.testing.assert_allclose(
        drawn.long.close[80:] / drawn.long.close[79],
        whole.long.close[80:] / whole.long.close[79],
        rtol=1e-12,
    )


def test_of_a_part_only_its_own_sessions_count():
    subject = control_subject(2, sessions=150)
    result = subject.run()
    part = path_outcome(result, subject.market, since=100)
    assert part.sharpe == pytest.approx(annual_sharpe(session_returns(result)[100:]) or 0.0)
    assert part.total_return == pytest.approx(
        result.ledger["equity"].iloc[-1] / result.ledger["equity"].iloc[99] - 1.0
    )


# --- the test ---


def path(sharpe, entries=5, appraisal=0.0):
    return PathOutcome(
        sharpe=sharpe, appraisal=appraisal, total_return=0.1, entries=entries, is_ruined=False
    )


WORSE = ("supports", "marginal", "against").index


def judged(monkeypatch, as_good, *, timed_as_good=0, observed=1.0, most=99, **audit):
    """E1 of a run beside paths of which so many of the first 99 equal it, of each null."""
    run = path(observed, appraisal=0.1)

    def outcomes(subject, orders, *, keep_drift, **_):
        count = min(timed_as_good if keep_drift else as_good, len(orders))
        return [run] * count + [path(observed - 0.5)] * (len(orders) - count)

    monkeypatch.setattr(chance, "path_outcomes", outcomes)
    monkeypatch.setattr(chance, "path_outcome", lambda *_, **__: run)
    subject = control_subject(1, sessions=60)
    values = subject.config.model_dump()
    values["audit"] |= {"resamples": 99, "resamples_at_most": most, **audit}
    return resampled_test(
        replace(subject, config=type(subject.config).model_validate(values)),
        fake_result(),
        progress=quiet,
    )


@pytest.mark.parametrize(
    ("as_good", "rating"),
    [(0, "supports"), (1, "marginal"), (9, "marginal"), (10, "against"), (99, "against")],
)
def test_p_counts_the_run_as_one_of_its_own_paths(monkeypatch, as_good, rating):
    block = judged(monkeypatch, as_good)
    assert block.rating == rating
    assert block.numbers["p"] == (1 + as_good) / 100
    assert block.numbers["share_as_good"] == pytest.approx(as_good / 99)


@pytest.mark.parametrize(
    ("as_good", "rating"),
    [(0, "supports"), (2, "supports"), (3, "marginal"), (9, "marginal"), (10, "against")],
)
def test_both_must_be_beaten_each_at_its_own_bars(monkeypatch, as_good, rating):
    timed = judged(monkeypatch, 0, timed_as_good=as_good)
    assert (timed.rating, timed.numbers["p"]) == (rating, 0.01)
    assert timed.numbers["timing"]["p"] == (1 + as_good) / 100
    # The other one lifts nothing: 2 of 99 without drift are above its bar of .01.
    assert judged(monkeypatch, 2, timed_as_good=as_good).rating == max(
        rating, "marginal", key=WORSE
    )


def test_a_p_within_chance_of_a_bar_is_drawn_on_until_it_is_decided(monkeypatch):
    # 9 of 99: p = .10 +- .030, on the bar of .10. The further batches have 9 as good each:
    # 18 of 198 (.095 +- .021), 27 of 396 (.071 +- .013: two errors below .10 and above .01).
    block = judged(monkeypatch, 9, most=9999)
    assert (block.numbers["paths"], block.rating) == (396, "marginal")
    assert block.numbers["p"] == 28 / 397
    assert block.numbers["undecided"] is False


def test_one_that_stays_near_a_bar_says_so(monkeypatch):
    block = judged(monkeypatch, 9)
    error = (0.10 * 0.90 / 99) ** 0.5
    assert block.numbers["p_error"] == pytest.approx(error)
    assert block.numbers["undecided"] is True
    assert f"0.100 +- {error:.3f} is too near a bar to tell" in block.measured
    assert "the rating may be chance" in block.sentence


def test_to_lose_less_than_chance_is_no_edge_and_worth_no_more_paths(monkeypatch):
    block = judged(monkeypatch, 0, observed=-0.2, most=9999)
    assert (block.rating, block.numbers["p"], block.numbers["paths"]) == ("against", 0.01, 99)
    assert "to lose less than chance is no edge" in block.sentence


def test_the_levels_of_p_are_the_configured_ones(monkeypatch):
    thresholds = {"resampled_p": [0.2, 0.5]}
    assert judged(monkeypatch, 19, thresholds=thresholds).rating == "supports"
    assert judged(monkeypatch, 20, thresholds=thresholds).rating == "marginal"
    timed = {"timing_p": [0.2, 0.5]}
    assert judged(monkeypatch, 0, timed_as_good=19, thresholds=timed).rating == "supports"
    assert judged(monkeypatch, 0, timed_as_good=20, thresholds=timed).rating == "marginal"


@pytest.mark.parametrize(
    ("luck", "timing", "bars", "decide"),
    [
        (2, 4, {"resampled_p": [0.01, 0.02]}, False),  # .03 misses both bars of luck, .05 one
        (4, 2, {"timing_p": [0.01, 0.02]}, True),  # .03 misses both bars of dates, .05 one
        (20, 30, {}, True),
        (30, 20, {}, False),
    ],
)
def test_whichever_misses_more_of_its_own_bars_decides(monkeypatch, luck, timing, bars, decide):
    block = judged(monkeypatch, luck, timed_as_good=timing, thresholds=bars)
    assert (block.rating, block.numbers["dates_decide"]) == ("against", decide)


def test_the_dates_are_drawn_on_at_their_own_bar(monkeypatch):
    # 2 of 99: p = .03 +- .017, on its bar of .03. The further batches have 2 as good each: 4 of 198
    # (.025 +- .011), 6 of 396 (.018 +- .0066: two errors above are .031), 8 of 792 (.011 +- .004).
    block = judged(monkeypatch, 0, timed_as_good=2, most=9999)
    assert (block.numbers["timing"]["paths"], block.rating) == (792, "supports")
    assert block.numbers["undecided"] is False


def test_paths_without_a_trade_are_counted_and_told(monkeypatch):
    paths = [path(0.0, entries=0)] * 3 + [path(0.5)] * 6
    monkeypatch.setattr(chance, "path_outcomes", lambda *_, **__: paths)
    subject = control_subject(1, sessions=60, resamples=9)
    block = resampled_test(subject, subject.run(), progress=quiet)
    assert block.numbers["without_a_trade"] == 3 * block.numbers["paths"] // 9
    assert "without a trade count as 0" in block.sentence


# --- a small control; the large one is tests/bench/audit_controls.py ---


def p_value(seed, edge):
    subject = control_subject(seed, edge=edge, sessions=200, resamples=19, most=19)
    block = resampled_test(subject, subject.run(), progress=quiet)
    return block.numbers["p"]


def test_a_planted_edge_is_found():
    # A per cent a session against a pair that moves 1.3 %: the least p that 19 paths can give.
    assert [p_value(seed, edge=0.01) for seed in (1, 2)] == [1 / 20] * 2


def test_random_walks_are_not():
    # One in ten has p <= .10 by chance alone: more than one of four would be odd (5 %).
    listed = [p_value(seed, edge=0.0) for seed in range(1, 5)]
    assert sum(p <= 0.10 for p in listed) <= 1
