"""``run.py fetch``: everything a configuration reads, into the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Download everything a configuration, or a comparison, reads into the cache."""
    from configs.compare import by_market
    from engine.run import fetch

    groups = [tuple(each.values()) for each in by_market(options.config, options.set)]
    lines = [line for group in groups for line in fetch(group, say)]
    return 0, list(dict.fromkeys(lines))  # what two pairs of a gallery share, once
