"""The folder of the textbook. Its examples and their verdicts in, the path of the page out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.audits.textbook import Example, Judgement
from reports.pages.textbook import textbook_page
from reports.publish.folder import Contents, staged, write
from reports.publish.ownership import MANIFEST

PAGE = "textbook.html"
DATA = "textbook.json"
TEXTBOOK = Contents(noun="a textbook", proof=frozenset({MANIFEST, DATA}), names=frozenset({PAGE}))

Judged = Sequence[tuple[Example, Judgement]]


def publish_textbook(judged: Judged, out: Path, *, quick: bool) -> Path:
    """Write the folder and return the path of its page.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    """
    examples = [_as_plain(example, judgement) for example, judgement in judged]
    text = json.dumps(examples, indent=2, ensure_ascii=False, allow_nan=False)
    with staged(out, TEXTBOOK) as staging:
        write(staging / MANIFEST, json.dumps({"examples": [each["name"] for each in examples]}))
        write(staging / DATA, text + "\n")
        write(staging / PAGE, textbook_page(examples, quick=quick))
    return out / PAGE


def sentence(judged: Judged) -> str:
    """Return what the page says in a line."""
    rows = [row for example, _ in judged for row in example.rows]
    same = sum(row.reproduces for row in rows)
    above = [
        example.config.name
        for example, judgement in judged
        if judgement.rung not in ("INVALID", "UNTESTABLE", "NO EVIDENCE")
    ]
    rose = f"{', '.join(above)} above NO EVIDENCE" if above else "none above NO EVIDENCE"
    return (
        f"{same} of {len(rows)} printed figures reproduce to the digit; as somebody could have "
        f"traded them, {rose}."
    )


def _as_plain(example: Example, judgement: Judgement) -> Mapping[str, Any]:
    config = example.config
    return {
        "name": config.name,
        "title": example.title,
        "pair": f"{config.pair.long}/{config.pair.short}",
        "start": str(config.data.start),
        "end": str(config.data.end),
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
            }
            for row in example.rows
        ],
        "verdict": judgement.rung,
        "sentence": judgement.sentence,
        "reason": judgement.reason,
    }
