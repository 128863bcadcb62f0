"""Records become what JSON can hold, and nothing else passes."""

import datetime as dt
import json
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from engine.to_json import plain


@dataclass(frozen=True)
class Record:
    name: str
    values: np.ndarray


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("text", "text"), (True, True), (3, 3), (0.1 + 0.2, 0.1 + 0.2),
        (math.nan, None), (math.inf, None), (np.float64(2.5), 2.5), (np.int64(4), 4),
        (np.bool_(True), True), (np.float64("nan"), None),
        (dt.date(2024, 1, 5), "2024-01-05"), (pd.Timestamp("2024-01-05 10:00"), "2024-01-05"),
        (np.datetime64("2024-01-05"), "2024-01-05"), (pd.NaT, None), (np.datetime64("NaT"), None),
        ((1, [2.0]), [1, [2.0]]), ({5: math.nan, "a": ()}, {"5": None, "a": []}),
        (np.array([[1.0, math.nan], [3.0, 4.0]]), [[1.0, None], [3.0, 4.0]]),
        (Record("r", np.array([1, 2])), {"name": "r", "values": [1, 2]}),
    ],
)  # fmt: skip
def test_a_value_becomes_plain(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)
    json.dumps(plain(value), allow_nan=False)


@pytest.mark.parametrize("value", [{1, 2}, object(), Record, b"bytes"])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match=r"a record held .* expected text, a number, a date"):
        plain([value])
