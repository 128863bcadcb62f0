"""The comparison folder: what is in it, what it may replace, and that it is whole or not there."""

import json
import shutil
from concurrent.futures import Future

import pytest

from configs.compare import load_comparison
from engine.trials.variants import Outcome, market_of, simulate_variants
from feeds.prices.sample import SampleSource
from reports.pages.run.page import FILES, FILINGS
from reports.pages.tearsheet.process import TearsheetError
from reports.pages.template import TEMPLATES, script_name
from reports.publish import compare as publishing
from reports.publish.compare import (
    COMPARISON,
    ComparisonError,
    publish_comparison,
)
from reports.publish.folder import PublishError, check_writable
from reports.publish.ownership import list_files
from reports.publish.run import RUN

RUN_FILES = {"index.html", *(name for name, _ in FILES)} - {FILINGS}  # they read none
CONFIGS = {
    "base.yaml": """\
name: trade <b>
data: {source: sample, start: 2023-04-11, end: 2023-07-10}
pair: {long: SMH, short: IGV}
signal: {kind: always}
""",
    "compare.yaml": """\
name: two <i>ways</i>
base: base.yaml
variants:
  weekly: {}
  never: {rebalance: {kind: never}}
""",
}


class View:
    """What the page and the JSON are made of, in a word."""

    synthetic = True

    def to_json(self):
        return {"answer": "weekly and never differ by little"}


class QuickTearsheets:
    """Answers at once with the bare template, or with an error."""

    def __init__(self, error=None):
        self.error, self.orders = error, []

    def submit(self, order):
        self.orders.append(order)
        page = Future()
        if self.error is None:
            page.set_result((TEMPLATES / "tearsheet.html").read_text(encoding="utf-8"))
        else:
            page.set_exception(self.error)
        return page


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    folder = tmp_path_factory.mktemp("configs")
    for name, text in CONFIGS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_comparison(folder / "compare.yaml")


@pytest.fixture(scope="module")
def outcomes(comparison):
    market = market_of(comparison, SampleSource(), lambda step: None)
    markets = dict.fromkeys(comparison.variants, market)
    return simulate_variants(comparison, markets, ["run.py", "compare"], lambda step: None)


@pytest.fixture
def asked(monkeypatch):
    """Stand in for the numbers and the page; return what they were asked with."""
    seen = {}

    def compared(results):
        seen["results"] = results
        return View()

    def page(view, **how):
        seen.update(how)
        return "<p>compared</p>"

    monkeypatch.setattr(publishing, "compared", compared)
    monkeypatch.setattr(publishing, "compare_page", page)
    return seen


@pytest.fixture
def publish(comparison, outcomes, asked):
    def published(out, outcomes=outcomes, tearsheet_processes=None, progress=lambda step: None):
        tearsheet_processes = (
            [QuickTearsheets()] if tearsheet_processes is None else tearsheet_processes
        )
        return publish_comparison(comparison, outcomes, out, tearsheet_processes, progress)

    return published


def broken(name):
    return Outcome(name=name, result=None, error="the books broke")


def names(folder):
    return {entry.name for entry in folder.iterdir()}


def test_the_folder_holds_a_page_the_numbers_one_script_and_a_run_for_each_variant(
    publish, tmp_path
):
    page = publish(tmp_path / "out")
    assert page == tmp_path / "out" / "compare.html"
    assert names(tmp_path) == {"out"}  # no temporary neighbour is left
    assert names(page.parent) == {
        "compare.html", "compare.json", "manifest.json", script_name(), "weekly", "never",
    }  # fmt: skip
    for variant in ("weekly", "never"):
        assert names(page.parent / variant) == RUN_FILES  # all but a script of its own


def test_run_pages_link_up_to_the_comparison_and_its_script_and_say_which_variant(
    publish, tmp_path
):
    out = publish(tmp_path / "out").parent
    for variant in ("weekly", "never"):
        page = (out / variant / "index.html").read_text(encoding="utf-8")
        assert f"<title>Variant {variant}, trade &lt;b&gt;: 2023-04-11" in page
        assert f"<strong>Variant {variant}</strong> of the comparison " in page
        assert '<a href="../compare.html">two &lt;i&gt;ways&lt;/i&gt;</a>' in page
        assert f'<script id="plotly" src="../{script_name()}"></script>' in page
        assert f'<a href="../{script_name()}">' in page


def test_the_page_is_asked_with_links_down_and_the_numbers_with_every_result(
    publish, outcomes, asked, tmp_path
):
    publish(tmp_path / "out")
    assert asked["results"] == {each.name: each.result for each in outcomes}
    assert asked["variants"] == {"weekly": "weekly/index.html", "never": "never/index.html"}
    assert asked["title"] == "two <i>ways</i>"
    assert (asked["failed"], asked["script"], asked["synthetic"]) == ({}, script_name(), True)


def test_the_json_says_what_was_compared_and_what_came_of_it(
    publish, comparison, outcomes, tmp_path
):
    page = publish(tmp_path / "out")
    data = json.loads(page.with_name("compare.json").read_text(encoding="utf-8"))
    assert data == {
        "name": "two <i>ways</i>",
        "base": "base.yaml",
        "names": ["weekly", "never"],
        "pair": {"long": "SMH", "short": "IGV"},
        "synthetic": True,
        "config_sha256": comparison.digest(),
        "data_sha256": outcomes[0].result.manifest["data_sha256"],
        "failed": {},
        "answer": "weekly and never differ by little",
    }
    assert publishing.answer(page) == "weekly and never differ by little"


def test_tear_sheets_are_shared_out_among_the_presses(publish, tmp_path):
    tearsheet_processes = [QuickTearsheets(), QuickTearsheets(), QuickTearsheets()]
    publish(tmp_path / "out", tearsheet_processes=tearsheet_processes)
    assert [len(each.orders) for each in tearsheet_processes] == [1, 1, 0]


def test_progress_is_two_steps_a_variant_and_one_for_the_comparison(publish, tmp_path):
    steps = []
    publish(tmp_path / "out", progress=steps.append)
    assert steps == [
        "writing weekly",
        "writing never",
        "writing the comparison",
        "waiting for the tear sheet of weekly",
        "waiting for the tear sheet of never",
    ]


def test_a_failed_variant_is_named_on_the_page_and_has_no_folder(
    publish, outcomes, asked, tmp_path
):
    page = publish(tmp_path / "out", outcomes=(*outcomes, broken("odd")))
    assert asked["failed"] == {"odd": "the books broke"}
    assert set(asked["variants"]) == {"weekly", "never"}
    assert not (page.parent / "odd").exists()
    data = json.loads(page.with_name("compare.json").read_text(encoding="utf-8"))
    assert data["failed"] == {"odd": "the books broke"}


def test_one_variant_left_is_nothing_to_compare(publish, outcomes, tmp_path):
    with pytest.raises(ComparisonError, match=r"1 of 2 variants ran; .*\(never: the books broke\)"):
        publish(tmp_path / "out", outcomes=(outcomes[0], broken("never")))
    assert names(tmp_path) == set()


@pytest.mark.parametrize("error", [TearsheetError("no colour"), KeyboardInterrupt()])
def test_an_interrupted_comparison_leaves_nothing_and_an_earlier_one_as_it_was(
    publish, tmp_path, error
):
    with pytest.raises(type(error)):
        publish(tmp_path / "out", tearsheet_processes=[QuickTearsheets(error)])
    assert names(tmp_path) == set()
    publish(tmp_path / "out")
    before = (tmp_path / "out").stat().st_ino
    with pytest.raises(type(error)):
        publish(tmp_path / "out", tearsheet_processes=[QuickTearsheets(error)])
    assert (tmp_path / "out").stat().st_ino == before
    assert names(tmp_path) == {"out"}


def test_a_tear_sheet_that_cannot_be_drawn_names_its_variant(publish, tmp_path):
    with pytest.raises(TearsheetError, match=r"no colour \(variant weekly\)"):
        publish(
            tmp_path / "out", tearsheet_processes=[QuickTearsheets(TearsheetError("no colour"))]
        )


def test_an_earlier_comparison_is_replaced_with_variants_that_are_gone(publish, outcomes, tmp_path):
    out = publish(tmp_path / "out").parent
    (out / "weekly").rename(out / "gone")  # an earlier one had another variant
    (out / script_name()).rename(out / "plotly-0.0.1.min.js")  # and another version's script
    list_files(out, COMPARISON.kind)
    publish(out)
    assert names(out) == {
        "compare.html", "compare.json", "manifest.json", script_name(), "weekly", "never",
    }  # fmt: skip


def test_the_same_comparison_leaves_the_same_bytes(publish, tmp_path):
    def leave(name):
        out = publish(tmp_path / name).parent
        return {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}

    assert leave("one") == leave("other")


@pytest.mark.parametrize(
    "foreign",
    ["notes.txt", ".hidden", "index.html", "weekly/notes.txt", "mine/thesis.docx", "ledger.csv"],
)
def test_a_folder_with_anything_foreign_is_refused_untouched(publish, tmp_path, foreign):
    out = publish(tmp_path / "out").parent
    (out / foreign).parent.mkdir(exist_ok=True)
    (out / foreign).write_text("years of work")
    with pytest.raises(PublishError, match=r"which holds '.*Nothing was touched") as said:
        publish(out)
    assert repr(foreign.split("/")[0]) in str(said.value)
    assert (out / foreign).read_text() == "years of work"


def test_an_empty_folder_among_the_variants_is_not_ours(publish, tmp_path):
    out = publish(tmp_path / "out").parent
    (out / "empty").mkdir()
    with pytest.raises(PublishError, match="which holds 'empty'"):
        check_writable(out, COMPARISON)


def test_a_linked_variant_is_not_ours(publish, tmp_path):
    out = publish(tmp_path / "out").parent
    (out / "never").rename(tmp_path / "elsewhere")
    (out / "never").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="which holds 'never'"):
        check_writable(out, COMPARISON)


def test_folders_of_runs_without_a_comparison_are_not_ours(publish, tmp_path):
    out = publish(tmp_path / "out").parent
    for name in ("compare.html", "compare.json", script_name()):
        (out / name).unlink()
    with pytest.raises(PublishError, match="which holds 'never'"):
        check_writable(out, COMPARISON)


def test_a_run_that_somebody_put_beside_the_variants_is_left_alone(publish, tmp_path):
    out = publish(tmp_path / "out").parent
    shutil.copytree(out / "never", out / "precious")
    with pytest.raises(PublishError, match="which holds 'precious'"):
        check_writable(out, COMPARISON)


def test_a_run_does_not_replace_a_comparison_nor_a_comparison_a_run(publish, tmp_path):
    out = publish(tmp_path / "out").parent
    with pytest.raises(PublishError, match=r"which holds 'compare\.html'"):
        check_writable(out, RUN)
    check_writable(out / "never", RUN)
    with pytest.raises(PublishError, match="is not a comparison of ours"):
        check_writable(out / "never", COMPARISON)


def test_a_file_in_the_way_is_refused_and_asking_creates_nothing(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PublishError, match="a file; expected a folder"):
        check_writable(tmp_path / "file", COMPARISON)
    check_writable(tmp_path / "new" / "out", COMPARISON)
    (tmp_path / "empty").mkdir()
    check_writable(tmp_path / "empty", COMPARISON)
    assert names(tmp_path) == {"file", "empty"}
