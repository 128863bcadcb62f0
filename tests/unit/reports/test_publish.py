import os
from concurrent.futures import Future
from pathlib import Path

import pytest

from reports.pages.template import TEMPLATES, script_name
from reports.publish import run as publishing
from reports.publish.folder import PublishError, check_writable
from reports.publish.ownership import list_files
from reports.publish.run import RUN, publish
from tests.unit.fake_result import fake_result

NAMES = {
    "index.html", "tearsheet.html", "result.json", "ledger.csv", "fills.csv", "trades.csv",
    "rebalances.csv", "signals.csv", "findings.json", "manifest.json", script_name(),
}  # fmt: skip


class QuickTearsheets:
    """Answers at once with the bare template, or with an error."""

    def __init__(self, error=None):
        self.error = error

    def submit(self, order):
        page = Future()
        if self.error is None:
            page.set_result((TEMPLATES / "tearsheet.html").read_text(encoding="utf-8"))
        else:
            page.set_exception(self.error)
        return page


@pytest.fixture(scope="module")
def result():
    return fake_result(sessions=60, holds=((20, 40),))


def names(folder):
    return {entry.name for entry in folder.iterdir()}


def test_the_folder_holds_the_files_of_the_design_and_nothing_else(result, tmp_path):
    page = publish(result, tmp_path / "a" / "run", QuickTearsheets())
    assert page == tmp_path / "a" / "run" / "index.html"
    assert names(page.parent) == NAMES
    assert names(tmp_path / "a") == {"run"}  # no temporary neighbour is left


def test_the_folder_can_be_read_by_whom_the_umask_allows(result, tmp_path):
    page = publish(result, tmp_path / "run", QuickTearsheets())
    (tmp_path / "plain").mkdir()
    assert page.parent.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_progress_is_told_in_order(result, tmp_path):
    steps = []
    publish(result, tmp_path / "run", QuickTearsheets(), progress=steps.append)
    assert steps == [
        "writing the ledger, fills, trades and signals",
        "drawing the run page",
        "waiting for the tear sheet",
    ]


def test_a_run_that_cannot_be_drawn_needs_no_press(tmp_path):
    never = QuickTearsheets(error=AssertionError("the tear sheet process was asked"))
    page = publish(fake_result(sessions=60, holds=()), tmp_path / "run", never)
    assert names(page.parent) == NAMES
    assert "There is nothing to chart" in (page.parent / "tearsheet.html").read_text()


def test_a_run_without_a_press_has_no_tear_sheet_and_its_page_no_word_of_one(result, tmp_path):
    page = publish(result, tmp_path / "run")
    assert names(page.parent) == NAMES - {"tearsheet.html"}
    text = page.read_text(encoding="utf-8")
    assert "tearsheet.html" not in text
    assert "ledger.csv" in text


@pytest.mark.parametrize("error", [RuntimeError("drawing failed"), KeyboardInterrupt()])
def test_an_interrupted_run_leaves_nothing(result, tmp_path, error):
    with pytest.raises(type(error)):
        publish(result, tmp_path / "run", QuickTearsheets(error))
    assert names(tmp_path) == set()


def test_an_earlier_run_is_replaced(result, tmp_path):
    out = tmp_path / "run"
    publish(fake_result(sessions=60, holds=()), out, QuickTearsheets())
    (out / script_name()).rename(out / "plotly-0.0.1.min.js")  # as another version left it
    list_files(out, RUN.kind)
    publish(result, out, QuickTearsheets())
    assert names(out) == NAMES
    assert (out / "fills.csv").read_text().count("\n") == 5  # a header and two legs in and out


def test_an_earlier_run_survives_a_failure(result, tmp_path):
    out = tmp_path / "run"
    publish(result, out, QuickTearsheets())
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(RuntimeError):
        publish(
            fake_result(sessions=50, holds=((9, 30),)), out, QuickTearsheets(RuntimeError("no"))
        )
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert names(tmp_path) == {"run"}


def test_an_earlier_run_comes_back_if_the_new_one_cannot_take_its_place(
    result, tmp_path, monkeypatch
):
    out = tmp_path / "run"
    publish(result, out, QuickTearsheets())
    before = (out / "fills.csv").read_bytes()
    rename = Path.rename

    def refuse(path, target):
        if path.name == "whole":
            raise PermissionError("refused for the test")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PublishError, match="refused for the test"):
        publish(fake_result(sessions=50, holds=()), out, QuickTearsheets())
    monkeypatch.undo()
    assert (out / "fills.csv").read_bytes() == before
    assert names(tmp_path) == {"run"}


def test_an_empty_folder_is_filled(result, tmp_path):
    (tmp_path / "run").mkdir()
    assert names(publish(result, tmp_path / "run", QuickTearsheets()).parent) == NAMES


def test_a_folder_with_anything_foreign_is_refused_untouched(result, tmp_path):
    out = tmp_path / "run"
    publish(result, out, QuickTearsheets())
    (out / "thesis.docx").write_text("years of work")
    before = names(out)
    with pytest.raises(PublishError, match=r"holds 'thesis.docx'.*Nothing was touched"):
        publish(result, out, QuickTearsheets())
    assert names(out) == before
    assert names(tmp_path) == {"run"}


def test_a_folder_with_familiar_names_but_no_proof_of_a_run_is_refused(result, tmp_path):
    out = tmp_path / "site"
    out.mkdir()
    (out / "index.html").write_text("somebody's home page")
    with pytest.raises(PublishError, match=r"holds no manifest.json and result.json"):
        check_writable(out, RUN)
    assert (out / "index.html").read_text() == "somebody's home page"


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(PublishError, match="a file; expected a folder"):
        check_writable(tmp_path / "run", RUN)


def test_a_parent_that_is_a_file_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(PublishError, match=r"--out was .*Name another"):
        check_writable(tmp_path / "file" / "run", RUN)


def test_a_parent_we_may_not_write_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(PublishError, match="is not writable"):
        check_writable(tmp_path / "new" / "run", RUN)


def test_asking_creates_nothing(tmp_path):
    check_writable(tmp_path / "new" / "run", RUN)
    assert names(tmp_path) == set()


def test_a_disk_that_refuses_is_a_clear_error_and_leaves_nothing(result, tmp_path, monkeypatch):
    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "write", full)
    with pytest.raises(PublishError, match="No space left on device"):
        publish(result, tmp_path / "run", QuickTearsheets())
    assert names(tmp_path) == set()


def test_a_linked_folder_is_written_where_it_points(result, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    page = publish(result, tmp_path / "link", QuickTearsheets())
    assert page == tmp_path / "link" / "index.html"
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "real") == NAMES


def test_a_name_is_never_a_path(tmp_path):
    result = fake_result(sessions=60, holds=((20, 40),), name="../../escape")
    publish(result, tmp_path / "in" / "run", QuickTearsheets())
    assert names(tmp_path) == {"in"}
