"""Half of an audit apart: the same work, there or here, with its steps, and nobody left behind."""

import os
import time

import pytest

from configs.errors import ConfigError
from reports.audits.apart import HERE, second_process


def where(number, *, progress, twice=False):
    """Return the process it runs in, and a number."""
    progress("one")
    progress("two")
    return os.getpid(), 2 * number if twice else number


def refused(*, progress):
    raise ConfigError("window was 0; expected 1 or more")


def fatal(parent, *, progress):
    """End the second process, and only that."""
    if os.getpid() != parent:
        os._exit(9)
    return "here"


def endless(*, progress):
    progress("begun")
    time.sleep(600)


def is_there(pid):
    """Whether a process runs; one that ended and was waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def apart():
    with second_process("decimal") as process:
        yield process


def test_work_is_done_in_the_other_process_and_its_steps_are_told_here(apart):
    steps = []
    pid, number = apart.begin(where, 21, twice=True)(steps.append)
    assert pid != os.getpid()
    assert number == 42
    assert steps == ["one", "two"]
    assert apart.begin(where, 1)(steps.append) == (pid, 1)  # one process, one piece after another


def test_what_is_raised_there_is_raised_here(apart):
    with pytest.raises(ConfigError, match="window was 0; expected 1 or more"):
        apart.begin(refused)(print)


def test_with_nobody_apart_the_work_waits_until_it_is_asked_for():
    steps = []
    made = HERE.begin(where, 21)
    assert steps == []
    assert made(steps.append) == (os.getpid(), 21)
    assert steps == ["one", "two"]


def test_what_ends_the_other_process_is_done_here(capfd):
    with second_process() as process:
        assert process.begin(fatal, os.getpid())(print) == "here"
        assert process.begin(where, 3)(lambda step: None) == (os.getpid(), 3)  # nobody left to ask
    assert capfd.readouterr() == ("", "")


def test_the_process_ends_with_the_block_whatever_it_does():
    with second_process() as process:
        pid, _ = process.begin(where, 1)(lambda step: None)
        process.begin(endless)
    assert not is_there(pid)


def test_where_no_process_can_be_started_the_work_is_done_here(tmp_path, monkeypatch, caplog):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()  # a process cannot begin in it
    with second_process() as apart:
        made = apart.begin(where, 21)
        assert made(lambda step: None) == (os.getpid(), 21)
    assert "no second process could be started" in caplog.text
