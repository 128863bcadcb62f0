"""Strategies from a file: what is refused, what is named when it raises, what a run remembers."""

import sys

import pytest

from configs.errors import ConfigError
from engine.errors import EngineError
from engine.user_strategy import errors_named, load_strategy, renewed
from reports.audits.subject import Subject
from strategies import CorrelationPair, PairStrategy
from tests.unit.audit_market import LEAKS, audit_config, audit_market, leaking, own
from tests.unit.hand_market import first_sessions


def line_of(file, words):
    """The number of the line that holds some words."""
    lines = file.read_text().splitlines()
    (place,) = [number for number, line in enumerate(lines, start=1) if words in line]
    return place


def written(folder, text):
    file = folder / "mine.py"
    file.write_text(text)
    return file


HEAD = "from strategies import AlwaysPair\n\n\n"


# --- a file that is read ---


def test_the_class_named_strategy_is_the_one_that_runs():
    computed = load_strategy(LEAKS / "clean.py")
    assert issubclass(computed, PairStrategy)
    result = leaking("clean").run()
    assert "cheapness" in result.signals
    assert len(result.trades) > 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "missing",
            "missing.py: could not be read (No such file or directory); expected the file "
            "that strategy.file names, a Python file with a class Strategy",
        ),
        ("no_strategy", "no_strategy.py: had no Strategy; expected a class of that name"),
        ("not_a_pair", "not_a_pair.py: Strategy was a class Strategy; expected a class that ext"),
    ],
)
def test_a_file_without_a_pair_strategy_is_refused(name, words):
    with pytest.raises(ConfigError) as caught:
        load_strategy(LEAKS / f"{name}.py")
    assert words in str(caught.value)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="was a folder; expected the regular file"):
        load_strategy(tmp_path)


def test_a_strategy_that_is_no_class_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="Strategy was a int; expected a class"):
        load_strategy(written(tmp_path, "Strategy = 3\n"))


PAIR = "from strategies import PairStrategy\n\n\nclass Strategy(PairStrategy):\n    "


def subject_of(computed):
    return Subject(config=audit_config(), market=audit_market(), strategy_class=computed)


@pytest.mark.parametrize(
    "body",
    [
        "def is_triggered(self):\n        return True",
        "@classmethod\n    def entry_line(cls, _, at):\n        return at['vol_ratio'] > 0",
        "def next(self):\n        self.broker.decide(True)",
    ],
)
def test_a_strategy_may_say_when_to_enter_in_three_ways(tmp_path, body):
    computed = load_strategy(written(tmp_path, f"{PAIR}{body}\n"))
    assert len(subject_of(computed).run().fills) > 0


def test_a_strategy_that_never_says_when_to_enter_is_refused(tmp_path):
    file = written(tmp_path, f"{PAIR}pass\n")
    with pytest.raises(ConfigError, match=r"mine\.py: Strategy said nowhere when to enter; expec"):
        load_strategy(file)


def test_a_strategy_whose_entry_line_is_none_is_told_what_it_lacks(tmp_path):
    body = "@classmethod\n    def entry_line(cls, config, lines):\n        return None"
    computed = load_strategy(written(tmp_path, f"{PAIR}{body}\n"))
    with (
        pytest.raises(EngineError, match="Strategy said nowhere when to enter"),
        errors_named(computed),
    ):
        subject_of(computed).run()


def test_what_a_file_raises_while_it_is_read_is_named_with_its_line():
    file = LEAKS / "raises_when_read.py"
    with pytest.raises(ConfigError) as caught:
        load_strategy(file)
    line = line_of(file, 'WINDOWS["long"]')
    assert str(caught.value).startswith(f"{file}:{line}: raised KeyError ('long') while it was")


def test_a_file_that_leaves_while_it_is_read_does_not_take_the_program_along(tmp_path):
    with pytest.raises(ConfigError, match=r"mine.py:2: raised SystemExit \(3\)"):
        load_strategy(written(tmp_path, "import sys\nsys.exit(3)\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class Strategy\n    pass\n", r"mine.py:1: raised SyntaxError"),
        ("x = 1\n  y = 2\n", r"mine.py:2: raised IndentationError"),
        ("x = '\x00'\n", r"mine.py\S* raised \w+ \(.*null bytes"),
    ],
)
def test_what_is_no_python_is_refused_with_its_line(tmp_path, text, words):
    with pytest.raises(ConfigError, match=words):
        load_strategy(written(tmp_path, text))


def test_a_message_is_one_line_whatever_the_file_says(tmp_path):
    file = written(tmp_path, "raise ValueError('one\\ntwo\\x1b[31m')\n")
    with pytest.raises(ConfigError, match=r"ValueError \(one two\?\[31m\)") as caught:
        load_strategy(file)
    assert "\n" not in str(caught.value)


def test_a_file_does_not_see_its_neighbours_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "neighbour.py").write_text("x = 1\n")
    before, path = set(sys.modules), list(sys.path)
    with pytest.raises(ConfigError, match="ModuleNotFoundError"):
        load_strategy(written(tmp_path, "import neighbour\n"))
    assert sys.path == path
    assert set(sys.modules) == before
    load_strategy(written(tmp_path, HEAD + "class Strategy(AlwaysPair):\n    pass\n"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.py", "neighbour.py"]


def test_two_files_of_one_name_are_two_modules(tmp_path):
    listed = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = f"{HEAD}class Strategy(AlwaysPair):\n    number = {number}\n"
        listed.append(load_strategy(written(folder, text)))
    assert [each.number for each in listed] == [1, 2]
    assert listed[0].__module__ != listed[1].__module__


def test_an_edited_file_is_read_as_it_is_now(tmp_path):
    for number in (1, 2):  # of the same length, within one second: no cache may answer
        text = f"{HEAD}class Strategy(AlwaysPair):\n    number = {number}\n"
        assert load_strategy(written(tmp_path, text)).number == number


# --- a run of it ---


def test_what_a_strategy_raises_in_a_run_is_named_with_its_line():
    file = LEAKS / "raises.py"
    with pytest.raises(EngineError) as caught:
        leaking("raises").run()
    line = line_of(file, "1 / (40")
    assert str(caught.value) == (
        f"{file}:{line}: raised ZeroDivisionError (division by zero) in a run; correct the strategy"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_the_innermost_line_of_the_file_is_the_one_named(tmp_path):
    text = (
        f"{HEAD}def ratio(x, y):\n    return x / y\n\n\n"
        "class Strategy(AlwaysPair):\n    def is_triggered(self):\n        return ratio(1, 0) > 0\n"
    )
    computed = load_strategy(written(tmp_path, text))
    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=computed)
    with pytest.raises(EngineError, match=r"mine.py:5: raised ZeroDivisionError"):
        subject.run()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    def next(self):\n        self.buy()\n", "mine.py:6: raised EngineError (buy/sell of"),
        (
            "    def next(self):\n        raise SystemExit\n",
            "mine.py:6: raised SystemExit in a run",
        ),
        (
            "    @classmethod\n    def signal_lines(cls, *given):\n        return {'a': [1]}\n",
            "mine.py: raised ",
        ),
    ],
)
def test_whatever_stops_a_run_of_somebody_s_strategy_names_the_file(tmp_path, body, words):
    file = written(tmp_path, f"{HEAD}class Strategy(AlwaysPair):\n{body}")
    subject = Subject(
        config=audit_config(), market=audit_market(), strategy_class=load_strategy(file)
    )
    with pytest.raises(EngineError) as caught:
        subject.run()
    assert words in str(caught.value)


def test_what_the_program_refuses_is_not_blamed_on_the_strategy():
    short = first_sessions(audit_market(), 10)
    with pytest.raises(ConfigError, match="was 10 sessions; expected at least 16"):
        leaking("clean", market=short).run()


def test_the_errors_of_our_own_strategies_pass_as_they_are(monkeypatch):
    def broken(self):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(CorrelationPair, "is_triggered", broken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        own().run()


def test_an_error_without_a_line_in_the_file_still_names_the_file():
    computed = load_strategy(LEAKS / "clean.py")
    with (
        pytest.raises(EngineError, match=r"clean.py: raised OSError \(full\)"),
        errors_named(computed),
    ):
        raise OSError("full")


# --- what a run remembers ---


def test_every_run_starts_from_the_file_s_code_and_no_run_remembers_another(tmp_path):
    text = (
        f"{HEAD}runs = []\n\n\nclass Strategy(AlwaysPair):\n    def is_triggered(self):\n"
        "        runs.append(1)\n        assert len(runs) <= 160\n        return False\n"
    )
    computed = load_strategy(written(tmp_path, text))
    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=computed)
    for _ in range(2):
        subject.run()
    assert sys.modules[computed.__module__].runs == []
    assert sys.modules[computed.__module__].Strategy is computed


def test_a_class_that_is_from_no_file_is_used_as_it_is():
    assert renewed(CorrelationPair) is CorrelationPair


def test_a_strategy_s_own_warm_up_counts_where_it_is_longer(tmp_path):
    assert own().warmup_sessions == own().shortest_sessions == 8 + 8
    text = (
        "{}class Strategy(AlwaysPair):\n    @classmethod\n    def warmup_sessions(cls, config):\n{}"
    )
    file = written(tmp_path, text.format(HEAD, "        return 40\n"))
    subject = Subject(
        config=audit_config(), market=audit_market(), strategy_class=load_strategy(file)
    )
    assert (subject.warmup_sessions, subject.shortest_sessions) == (40, 16)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("{}", "Strategy.signal_lines had no vol_long, vol_ratio, vol_short; expected the lines"),
        (
            "{**super().signal_lines(config, adj_close_long, adj_close_short), "
            "'x': adj_close_long[1:]}",
            r"Strategy.signal_lines: x had shape \(159,\); expected \(160,\), a value for every",
        ),
        ("None", "Strategy.signal_lines was a NoneType; expected lines by name"),
        (
            "{**super().signal_lines(config, adj_close_long, adj_close_short), "
            "'date': adj_close_long, 'close': adj_close_short}",
            "Strategy.signal_lines had close, date; expected other names",
        ),
    ],
    ids=["none of the pair's", "too short", "nothing", "names of columns"],
)
def test_lines_that_no_page_could_show_are_refused(tmp_path, lines, words):
    file = written(
        tmp_path,
        HEAD + "class Strategy(AlwaysPair):\n    @classmethod\n    def signal_lines("
        f"cls, config, adj_close_long, adj_close_short):\n        return {lines}\n",
    )
    subject = Subject(
        config=audit_config(), market=audit_market(), strategy_class=load_strategy(file)
    )
    with pytest.raises(EngineError, match=words):
        subject.run()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[True, False]", r"Strategy.entry_line had shape \(2,\); expected \(160,\), a value"),
        ("lines['vol_long']", "Strategy.entry_line was nan on session 1; expected True or False"),
        ("lines['vol_long'] * 0 + 0.7", "was nan on session 1; expected True or False"),
        ("[1] * 80 + [2] * 80", "Strategy.entry_line was 2 on session 81; expected True or False"),
        ("['yes'] * 160", "Strategy.entry_line was yes on session 1"),
    ],
)
def test_an_entry_line_that_names_no_side_is_refused(tmp_path, line, words):
    with pytest.raises(EngineError, match=words):
        entering(tmp_path, line).run()


@pytest.mark.parametrize(
    "line", ["[True] * 160", "[1.0] * 160", "[1] * 160", "lines['vol_long'] == lines['vol_long']"]
)
def test_an_entry_line_may_be_of_flags_or_of_sides(tmp_path, line):
    entry = entering(tmp_path, line).run().signals["entry"]
    assert entry[6:].all()  # volatility is warm since session 6


def entering(folder, line):
    """A subject whose strategy enters by a line."""
    file = written(
        folder,
        HEAD + "class Strategy(AlwaysPair):\n    @classmethod\n"
        f"    def entry_line(cls, config, lines):\n        return {line}\n",
    )
    return Subject(config=audit_config(), market=audit_market(), strategy_class=load_strategy(file))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "def entry_line(self, config, lines):\n        return lines['vol_long'] > 0",
            "Strategy.entry_line was no class method; expected @classmethod above it",
        ),
        (
            "@staticmethod\n    def warmup_sessions(config):\n        return 3",
            "Strategy.warmup_sessions was no class method",
        ),
        (
            "class Settings:\n        window = 3",
            r"Strategy.Settings was no configs.fields.Model; expected `class Settings\(Model\)`",
        ),
        ("Settings = dict", "Strategy.Settings was no configs.fields.Model"),
    ],
)
def test_what_would_not_be_called_or_not_be_checked_is_refused(tmp_path, body, words):
    file = written(tmp_path, f"{HEAD}class Strategy(AlwaysPair):\n    {body}\n")
    with pytest.raises(ConfigError, match=rf"mine\.py: {words}"):
        load_strategy(file)


def test_a_model_of_pydantic_s_own_is_refused_because_it_takes_a_misspelt_parameter(tmp_path):
    file = written(
        tmp_path,
        f"from pydantic import BaseModel\n{HEAD}class Strategy(AlwaysPair):\n"
        "    class Settings(BaseModel):\n        window: int = 3\n",
    )
    with pytest.raises(ConfigError, match=r"Strategy\.Settings was no configs\.fields\.Model"):
        load_strategy(file)


def test_a_backtrader_user_s_init_need_not_call_ours(tmp_path):
    """Backtrader's own examples never do."""
    text = (
        "import backtrader as bt\n{}class Strategy(AlwaysPair):\n    def __init__(self):\n"
        "        {}self.mean = bt.ind.SMA(self.data.close / self.data1.close, period=9)\n\n"
        "    def is_triggered(self):\n        return self.data.close[0] > self.mean[0]\n"
    )
    runs = []
    for first in ("", "super().__init__()\n        "):
        strategy = load_strategy(written(tmp_path, text.format(HEAD, first)))
        subject = Subject(config=audit_config(), market=audit_market(), strategy_class=strategy)
        runs.append(subject.run())
    assert len(runs[0].trades) > 3
    assert runs[0].ledger.equals(runs[1].ledger)
