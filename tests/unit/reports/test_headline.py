import math

import pytest

from reports.headline import BY_KEY, MEASURES, cell, money, percent, written
from tests.unit.fake_result import fake_result


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (1234567.891, "$1,234,567.89"),
        (-1234.5, "-$1,234.50"),
        (0.0, "$0.00"),
        (-0.0, "$0.00"),
        (-0.001, "$0.00"),
    ],
)
def test_money_has_separators_and_a_sign_only_when_something_is_lost(dollars, text):
    assert money(dollars) == text


def test_whole_dollars_are_rounded():
    assert money(999.6, cents=False) == "$1,000"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0234, "2.34%"), (-0.5, "-50.00%"), (-0.000001, "0.00%"), (12.5, "1,250.00%")],
)
def test_a_fraction_is_written_as_percent(fraction, text):
    assert percent(fraction) == text


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_an_undefined_number_is_not_available_rather_than_zero(value):
    assert written(value, "ratio") == "n/a"


def test_each_unit_has_its_own_dress():
    assert written(1.2345, "ratio") == "1.23"
    assert written(-0.004, "ratio") == "0.00"
    assert written(1.2345, "multiple") == "1.23x"
    assert written(5406, "count") == "5,406"
    assert written("2024-04-09", "date") == "2024-04-09"


def test_every_key_of_the_headline_has_a_label_and_a_meaning_in_the_order_of_the_design():
    headline = fake_result().headline
    assert [measure.key for measure in MEASURES] == list(headline)
    assert all(measure.label and measure.meaning.endswith(".") for measure in MEASURES)


def test_a_cell_is_dressed_by_its_key():
    assert BY_KEY["cagr"].unit == "percent"
    assert cell({"cagr": 0.1}, "cagr") == "10.00%"
