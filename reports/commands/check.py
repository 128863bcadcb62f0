"""``run.py check``: what a configuration would run on, without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.errors import one_line
from configs.streams import tell

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Say what a configuration, or a comparison, would run on; 3 where it would not."""
    from configs.compare import by_market

    groups = by_market(options.config, options.set)
    from engine.check import check as checking
    from engine.run import open_source
    from reports.commands.check_lines import check_lines

    lines: list[str] = []
    code = 0
    for configs in groups:
        every = tuple(configs.values())
        checked = checking(every, open_source(every[0].data), say)
        lines += check_lines(checked, configs)
        if checked.error is not None:
            code = 3
            tell(f"run.py: {one_line(str(checked.error))}")
    return code, [one_line(line) for line in lines]
