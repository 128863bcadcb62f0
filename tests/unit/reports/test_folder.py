"""Whose a folder is: what we wrote is replaced, what anybody else wrote or changed never is."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from reports.publish import folder as folders
from reports.publish.folder import (
    HIDDEN,
    Contents,
    PublishError,
    check_writable,
    replace_page,
    staged,
)
from reports.publish.ownership import MOST_BYTES, blank_seal, is_sealed, list_files, sealed

RUN = Contents(noun="a run", proof=frozenset({"manifest.json", "result.json"}))
OTHER = Contents(noun="a comparison", proof=frozenset({"manifest.json", "compare.json"}))
FILES = {"result.json": "{}", "ledger.csv": "date\n", "weekly/index.html": "<p>"}
PAGE = '<meta data-seal="{seal}">{text}'


def put(out, files=FILES, contents=RUN):
    """Publish a folder with these files, as the publishers do."""
    with staged(out, contents) as staging:
        for name, text in files.items():
            (staging / name).parent.mkdir(exist_ok=True)
            (staging / name).write_text(text)


def tree(folder):
    """Return everything below a folder: what it is and what it holds or points to."""
    collected = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            collected[name] = f"-> {path.readlink()}"
        else:
            collected[name] = path.read_bytes() if path.is_file() else path.is_dir()
    return collected


@pytest.fixture
def out(tmp_path):
    put(tmp_path / "run")
    return tmp_path / "run"


def test_the_manifest_lists_every_other_file_by_name_and_sha256(out):
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["kind"] == "run"
    assert manifest["files"] == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in FILES.items()
    }


def test_what_a_manifest_told_before_it_got_the_list_is_kept(tmp_path):
    put(tmp_path / "run", {"manifest.json": '{"seed": 7}', "result.json": "{}"})
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["seed"], list(manifest["files"])) == (7, ["result.json"])


def test_what_we_wrote_is_replaced_and_nothing_else_is_left(out):
    put(out, {"result.json": "[]"})
    assert set(tree(out)) == {"manifest.json", "result.json"}
    assert [path.name for path in out.parent.iterdir()] == ["run"]


def test_a_file_of_ours_that_is_gone_is_no_reason_to_refuse(out):
    (out / "ledger.csv").unlink()
    put(out, {"result.json": "[]"})
    assert set(tree(out)) == {"manifest.json", "result.json"}


def a_folder_of_that_name(out):
    (out / "ledger.csv").unlink()
    (out / "ledger.csv").mkdir()
    (out / "ledger.csv" / "thesis.docx").write_text("years of work")


def an_empty_folder_of_that_name(out):
    (out / "ledger.csv").unlink()
    (out / "ledger.csv").mkdir()


def a_link_of_that_name(out):
    (out.parent / "mine.csv").write_text("date\n")  # even with what ours held
    (out / "ledger.csv").unlink()
    (out / "ledger.csv").symlink_to(out.parent / "mine.csv")


def a_pipe_of_that_name(out):
    (out / "ledger.csv").unlink()
    os.mkfifo(out / "ledger.csv")


def a_linked_folder(out):
    (out / "weekly").rename(out.parent / "elsewhere")
    (out / "weekly").symlink_to(out.parent / "elsewhere")


def edited_manifest(out, change):
    manifest = json.loads((out / "manifest.json").read_text())
    change(manifest)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")


def a_manifest_without_a_list(out):
    edited_manifest(out, lambda manifest: [manifest.pop(key) for key in ("files", "kind", "seal")])


def a_manifest_with_a_note(out):
    edited_manifest(out, lambda manifest: manifest.update(note="remember this one"))


def a_manifest_set_otherwise(out):
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(manifest))


def a_list_that_somebody_made(out):
    (out / "mine.txt").write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    edited_manifest(out, lambda manifest: manifest["files"].update({"mine.txt": digest}))


def another_program_s_manifest(out):
    (out / "manifest.json").write_text('{"files": {}, "kind": "run"}')


def a_manifest_without_end(out):
    (out / "manifest.json").write_text("[" * 100_000)


def a_linked_manifest(out):
    (out / "manifest.json").rename(out.parent / "theirs.json")
    (out / "manifest.json").symlink_to(out.parent / "theirs.json")


def wrote(name, text="mine"):
    def change(out):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text)

    change.__name__ = name
    return change


FOREIGN = [
    wrote("notes.txt"), wrote("plotly-mine.min.js"), wrote(".hidden"), wrote("index.html"),
    wrote("ledger.csv"), wrote("ledger.csv", "date\n\n"), wrote("result.json", "{} "),
    wrote("weekly/notes.txt"), wrote("weekly/index.html"), wrote("mine/thesis.docx"),
    wrote("result.JSON"), a_folder_of_that_name, an_empty_folder_of_that_name, a_link_of_that_name,
    a_pipe_of_that_name, a_linked_folder, a_manifest_without_a_list, a_manifest_with_a_note,
    a_manifest_set_otherwise, a_list_that_somebody_made, another_program_s_manifest,
    a_manifest_without_end, a_linked_manifest, lambda out: (out / "empty").mkdir(),
    lambda out: (out / "result.json").unlink(), lambda out: (out / "manifest.json").unlink(),
]  # fmt: skip


@pytest.mark.parametrize("change", FOREIGN, ids=lambda change: change.__name__)
def test_a_folder_that_is_not_as_we_wrote_it_is_refused_untouched(out, change):
    change(out)
    before = tree(out.parent)
    for ask in (lambda: check_writable(out, RUN), lambda: put(out, {"result.json": "[]"})):
        with pytest.raises(PublishError, match="Nothing was touched; name another --out"):
            ask()
        assert tree(out.parent) == before


def test_a_folder_of_another_kind_is_refused(out):
    with pytest.raises(PublishError, match="is not a comparison of ours"):
        check_writable(out, OTHER)


def test_a_folder_from_before_there_were_lists_is_refused_with_the_remedy(out):
    a_manifest_without_a_list(out)
    with pytest.raises(PublishError) as refused:
        check_writable(out, RUN)
    assert "its manifest.json has no list of the files of a run" in str(refused.value)
    assert str(refused.value).endswith("name another --out, or move that one away")


def test_a_huge_file_of_a_name_of_ours_is_not_read(out, monkeypatch):
    with (out / "ledger.csv").open("r+b") as file:
        file.truncate(MOST_BYTES + 1)  # sparse: no byte of it is on the disk
    with pytest.raises(PublishError, match=r"ledger\.csv is not as we wrote it"):
        check_writable(out, RUN)


def test_what_comes_while_we_write_is_kept(out):
    late = "../../run/late.txt"  # of somebody else, seen from where we write
    with pytest.raises(PublishError, match=r"holds 'late\.txt'"):
        put(out, {"result.json": "[]", late: "mine"})
    assert (out / "late.txt").read_text() == "mine"
    assert (out / "result.json").read_text() == "{}"
    assert [path.name for path in out.parent.iterdir()] == ["run"]


def at_rename(monkeypatch, number, act):
    """Let somebody act just before the rename of this number, counted from 1."""
    rename, count = Path.rename, iter(range(1, 100))

    def watched(path, target):
        if next(count) == number:
            act()
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", watched)


def test_what_comes_after_the_last_look_is_kept(out, monkeypatch):
    at_rename(monkeypatch, 1, wrote_into(out))
    with pytest.raises(PublishError, match=r"holds 'late\.txt'"):
        put(out, {"result.json": "[]"})
    assert (out / "late.txt").read_text() == "mine"
    assert (out / "result.json").read_text() == "{}"
    assert [path.name for path in out.parent.iterdir()] == ["run"]


def wrote_into(out):
    def act():
        out.mkdir(exist_ok=True)
        (out / "late.txt").write_text("mine")

    return act


def test_a_folder_that_takes_the_name_meanwhile_is_kept_and_so_is_the_earlier_run(out, monkeypatch):
    at_rename(monkeypatch, 2, wrote_into(out))  # the earlier run has stepped aside
    with pytest.raises(PublishError):
        put(out, {"result.json": "[]"})
    assert tree(out) == {"late.txt": b"mine"}
    (kept,) = [path for path in out.parent.iterdir() if path != out]
    assert kept.name.startswith("run-kept-")
    assert (kept / "result.json").read_text() == "{}"


def test_of_two_runs_that_end_at_once_one_stands_there_whole(out, monkeypatch):
    other = out.parent / "other"
    put(other, {"result.json": "[2]"})
    at_rename(monkeypatch, 2, lambda: shutil.copytree(other, out))
    put(out, {"result.json": "[1]"})
    monkeypatch.undo()
    assert (out / "result.json").read_text() == "[1]"
    assert set(tree(out)) == {"manifest.json", "result.json"}


def test_a_file_that_comes_while_the_earlier_run_is_deleted_is_kept(out, monkeypatch):
    removed = folders.remove

    def while_removed(aside, files):
        (aside / "late.txt").write_text("mine")  # from a program that stands in the folder
        return removed(aside, files)

    monkeypatch.setattr(folders, "remove", while_removed)
    put(out, {"result.json": "[]"})
    assert (out / "result.json").read_text() == "[]"
    (kept,) = [path for path in out.parent.iterdir() if path != out]
    assert tree(kept) == {"late.txt": b"mine"}


def test_an_empty_folder_that_is_no_longer_empty_is_kept(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    at_rename(monkeypatch, 1, wrote_into(tmp_path / "run"))
    with pytest.raises(PublishError):
        put(tmp_path / "run")
    assert tree(tmp_path) == {"run": True, "run/late.txt": b"mine"}


def test_parents_that_were_made_go_with_a_run_that_failed(tmp_path):
    def fail():
        with staged(tmp_path / "a" / "b" / "run", RUN):
            (box,) = (tmp_path / "a" / "b").iterdir()
            raise RuntimeError(box.name)

    with pytest.raises(RuntimeError, match=rf"^{re.escape(HIDDEN)}"):
        fail()
    assert tree(tmp_path) == {}


# --- a page that stands alone ---


def shelf(text):
    return sealed(PAGE.format(seal=blank_seal(), text=text))


def test_a_page_of_ours_is_replaced_and_no_other(tmp_path):
    page = tmp_path / "index.html"
    replace_page(page, shelf("one"))
    replace_page(page, shelf("two"))
    assert page.read_text() == shelf("two")
    assert is_sealed(page.read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize("text", ["my home page", "", shelf("one") + "\n", shelf("one").upper()])
def test_a_page_that_somebody_wrote_or_changed_is_refused_untouched(tmp_path, text):
    page = tmp_path / "index.html"
    page.write_text(text)
    with pytest.raises(PublishError, match="is not what we wrote there"):
        replace_page(page, shelf("two"))
    assert tree(tmp_path) == {"index.html": text.encode()}


def test_a_linked_page_is_refused_even_where_nothing_is_at_its_end(tmp_path):
    (tmp_path / "index.html").symlink_to(tmp_path / "gone.html")
    with pytest.raises(PublishError, match="is not what we wrote there"):
        replace_page(tmp_path / "index.html", shelf("two"))
    assert tree(tmp_path) == {"index.html": f"-> {tmp_path / 'gone.html'}"}


def test_a_page_that_is_edited_in_the_last_moment_is_kept(tmp_path, monkeypatch):
    page = tmp_path / "index.html"
    replace_page(page, shelf("one"))
    at_rename(monkeypatch, 1, lambda: page.write_text("mine"))
    with pytest.raises(PublishError, match="is not what we wrote there"):
        replace_page(page, shelf("two"))
    assert tree(tmp_path) == {"index.html": b"mine"}


def test_the_list_of_a_folder_is_the_same_whatever_the_order_of_the_disk(tmp_path):
    for name, order in (("a", FILES), ("b", dict(reversed(FILES.items())))):
        for file, text in order.items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(text)
        list_files(tmp_path / name, "run")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
