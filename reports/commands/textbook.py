"""``run.py textbook``: what books printed beside what it becomes, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Run every example of the textbook, judge what could have been traded, write one page."""
    from configs.errors import printable
    from reports.audits.textbook import data_folder, examples, judged, tried
    from reports.publish.folder import check_writable
    from reports.publish.textbook import TEXTBOOK, publish_textbook, sentence

    out = options.out or shelf / "textbook"
    check_writable(out, TEXTBOOK)
    data = data_folder(options.data)
    judgements = []
    for path in examples():
        say(f"running {path.stem}")
        example = tried(path, data, say)
        say(f"judging {path.stem}")
        judgements.append((example, judged(example, quick=options.quick, progress=say)))
    page = publish_textbook(judgements, out, quick=options.quick)
    return 0, [sentence(judgements), printable(str(page.resolve()))]
