"""Reruns from the compiled loop: only where that gives the audited run again, and no leak lost."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits import subject as subject_module
from reports.audits.altered_markets import truncated
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.integrity.lookahead import perturbation, truncation
from reports.audits.integrity.negative_controls import FEW
from reports.audits.integrity.rerun import traced, with_compiled_reruns
from reports.audits.integrity.trace import digest, trace_of
from reports.audits.planted import PLANTED
from reports.audits.subject import Subject
from strategies import AlwaysPair, CorrelationPair
from tests.unit.audit_market import CORRELATION, audit_config, audit_market, own

MONTHLY = {"signal": CORRELATION, "rebalance": {"kind": "monthly"}}


def of(strategy_class):
    return Subject(config=audit_config(), market=audit_market(), strategy_class=strategy_class)


def ready(subject):
    """The subject as an audit runs it again, and its run."""
    base = subject.run()
    return with_compiled_reruns(subject, base), base


class OnlyRunning(AlwaysPair):
    """Tells its entries while it runs."""

    def is_triggered(self):
        return len(self) % 7 == 0


class Forgetful(CorrelationPair):
    """Another strategy every time it is asked."""

    asked = 0

    @classmethod
    def entry_line(cls, config, lines):
        Forgetful.asked += 1
        return np.arange(len(lines["z"])) % 50 == 10 + Forgetful.asked


def test_our_strategies_run_again_compiled():
    assert ready(own())[0].is_compiled
    assert ready(own(**MONTHLY))[0].is_compiled


@pytest.mark.parametrize("strategy_class", [OnlyRunning, Forgetful])
def test_what_backtrader_alone_can_run_or_is_not_the_same_twice_stays_there(strategy_class):
    assert not ready(of(strategy_class))[0].is_compiled


def test_both_drivers_leave_the_same_trace_on_a_market_cut_short():
    subject, _ = ready(own(**MONTHLY))
    known = truncated(subject.market, 100)
    both = [traced(subject, known, in_backtrader=driver) for driver in (True, False)]
    assert digest(both[0]) == digest(both[1])


def test_both_drivers_leave_the_same_run_when_orders_wait():
    subject, _ = ready(own(**MONTHLY))
    compiled, backtrader = (
        subject.run(lag_sessions=2, in_backtrader=driver) for driver in (False, True)
    )
    assert digest(trace_of(compiled)) == digest(trace_of(backtrader))
    assert compiled.headline == backtrader.headline
    assert compiled.trades.equals(backtrader.trades)


def test_one_cut_and_one_future_run_in_backtrader_and_the_checks_say_which(monkeypatch):
    subject, base = ready(own())
    run, sessions = audited(subject, base, QUICK), []
    real = subject_module.simulate

    def counted(config, market, **options):
        sessions.append(len(market.sessions))
        return real(config, market, **options)

    monkeypatch.setattr(subject_module, "simulate", counted)
    short = truncation(run)
    cut = run.cuts.all[len(run.cuts.all) // 2]
    assert (short.status, sessions) == ("PASS", [cut])
    assert f"to the last bit; the run to {run.trace.sessions[cut - 1]} is" in short.sentence
    futures = perturbation(run)
    assert (futures.status, sessions) == ("PASS", [cut, len(base.ledger)])
    middle = futures.detail["cuts"][len(futures.detail["cuts"]) // 2]
    assert f"to the last bit; the jump after {middle} is Backtrader's." in futures.sentence


@pytest.mark.parametrize("leak", [each for each in PLANTED if each.caught_by != ("A4",)])
def test_a_planted_leak_is_found_at_the_same_place_by_either_driver(leak):
    subject, base = ready(of(leak.strategy_class))
    assert subject.is_compiled
    for check in (truncation, perturbation):
        found = [check(audited(each, base, FEW)) for each in (subject, of(leak.strategy_class))]
        assert found[0].status == found[1].status
        assert found[0].difference == found[1].difference


def test_runs_that_share_what_both_ask_for_are_those_that_share_nothing():
    """One subject's many runs, of other configurations and markets, against a fresh one's each."""
    shared, base = ready(own())
    configs = [
        audit_config(rebalance={"kind": "weekly", "on": "friday"}),
        audit_config(sizing={"kind": "inverse_vol", "window": 9}),
        audit_config(signal={**CORRELATION, "enter_below": -0.2}),
        audit_config(costs={"impact": {"kind": "square_root"}, "spread": {"default_bps": 9.0}}),
        audit_config(),
    ]
    thin = replace(
        shared.market, long=replace(shared.market.long, volume=shared.market.long.volume / 1e6)
    )
    for config in (*configs, *configs[::-1]):
        for market in (shared.market, thin, truncated(shared.market, 120)):
            alone = Subject(config=config, market=market, is_compiled=True)
            assert digest(trace_of(shared.run(market, config=config))) == digest(
                trace_of(alone.run())
            )
    assert digest(trace_of(shared.run())) == digest(trace_of(base))
