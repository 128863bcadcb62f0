"""The command line's grammar. Words in, options out."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from configs.explain import closest

COMMANDS = {
    "backtest": "run one configuration and write its pages",
    "compare": "run the variants of one base side by side and write their pages",
    "sweep": "run a whole grid of configurations, and say what the best of them is worth",
    "audit": "judge one configuration: did it cheat, what may be claimed, a verdict",
    "fetch": "download prices and company reports into the cache; runs after it work offline",
    "list": "list the runs, comparisons and audits made so far",
}
TIME_LIMIT_SECONDS = 900.0
EXIT_CODES = """\
exit codes:
  0    done
  2    the request is wrong: configuration or arguments
  3    the data cannot be had or cannot be trusted
  4    the simulation cannot go on
  130  interrupted (143: terminated); no run was written
"""


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; ``run.py CONFIG`` is ``run.py backtest CONFIG``.

    Exits with code 2 and the usage on stderr when the words are wrong (argparse's own way).
    """
    asked, grammar = list(words), parser()
    first = asked[0] if asked else ""
    if first in COMMANDS or first in ("", "-h", "--help"):
        return grammar.parse_args(asked)
    if first.startswith("-"):  # options before the file, or before a command's name
        return grammar.parse_args(asked if COMMANDS.keys() & set(asked) else ["backtest", *asked])
    if not _names_a_file(first):
        grammar.error(
            f"{first!r} is neither a command ({', '.join(COMMANDS)}) nor a file"
            f"{closest(first, tuple(COMMANDS))}"
        )
    return grammar.parse_args(["backtest", *asked])


def words(options: argparse.Namespace) -> list[str]:
    """Return the command of a run for its manifest, without where its output goes.

    Neither is ``--workers`` in it: it changes no bit.
    """
    pairs = [part for override in options.set for part in ("--set", override)]
    if getattr(options, "quick", False):
        pairs.append("--quick")
    if getattr(options, "strategy", None) is not None:
        pairs += ["--strategy", str(options.strategy)]
    return ["run.py", options.command, str(options.config), *pairs]


def _seconds(text: str) -> float:
    """Return a time limit, or refuse what is none (argparse's own way)."""
    seconds = float(text)
    if not 0.0 < seconds <= 86_400.0:
        raise argparse.ArgumentTypeError(f"was {text}; expected seconds, at most a day of them")
    return seconds


def _workers(text: str) -> int:
    """Return a number of threads, or refuse what is none (argparse's own way)."""
    workers = int(text)
    if not 1 <= workers <= 1024:
        raise argparse.ArgumentTypeError(f"was {text}; expected 1 to 1024 threads")
    return workers


def _names_a_file(word: str) -> bool:
    """Return whether a word is meant as a file: it has a suffix or a folder, or is there."""
    path = Path(word)
    return bool(path.suffix) or path.name != word or path.exists()


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(
        prog="run.py",
        description="Backtests of pair trades that a sceptical portfolio manager can check.",
        epilog=f"`run.py CONFIG` is short for `run.py backtest CONFIG`.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    backtest, compare, sweep, audit, fetch, shelf = (
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
    for command in (backtest, compare, sweep, audit, fetch):
        command.add_argument("config", type=Path, metavar="CONFIG", help="a YAML file")
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="override a key (of the base, in a comparison), like rebalance.kind=monthly; "
            "VALUE is YAML, may be repeated",
        )
    for command in (backtest, compare, sweep, audit):
        command.add_argument(
            "--out",
            type=Path,
            metavar="DIR",
            help="folder to write (default: reports/out/<name>-<config hash>-<data hash>)",
        )
    sweep.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="threads that run cells (default: one a processor); no bit depends on it",
    )
    audit.add_argument(
        "--quick", action="store_true", help="leave out what takes minutes, and say so"
    )
    audit.add_argument(
        "--strategy",
        type=Path,
        metavar="FILE",
        help="audit a strategy of your own: a Python file, run as it is, with a class Strategy",
    )
    audit.add_argument(
        "--time-limit",
        type=_seconds,
        default=TIME_LIMIT_SECONDS,
        metavar="SECONDS",
        help="most that an audit of --strategy may take (default: %(default)g)",
    )
    shelf.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of runs (default: reports/out)"
    )
    shelf.add_argument("--json", action="store_true", help="print it as JSON, for programs")
    for command in (backtest, compare, sweep, audit, fetch, shelf):
        command.add_argument("--debug", action="store_true", help="show log lines and tracebacks")
    return top
