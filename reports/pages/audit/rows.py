"""What an audit's page says of each check and each block. The document in, table rows out.

What was passed or supports is told by its name and figure, what stands against the run by its
sentence; ``audit.json`` has every sentence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.audits.wording import listed, named, ratio

Document = Mapping[str, Any]

PASSED = {  # what it means that a check passed, where its numbers say no more
    "A1": "Same decisions on data that end earlier.",
    "A2": "Same past under another future.",
    "A3": "Same run bar by bar.",
    "A4": "Fills follow decisions, at prices and volumes of the day.",
    "A6": "Same trades wherever the data begin.",
    "A7": "No report is used before it was filed.",
    "A8": "Dividends make no trade.",
    "A10": "Same bytes when run again.",
    "A11": "Planted cheats are caught on this market.",
    "A12": "Reads nothing but the market.",
}
AT_ENTRY, WHOLE = " on the past of each entry", ", whole sample"
WITHOUT = ("not run", "NOT RUN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One check, block or question."""

    name: str
    outcome: str
    measured: str
    text: str
    first: Mapping[str, str] | None = None  # where a check that failed shows it


def check_rows(document: Document) -> list[Row]:
    """Return a row for each integrity check."""
    return [
        Row(
            name=named(check["name"], check["key"]),
            outcome=check["status"],
            measured="",
            text=_found(check),
            first=_unsaid(check),
        )
        for check in document["checks"]
    ]


def block_rows(document: Document) -> list[Row]:
    """Return a row for each block of evidence; one that speaks against the run says why."""
    return [
        Row(
            name=named(block["name"], block["key"]),
            outcome=block["rating"],
            measured=block["measured"],
            text=_why(block, document["verdict"]["reason"]),
        )
        for block in document["evidence"]
    ]


def question_rows(document: Document) -> list[Row]:
    """Return a row for each question of a sceptic."""
    return [
        Row(
            name=named(each["name"], each["key"]),
            outcome=each["rating"],
            measured=each["measured"],
            text=bare(each["sentence"]) if each["rating"] in WITHOUT else "",
        )
        for each in document["questions"]
    ]


def question_sentences(document: Document) -> list[tuple[str, str]]:
    """Return each question with its sentence, and with what it lacks."""
    told = []
    for each in document["questions"]:
        lacks = [text.rstrip(".") for text in each["not_checked"]]
        lacks = [f"It lacks: {'; '.join(lacks)}."] if lacks else []
        said = [] if each["rating"] in WITHOUT else [each["sentence"]]
        if said or lacks:
            told.append((each["name"], " ".join([*said, *lacks])))
    return told


def pair_rows(document: Document) -> list[tuple[str, str, str]]:
    """Return each statistic of the pair: at each entry, on what was known, and afterwards."""
    rows: dict[str, tuple[str, str]] = {}
    for each in document["is_a_pair"]:
        name = each["name"].removesuffix(AT_ENTRY).removesuffix(WHOLE)
        early, late = rows.get(name, ("", ""))
        is_early = each["name"].endswith(AT_ENTRY)
        rows[name] = (each["value"], late) if is_early else (early, each["value"])
    return [(name, *values) for name, values in rows.items()]


def not_checked(document: Document) -> list[str]:
    """Return what was not looked at and has no row of its own that says so."""
    told = set(_told(document))
    parts: dict[str, list[str]] = {}  # by reason: what a block lacks for one reason is one line
    for text in document["verdict"]["not_checked"]:
        if text not in told:
            what, _, reason = text.rpartition(": ")
            parts.setdefault(reason, []).append(what)
    return [f"{listed(_once(what))}: {reason}" for reason, what in parts.items()]


def bare(sentence: str) -> str:
    """Return a reason without the words that its outcome says already."""
    said = sentence.removeprefix("Not run: ")
    return said[:1].upper() + said[1:]


def _once(parts: list[str]) -> list[str]:
    """Return parts of blocks, each block named before its first part alone."""
    said, seen = [], ""
    for part in parts:
        block, comma, rest = part.partition(", ")
        said.append(rest if comma and block == seen else part)
        seen = block
    return said


def _unsaid(check: Document) -> Mapping[str, str] | None:
    """Return where a check shows its difference, unless its sentence says it."""
    first: Mapping[str, str] | None = check["difference"]
    is_said = (
        first is not None and check["status"] == "REMARK" and first["session"] in check["sentence"]
    )
    return None if is_said else first


def _found(check: Document) -> str:
    """Return what a check found: in short where it passed and nothing is to be weighed."""
    detail, passed = check["detail"], check["status"] == "PASS"
    is_weighed = bool(detail.get("above_max_participation"))  # fills of much of a day's volume
    if passed and check["key"] in PASSED and not is_weighed:
        return PASSED[check["key"]]
    curve = detail.get("curve")
    if not (passed and curve):
        return bare(check["sentence"])
    sharpes = listed([ratio(each["sharpe"]) for each in curve])
    lags = listed([str(each["lag_sessions"]) for each in curve])
    return f"Sharpe ratio {sharpes} with orders {lags} sessions late."


def _told(document: Document) -> Iterator[str]:
    for each in (*document["checks"], *document["evidence"]):
        if each.get("status", each.get("rating")) in WITHOUT:
            reason = each["sentence"].removeprefix("Not run: ").removesuffix(".")
            yield f"{named(each['name'], each['key'])}: {reason}"


def _why(block: Document, reason: str) -> str:
    if block["rating"] in WITHOUT:
        return bare(block["sentence"])
    if block["rating"] == "against":
        binds = reason.startswith(f"{named(block['name'], block['key'])}:")
        return "" if binds else str(block["sentence"])  # the verdict says it
    asked = block["thresholds"]["supports"]
    return f"To support: {asked}." if block["rating"] == "marginal" else ""
