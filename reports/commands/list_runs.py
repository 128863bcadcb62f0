"""``run.py list``: the runs made so far, or all that was ever tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """List the runs, comparisons, searches and audits made so far; or the ledger of trials."""
    from reports.pages.shelf.shelf import read_shelf, shelf_json, shelf_lines

    folder = options.out or shelf
    try:
        if options.out is not None and not options.out.is_dir():
            raise ConfigError(f"--out was {options.out}; expected a folder of runs that exists")
        if options.trials:
            return 0, _trials(folder, as_json=options.json)
        entries = read_shelf(folder)
    except OSError as error:
        where = f"--out was {options.out}" if options.out is not None else f"{shelf}"
        raise ConfigError(f"{where}; expected a folder of runs we may read: {error}") from error
    return 0, [shelf_json(entries)] if options.json else shelf_lines(entries)


def _trials(folder: Path, *, as_json: bool) -> list[str]:
    """Return what the ledger of trials in a folder of runs tells."""
    from reports.commands.trial_lines import trial_json, trial_lines
    from reports.publish.trials import LEDGER, read_ledger

    tried = read_ledger(folder / LEDGER)
    if tried.unreadable is not None:
        raise ConfigError(tried.unreadable)
    path = folder / LEDGER
    return [trial_json(tried, path)] if as_json else trial_lines(tried, path)
