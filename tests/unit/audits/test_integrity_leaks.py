"""Planted leaks, through the door that somebody's own strategy takes: which check finds which."""

import dataclasses
import json
from functools import cache

import pytest

from engine.errors import EngineError
from engine.user_strategy import load_strategy
from reports.audits.integrity.checks import integrity
from reports.audits.subject import Subject
from strategies import PairStrategy
from tests.unit.audit_market import (
    LEAKS,
    audit_config,
    audit_market,
    checks_of,
    keys_of,
    leaking,
    own,
)
from tests.unit.hand_reports import hand_facts, hand_fundamentals

KEYS = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11"]
NOT_RUN = ["A7", "A9"]  # no reports, no universe
REMARK = ("A8", "REMARK")  # a rule on quoted closes
NEXT_SESSION = "a session after its decision on "

# The file, the checks that must fail, the first difference of the first of them.
CAUGHT = [
    ("peek_one_session", ["A1", "A2"], "signal line z"),
    ("full_sample_z", ["A1", "A2"], "signal line z"),
    ("centred_window", ["A1", "A2"], "signal line correlation"),
    ("back_fill", ["A2"], "signal line z"),
    ("cheat_on_close", ["A4"], "fill of SSS (entry)"),
    ("positive_index", ["A1", "A2", "A3"], "decision (entry)"),
    ("remembers", ["A1", "A2"], "signal line z"),
    ("adjusted_level", ["A8"], "entry rule"),
]


@cache
def quick_checks(name):
    return checks_of(leaking(name))


@pytest.mark.parametrize(("name", "caught_by", "what"), CAUGHT, ids=[row[0] for row in CAUGHT])
def test_a_planted_leak_is_caught(name, caught_by, what):
    checks = quick_checks(name)
    assert list(checks) == KEYS
    assert keys_of(checks, "FAIL") == caught_by
    assert keys_of(checks, "NOT RUN") == NOT_RUN
    assert checks[caught_by[0]].difference.what == what
    for key, check in checks.items():
        assert (check.difference is not None) is (key in caught_by or (key, check.status) == REMARK)


def test_the_clean_strategy_passes():
    checks = checks_of(leaking("clean"), quick=False)
    assert keys_of(checks, "FAIL") == []
    assert keys_of(checks, "NOT RUN") == NOT_RUN
    assert checks["A11"].status == "PASS"


def test_a_rule_on_quoted_closes_is_remarked_with_what_differs_and_not_accused():
    checks = quick_checks("dividend_as_loss")
    assert keys_of(checks, "FAIL") == []
    check = checks["A8"]
    assert check.status == "REMARK"
    assert check.difference.what == "entry rule"
    assert "quoted prices, which fall on the ex-date of a dividend" in check.sentence
    assert f"change on {check.detail['changed']} sessions" in check.sentence


def test_a_strategy_that_tosses_coins_is_not_called_a_leak_without_saying_so():
    checks = checks_of(leaking("unseeded"))
    assert checks["A10"].status == "FAIL"
    assert checks["A10"].difference.what == "decision (entry)"
    for key in ("A1", "A2", "A3"):
        assert "not even the same when run twice (A10)" in checks[key].sentence


def test_a_back_filled_warm_up_shows_on_its_first_session():
    difference = quick_checks("back_fill")["A2"].difference
    assert difference.session == "2023-01-03"  # sixteen sessions before the first honest z


def test_a_fill_at_the_deciding_close_is_named_with_both_days():
    check = quick_checks("cheat_on_close")["A4"]
    assert check.difference.expected == NEXT_SESSION + check.difference.session
    assert check.difference.actual == "the same session"


def test_the_first_peeked_session_is_the_last_one_kept_by_the_shortest_cut():
    check = quick_checks("peek_one_session")["A1"]
    assert check.difference.session == check.detail["cuts"][0]
    assert check.detail["differing"] == check.detail["runs"] == len(check.detail["cuts"])


def test_a_strategy_that_raises_stops_before_its_audit():
    with pytest.raises(EngineError, match=r"raises.py:\d+: raised ZeroDivisionError"):
        leaking("raises").run()


def test_a_strategy_that_hangs_can_be_read_and_is_left_to_a_time_limit():
    assert issubclass(load_strategy(LEAKS / "hangs.py"), PairStrategy)


# --- the shipped strategies ---


def test_the_correlation_pair_passes():
    checks = checks_of(own(), quick=False)
    assert keys_of(checks, "FAIL") == []
    assert keys_of(checks, "NOT RUN") == NOT_RUN


def test_the_capex_pair_passes_on_reports_made_by_hand(capex):
    checks = checks_of(capex, quick=False)
    assert keys_of(checks, "FAIL") == []
    assert keys_of(checks, "NOT RUN") == ["A9"]
    assert checks["A7"].detail["facts"] > 0


def test_every_detail_is_plain_and_every_step_is_told(capex):
    steps = []
    checks = integrity(capex, capex.run(), quick=True, progress=steps.append)
    for check in checks:
        json.dumps(check.detail, allow_nan=False)
    assert [each.split(":")[0] for each in steps] == [key for key in KEYS if key != "A9"]


@pytest.fixture(scope="module")
def capex():
    """A capex pair whose spenders' growth passes 20 % up and down, on quarters filed as it runs."""
    spent = [10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 12, 15, 15, 11, 16]  # to September 2023
    facts = [
        hand_facts(company, concept, [scale * each for each in spent])
        for company in ("AAA", "SSS")
        for concept, scale in (("capex", 1e9), ("revenue", 5e9))
    ]
    market = dataclasses.replace(audit_market(), fundamentals=hand_fundamentals(*facts))
    config = audit_config(
        signal={"kind": "capex", "spenders": ["AAA"], "enter_above": 0.2},
        fundamentals={"source": "sample"},
        sizing={"kind": "capex_intensity", "reference_quarters": 2},
        rebalance={"kind": "any_of", "of": [{"kind": "on_filing"}, {"kind": "monthly"}]},
    )
    return Subject(config=config, market=market)
