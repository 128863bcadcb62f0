"""The page of a search: scores in the unit of what is searched for."""

import pytest

from reports.pages.sweep.page import _plateau

AROUND = {"share": 0.75, "neighbours": 8, "median": 1_234_567.891}


@pytest.mark.parametrize(
    ("score", "told"),
    [("net_pnl", "$1,234,567.89"), ("sharpe", "1234567.89"), ("total_return", "123,456,789.10%")],
)
def test_a_score_is_told_in_its_own_unit(score, told):
    assert _plateau({"score": score, "plateau": AROUND}).endswith(f"the median there is {told}.")
