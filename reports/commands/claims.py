"""``run.py claims``: what was claimed, beside what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path
    from typing import Any

    from configs.terminal import Steps
    from reports.commands import Answer
    from reports.pages.audit.claims import Table


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Try every claim of one configuration; the tables of its audit's page, as text."""
    from configs.errors import ConfigError, printable
    from configs.load import load
    from engine.time_limit import handed_over

    config = load(options.config, options.set)
    audit = config.audit
    if not (audit.published or audit.forecasts or audit.conditions or audit.execution
            or audit.thesis_ledger):  # fmt: skip
        raise ConfigError(
            f"{options.config}: audit claimed nothing; expected audit.published, forecasts, "
            "conditions, execution or thesis_ledger, as in configs/article.yaml"
        )
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from engine.run import open_source
    from engine.to_json import plain
    from reports.audits.article.three_tests import article_tests
    from reports.audits.inputs import audit_inputs
    from reports.pages.audit.claims import claim_tables

    inputs = audit_inputs(config, open_source(config.data), (), say)
    document: Any = plain(article_tests(inputs))
    synthetic = ["SYNTHETIC DATA."] if inputs.base.synthetic else []
    lines = [line for table in claim_tables(document) for line in text_of(table)]
    return 0, [*synthetic, *(printable(line) for line in lines)]


def text_of(table: Table) -> list[str]:
    """Return a table as lines of columns under each other, its notes below."""
    rows = [table.head, *((row.name, *(text for _, text in row.cells), row.verdict)
                          for row in table.rows)]  # fmt: skip
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(text.rjust(width) for text, width in zip(row[1:-1], widths[1:-1], strict=True)),
                row[-1],
            ]
        )
        for row in (rows if table.rows else ())
    ]
    return [table.title, table.sentence, *lines, table.note, ""]
