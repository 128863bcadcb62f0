"""The claim above each chart of an audit. The audit's document in, titled charts out."""

from collections.abc import Mapping
from typing import Any

from reports.headline import percent
from reports.pages.audit import figures as figures
from reports.pages.canvas import Chart

Document = Mapping[str, Any]


def audit_charts(document: Document) -> dict[str, Chart]:
    """Return the charts by key; those whose numbers an audit does not have are left out."""
    drawn = (
        _rarity(document),
        _forward(document),
        _after_best(document),
        _drift(document),
        _chance(document),
    )
    return {chart.key: chart for chart in drawn if chart is not None}


def longest(document: Document) -> str | None:
    """Return the longest horizon with a complete entry, as a key of the document; None if none."""
    horizons = document["forward"]["test"]["horizons"]
    complete = [key for key, horizon in horizons.items() if horizon["complete"]]
    return max(complete, key=int, default=None)


def _chart(document: Document, key: str, title: str, sample: str, figure: Any) -> Chart:
    return Chart(
        key=key,
        title=title,
        caption=f"n = {sample}; {document['start']} to {document['end']}; "
        f"config {document['config_sha256'][:12]}",
        figure=figure,
    )


def _rarity(document: Document) -> Chart | None:
    rare = document["rarity"]["own"].get("measured")
    if rare is None or rare["today"] is None:
        return None
    bins = rare["histogram"]
    return _chart(
        document,
        "rarity",
        f"{percent(rare['share_at_or_below'], 1)} of the readings were at or below today's "
        f"{rare['today']:.2f}: {rare['verdict']}",
        f"{rare['readings']:,} readings of z, today's bin in orange",
        figures.histogram(
            bins["edges"], bins["counts"], bins["today"], unit="z (standard deviations)",
            level=rare["level"], level_label=f"entry {rare['level']:.2f}",
        ),
    )  # fmt: skip


def _forward(document: Document) -> Chart | None:
    test = document["forward"]["test"]
    if not test["entries"]:
        return None
    key = longest(document)
    title = "No entry has a complete horizon yet"
    if key is not None:
        stats = test["horizons"][key]
        title = (
            f"After {key} sessions {percent(stats['win_rate'], 0)} of {stats['complete']} complete "
            f"entries had made money, {percent(stats['mean'], 1)} on average"
        )
    return _chart(
        document,
        "forward",
        title,
        f"{len(test['entries'])} signals",
        figures.entry_returns(
            [entry["date"] for entry in test["entries"]],
            {
                f"{key} sessions": [entry["by_horizon"][key] for entry in test["entries"]]
                for key in test["horizons"]
            },
        ),
    )


def _after_best(document: Document) -> Chart | None:
    key = longest(document)
    if key is None:
        return None
    stats = document["forward"]["test"]["horizons"][key]
    steps, star = stats["de_averaged"]["steps"], stats["de_averaged"]["k_star"]
    best = "its best entry" if star == 1 else f"its best {star} entries"
    title = f"Without {best} of {stats['complete']} nothing is left"
    if star == 0:
        title = f"Nothing is left even with all {stats['complete']} entries"
    return _chart(
        document,
        "after-best",
        title,
        f"{stats['complete']} complete entries, {key} sessions",
        figures.after_best(
            [step["removed"] for step in steps if step["mean"] is not None],
            [step["mean"] for step in steps if step["mean"] is not None],
        ),
    )


def _drift(document: Document) -> Chart | None:
    drifts = document["stability"]["drift"]["drifts"]
    known = {key: each for key, each in drifts.items() if each["median"] is not None}
    if not known:
        return None
    key = max(known, key=int)
    return _chart(
        document,
        "drift",
        f"In {key} sessions the volatility ratio moved by {percent(known[key]['median'], 1)} at "
        f"the median and {percent(known[key]['percentile_95'], 0)} once in twenty",
        f"{known[key]['hedges']:,} sessions",
        figures.drift_bars(
            [f"{each} sessions" for each in known],
            {
                name: [each[field] for each in known.values()]
                for name, field in (
                    ("median", "median"),
                    ("75th percentile", "percentile_75"),
                    ("95th percentile", "percentile_95"),
                )
            },
        ),
    )


def _chance(document: Document) -> Chart | None:
    block = next((each for each in document["evidence"] if each["key"] == "E1"), None)
    numbers = {} if block is None else block["numbers"]
    values = numbers.get("resampled")
    if not values:
        return None
    return _chart(
        document,
        "chance",
        f"On {len(values):,} paths without an edge, p = {numbers['p']:.3f}",
        f"{len(values):,} resampled paths",
        figures.chance(values, numbers["observed"], unit="Sharpe ratio a year"),
    )
