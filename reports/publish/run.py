"""The run folder. A ``Result`` in, the path of ``index.html`` out."""

from collections.abc import Callable
from pathlib import Path

from engine.records.result import Result
from reports.pages.run.page import FILES, SHEET, run_page
from reports.pages.run.whole import Whole
from reports.pages.shelf.page import row_on_shelf
from reports.pages.tearsheet import page as tearsheet
from reports.pages.tearsheet.process import TearsheetProcess
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST
from reports.publish.records import records
from reports.publish.script import script_for

PAGE = "index.html"
RUN = Contents(
    noun="a run",
    proof=frozenset({MANIFEST, "result.json"}),
    names=frozenset({PAGE, *(name for name, _ in FILES)}),
)


def _quiet(message: str) -> None:
    """Report progress to nobody."""


def publish(
    result: Result,
    out: Path,
    tearsheets: TearsheetProcess | None = None,
    progress: Callable[[str], None] = _quiet,
    record: Callable[[], None] = nothing,
    *,
    on_shelf: bool = False,
    whole: Whole | None = None,
) -> Path:
    """Write the folder of a run and return the path of its ``index.html``.

    Parameters
    ----------
    out
        The folder to make. An earlier run of ours there is replaced, anything else refused.
    tearsheets
        A warm tear sheet process, which the caller ends; without one the run has no tear sheet.
    progress
        Told what is being written, one short line each.
    record
        Called when everything is written, before the folder has its name.
    on_shelf
        Whether a shelf's page lies one folder up: the run page then links to its row there, where
        the verdict of an audit stands. No byte of the run depends on what else is on the shelf.
    whole
        What the run is part of: its page then links there and shares its script.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    TearsheetError
        QuantStats failed; nothing was changed.
    """
    shelf = row_on_shelf(out.name) if on_shelf else None
    with staged(out, RUN, record) as staging:
        sheet = None if tearsheets is None else ordered(result, tearsheets)
        progress("writing the ledger, fills, trades and signals")
        for name, text in records(result).items():
            write(staging / name, text)
        progress("drawing the run page")
        script = "" if whole is not None else script_for(out, staging, on_shelf=on_shelf)
        page = run_page(result, whole, shelf, script=script, has_sheet=sheet is not None)
        write(staging / PAGE, page)
        if sheet is not None:
            progress("waiting for the tear sheet")
            write(staging / SHEET, sheet())
    return out / PAGE


def ordered(result: Result, tearsheets: TearsheetProcess) -> Callable[[], str]:
    """Return what waits for a run's tear sheet, which QuantStats draws while we go on.

    A run that it cannot chart gets the honest page that says why.
    """
    reason = tearsheet.reason_not_to_draw(result)
    if reason is not None:
        return lambda: tearsheet.plain(result, reason)
    drawn = tearsheets.submit(tearsheet.order(result))
    return lambda: tearsheet.finish(result, drawn.result())
