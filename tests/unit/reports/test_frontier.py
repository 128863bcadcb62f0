import pytest

from reports.measures.frontier import FrontierPoint, frontier


def point(name, turnover, error, cost_bps=None):
    cost_bps = 4.0 * turnover if cost_bps is None else cost_bps
    return FrontierPoint(
        name=name,
        turnover=turnover,
        hedge_error=error,
        cost_usd_year=100.0 * cost_bps,
        cost_bps_year=cost_bps,
    )


# Scaled by (turnover - 1) / 4 and (error - 0.01) / 0.08, the chord runs from (0, 1) to (1, 0):
# monthly (0.25, 0.5) lies 1 - 0.25 - 0.5 = 0.25 below it, weekly (0.5, 0.125) 0.375.
CONVEX = [
    point("daily", 5.0, 0.01),
    point("never", 1.0, 0.09),
    point("weekly", 3.0, 0.02),
    point("monthly", 2.0, 0.05),
]


def test_knee_is_the_point_furthest_below_the_chord():
    assert frontier(CONVEX).knee == "weekly"


def test_knee_does_not_depend_on_units_or_order():
    scaled = [point(p.name, 100 * p.turnover + 7, 3 * p.hedge_error + 0.01) for p in CONVEX[::-1]]
    assert frontier(scaled).knee == "weekly"


def test_points_come_in_order_of_cost():
    assert [p.name for p in frontier(CONVEX).points] == ["never", "monthly", "weekly", "daily"]


def test_a_variant_beaten_on_both_is_not_efficient():
    points = frontier([*CONVEX, point("beaten", 3.5, 0.03)]).points
    assert [p.name for p in points if not p.is_efficient] == ["beaten"]


def test_equal_points_do_not_beat_each_other():
    points = frontier([*CONVEX, point("weekly_too", 3.0, 0.02)]).points
    assert all(p.is_efficient for p in points)


def test_a_variant_that_trades_as_much_for_a_worse_hedge_is_beaten():
    points = frontier([*CONVEX, point("worse", 3.0, 0.03)]).points
    assert [p.name for p in points if not p.is_efficient] == ["worse"]


@pytest.mark.parametrize(
    "points",
    [
        [],
        CONVEX[:1],
        CONVEX[:2],
        [*CONVEX[:2], point("idle", 0.0, None)],
        [point(name, 1.0, 0.01) for name in "abc"],
        [point("a", 1.0, 0.05), point("b", 2.0, 0.05), point("c", 3.0, 0.05)],
        [point("a", 2.0, 0.05), point("b", 2.0, 0.03), point("c", 2.0, 0.01)],
        [point("a", 1.0, 0.01), point("b", 2.0, 0.02), point("c", 3.0, 0.05)],
        [point("a", 1.0, 0.03), point("b", 2.0, 0.02), point("c", 3.0, 0.01)],
        [point("a", 1.0, 0.03), point("b", 2.0, 0.029), point("c", 3.0, 0.01)],
    ],
    ids=[
        "no point",
        "one point",
        "two points",
        "two that held",
        "one place",
        "equal errors",
        "equal costs",
        "trading more hedges worse",
        "all on the chord",
        "the middle above the chord",
    ],
)
def test_no_knee_is_named_where_there_is_none(points):
    computed = frontier(points)
    assert computed.knee is None
    assert not computed.sentence.startswith("Beyond")


def test_two_points_equally_far_are_no_knee():
    # Both lie 0.25 below the chord from (0, 1) to (1, 0).
    tied = [point("a", 0.0, 4.0), point("b", 1.0, 2.0), point("c", 2.0, 1.0), point("d", 4.0, 0.0)]
    assert frontier(tied).knee is None


def test_of_several_that_trade_least_the_best_hedged_starts_the_chord():
    # From (0, 0.6) to (1, 0), the middle is 0.05 above; from (0, 1) it would be 0.15 below.
    ends = [point("a", 0.0, 1.0), point("a2", 0.0, 0.6), point("end", 1.0, 0.0)]
    assert frontier([*ends, point("middle", 0.5, 0.35)]).knee is None


def test_of_several_that_trade_most_the_best_hedged_ends_the_chord():
    # From (0, 1) to (1, 0), the middle is 0.15 below; a chord to (1, 0.6) would name the end.
    ends = [point("start", 0.0, 1.0), point("end", 1.0, 0.0), point("end2", 1.0, 0.6)]
    assert frontier([*ends, point("middle", 0.5, 0.35)]).knee == "middle"


def test_sentence_says_what_leaving_the_knee_costs_either_way():
    # Costs are 4 bps a unit of turnover: 12 at the knee, 20 and 4 at the ends.
    assert frontier(CONVEX).sentence == (
        "Beyond weekly, paying more buys little: it pays 12.0 bps a year to be 2.0 points off "
        "target at the median close. daily, which pays most, pays 8.0 bps a year more to be 1.0 "
        "points off. never, which pays least, pays 8.0 bps a year less to be 9.0 points off."
    )


def test_sentence_counts_who_held_when_they_are_too_few():
    assert frontier([*CONVEX[:2], point("idle", 0.0, None)]).sentence == (
        "Where paying more stops to help takes 3 variants that held the pair to tell; 2 did."
    )
    assert frontier([point(name, 0.0, None) for name in "abc"]).sentence.endswith("; none did.")


def test_a_variant_that_never_held_is_shown_but_not_judged():
    computed = frontier([*CONVEX, point("idle", 0.0, None)])
    assert computed.knee == "weekly"
    assert computed.points[0].name == "idle"
    assert not computed.points[0].is_efficient


def test_the_knee_is_of_what_trading_costs_and_not_of_how_much_is_traded():
    # Scaled by (cost - 4) / 36 and (error - 0.01) / 0.08: monthly (6 bps) lies 1 - 1/18 - 0.5 =
    # 0.44 below the chord, weekly, which by turnover was the knee, 1 - 32/36 - 0.125 < 0 above it.
    costs = {"never": 4.0, "monthly": 6.0, "weekly": 36.0, "daily": 40.0}
    dear = [point(p.name, p.turnover, p.hedge_error, costs[p.name]) for p in CONVEX]
    assert frontier(dear).knee == "monthly"


def test_a_variant_that_trades_more_for_less_money_beats_one_that_trades_less():
    cheap = point("patient", 3.5, 0.02, 11.0)  # weekly pays 12 bps for the same hedge
    points = frontier([*CONVEX, cheap]).points
    assert [p.name for p in points if not p.is_efficient] == ["weekly"]


def test_where_trading_costs_nothing_there_is_no_knee_and_it_says_why():
    points = frontier([point(p.name, p.turnover, p.hedge_error, 0.0) for p in CONVEX])
    assert points.knee is None
    assert points.sentence == ("All 4 variants pay the same: a tighter hedge has no price here.")
