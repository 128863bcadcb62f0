"""What stands in one folder of a shelf. A folder in, its entry out; or why it is none of ours."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import one_line
from reports.headline import is_short, percent
from reports.pages.shelf.page import Kind

PAGE = "index.html"
DAMAGES = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
SHOWN = ("total_return", "sharpe", "max_drawdown", "net_pnl")
_FEW_WORDS = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run, comparison, search, audit or study, as its own files tell it.

    ``headline`` has the numbers of ``SHOWN`` for a run; ``verdict`` is that of a comparison or an
    audit in a few words, ``told`` in a sentence, and of a run the rung that an audit on the same
    shelf gave it.
    ``made`` is the day (UTC) its files were written: the one thing not in them.
    """

    kind: Kind
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
    """A folder is no run, comparison, search, audit or study. The message says what it lacks."""


def entry_of(folder: Path) -> Entry:
    """Return what one folder holds, or raise for one that is nothing of ours."""
    if (folder / "compare.json").is_file():
        return _comparison(folder)
    if (folder / "sweep.json").is_file():
        return _search(folder)
    if (folder / "audit.json").is_file():
        return _audit(folder)
    if (folder / "pairs.json").is_file():
        return _distance(folder)
    if (folder / "textbook.json").is_file():
        return _textbook(folder)
    if not (folder / "result.json").is_file():
        raise NotOursError("holds no result.json and nothing else of ours")
    result, manifest = _read(folder / "result.json"), _read(folder / "manifest.json")
    return Entry(
        kind="run",
        name=one_line(str(result["name"])),
        pair=_pair(result),
        start=_date(result["start"]),
        end=_date(result["end"]),
        headline={
            key: None if is_short(key, result.get("sessions")) else _number(result[key])
            for key in SHOWN
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


def _distance(folder: Path) -> Entry:
    """Return a study of distance pairs."""
    data = _read(folder / "pairs.json")
    later = _number(data["summary"]["next_close_committed_net"]["mean"])
    return Entry(
        kind="distance pairs",
        name=one_line(str(data["name"])),
        pair=f"{len(data['symbols'])} symbols",
        start=_date(data["start"]),
        end=_date(data["end"]),
        headline={},
        verdict=f"{percent(later or 0.0)} a month, a day later and after costs",
        synthetic=bool(data["synthetic"]),
        ended=None,
        config_sha256=None,
        data_sha256=str(data["data_sha256"]),
        made=_made(folder / "pairs.json"),
        page=_there(folder / "pairs.html"),
    )


def _textbook(folder: Path) -> Entry:
    """Return the books' examples; each names its own data."""
    examples = json.loads((folder / "textbook.json").read_text(encoding="utf-8"))
    figures = [figure for each in examples for figure in each["figures"]]
    ours = [figure for figure in figures if figure["ours"] is not None]
    same = sum(bool(figure["reproduces"]) for figure in ours)
    return Entry(
        kind="textbook",
        name="The textbook on trial",
        pair=f"{len(examples)} examples",
        start=_date(min(each["start"] for each in examples)),
        end=_date(max(each["end"] for each in examples)),
        headline={},
        verdict=f"{same} of {len(ours)} printed figures reproduce",
        synthetic=False,
        ended=None,
        config_sha256=None,
        data_sha256="",
        made=_made(folder / "textbook.json"),
        page=_there(folder / "textbook.html"),
    )


def _short(sentence: str) -> str:
    """Return the start of a sentence, for a comparison written before it had a verdict."""
    return sentence if len(sentence) <= _FEW_WORDS else f"{sentence[:_FEW_WORDS].rstrip()} ..."


def damage(error: Exception) -> str:
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
