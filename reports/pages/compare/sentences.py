"""A comparison in words. Numbers of variants and their differences in, sentences out.

Never a bare winner: a difference in return comes with its interval, p and n, or with why there is
none.
"""

from collections.abc import Sequence

from reports.headline import money, percent
from reports.measures.paired_bootstrap import CONFIDENCE, LEAST_SESSIONS
from reports.pages.compare.view import Difference, VariantNumbers

SHARED = {"risk": "risk", "dollar": "dollars"}  # of which a hedge gives each leg its share
CENT = 0.005  # dollars: less than this is no difference on a page


def pair_sentence(variant: VariantNumbers, against: VariantNumbers, difference: Difference) -> str:
    """Return what the one that trades more costs, what drift it removes, and whether it pays."""
    if variant.fills == 0 and against.fills == 0:
        return (
            f"Neither {against.name} nor {variant.name} ever held the pair: there is nothing to "
            "compare."
        )
    is_alike = abs(variant.cost_usd - against.cost_usd) < CENT and difference.hedge_error in (
        None,
        0.0,
    )
    if difference.sessions_differing == 0 and is_alike:
        return (
            f"{against.name} and {variant.name} gave the same result on each of "
            f"{_count(difference.sessions, 'session')}: nothing tells them apart."
        )
    is_turned = against.turnover >= variant.turnover
    subject, other = (against, variant) if is_turned else (variant, against)
    said = [
        f"{subject.name} {_cost_words(subject, other)}, and {_hedge_words(subject, other)}.",
        _return_words(subject, other, difference),
    ]
    return " ".join(said)


def view_sentence(variants: Sequence[VariantNumbers], pairs: Sequence[Difference]) -> str:
    """Return the lead: the one pair's sentence, or the range of many and how many tests agree."""
    if len(variants) == 2 and pairs:
        return pairs[0].sentence
    if all(variant.fills == 0 for variant in variants):
        return f"None of {len(variants)} variants ever held the pair: there is nothing to compare."
    ruined = [each.name for each in variants if each.ended is not None]
    said = [_ruin_words(ruined)] if ruined else []
    said += [_range_words(variants), *_hedge_range_words(variants)]
    if not pairs:
        return " ".join([*said, _no_pairs_words(variants)])
    lost = [each for each in dict.fromkeys(pair.against for pair in pairs) if each in ruined]
    said += [f"No return is compared with that of {each}." for each in lost]
    left = [each for each in pairs if not {each.variant, each.against} & set(ruined)]
    return " ".join([*said, *([_tests_words(left)] if left else [])])


def verdict(variants: Sequence[VariantNumbers], pairs: Sequence[Difference]) -> str:
    """Return the comparison in a few words, for a list of many."""
    ruined = [each.name for each in variants if each.ended is not None]
    if ruined:
        return _ruin_words(ruined).removesuffix(".")
    if not pairs:
        rules = len({each.rule for each in variants})
        return f"one set of rules at {len(variants)} costs" if rules == 1 else "other costs each"
    tested = [(pair.p_holm, pair) for pair in pairs if pair.p_holm is not None]
    if not tested:
        return "nothing to test"
    p_value, least = min(tested, key=lambda each: each[0])
    words = "distinguishable" if least.is_distinguishable else "not distinguishable"
    many = "" if len(tested) == 1 else f" (corrected for {len(tested)} tests)"
    return f"{words}, p = {p_value:.3f}{many}"


def _cost_words(subject: VariantNumbers, other: VariantNumbers) -> str:
    """Return ``cost $x more than other ($a against $b; c against d bps of equity a year)``."""
    more = subject.cost_usd - other.cost_usd
    if abs(more) < CENT:
        return f"cost the same as {other.name} ({money(subject.cost_usd)})"
    return (
        f"cost {money(abs(more))} {'more' if more > 0.0 else 'less'} than {other.name} "
        f"({money(subject.cost_usd)} against {money(other.cost_usd)}; "
        f"{subject.cost_bps_year:.1f} against {other.cost_bps_year:.1f} bps of equity a year)"
    )


def _hedge_words(subject: VariantNumbers, other: VariantNumbers) -> str:
    """Return how much closer to target the subject's hedge was at the median close."""
    mine, theirs = subject.hedge, other.hedge
    for each in (subject, other):
        if each.hedge.median is None:
            return f"their hedges cannot be compared: {each.name} has no session with a hedge error"
    assert mine.median is not None
    assert theirs.median is not None
    if mine.share != theirs.share:
        return (
            f"their hedges cannot be compared: {subject.name} balances "
            f"{SHARED[mine.share]}, {other.name} {SHARED[theirs.share]}"
        )
    off = (
        f"at the median close the long leg's share of the {SHARED[mine.share]} was "
        f"{_points(mine.median)} off its target"
    )
    if _points(mine.median) == _points(theirs.median):
        return f"its hedge was as tight: {off}"
    closer = "tighter" if mine.median < theirs.median else "looser"
    return f"its hedge was {closer}: {off}, against {_points(theirs.median, '')}"


def _return_words(subject: VariantNumbers, other: VariantNumbers, difference: Difference) -> str:
    """Return the difference in return with its evidence, from the subject's side.

    It is of mean daily returns, times the sessions of a year; what was earned in the end, which
    compounds, stands beside it and may differ in sign.
    """
    ruined = [each.name for each in (subject, other) if each.ended is not None]
    if ruined:
        return f"{_ruin_words(ruined)[:-1]}: no return is compared with that."
    if difference.sessions_differing == 0:
        return f"Their returns were the same on each of {_count(difference.sessions, 'session')}."
    sign = 1.0 if difference.variant == subject.name else -1.0
    value = sign * difference.annualised
    size = percent(abs(value))
    text = f"total return {percent(subject.total_return)} against {percent(other.total_return)}"
    if size == "0.00%":
        return f"Their mean daily returns were within 0.01% a year of each other ({text})."
    direction = "above" if value > 0.0 else "below"
    said = (
        f"{subject.name}'s mean daily return was {size} a year {direction} {other.name}'s ({text})"
    )
    if difference.low is None or difference.high is None or difference.p_value is None:
        if difference.sessions < LEAST_SESSIONS:
            verb = "is" if difference.sessions == 1 else "are"
            return f"{said}; {_count(difference.sessions, 'session')} {verb} too few to test that."
        return f"{said}, by the same on every session: without noise there is nothing to test."
    low, high = sorted((sign * difference.low, sign * difference.high))
    verdict = "is" if difference.is_distinguishable else "is not"
    entries = max(subject.entries, other.entries)
    corrected = (
        ""
        if difference.p_holm == difference.p_value
        else f", {difference.p_holm:.3f} corrected for the number of tests"
    )
    return (
        f"{said}: in this history the difference {verdict} distinguishable from nothing "
        f"({CONFIDENCE:.0%} interval {_signed(low)} to {_signed(high)} a year, "
        f"p = {difference.p_value:.3f}{corrected}, n = {_count(difference.sessions, 'session')}, "
        f"on {difference.sessions_differing:,} of which they differ, {_count(entries, 'entry')})."
    )


def _range_words(variants: Sequence[VariantNumbers]) -> str:
    least = min(variants, key=lambda each: each.cost_bps_year)
    most = max(variants, key=lambda each: each.cost_bps_year)
    if most.cost_bps_year - least.cost_bps_year < 0.05:  # the same to the digit shown
        return f"All {len(variants)} variants cost {least.cost_bps_year:.1f} bps of equity a year."
    return (
        f"Across {len(variants)} variants, costs run from {least.cost_bps_year:.1f} bps of equity "
        f"a year ({least.name}) to {most.cost_bps_year:.1f} ({most.name})."
    )


def _hedge_range_words(variants: Sequence[VariantNumbers]) -> list[str]:
    """Return the range of median hedge errors; nothing where they are not of one kind."""
    measured = [(v.hedge.median, v.name) for v in variants if v.hedge.median is not None]
    kinds = sorted({v.hedge.share for v in variants if v.hedge.median is not None})
    if len(measured) < 2 or len(kinds) > 1:
        return []
    (least, closest), (most, furthest) = min(measured), max(measured)
    if least == most:
        return [
            f"At the median close the long leg's share of the {SHARED[kinds[0]]} is "
            f"{_points(least)} off its target in all of them."
        ]
    return [
        f"At the median close the long leg's share of the {SHARED[kinds[0]]} is {_points(least)} "
        f"({closest}) to {_points(most)} ({furthest}) off its target."
    ]


def _tests_words(pairs: Sequence[Difference]) -> str:
    """Return the least p, corrected: the best of many is not one test."""
    against, sessions = _against(pairs), _count(pairs[0].sessions, "session")
    tested = [(pair.p_value, pair) for pair in pairs if pair.p_value is not None]
    if not tested:
        return f"No difference in return against {against} could be tested over {sessions}."
    p_value, least = min(tested, key=lambda each: each[0])
    words = "is distinguishable" if least.is_distinguishable else "is not distinguishable"
    return (
        f"The difference in mean daily return against {against} that stands out most, "
        f"{least.variant}'s {_signed(least.annualised)} a year, {words} from nothing: "
        f"p = {p_value:.3f}, {least.p_holm:.3f} corrected for {_count(len(tested), 'test')}, "
        f"n = {sessions}."
    )


def _against(pairs: Sequence[Difference]) -> str:
    """Return what differences are from: one variant, or at several costs the first of each."""
    names = {pair.against for pair in pairs}
    return names.pop() if len(names) == 1 else "the first at the same costs"


def _no_pairs_words(variants: Sequence[VariantNumbers]) -> str:
    if len({each.rule for each in variants}) == 1:
        return (
            "The rules are the same: only what their trades cost differs, which is nothing to test."
        )
    return "No two have the same costs, at which alone rules can be told apart: none is tested."


def _ruin_words(names: Sequence[str]) -> str:
    return f"{' and '.join(names)} ended in ruin."


def _count(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def _points(fraction: float, unit: str = " points") -> str:
    return percent(fraction).removesuffix("%") + unit


def _signed(fraction: float) -> str:
    text = percent(fraction)
    return text if text.startswith("-") or text == "0.00%" else f"+{text}"
