"""What several command line tests share: one arrival, one desk without a tear sheet."""

import contextlib

import pytest

import reports.pages.tearsheet.page
import reports.pages.tearsheet.process
import run
from tests.e2e.chromium import Chromium
from tests.e2e.program import NOWHERE, ROOT, home
from tests.e2e.yahoo_server import environment


@pytest.fixture(scope="session")
def arrival(tmp_path_factory):
    """The environment of a new user: an empty home, an empty cache, no network."""
    return home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One headless Chromium for the pages of a module."""
    browser = Chromium(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """``run.main`` in this process, as on a new machine; returns its folder of runs."""
    for name, value in {**environment(NOWHERE), "SCHISM_CACHE_DIR": str(tmp_path / "c")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(run, "OUT", tmp_path / "out")
    monkeypatch.chdir(ROOT)
    return tmp_path / "out"


@pytest.fixture
def without_quantstats(monkeypatch):
    """Spare the seconds of a tear sheet where the test is about something else."""
    monkeypatch.setattr(reports.pages.tearsheet.process, "TearsheetProcess", contextlib.nullcontext)
    monkeypatch.setattr(
        reports.pages.tearsheet.page, "reason_not_to_draw", lambda result: "not drawn here"
    )
