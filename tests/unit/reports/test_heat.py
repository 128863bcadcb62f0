"""The tables of a search's scores: every number is written, and none is a negative nothing."""

import pytest

from reports.pages.sweep import heat


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (-0.001, (-0.5, 0.5), "0.00"),
        (-0.006, (-0.5, 0.5), "-0.01"),
        (-0.4, (-2_000.0, 2_000.0), "0"),
        (float("nan"), (-0.5, 0.5), ""),
    ],
)
def test_a_score_is_written_without_a_sign_that_its_digits_do_not_bear(value, scale, text):
    assert heat._entry(value, scale, is_best=False).text == text
