"""The claim above each chart of a comparison. A view in, titled charts out."""

from collections.abc import Callable, Sequence

from reports.headline import COSTS, money, percent
from reports.measures.frontier import Frontier, FrontierPoint
from reports.pages.canvas import Chart
from reports.pages.compare import figures as figures
from reports.pages.compare.figures import Look
from reports.pages.compare.view import ComparisonView, Difference, VariantNumbers

_HASH_DIGITS = 12
_HASHES_SHOWN = 3
_TOTALS_SHOWN = 8  # bars beyond which dollars above them would run into each other
_LINES_SHOWN = 4  # beyond which bands and drifts cover each other


def comparison_charts(view: ComparisonView) -> tuple[Chart, ...]:
    """Return the charts of what was compared, in reading order."""
    look = figures.looks(view.names)
    return (
        _equity(view, look),
        _drawdown(view, look),
        *([_difference(view, look)] if view.pairs else []),
        _costs(view),
        _hedge(view, look),
    )


def frontier_chart(view: ComparisonView, frontier: Frontier, key: str) -> Chart:
    """Return cost against hedge error, the knee ringed; who never held has no place."""
    measured = [(p, p.hedge_error) for p in frontier.points if p.hedge_error is not None]
    return Chart(
        key=key,
        title=_frontier_claim([point for point, _ in measured], frontier.knee),
        caption=caption(view, f"{len(measured)} of {len(view.names)} variants"),
        figure=figures.frontier(
            [
                figures.Point(
                    variant=point.name,
                    cost_bps_year=point.cost_bps_year,
                    hedge_error=error,
                    note=f"{point.name}: {point.turnover:.2f}x a year, error {percent(error)}, "
                    f"{point.cost_bps_year:.1f} bps a year",
                )
                for point, error in measured
            ],
            figures.looks(view.names),
            knee=frontier.knee,
            unit="median hedge error (points)",
        ),
    )


def caption(view: ComparisonView, sample: str, since: str | None = None) -> str:
    """Return sample size, period and the variants' configuration hashes as one line."""
    digests = [f"{each.name} {each.config_sha256[:_HASH_DIGITS]}" for each in view.variants]
    hidden = len(digests) - _HASHES_SHOWN
    more = f" and {hidden} more in the table of the configuration" if hidden > 0 else ""
    return (
        f"n = {sample}; {since or view.start} to {view.end}; "
        f"config {', '.join(digests[:_HASHES_SHOWN])}{more}"
    )


def _equity(view: ComparisonView, look: dict[str, Look]) -> Chart:
    return Chart(
        key="equity",
        title=_spread_of(
            view.variants,
            lambda each: float(each.equity[-1]),
            lambda usd: money(usd, cents=False),
            "Equity ended",
        ),
        caption=caption(view, _sessions(view)),
        figure=figures.variant_lines(
            view.dates,
            {each.name: each.equity for each in view.variants},
            look,
            unit="equity (USD)",
            tick="$~s",
            hover="%{y:$,.0f}",
        ),
    )


def _drawdown(view: ComparisonView, look: dict[str, Look]) -> Chart:
    return Chart(
        key="drawdown",
        title=_spread_of(
            view.variants, lambda each: -float(each.drawdown.min()), percent, "The deepest fall was"
        ),
        caption=caption(view, _sessions(view)),
        figure=figures.variant_lines(
            view.dates,
            {each.name: each.drawdown for each in view.variants},
            look,
            unit="below the running peak (%)",
            tick=".1%",
            hover="%{y:.2%}",
        ),
    )


def _difference(view: ComparisonView, look: dict[str, Look]) -> Chart:
    crowded = len(view.pairs) > _LINES_SHOWN
    note = (
        "; each less the first at the same costs; the intervals are in the table above"
        if crowded
        else "; band: 90% of where the curve would be, session by session, if neither were better"
    )
    return Chart(
        key="difference",
        title=_difference_claim(view.pairs),
        caption=caption(view, f"{view.pairs[0].sessions:,} daily differences") + note,
        figure=figures.difference_lines(
            view.dates,
            [
                figures.DifferenceLine(
                    variant=pair.variant,
                    name=pair.variant if crowded else less(pair),
                    values=pair.cumulative,
                    low=None if crowded else pair.band_low,
                    high=None if crowded else pair.band_high,
                )
                for pair in view.pairs
            ],
            look,
        ),
    )


def less(pair: Difference) -> str:
    """Return what a difference is of."""
    return f"{pair.variant} less {pair.against}"


def _difference_claim(pairs: Sequence[Difference]) -> str:
    if len(pairs) > 1:
        distinguishable = sum(pair.is_distinguishable for pair in pairs)
        count = "None" if distinguishable == 0 else f"{distinguishable}"
        against = {pair.against for pair in pairs}
        other = against.pop() if len(against) == 1 else "the first at the same costs"
        return f"{count} of {len(pairs)} differences in return from {other} can be told from zero"
    (pair,) = pairs
    if pair.sessions_differing == 0:
        return f"The return of {less(pair)} is zero on every session"
    claim = f"The return of {less(pair)} is {percent(pair.annualised)} a year"
    if pair.low is None or pair.high is None or pair.p_value is None:
        return f"{claim}, with nothing to test it by"
    verdict = "unlikely to be noise" if pair.is_distinguishable else "not told from zero"
    return (
        f"{claim}, {verdict} (95% interval {percent(pair.low)} to {percent(pair.high)}, "
        f"p = {pair.p_value:.3f})"
    )


def _costs(view: ComparisonView) -> Chart:
    by_kind = {kind: [each.costs_bps_year[kind] for each in view.variants] for kind in COSTS}
    totals = [f"{each.cost_bps_year:.1f}" for each in view.variants]
    return Chart(
        key="costs",
        title=_spread_of(
            view.variants,
            lambda each: each.cost_bps_year,
            lambda bps: f"{bps:.1f} bps",
            "Costs a year were",
        ),
        caption=caption(view, f"{sum(each.fills for each in view.variants):,} fills in all"),
        figure=figures.stacked_costs(
            view.names, by_kind, totals if len(totals) <= _TOTALS_SHOWN else [""] * len(totals)
        ),
    )


def _hedge(view: ComparisonView, look: dict[str, Look]) -> Chart:
    held = [each for each in view.variants if each.hedge.median is not None]
    shares = sorted({each.hedge.share for each in held or view.variants})
    title = "No hedge to measure: the pair was never held"
    if held and len(shares) > 1:
        title = f"The hedges aim at different shares ({' and '.join(shares)}): not to be compared"
    elif held:
        title = _spread_of(
            held,
            lambda each: each.hedge.median or 0.0,
            lambda error: f"{error * 100:.2f} points",
            "The hedge was at the median off its target by",
        )
    note = "; a mark is a session that decided a rebalance that traded"
    waiting = _middle(held)
    if waiting:
        note += "; the best and the worst are drawn, a click in the legend draws the others"
    return Chart(
        key="hedge",
        title=title,
        caption=caption(view, _held_words(held)) + note,
        figure=figures.drift_lines(
            view.dates,
            {each.name: each.hedge.error for each in view.variants},
            {each.name: each.rebalance_dates for each in view.variants},
            look,
            unit=f"{' or '.join(shares)} share off its target (points)",
            waiting=waiting,
        ),
    )


def _middle(held: Sequence[VariantNumbers]) -> list[str]:
    """Return the variants between the best and the worst hedge, where all would be a tangle."""
    if len(held) <= _LINES_SHOWN:
        return []
    ordered = sorted(held, key=lambda each: each.hedge.median or 0.0)
    return [each.name for each in ordered[1:-1]]


def _held_words(held: Sequence[VariantNumbers]) -> str:
    counts = sorted({each.hedge.sessions for each in held})
    if not counts:
        return "0 sessions held"
    span = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{span} sessions held a variant"


def _frontier_claim(points: Sequence[FrontierPoint], knee: str | None) -> str:
    if knee is not None:
        (place,) = [point for point in points if point.name == knee]
        return (
            f"Beyond {knee}, paying more buys little: {place.cost_bps_year:.1f} bps a year, "
            f"{percent(place.hedge_error or 0.0, 1).removesuffix('%')} points of hedge error"
        )
    if not points:
        return "Nothing to place: no variant held the pair"
    return f"None of {len(points)} variants stands out as the one beyond which more buys little"


def _spread_of(
    variants: Sequence[VariantNumbers],
    value: Callable[[VariantNumbers], float],
    text: Callable[[float], str],
    opening: str,
) -> str:
    """Return the least and the greatest with their names, or the one value they all show."""
    least, greatest = min(variants, key=value), max(variants, key=value)
    low, high = text(value(least)), text(value(greatest))
    if low == high:
        return f"{opening} {low}" + (" in every variant" if len(variants) > 1 else "")
    between = "and" if len(variants) == 2 else "to"
    return f"{opening} {low} ({least.name}) {between} {high} ({greatest.name})"


def _sessions(view: ComparisonView) -> str:
    return f"{len(view.dates):,} sessions"
