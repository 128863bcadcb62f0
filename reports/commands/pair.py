"""``run.py pair``: is there a pair at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Run one configuration and say what its two legs have to do with each other."""
    from configs.load import load
    from engine.time_limit import handed_over

    config = load(options.config, options.set)
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from configs.errors import one_line
    from engine.run import run
    from reports.audits.pair import pair_statistics

    statistics = pair_statistics(run(config, progress=say))
    return 0, [one_line(f"{each.name}: {each.value}. {each.meaning}") for each in statistics]
