"""``run.py list``: the runs made so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """List the runs, comparisons and audits made so far."""
    from reports.pages.shelf.shelf import read_shelf, shelf_json, shelf_lines

    try:
        if options.out is not None and not options.out.is_dir():
            raise ConfigError(f"--out was {options.out}; expected a folder of runs that exists")
        entries = read_shelf(options.out or shelf)
    except OSError as error:
        where = f"--out was {options.out}" if options.out is not None else f"{shelf}"
        raise ConfigError(f"{where}; expected a folder of runs we may read: {error}") from error
    return 0, [shelf_json(entries)] if options.json else shelf_lines(entries)
