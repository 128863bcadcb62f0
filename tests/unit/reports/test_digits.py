"""What is written of a number: dollars to a hundredth of the ledger's tolerance, prices as read."""

import math

import pandas as pd
import pytest

from reports.publish.digits import number, written, written_frame


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (483157.4941670303, "net_pnl", 483157.49416703),
        (483157.4941670277, "net_pnl", 483157.49416703),  # another order of the same sum
        (490.96000000000004, "commission", 490.96),
        (-1e-12, "dividends", 0.0),
        (0.02424507545848764, "vol_long", 0.0242450754585),
        (0.024245075458487638, "vol_long", 0.0242450754585),
        (8071.0, "margin_quarter", 8071.0),
        (-2.5664000000000002, "shares", -2.5664),
        (100.19999694824219, "price", 100.19999694824219),  # as the file said
        (39547123456.78, "value", 39547123456.78),
    ],
)
def test_a_number_keeps_the_digits_that_mean_something(value, name, expected):
    assert number(value, name) == expected
    assert str(number(value, name)) == str(expected)  # no minus zero


@pytest.mark.parametrize("name", ["net_pnl", "z"])
def test_what_is_no_number_stays_so(name):
    assert math.isnan(number(math.nan, name))
    assert number(math.inf, name) == math.inf


def test_records_and_frames_are_cut_by_the_names_they_stand_under():
    data = {"net_pnl": 0.1 + 0.2, "breakeven": {"borrow_rate": 1 / 3}, "trades": [{"fees": 1 / 3}],
            "name": "x", "sessions": 3, "win_rate": None}  # fmt: skip
    assert written(data) == {
        "net_pnl": 0.3, "breakeven": {"borrow_rate": 0.333333333333},
        "trades": [{"fees": 0.33333333}], "name": "x", "sessions": 3, "win_rate": None,
    }  # fmt: skip
    frame = pd.DataFrame({"z": [1 / 3], "cash": [1 / 3], "acted": [True], "n": [7]})
    cut = written_frame(frame)
    assert cut["z"].tolist() == [0.333333333333]
    assert cut["cash"].tolist() == [0.33333333]
    assert frame["z"].tolist() == [1 / 3]
    assert list(cut.dtypes) == list(frame.dtypes)
