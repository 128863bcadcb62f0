"""Dated rates from a file: the one in force on a day, and every file that is refused."""

import datetime as dt

import numpy as np
import pytest

from feeds.series.rates import BORROW, INTEREST, rate_findings, rates_on, read_rates
from feeds.source import DataError
from tests.unit.hand_market import side_file

LAST = dt.date(2021, 6, 30)
FED = "date,rate\n2024-01-05,0.05\n2024-06-03,0.0525\n2024-09-19,0.0475\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "rates.csv"
        path.write_text(text, encoding="utf-8")
        return side_file(path)

    return write


def days(*each):
    return np.array(each, dtype="datetime64[D]")


def test_a_rate_holds_from_its_date_until_the_next(written):
    asked = days("2024-01-05", "2024-06-02", "2024-06-03", "2024-09-18", "2024-09-19", "2026-01-02")
    computed = rates_on(written(FED), asked)
    assert computed.tolist() == [0.05, 0.05, 0.0525, 0.0525, 0.0475, 0.0475]


def test_the_file_is_read_whole(written):
    known, rates = read_rates(written(FED))
    assert known.astype(str).tolist() == ["2024-01-05", "2024-06-03", "2024-09-19"]
    assert rates.tolist() == [0.05, 0.0525, 0.0475]


def test_no_rate_is_known_before_the_first_and_none_is_invented(written):
    path = written(FED)
    with pytest.raises(DataError) as caught:
        rates_on(path, days("2024-01-04", "2024-01-05"))
    assert str(caught.value) == (
        f"{path.path}: begins on 2024-01-05; expected a rate on or before 2024-01-04"
    )


def test_no_days_need_no_rate(written):
    assert rates_on(written(FED), days()).tolist() == []


@pytest.mark.parametrize(
    ("rate", "kind"),
    [("0", INTEREST), ("0.0", BORROW), ("0.5", INTEREST), ("4", BORROW), ("1e-3", BORROW)],
)
def test_a_rate_is_a_fraction_a_year(written, rate, kind):
    computed = read_rates(written(f"date,rate\n2024-01-05,{rate}\n"), kind)[1]
    assert computed.tolist() == [float(rate)]


@pytest.mark.parametrize(
    ("rate", "kind", "message"),
    [
        ("5.32", INTEREST, "expected 0 to 0.5; a fraction was expected: 5.32 is 532 %; did you"),
        ("0.51", INTEREST, "expected 0 to 0.5; a fraction was expected: 0.51 is 51 %; did you"),
        ("5.32", BORROW, "expected 0 to 4; a fraction was expected: 5.32 is 532 %; did you mean"),
        ("25", BORROW, "a fraction was expected: 25 is 2500 %; did you mean 0.25? If the file"),
        ("inf", INTEREST, "expected 0 to 0.5. If the file holds percents, divide every rate by"),
        ("1e300", BORROW, "expected 0 to 4. If the file holds percents, divide every rate by 100"),
    ],
)
def test_a_percent_for_a_fraction_is_refused_with_what_may_be_meant(written, rate, kind, message):
    path = written(f"date,rate\n2024-01-05,0.05\n2024-01-08,{rate}\n")
    with pytest.raises(DataError) as caught:
        read_rates(path, kind)
    assert str(caught.value).startswith(f"{path.path}:3: rate was {rate}; ")
    assert message in str(caught.value)


def test_a_rate_that_somebody_might_mean_is_a_finding(written):
    high = written("date,rate\n2024-01-05,0.05\n2024-06-03,0.3\n2024-09-19,0.28\n")
    (finding,) = rate_findings(high, INTEREST, "", LAST)
    assert (finding.check, finding.severity) == ("rate_high", "warning")
    assert finding.dates == ("2024-06-03", "2024-09-19")
    assert (
        "2 of 3 rates were above 25% a year (the first on 2024-06-03, the highest 0.3, which"
        in (finding.text)
    )
    assert rate_findings(high, BORROW, "GME", LAST) == ()
    (squeezed,) = rate_findings(written("date,rate\n2021-01-26,1.2\n"), BORROW, "GME", LAST)
    assert (squeezed.symbol, squeezed.dates) == ("GME", ("2021-01-26",))


def test_percents_below_one_are_told_by_their_two_decimals(written):
    # T-bills of 2020 and 2021 as FRED serves them: 0.09 is 0.09 %, and would be taken for 9 %.
    percents = ("0.12", "0.09", "0.10", "0.05", "0.02", "0.04")
    rows = "".join(f"2020-0{month}-01,{rate}\n" for month, rate in enumerate(percents, start=4))
    (finding,) = rate_findings(written("date,rate\n" + rows), INTEREST, "", LAST)
    assert (finding.check, finding.dates) == ("rate_percent", ("2020-04-01", "2020-09-01"))
    assert "none of its 6 rates had more than two decimals" in finding.text
    assert "0.12 is 12% a year" in finding.text
    finer = written("date,rate\n" + rows + "2021-01-04,0.0533\n")
    assert rate_findings(finer, INTEREST, "", LAST) == ()
    few = written("date,rate\n2024-01-05,0.05\n2024-01-08,0.02\n")
    assert rate_findings(few, BORROW, "X", LAST) == ()


REFUSED = [
    ("day,rate\n2024-01-05,0.05\n", ":1: has no column date; expected date,rate"),
    ("observation_date,DTB3\n2024-01-05,5.32\n", ":1: has none of the columns date,rate (it was"),
    ("date,rate,source\n2024-01-05,0.05,Fed\n", ":1: columns were date,rate,source; expected dat"),
    ("date,rate,rate\n2024-01-05,0.05,0.05\n", ":1: has the column rate more than once; expected"),
    ("date,rate\n2024-01-05,0,05\n", ":2: had other cells than the header's 2"),
    ("date,rate\n2024-01-05,1_0\n", ":2: rate was 1_0; expected a fraction from 0 to 0.5"),
    ('date,rate\n2024-01-05,"0.05\n', ":2: is not CSV"),
    ("date,rate\n", ": was empty; expected at least one date,rate"),
    ("", ": was empty; expected a CSV file that begins with date,rate"),
    ("date,rate\n2024-01-05,5 %\n", ":2: was 2024-01-05,5 %; expected a day like 2024-01-05 and a"),
    ("date,rate\n2024-01-05,\n", ":2: was 2024-01-05,; expected a day like 2024-01-05 and a"),
    ("date,rate\n05/01/2024,0.05\n", ":2: was 05/01/2024,0.05; expected a day like 2024-01-05"),
    # A missing day, a month, a year and a word are no days, whatever numpy makes of them.
    ("date,rate\n,0.05\n", ":2: was ,0.05; expected a day like 2024-01-05 and a fraction"),
    ("date,rate\n2024-01,0.05\n", ":2: was 2024-01,0.05; expected a day like 2024-01-05"),
    ("date,rate\n2024,0.05\n", ":2: was 2024,0.05; expected a day like 2024-01-05"),
    ("date,rate\ntoday,0.05\n", ":2: was today,0.05; expected a day like 2024-01-05"),
    ("date,rate\nNaT,0.05\n", ":2: was NaT,0.05; expected a day like 2024-01-05"),
    ("date,rate\n2024-01-05,-0.01\n", ":2: rate was -0.01; expected a fraction from 0 to 0.5"),
    ("date,rate\n2024-01-05,nan\n", ":2: rate was nan; expected a fraction from 0 to 0.5"),
    (FED + "2024-09-19,0.05\n", ":5: 2024-09-19 was not after the day above; expected ascending"),
    (FED + "2024-09-18,0.05\n", ":5: 2024-09-18 was not after the day above; expected ascending"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_file_that_is_no_series_is_refused_with_its_place(written, text, message):
    path = written(text)
    with pytest.raises(DataError) as caught:
        read_rates(path)
    assert str(caught.value).startswith(f"{path.path}{message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("last", "is_reported"),
    [("2025-09-20", False), ("2025-09-21", True), ("2024-01-08", False), ("2035-01-02", True)],
)
def test_a_series_that_ended_a_year_before_the_run_is_told(written, last, is_reported):
    file = written(FED)
    findings = rate_findings(file, INTEREST, "", dt.date.fromisoformat(last))
    assert bool(findings) is is_reported
    if is_reported:
        assert (findings[0].check, findings[0].dates) == ("rate_ended", ("2024-09-19",))
        assert findings[0].text == (
            f"{file.path}: ends on 2024-09-19; its last rate, 0.0475, was used on every day after "
            f"it, to {last}: if the rate moved since, add the newer rows"
        )
