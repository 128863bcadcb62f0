"""The page of distance pairs. Its document in, ``pairs.html`` out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.headline import ABSENT, percent
from reports.pages.canvas import (
    BLUE,
    GREEN,
    VERMILLION,
    Chart,
    axis,
    canvas,
    draw,
    embedded,
    lay_out,
)
from reports.pages.template import Links, environment, with_contents
from reports.wording import SYNTHETIC_WARNING

Document = Mapping[str, Any]

FILLS = {"same_close": "at the close that decided (the paper's)", "next_close": "a day later"}
CAPITAL = {"committed": "committed", "invested": "fully invested"}
DRAWN = (
    ("same_close_committed_gross", "at the deciding close, gross", BLUE, "solid"),
    ("next_close_committed_gross", "a day later, gross", GREEN, "dash"),
    ("next_close_committed_net", "a day later, net of costs", VERMILLION, "dot"),
)


def sentence(document: Document) -> str:
    """Return what the page says in a line."""
    mean = {key: each["mean"] for key, each in document["summary"].items()}
    later = document["summary"]["next_close_committed_net"]
    of_mean = "" if later["t"] is None else f" (t = {later['t']:.2f})"
    return (
        f"The {document['formation']['pairs']} closest pairs of {len(document['symbols'])} symbols "
        f"made {percent(mean['same_close_committed_gross'], 2)} a month on committed capital over "
        f"{len(document['months'])} months, filled at the close that decided; a day later "
        f"{percent(mean['next_close_committed_gross'], 2)}, and after costs "
        f"{percent(later['mean'], 2)}{of_mean}."
    )


def distance_page(document: Document, *, script: str, around: Links = ()) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    script
        File name of the charts' script, beside the page.
    around
        Words and addresses of what lies around the page, like its shelf.
    """
    charts = [_chart(document)]
    page = (
        environment()
        .get_template("distance.html.j2")
        .render(
            document=document,
            synthetic_warning=SYNTHETIC_WARNING if document["synthetic"] else "",
            sentence=sentence(document),
            summary_rows=[_summary_row(key, each) for key, each in document["summary"].items()],
            trip_rows=[_trip_row(fill, each) for fill, each in document["trips"].items()],
            month_rows=_month_rows(document),
            charts={chart.key: chart for chart in charts},
            figures=embedded(charts),
            script=script,
        )
    )
    return with_contents(page, around)


def _summary_row(key: str, row: Document) -> tuple[str, ...]:
    fill, capital, side = key.rsplit("_", 2)
    return (
        FILLS[fill],
        side,
        CAPITAL[capital],
        percent(row["mean"], 2),
        _number(row["t"]),
        percent(row["median"], 2),
        ABSENT if row["sd"] is None else percent(row["sd"], 2),
        _number(row["sharpe"]),
        percent(row["share_negative"], 0),
        percent(row["worst"], 2),
        percent(row["best"], 2),
    )


def _trip_row(fill: str, row: Document) -> tuple[str, ...]:
    held = row["mean_sessions"]
    return (
        FILLS[fill],
        f"{row['periods']:,}",
        f"{row['opened']:,}",
        f"{row['trades']:,}",
        ABSENT if held is None else f"{held:.0f}",
        *(f"{row['why'].get(why, 0):,}" for why in ("crossed", "end", "no price")),
    )


def _month_rows(document: Document) -> list[tuple[str, ...]]:
    returns = document["returns"]
    return [
        (
            month,
            str(document["traded_in"][row]),
            *(percent(returns[key][row], 2) for key in returns),
        )
        for row, month in enumerate(document["months"])
    ]


def _number(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.2f}"


def _chart(document: Document) -> Chart:
    figure = canvas(over_time=True)
    for key, name, color, dash in DRAWN:
        grown = np.cumprod(1.0 + np.array(document["returns"][key]))
        line = {"color": color, "dash": dash, "width": 2}
        draw(
            figure, "scatter", x=document["months"], y=grown.tolist(), name=name, mode="lines",
            line=line, hovertemplate="%{y:.3f}",
        )  # fmt: skip
    lay_out(figure, xaxis=axis("month"), yaxis=axis("a dollar committed"))
    last = float(np.prod(1.0 + np.array(document["returns"]["next_close_committed_net"])))
    return Chart(
        key="grown",
        title=f"A dollar committed became {last:.2f}, filled a day later and net of costs",
        caption=f"n = {len(document['months'])} months, {document['portfolios']} portfolios; "
        f"{document['months'][0]} to {document['months'][-1]}; "
        f"config {document['config_sha256'][:12]}",
        figure=figure,
    )
