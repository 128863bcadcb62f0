"""The folder of a search. Its document, cells and the best cell's run in, its page's path out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from configs.axes import Axis
from configs.cells import Cells
from engine.records.result import Result
from engine.trials.sweep import HEADLINE, Swept
from reports.pages.run.whole import Whole
from reports.pages.shelf.page import row_on_shelf
from reports.pages.sweep.page import sweep_page
from reports.pages.tearsheet.process import TearsheetProcess
from reports.pages.template import Links
from reports.publish.digits import number, written
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST
from reports.publish.run import publish
from reports.publish.script import script_for

PAGE = "sweep.html"
DATA = "sweep.json"
CELLS = "cells.parquet"
BEST = "best"
COUNTS = ("sessions", "entries", "trades_closed")
SWEEP = Contents(
    noun="a search", proof=frozenset({MANIFEST, DATA}), names=frozenset({PAGE, CELLS, BEST})
)


def publish_sweep(
    document: Mapping[str, Any],
    cells: Cells,
    swept: Swept,
    sessions: np.ndarray[Any, Any],
    best: Result,
    out: Path,
    tearsheets: TearsheetProcess | None,
    progress: Callable[[str], None],
    record: Callable[[], None] = nothing,
    around: Links = (),
    *,
    on_shelf: bool = False,
) -> Path:
    """Write the folder of a search and return the path of its page.

    Parameters
    ----------
    document
        What ``sweep.json`` says.
    sessions
        Of the market: the first and last of each cell's run are among its numbers.
    best
        The best cell's run, from Backtrader.
    tearsheets
        A warm tear sheet process, which the caller ends; without one there is no tear sheet.
    record
        Called when everything is written, before the folder has its name.

    around
        Words and addresses of what lies around the page, like its shelf.
    on_shelf
        Whether a shelf's page lies one folder up.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    TearsheetError
        QuantStats failed; nothing was changed.
    """
    progress("writing the cells")
    text = json.dumps(written(document), indent=2, ensure_ascii=False, allow_nan=False)
    with staged(out, SWEEP, record) as staging:
        engine = "backtrader" if document["engine"]["backtrader"] else "kernel"
        write_cells(cells, swept, sessions, staging / CELLS, engine)
        write(staging / DATA, text + "\n")
        script = script_for(out, staging, on_shelf=on_shelf)
        page = sweep_page(document, cells, swept.scores, script=script, around=around)
        write(staging / PAGE, page)
        whole = Whole(
            part="Best cell", noun="search", name=document["name"], page=f"../{PAGE}",
            script=f"../{script}", shelf=row_on_shelf(out.name, 2) if on_shelf else None,
        )  # fmt: skip
        publish(best, staging / BEST, tearsheets, progress, whole=whole)
    return out / PAGE


def write_cells(
    cells: Cells, swept: Swept, sessions: np.ndarray[Any, Any], path: Path, engine: str
) -> None:
    """Write ``cells.parquet``."""
    import pyarrow.parquet as pq

    pq.write_table(cells_table(cells, swept, sessions, engine), path, compression="zstd")


def cells_table(cells: Cells, swept: Swept, sessions: np.ndarray[Any, Any], engine: str) -> Any:
    """Return a row a cell in grid order, its parameters and headline numbers, as an Arrow table."""
    import pyarrow as pa

    places = cells.grid.places(cells.numbers)
    columns: dict[str, Any] = {"cell": pa.array(cells.numbers)}
    for axis, at in zip(cells.grid.sweep.axes, places, strict=True):
        columns[column_of(axis.key)] = _parameter(axis).take(pa.array(at))
    days = pa.array([str(day) for day in sessions])
    count = swept.headline["sessions"].astype(np.int64)
    columns["start"] = days.take(pa.array(np.zeros(len(count), dtype=np.int64)))
    columns["end"] = days.take(pa.array(count - 1))
    for name, line in swept.headline.items():
        undefined = np.isnan(line)
        if name in COUNTS:
            columns[name] = pa.array(np.where(undefined, 0, line).astype(np.int64))
            continue
        digits = np.array([number(value, name) for value in line.tolist()])  # as result.json
        columns[name] = pa.array(digits, mask=undefined)
    columns["engine"] = pa.array([engine]).take(pa.array(np.zeros(len(count), dtype=np.int64)))
    return pa.table(columns)


def column_of(key: str) -> str:
    """Return the column of an axis: its key, and ``grid.entries`` beside the number of entries."""
    return f"grid.{key}" if key in HEADLINE else key


def _parameter(axis: Axis) -> Any:
    """Return the values of an axis as a column: numbers where all are, else words."""
    import pyarrow as pa

    if all(isinstance(label, int) for label in axis.labels):
        return pa.array(axis.labels, type=pa.int64())
    if all(isinstance(label, int | float) for label in axis.labels):
        return pa.array([float(label) for label in axis.labels], type=pa.float64())
    return pa.array([str(label) for label in axis.labels])
