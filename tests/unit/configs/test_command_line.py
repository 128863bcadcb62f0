"""Paths of the command line: what no file can be named is refused where argparse refuses words."""

import pytest

from configs.command_line import parsed

TOO_LONG = "x" * 256


@pytest.mark.parametrize(
    "words",
    [
        [f"{TOO_LONG}.yaml"],
        ["compare", TOO_LONG],
        ["run.yaml", "--out", TOO_LONG],
        ["audit", "run.yaml", "--strategy", f"{TOO_LONG}.py"],
        ["list", "--out", "~nosuchuser/out"],
        ["fetch", "a\x1b[2J.yaml"],
    ],
)
def test_a_path_that_no_file_can_have_is_refused_with_the_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        parsed(words)
    assert caught.value.code == 2
    assert "; expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--workers", "two"], "--workers: was 'two'; expected 1 to 1024 threads"),
        (["--workers", "0"], "--workers: was '0'; expected 1 to 1024 threads"),
        (["--workers", "1.5"], "--workers: was '1.5'; expected 1 to 1024 threads"),
        (["--workers", ""], "--workers: was ''; expected 1 to 1024 threads"),
        (["--cell", "1e3"], "--cell: was '1e3'; expected a whole number, 0 or more"),
        (["--cell", "-1"], "--cell: was '-1'; expected a whole number, 0 or more"),
        (["--time-limit", "soon"], "--time-limit: was 'soon'; expected seconds, at most a day"),
        (["--time-limit", "nan"], "--time-limit: was 'nan'; expected seconds, at most a day"),
        (["--time-limit", "0"], "--time-limit: was '0'; expected seconds, at most a day"),
    ],
)
def test_what_is_no_number_is_refused_in_words_of_ours(words, told, capsys):
    with pytest.raises(SystemExit) as caught:
        parsed(["sweep", "search.yaml", *words])
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


def test_a_word_too_long_for_a_file_is_no_command_either(capsys):
    with pytest.raises(SystemExit) as caught:
        parsed([TOO_LONG])
    assert caught.value.code == 2
    assert "expected names of at most 255 bytes" in capsys.readouterr().err
