"""The verdict line of a comparison, each case from numbers of a hand-made view."""

import pytest

from reports.pages.compare.answer import answer
from reports.pages.compare.view import ConfigChange
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


def test_other_costs_are_no_other_rules():
    dear = fake_variant(
        1, "dear", changes=(ConfigChange(key="costs.commission.bps", first=1.0, here=9.0),)
    )
    assert said(WEEKLY, dear, is_distinguishable=True).startswith(
        "One set of rules at several costs: a dearer one returns less, which is no discovery; "
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
