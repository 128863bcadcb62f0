"""Dated rates from a file: the one in force on a day, and every file that is refused."""

import numpy as np
import pytest

from feeds.rates import rates_on, read_rates
from feeds.source import DataError
from tests.unit.hand_market import side_file

FED = "date,rate\n2024-01-05,0.05\n2024-06-03,0.0525\n2024-09-19,0.0475\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "rates.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def days(*each):
    return np.array(each, dtype="datetime64[D]")


def test_a_rate_holds_from_its_date_until_the_next(written):
    asked = days("2024-01-05", "2024-06-02", "2024-06-03", "2024-09-18", "2024-09-19", "2026-01-02")
    found = rates_on(side_file(written(FED)), asked)
    assert found.tolist() == [0.05, 0.05, 0.0525, 0.0525, 0.0475, 0.0475]


def test_the_file_is_read_whole(written):
    known, rates = read_rates(side_file(written(FED)))
    assert known.astype(str).tolist() == ["2024-01-05", "2024-06-03", "2024-09-19"]
    assert rates.tolist() == [0.05, 0.0525, 0.0475]


def test_no_rate_is_known_before_the_first_and_none_is_invented(written):
    path = written(FED)
    with pytest.raises(DataError) as caught:
        rates_on(side_file(path), days("2024-01-04", "2024-01-05"))
    assert str(caught.value) == (
        f"{path}: begins on 2024-01-05; expected a rate on or before 2024-01-04"
    )


def test_no_days_need_no_rate(written):
    assert rates_on(side_file(written(FED)), days()).tolist() == []


@pytest.mark.parametrize("rate", ["0", "0.0", "10", "1e-3"])
def test_a_rate_is_a_fraction_from_nothing_to_ten(written, rate):
    assert read_rates(side_file(written(f"date,rate\n2024-01-05,{rate}\n")))[1].tolist() == [
        float(rate)
    ]


REFUSED = [
    ("day,rate\n2024-01-05,0.05\n", ": columns were day,rate; expected date,rate"),
    ("date,rate,source\n2024-01-05,0.05,Fed\n", ": columns were date,rate,source; expected date,"),
    ("date,rate\n", ": was empty; expected at least one date,rate"),
    ("", ": No columns to parse from file; expected a CSV file with date,rate"),
    ("date,rate\n2024-01-05,5 %\n", ":2: was 2024-01-05,5 %; expected a day like 2024-01-05 and a"),
    ("date,rate\n2024-01-05,\n", ":2: was 2024-01-05,; expected a day like 2024-01-05 and a"),
    ("date,rate\n05/01/2024,0.05\n", ":2: was 05/01/2024,0.05; expected a day like 2024-01-05"),
    # A missing day, a month, a year and a word are no days, whatever numpy makes of them.
    ("date,rate\n,0.05\n", ":2: was ,0.05; expected a day like 2024-01-05 and a fraction"),
    ("date,rate\n2024-01,0.05\n", ":2: was 2024-01,0.05; expected a day like 2024-01-05"),
    ("date,rate\n2024,0.05\n", ":2: was 2024,0.05; expected a day like 2024-01-05"),
    ("date,rate\ntoday,0.05\n", ":2: was today,0.05; expected a day like 2024-01-05"),
    ("date,rate\nNaT,0.05\n", ":2: was NaT,0.05; expected a day like 2024-01-05"),
    ("date,rate\n2024-01-05,5.25\n2024-01-08,10.01\n", ":3: rate was 10.01; expected a fraction"),
    ("date,rate\n2024-01-05,-0.01\n", ":2: rate was -0.01; expected a fraction from 0 to 10"),
    ("date,rate\n2024-01-05,nan\n", ":2: rate was nan; expected a fraction from 0 to 10"),
    ("date,rate\n2024-01-05,inf\n", ":2: rate was inf; expected a fraction from 0 to 10"),
    (FED + "2024-09-19,0.05\n", ":5: 2024-09-19 was not after the day above; expected ascending"),
    (FED + "2024-09-18,0.05\n", ":5: 2024-09-18 was not after the day above; expected ascending"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_file_that_is_no_series_is_refused_with_its_place(written, text, message):
    path = written(text)
    with pytest.raises(DataError) as caught:
        read_rates(side_file(path))
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)
