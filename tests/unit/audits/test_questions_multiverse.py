"""Q1: every defensible version, counted and weighed; on a random walk and on a planted edge."""

from dataclasses import replace

import numpy as np
import pytest

from configs.schema import RunConfig
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.multiverse import _axes, _with, multiverse
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject


def few(seed, edge=0.0, sessions=400):
    """Never rebalanced, so four versions of print and z, times three of the windows."""
    subject = control_subject(seed, edge=edge, sessions=sessions, rebalance={"kind": "never"})
    return replace(subject, is_compiled=True)


def test_every_choice_is_there_and_no_other():
    axes = dict(_axes(control_subject(1, sessions=60).config))
    assert [len(each) for each in axes.values()] == [5, 2, 2, 3]
    windows = axes["windows -20%, as they are or +20%"]
    assert [each["signal", "window"] for each in windows] == [17, 21, 25]  # 16.8 and 25.2
    sizing = {"kind": "capex_intensity", "company": "SSS"}
    capex = control_subject(1, sessions=60, sizing=sizing, fundamentals={"source": "sample"}).config
    windows = dict(_axes(capex))["windows -20%, as they are or +20%"]
    assert [each["sizing", "reference_quarters"] for each in windows] == [6, 8, 10]


def occasions_of(rebalance):
    """Every version of the rebalance's sessions, as the configuration would have it."""
    config = control_subject(1, sessions=60, rebalance=rebalance).config
    return config, next(versions for _, versions in _axes(config))


def test_a_month_has_its_ends_and_every_fourth_week_in_four_phases():
    config, found = occasions_of({"kind": "monthly"})
    made = [_with(config, each).rebalance for each in found]
    assert [(each.kind, each.on, each.every, each.phase) for each in made] == [
        ("monthly", "first", 1, 0), ("monthly", "last", 1, 0),
        *(("weekly", "last", 4, phase) for phase in range(4)),
    ]  # fmt: skip
    both = {"kind": "any_of", "of": [{"kind": "band"}, {"kind": "monthly"}]}
    config, found = occasions_of(both)
    assert found[0] == {("rebalance", "of", 1, "on"): "first"}
    assert _with(config, found[0]).rebalance.of[1].on == "first"
    assert _with(config, found[5]).rebalance.of[1].phase == 3


def test_a_quarter_may_begin_in_any_month_and_every_nth_period_anywhere():
    config, found = occasions_of({"kind": "quarterly"})
    made = [_with(config, each).rebalance for each in found]
    assert {(each.phase, each.on) for each in made} == {
        (phase, on) for phase in range(3) for on in ("first", "last")
    }
    assert {(each.kind, each.every) for each in made} == {("monthly", 3)}
    config, found = occasions_of({"kind": "weekly", "every": 2, "phase": 1})
    made = [_with(config, each).rebalance for each in found]
    assert len({(each.on, each.phase) for each in made}) == len(made) == 10
    config, found = occasions_of({"kind": "monthly", "every": 12})
    made = [_with(config, each).rebalance for each in found]
    assert sorted({each.phase for each in made}) == [0, 3, 6, 9]


def test_the_choices_reach_the_configuration_and_the_rest_stays():
    config = control_subject(1, sessions=60).config
    changed = _with(config, {("rebalance", "on"): "monday", ("account", "fill"): "next_close"})
    assert (changed.rebalance.on, changed.account.fill) == ("monday", "next_close")
    assert changed.signal == config.signal
    with pytest.raises(ValueError, match="Input should be"):
        _with(config, {("rebalance", "on"): "someday"})


def test_the_spread_of_the_versions_is_theirs_written_out():
    subject = few(2, edge=0.004)
    found = multiverse(asked_of(subject))
    values = subject.config.model_dump()
    means = []
    for fill in ("next_open", "next_close"):
        for zscore in ("expanding", "rolling"):
            for factor in (0.8, 1.0, 1.2):
                values["account"]["fill"] = fill
                values["signal"] |= {"zscore": zscore, "window": round(21 * factor)}
                values["sizing"]["window"] = round(21 * factor)
                run = replace(subject, config=RunConfig.model_validate(values)).run()
                means.append(252 * session_returns(run).mean())
    numbers = found.numbers
    assert numbers["versions"] == 12
    assert [each["mean_annual"] for each in numbers["made"]] == pytest.approx(means)
    assert numbers["nonstandard_error"] == pytest.approx(np.std(means, ddof=1))
    assert numbers["share_below"] == np.mean(np.array(means) < numbers["mean_annual"] - 1e-12)


def test_a_planted_edge_is_there_whoever_built_it_and_a_walk_s_luck_is_not():
    edge = multiverse(asked_of(few(2, edge=0.008)))
    assert edge.numbers["lost"] == 0
    assert edge.numbers["lowest"] > edge.numbers["standard_error"]
    walks = [multiverse(asked_of(few(seed))) for seed in (1, 2, 3)]
    assert sum(each.numbers["lost"] for each in walks) > 9  # of 36
    for each in walks:
        assert abs(each.numbers["median"]) < 3 * each.numbers["standard_error"]


def test_versions_that_cannot_run_are_counted_and_named():
    # 44 sessions are warm for windows of 17 and 21, not of 25: four of twelve.
    short = multiverse(asked_of(few(1, sessions=44)))
    assert short.numbers["versions"] == 8
    assert "; 4 more could not run" in short.sentence
    for each in short.numbers["refused"]:
        assert each["choices"]["signal.window"] == 25
        assert "expected at least 46" in each["refused"]


def test_a_replication_has_no_choice_of_print():
    account = {"fill": "same_close", "replicate": True, "margin": {"kind": "none"}}
    config = control_subject(1, sessions=60, account=account, rebalance={"kind": "never"}).config
    assert not any("fill" in words for words in dict(_axes(config)))


def test_prices_in_total_returns_and_of_somebody_else_are_versions_too():
    subject = few(2, edge=0.004)
    long = subject.market.long
    paid = replace(long, dividend=np.where(np.arange(len(long.close)) == 200, 0.5, 0.0))
    subject = replace(subject, market=replace(subject.market, long=paid))
    other = replace(subject.market, long=replace(long, open=long.open * 1.001))
    found = multiverse(asked_of(subject, second=other))
    prices = [each["choices"]["prices"] for each in found.numbers["made"]]
    assert [prices.count(name) for name in ("as configured", "total return", "second source")] == [
        12, 12, 12
    ]  # fmt: skip
    assert "prices as configured, in total returns or from a second source" in found.sentence
    assert found.not_checked == ()
    elsewhere = replace(subject, market=other).run()  # as configured but for the prices
    mean = 252 * session_returns(elsewhere).mean()
    own = {"account.fill": "next_open", "signal.zscore": "expanding", "signal.window": 21}
    (same,) = [
        each["mean_annual"]
        for each in found.numbers["made"]
        if each["choices"]["prices"] == "second source" and own.items() <= each["choices"].items()
    ]
    assert same == pytest.approx(mean)
    assert same != found.numbers["mean_annual"]
    alone = multiverse(asked_of(few(2, edge=0.004)))
    assert alone.not_checked == ("prices of a second source: needs another",)


def test_what_the_compiled_loop_cannot_run_is_not_run_for_minutes():
    slow = multiverse(asked_of(replace(few(1), is_compiled=False)))
    assert (slow.rating, slow.numbers) == ("not run", {})
    assert "the compiled loop cannot run it" in slow.sentence
