"""The page of a search: scores in the unit of what is searched for."""

import pytest

from reports.pages.sweep.page import _alike, _plateau

AROUND = {"share": 0.75, "neighbours": 8, "same_run": 0, "median": 1_234_567.891}


@pytest.mark.parametrize(
    ("score", "told"),
    [("net_pnl", "$1,234,567.89"), ("sharpe", "1234567.89"), ("total_return", "123,456,789.10%")],
)
def test_a_score_is_told_in_its_own_unit(score, told):
    assert _plateau({"score": score, "plateau": AROUND}).endswith(f"the median there is {told}.")


def test_neighbours_that_are_the_same_run_are_told_apart():
    around = {**AROUND, "same_run": 2}
    said = _plateau({"score": "sharpe", "plateau": around})
    assert said.endswith("Not counted: 2 more that are the very same run.")
    alone = {"share": None, "neighbours": 0, "same_run": 2, "median": 1.0}
    assert _plateau({"score": "sharpe", "plateau": alone}).startswith(
        "None of the best cell's neighbours is another run: "
    )


def test_cells_that_are_one_run_are_said_to_be():
    one, other = {"headline": {"sharpe": 1.0, "win_rate": None}}, {"headline": {"sharpe": 0.5}}
    assert _alike({"ten": [one, other]}) == ""
    assert _alike({"ten": [one, dict(one), other]}).startswith("These 3 cells are 2 different runs")
    assert _alike({"ten": [one, dict(one)]}).startswith("These 2 cells are 1 different run:")
