"""Rules and costs apart: what is tested against what, and what is not tested at all."""

from reports.pages.compare.comparison import comparison
from tests.unit.hand_market import FREE
from tests.unit.long_run import long_run

DEARER = FREE | {"spread": {"default_bps": 400.0}}


def at_two_costs(*kinds):
    cheap = {kind: long_run(kind) for kind in kinds}
    return cheap | {f"{kind}-dear": long_run(kind, costs=DEARER) for kind in kinds}


def test_a_dearer_price_list_is_no_pair_and_rules_meet_inside_each():
    view = comparison(at_two_costs("daily", "never"))
    assert [(each.rule, each.world) for each in view.variants] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    held = [(pair.variant, pair.against) for pair in view.pairs]
    assert held == [("never", "daily"), ("never-dear", "daily-dear")]
    alone = comparison({name: run for name, run in at_two_costs("daily", "never").items()
                        if name.endswith("dear")})  # fmt: skip
    assert alone.pairs[0].p_value == view.pairs[1].p_value


def test_one_set_of_rules_at_two_costs_tests_nothing_however_dear():
    view = comparison(at_two_costs("daily"))
    assert view.pairs == ()
    assert view.verdict == "one set of rules at 2 costs"
    assert view.sentence.endswith(
        "The rules are the same: only what their trades cost differs, which is nothing to test."
    )


def test_rules_that_share_no_costs_are_not_tested():
    view = comparison({"daily": long_run("daily"), "never": long_run("never", costs=DEARER)})
    assert view.pairs == ()
    assert view.verdict == "other costs each"
    assert view.sentence.endswith(
        "No two have the same costs, at which alone rules can be told apart: none is tested."
    )


def test_where_more_buys_little_is_looked_for_at_each_price_list_by_itself():
    view = comparison(at_two_costs("daily", "weekly", "never"))
    names = [{point.name for point in each.points} for each in view.frontiers]
    assert names == [{"daily", "weekly", "never"}, {"daily-dear", "weekly-dear", "never-dear"}]
