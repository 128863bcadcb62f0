"""The textbook's page: a row a printed figure, what it becomes beside it, a verdict an example."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.audits.textbook_columns import LATER
from reports.audits.textbook_today import COLUMNS
from reports.pages.template import Links, environment, with_contents

LATER_WORDS = tuple(words for words, _, _ in LATER)
SHOWN = 3  # digits beside the printed figure; a difference below them is none


def textbook_page(
    examples: Sequence[Mapping[str, Any]], *, lead: str, quick: bool, around: Links = ()
) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    examples
        As ``textbook.json`` has them.
    lead
        What became of them, in a sentence.
    quick
        Whether the verdicts come from quick audits.
    around
        Words and addresses of what lies around the page, like its shelf.
    """
    page = (
        environment()
        .get_template("textbook.html.j2")
        .render(
            examples=[_shown(each) for each in examples],
            lead=lead,
            columns=LATER_WORDS,
            causes=[row for each in examples for row in _causes(each)],
            yahoo=[row for each in examples for row in _yahoo(each)],
            yahoo_columns=COLUMNS,
            quick=quick,
        )
    )
    return with_contents(page, around)


def _shown(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example with its figures as text: printed digits for ours, three for the rest."""
    figures = [
        {
            **figure,
            "printed": f"{figure['printed']:.{figure['digits']}f}",
            "ours": "" if figure["ours"] is None else f"{figure['ours']:.{figure['digits']}f}",
            "later": _texts(figure["later"], LATER_WORDS),
        }
        for figure in example["figures"]
    ]
    return {**example, "figures": figures}


def _causes(example: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield each figure that is another one without one difference between us and the book."""
    for figure in example["figures"]:
        for words, values in figure["apart"].items():
            texts, ours = _texts(values, LATER_WORDS), _texts(figure["later"], LATER_WORDS)
            changed = [
                text if text != before else "" for text, before in zip(texts, ours, strict=True)
            ]
            if any(changed):
                yield {
                    "example": example["example"],
                    "label": figure["label"],
                    "words": words,
                    "values": changed,
                }


def _yahoo(example: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield an example's figures on Yahoo's history, or why there are none."""
    found = example["yahoo"]
    if found is None:
        return
    name = example["example"]
    if found["reason"] is not None:
        yield {"example": name, "reason": found["reason"]}
    for row in found["rows"]:
        yield {
            "example": f"{name}, to {found['end']}",
            "label": row["label"],
            "reason": None,
            "values": _texts(row["values"], COLUMNS),
        }


def _texts(values: Mapping[str, float | None], columns: Sequence[str]) -> list[str]:
    """Return a text a column; empty where there is no figure."""
    known = [values.get(words) for words in columns]
    return ["" if value is None else f"{value:.{SHOWN}f}" for value in known]
