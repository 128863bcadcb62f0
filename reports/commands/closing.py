"""What is said when a page is made. Its folder on the shelf, its lead and its warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.errors import one_line, printable
from configs.streams import tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from engine.records.result import Result
    from reports.pages.shelf.entries import Entry


def closing(
    options: argparse.Namespace,
    shelf: Path,
    lead: str,
    warned: Sequence[str],
    page: Path,
    synthetic: bool,
    results: Mapping[str, Result] | None = None,
) -> list[str]:
    """Put a new page on the shelf; return what to say of it, the page to open last.

    Parameters
    ----------
    results
        Runs whose figures are part of the answer, by the names they have in it.
    """
    verdict = None
    if options.out is None:
        from reports.pages.shelf.shelf import rebuild

        entries = rebuild(shelf).entries
        verdict = next((each.verdict for each in entries if _is_run(each, page)), None)
    table = []
    if results:
        from reports.commands.figures import figures

        table = figures(results, verdict)
    label = "SYNTHETIC DATA. " if synthetic else ""
    lines = [f"warning: {text}" for text in dict.fromkeys(warned)]
    if options.open and not opened(page.resolve()):
        tell(f"run.py: --open: no browser here would take {printable(str(page.resolve()))}")
    said = [one_line(line) for line in (label + lead, *lines)]
    return [*said, *map(printable, table), printable(str(page.resolve()))]


def _is_run(entry: Entry, page: Path) -> bool:
    """Return whether a row of the shelf is the run of a page."""
    return entry.kind == "run" and entry.page.resolve() == page.resolve()


def opened(page: Path) -> bool:
    """Open a page in the browser; False where there is none, or no display for it."""
    import webbrowser

    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False


def warnings(results: Mapping[str, Result]) -> list[str]:
    """Return the texts of what the runs were warned of; what only some were, with their names."""
    names_by_text: dict[str, list[str]] = {}
    for name, run in results.items():
        for each in run.findings:
            if each.severity == "warning":
                names_by_text.setdefault(each.text, []).append(name)
    return [
        text if len(set(names)) == len(results) else f"{', '.join(dict.fromkeys(names))}: {text}"
        for text, names in names_by_text.items()
    ]
