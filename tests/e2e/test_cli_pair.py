"""Is there a pair at all, and the textbook on trial, as a user asks for them."""

import pytest

import run
from tests.e2e.program import overrides

pytestmark = pytest.mark.usefixtures("without_quantstats")


def test_the_sample_s_legs_are_judged_in_sentences(desk, capsys):
    assert run.main(["pair", "configs/sample.yaml", *overrides("data.end=2024-06-28")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 11
    assert told[0].startswith("Engle-Granger on the past of each entry: ")
    assert told[-1].startswith("sessions each side: ")
    assert not desk.exists()  # nothing is written


def test_a_textbook_without_its_files_says_what_is_expected(desk, capsys, tmp_path):
    asked = ["textbook", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "page")]
    assert run.main(asked) == 2
    assert "expected the folder of the book's files" in capsys.readouterr().err
    assert not (tmp_path / "page").exists()
