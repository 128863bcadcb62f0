"""May it be believed? Integrity checks and evidence in, one rung of a ladder and its reason out.

Every block allows a highest rung; the lowest of them is the verdict, and the block that allowed no
more is named.

INVALID
    An integrity check failed: the run knew or did what it could not have, so its numbers are about
    something else.
UNTESTABLE
    E0 against: no statistic of a handful of entries tells skill from luck, whichever way it points.
NO EVIDENCE
    One of E1 to E5 against. E1 to E4 ask whether there is anything more than luck: more than these
    legs give by chance, without and with what they earned on their own (E1), than a mean of zero
    (E2), than other dates (E3), than the best of so many trials (E4). One plain no is enough: E1
    alone lets one pair in ten rise, as it must (p <= .10), and the others hold most of those. E5: a
    trade that lost after publication is not called a trade that made money before.
MARGINAL
    Any block marginal, and any of F1 to F4, C1 and C2 against. Those ask what an edge would be
    worth, not whether there is one: that it leans on one trade or one cost is a reason not to rely
    on it, and none to deny it. Not run, any block but E5 or all of integrity: what was not looked
    at supports nothing. Above all E1. A strategy that may know more than the market (A2, A12).
SUPPORTED, UNCONFIRMED
    Everything supports, and E5 was not run, or gained on too few sessions or no more than chance.
SUPPORTED OUT OF SAMPLE
    Everything supports, E5 included.

P is shown and holds nothing down: it says what so few entries could have shown.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from reports.audits.check import Check
from reports.audits.evidence.evidence import Evidence
from reports.audits.evidence.rating import Block, Rating
from reports.audits.wording import counted, dollars, listed, named, percent

Rung = Literal[
    "INVALID",
    "UNTESTABLE",
    "NO EVIDENCE",
    "MARGINAL",
    "SUPPORTED, UNCONFIRMED",
    "SUPPORTED OUT OF SAMPLE",
]
LADDER: tuple[Rung, ...] = get_args(Rung)

_TOP: Rung = "SUPPORTED OUT OF SAMPLE"


def _rule(against: Rung) -> dict[Rating, Rung]:
    return {"supports": _TOP, "marginal": "MARGINAL", "not run": "MARGINAL", "against": against}


ALLOWED: Mapping[str, Mapping[Rating, Rung]] = {
    "E1": _rule("NO EVIDENCE"),
    "E0": _rule("UNTESTABLE"),
    "E2": _rule("NO EVIDENCE"),
    "E3": _rule("NO EVIDENCE"),
    "E4": _rule("NO EVIDENCE"),
    **{key: _rule("MARGINAL") for key in ("F1", "F2", "F3", "F4", "C1", "C2")},
    "E5": {
        "supports": _TOP,
        "marginal": "SUPPORTED, UNCONFIRMED",
        "not run": "SUPPORTED, UNCONFIRMED",
        "against": "NO EVIDENCE",
    },
}
"""The highest rung that each rating of each block allows; of equals the first named is named."""


HELD_DOWN = {
    "E0": "independent entries are few",
    "E2": "its mean is not clearly above zero",
    "E3": "too often entries on other dates of the same pair do as well",
    "E4": "its Sharpe ratio may be luck among the trials",
    "F1": "the profit leans on few trades",
    "F2": "the profit leans on one regime",
    "F3": "too many parameters next door lose money",
    "F4": "much of it is gone when orders come one session later",
    "C1": "costs could eat it",
    "C2": "a dearer borrow could eat it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where a run stands.

    sentence
        What stands behind the rung, with its numbers.
    reason
        The rule that held it there, and others that would have.
    what_would_change
        What each of them would have to show.
    not_checked
        What was not looked at, each with its reason.
    """

    rung: Rung
    sentence: str
    reason: str
    what_would_change: tuple[str, ...]
    not_checked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """What one rule allows at most, why, and what would lift it."""

    rung: Rung
    key: str
    name: str
    reason: str
    lifted_by: str


def verdict(checks: Sequence[Check], evidence: Evidence) -> Verdict:
    """Return the verdict: see the module for its rules."""
    limits = [*_integrity(checks), *(_limit(evidence.block(key)) for key in ALLOWED)]
    rung = min((limit.rung for limit in limits), key=LADDER.index)
    binding = [limit for limit in limits if limit.rung == rung]
    return Verdict(
        rung=rung,
        sentence=f"{_sentence(rung, binding[0], evidence)}{_own_bars(evidence)}.",
        reason=_reason(rung, binding),
        what_would_change=_changes(rung, binding),
        not_checked=tuple(_not_checked(checks, evidence)),
    )


def _integrity(checks: Sequence[Check]) -> Iterator[_Limit]:
    for check in checks:
        if check.status == "FAIL":
            yield _Limit(
                rung="INVALID",
                key=check.key,
                name=named(check.name, check.key),
                reason=f"{named(check.name, check.key)} failed: {_bare(check.sentence)}",
                lifted_by=f"{named(check.name, check.key)}: a run that passes it",
            )
        elif check.holds:
            yield _Limit(
                rung="MARGINAL",
                key=check.key,
                name=named(check.name, check.key),
                reason=f"{named(check.name, check.key)}: {_bare(check.sentence)}",
                lifted_by=f"{named(check.name, check.key)}: a strategy that knows nothing but the "
                "market",
            )
    if all(check.status == "NOT RUN" for check in checks):
        yield _Limit(
            rung="MARGINAL",
            key="A",
            name="Integrity (A)",
            reason="Integrity (A): not run",
            lifted_by="Integrity (A): checks that pass",
        )


def _limit(block: Block) -> _Limit:
    measured = f" ({block.measured})" if block.measured else ""
    allowed = ALLOWED[block.key]
    rung = allowed[block.rating]
    is_enough = LADDER.index(allowed["marginal"]) > LADDER.index(rung)
    asked = block.thresholds["marginal" if is_enough else "supports"]
    now = "not run" if block.rating == "not run" else f"now {block.measured}"
    return _Limit(
        rung=rung,
        key=block.key,
        name=named(block.name, block.key),
        reason=f"{named(block.name, block.key)}: {block.rating}{measured}",
        lifted_by=f"{named(block.name, block.key)}: {asked} ({now})",
    )


def _reason(rung: Rung, binding: list[_Limit]) -> str:
    if rung == _TOP:
        return "Every block supports, after publication as well."
    first, *others = binding
    if not others:
        return f"{first.reason}."
    return f"{first.reason}. The same holds of {listed([limit.name for limit in others])}."


def _changes(rung: Rung, binding: list[_Limit]) -> tuple[str, ...]:
    if rung == _TOP:
        return ("Losses after publication, or any other block that no longer supports",)
    return tuple(limit.lifted_by for limit in binding)


def _sentence(rung: Rung, limit: _Limit, evidence: Evidence) -> str:
    """Return what stands behind a rung, in one sentence with its numbers."""
    made = evidence.net_pnl_usd
    entries = counted(evidence.entries, "independent entry", "independent entries")
    did = (
        f"{_signed(made, dollars)} after costs on {entries} in {evidence.sessions:,} sessions to "
        f"{evidence.until}"
    )
    if rung == "INVALID":
        return (
            f"{evidence.pair} {did}, but integrity check {limit.key} failed, so none of it can be "
            "believed"
        )
    if evidence.entries == 0:
        return f"{evidence.pair} entered nothing in {evidence.sessions:,} sessions"
    did = f"{_lead(evidence)}{did}"
    if rung == "UNTESTABLE":
        return f"{did}; so few cannot tell skill from luck{_allowed(evidence)}"
    decided = "" if limit.key in ("E1", "E5") else f"; {_held_down(limit, evidence)}"
    if rung == "NO EVIDENCE":
        return f"{did}{_headline(evidence)}{decided}{_allowed(evidence)}"
    if rung == "MARGINAL":
        return f"{did}{_headline(evidence)}{decided}"
    return f"{did}{_headline(evidence)}; every block supports it, {_out_of_sample(evidence)}"


def _own_bars(evidence: Evidence) -> str:
    """Return which bars somebody moved, as a clause."""
    changed = ", ".join(evidence.changed_thresholds)
    return f" (judged by thresholds of its own: {changed})" if changed else ""


def _lead(evidence: Evidence) -> str:
    """Return who made what follows; where publication brought a loss, the loss before anything."""
    after = evidence.block("E5")
    later = after.numbers.get("after")
    if after.rating != "against" or not isinstance(later, dict):
        return f"{evidence.pair} "
    came, mean = later["total_return"], later["mean"]
    assert isinstance(came, float)
    assert isinstance(mean, float)
    return (
        f"After {after.numbers['published_on']} {evidence.pair} {_signed(came, percent)} "
        f"({mean * 10_000.0:+.1f} bps a session); up to then it "
    )


def _signed(value: float, words: Callable[[float], str]) -> str:
    return f"{'lost' if value < 0.0 else 'made'} {words(abs(value))}"


def _held_down(limit: _Limit, evidence: Evidence) -> str:
    """Return why it stands no higher, where that is not E1, as a clause."""
    if limit.key.startswith("A") and limit.key != "A":
        return f"but it knows what nobody can check ({limit.key})"
    if limit.key not in HELD_DOWN:
        return "its integrity was not checked"
    block = evidence.block(limit.key)
    if block.rating == "not run":
        return f"{block.key} ({block.name.lower()}) was not run"
    return f"but {HELD_DOWN[block.key]} ({block.key}: {block.measured})"


def _headline(evidence: Evidence) -> str:
    """Return what E1 found as a clause."""
    headline = evidence.block("E1")
    if headline.rating == "not run":
        return "; it was not re-run on resampled histories"
    share = headline.numbers.get("share_as_good")
    paths = headline.numbers.get("paths")
    if not (isinstance(share, float) and isinstance(paths, int)):
        return f" ({headline.measured})"
    as_good = f"{round(share * paths):,}" if share else "none"
    text = (
        f", and {as_good} of {paths:,} histories in which neither leg "
        f"earns anything did at least as well ({headline.measured})"
    )
    if headline.rating == "against" and headline.numbers.get("dates_decide"):
        return f"{text}; its choice of dates adds no more than chance to holding the legs"
    return text


def _out_of_sample(evidence: Evidence) -> str:
    """Return what E5 adds to a run that everything else supports."""
    after = evidence.block("E5")
    if after.rating == "marginal":
        return f"UNCONFIRMED after publication: {after.numbers.get('unconfirmed')}"
    if after.rating == "supports":
        return f"and what came after publication agrees ({after.measured})"
    return "UNCONFIRMED: nothing that came after publication was judged"


def _allowed(evidence: Evidence) -> str:
    """Return the largest edge the data still allow as a clause; nothing where it is unknown."""
    high = evidence.block("P").numbers.get("largest_mean_return_allowed")
    if not isinstance(high, float):
        return ""
    if high <= 0.0:
        return "; the data allow no mean above zero"
    return f"; the data still allow a mean of up to {percent(high)} per trade"


def _not_checked(checks: Sequence[Check], evidence: Evidence) -> Iterator[str]:
    if not checks:
        yield "Integrity (A): not run"
    for check in checks:
        if check.status == "NOT RUN":
            yield f"{named(check.name, check.key)}: {_bare(check.sentence)}"
    for block in evidence.blocks:
        if block.rating == "not run":
            yield f"{named(block.name, block.key)}: {_bare(block.sentence)}"
        yield from (f"{named(block.name, block.key)}, {part}" for part in block.not_checked)


def _bare(sentence: str) -> str:
    return sentence.removeprefix("Not run: ").removesuffix(".")
