"""``run.py pairs``: pairs formed by distance, traded, formed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.command_line import words
from reports.commands.closing import closing

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Form pairs of many symbols, trade them and write their months."""
    from configs.distance import load_distance

    asked = load_distance(options.config, options.set)
    from engine.trials.distance import study
    from reports.pages.distance import sentence
    from reports.pages.shelf.page import around
    from reports.pages.shelf.shelf import run_folder
    from reports.publish.distance import PAIRS, document, publish_distance
    from reports.publish.folder import check_writable

    if options.out is not None:
        check_writable(options.out, PAIRS)
    made = study(asked, say)
    panel, written = made.panel, document(made, words(options))
    out = options.out or shelf / run_folder(asked.name, asked.digest(), panel.digest)
    on_shelf = options.out is None
    way = around(out.name, on_shelf=on_shelf)
    page = publish_distance(written, made, out, way, on_shelf=on_shelf)
    warned = [f"left out {name}: {why}" for name, why in panel.left_out.items()]
    warned += [f"{name} ends on {day}, before the data do" for name, day in panel.ended.items()]
    return 0, closing(options, shelf, sentence(written), warned, page, panel.synthetic)
