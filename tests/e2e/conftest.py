"""What several command line tests share: one arrival, one desk without a tear sheet."""

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock

import reports.pages.tearsheet.page
import reports.pages.tearsheet.process
import run
from tests.e2e.chromium import Chromium
from tests.e2e.drawn import SHEETS, drawn
from tests.e2e.program import (
    NOWHERE,
    OFTEN,
    PLAIN_SHEETS,
    ROOT,
    Done,
    home,
    new_process,
    overrides,
    run_py,
)
from tests.e2e.yahoo_server import environment


@pytest.fixture(scope="session")
def arrival(tmp_path_factory):
    """The environment of a new user: an empty home, an empty cache, no network."""
    return home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def drawing_arrival(tmp_path_factory):
    """The same user, whose tear sheets are QuantStats' own."""
    return home(tmp_path_factory.mktemp("home"), draws=True)


@pytest.fixture(scope="session")
def endless_arrival(arrival):
    """The same user, whose tear sheets are never done: there is a moment to be stopped in."""
    return {**arrival, "SHEETS": "endless"}


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Run what several modules look at once a session, whichever of its workers comes first."""
    place = tmp_path_factory.getbasetemp()
    place = place.parent if "PYTEST_XDIST_WORKER" in os.environ else place

    def made(name, run_it):
        folder = place / "once" / name
        folder.mkdir(parents=True, exist_ok=True)
        ended = folder / "ended.json"
        with FileLock(folder / "lock"):
            if not ended.exists():
                done = run_it(folder / "out")
                ended.write_text(json.dumps(asdict(done)), encoding="utf-8")
        return Done(**json.loads(ended.read_text(encoding="utf-8")))

    return made


@pytest.fixture(scope="session")
def drawn_folders(once):
    """The folders of some invented runs by what they were asked for, as a comparison draws them."""
    done = once("drawn", drawn)
    assert (done.code, done.err) == (0, "")
    folders = [Path(line).parent for line in done.out.splitlines()]
    return dict(zip(SHEETS, folders, strict=True))


@pytest.fixture(scope="session")
def sample_audit(once, arrival):
    """The audit of the sample, in README's own words."""
    words = ["audit", "configs/sample.yaml", "--quick", "--out"]
    return once("sample", lambda out: run_py([*words, out], arrival))


@pytest.fixture(scope="session")
def leak_audit(once, arrival):
    """The audit of a strategy file that peeks; few are the versions of one without a rebalance."""
    leak = ["--quick", "--strategy", ROOT / "tests" / "leaks" / "peek_one_session.py"]
    words = ["audit", *OFTEN, *overrides("rebalance={kind: never}"), *leak, "--out"]
    return once("leak", lambda out: new_process([*words, out], arrival))


@pytest.fixture(scope="session")
def idle_audit(once, arrival):
    """The audit of a run whose condition never holds."""
    words = ["audit", *OFTEN, *overrides("signal.enter_below=-9"), "--quick", "--out"]
    return once("idle", lambda out: run_py([*words, out], arrival))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One headless Chromium for every page that a test process opens."""
    browser = Chromium(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """``run.main`` in this process, as on a new machine; returns its folder of runs."""
    ours = {"SCHISM_CACHE_DIR": str(tmp_path / "c"), "PYTHONPATH": str(PLAIN_SHEETS)}
    for name, value in {**environment(NOWHERE), **ours}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(run, "OUT", tmp_path / "out")
    monkeypatch.chdir(ROOT)
    return tmp_path / "out"


@pytest.fixture
def without_quantstats(monkeypatch):
    """Spare the seconds of a tear sheet where the test is about something else."""

    class Idle(contextlib.nullcontext):
        """A process that nobody asks."""

        def __init__(self):
            super().__init__("idle")

    monkeypatch.setattr(reports.pages.tearsheet.process, "TearsheetProcess", Idle)
    monkeypatch.setattr(
        reports.pages.tearsheet.page, "reason_not_to_draw", lambda result: "not drawn here"
    )
