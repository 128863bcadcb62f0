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
    from configs.compare import configurations
    from engine.run import fetch

    return 0, fetch(tuple(configurations(options.config, options.set).values()), say)
