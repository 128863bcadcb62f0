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
    from reports.audits.textbook import (
        data_folder,
        examples,
        has_files,
        judged,
        loaded,
        printed_only,
        tried,
        with_today,
    )
    from reports.commands.closing import closing
    from reports.pages.shelf.page import around
    from reports.publish.folder import check_writable
    from reports.publish.textbook import TEXTBOOK, publish_textbook, sentence
    from reports.publish.trials import ledger_of, read_ledger, recording

    out = options.out or shelf / "textbook"
    check_writable(out, TEXTBOOK)
    data = data_folder(options.data)
    tried_before = read_ledger(ledger_of(options.out, shelf))
    judged_examples = []
    for path in examples():
        say(f"running {path.stem}")
        if has_files(loaded(path, data)):
            example = tried(path, data, say)
            example = with_today(example, say) if options.yahoo else example
        else:
            example = printed_only(path, say)
        verdict = None
        if example.is_traded:
            say(f"judging {path.stem}")
            verdict = judged(example, quick=options.quick, progress=say, ledger=tried_before)
        judged_examples.append((example, verdict))
    verdicts = [each for _, each in judged_examples if each is not None]
    record = recording(options, shelf, [each.trial for each in verdicts])
    way = around(out.name, on_shelf=options.out is None)
    page = publish_textbook(judged_examples, out, quick=options.quick, record=record, around=way)
    bad = [text for each in verdicts for text in each.document["trials"]["doubts"]]
    said = sentence(judged_examples)
    return 0, closing(options, shelf, said, [*bad, *record.warnings], page, synthetic=False)
