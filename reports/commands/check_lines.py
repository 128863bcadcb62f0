"""What a check says, as lines. A record of what was read in, lines for stdout out."""

from collections.abc import Mapping

from configs.formats import listed
from configs.schema import RunConfig
from configs.sentence import sentence
from engine.check import Checked, Taken

ORDER = ("error", "warning", "info")


def check_lines(checked: Checked, configs: Mapping[str, RunConfig]) -> list[str]:
    """Return each file's line, each finding's, the worst first, and the rules of every run.

    Parameters
    ----------
    configs
        What was checked by name: one, or the variants of a comparison.
    """
    findings = sorted(checked.findings, key=lambda each: ORDER.index(each.severity))
    rules = [
        sentence(config) if len(configs) == 1 else f"{name}: {sentence(config)}"
        for name, config in configs.items()
    ]
    return [
        *(_file_line(each) for each in checked.taken),
        *(f"{each.severity}: {each.text}" for each in findings),
        *rules,
    ]


def _file_line(taken: Taken) -> str:
    """Return what one file was taken for."""
    name = f"{taken.name}: " if taken.name else ""
    if taken.refused is not None:
        return f"{name}not read: {taken.refused.removeprefix(name)}"
    if taken.rows is None:
        return f"{name}{taken.origin}"
    dialect = f": {taken.dialect}" if taken.dialect else ""
    lacks = f"; lacks {listed(taken.lacks)}" if taken.lacks else ""
    rows = "1 row" if taken.rows == 1 else f"{taken.rows:,} rows"
    return f"{name}{taken.origin}{dialect}; {rows}, {taken.first} to {taken.last}{lacks}"
