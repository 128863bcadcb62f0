"""The same run twice, inputs in another order, and the auditor's own test on planted leaks."""

from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd
import pytest

from reports.audits.integrity import lookahead, negative_controls
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.integrity.determinism import determinism, reordered
from reports.audits.subject import Subject
from strategies import AlwaysPair
from tests.unit.audit_market import CORRELATION, audit_config, audit_market, own
from tests.unit.hand_market import first_sessions, hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals

NEVER = {**CORRELATION, "enter_below": -99}


def ready(subject):
    return audited(subject, subject.run(), QUICK)


# --- A10: the same run ---


def test_one_run_has_one_hash_however_its_inputs_are_listed():
    check = determinism(ready(own()))
    assert check.status == "PASS"
    assert check.detail["trace_sha256"][:12] in check.sentence


def test_every_mapping_is_turned_and_nothing_else():
    reports = hand_fundamentals(
        hand_facts("AAA", "capex", [1e9] * 4), hand_facts("SSS", "capex", [1e9] * 4)
    )
    subject = own(market=replace(audit_market(), fundamentals=reports))
    turned = reordered(subject)
    assert turned.config == subject.config
    assert list(turned.config.costs.spread.by_symbol) == ["LLL", "SSS"]
    assert list(subject.config.costs.spread.by_symbol) == ["SSS", "LLL"]
    assert list(turned.market.gauges) == ["^MOVE", "^VIX"]
    assert list(turned.market.fundamentals.reports) == ["SSS", "AAA"]
    assert turned.market.long is subject.market.long


def test_a_run_that_counts_its_runs_fails():
    runs = count()

    class Counting(AlwaysPair):
        def __init__(self):
            super().__init__()
            self.late = next(runs)

        def is_triggered(self):
            return len(self) > 20 + self.late

    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=Counting)
    check = determinism(ready(subject))
    assert check.status == "FAIL"
    assert check.difference.what == "decision (entry)"
    assert check.sentence.startswith("Run again, the run is another one from ")


def test_a_strategy_that_hangs_on_the_order_of_names_fails():
    class First(AlwaysPair):
        def is_triggered(self):
            return next(iter(self.config.costs.spread.by_symbol)) == "SSS"

    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=First)
    check = determinism(ready(subject))
    assert check.status == "FAIL"
    assert check.sentence.startswith("Run with its inputs listed in reverse order, the run is ano")


# --- A11: the auditor ---


def test_every_planted_leak_is_flagged_by_the_checks_made_for_it():
    check = negative_controls.negative_controls(own())
    assert check.status == "PASS"
    flagged = check.detail["flagged_by"]
    assert {"A1", "A2"} <= set(flagged["peek one session"]) & set(flagged["full-sample z"])
    assert {"A1", "A2"} <= set(flagged["centred window"])
    assert flagged["back-fill"] in (["A2"], ["A1", "A2"])
    assert flagged["cheat-on-close"] == ["A4"]
    assert flagged["clean"] == []


@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_the_controls_do_not_depend_on_what_is_audited(fill):
    idle = own(signal=NEVER, account={"fill": fill, "cash": 50.0})  # decides nothing, buys nothing
    assert negative_controls.negative_controls(idle).status == "PASS"


@pytest.mark.parametrize(
    ("dead", "missed"),
    [("first_difference", "peek one session"), ("provenance", "cheat-on-close")],
)
def test_a_dead_auditor_is_called_dead(monkeypatch, dead, missed):
    if dead == "first_difference":
        monkeypatch.setattr(lookahead, dead, lambda *given, **more: None)
    else:
        passed = negative_controls.provenance(own(), own().run())
        monkeypatch.setattr(negative_controls, dead, lambda *given: passed)
    check = negative_controls.negative_controls(own())
    assert check.status == "FAIL"
    assert check.sentence.startswith("The auditor is dead")
    assert (check.difference.what, check.difference.actual) == (
        f"planted: {missed}",
        "flagged by nothing",
    )


def test_an_auditor_that_flags_the_honest_is_called_dead_too(monkeypatch):
    def always(run):
        failed = lookahead.truncation(run)
        return replace(failed, status="FAIL")

    monkeypatch.setattr(negative_controls, "truncation", always)
    check = negative_controls.negative_controls(own())
    assert check.status == "FAIL"
    assert check.difference.what == "planted: clean"
    assert check.difference.expected == "passed"


def test_a_market_that_never_moves_cannot_test_the_auditor():
    days = pd.bdate_range("2024-03-04", periods=81).strftime("%Y-%m-%d").tolist()
    flat = np.full(80, 100.0)
    market = hand_market(days, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    check = negative_controls.negative_controls(Subject(config=hand_config(), market=market))
    assert check.status == "NOT RUN"
    assert "found nothing to trade" in check.sentence


def test_a_market_too_short_for_the_planted_strategies_says_so():
    check = negative_controls.negative_controls(own(market=first_sessions(audit_market(), 59)))
    assert check.status == "NOT RUN"
    assert "need 60 sessions, and there are 59" in check.sentence
