"""The textbook's page: a row a printed figure, what it becomes beside it, a verdict an example."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.audits.textbook import LATER
from reports.pages.template import environment


def textbook_page(examples: Sequence[Mapping[str, Any]], *, quick: bool) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    examples
        As ``textbook.json`` has them.
    quick
        Whether the verdicts come from quick audits.
    """
    return (
        environment()
        .get_template("textbook.html.j2")
        .render(
            examples=[_shown(each) for each in examples],
            columns=[words for words, _, _ in LATER],
            quick=quick,
        )
    )


def _shown(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example with its figures as text: printed digits for ours, three for the rest."""
    figures = [
        {
            **figure,
            "printed": f"{figure['printed']:.{figure['digits']}f}",
            "ours": f"{figure['ours']:.{figure['digits']}f}",
            "later": [f"{figure['later'][words]:.3f}" for words, _, _ in LATER],
        }
        for figure in example["figures"]
    ]
    return {**example, "figures": figures}
