"""The comparison folder. Outcomes in, the path of ``compare.html`` out.

One folder a variant with everything a run leaves but the plotly script, which all pages share and
which stands beside ``compare.html``, or beside the shelf's page.
"""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.compare import Comparison
from engine.records.result import Result
from engine.trials.variants import Outcome, data_digest
from reports.pages.compare.comparison import comparison as compared
from reports.pages.compare.gallery import gallery
from reports.pages.compare.page import compare_page
from reports.pages.run.page import SHEET, run_page
from reports.pages.run.whole import Whole
from reports.pages.shelf.page import row_on_shelf
from reports.pages.tearsheet.process import TearsheetError, TearsheetProcess
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST, list_files
from reports.publish.records import records
from reports.publish.run import PAGE, RUN, ordered
from reports.publish.script import script_for

COMPARE_PAGE = "compare.html"
COMPARE_DATA = "compare.json"
FEWEST = 2


class ComparisonError(RuntimeError):
    """Too few variants are left to compare. The message says what stopped the others."""


COMPARISON = Contents(
    noun="a comparison",
    proof=frozenset({MANIFEST, COMPARE_DATA}),
    names=frozenset({COMPARE_PAGE}),
)


def publish_comparison(
    comparison: Comparison,
    outcomes: Sequence[Outcome],
    out: Path,
    tearsheet_processes: Sequence[TearsheetProcess],
    progress: Callable[[str], None],
    record: Callable[[], None] = nothing,
    *,
    on_shelf: bool = False,
) -> Path:
    """Write the folder of a comparison and return the path of its ``compare.html``.

    Parameters
    ----------
    outcomes
        One for each variant, in the order of the page; those without a result are named on it.
    out
        The folder to make. An earlier comparison of ours there is replaced, anything else refused.
    tearsheet_processes
        Warm ones, which share out the tear sheets and which the caller ends; none: no tear sheets.
    progress
        Told each step, two a variant and one for the comparison.
    record
        Called when everything is written, before the folder has its name.
    on_shelf
        Whether a shelf's page lies one folder up, which the pages then link to.

    Raises
    ------
    ComparisonError
        Fewer than two variants ran; nothing was changed.
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    TearsheetError
        QuantStats failed; nothing was changed.
    """
    results = {each.name: each.result for each in outcomes if each.result is not None}
    failed = {each.name: each.error or "" for each in outcomes if each.result is None}
    if len(results) < FEWEST:
        raise ComparisonError(
            f"{len(results)} of {len(outcomes)} variants ran; expected at least {FEWEST} to compare"
            f" ({'; '.join(f'{name}: {error}' for name, error in failed.items())})"
        )
    with staged(out, COMPARISON, record) as staging:
        script = script_for(out, staging, on_shelf=on_shelf)
        sheets = _ordered(results, tearsheet_processes)
        has_sheet = bool(sheets)
        for name, result in results.items():
            progress(f"writing {name}")
            (staging / name).mkdir()
            for file, text in records(result).items():
                write(staging / name / file, text)
            whole = Whole(
                part=f"Variant {name}", noun="comparison", name=comparison.name,
                page=f"../{COMPARE_PAGE}", script=f"../{script}",
                shelf=row_on_shelf(out.name, 2) if on_shelf else None,
            )  # fmt: skip
            write(staging / name / PAGE, run_page(result, whole, has_sheet=has_sheet))
        progress("writing the comparison")
        shelf = row_on_shelf(out.name) if on_shelf else None
        _write_comparison(comparison, results, failed, staging, shelf, script, has_sheets=has_sheet)
        for name, sheet in sheets.items():
            progress(f"waiting for the tear sheet of {name}")
            write(staging / name / SHEET, _drawn(name, sheet))
        for name in results:
            list_files(staging / name, RUN.kind)
    return out / COMPARE_PAGE


def answer(page: Path) -> str:
    """Return the line that a comparison published at ``page`` leads with."""
    data = json.loads(page.with_name(COMPARE_DATA).read_text(encoding="utf-8"))
    return str(data["answer"])


def _ordered(
    results: Mapping[str, Result], tearsheet_processes: Sequence[TearsheetProcess]
) -> dict[str, Callable[[], str]]:
    """Hand the tear sheets to the processes in turn; nothing where there is none."""
    turns = itertools.cycle(tearsheet_processes)
    return {
        name: ordered(result, process)
        for (name, result), process in zip(results.items(), turns, strict=False)
    }


def _drawn(name: str, sheet: Callable[[], str]) -> str:
    """Return a variant's tear sheet, an error with its name."""
    try:
        return sheet()
    except TearsheetError as error:
        raise TearsheetError(f"{error} (variant {name})") from None


def _write_comparison(
    comparison: Comparison,
    results: Mapping[str, Result],
    failed: Mapping[str, str],
    staging: Path,
    shelf: str | None,
    script: str,
    *,
    has_sheets: bool,
) -> None:
    """Write what concerns all variants: numbers and page."""
    view = gallery(results) if comparison.gallery else compared(results)
    first = next(iter(results.values()))
    data: dict[str, Any] = {
        "name": comparison.name,
        "base": comparison.base,
        "names": list(results),
        "pair": {"long": first.config.pair.long, "short": first.config.pair.short},
        "synthetic": view.synthetic,
        "config_sha256": comparison.digest(),
        "data_sha256": data_digest(each.manifest["data_sha256"] for each in results.values()),
        "failed": dict(failed),
    }
    text = json.dumps(view.to_json() | data, indent=2, ensure_ascii=False, allow_nan=False)
    write(staging / COMPARE_DATA, text + "\n")
    keys = ("name", "base", "names", "synthetic", "config_sha256", "data_sha256")
    write(staging / MANIFEST, json.dumps({key: data[key] for key in keys}, ensure_ascii=False))
    page = compare_page(
        view,
        title=comparison.name,
        variants={name: f"{name}/{PAGE}" for name in results},
        sheets={name: f"{name}/{SHEET}" for name in results if has_sheets},
        failed=failed,
        script=script,
        synthetic=view.synthetic,
        shelf=shelf,
        replicates=next(
            filter(None, (each.config.account.replication for each in results.values())), None
        ),
    )
    write(staging / COMPARE_PAGE, page)
