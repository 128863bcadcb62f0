"""The shelf of runs. A folder of run folders in; a name for a new one, a list or a page of all out.

The folders alone are read, never a record of our own, so that a run moved in or deleted by hand is
on the shelf or off it the next time. What is no run is named with the reason, not hidden.
"""

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from configs.errors import one_line
from reports.headline import BY_KEY, is_short, written
from reports.pages.shelf.page import ShelfRow, shelf_page
from reports.pages.shelf.siblings import differences, sketch
from reports.publish.folder import PublishError, replace_page

PAGE = "index.html"
_HASH = 8  # hex digits of each hash in a folder's name: enough to tell runs apart by eye
_NAME = 60  # characters kept of a run's name
_DAMAGES = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_FEW_WORDS = 80  # characters
_SHOWN = ("total_return", "sharpe", "max_drawdown", "net_pnl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run, comparison, search or audit, as its own files tell it.

    ``headline`` has the numbers of ``_SHOWN`` for a run; ``verdict`` is that of a comparison or an
    audit in a few words, ``told`` in a sentence, and of a run the rung that an audit on the same
    shelf gave it.
    ``made`` is the day (UTC) its files were written: the one thing not in them.
    """

    kind: Literal["run", "comparison", "search", "audit"]
    name: str
    pair: str
    start: str
    end: str
    headline: Mapping[str, float | None]
    verdict: str | None
    synthetic: bool
    ended: str | None
    config_sha256: str | None
    data_sha256: str
    made: str
    page: Path
    sentence: str = ""
    is_quick: bool = False  # an audit that left out what takes minutes
    cagr: float | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    verdict_page: Path | None = None  # of the audit that gave a run its verdict


class NotOursError(ValueError):
    """A folder is no run, comparison, search or audit. The message says what it lacks."""


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
            entries.append(_entry(each))
        except NotOursError as error:
            skipped.append(f"skipped {one_line(each.name)}: {error}")
        except _DAMAGES as error:
            skipped.append(f"skipped {one_line(each.name)}: damaged ({_damage(error)})")
    return Shelf(folder=folder, entries=tuple(_judged(entries)), skipped=tuple(skipped))


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
            **{key: entry.headline.get(key) for key in _SHOWN},
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
    """Write the shelf's page, ``index.html`` in ``folder``, and return what is on the shelf.

    Raises
    ------
    PublishError
        The page cannot be written, or one stands there that is not as we wrote it.
    """
    shelf = read_shelf(folder)
    differ = _differences(shelf.entries)
    rows = [_row(entry, folder, differ.get(entry.page, "")) for entry in shelf.entries]
    text = shelf_page(rows, shelf.skipped)
    try:
        replace_page(folder / PAGE, text)
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


def _entry(folder: Path) -> Entry:
    """Return what one folder holds, or raise for one that is nothing of ours."""
    if (folder / "compare.json").is_file():
        return _comparison(folder)
    if (folder / "sweep.json").is_file():
        return _search(folder)
    if (folder / "audit.json").is_file():
        return _audit(folder)
    if not (folder / "result.json").is_file():
        raise NotOursError("holds no result.json, compare.json, sweep.json or audit.json")
    result, manifest = _read(folder / "result.json"), _read(folder / "manifest.json")
    return Entry(
        kind="run",
        name=one_line(str(result["name"])),
        pair=_pair(result),
        start=_date(result["start"]),
        end=_date(result["end"]),
        headline={
            key: None if is_short(key, result.get("sessions")) else _number(result[key])
            for key in _SHOWN
        },
        verdict=None,
        synthetic=bool(result["synthetic"]),
        ended="ruin" if result.get("ended") == "ruin" else None,
        config_sha256=manifest.get("config_sha256"),
        data_sha256=str(manifest["data_sha256"]),
        made=_made(folder / "result.json"),
        page=_there(folder / PAGE),
        cagr=None if is_short("cagr", result.get("sessions")) else _number(result.get("cagr")),
        config=_mapping(manifest.get("config")),
    )


def _comparison(folder: Path) -> Entry:
    """Return a comparison whose variants are all there."""
    data = _read(folder / "compare.json")
    for name in data["names"]:
        _there(folder / str(name) / PAGE)
    sentence = one_line(str(data["sentence"]))
    ruined = any(each.get("ended") == "ruin" for each in data["variants"])
    return Entry(
        kind="comparison",
        name=one_line(str(data["name"])),
        pair=_pairs(data),
        start=_date(data["start"]),
        end=_date(data["end"]),
        headline={},
        verdict=one_line(str(data["verdict"])) if "verdict" in data else _short(sentence),
        sentence=sentence,
        synthetic=bool(data["synthetic"]),
        ended="ruin" if ruined else None,
        config_sha256=None,
        data_sha256=str(data["data_sha256"]),
        made=_made(folder / "compare.json"),
        page=_there(folder / "compare.html"),
    )


def _search(folder: Path) -> Entry:
    data = _read(folder / "sweep.json")
    return Entry(
        kind="search",
        name=one_line(str(data["name"])),
        pair=_pair(data),
        start=_date(data["start"]),
        end=_date(data["end"]),
        headline={},
        verdict=f"{data['verdict']}, {int(data['cells']['run']):,} cells",
        sentence=one_line(f"{data['verdict']}: {data['sentence']}"),
        synthetic=bool(data["synthetic"]),
        ended=None,
        config_sha256=None,
        data_sha256=str(data["data_sha256"]),
        made=_made(folder / "sweep.json"),
        page=_there(folder / "sweep.html"),
    )


def _audit(folder: Path) -> Entry:
    data = _read(folder / "audit.json")
    verdict = data["verdict"]
    # A verdict on somebody's own strategy is none on the run that the configuration makes.
    own = data["strategy"] is not None
    return Entry(
        kind="audit",
        name=one_line(str(data["name"])),
        pair=_pair(data),
        start=_date(data["start"]),
        end=_date(data["end"]),
        headline={},
        verdict=str(verdict["rung"]),
        sentence=one_line(f"{verdict['rung']}: {verdict['sentence']}"),
        synthetic=bool(data["synthetic"]),
        ended=None,
        config_sha256=None if own else str(data["config_sha256"]),
        data_sha256=str(data["data_sha256"]),
        made=_made(folder / "audit.json"),
        page=_there(folder / "audit.html"),
        is_quick=data.get("quick") is True,
    )


def _short(sentence: str) -> str:
    """Return the start of a sentence, for a comparison written before it had a verdict."""
    return sentence if len(sentence) <= _FEW_WORDS else f"{sentence[:_FEW_WORDS].rstrip()} ..."


def _damage(error: Exception) -> str:
    """Return what is wrong with a folder that has our files."""
    if isinstance(error, FileNotFoundError):
        path = Path(str(error.filename))
        return f"{path.parent.name}/{path.name} is missing"
    if isinstance(error, json.JSONDecodeError):
        return "a .json file of it is no JSON"
    if isinstance(error, KeyError):
        return f"its .json lacks {error.args[0]!r}"
    return one_line(str(error)) or type(error).__name__


def _read(path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise TypeError(f"{path.name} holds a {type(data).__name__}; expected a mapping")
    return data


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a run's configuration; of a manifest without one, nothing."""
    return value if isinstance(value, Mapping) else {}


def _pair(data: Mapping[str, Any]) -> str:
    return one_line(f"{data['pair']['long']}/{data['pair']['short']}")


def _pairs(data: Mapping[str, Any]) -> str:
    """Return the pair of a comparison, or how many a gallery shows."""
    pairs = {one_line(str(each["pair"])) for each in data["variants"] if "pair" in each}
    return f"{len(pairs)} pairs" if len(pairs) > 1 else _pair(data)


def _date(value: object) -> str:
    return dt.date.fromisoformat(str(value)).isoformat()


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value):  # a TypeError for what is no number
        raise ValueError(f"was {value}; expected a finite number")
    return float(value)


def _made(path: Path) -> str:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC).date().isoformat()


def _there(page: Path) -> Path:
    """Return the path of a page, or raise if there is none to open."""
    page.stat()
    return page


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
        f"data {one_line(entry.data_sha256[:_HASH])}",
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
        verdict="; ".join(
            [*(["RUINED"] if entry.ended is not None else []), *filter(None, [entry.verdict])]
        )
        or None,
    )
