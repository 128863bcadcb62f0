"""The command line's grammar. Words in, options out."""

import argparse
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("backtest", "fetch", "list")
EXIT_CODES = """\
exit codes:
  0  done
  2  the request is wrong: configuration or arguments
  3  the data cannot be had or cannot be trusted
  4  the simulation cannot go on
"""


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; ``run.py CONFIG`` is ``run.py backtest CONFIG``.

    Exits with code 2 and the usage on stderr when the words are wrong (argparse's own way).
    """
    asked = list(words)
    if asked and asked[0] not in COMMANDS and not asked[0].startswith("-"):
        asked.insert(0, "backtest")
    return parser().parse_args(asked)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(
        prog="run.py",
        description="Backtests of pair trades that a sceptical portfolio manager can check.",
        epilog=f"`run.py CONFIG` is short for `run.py backtest CONFIG`.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    backtest = commands.add_parser("backtest", help="run one configuration and write its pages")
    fetch = commands.add_parser("fetch", help="fill the price cache; runs after it work offline")
    shelf = commands.add_parser("list", help="list the runs made so far")
    for command in (backtest, fetch):
        command.add_argument("config", type=Path, metavar="CONFIG", help="a YAML file")
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="override a key, like rebalance.kind=monthly; VALUE is YAML, may be repeated",
        )
    backtest.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder to write (default: reports/out/<name>-<config hash>-<data hash>)",
    )
    shelf.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of runs (default: reports/out)"
    )
    for command in (backtest, fetch, shelf):
        command.add_argument("--debug", action="store_true", help="show log lines and tracebacks")
    return top
