"""A request that is wrong: one line that says where and what to do, exit 2, nothing written."""

import json
import os
import re
import threading
import tracemalloc
from pathlib import Path

import pytest

import run
from configs.command_line import COMMANDS
from tests.e2e.program import ROOT, complaint, new_process, overrides, refusal, tree

SAMPLE = "configs/sample.yaml"
PLAIN = (ROOT / SAMPLE).read_text(encoding="utf-8")
SHORT = overrides("data.end=2023-10-10")  # 127 sessions, no trade: the quickest run there is


@pytest.fixture
def refused(desk, tmp_path, capsys):
    """Run words that must be refused with exit 2 and leave everything as it was."""

    def refuse(*words):
        before = tree(tmp_path)
        said = refusal(capsys, words, 2)
        assert tree(tmp_path) == before
        assert not desk.exists()
        return said

    return refuse


@pytest.fixture
def written(tmp_path):
    """Write a configuration and return its path."""

    def write(content):
        path = tmp_path / "mine.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# --- keys and values ---


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("rebalance:", "rebalanse:", "+0: unknown key rebalanse; did you mean rebalance?"),
        ("name: sample", "name: sample\nname: again", "+1: name was given twice; expected it once"),
        ("window: 63", "window: 63\n  window: 63", "+1: signal.window was given twice; "
         "expected it once"),
        ("window: 63", "window: sixty", "+0: signal.window was 'sixty'; expected a valid integer"),
        ("cash: 1000000", "cash: -1", "+0: account.cash was -1; expected greater than 0"),
        ("cash: 1000000", "cash: 0", "+0: account.cash was 0; expected greater than 0"),
        ("window: 63", "window: 0", "+0: signal.window was 0; expected greater than or equal "
         "to 3"),
        ("window: 21", "window: 0", "+0: sizing.window was 0; expected greater than or equal "
         "to 2"),
        ("end: 2026-06-30", "end: 2023-04-10", "+0: data.end was 2023-04-10; expected a date not "
         "before start 2023-04-11"),
        ("short: IGV", "short: SMH", "+0: pair.short was SMH; expected a symbol other than "
         "pair.long"),
        ("long: SMH", "long: smh", "+0: pair.long was 'smh'; expected an upper-case ticker, "
         "like SMH"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named_with_its_line(refused, written, was, now, said):
    assert PLAIN.count(was) == 1
    path = written(PLAIN.replace(was, now))
    lines_below, said = said.split(": ", 1)
    line = PLAIN[: PLAIN.index(was)].count("\n") + 1 + int(lines_below)
    assert refused(path) == f"{path}:{line}: {said}"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("signal.window", "expected key.path=VALUE, like rebalance.kind=monthly"),
        ("account.cash=-5", "account.cash was -5; expected greater than 0"),
        ("pair.long=nvda", "pair.long was 'nvda'; expected an upper-case ticker, like NVDA"),
        ("data.path=prices", "data.path was 'prices'; expected null, because source sample reads "
         "no folder (set data.source: csv to read it)"),
        ("data.start=yesterday", "data.start was 'yesterday'; expected a date like 2023-04-11"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_override_is_named_by_the_override(refused, override, said):
    assert refused(SAMPLE, *overrides(override)) == f"--set {override}: {said}"


def test_a_window_longer_than_the_data_names_both_numbers(refused):
    # 808 sessions from 2023-04-11 to 2026-06-30; z needs 2000 returns (2001 sessions) and 63
    # correlations, the first of which is known on the session that completes the window.
    said = refused(SAMPLE, *overrides("signal.window=2000"))
    assert "808 sessions" in said
    assert f"expected at least {2001 + 63 - 1}" in said
    assert "shorten signal.window" in said


def test_a_span_without_a_session_is_too_short(refused):
    # A Saturday and a Sunday.
    words = overrides("data.start=2026-06-27", "data.end=2026-06-28")
    assert refused(SAMPLE, *words).startswith("data.start to data.end was 0 sessions")


@pytest.mark.parametrize(
    "override", ["data.start=1900-01-01", "data.end=2090-01-01", "data.start=0001-01-01"]
)
def test_a_date_outside_the_exchange_calendar_names_its_key(refused, override):
    key, day = override.split("=")
    said = refused(SAMPLE, *overrides(override))
    assert said.startswith(f"{key} was {day}; expected a date from 1962-01-02 to 2049-12-31")


# --- the file itself ---


def test_a_configuration_that_is_not_there_suggests_its_neighbour(refused):
    assert refused("configs/smh-igv.yaml") == (
        "configs/smh-igv.yaml: no such file; did you mean smh_igv.yaml?"
    )


def test_a_folder_is_no_configuration(refused):
    assert refused("configs") == "configs: was a folder; expected a YAML file in it"


def test_an_empty_file_is_no_configuration(refused, written):
    assert "expected a mapping of keys" in refused(written(""))


def test_bytes_that_are_no_text_are_refused(refused, written):
    assert "cannot be read as UTF-8 text" in refused(written(b"\xff\xfe\x00"))


def anchors():
    """Ten levels of ten references: ten billion words if anyone wrote them out."""
    levels = ["a0: &a0 [lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11)]
    return "\n".join(levels)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (anchors(), ":1: anchors and aliases are not taken; write the value out"),
        (PLAIN + "#" * 1_000_000, " bytes; expected at most 1,000,000"),
    ],
    ids=["nested anchors", "a megabyte of comment"],
)
def test_a_file_made_to_explode_is_refused_in_little_memory(refused, written, content, said):
    path = written(content)
    refused("configs/nowhere.yaml")  # whatever a first refusal imports
    tracemalloc.start()
    try:
        assert said in refused(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000  # some copies of a file of at most a megabyte


def test_brackets_without_end_are_refused(refused, written):
    said = refused(written("name: " + "[" * 100_000))
    assert said.endswith("nested too deeply; a configuration is a few levels")


def test_a_hundred_megabytes_are_refused_unread(refused, tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)  # sparse: nothing is on the disk either
    refused("configs/nowhere.yaml")
    tracemalloc.start()
    try:
        assert refused(path) == f"{path}: was 100,000,000 bytes; expected at most 1,000,000"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd: no pipe has a path here")
def test_a_pipe_without_end_is_read_for_a_megabyte_only(refused):
    reading, writing = os.pipe()
    sent = []

    def pour():
        try:
            while True:
                sent.append(os.write(writing, b"#" * 65_536))
        except BrokenPipeError:
            os.close(writing)

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    said = refused(f"/dev/fd/{reading}")
    os.close(reading)
    thread.join(timeout=60)
    assert said.endswith("bytes; expected at most 1,000,000")
    assert sum(sent) < 1_500_000  # a megabyte and what a pipe holds


# --- where to write ---


@pytest.mark.parametrize("inside", ["", "run", "run/deeper"])
def test_a_file_in_the_way_of_out_is_left_alone(refused, tmp_path, inside):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    said = refused(SAMPLE, "--out", taken / inside)
    assert said.startswith(f"--out was {taken / inside}")
    assert "file" in said
    assert taken.read_text() == "mine"


def test_an_out_that_cannot_be_had_is_refused_before_anything_is_read(desk, tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert run.main([SAMPLE, "--out", str(tmp_path / "taken")]) == 2
    (only,) = capsys.readouterr().err.splitlines()
    assert only.startswith("run.py: --out was ")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_an_out_that_cannot_be_made_is_the_request_s_fault(refused, without_quantstats):
    # Root may write anywhere but here; others are refused before anything is read.
    assert refused(SAMPLE, *SHORT, "--out", "/proc/run").startswith("--out was /proc/run")


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "ledger.csv"])
def test_a_folder_with_something_else_in_it_is_left_alone(refused, tmp_path, name):
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / name).write_text("years of work")
    assert "Nothing was touched" in refused(SAMPLE, "--out", folder)
    assert (folder / name).read_text() == "years of work"


# --- a name is never a path or markup ---


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/etc/x", "..", "a/../../b", "C:\\x", "nul\\0", "~", "-rf", "日本"]
)
def test_a_name_stays_inside_the_folder_of_runs(desk, without_quantstats, capsys, name):
    words = [SAMPLE, *SHORT, *overrides(f"name={json.dumps(name)}")]
    assert run.main(words) == 0
    page = Path(capsys.readouterr().out.splitlines()[-1])
    assert page.parent.parent == desk
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{8}-[0-9a-f]{8}", page.parent.name)
    assert {path.name for path in desk.parent.iterdir()} == {"out"}


def test_a_name_with_markup_is_text_on_both_pages(desk, capsys):
    words = [SAMPLE, *overrides("name=<script>alert(1)</script>", "data.end=2024-06-28")]
    assert run.main(words) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1]).parent
    assert folder.name.startswith("script-alert-1-script-")
    for page in ("index.html", "tearsheet.html"):
        text = (folder / page).read_text(encoding="utf-8")
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


# --- words ---


def wrong_words(capsys, *words):
    with pytest.raises(SystemExit) as stopped:
        run.main(words)
    assert stopped.value.code == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    usage, said = streams.err.rstrip().rsplit("\n", 1)
    assert usage.startswith("usage: run.py")
    assert said.startswith("run.py")
    return said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("backtest",), "the following arguments are required: CONFIG"),
        (
            ("judge", SAMPLE),
            f"'judge' is neither a command ({', '.join(COMMANDS)}) nor",
        ),
        (("backtset", SAMPLE), "did you mean backtest?"),
        ((SAMPLE, "--sett", "a=1"), "unrecognized arguments: --sett a=1"),
        ((SAMPLE, "--ou", "x"), "unrecognized arguments: --ou x"),
        ((SAMPLE, "--set"), "argument --set: expected one argument"),
        (("fetch", SAMPLE, "--out", "x"), "unrecognized arguments: --out x"),
        (("list", "extra"), "unrecognized arguments: extra"),
    ],
)
def test_words_that_are_wrong_end_with_the_usage(desk, capsys, words, said):
    assert said in wrong_words(capsys, *words)
    assert not desk.exists()


def test_options_may_stand_before_the_file(refused):
    assert refused("--set", "account.cash=-1", SAMPLE) == (
        "--set account.cash=-1: account.cash was -1; expected greater than 0"
    )


def test_control_characters_of_a_file_do_not_reach_the_terminal(refused, written):
    said = refused(written(PLAIN + '"\\e[2J\\u202e": 1\n'))
    assert "unknown key ?[2J?" in said


def test_a_refusal_in_a_process_of_its_own(arrival, tmp_path):
    done = new_process([SAMPLE, *overrides("account.cash=-1"), "--out", tmp_path / "run"], arrival)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err == "run.py: --set account.cash=-1: account.cash was -1; expected greater than 0\n"
    )
    assert tree(tmp_path) == []


def test_debug_shows_the_traceback_and_keeps_line_and_exit_code(arrival):
    done = new_process([SAMPLE, "--debug", *overrides("account.cash=-1")], arrival)
    assert done.code == 2
    assert "Traceback (most recent call last):" in done.err
    assert complaint(done.err.splitlines()[-1]).endswith("expected greater than 0")


@pytest.mark.parametrize("words", [["--help"], ["backtest", "--help"], ["list", "-h"]])
def test_help_names_every_command_and_exit_code(capsys, words):
    with pytest.raises(SystemExit) as stopped:
        run.main(words)
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    if words == ["--help"]:
        for command in ("backtest", "compare", "fetch", "list"):
            assert re.search(rf"^    {command} ", text, re.MULTILINE)
    for code in ("0 ", "2 ", "3 ", "4 ", "130 "):
        assert re.search(rf"^  {code}", text, re.MULTILINE)
