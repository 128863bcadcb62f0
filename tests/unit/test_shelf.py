"""The shelf of runs: a name for a new one that is never a path, a line for each that is there."""

import json

import pytest

from reports.shelf import run_folder, shelf_lines

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


def put(shelf, folder, **changed):
    """Leave a run's result in a folder."""
    result = {
        "name": "smh-igv",
        "pair": {"long": "SMH", "short": "IGV"},
        "synthetic": False,
        "start": "2023-04-11",
        "end": "2026-06-30",
        "total_return": 0.4831,
        "sharpe": 1.118,
        "max_drawdown": -0.1085,
        "net_pnl": 483157.49,
        **changed,
    }
    (shelf / folder).mkdir(parents=True)
    (shelf / folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def test_a_run_is_one_line_with_what_tells_runs_apart(tmp_path):
    put(tmp_path, "a")
    assert shelf_lines(tmp_path) == [
        "smh-igv  SMH/IGV  2023-04-11..2026-06-30  total_return 48.31%  sharpe 1.12  "
        f"max_drawdown -10.85%  net_pnl $483,157.49  {tmp_path / 'a' / 'index.html'}"
    ]


def test_a_number_that_is_undefined_is_said_to_be(tmp_path):
    put(tmp_path, "a", sharpe=None)
    assert "sharpe n/a" in shelf_lines(tmp_path)[0]


def test_a_synthetic_run_is_marked(tmp_path):
    put(tmp_path, "a", synthetic=True)
    assert "SYNTHETIC" in shelf_lines(tmp_path)[0]


def test_a_ruined_run_is_marked(tmp_path):
    put(tmp_path, "a", ended="ruin")
    put(tmp_path, "b", ended=None)
    ruined, solvent = shelf_lines(tmp_path)
    assert "  RUINED  " in ruined
    assert "RUINED" not in solvent


def test_runs_are_listed_by_their_folder(tmp_path):
    for folder in ("b", "a", "c"):
        put(tmp_path, folder, name=f"run {folder}")
    assert [line.split("  ")[0] for line in shelf_lines(tmp_path)] == ["run a", "run b", "run c"]


def test_a_run_being_written_and_a_file_are_no_runs(tmp_path):
    put(tmp_path, ".schism-x1y2", name="half")
    (tmp_path / "notes.txt").write_text("mine")
    (line,) = shelf_lines(tmp_path)
    assert line.startswith("no runs yet in ")


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"name": "x"}', "\ufeff"])
def test_what_is_no_run_is_named_and_hides_no_other(tmp_path, text):
    put(tmp_path, "good")
    (tmp_path / "odd").mkdir()
    if text is not None:
        (tmp_path / "odd" / "result.json").write_text(text, encoding="utf-8")
    run, skipped = shelf_lines(tmp_path)
    assert run.startswith("smh-igv  ")
    assert skipped.startswith("skipped odd: not a run (")


@pytest.mark.parametrize("exists", [False, True])
def test_a_shelf_without_runs_says_how_to_make_one(tmp_path, exists):
    folder = tmp_path / "out"
    if exists:
        folder.mkdir()
    assert shelf_lines(folder) == [
        f"no runs yet in {folder}; make one with: python run.py configs/sample.yaml"
    ]


def test_a_name_stays_on_its_line_and_cannot_steer_the_terminal(tmp_path):
    put(tmp_path, "a", name="one\ntwo \x1b[2J\u202ethree")
    (line,) = shelf_lines(tmp_path)
    assert line.startswith("one two ?[2J?three  SMH/IGV")
