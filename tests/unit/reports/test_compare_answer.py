"""The verdict line of a comparison, each case from numbers of a hand-made view."""

import pytest

from reports.pages.compare.answer import answer
from tests.unit.fake_comparison import fake_difference, fake_variant

# By hand of `fake_variant`: 55 and 35 bps a year, median errors of 1 and 2 points.
WEEKLY, MONTHLY = fake_variant(0, "weekly"), fake_variant(1, "monthly")
NEVER = fake_variant(2, "never")


def said(*variants, **changed):
    pairs = [fake_difference(each.name, variants[0].name, **changed) for each in variants[1:]]
    return answer(variants, pairs)


def test_what_no_test_can_tell_apart_is_a_no_with_what_it_costs():
    assert said(WEEKLY, MONTHLY) == (
        "No: they cannot be told apart by return; weekly costs 20.0 bps a year more than monthly "
        "and hedges 1.0 points tighter."
    )


def test_the_order_of_the_variants_does_not_turn_the_trade_off():
    assert said(MONTHLY, WEEKLY).endswith(
        "weekly costs 20.0 bps a year more than monthly and hedges 1.0 points tighter."
    )


@pytest.mark.parametrize(("annualised", "word"), [(0.031, "more"), (-0.031, "less")])
def test_what_can_be_told_apart_is_a_yes_with_its_size(annualised, word):
    line = said(WEEKLY, MONTHLY, annualised=annualised, is_distinguishable=True)
    assert line.startswith(f"Yes: monthly returned 3.1% a year {word} than weekly; ")


def test_of_many_the_line_counts_and_gives_the_range_of_costs():
    assert said(WEEKLY, MONTHLY, NEVER) == (
        "No: none of 2 can be told apart from weekly by return; costs run from 28.3 bps a year "
        "(never) to 55.0 (weekly)."  # 100 + 400 / 3 + 50 = 283.33 dollars
    )


DEAR = fake_variant(1, "dear", rule=0, world=1, total_return=0.011)
MONTHLY_DEAR = fake_variant(3, "monthly-dear", rule=1, world=1)  # 100 + 400 / 4 + 50 = 25 bps


def test_one_set_of_rules_at_two_costs_is_nothing_to_tell_apart():
    assert answer([WEEKLY, DEAR], []) == (
        "One set of rules at 2 costs made 1.10% (dear) to 1.90% (weekly); that a dearer one "
        "returns less is no discovery."
    )


def test_rules_that_share_no_costs_are_not_compared():
    assert answer([WEEKLY, MONTHLY_DEAR], []) == (
        "Not compared: each variant has costs of its own, and rules are told apart at the same "
        "costs alone; costs run from 25.0 bps a year (monthly-dear) to 55.0 (weekly)."
    )


def test_rules_at_two_costs_are_told_apart_inside_each():
    pairs = [fake_difference("monthly", "weekly"), fake_difference("monthly-dear", "dear")]
    every = [WEEKLY, MONTHLY, DEAR, MONTHLY_DEAR]
    assert answer(every, pairs).startswith(
        "No: none of 2 can be told apart from another at the same costs by return; costs run from "
    )
    sure = fake_difference("monthly-dear", "dear", is_distinguishable=True, annualised=0.031)
    assert answer(every, [pairs[0], sure]).startswith(
        "Yes: monthly-dear returned 3.1% a year more than dear; "
    )


def test_a_ruin_an_idle_pair_and_the_same_returns_are_answers_too():
    gone = fake_variant(1, "monthly", ended="ruin")
    assert said(WEEKLY, gone) == "No returns to compare: monthly ended in ruin."
    idle = [fake_variant(place, name, fills=0) for place, name in enumerate(("a", "b"))]
    assert said(*idle) == "Nothing to compare: no variant ever held the pair."
    assert said(WEEKLY, MONTHLY, sessions_differing=0).startswith(
        "No: their returns are the same on every session; "
    )
    assert said(WEEKLY, MONTHLY, p_holm=None).startswith("Not known: nothing can be tested; ")
