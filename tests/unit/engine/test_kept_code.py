"""Compiled code between processes: whole, or compiled again."""

import logging
import pickle
from types import SimpleNamespace

import pytest

from engine.kept_code import KeptCode, can_keep

MACHINE = SimpleNamespace(magic_tuple=lambda: ("triple", "processor"))
CONTEXT = SimpleNamespace(refresh=lambda: None, codegen=lambda: MACHINE)
SIGNATURE = "(float64,)"


def code(text):
    return SimpleNamespace(_reduce=lambda: (text,), codegen=MACHINE)


def kept_in(folder):
    return KeptCode(folder, "run_many", pickle.dumps, lambda context, text: f"rebuilt {text}")


@pytest.fixture
def kept(tmp_path):
    made = kept_in(tmp_path / "version")
    made.save_overload(SIGNATURE, code("body"))
    return made


def only_file(folder):
    (path,) = (folder / "version").iterdir()
    return path


def test_code_comes_back_to_the_function_the_signature_and_the_processor_it_is_of(kept, tmp_path):
    assert kept.load_overload(SIGNATURE, CONTEXT) == "rebuilt body"
    assert kept_in(tmp_path / "version").load_overload(SIGNATURE, CONTEXT) == "rebuilt body"
    assert kept.load_overload("(int64,)", CONTEXT) is None
    elsewhere = SimpleNamespace(magic_tuple=lambda: ("triple", "another processor"))
    there = SimpleNamespace(refresh=lambda: None, codegen=lambda: elsewhere)
    assert kept.load_overload(SIGNATURE, there) is None
    assert kept_in(tmp_path / "other version").load_overload(SIGNATURE, CONTEXT) is None


def test_code_cut_short_anywhere_is_compiled_again_and_kept_again(kept, tmp_path, caplog):
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert kept.load_overload(SIGNATURE, CONTEXT) is None
    assert "was damaged; compiling it again" in caplog.text
    kept.save_overload(SIGNATURE, code("body"))
    assert kept.load_overload(SIGNATURE, CONTEXT) == "rebuilt body"


def test_code_with_one_other_bit_is_not_run(kept, tmp_path):
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept.load_overload(SIGNATURE, CONTEXT) is None


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path, caplog):
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    kept = kept_in(tmp_path / "taken" / "version")
    with caplog.at_level(logging.WARNING):
        kept.save_overload(SIGNATURE, code("body"))
    assert "cannot keep compiled code (Not a directory)" in caplog.text
    assert kept.load_overload(SIGNATURE, CONTEXT) is None
    assert not can_keep(tmp_path / "taken" / "version")
    assert can_keep(tmp_path / "kernel" / "version")


def test_nothing_half_written_is_left(kept, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    kept.save_overload("(int64,)", code("body"))
    assert [only_file(tmp_path).suffix] == [".code"]
