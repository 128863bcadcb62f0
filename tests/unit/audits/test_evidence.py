"""All blocks together: the order, the quick audit, little history, and the day of publication."""

import json
from dataclasses import replace

import pytest

from configs.schema import RunConfig
from reports.audits.altered_markets import truncated
from reports.audits.evidence import evidence as module
from reports.audits.evidence.evidence import evidence
from reports.audits.evidence.rating import NAMES, bars
from strategies import CorrelationPair
from tests.unit.control_pairs import control_subject
from tests.unit.hand_outcomes import audit_config

KEYS = ["E0", "E1", "E2", "E3", "E4", "E5", "F1", "F2", "F3", "F4", "C1", "C2", "P"]


def evidence_of(subject, *, quick=True, steps=None):
    steps = [] if steps is None else steps
    return evidence(subject, subject.run(), quick=quick, progress=steps.append)


def with_config(subject, **sections):
    values = subject.config.model_dump() | sections
    return replace(subject, config=RunConfig.model_validate(values))


def texts(value):
    """Every string in what JSON would hold."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from (key, *texts(each))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def test_a_whole_audit_has_every_block_in_order_and_json_holds_it():
    steps = []
    whole = evidence_of(control_subject(2, sessions=200, resamples=9), quick=False, steps=steps)
    assert [block.key for block in whole.blocks] == KEYS == list(NAMES)
    assert [block.name for block in whole.blocks] == list(NAMES.values())
    for block in whole.blocks:
        assert json.loads(json.dumps(block.numbers, allow_nan=False)) == block.numbers
        assert block.sentence.endswith(".")
        assert block.thresholds == bars(audit_config())[block.key]
        words = " ".join((block.name, block.measured, block.sentence, *texts(block.numbers)))
        assert "proven" not in words.lower()
    # One step for 9 paths of each null; 6 knobs of two neighbours, one of them refused; one lag.
    ran = [step for step in steps if step.startswith("running")]
    paths = sum("resampled path" in step for step in ran)
    neighbours = sum("neighbour" in step for step in ran)
    assert (paths, neighbours, sum("later" in step for step in ran)) == (2, 12, 1)
    assert whole.block("E0").numbers["clusters"] == whole.entries
    run_not = {block.key for block in whole.blocks if block.rating == "not run"}
    assert run_not == {"E5"}
    assert (whole.pair, whole.sessions) == ("LLL/SSS", 200)


def test_a_quick_audit_leaves_out_the_resampled_paths_alone_and_says_why(monkeypatch):
    monkeypatch.delattr(module, "resampled_test")
    quick = evidence_of(control_subject(2, sessions=200))
    assert {block.key for block in quick.blocks if block.rating == "not run"} == {"E1", "E5"}
    assert "a quick audit does not re-run" in quick.block("E1").sentence


def test_the_same_audit_twice_is_the_same():
    subject = control_subject(2, sessions=150, resamples=9)
    assert evidence_of(subject, quick=False) == evidence_of(subject, quick=False)


def test_without_an_entry_nothing_but_the_count_is_run():
    subject = control_subject(2, sessions=100)
    signal = subject.config.signal.model_copy(update={"enter_below": -50.0})
    idle = evidence_of(with_config(subject, signal=signal.model_dump()), quick=False)
    ratings = {block.key: block.rating for block in idle.blocks}
    assert ratings == {**dict.fromkeys(KEYS, "not run"), "E0": "against"}
    assert "nothing was traded" in idle.block("E1").sentence
    assert idle.net_pnl_usd == 0.0


@pytest.mark.parametrize("sessions", [44, 50, 70])
def test_too_little_history_leaves_out_what_needs_more_and_the_rest_stands(sessions):
    # Warm after 42 sessions.
    few = evidence_of(control_subject(3, sessions=sessions), quick=True)
    assert few.block("E0").rating == "against"
    assert len(few.blocks) == len(KEYS)
    if few.entries:
        assert few.block("C1").rating != "not run"
        assert few.block("E2").rating == "against"


def test_what_came_after_publication_is_in_e5_alone():
    subject = control_subject(2, edge=0.01, sessions=180)
    day = subject.market.sessions[119].item()
    audit = subject.config.audit.model_copy(update={"published_on": day}).model_dump()
    split = evidence_of(with_config(subject, audit=audit))
    before = evidence_of(replace(subject, market=truncated(subject.market, 120)))
    assert (split.sessions, split.until) == (120, str(day))
    for one, other in zip(split.blocks, before.blocks, strict=True):
        if one.key != "E5":
            assert one == other
    assert split.block("E5").rating in ("supports", "marginal")
    assert split.block("E5").numbers["after"]["sessions"] == 60
    assert split.net_pnl_usd == before.net_pnl_usd != evidence_of(subject).net_pnl_usd


def test_the_run_up_to_publication_is_of_the_subject_s_own_strategy():
    class Never(CorrelationPair):
        def is_triggered(self):
            return False

    plain = control_subject(1, sessions=150)
    day = plain.market.sessions[99].item()
    subject = with_config(plain, audit=plain.config.audit.model_dump() | {"published_on": day})
    own = replace(subject, strategy_class=Never)
    # Beside a base run that traded, so that there is something to part.
    split = evidence(own, subject.run(), quick=True, progress=lambda step: None)
    assert (split.sessions, split.entries) == (100, 0)


def test_a_day_of_publication_after_everything_or_before_the_first_trade_splits_nothing():
    subject = control_subject(2, sessions=150)
    whole = evidence_of(subject)
    for day in (subject.market.sessions[-1].item(), subject.market.sessions[20].item()):
        audit = subject.config.audit.model_dump() | {"published_on": day}
        same = evidence_of(with_config(subject, audit=audit))
        assert same.sessions == 150
        assert same.block("E5").rating == "not run"
        assert same.block("F1") == whole.block("F1")
