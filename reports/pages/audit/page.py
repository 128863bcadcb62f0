"""The audit page. The audit's document in, ``audit.html`` out: what it says is in the document."""

import shlex
from collections.abc import Mapping
from typing import Any

from reports.audits.known_pairs import recorded
from reports.headline import ABSENT, money, percent
from reports.pages.audit.charts import audit_charts, longest
from reports.pages.audit.claims import claim_tables
from reports.pages.audit.rows import (
    block_rows,
    check_rows,
    not_checked,
    pair_rows,
    question_rows,
    question_sentences,
)
from reports.pages.canvas import embedded
from reports.pages.run.index_section import sortable
from reports.pages.template import Links, environment, with_contents
from reports.wording import alarm

Document = Mapping[str, Any]

LADDER = (
    "INVALID", "UNTESTABLE", "NO EVIDENCE", "MARGINAL", "SUPPORTED, UNCONFIRMED",
    "SUPPORTED OUT OF SAMPLE",
)  # fmt: skip
OUTCOME_CLASS = {"PASS": "pass", "REMARK": "remark", "FAIL": "fail", "NOT RUN": "open"}
RATING_CLASS = {
    "supports": "supports", "marginal": "warning", "against": "against", "shown": "open",
    "not run": "open",
}  # fmt: skip


def audit_page(document: Document, *, script: str, around: Links = ()) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    script
        Path of the plotly script, relative to the page.
    around
        Words and addresses of what lies around the page, like its shelf.
    """
    charts, record = audit_charts(document), recorded()
    page = (
        environment()
        .get_template("audit.html.j2")
        .render(
            doc=document,
            synthetic_warning=alarm(
                synthetic=document["synthetic"], replicates=document["replication"]
            ),
            ladder=LADDER,
            outcome_class=OUTCOME_CLASS,
            rating_class=RATING_CLASS,
            reverse=" or the reverse" if -1 in document["directions"] else "",
            charts=charts,
            figures=embedded(charts.values()),
            script=script,
            checks=check_rows(document),
            blocks=block_rows(document),
            questions=question_rows(document),
            question_sentences=question_sentences(document),
            not_checked=not_checked(document),
            pair_rows=pair_rows(document),
            known_pairs=None if record is None or _is_low(document) else record.summary,
            origin=_origin(document),
            **_rarity(document),
            **_forward(document),
            **_stability(document),
            claim_tables=claim_tables(document),
        )
    )
    return with_contents(page, around)


def _is_low(document: Document) -> bool:
    """Return whether no edge is claimed, so that how often one is claimed wrongly is idle."""
    return LADDER.index(document["verdict"]["rung"]) < LADDER.index("MARGINAL")


def _rarity(document: Document) -> dict[str, Any]:
    section = document["rarity"]
    own, pair = section["own"], document["pair"]
    name = f"{pair['long']}/{pair['short']}"
    sentence = f"Not run: {own.get('reason')}."
    rare = own.get("measured")
    if rare is not None and rare["today"] is None:
        sentence = "There is no reading on the last session."
    elif rare is not None:
        sentence = (
            f"Today's z of {rare['today']:.2f} is {rare['verdict']}: "
            f"{percent(rare['share_at_or_below'], 1)} of {rare['readings']:,} readings were at "
            f"or below it, and {percent(rare['share_at_or_below_level'], 1)} at or below the "
            f"entry level of {rare['level']:.2f}."
        )
    rows = [] if rare is None else [_rarity_row(f"{name} (this run)", own, document)]
    rows += [
        _rarity_row(other, each, document)
        for other, each in section["pairs"].items()
        if rare is None or each.get("measured") != rare  # the run's own pair, told above
    ]
    return {
        "rarity_sentence": sentence,
        "rarity_rows": rows,
        "rare_at_most": percent(document["rare_at_most"], 0),
    }


def _rarity_row(pair: str, section: Document, document: Document) -> dict[str, Any]:
    rare = section.get("measured")
    if rare is None or rare["today"] is None:
        reason = section.get("reason") or "no reading on the last session"
        return {"pair": pair, "reason": reason, "window": ""}
    own = (document["start"], document["end"])
    start, end = section.get("start") or document["start"], section.get("end") or document["end"]
    return {
        "pair": pair,
        "reason": None,
        "window": "" if (start, end) == own else f"{start} to {end}",
        "verdict": rare["verdict"],
        "numbers": [
            sortable(rare["today"], _z),
            sortable(rare["share_at_or_below"], _one_digit),
            sortable(rare["percentiles"].get("5.0"), _z),
            sortable(rare["lowest"], _z),
            sortable(rare["share_at_or_below_level"], _one_digit),
            sortable(rare["readings"], lambda n: f"{n:,.0f}"),
        ],
    }


def _forward(document: Document) -> dict[str, Any]:
    section = document["forward"]
    test, power = section["test"], section["power"]
    entries = test["entries"]
    key = longest(document)
    if not entries:
        sentence = "The entry condition never held: there is nothing to test."
    elif key is None:
        sentence = f"{_counted(len(entries))}, none with a complete horizon."
    else:
        stats = test["horizons"][key]
        p_value = stats["p_value"]
        tested = "" if p_value is None else f" (p = {p_value:.3f})"
        sentence = (
            f"{_counted(len(entries))}, the first on {entries[0]['date']}; after {key} sessions "
            f"the {stats['complete']} complete ones made {percent(stats['mean'], 2)} on average, "
            f"{percent(stats['win_rate'], 0)} of them more than nothing{tested}."
        )
    clusters = [] if key is None else test["horizons"][key]["clusters"]
    return {
        "forward_sentence": sentence,
        "horizon_rows": [
            _horizon_row(each, stats, power[each], section["holm"][each])
            for each, stats in test["horizons"].items()
        ],
        "cluster_rows": [
            (
                each["label"],
                str(each["entries"]),
                str(each["complete"]),
                _percent(each["mean"]),
                _percent(each["mean_without"]),
            )
            for each in clusters
        ],
    }


def _horizon_row(
    key: str, stats: Document, power: Document, adjusted: float | None
) -> tuple[str, ...]:
    de_averaged, seen = stats["de_averaged"], power.get("measured") or {}
    chance = de_averaged["k_star_chance"]
    return (
        f"{key} sessions",
        str(stats["complete"]),
        _percent(stats["mean"]),
        ABSENT if stats["win_rate"] is None else percent(stats["win_rate"], 0),
        _plain(stats["p_value"], "{:.3f}"),
        _plain(adjusted, "{:.3f}"),
        _plain(de_averaged["k_star"], "{}"),
        ABSENT if chance is None else percent(chance, 0),
        ABSENT if not seen else percent(seen["power"], 0),
        _plain(seen.get("entries_needed"), "{:,}"),
    )


def _stability(document: Document) -> dict[str, Any]:
    section = document["stability"]
    drift, rebalancing = section["drift"], section["rebalancing"]
    sentence = "The volatility ratio was never known."
    if drift["today"] is not None:
        sentence = f"The long leg is {drift['today']:.2f} times as volatile as the short one today."
    return {
        "stability_sentence": sentence,
        "drift_rows": [
            (
                key,
                _percent(each["median"]),
                _percent(each["percentile_75"]),
                _percent(each["percentile_95"]),
                _points(each["risk_error_median"]),
                _points(each["risk_error_percentile_95"]),
                f"{each['hedges']:,}",
            )
            for key, each in drift["drifts"].items()
        ],
        "rebalancing_rows": [_rebalancing_row(kind, each) for kind, each in rebalancing.items()],
    }


def _rebalancing_row(kind: str, rebalancing: Document) -> tuple[str, ...]:
    if "reason" in rebalancing:
        return kind, rebalancing["reason"]
    return (
        kind,
        f"{rebalancing['rebalances']:,}",
        money(rebalancing["cost_usd"]),
        f"{rebalancing['cost_bps_year']:.2f}",
        _percent(rebalancing["drift_median"]),
        money(rebalancing["net_pnl"]),
    )


def _origin(document: Document) -> list[tuple[str, str]]:
    manifest = document["manifest"]
    return [
        ("command", shlex.join(manifest["command"])),
        ("config sha256", document["config_sha256"]),
        ("data sha256", document["data_sha256"]),
        ("git commit", str(manifest["git_commit"])),
    ]


def _counted(entries: int) -> str:
    """Return how many signals the article's test counts: their holds overlap."""
    return "One signal" if entries == 1 else f"{entries} signals"


def _z(value: float) -> str:
    return f"{value:.2f}"


def _one_digit(fraction: float) -> str:
    return percent(fraction, 1)


def _percent(fraction: float | None) -> str:
    return ABSENT if fraction is None else percent(fraction, 2)


def _points(fraction: float | None) -> str:
    return ABSENT if fraction is None else f"{fraction * 100:.1f} points"


def _plain(value: float | None, form: str) -> str:
    return ABSENT if value is None else form.format(value)
