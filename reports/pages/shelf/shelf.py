"""The shelf of runs. A folder of run folders in; a name for a new one, a list or a page of all out.

The folders alone are read, never a record of our own, so that a run moved in or deleted by hand is
on the shelf or off it the next time. What is no run is named with the reason, not hidden.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from configs.errors import one_line
from reports.headline import BY_KEY, written
from reports.pages.shelf.entries import DAMAGES, PAGE, SHOWN, Entry, NotOursError, damage, entry_of
from reports.pages.shelf.page import VERDICTS, ShelfRow, shelf_page, verdicts_script
from reports.pages.shelf.siblings import differences, sketch
from reports.publish.folder import PublishError, replace_page

_HASH = 8  # hex digits of each hash in a folder's name: enough to tell runs apart by eye
_NAME = 60  # characters kept of a run's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What stands in a folder: entries by folder name, and a line for each folder that is none."""

    folder: Path
    entries: tuple[Entry, ...]
    skipped: tuple[str, ...]


def run_folder(name: str, config_sha256: str, data_sha256: str) -> str:
    """Return the folder of a run: a file-safe form of its name and the start of two hashes.

    Letters, digits, dot, dash and underscore stay; anything else becomes a dash, so that a name
    is never a path.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-_")[:_NAME] or "run"
    return f"{safe}-{config_sha256[:_HASH]}-{data_sha256[:_HASH]}"


def read_shelf(folder: Path) -> Shelf:
    """Return every run and comparison in ``folder``, by folder name."""
    entries, skipped = [], []
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not each.is_dir() or each.name.startswith("."):
            continue  # a file, or a run being written
        try:
            _check_name(each.name)
            entries.append(entry_of(each))
        except NotOursError as error:
            skipped.append(f"skipped {one_line(each.name)}: {error}")
        except DAMAGES as error:
            skipped.append(f"skipped {one_line(each.name)}: damaged ({damage(error)})")
    return Shelf(folder=folder, entries=tuple(_judged(entries)), skipped=tuple(skipped))


def _check_name(name: str) -> None:
    """Refuse a name that no page can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise NotOursError("its name is no text in UTF-8") from None


def _judged(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries, each run with the rung of an audit of the same run: the whole one's."""
    rungs = {
        (each.config_sha256, each.data_sha256): each
        for each in sorted(entries, key=lambda entry: not entry.is_quick)
        if each.kind == "audit"
    }
    for each in entries:
        audit = rungs.get((each.config_sha256, each.data_sha256))
        if each.kind == "run" and audit is not None:
            yield replace(each, verdict=audit.verdict or "", verdict_page=audit.page)
        else:
            yield each


def shelf_lines(shelf: Shelf) -> list[str]:
    """Return one line for each entry, then one for each folder that was skipped."""
    lines = [_line(entry) for entry in shelf.entries]
    if not lines:
        lines = [f"no runs yet in {shelf.folder}; make one with: python run.py configs/sample.yaml"]
    return [*lines, *shelf.skipped]


def shelf_json(shelf: Shelf) -> str:
    """Return the same as JSON, for programs."""
    entries = [
        {
            "kind": entry.kind,
            "name": entry.name,
            "pair": entry.pair,
            "start": entry.start,
            "end": entry.end,
            **{key: entry.headline.get(key) for key in SHOWN},
            "verdict": entry.verdict,
            "sentence": entry.sentence,
            "synthetic": entry.synthetic,
            "ended": entry.ended,
            "data_sha256": entry.data_sha256,
            "made": entry.made,
            "page": str(entry.page.resolve()),
        }
        for entry in shelf.entries
    ]
    data = {"folder": str(shelf.folder), "entries": entries, "skipped": list(shelf.skipped)}
    return json.dumps(data, indent=2, allow_nan=False)


def rebuild(folder: Path) -> Shelf:
    """Write the shelf's page and what its runs ask it, and return what is on the shelf.

    Raises
    ------
    PublishError
        The page cannot be written, or one stands there that is not as we wrote it.
    """
    shelf = read_shelf(folder)
    differ = _differences(shelf.entries)
    rows = [_row(entry, folder, differ.get(entry.page, "")) for entry in shelf.entries]
    try:
        replace_page(folder / PAGE, shelf_page(rows, shelf.skipped))
        replace_page(folder / VERDICTS, verdicts_script(rows))
    except OSError as error:
        raise PublishError(
            f"{folder / PAGE}: could not be written ({error}); the run is done and whole, "
            "only the shelf's page is the old one"
        ) from error
    return shelf


def _differences(entries: Sequence[Entry]) -> dict[Path, str]:
    """Return, by a run's page, what tells it from the other runs of its pair."""
    words: dict[Path, str] = {}
    runs = [each for each in entries if each.kind == "run"]
    for pair in sorted({each.pair for each in runs}):
        own = [each for each in runs if each.pair == pair]
        differing = differences([each.config for each in own])
        words |= dict(zip([each.page for each in own], differing, strict=True))
    return words


def _line(entry: Entry) -> str:
    """Return an entry as one line for a terminal, which no name in it can steer."""
    shown = "  ".join(
        f"{key} {written(value, BY_KEY[key].unit)}" for key, value in entry.headline.items()
    )
    marks = [
        *(["SYNTHETIC"] if entry.synthetic else []),
        *(["RUINED"] if entry.ended is not None else []),
    ]
    parts = [
        entry.name,
        entry.pair,
        f"{entry.start}..{entry.end}",
        shown or f"{entry.kind}: {entry.verdict}",
        *([f"verdict {entry.verdict}"] if entry.kind == "run" and entry.verdict else []),
        *([f"data {one_line(entry.data_sha256[:_HASH])}"] if entry.data_sha256 else []),
        f"made {entry.made}",
        *marks,
    ]
    path = "".join(letter if letter.isprintable() else "?" for letter in str(entry.page))
    return "  ".join([*parts, path])


def _row(entry: Entry, folder: Path, differs: str) -> ShelfRow:
    audit = entry.verdict_page
    return ShelfRow(
        differs=differs,
        cagr=entry.cagr,
        max_drawdown=entry.headline.get("max_drawdown"),
        sketch=sketch(entry.page.with_name("ledger.csv")) if entry.kind == "run" else (),
        verdict_href=None if audit is None else audit.relative_to(folder).as_posix(),
        kind=entry.kind,
        name=entry.name,
        pair=entry.pair,
        start=entry.start,
        end=entry.end,
        sentence=entry.sentence,
        total_return=entry.headline.get("total_return"),
        sharpe=entry.headline.get("sharpe"),
        synthetic=entry.synthetic,
        data_hash=entry.data_sha256,
        made=entry.made,
        href=entry.page.relative_to(folder).as_posix(),
        verdict=entry.verdict,
        is_ruined=entry.ended is not None,
    )
