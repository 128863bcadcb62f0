"""The shelf of runs: a name for a new one that is never a path, a line for each that is there."""

import json
import os
import re

import pytest

from reports.commands.audit import audit_folder
from reports.pages.shelf.shelf import read_shelf, rebuild, run_folder, shelf_json, shelf_lines
from reports.publish.folder import PublishError

CONFIG_HASH, DATA_HASH = "0123456789abcdef", "fedcba9876543210"
HASHES = "-01234567-fedcba98"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("smh-igv", "smh-igv"),
        ("SMH over IGV, 2024", "SMH-over-IGV-2024"),
        ("v1.2_final", "v1.2_final"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "run"),
        ("...hidden", "hidden"),
        ("-rf", "rf"),
        ("C:\\temp\\x", "C-temp-x"),
        ("a\x00b\nc", "a-b-c"),
        ("Überhang", "Uberhang"),
        ("日本", "run"),
        (" ", "run"),
        ("x" * 120, "x" * 60),
    ],
)
def test_a_name_becomes_a_plain_folder_and_the_start_of_two_hashes(name, folder):
    assert run_folder(name, CONFIG_HASH, DATA_HASH) == folder + HASHES


NOON = 1_783_598_400  # 2026-07-09 12:00 UTC, by date -u -d
RESULT = {
    "name": "smh-igv",
    "pair": {"long": "SMH", "short": "IGV"},
    "synthetic": False,
    "start": "2023-04-11",
    "end": "2026-06-30",
    "total_return": 0.4831,
    "sharpe": 1.118,
    "max_drawdown": -0.1085,
    "net_pnl": 483157.49,
}


def rebuilt(folder):
    rebuild(folder)
    return (folder / "index.html").read_text(encoding="utf-8")


def put(shelf, folder, **changed):
    """Leave what the shelf reads of a run in a folder."""
    run = shelf / folder
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"data_sha256": DATA_HASH}), encoding="utf-8")
    (run / "index.html").touch()
    (run / "result.json").write_text(json.dumps({**RESULT, **changed}), encoding="utf-8")
    os.utime(run / "result.json", (NOON, NOON))
    return run


def put_comparison(shelf, folder, **changed):
    """Leave a comparison with two runs in a folder."""
    for variant in ("weekly", "monthly"):
        put(shelf / folder, variant)
    data = {
        "name": "weekly against monthly",
        "pair": RESULT["pair"],
        "synthetic": False,
        "data_sha256": DATA_HASH,
        "start": RESULT["start"],
        "end": RESULT["end"],
        "names": ["weekly", "monthly"],
        "variants": [{"ended": None}, {"ended": None}],
        "sentence": "weekly cost more",
        **changed,
    }
    comparison = shelf / folder
    (comparison / "compare.html").touch()
    (comparison / "compare.json").write_text(json.dumps(data), encoding="utf-8")
    os.utime(comparison / "compare.json", (NOON, NOON))
    return comparison


def lines_of(folder):
    return shelf_lines(read_shelf(folder))


def test_a_run_is_one_line_with_what_tells_runs_apart(tmp_path):
    put(tmp_path, "a")
    assert lines_of(tmp_path) == [
        "smh-igv  SMH/IGV  2023-04-11..2026-06-30  total_return 48.31%  sharpe 1.12  "
        "max_drawdown -10.85%  net_pnl $483,157.49  data fedcba98  made 2026-07-09  "
        f"{tmp_path / 'a' / 'index.html'}"
    ]


def test_a_comparison_is_one_line_with_its_verdict(tmp_path):
    put_comparison(tmp_path, "c")
    assert lines_of(tmp_path) == [
        "weekly against monthly  SMH/IGV  2023-04-11..2026-06-30  comparison: weekly cost more  "
        f"data fedcba98  made 2026-07-09  {tmp_path / 'c' / 'compare.html'}"
    ]


def test_a_number_that_is_undefined_is_said_to_be(tmp_path):
    put(tmp_path, "a", sharpe=None)
    assert "sharpe n/a" in lines_of(tmp_path)[0]


def test_a_synthetic_run_and_a_ruined_one_are_marked(tmp_path):
    put(tmp_path, "a", synthetic=True)
    put(tmp_path, "b", ended="ruin")
    put(tmp_path, "c", ended=None)
    put_comparison(tmp_path, "d", synthetic=True)
    marks = [re.findall("SYNTHETIC|RUINED", line) for line in lines_of(tmp_path)]
    assert marks == [["SYNTHETIC"], ["RUINED"], [], ["SYNTHETIC"]]


def test_a_folder_whose_name_no_page_can_hold_is_skipped(tmp_path):
    put(tmp_path, "a")
    (tmp_path / os.fsdecode(b"b\xff")).mkdir()
    shelf = rebuild(tmp_path)
    assert len(shelf.entries) == 1
    assert shelf.skipped == ("skipped b?: its name is no text in UTF-8",)


def test_a_ruined_run_is_marked(tmp_path):
    put(tmp_path, "a", ended="ruin")
    put(tmp_path, "b", ended=None)
    ruined, solvent = shelf_lines(read_shelf(tmp_path))
    assert "  RUINED  " in ruined
    assert "RUINED" not in solvent


def test_runs_are_listed_by_their_folder(tmp_path):
    for folder in ("b", "a", "c"):
        put(tmp_path, folder, name=f"run {folder}")
    assert [line.split("  ")[0] for line in lines_of(tmp_path)] == ["run a", "run b", "run c"]


def test_a_run_being_written_and_a_file_are_no_runs(tmp_path):
    put(tmp_path, ".schism-x1y2", name="half")
    (tmp_path / "notes.txt").write_text("mine")
    (line,) = lines_of(tmp_path)
    assert line.startswith("no runs yet in ")


@pytest.mark.parametrize(
    "text",
    [
        None, "", "{", "[]", "[" * 100_000, "{}", '{"name": "x"}', "\ufeff", "7", '"text"',
        json.dumps({**RESULT, "sharpe": "high"}),
        json.dumps({**RESULT, "sharpe": float("nan")}),
        json.dumps({**RESULT, "start": "<b>"}),
        json.dumps({**RESULT, "pair": "SMH/IGV"}),
    ],
)  # fmt: skip
def test_what_is_no_run_is_named_and_hides_no_other(tmp_path, text):
    put(tmp_path, "good")
    odd = put(tmp_path, "odd")
    (odd / "result.json").unlink()
    if text is not None:
        (odd / "result.json").write_text(text, encoding="utf-8")
    run, skipped = lines_of(tmp_path)
    assert run.startswith("smh-igv  ")
    assert skipped.startswith("skipped odd: ")
    assert ("damaged (" in skipped) is (text is not None)


@pytest.mark.parametrize("missing", ["result.json", "manifest.json", "index.html"])
def test_a_run_that_lacks_a_file_is_no_run(tmp_path, missing):
    (put(tmp_path, "a") / missing).unlink()
    why = f"damaged (a/{missing} is missing)"
    if missing == "result.json":
        why = "holds no result.json and nothing else of ours"
    assert lines_of(tmp_path)[1] == f"skipped a: {why}"


@pytest.mark.parametrize("content", ["[]", "{}", "{"])
def test_a_broken_comparison_is_skipped_though_its_runs_are_whole(tmp_path, content):
    (put_comparison(tmp_path, "c") / "compare.json").write_text(content)
    assert lines_of(tmp_path)[1].startswith("skipped c: damaged (")


def test_a_comparison_without_its_page_or_its_runs_is_skipped(tmp_path):
    (put_comparison(tmp_path, "c") / "compare.html").unlink()
    without_runs = put_comparison(tmp_path, "d")
    for variant in ("weekly", "monthly"):
        (without_runs / variant / "index.html").unlink()
    assert [line.split(":")[0] for line in lines_of(tmp_path)[1:]] == ["skipped c", "skipped d"]


@pytest.mark.parametrize("exists", [False, True])
def test_a_shelf_without_runs_says_how_to_make_one(tmp_path, exists):
    folder = tmp_path / "out"
    if exists:
        folder.mkdir()
    assert lines_of(folder) == [
        f"no runs yet in {folder}; make one with: python run.py configs/sample.yaml"
    ]


def test_a_name_stays_on_its_line_and_cannot_steer_the_terminal(tmp_path):
    put(tmp_path, "a", name="one\ntwo \x1b[2J\u202ethree \ud800")
    put(tmp_path, "b\x1b[2J")
    first, second = lines_of(tmp_path)
    assert first.startswith("one two ?[2J?three ?  SMH/IGV")
    assert second.endswith("/b?[2J/index.html")


# --- the same for programs ---


def test_json_has_every_entry_with_numbers_unrounded(tmp_path):
    put(tmp_path, "a", sharpe=None, ended="ruin")
    put_comparison(tmp_path, "c")
    (tmp_path / "odd").mkdir()
    document = json.loads(shelf_json(read_shelf(tmp_path)))
    assert document["folder"] == str(tmp_path)
    assert document["skipped"] == ["skipped odd: holds no result.json and nothing else of ours"]
    shared = {
        "pair": "SMH/IGV", "start": "2023-04-11", "end": "2026-06-30", "synthetic": False,
        "data_sha256": DATA_HASH, "made": "2026-07-09",
    }  # fmt: skip
    assert document["entries"] == [
        {
            **shared, "kind": "run", "name": "smh-igv", "total_return": 0.4831, "sharpe": None,
            "max_drawdown": -0.1085, "net_pnl": 483157.49, "verdict": None, "sentence": "",
            "ended": "ruin", "page": str(tmp_path / "a" / "index.html"),
        },
        {
            **shared, "kind": "comparison", "name": "weekly against monthly", "total_return": None,
            "sharpe": None, "max_drawdown": None, "net_pnl": None, "verdict": "weekly cost more",
            "sentence": "weekly cost more",
            "ended": None, "page": str(tmp_path / "c" / "compare.html"),
        },
    ]  # fmt: skip


def put_audit(shelf, folder, *, quick, rung, strategy=None):
    """Leave an audit of the run of `put` in a folder."""
    data = {
        **{key: RESULT[key] for key in ("name", "pair", "synthetic", "start", "end")},
        "quick": quick, "strategy": strategy, "config_sha256": CONFIG_HASH,
        "data_sha256": DATA_HASH, "verdict": {"rung": rung, "sentence": "so it is"},
    }  # fmt: skip
    (shelf / folder).mkdir()
    (shelf / folder / "audit.html").touch()
    (shelf / folder / "audit.json").write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("folders", [("a", "b"), ("b", "a")])
def test_a_run_is_told_the_verdict_of_the_whole_audit_and_not_of_the_quick_one(tmp_path, folders):
    run = put(tmp_path, "run")
    manifest = {"data_sha256": DATA_HASH, "config_sha256": CONFIG_HASH}
    (run / "manifest.json").write_text(json.dumps(manifest))
    quick, whole = folders
    put_audit(tmp_path, quick, quick=True, rung="WEAK")
    put_audit(tmp_path, whole, quick=False, rung="NO EVIDENCE")
    (line,) = [
        line for line in lines_of(tmp_path) if line.startswith("smh-igv") and "total" in line
    ]
    assert "verdict NO EVIDENCE" in line


AUDIT = {
    "name": "smh-igv", "audit_sha256": "a" * 64, "data_sha256": DATA_HASH, "quick": False,
    "strategy": None,
}  # fmt: skip
OTHERS = [
    {"quick": True}, {"strategy": "mine.py"}, {"strategy": "other.py"},
    {"strategy": "mine.py", "quick": True},
    {"audit_sha256": "b" * 64}, {"data_sha256": "0" * 16}, {"name": "x" * 80},
    {"name": "x" * 80, "quick": True},
]  # fmt: skip


def test_audits_of_another_mode_or_strategy_have_folders_of_their_own():
    folders = [audit_folder({**AUDIT, **other}) for other in ({}, *OTHERS)]
    assert len(set(folders)) == len(folders)
    assert folders[0].startswith("smh-igv-audit-")
    assert folders[1].startswith("smh-igv-audit-quick-")
    assert folders[2].startswith("smh-igv-audit-mine-")


def test_a_run_of_a_few_sessions_has_no_sharpe_ratio_on_the_shelf(tmp_path):
    put(tmp_path, "a", sessions=6)
    put(tmp_path, "b", sessions=60)
    assert ["sharpe n/a" in line for line in lines_of(tmp_path)] == [True, False]


def test_json_of_an_empty_shelf_is_json(tmp_path):
    document = json.loads(shelf_json(read_shelf(tmp_path / "none")))
    assert document == {"folder": str(tmp_path / "none"), "entries": [], "skipped": []}


# --- the page ---


def test_the_page_lists_what_the_folders_hold_with_relative_links(tmp_path):
    put(tmp_path, "a")
    put_comparison(tmp_path, "c")
    (tmp_path / "odd").mkdir()
    rebuild(tmp_path)
    page = tmp_path / "index.html"
    assert page == tmp_path / "index.html"
    text = page.read_text(encoding="utf-8")
    assert 'href="a/index.html"' in text
    assert 'href="c/compare.html"' in text
    assert "2026-07-09" in text
    assert "skipped odd: holds no result.json and nothing else of ours" in text
    assert {each.name for each in tmp_path.iterdir()} == {
        "a",
        "c",
        "odd",
        "index.html",
        "verdicts.js",
    }


def test_the_page_is_rebuilt_from_the_folders_alone(tmp_path):
    put(tmp_path, "a")
    rebuild(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    text = rebuilt(tmp_path)
    assert 'href="b/index.html"' in text
    assert 'href="a/index.html"' not in text
    (tmp_path / "b" / "result.json").unlink()
    assert 'href="b/index.html"' not in rebuilt(tmp_path)


def test_a_page_that_cannot_be_written_says_that_the_run_is_whole(tmp_path):
    put(tmp_path, "a")
    (tmp_path / "index.html").mkdir()
    with pytest.raises(PublishError, match="the run is done and whole"):
        rebuild(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"a", "index.html"}


def test_a_study_of_pairs_and_the_textbook_stand_on_the_shelf(tmp_path):
    study, book = tmp_path / "study", tmp_path / "textbook"
    study.mkdir()
    book.mkdir()
    (study / "pairs.html").write_text("<p>pairs</p>", encoding="utf-8")
    numbers = {
        "name": "closest", "symbols": ["A", "B", "C"], "start": "2020-01-02",
        "end": "2021-12-31", "synthetic": True, "data_sha256": "ab" * 32,
        "summary": {"next_close_committed_net": {"mean": -0.0015}},
    }  # fmt: skip
    (study / "pairs.json").write_text(json.dumps(numbers), encoding="utf-8")
    (book / "textbook.html").write_text("<p>book</p>", encoding="utf-8")
    figures = [
        {"ours": 1.0, "reproduces": True},
        {"ours": 2.0, "reproduces": False},
        {"ours": None, "reproduces": False},
    ]
    examples = [{"start": "2006-04-26", "end": "2012-04-09", "figures": figures}]
    (book / "textbook.json").write_text(json.dumps(examples), encoding="utf-8")
    shelf = read_shelf(tmp_path)
    assert shelf.skipped == ()
    assert [(each.kind, each.pair, each.verdict) for each in shelf.entries] == [
        ("distance pairs", "3 symbols", "-0.15% a month, a day later and after costs"),
        ("textbook", "1 examples", "1 of 2 printed figures reproduce"),
    ]
    of_study, of_book = shelf_lines(shelf)
    assert "  data abababab  made " in of_study
    assert "  textbook: 1 of 2 printed figures reproduce  made " in of_book  # of no one data set
    page = rebuilt(tmp_path)
    assert "1 study of distance pairs and 1 textbook on the shelf." in page
    assert 'href="study/pairs.html"' in page
