"""Q6: what was written down is judged by what came after alone; by hand, on a walk, on an edge."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import run
from configs.load import load
from configs.schema import RunConfig
from engine.trials.registration import Registered, Registration, rule_of
from engine.trials.trial import run_trial
from reports.audits.altered_markets import truncated
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.forward import confirms, forward, needed_by, refutes
from reports.publish.folder import PublishError
from reports.publish.registrations import REGISTRY, read_registry, register
from tests.unit.control_pairs import control_subject

ROOT = Path(__file__).parents[3]


def registration(subject, until, *, when=None, published_on=None):
    """What was decided on the first ``until`` sessions, written down on the last of them."""
    early = replace(subject, market=truncated(subject.market, until)).finished(["x"])
    needed = needed_by(early)
    return Registration(
        when=when or f"{subject.market.sessions[until - 1]}T21:30:00Z",
        trial=run_trial(early),
        published_on=published_on,
        sessions_needed=needed,
        confirm=confirms(needed),
        refute=refutes(needed),
        program="test",
    )


def judged(subject, *made, **registry):
    return forward(subject.finished(["x"]), Registered(registrations=made, **registry))


def test_a_planted_edge_is_confirmed_by_what_came_after_alone():
    subject = control_subject(2, edge=0.008, sessions=500)
    written = registration(subject, 250)
    found = judged(subject, written)
    returns = session_returns(subject.run())[250:]
    numbers = found.numbers
    assert numbers["outcome"] == "confirmed"
    assert (numbers["sessions"], numbers["judged_after"]) == (250, written.when[:10])
    assert numbers["after"]["total_return"] == pytest.approx(np.prod(1 + returns) - 1)
    assert numbers["after"]["mean_annual"] == pytest.approx(252 * returns.mean())
    assert f"Written down on {written.when[:10]}" in found.sentence


def test_how_good_it_was_before_changes_nothing():
    subject = control_subject(2, edge=0.008, sessions=400)
    found = judged(subject, registration(subject, 200))
    other = registration(subject, 200)
    lucky = replace(other, trial=replace(other.trial, score=99.0))
    assert judged(subject, lucky).numbers == found.numbers


def test_random_walks_are_seldom_confirmed():
    outcomes = []
    for seed in range(1, 9):
        subject = control_subject(seed, sessions=300)
        outcomes.append(judged(subject, registration(subject, 150)).numbers["outcome"])
    assert outcomes.count("confirmed") <= 1


def test_what_could_be_known_when_it_was_written_counts_for_nothing():
    subject = control_subject(2, edge=0.008, sessions=400)
    days = subject.market.sessions
    late = registration(subject, 200, when=f"{days[299]}T09:00:00Z", published_on=str(days[199]))
    found = judged(subject, late)
    assert found.numbers["sessions"] == 100
    assert found.numbers["known_when_written"]["sessions"] == 100
    assert f"after {days[199]} could be known when it was written" in found.sentence


def test_the_same_day_and_nothing_after_it_is_open():
    subject = control_subject(2, sessions=200)
    found = judged(subject, registration(subject, 200))
    assert (found.numbers["outcome"], found.numbers["sessions"]) == ("open", 0)
    assert found.numbers["after"]["mean_annual"] is None
    assert f"No session after {found.numbers['judged_after']} is at hand" in found.sentence


def test_the_first_registration_counts_and_another_rule_does_not():
    subject = control_subject(2, edge=0.008, sessions=300)
    first, again = registration(subject, 150), registration(subject, 250)
    found = judged(subject, first, again)
    assert (found.numbers["registered"], found.numbers["times_registered"]) == (first.when, 2)
    values = subject.config.model_dump()
    values["signal"]["window"] = 22
    other = replace(subject, config=RunConfig.model_validate(values))
    assert "never registered" in judged(other, first).sentence
    renamed = replace(subject, config=subject.config.model_copy(update={"name": "else"}))
    assert judged(renamed, first).rating == "shown"


def test_the_registry_keeps_every_field_and_names_what_is_not_its_own(tmp_path):
    subject = control_subject(2, sessions=120)
    written, path = registration(subject, 100), tmp_path / "shelf" / REGISTRY
    register(path, written)
    with path.open("ab") as file:
        file.write(b'{"when": "torn')
    register(path, replace(written, when="2031-01-01T00:00:00Z"))
    back = read_registry(path)
    assert back.registrations[0] == written
    assert [each.when for each in back.registrations] == [written.when, "2031-01-01T00:00:00Z"]
    (skipped,) = back.skipped
    assert skipped.startswith("line 2 is not ours or torn")
    assert read_registry(tmp_path / "none" / REGISTRY) == Registered()
    assert read_registry(tmp_path).unreadable
    with pytest.raises(PublishError, match="Nothing is registered"):
        register(tmp_path, written)
    assert "could not be read" in judged(subject, unreadable="x: could not be read (y)").sentence


@pytest.mark.parametrize("name", ["smh_igv", "nvda_msft"])
def test_the_registrations_that_ship_are_of_the_configurations_that_ship(name):
    kept = read_registry(ROOT / "examples" / REGISTRY)
    assert (len(kept.registrations), kept.skipped) == (2, ())
    settings = load(ROOT / "configs" / f"{name}.yaml").of_the_run()
    (own,) = [
        each for each in kept.registrations if each.trial.settings["name"] == settings["name"]
    ]
    assert rule_of(own.trial) == rule_of(replace(own.trial, settings=settings))
    assert own.trial.end == "2026-06-30"
    assert str(own.judged_after) == own.when[:10] > own.trial.end


def test_the_command_writes_one_line_and_says_the_first_counts(tmp_path, capsys):
    words = ["register", "configs/sample.yaml", "--out", str(tmp_path), "--refute", "a loss"]
    assert run.main(words) == 0
    assert "SYNTHETIC DATA. registered SMH/IGV" in capsys.readouterr().out
    assert run.main(words) == 0
    assert "this rule was registered before" in capsys.readouterr().out
    lines = [json.loads(line) for line in (tmp_path / REGISTRY).read_text().splitlines()]
    assert len(lines) == 2
    assert lines[0]["refute"] == "a loss"
    assert len(lines[0]["data_sha256"]) == len(lines[0]["config_sha256"]) == 64
    assert len(read_registry(tmp_path / REGISTRY).registrations) == 2
