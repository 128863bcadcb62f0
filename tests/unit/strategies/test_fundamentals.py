"""Ratios and growth of quarters, worked by hand: gaps, boundaries, what is unknown."""

import math

import numpy as np
import pytest

from strategies.rules.fundamentals import (
    is_capex_entry,
    latest,
    latest_common,
    reference_ratio,
    size_multiple,
    summed_growth,
    trailing_ratio,
    yearly_growth,
)

NAN = math.nan


def line(*values):
    return np.array(values, dtype=float)


def test_a_trailing_ratio_is_of_the_last_four_quarters():
    capex, revenue = line(1, 2, 3, 4, 10), line(10, 10, 10, 10, 20)
    expected = [NAN, NAN, NAN, (1 + 2 + 3 + 4) / 40, (2 + 3 + 4 + 10) / 50]
    np.testing.assert_array_equal(trailing_ratio(capex, revenue), expected)


@pytest.mark.parametrize("side", [0, 1])
def test_a_gap_makes_unknown_every_ratio_that_needs_it(side):
    lines = [np.ones(9), np.full(9, 4.0)]
    lines[side][3] = NAN
    known = np.flatnonzero(~np.isnan(trailing_ratio(*lines)))
    assert known.tolist() == [7, 8]  # the first four quarters without the gap end at place 7


def test_no_ratio_over_a_year_without_revenue():
    ratio = trailing_ratio(np.ones(4), line(5, -5, 3, -3))
    assert math.isnan(ratio[-1])
    assert trailing_ratio(np.ones(3), np.ones(3)).tolist() == pytest.approx([NAN] * 3, nan_ok=True)
    assert len(trailing_ratio(np.empty(0), np.empty(0))) == 0


def test_growth_is_over_the_same_quarter_a_year_before():
    growth = yearly_growth(line(8, 5, 0, -4, 10, NAN, 3, 2))
    expected = [NAN, NAN, NAN, NAN, 10 / 8 - 1, NAN, NAN, NAN]  # 0 and -4 grow by no fraction
    np.testing.assert_array_equal(growth, expected)


def test_the_latest_is_the_last_known_value():
    assert latest(line(1, 2, NAN)) == 1
    assert latest(line(NAN, NAN)) == -1
    assert latest(np.empty(0)) == -1


def test_the_common_quarter_is_known_of_every_company_and_a_year_before_too():
    full = np.arange(1.0, 8.0)
    late = full.copy()
    late[6] = NAN  # has not reported the last quarter
    assert latest_common(np.array([full, full])) == 6
    assert latest_common(np.array([full, late])) == 5
    without = full.copy()
    without[1] = NAN  # nothing to compare place 5 with
    assert latest_common(np.array([late, without])) == 4
    assert latest_common(np.array([full[:4], full[:4]])) == -1  # no year before
    assert latest_common(np.array([full, np.full(7, NAN)])) == -1


def test_growth_of_several_companies_is_that_of_their_sum():
    capex = np.array([line(10, 0, 0, 0, 12), line(30, 0, 0, 0, 40)])
    assert summed_growth(capex, 4) == (12 + 40) / (10 + 30) - 1
    assert math.isnan(summed_growth(capex, -1))
    assert math.isnan(summed_growth(np.array([line(0, 0, 0, 0, 12)]), 4))


def test_the_reference_is_the_mean_before_the_latest_and_needs_all_of_it():
    ratios = line(NAN, 0.10, 0.20, 0.30, 0.90)
    assert reference_ratio(ratios, 4, 3) == pytest.approx((0.10 + 0.20 + 0.30) / 3, rel=1e-15)
    assert reference_ratio(ratios, 3, 2) == pytest.approx((0.10 + 0.20) / 2, rel=1e-15)
    assert math.isnan(reference_ratio(ratios, 4, 4))  # one of them is unknown
    assert math.isnan(reference_ratio(ratios, 4, 5))  # there are not five
    assert math.isnan(reference_ratio(ratios, -1, 1))


@pytest.mark.parametrize(
    ("intensity", "reference", "multiple"),
    [
        (0.15, 0.10, 0.15 / 0.10),
        (0.10, 0.10, 1.0),
        (0.30, 0.10, 2.0),  # three times its past, held at two
        (0.04, 0.10, 0.5),  # 0.4 of its past, held at a half
        (0.20, 0.10, 2.0),
        (0.05, 0.10, 0.5),
        (0.10, 0.0, NAN),
        (0.10, -0.1, NAN),
        (0.10, NAN, NAN),
        (NAN, 0.10, NAN),
    ],
)
def test_the_multiple_is_intensity_over_its_reference_between_its_bounds(
    intensity, reference, multiple
):
    computed = size_multiple(intensity, reference, 0.5, 2.0)
    assert computed == pytest.approx(multiple, rel=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    ("growth", "enters"), [(0.2001, True), (0.20, True), (0.1999, False), (NAN, False)]
)
def test_an_entry_is_at_or_above_its_level(growth, enters):
    assert is_capex_entry(growth, 0.20) is enters
