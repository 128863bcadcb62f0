"""The folder of the textbook. Its examples and their verdicts in, the path of the page out."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.to_json import plain
from reports.audits.textbook import Example, Judgement
from reports.audits.textbook_fates import SURVIVES, evidence_in_words
from reports.audits.textbook_today import Today
from reports.audits.wording import listed
from reports.pages.template import Links
from reports.pages.textbook import textbook_page
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST

PAGE = "textbook.html"
DATA = "textbook.json"
TEXTBOOK = Contents(noun="a textbook", proof=frozenset({MANIFEST, DATA}), names=frozenset({PAGE}))

Judged = Sequence[tuple[Example, Judgement | None]]


def publish_textbook(
    judged: Judged,
    out: Path,
    *,
    quick: bool,
    record: Callable[[], None] = nothing,
    around: Links = (),
) -> Path:
    """Write the folder and return the path of its page.

    Parameters
    ----------
    record
        Called when everything is written, before the folder has its name.
    around
        Words and addresses of what lies around the page, like its shelf.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    """
    examples = [as_plain(example, judgement) for example, judgement in judged]
    text = json.dumps(examples, indent=2, ensure_ascii=False, allow_nan=False)
    with staged(out, TEXTBOOK, record) as staging:
        write(staging / MANIFEST, json.dumps({"examples": [each["name"] for each in examples]}))
        write(staging / DATA, text + "\n")
        page = textbook_page(examples, lead=fates(judged), quick=quick, around=around)
        write(staging / PAGE, page)
    return out / PAGE


def sentence(judged: Judged) -> str:
    """Return what the page says in a line."""
    rows = [row for example, _ in judged for row in example.rows if row.ours is not None]
    same = sum(row.reproduces for row in rows)
    above = [
        example.config.name
        for example, judgement in judged
        if judgement is not None and judgement.rung not in ("INVALID", "UNTESTABLE", "NO EVIDENCE")
    ]
    rose = f"{', '.join(above)} above NO EVIDENCE" if above else "none above NO EVIDENCE"
    reproduced = (
        f"{same} of {len(rows)} printed figures reproduce to the digit"
        if rows
        else "The book's files are not here: its rules stand on Yahoo's history"
    )
    return f"{reproduced}; as somebody could have traded them, {rose}."


def fates(judged: Judged) -> str:
    """Return which examples die where, and which survive; variants of one example count once."""
    ends: dict[str, str] = {}
    for example, _ in judged:
        if example.fate is not None:
            ends.setdefault(example.name, example.fate[0])
    by_fate: dict[str, list[str]] = {}
    for name, words in sorted(ends.items(), key=lambda each: each[1] == SURVIVES):
        by_fate.setdefault(words, []).append(name)
    examples = [
        f"{len(names)} {_plural(words, names)} ({listed(names)})"
        for words, names in by_fate.items()
    ]
    return f"Of {len(ends)} examples {listed(examples)}." if examples else ""


def _plural(words: str, names: Sequence[str]) -> str:
    return words if len(names) == 1 else words.replace("dies", "die").replace("survives", "survive")


def as_plain(example: Example, judgement: Judgement | None) -> Mapping[str, Any]:
    """Return an example and its verdict as ``textbook.json`` has them."""
    return {name: plain(value) for name, value in _document(example, judgement).items()}


def _document(example: Example, judgement: Judgement | None) -> Mapping[str, Any]:
    config, fate = example.config, example.fate
    end = example.today.end if isinstance(example.today, Today) else None
    return {
        "name": config.name,
        "title": example.title,
        "example": example.name,
        "pair": f"{config.pair.long}/{config.pair.short}",
        "start": str(config.data.start),
        "end": str(config.data.end or end),
        "config_sha256": config.digest(),
        "replication": config.account.replication,
        "figures": [
            {
                "label": row.label,
                "printed": row.printed,
                "digits": row.digits,
                "ours": row.ours,
                "reproduces": row.reproduces,
                "later": row.later,
                "apart": row.apart,
            }
            for row in example.rows
        ],
        "fate": None if fate is None else {"words": fate[0], "sentence": fate[1]},
        "yahoo": _today(example.today),
        **_verdict(judgement),
    }


def _today(today: Today | str | None) -> dict[str, Any] | None:
    if today is None:
        return None
    if isinstance(today, str):
        return {"reason": today, "end": None, "rows": []}
    rows = [{"label": label, "values": values} for label, values in today.rows]
    return {"reason": None, "end": today.end, "rows": rows}


def _verdict(judgement: Judgement | None) -> dict[str, Any]:
    if judgement is None:
        return {"verdict": None, "sentence": None, "reason": None, "needed": None, "evidence": None}
    return {
        "verdict": judgement.rung,
        "sentence": judgement.sentence,
        "reason": judgement.reason,
        "needed": listed(judgement.document["verdict"]["what_would_change"]),
        "evidence": evidence_in_words(judgement.document["evidence"]),
    }
