"""The run folder. A ``Result`` in, the path of ``index.html`` out."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from engine.records.result import Result
from reports.pages.run.page import FILES, run_page
from reports.pages.shelf.page import row_on_shelf
from reports.pages.tearsheet import page as tearsheet
from reports.pages.tearsheet.process import TearsheetProcess
from reports.pages.template import script_name, script_text
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST
from reports.publish.records import records

PAGE = "index.html"
SHEET = "tearsheet.html"
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
) -> Path:
    """Write the folder of a run and return the path of its ``index.html``.

    Parameters
    ----------
    out
        The folder to make. An earlier run of ours there is replaced, anything else refused.
    tearsheets
        A tear sheet process that is already warm; without one we start our own. The caller ends it.
    progress
        Told what is being written, one short line each.
    record
        Called when everything is written, before the folder has its name.
    on_shelf
        Whether a shelf's page lies one folder up: the run page then links to its row there, where
        the verdict of an audit stands. No byte of the run depends on what else is on the shelf.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    TearsheetError
        QuantStats failed; nothing was changed.
    """
    reason = tearsheet.reason_not_to_draw(result)
    shelf = row_on_shelf(out.name) if on_shelf else None
    with staged(out, RUN, record) as staging:
        if reason is None:
            _write_with_sheet(result, staging, tearsheets, progress, shelf)
        else:
            _write_data_and_page(result, staging, progress, shelf)
            write(staging / SHEET, tearsheet.plain(result, reason))
    return out / PAGE


def _write_with_sheet(
    result: Result,
    staging: Path,
    tearsheets: TearsheetProcess | None,
    progress: Callable[[str], None],
    shelf: str | None,
) -> None:
    """Write everything; QuantStats draws in its process while we write the rest."""
    own: AbstractContextManager[TearsheetProcess] = (
        TearsheetProcess() if tearsheets is None else nullcontext(tearsheets)
    )
    with own as ready:
        drawn = ready.submit(tearsheet.order(result))
        _write_data_and_page(result, staging, progress, shelf)
        progress("waiting for the tear sheet")
        write(staging / SHEET, tearsheet.finish(result, drawn.result()))


def _write_data_and_page(
    result: Result, staging: Path, progress: Callable[[str], None], shelf: str | None
) -> None:
    progress("writing the ledger, fills, trades and signals")
    for name, text in records(result).items():
        write(staging / name, text)
    progress("drawing the run page")
    write(staging / PAGE, run_page(result, shelf=shelf))
    write(staging / script_name(), script_text())
