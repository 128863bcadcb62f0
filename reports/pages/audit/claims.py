"""What was claimed, as tables. The audit's document in; titles, sentences and cells out.

The page shows them and ``run.py claims`` prints them: one text for both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reports.headline import ABSENT, money, percent
from reports.pages.run.index_section import Cell, sortable

Document = Mapping[str, Any]

PUBLISHED_OUTCOMES = {
    "reproduces": "reproduced", "does not reproduce": "not reproduced",
    "not computed": "not computed", "not tried": "not tried",
}  # fmt: skip
BOUNDS = {"at_least": "at least ", "at_most": "at most "}
PUBLISHED_NOTE = (
    "A figure reproduces when ours rounds to it, twice rounded included, lies within the tolerance "
    "of one told in words, or on the side that a claim of a direction names."
)
FORECAST_NOTE = (
    "The same dollars bought and sold at the close of the first day and left alone, before costs. "
    "Chance: as many sessions of the same symbols on histories resampled from what was known then; "
    "p is how often they make at least as much, once with each symbol's mean return taken out, "
    "once with it left in."
)
EXECUTION_NOTE = (
    "Shares over delta, half the quoted spread at each fill, all of it at each roll of what is "
    "held; the cents are one quote for all years. Pairs beside the run's own trade by the same "
    "rules."
)
LEDGER_NOTE = (
    "Of four quarters together, against the four to the base, as filed before the last session; "
    "in four quarters' sum a quarter of what is claimed a year can be by the first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its name, what stands small below it, its cells, and its verdict."""

    name: str
    below: str
    cells: tuple[Cell, ...]
    verdict: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its heading; ``head`` names its columns, the numbers between the two texts."""

    title: str
    sentence: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str


def claim_tables(document: Document) -> list[Table]:
    """Return a table for each section of claims that the configuration has."""
    made = [
        (_published, document["published"]),
        (_forecasts, document["forecasts"]),
        (_conditions, document["conditions"]),
        (_execution, document["execution"]),
    ]
    tables = [table(document) for table, section in made if section]
    return tables + [_ledger(claim) for claim in document["thesis_ledger"]]


def _published(document: Document) -> Table:
    rows = document["published"]
    outcomes = [row["outcome"] for row in rows]
    counted = [
        f"{outcomes.count(outcome)} {words}"
        for outcome, words in PUBLISHED_OUTCOMES.items()
        if outcome in outcomes
    ]
    day = f" Published on {document['published_on']}." if document["published_on"] else ""
    if document["publication_doubt"]:
        day = f" {document['publication_doubt']}."
    lacking: dict[str, list[str]] = {}
    for what, why in document["lacking"].items():
        lacking.setdefault(why, []).append(what)
    return Table(
        title="Published against computed",
        sentence=f"Of {len(rows)} published figures {', '.join(counted)}.{day}",
        head=("figure", "published", "computed", "difference", "outcome"),
        rows=tuple(
            Row(
                name=row["label"],
                below=f"{row['key']}; refuted by: {row['refuted_by']}",
                cells=(_figure(row, "published"), _figure(row, "computed"), _difference(row)),
                verdict=": ".join(filter(None, (row["outcome"], row["reason"]))),
                is_bad=row["outcome"] == "does not reproduce",
            )
            for row in rows
        ),
        note=" ".join([PUBLISHED_NOTE, *_not_at_hand(lacking)]),
    )


def _not_at_hand(lacking: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield why claims were not tried, things of one reason together."""
    for why, things in lacking.items():
        text = f"Not at hand: {', '.join(things)}{f' ({why})' if why else ''}"
        yield f"{text.removesuffix('.')}."


def _figure(row: Document, name: str) -> Cell:
    """Return a published or computed figure in its unit, ours with a digit more than theirs."""
    value, unit = row[name], row["unit"]
    if value is None:
        return "", ABSENT
    if unit in ("date", "month"):
        label = np.datetime64(round(value), "D" if unit == "date" else "M")
        return repr(float(value)), str(label)
    is_count = not (row["digits"] or unit) and float(value).is_integer()
    digits = (row["digits"] or 0) + (name == "computed" and not is_count)
    number = f"{value:,.{digits}f}"
    if name == "published" and row["digits"] is None:  # told in words
        number = f"{BOUNDS.get(row['bound'] or '', '')}{value:,g}"
    return repr(float(value)), f"{number}{' ' if unit not in ('', '%') else ''}{unit}"


def _difference(row: Document) -> Cell:
    if row["difference"] is None:
        return "", ABSENT
    if row["unit"] in ("date", "month"):
        return repr(float(row["difference"])), f"{row['difference']:+,.0f}"
    digits = (row["digits"] or 0) + 1
    return repr(float(row["difference"])), f"{round(row['difference'], digits) + 0.0:+,.{digits}f}"


def _forecasts(document: Document) -> Table:
    rows = document["forecasts"]
    made = [row for row in rows if "made" in row]
    won = sum(row["made"] > 0.0 for row in made)
    return Table(
        title="Its trades, as forecasts",
        sentence=f"Of {len(rows)} trades {won} made money since, {len(made) - won} did not"
        f"{_and_not_tried(rows)}.",
        head=("trade", "made", "of chance 5% to 95%", "p", "p, own drift", "sessions", "outcome"),
        rows=tuple(_forecast(row) for row in rows),
        note=FORECAST_NOTE,
    )


def _forecast(row: Document) -> Row:
    if "needs" in row:
        return _not_tried(row, 5)
    chance, legs = row["chance"], [f"long {row['long']} {percent(row['long_return'])}"]
    if row["short"] is not None:
        legs.append(f"short {row['short']} {percent(row['short_return'])}")
    cells = [sortable(row["made"], percent)]
    if "reason" in chance:
        cells += [("", ABSENT)] * 3
    else:
        null, own = chance["no_drift"], chance["own_drift"]
        cells += [
            ("", f"{percent(null['low'], 1)} to {percent(null['high'], 1)}"),
            sortable(null["p"], "{:.3f}".format),
            sortable(own["p"], "{:.3f}".format),
        ]
    won = row["made"] > 0.0
    is_rare = "reason" not in chance and chance["no_drift"]["p"] <= 0.05
    verdict = ("made money" if won else "lost") + (
        f"; {chance['reason']}" if "reason" in chance
        else ", more than chance does" if is_rare
        else ", as chance does" if won or chance["no_drift"]["p"] < 0.95
        else ", more than chance does"
    )  # fmt: skip
    return Row(
        name=row["label"],
        below=f"{', '.join(legs)}; {row['since']} to {row['until']}",
        cells=(*cells, sortable(row["sessions"], "{:,.0f}".format)),
        verdict=verdict,
        is_bad=not won,
    )


def _conditions(document: Document) -> Table:
    rows = document["conditions"]
    met = sum(row.get("met_on") is not None for row in rows)
    return Table(
        title="What was said to end them",
        sentence=f"Of {len(rows)} conditions {met} came about{_and_not_tried(rows)}.",
        head=("condition", "then", "since", "outcome"),
        rows=tuple(_condition(row) for row in rows),
        note="Judged on every close after the day; of reports, on what was filed before it.",
    )


def _condition(row: Document) -> Row:
    if "needs" in row:
        return _not_tried(row, 2)
    cells: tuple[Cell, Cell]
    if row["kind"] == "vol_spike":
        limits = [f"{row['level']:g}" if row["level"] is not None else "",
                  f"+{percent(row['jump'], 0)}" if row["jump"] is not None else ""]  # fmt: skip
        cells = (
            ("", " or ".join(filter(None, limits))),
            ("", f"highest {row['highest']:.2f}, most up {percent(row['largest_rise'], 1)}"),
        )
    elif row["kind"] == "new_high":
        cells = (
            sortable(row["level"], "{:,.2f}".format),
            sortable(row["highest"], "highest {:,.2f}".format),
        )
    else:
        cells = (
            ("", f"{percent(row['growth_then'], 1)} in {row['quarter_then']}"),
            ("", f"{percent(row['growth'], 1)} in {row['quarter']}"),
        )
    met = row["met_on"]
    return Row(
        name=row["label"],
        below=f"after {row['since']}, to {row['until']}",
        cells=cells,
        verdict=f"came about on {met}" if met else "did not come about",
        is_bad=met is not None,
    )


def _execution(document: Document) -> Table:
    rows = document["execution"]
    shares = {name: row.get("share_of_gross") for name, row in rows.items()}
    made = [name for name, share in shares.items() if share is not None]
    eaten = [name for name in made if shares[name] >= 1.0]
    says = f"eats less than {' and '.join(made)} made" if made else "had nothing to eat"
    if eaten:
        says = f"eats all that {' and '.join(eaten)} made"
    return Table(
        title="What options would have paid",
        sentence=f"The tax of quoted spreads, had every fill been made in options, {says}.",
        head=(
            "pair",
            "fills",
            "rolls",
            "tax",
            "bps a year",
            "gross P&L",
            "of gross",
            "eats it at",
            "outcome",
        ),
        rows=tuple(_tax(name, row) for name, row in rows.items()),
        note=EXECUTION_NOTE,
    )


def _tax(name: str, row: Document) -> Row:
    if "reason" in row:
        return Row(
            name=name, below="", cells=(("", ABSENT),) * 7, verdict=f"not run: {row['reason']}"
        )
    quotes = ", ".join(f"{symbol} {cents:g}" for symbol, cents in row["quotes_cents"].items())
    cents = list((row["eats_at_cents"] or {}).values())
    share = row["share_of_gross"]
    return Row(
        name=name,
        below=f"{quotes} cents, delta {row['delta']:g}, roll {row['roll']}; {row['fills']:,} fills "
        f"and {row['rolls']:,} rolls",
        cells=(
            sortable(row["fills_usd"], _dollars),
            sortable(row["rolls_usd"], _dollars),
            sortable(row["tax_usd"], _dollars),
            sortable(row["tax_bps_year"], "{:,.1f}".format),
            sortable(row["gross_pnl"], _dollars),
            sortable(share, _one_digit),
            ("", ABSENT) if not cents else (repr(cents[0]), _range(cents, "{:,.0f}", " cents")),
        ),
        verdict="no gross P&L to eat"
        if share is None
        else "eats the gross P&L" if share >= 1.0 else f"leaves {_one_digit(1.0 - share)}",
        is_bad=share is None or share >= 1.0,
    )  # fmt: skip


def _ledger(claim: Document) -> Table:
    unit, bounded = claim["unit"], " at most" if claim["at_most"] else ""
    title = f"Thesis ledger: {claim['label']}"
    claimed = f"{_range(claim['claimed'], '{:g}')} {unit} claimed"
    head = ("four quarters to", "claimed by then", f"shown{bounded}", "missing", "filed, or due")
    if "needs" in claim:
        return Table(
            title=title,
            sentence=f"{claimed}: not tried: needs {claim['needs']}.",
            head=head,
            rows=(),
            note=" ".join(
                [LEDGER_NOTE, *([f"Not at hand: {claim['why']}."] if claim["why"] else [])]
            ),
        )
    left, silent = claim["quarters_left"], claim["quarters_without"]
    without = f", {silent} without a number it takes" if silent else ""
    sentence = (
        f"{claimed} since {claim['base']}, to come by {claim['until']}: {claim['state']}; "
        f"{left} of {len(claim['rows'])} quarters not reported yet{without}."
    )
    note = LEDGER_NOTE + _depreciation(claim["depreciation"])
    if claim["at_most"]:
        note += " Reports do not tell who bought: the claimed part can be no more than the whole."
    form = "{:+,.0f}" if unit == "bps" else "{:+,.1f}"
    return Table(
        title=title,
        sentence=sentence,
        head=head,
        rows=tuple(
            Row(
                name=row["quarter"],
                below="" if row["end"] is None else f"the quarter to {row['end']}",
                cells=(
                    ("", _range(row["claimed_by_then"], "{:g}")),
                    sortable(row["shown"], form.format),
                    sortable(row["missing"], form.replace("+", "").format),
                ),
                verdict=row["waits_for"] or row["filed"],
            )
            for row in claim["rows"]
        ),
        note=note,
    )


def _depreciation(line: Document | None) -> str:
    if line is None:
        return ""
    shown = (
        ""
        if line["shown_usd_bn"] is None
        else f"; of what is shown {line['shown_usd_bn']:.1f} USD bn, {line['shown_bps']:.0f} bps"
    )
    return (
        f" Depreciation in a straight line over {line['life_years']:g} years: of what is claimed "
        f"{_range(line['claimed_usd_bn'], '{:.1f}')} USD bn a year, "
        f"{_range(line['claimed_bps'], '{:.0f}')} bps of the {line['revenue_usd_bn']:,.1f} USD bn "
        f"of revenue in the year to {line['revenue_until']}{shown}."
    )


def _and_not_tried(rows: Sequence[Document]) -> str:
    """Return how many of a table's rows lack something, to end its sentence; nothing for none."""
    lacking = sum("needs" in row for row in rows)
    return f", {lacking} not tried" if lacking else ""


def _not_tried(row: Document, cells: int) -> Row:
    return Row(
        name=row["label"],
        below=row["why"],
        cells=(("", ABSENT),) * cells,
        verdict=f"not tried: needs {row['needs']}",
    )


def _range(ends: Sequence[float], form: str, unit: str = "") -> str:
    """Return two ends in words, one where they are written alike."""
    texts = list(dict.fromkeys(form.format(each) for each in ends))
    return f"{' to '.join(texts)}{unit}"


def _dollars(value: float) -> str:
    return money(value, cents=False)


def _one_digit(fraction: float) -> str:
    return percent(fraction, 1)
