"""The folder of distance pairs. A request, its panel and portfolios in, its page's path out."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from configs.distance import DistanceFile
from engine.trials.distance import FILLS, Portfolio, Study
from reports.measures.pair_months import COLUMNS, Months, months_of, summary, trips
from reports.pages.distance import distance_page
from reports.pages.template import Links
from reports.publish.folder import Contents, staged, write
from reports.publish.ownership import MANIFEST
from reports.publish.script import script_for

PAGE = "pairs.html"
DATA = "pairs.json"
TABLES = ("months.csv", "trades.csv", "formed.csv")
PAIRS = Contents(
    noun="distance pairs", proof=frozenset({MANIFEST, DATA}), names=frozenset({PAGE, *TABLES})
)
DIGITS = 10


def document(made: Study, command: Sequence[str]) -> dict[str, Any]:
    """Return everything that the page says, as JSON-ready data."""
    asked, panel, portfolios = made.asked, made.panel, made.portfolios
    months = months_of(portfolios, panel.sessions)
    lags = asked.trading.months
    return {
        "name": asked.name,
        "synthetic": panel.synthetic,
        "symbols": list(panel.legs),
        "left_out": dict(panel.left_out),
        "began": dict(panel.began),
        "ended": dict(panel.ended),
        "start": str(panel.sessions[0]),
        "end": str(panel.sessions[-1]),
        "formation": asked.formation.model_dump(),
        "trading": asked.trading.model_dump(),
        "dollars_a_pair": dollars_a_pair(asked),
        "portfolios": len(portfolios),
        "pairs_formed": [len(each.pairs) for each in portfolios],
        "eligible": [each.eligible for each in portfolios],
        "months": list(months.months),
        "traded_in": list(months.portfolios),
        "returns": {key(column): months.returns[column].tolist() for column in COLUMNS},
        "summary": {
            key(column): asdict(summary(months.returns[column], lags)) for column in COLUMNS
        },
        "trips": {fill: asdict(trips(portfolios, fill)) for fill in FILLS},
        "last_formed": [
            {"pair": f"{one}/{other}", "distance": distance, "sd": sd}
            for one, other, distance, sd in portfolios[-1].pairs
        ],
        "last_month": str(portfolios[-1].month),
        "lags": lags,
        "config": asked.model_dump(mode="json"),
        "config_sha256": asked.digest(),
        "data_sha256": panel.digest,
        "command": list(command),
    }


def dollars_a_pair(asked: DistanceFile) -> float:
    """Return what each leg of a pair is worth when it is opened."""
    at_once = asked.trading.months if asked.trading.portfolios == "overlapping" else 1
    return asked.account.cash / at_once / asked.formation.pairs


def key(column: tuple[str, str, str]) -> str:
    """Return a column's name in files: same_close_committed_gross."""
    return "_".join(column)


def publish_distance(
    written: Mapping[str, Any],
    made: Study,
    out: Path,
    around: Links = (),
    *,
    on_shelf: bool = False,
) -> Path:
    """Write the folder and return the path of its page.

    Parameters
    ----------
    written
        What ``pairs.json`` says.

    around
        Words and addresses of what lies around the page, like its shelf.
    on_shelf
        Whether a shelf's page lies one folder up.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    """
    text = json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False)
    manifest = {
        "command": written["command"], "config": written["config"],
        "data": [{"symbol": each.symbol, "origin": each.origin, "sha256": each.sha256}
                 for each in made.panel.files],
    }  # fmt: skip
    months = months_of(made.portfolios, made.panel.sessions)
    with staged(out, PAIRS) as staging:
        write(staging / MANIFEST, json.dumps(manifest, ensure_ascii=False))
        write(staging / DATA, text + "\n")
        write(staging / "months.csv", _table(_month_rows(months)))
        write(staging / "trades.csv", _table(_trade_rows(made)))
        write(staging / "formed.csv", _table(_formed_rows(made.portfolios)))
        script = script_for(out, staging, on_shelf=on_shelf)
        write(staging / PAGE, distance_page(written, script=script, around=around))
    return out / PAGE


def _table(rows: Iterator[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _month_rows(months: Months) -> Iterator[Sequence[object]]:
    yield ["month", "portfolios", *map(key, COLUMNS)]
    for row, month in enumerate(months.months):
        returns = (round(float(months.returns[column][row]), DIGITS) for column in COLUMNS)
        yield [month, months.portfolios[row], *returns]


def _trade_rows(made: Study) -> Iterator[Sequence[object]]:
    panel = made.panel
    yield ["portfolio", "fill", "long", "short", "opened", "closed", "why", "gross", "costs"]
    for each in made.portfolios:
        for fill in FILLS:
            for trade in (trade for lot in each.traded[fill].trades for trade in lot):
                yield [
                    each.month, fill, trade.long, trade.short, panel.sessions[trade.opened],
                    panel.sessions[trade.closed], trade.why, round(trade.gross, DIGITS),
                    round(trade.costs, DIGITS),
                ]  # fmt: skip


def _formed_rows(portfolios: Sequence[Portfolio]) -> Iterator[Sequence[object]]:
    yield ["portfolio", "rank", "first", "second", "squared_differences", "sd"]
    for each in portfolios:
        for rank, (one, other, distance, sd) in enumerate(each.pairs, start=1):
            yield [each.month, rank, one, other, round(distance, DIGITS), round(sd, DIGITS)]
