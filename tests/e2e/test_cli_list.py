"""The shelf as a user meets it: a page after every run, a list for people and for programs."""

import json
from pathlib import Path

import pytest

import run
from tests.e2e.program import overrides, tree

QUIET = ["configs/sample.yaml", *overrides("data.end=2023-10-10")]

pytestmark = pytest.mark.usefixtures("without_quantstats")


def listed(capsys, *words):
    capsys.readouterr()
    assert run.main(["list", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_a_folder_that_is_not_there_or_no_folder_is_refused(desk, capsys, tmp_path):
    (tmp_path / "notes.txt").touch()
    for wrong in (tmp_path / "nowhere", tmp_path / "notes.txt"):
        assert run.main(["list", "--out", str(wrong)]) == 2
        assert f"--out was {wrong}; expected a folder of runs" in capsys.readouterr().err


def test_every_run_into_the_default_folder_rebuilds_the_page(desk, capsys):
    for name in ("second", "first"):
        assert run.main([*QUIET, *overrides(f"name={name}")]) == 0
    text = (desk / "index.html").read_text(encoding="utf-8")
    folders = sorted(path.name for path in desk.iterdir() if path.is_dir())
    assert len(folders) == 2
    places = [text.index(f'href="{folder}/index.html"') for folder in folders]
    assert places == sorted(places)
    assert "SYNTHETIC" in text


def test_a_run_elsewhere_is_not_on_the_shelf(desk, tmp_path):
    assert run.main([*QUIET, "--out", str(tmp_path / "else" / "run")]) == 0
    assert not desk.exists()
    assert sorted(path.name for path in (tmp_path / "else").iterdir()) == ["run", "trials.jsonl"]


def test_a_broken_run_and_a_foreign_folder_are_named_on_page_and_list(desk, capsys):
    assert run.main([*QUIET, *overrides("name=broken")]) == 0
    (broken,) = (path for path in desk.iterdir() if path.is_dir())
    (broken / "result.json").write_text("{")
    (desk / "holiday").mkdir()
    (desk / "holiday" / "beach.jpg").write_bytes(b"sand")
    assert run.main([*QUIET, *overrides("name=whole")]) == 0
    text = (desk / "index.html").read_text(encoding="utf-8")
    lines = listed(capsys).splitlines()
    assert lines[0].startswith("whole  SMH/IGV  ")
    assert sorted(line.split(":")[0] for line in lines[1:]) == [
        f"skipped {broken.name}", "skipped holiday",
    ]  # fmt: skip
    for line in lines[1:]:
        assert line.split(" (")[0] in text
    assert (desk / "holiday" / "beach.jpg").read_bytes() == b"sand"


def test_json_is_the_same_for_programs(desk, capsys):
    assert run.main(QUIET) == 0
    document = json.loads(listed(capsys, "--json"))
    (entry,) = document["entries"]
    folder = Path(entry["page"]).parent
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for key in ("name", "start", "end", "total_return", "sharpe", "net_pnl", "synthetic"):
        assert entry[key] == result[key]
    assert entry["data_sha256"] == manifest["data_sha256"]
    assert (entry["kind"], entry["pair"], document["skipped"]) == ("run", "SMH/IGV", [])


def test_listing_writes_nothing(desk, tmp_path, capsys):
    assert json.loads(listed(capsys, "--json", "--out", tmp_path))["entries"] == []
    assert listed(capsys, "--out", tmp_path).startswith("no runs yet in ")
    assert tree(tmp_path) == []
