"""The verdict line of a comparison. Numbers of variants and their differences in, a line out.

Whether the returns can be told apart, then what the one that trades more pays and gets for it. The
evidence stands in `reports.pages.compare.sentences`.
"""

from collections.abc import Sequence

from configs.formats import listed
from reports.headline import percent
from reports.pages.compare.view import Difference, VariantNumbers

SAME_BPS, SAME_POINTS = 0.05, 0.0005  # less than the digit shown


def answer(variants: Sequence[VariantNumbers], pairs: Sequence[Difference]) -> str:
    """Return the line that a reader of thirty seconds takes away."""
    ruined = [each.name for each in variants if each.ended is not None]
    if ruined:
        return f"No returns to compare: {listed(ruined)} ended in ruin."
    if all(each.fills == 0 for each in variants):
        return "Nothing to compare: no variant ever held the pair."
    if not pairs:
        return _untested(variants)
    if len(variants) == 2:
        return f"{_told_apart(variants, pairs)}; {_paid(variants[0], variants[1])}."
    return f"{_told_apart(variants, pairs)}; {_range(variants)}."


def _untested(variants: Sequence[VariantNumbers]) -> str:
    """Return what can be said where no two variants with the same costs differ in their rules."""
    if len({each.rule for each in variants}) > 1:
        return (
            "Not compared: each variant has costs of its own, and rules are told apart at the same "
            f"costs alone; {_range(variants)}."
        )
    least = min(variants, key=lambda each: each.total_return)
    most = max(variants, key=lambda each: each.total_return)
    return (
        f"One set of rules at {len(variants)} costs made {percent(least.total_return)} "
        f"({least.name}) to {percent(most.total_return)} ({most.name}); that a dearer one returns "
        "less is no discovery."
    )


def _told_apart(variants: Sequence[VariantNumbers], pairs: Sequence[Difference]) -> str:
    worlds = {each.world for each in variants}
    against = pairs[0].against if len(worlds) == 1 else "another at the same costs"
    if all(pair.sessions_differing == 0 for pair in pairs):
        return "No: their returns are the same on every session"
    tested = [pair for pair in pairs if pair.p_holm is not None]
    if not tested:
        return "Not known: nothing can be tested"
    apart = [pair for pair in tested if pair.is_distinguishable]
    if not apart:
        return (
            "No: they cannot be told apart by return"
            if len(variants) == 2
            else f"No: none of {len(pairs)} can be told apart from {against} by return"
        )
    made = [
        f"{pair.variant} returned {percent(abs(pair.annualised), 1)} a year "
        f"{'more' if pair.annualised > 0.0 else 'less'} than {pair.against}"
        for pair in apart
    ]
    return f"Yes: {listed(made)}"


def _paid(first: VariantNumbers, second: VariantNumbers) -> str:
    """Return what the one that trades more pays for what hedge."""
    busy, calm = (second, first) if second.turnover > first.turnover else (first, second)
    paid = busy.cost_bps_year - calm.cost_bps_year
    costs = f"{busy.name} costs "
    if abs(paid) < SAME_BPS:
        costs += f"as much as {calm.name}"
    else:
        costs += f"{abs(paid):.1f} bps a year {'more' if paid > 0.0 else 'less'} than {calm.name}"
    mine, theirs = busy.hedge.median, calm.hedge.median
    if mine is None or theirs is None or busy.hedge.share != calm.hedge.share:
        return f"{costs}; their hedges do not compare"
    if abs(theirs - mine) < SAME_POINTS:
        return f"{costs} and hedges as tightly"
    closer = "tighter" if mine < theirs else "looser"
    return f"{costs} and hedges {abs(theirs - mine) * 100:.1f} points {closer}"


def _range(variants: Sequence[VariantNumbers]) -> str:
    """Return the least and the most that any variant pays."""
    least = min(variants, key=lambda each: each.cost_bps_year)
    most = max(variants, key=lambda each: each.cost_bps_year)
    if most.cost_bps_year - least.cost_bps_year < SAME_BPS:
        return f"all cost {least.cost_bps_year:.1f} bps a year"
    return (
        f"costs run from {least.cost_bps_year:.1f} bps a year ({least.name}) to "
        f"{most.cost_bps_year:.1f} ({most.name})"
    )
