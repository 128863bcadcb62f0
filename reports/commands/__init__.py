"""The commands, a module each. Options and the shelf's folder in; an exit code and lines out.

Everything is imported where it is needed: QuantStats' process starts before anything else, because
it takes longer to load than a run takes.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps

    Answer = tuple[int, list[str]]  # exit code, lines for stdout

MODULES = {
    "backtest": "reports.commands.backtest",
    "compare": "reports.commands.compare",
    "sweep": "reports.commands.sweep",
    "audit": "reports.commands.audit",
    "init": "reports.commands.init",
    "explain": "reports.commands.explain",
    "check": "reports.commands.check",
    "fetch": "reports.commands.fetch",
    "register": "reports.commands.register",
    "claims": "reports.commands.claims",
    "pair": "reports.commands.pair",
    "pairs": "reports.commands.pairs",
    "textbook": "reports.commands.textbook",
    "list": "reports.commands.list_runs",
}
"""Which module does which command: its ``answer``."""


REPEATING = ("audit", "compare", "sweep", "pairs", "textbook")
"""Commands of many runs, which leave garbage behind."""


def answered(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Do what was asked.

    Parameters
    ----------
    shelf
        Folder of the runs made so far.
    say
        Told each step before it is taken.
    """
    if options.command in REPEATING and not gc.isenabled():  # the front desk had put it off
        gc.set_threshold(50_000)  # the default looks for garbage a hundred times while we import
        gc.enable()
    answer: Answer = import_module(MODULES[options.command]).answer(options, shelf, say)
    return answer
