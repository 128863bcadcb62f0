"""The page of the shelf. Rows read from the run folders in, one sortable HTML table out."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from reports.headline import Unit, money, written
from reports.pages.shelf.siblings import points
from reports.pages.template import environment, with_named_boxes
from reports.publish.ownership import blank_seal, sealed

Kind = Literal["run", "comparison", "search", "audit", "distance pairs", "textbook"]
SKETCH_PX = (96, 24)
VERDICTS = "verdicts.js"  # beside the page, for the pages of runs to ask
_HASH_DIGITS = 8  # as many as a folder's name carries


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRow:
    """One run, comparison or audit on the shelf.

    Numbers are a run's own; None where there is none, as for a comparison or an audit, which has no
    headline but a ``verdict``, and the same ``told`` in a sentence; a run that was audited has one
    too. Rates are fractions, money dollars. ``href`` is relative to the page.
    """

    kind: Kind
    name: str
    pair: str
    start: str
    end: str
    total_return: float | None
    sharpe: float | None
    synthetic: bool
    data_hash: str
    made: str
    href: str
    verdict: str | None = None
    is_ruined: bool = False
    sentence: str = ""
    cagr: float | None = None
    max_drawdown: float | None = None
    differs: str = ""  # from the other runs of its pair
    sketch: tuple[float, ...] = ()  # equity, about evenly spaced
    verdict_href: str | None = None


KINDS = {
    "run": "runs", "comparison": "comparisons", "search": "searches", "audit": "audits",
    "distance pairs": "studies of distance pairs", "textbook": "textbooks",
}  # fmt: skip
SINGULAR = {"distance pairs": "study of distance pairs"}


def shelf_page(rows: Sequence[ShelfRow], skipped: Sequence[str]) -> str:
    """Return the sealed page: ``rows`` in the order given, the folders ``skipped`` and why."""
    shown = [_shown(row) for row in rows]
    template = environment().get_template("shelf.html.j2")
    page = template.render(lead=_lead(rows), rows=shown, skipped=list(skipped), seal=blank_seal())
    return sealed(with_named_boxes(page))


def verdicts_script(rows: Sequence[ShelfRow]) -> str:
    """Return the sealed script that tells each audited run's rung and its audit's page."""
    told = {
        _folder(row): {"rung": row.verdict, "page": quote(row.verdict_href)}
        for row in rows
        if row.verdict_href is not None
    }
    data = json.dumps({"seal": blank_seal(), "of": told}, indent=1, sort_keys=True)
    return sealed(f"window.verdicts = {data};\n")


def row_on_shelf(folder: str, up: int = 1) -> str:
    """Return the address of a folder's row, from a page ``up`` folders below the shelf's.

    The row is where a run's verdict stands, so that a run's own bytes do not depend on whether an
    audit of it lies beside it.
    """
    return f"{'../' * up}index.html#{quote(folder)}"


def around(folder: str, *, on_shelf: bool) -> list[tuple[str, str]]:
    """Return the link from a page in ``folder`` to its row, where there is a shelf."""
    return [("Shelf", row_on_shelf(folder))] if on_shelf else []


def _lead(rows: Sequence[ShelfRow]) -> str:
    if not rows:
        return "No runs yet; make one with: python run.py configs/sample.yaml"
    counted = [
        f"{count} {plural if count > 1 else SINGULAR.get(kind, kind)}"
        for kind, plural in KINDS.items()
        if (count := sum(row.kind == kind for row in rows)) > 0
    ]
    return (
        f"{', '.join(counted[:-1])}{' and ' if len(counted) > 1 else ''}{counted[-1]} on the shelf."
    )


def _shown(row: ShelfRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "pair": row.pair,
        "start": row.start,
        "end": row.end,
        "numbers": [
            (label, *(_number(value, unit) if row.kind == "run" else ("", "")))
            for label, value, unit in _measures(row)
        ],
        "prices": "SYNTHETIC" if row.synthetic else "real",
        "data_hash": row.data_hash[:_HASH_DIGITS],
        "made": row.made,
        "href": quote(row.href),
        "verdict_href": None if row.verdict_href is None else quote(row.verdict_href),
        "differs": row.differs,
        "points": points(row.sketch, *SKETCH_PX),
        "sketch_words": _sketch_words(row),
        "folder": _folder(row),
        "verdict": "; ".join(
            [*(["RUINED"] if row.is_ruined else []), *filter(None, [row.verdict])]
        ),
        "sentence": row.sentence,
    }


def _folder(row: ShelfRow) -> str:
    return row.href.partition("/")[0]


def _sketch_words(row: ShelfRow) -> str:
    """Return the text that stands for the line of equity."""
    if not row.sketch:
        return ""
    return (
        f"equity from {money(row.sketch[0], cents=False)} to {money(row.sketch[-1], cents=False)}"
    )


def _measures(row: ShelfRow) -> tuple[tuple[str, float | None, Unit], ...]:
    return (
        ("CAGR", row.cagr, "percent"),
        ("max drawdown", row.max_drawdown, "percent"),
        ("Sharpe", row.sharpe, "ratio"),
        ("total return", row.total_return, "percent"),
    )


def _number(value: float | None, unit: Unit) -> tuple[str, str]:
    """Return what a column sorts by, empty for no value, and what it shows."""
    sorts_by = "" if value is None or not math.isfinite(value) else repr(float(value))
    return sorts_by, written(value, unit)
