"""The command line's grammar. Words in, options out."""

import argparse
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

from configs import __version__
from configs.errors import ConfigError, one_line, shown
from configs.explain import closest
from configs.files import expanded

COMMANDS = {
    "backtest": "run one configuration and write its pages",
    "compare": "run the variants of one base side by side and write their pages",
    "sweep": "run a whole grid of configurations, and say what the best of them is worth",
    "audit": "judge one configuration: did it cheat, what may be claimed, a verdict",
    "init": "write a commented configuration to begin with; asks nothing, overwrites nothing",
    "explain": "say what a configuration will do, every default marked; reads no price",
    "check": "say what each file was taken for, what was found and the rules; no simulation",
    "fetch": "download prices and company reports into the cache; runs after it work offline",
    "register": "write down what is decided, and what would refute it, before it is judged",
    "claims": "try every figure, trade and cost that an article claims, and print the tables",
    "pair": "say whether the two legs are a pair: cointegration, half-life, stability",
    "pairs": "form pairs of many symbols by distance, trade them, and say what each month made",
    "textbook": "what books printed beside what it becomes a session later, on one page",
    "list": "list the runs, comparisons and audits made so far",
}
Number = TypeVar("Number", int, float)
SIGNALS = ("correlation", "spread", "capex", "always")
TIME_LIMIT_SECONDS = 900.0
EXIT_CODES = """\
exit codes:
  0    done
  2    the request is wrong: configuration or arguments
  3    the data cannot be had or cannot be trusted
  4    the simulation cannot go on
  130  interrupted (143: terminated, 129: hung up); no run was written
"""


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; ``run.py CONFIG`` is ``run.py backtest CONFIG``.

    Exits with code 2 and the usage on stderr when the words are wrong (argparse's own way).
    """
    options = _parsed(list(words), parser())
    if getattr(options, "set", None) is not None:
        options.set = [_as_typed(each) for each in options.set]
    if getattr(options, "strategy", None) is not None:
        options.set.append(f"strategy.file={json.dumps(str(options.strategy))}")
    options.words = list(words)
    return options


def _as_typed(word: str) -> str:
    """Return a word as its bytes say in UTF-8, which a C locale without its usual mode hides."""
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word


def _parsed(asked: list[str], grammar: argparse.ArgumentParser) -> argparse.Namespace:
    first = asked[0] if asked else ""
    if first in COMMANDS or first in ("", "-h", "--help", "--version"):
        return grammar.parse_args(asked)
    if first.startswith("-"):  # options before the file, or before a command's name
        return grammar.parse_args(asked if COMMANDS.keys() & set(asked) else ["backtest", *asked])
    if not _names_a_file(first):
        grammar.error(
            f"{shown(first)} is neither a command ({', '.join(COMMANDS)}) nor a file"
            f"{closest(first, tuple(COMMANDS))}"
        )
    return grammar.parse_args(["backtest", *asked])


def words(options: argparse.Namespace) -> list[str]:
    """Return the command of a run for its manifest, without where its output goes.

    Neither are ``--workers`` and ``--cluster`` in it: they change no bit.
    """
    pairs = [part for override in options.set for part in ("--set", override)]
    if getattr(options, "quick", False):
        pairs.append("--quick")
    return ["run.py", options.command, str(options.config), *pairs]


def _within(text: str, kind: type[Number], low: float, high: float, expected: str) -> Number:
    """Return a number, or refuse what is none or outside its bounds (argparse's own way)."""
    number: Number | None
    try:
        number = kind(text)
    except ValueError:  # of which argparse would tell the name of a function of ours
        number = None
    if number is None or not low <= number <= high:
        raise argparse.ArgumentTypeError(f"was {shown(text)}; expected {expected}")
    return number


def _seconds(text: str) -> float:
    """Return a time limit."""
    return _within(text, float, 1e-9, 86_400.0, "seconds, at most a day of them")


def _workers(text: str) -> int:
    """Return a number of threads."""
    return _within(text, int, 1, 1024, "1 to 1024 threads")


def _cell(text: str) -> int:
    """Return a cell's number."""
    return _within(text, int, 0, math.inf, "a whole number, 0 or more")


def _address(text: str) -> str:
    """Return where a scheduler listens, or refuse what is no address (argparse's own way)."""
    try:
        asked = urlsplit(text)
        is_one = asked.scheme in ("tcp", "tls") and bool(asked.hostname) and bool(asked.port)
    except ValueError:  # a port that is no number, a bracket left open
        is_one = False
    if not is_one:
        raise argparse.ArgumentTypeError(
            f"was {shown(text)}; expected a scheduler's address, like tcp://host:8786"
        )
    return text


def _path(text: str) -> Path:
    """Return a path that a file can have, or refuse it (argparse's own way)."""
    try:
        expanded(Path(text))
    except ConfigError as error:
        raise argparse.ArgumentTypeError(f"was {shown(text)}; {error}") from None
    return Path(text)


def _names_a_file(word: str) -> bool:
    """Return whether a word is meant as a file: it has a suffix or a folder, or is there."""
    path = Path(word)
    try:
        return bool(path.suffix) or path.name != word or path.exists()
    except OSError:  # a name too long, a folder closed to us: who reads the file says so
        return True


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, whatever letters are in the words."""

    def error(self, message: str) -> NoReturn:
        super().error(one_line(message))


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = _Parser(
        prog="run.py",
        description="Backtests of pair trades that a sceptical portfolio manager can check.",
        epilog=f"`run.py CONFIG` is short for `run.py backtest CONFIG`.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"schism {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    (
        backtest,
        compare,
        sweep,
        audit,
        init,
        explain,
        check,
        fetch,
        register,
        claims,
        pair,
        pairs,
        textbook,
        shelf,
    ) = (
        commands.add_parser(
            name,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}.",
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,  # a script's --ou must not change its meaning with a new option
        )
        for name, purpose in COMMANDS.items()
    )
    init.add_argument(
        "config", type=_path, metavar="FILE", help="the file to write, which must not be there"
    )
    init.add_argument("--pair", metavar="LONG/SHORT", help="two symbols (default: SMH/IGV)")
    init.add_argument(
        "--signal", choices=SIGNALS, help="what enters a trade (default: correlation)"
    )
    init.add_argument(
        "--from-article",
        action="store_true",
        help="the article's correlation trade instead, with every figure it printed",
    )
    for command in (
        backtest, compare, sweep, audit, explain, check, fetch, register, claims, pair, pairs
    ):  # fmt: skip
        command.add_argument("config", type=_path, metavar="CONFIG", help="a YAML file")
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="override a key (of the base, in a comparison), like rebalance.kind=monthly; "
            "VALUE is YAML, may be repeated",
        )
    for command in (backtest, compare, sweep, audit, pairs, textbook):
        command.add_argument("--open", action="store_true", help="open the page in a browser")
    for command in (
        backtest, compare, sweep, audit, check, fetch, register, claims, pair, pairs, textbook
    ):  # fmt: skip
        command.add_argument(
            "--quiet", action="store_true", help="tell no steps; the answer and errors alone"
        )
    for command in (backtest, compare, sweep, audit, pairs):
        command.add_argument(
            "--out",
            type=_path,
            metavar="DIR",
            help="folder to write (default: reports/out/<name>-<config hash>-<data hash>)",
        )
    for command in (backtest, compare, sweep, audit, textbook):
        command.add_argument(
            "--no-ledger",
            action="store_true",
            help="leave what is tried out of the ledger of trials beside the folder, where one "
            "line will say so",
        )
    for command in (backtest, sweep):
        command.add_argument(
            "--no-tearsheet",
            action="store_true",
            help="draw no tear sheet: QuantStats takes longest",
        )
    compare.add_argument(
        "--tearsheets", action="store_true", help="draw each variant's tear sheet too"
    )
    where = sweep.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="threads that run cells (default: one a processor); no bit depends on it",
    )
    where.add_argument(
        "--cluster",
        type=_address,
        metavar="ADDRESS",
        help="run cells on a dask.distributed cluster, like tcp://host:8786; no bit depends on it",
    )
    for command in (audit, textbook):
        command.add_argument(
            "--quick", action="store_true", help="leave out what takes minutes, and say so"
        )
    textbook.add_argument(
        "--out", type=_path, metavar="DIR", help="folder to write (default: reports/out/textbook)"
    )
    textbook.add_argument(
        "--data",
        type=_path,
        metavar="DIR",
        help="folder of the book's files, with etf and gld_gdx in it (default: TEXTBOOK_DATA, else "
        "what each configuration names)",
    )
    textbook.add_argument(
        "--yahoo",
        action="store_true",
        help="the same rules on Yahoo's history to its last session, beside; alone, and without "
        "being asked for, where the book's files are not",
    )
    where.add_argument(
        "--cell",
        type=_cell,
        metavar="N",
        help="run this cell alone, by its number in cells.parquet, and print its --set line",
    )
    for command in (backtest, compare, sweep, audit, register, claims, pair):
        command.add_argument(
            "--strategy",
            type=_path,
            metavar="FILE",
            help="run a strategy of your own: a Python file, run as it is, with a class Strategy "
            "(short for --set strategy.file=FILE)",
        )
        command.add_argument(
            "--time-limit",
            type=_seconds,
            default=TIME_LIMIT_SECONDS,
            metavar="SECONDS",
            help="most that a strategy of your own may take (default: %(default)g)",
        )
    for command in (register, shelf):
        command.add_argument(
            "--out", type=_path, metavar="DIR", help="folder of runs (default: reports/out)"
        )
    for word, what in (("confirm", "bear it out"), ("refute", "refute it")):
        register.add_argument(
            f"--{word}",
            metavar="TEXT",
            help=f"what would {what}, in words (default: the test that a later audit makes)",
        )
    shelf.add_argument(
        "--trials",
        action="store_true",
        help="list the ledger of trials instead: all that was ever tried into this folder",
    )
    shelf.add_argument("--json", action="store_true", help="print it as JSON, for programs")
    for command in (
        backtest, compare, sweep, audit, init, explain, check, fetch, register, claims, pair, pairs,
        textbook, shelf,
    ):  # fmt: skip
        command.add_argument("--debug", action="store_true", help="show log lines and tracebacks")
    return top
