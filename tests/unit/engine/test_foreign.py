"""Somebody's own strategy in a process of its own: what comes back, what it may not do, its end."""

from pathlib import Path

import matplotlib
import pytest

from configs.errors import ConfigError
from engine.broker import Call
from engine.errors import EngineError
from engine.foreign import process
from engine.foreign.claims import arrays_of
from engine.foreign.closed import version
from engine.foreign.frames import packed
from engine.foreign.outside import holds_numbers, looks_like_data
from engine.foreign.seen import ROOT
from engine.foreign.stand_in import foreign_of, grown_lines, stand_in, with_disk_closed
from engine.foreign.streamed import calls_said
from engine.user_strategy import load_strategy
from reports.audits.integrity.trace import first_difference, trace_of
from reports.audits.subject import Subject
from tests.unit.audit_market import LEAKS, audit_config, audit_market

TABLE = Path(matplotlib.__file__).parent / "mpl-data" / "sample_data" / "msft.csv"
HEAD = "import os\nfrom strategies import AlwaysPair, PairStrategy\n\n\n"


def subject(file):
    return Subject(config=audit_config(), market=audit_market(), strategy_class=stand_in(file))


def written(folder, body, name="mine.py"):
    file = folder / name
    file.write_text(HEAD + body)
    return file


def reading(folder, words):
    """A strategy that runs some words whenever its lines are made."""
    return written(
        folder,
        "class Strategy(AlwaysPair):\n"
        "    @classmethod\n"
        "    def signal_lines(cls, config, long, short):\n"
        f"        {words}\n"
        "        return super().signal_lines(config, long, short)\n",
    )


def kinds(result_of):
    return {(each.kind, each.writes) for each in foreign_of(result_of).records.values()}


@pytest.mark.parametrize("name", ["clean", "positive_index"])
def test_a_run_elsewhere_is_the_run_here(name):
    elsewhere = subject(LEAKS / f"{name}.py")
    here = Subject(
        config=elsewhere.config,
        market=elsewhere.market,
        strategy_class=load_strategy(LEAKS / f"{name}.py"),
    )
    result = elsewhere.run()
    assert first_difference(trace_of(here.run()), trace_of(result), tolerance=0.0) is None
    assert result.findings == ()  # its own books are those of its decisions


def test_bars_that_have_not_arrived_are_in_no_object_of_its_process(tmp_path):
    file = written(
        tmp_path,
        "class Strategy(PairStrategy):\n"
        "    def is_triggered(self):\n"
        "        days, t = self.broker._days, len(self) - 1\n"
        "        return t == 100 and len(days) > t + 1 and days[t + 1].day > 0\n",
    )
    found = first_difference(
        trace_of(subject(file).run()), trace_of(subject(file).run(streaming=True))
    )
    assert (found.what, found.expected, found.actual) == ("decision (entry)", "yes", "no")
    assert found.session == str(audit_market().sessions[100])


AHEAD = """import numpy as np
from engine.foreign import streamed
from strategies import PairStrategy

arriving, rows = streamed.Arrivals.next, []


def ahead(self, *said):
    if not rows:
        rows.extend(iter(lambda: arriving(self), b""))
        rows.reverse()
    return rows.pop() if rows else b""


streamed.Arrivals.next = ahead


class Strategy(PairStrategy):
    @classmethod
    def signal_lines(cls, config, long, short):
        return {"x": long / short, **super().signal_lines(config, long, short)}

    @classmethod
    def entry_line(cls, config, lines):
        return lines["x"] > 1.0
"""


def test_whoever_asks_for_the_sessions_ahead_has_decided_without_them(tmp_path):
    file = tmp_path / "ahead.py"
    file.write_text(AHEAD)
    own = subject(file)
    base = own.run()
    assert len(base.trades) > 0
    assert len(own.run(streaming=True).trades) == 0
    with pytest.raises(EngineError, match="asked for session 51 before it had said its lines"):
        grown_lines(own.strategy_class, base, own.market, [50, 60])


FORGED = (
    "from engine.foreign import frames\n"
    "        for n in range(3, 30):\n"
    "            try:\n"
    "                pipe = 'pipe' in os.readlink(f'/proc/self/fd/{{n}}')\n"
    "                pipe and os.write(n, frames.framed(frames.{letter}, {body}))\n"
    "            except OSError:\n"
    "                pass\n"
    "        {then}\n"
)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("letter", "body"), [("RAISED", "b'no JSON'"), ("RAISED", "b'[1]'"), ("ANSWER", "b'x'")]
)
def test_an_answer_that_is_none_names_the_strategy(tmp_path, letter, body):
    file = reading(tmp_path, FORGED.format(letter=letter, body=body, then="os._exit(0)"))
    with pytest.raises(EngineError, match=r"mine\.py: .*sent no (error|answer)"):
        subject(file).run()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_how_a_process_ended_is_not_its_own_word(tmp_path):
    file = reading(tmp_path, FORGED.format(letter="ENDED", body="b'0'", then="pass"))
    honest = subject(written(tmp_path, "class Strategy(AlwaysPair):\n    pass\n", "honest.py"))
    forging = subject(file)
    for _ in range(2):
        assert first_difference(trace_of(honest.run()), trace_of(forging.run())) is None


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("os._exit(0)", r"\(exit code 0\)"),
        ("os._exit(1)", r"\(exit code 1\)"),
        ("os.kill(os.getpid(), 9)", r"\(SIGKILL\)"),
        ("os.abort()", r"\(SIGABRT\)"),
        ("os.kill(os.getppid(), 9)", "and the one that started it"),
    ],
)
def test_a_strategy_that_ends_its_process_is_named(tmp_path, words, how):
    file = reading(tmp_path, words)
    with pytest.raises(EngineError, match=rf"mine\.py: ended its own process {how} instead"):
        subject(file).run()


def test_what_it_prints_reaches_nobody(tmp_path, capfd):
    file = reading(tmp_path, "print('SUPPORTED'); os.write(1, b'x'); os.system('echo y >&2')")
    subject(file).run()
    assert capfd.readouterr() == ("", "")


def test_it_has_none_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("THE_TOP_WAS_ON", "2024-07-10")
    file = reading(tmp_path, "assert 'THE_TOP_WAS_ON' not in os.environ")
    assert len(subject(file).run().ledger) == len(audit_market().sessions)


@pytest.fixture
def started_here(tmp_path, monkeypatch):
    """The process that waits for questions is a new one, started in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(process, "_idle", [])
    yield
    for _, one in process._idle:
        one.end()


def test_it_imports_nothing_from_where_it_was_started(tmp_path, started_here):
    """One file would be another strategy in another folder; and what it imports is not hashed."""
    (tmp_path / "neighbour.py").write_text("x = 1\n")
    (tmp_path / "random.py").write_text("raise AssertionError\n")
    with pytest.raises(ConfigError, match="No module named 'neighbour'"):
        stand_in(written(tmp_path, "import neighbour\n"))


def test_the_first_text_in_pandas_is_no_knowledge(tmp_path, started_here):
    """Nor in what of ours a run asks, like the exchange's holidays."""
    own = subject(reading(tmp_path, "import pandas; pandas.Series('a', index=[0, 1]).str.upper()"))
    assert own.run().findings == ()


def test_nothing_is_left_in_memory_from_run_to_run(tmp_path):
    file = reading(tmp_path, "import numpy; assert not hasattr(numpy, 'left'); numpy.left = long")
    own = subject(file)
    assert first_difference(trace_of(own.run()), trace_of(own.run())) is None


def test_unseeded_coins_fall_otherwise_in_every_run():
    own = subject(LEAKS / "unseeded.py")
    assert first_difference(trace_of(own.run()), trace_of(own.run())) is not None


def test_a_file_that_cannot_be_read_is_refused_as_here(tmp_path):
    with pytest.raises(ConfigError, match=r"raises_when_read\.py:6: raised KeyError"):
        stand_in(LEAKS / "raises_when_read.py")


# --- what it reaches for ---


@pytest.mark.parametrize(
    ("words", "found", "tells"),
    [
        ("open('{data}').read()", ("file", False), True),
        ("os.close(os.open('{data}', os.O_RDONLY))", ("file", False), True),
        ("import pandas; pandas.read_csv('{data}')", ("file", False), True),
        ("import numpy; numpy.memmap('{data}', mode='r')", ("file", False), True),
        ("import sqlite3; sqlite3.connect('{data}')", ("file", False), True),
        ("open('{words}').read()", ("file", False), False),
        ("open('{data}.log', 'a').write('x')", ("file", True), False),
        ("open('{words}', 'a+').read()", ("file", True), True),
        ("os.close(os.open('{words}', os.O_RDWR))", ("file", True), True),
        ("os.path.exists('{data}')", ("asked", False), False),
        ("import pathlib; pathlib.Path('{data}').stat()", ("asked", False), False),
        ("import posix; posix.access('{data}', os.R_OK)", ("asked", False), False),
        ("open('{rooms}/configs/sample.yaml').read()", ("file", False), True),
        ("import feeds.prices.sample", ("file", False), True),
        ("open('{table}').read()", ("file", False), True),
        ("os.listdir('{folder}')", ("folder", False), False),
        ("import subprocess; subprocess.run(['true'])", ("process", False), True),
        ("import ctypes; ctypes.CDLL(None)", ("memory", False), False),
        ("import gc; gc.get_objects()", ("memory", False), False),
        ("import pyarrow.csv", ("reader", False), False),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", ("socket", False), True),
    ],
)
def test_what_a_strategy_reaches_for_is_recorded(tmp_path, words, found, tells):
    data, plain = tmp_path / "prices.csv", tmp_path / "words.txt"
    data.write_text("Date,Close\n2024-01-02,101.5\n2024-01-03,102.25\n")
    plain.write_text("the rule is quiet on Mondays\n")
    places = {"data": data, "words": plain, "folder": tmp_path, "rooms": ROOT, "table": TABLE}
    own = subject(reading(tmp_path, words.format(**places)))
    assert [each.check for each in own.run().findings] == ["outside_knowledge"]
    assert found in kinds(own.strategy_class)
    records = foreign_of(own.strategy_class).records.values()
    assert bool(holds_numbers(records)) is tells


@pytest.mark.parametrize(
    "words",
    [
        "import pathlib; pathlib.Path(__file__).resolve().parent",
        "import platform; platform.platform()",
        "import joblib; joblib.cpu_count()",
        "open('/proc/self/status').read()",
        "import importlib.metadata; importlib.metadata.version('numpy')",
        "import zoneinfo; zoneinfo.ZoneInfo('America/New_York')",
        "import statsmodels.api",
        "import matplotlib.pyplot",
    ],
)
def test_what_packages_and_the_library_read_for_themselves_is_no_knowledge(tmp_path, words):
    own = subject(reading(tmp_path, words))
    assert (own.run().findings, kinds(own.strategy_class)) == ((), set())


def test_a_note_from_one_run_that_the_next_reads_may_tell(tmp_path):
    note = tmp_path / "note"
    own = subject(reading(tmp_path, f"open({str(note)!r}, 'a').write('x'); open({str(note)!r})"))
    own.run()
    (record,) = holds_numbers(foreign_of(own.strategy_class).records.values())
    assert (record.what, record.text) == (str(note), f"opened {note}")


@pytest.mark.parametrize(
    ("head", "name", "is_data"),
    [
        (b"2024-01-02,101.5", "x", True),
        (b"1 2 3 4 5", "x", True),
        (b'{"window": 20, "level": -2}', "x.json", False),
        (b"\x80\x04\x95\xff\xfe\x00\x00", "x.pkl", True),
        (b"", "x", False),
        (b"WINDOW = 20\nLEVELS = (1, 2, 3, 4, 5, 6)\n", "mine.py", False),
        (b"X = [" + b"101.5, " * 60 + b"]", "mine.py", True),
    ],
)
def test_a_file_of_prices_is_told_from_one_of_words(head, name, is_data):
    assert looks_like_data(head, name) is is_data


@pytest.mark.skipif(version() == 0, reason="the kernel has no Landlock")
def test_compiled_code_reads_nothing_with_the_disk_closed(tmp_path):
    data = tmp_path / "prices.csv"
    data.write_text("x\n" + "\n".join(map(str, range(400))))
    file = written(
        tmp_path,
        "class Strategy(PairStrategy):\n"
        "    @classmethod\n"
        "    def signal_lines(cls, config, long, short):\n"
        "        import pyarrow.csv\n"
        "        try:\n"
        f"            x = pyarrow.csv.read_csv({str(data)!r})['x'].to_numpy()[:len(long)]\n"
        "        except OSError:\n"
        "            x = 0 * long\n"
        "        return {'x': x + 0.0, **super().signal_lines(config, long, short)}\n"
        "    @classmethod\n"
        "    def entry_line(cls, config, lines):\n"
        "        return lines['x'] % 7 == 3\n",
    )
    own = subject(file)
    closed = with_disk_closed(own.strategy_class, own.config, own.market)
    assert first_difference(trace_of(own.run()), trace_of(closed)).what == "signal line x"


# --- its books ---


@pytest.mark.parametrize(
    "words",
    [
        "self.broker.book.cash += 1000.0",
        "self.broker.terms.costs.quote_long = 0.0; self.broker.book.cash += 1.0",
        "self.broker._days[len(self)].long.dividend = 9.0",
        "self.broker.outcomes[-1].commission = 0.5",
    ],
)
def test_books_that_its_decisions_do_not_come_to_are_found(tmp_path, words):
    file = written(
        tmp_path,
        "class Strategy(AlwaysPair):\n"
        "    def next(self):\n"
        "        super().next()\n"
        "        if len(self) == 60:\n"
        f"            {words}\n",
    )
    honest = subject(written(tmp_path, "class Strategy(AlwaysPair):\n    pass\n", "honest.py"))
    result = subject(file).run()
    (found,) = result.findings
    assert found.check == "own_books"
    assert first_difference(trace_of(honest.run()), trace_of(result)) is None


def test_a_decision_counts_where_it_was_said_in_time():
    in_time = arrays_of([Call(session=0, side=1, z=0.5, leaving=None)])
    late = arrays_of([Call(session=0, side=1, z=0.5, leaving=(0, 1))])
    (call,) = calls_said([b"", packed({}, in_time)])
    assert (call.session, call.side, call.z, call.leaving) == (0, 1, 0.5, None)
    with pytest.raises(EngineError, match="decided session 1 when 2 had been asked for"):
        calls_said([b"", b"", packed({}, late)])


def test_without_a_folder_to_be_in_the_process_is_named_with_the_remedy(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(process, "_idle", [])  # one that waits already was started before
    with (
        pytest.raises(EngineError, match="process of your strategy could not start") as refused,
        process.waiting(),
    ):
        pass
    assert "a current folder that is still there" in str(refused.value)
