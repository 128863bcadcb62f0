"""Dates and numbers of price files: what each writing means, and what means two things."""

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.prices.csv import CsvSource
from feeds.prices.dialects import WHOLE
from feeds.prices.price_dates import read_days
from feeds.prices.price_dividends import derived
from feeds.prices.price_numbers import decimal_mark, read_numbers, read_volumes
from feeds.source import DataError
from tests.unit.vendor_files import PLAIN

HERE = Path("SMH.csv")


def days(*cells):
    return read_days(cells, range(2, len(cells) + 2), "Date", HERE)


def number(cell, mark="."):
    (value,) = read_numbers([cell], [2], "Close", mark, HERE)
    return value


def mark(*cells):
    return decimal_mark([cells], range(2, len(cells) + 2), HERE)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05", "2024/1/5", "2024.01.05", "2024-01-05 00:00:00-05:00", "2024-01-05T00:00:00Z",
        "2024-01-05T05:00:00.000Z", "2024-01-05 23:59", "20240105", "20240105 000000",
        "Jan 5, 2024", "Jan. 05, 2024", "January 5 2024", "Fri, Jan 5, 2024", "Fri Jan 5 2024",
        "5 Jan 2024", "05-Jan-2024", "5-Jan-24", "5 January, 2024", "1704412800", "1704412800.0",
        "1704430800000", "1704430800000000000",
    ],
)  # fmt: skip
def test_one_day_in_many_writings(cell):
    assert days(cell).days == [dt.date(2024, 1, 5)]


@pytest.mark.parametrize(
    ("cells", "expected", "trait"),
    [
        (("1/12/2023", "1/13/2023"), ["2023-01-12", "2023-01-13"], "dates month first"),
        (("12/1/2023", "13/1/2023"), ["2023-01-12", "2023-01-13"], "dates day first"),
        (("12.01.2023", "13.01.2023"), ["2023-01-12", "2023-01-13"], "dates day first"),
        (("01-12-2023", "01-13-2023"), ["2023-01-12", "2023-01-13"], "dates month first"),
        (("01/12/24", "01/16/24"), ["2024-01-12", "2024-01-16"], "dates month first"),
        (("31/12/98", "04/01/99"), ["1998-12-31", "1999-01-04"], "dates day first"),
        (("1/31/2024 16:00:00", "2/1/2024 16:00:00"), ["2024-01-31", "2024-02-01"],
         "dates month first"),
        (("05/05/2023",), ["2023-05-05"], "dates month first"),  # the same day either way
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_is_what_every_row_allows(cells, expected, trait):
    read = days(*cells)
    assert [str(day) for day in read.days] == expected
    assert read.traits == (trait,) if ":" not in cells[0] else trait in read.traits


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("05/06/2023",), ":2: Date was '05/06/2023', and no row tells whether that is 2023-05-06 "
         "or 2023-06-05; expected dates like 2024-01-05 (write them year first), or a row past"),
        (("05/06/2023", "06/06/2023", "07/06/2023"), ":2: Date was '05/06/2023', and no row tells"),
        (("01/05/24",), ":2: Date was '01/05/24', and no row tells"),
        (("05/13/2023", "13/05/2023"), ":3: Date was '13/05/2023', but '05/13/2023' on line 2; "),
        (("2023-06-12", "13/06/2023"), ":3: Date was '13/06/2023', but '2023-06-12' on line 2; "),
        (("31/31/2023",), ":2: Date was '31/31/2023'; expected real days in one order"),
        (("2023-02-30",), ":2: Date was '2023-02-30'; expected a date like 2024-01-05"),
        (("Foo 5, 2024",), ":2: Date was 'Foo 5, 2024'; expected a date like"),
        (("45296",), ":2: Date was '45296'; expected a date like"),  # a spreadsheet's day number
        (("",), ":2: Date was ''; expected a date like"),
        (("99999999999999999",), ":2: Date was '99999999999999999'; expected a date like"),
    ],
)  # fmt: skip
def test_what_is_no_day_or_two_is_refused_with_the_remedy(cells, message):
    with pytest.raises(DataError) as caught:
        days(*cells)
    assert str(caught.value).startswith(f"SMH.csv{message}")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("10,827,100", 10827100), ("$1,234.50", 1234.5), ("-$1.25", -1.25), ("$-1.25", -1.25),
        (" 12 ", 12), ("+3", 3), (".5", 0.5), ("5.", 5), ("1e-05", 1e-05), ("1E3", 1000),
        ("1'234.5", 1234.5), ("1\u00a0234.5", 1234.5), ("0.1", 0.1),
        ("16.170000076293945", 16.170000076293945),
    ],
)  # fmt: skip
def test_a_number_is_the_float_nearest_to_what_is_written(cell, value):
    assert number(cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("114,59", 114.59), ("1.234,5", 1234.5), ("1 234,50", 1234.5),
     ("8.752.400", 8752400), ("-0,5", -0.5)],
)  # fmt: skip
def test_a_comma_may_be_decimal(cell, value):
    assert number(cell, ",") == value


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [("10.83M", ".", 10830000), ("3.4K", ".", 3400), ("1.25B", ".", 1250000000),
     ("0.07m", ".", 70000), ("10,83M", ",", 10830000), ("1000", ".", 1000)],
)  # fmt: skip
def test_a_volume_may_be_told_in_thousands_and_millions(cell, mark, value):
    assert read_volumes([cell, "5"], [2, 3], "Vol.", mark, HERE) == [value, 5]


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "null", "N/A", "#N/A", "-", "--", "None"])
def test_no_value_is_nan(cell):
    assert math.isnan(number(cell))


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "1,00", "12,34,567", "1.2.3", "€5", "5%", "inf", "1e", "--5", "+-5",
             "$", "0x10", "1 2", "M", "1e99999", "5 USD", "1.5K"]
)  # fmt: skip
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(DataError, match=r"SMH.csv:2: Close was .*; expected a number"):
        number(cell)


def test_the_decimal_sign_is_what_the_file_shows():
    assert mark("185.73", "10,827,100") == "."
    assert mark("1,234", "1,234.5") == "."
    assert mark("1,234,567") == "."
    assert mark("114,59", "55,126") == ","
    assert mark("1.234,5", "8.752.400") == ","
    assert mark("0,125") == ","
    assert mark("1.234") == "."
    assert mark("1 234,50") == ","


def test_a_comma_that_may_be_either_is_refused():
    with pytest.raises(DataError, match=r"SMH.csv:2: was '1,234', and no number of the file tells"):
        mark("1,234", "55,126")
    with pytest.raises(DataError, match=r"SMH.csv:3: was '114,59', but '185.73' on line 2"):
        mark("185.73", "114,59")


# --- dividends ---


def written(values):
    return [repr(float(each)) for each in values]


@given(
    st.lists(
        st.tuples(st.floats(10, 500), st.sampled_from([0.0, 0.0, 0.0, 0.0025, 0.305, 1.0])),
        min_size=2,
        max_size=30,
    )
)
def test_dividends_come_back_from_the_adjusted_close_they_made(rows):
    close = np.round([price for price, _ in rows], 4)
    paid = np.array([0.0, *(dividend for _, dividend in rows[1:])])
    factor = np.append(np.cumprod((1 - paid[1:] / close[:-1])[::-1])[::-1], 1.0)
    adjusted = close * factor
    steps = derived(close, adjusted, written(close), written(adjusted))
    seen = steps.dividends > 0
    assert np.all(np.abs(steps.dividends - paid)[seen] <= steps.known_to[seen])
    assert np.all(seen[paid > 2 * steps.known_to])
    assert not seen[paid == 0].any()
    assert not steps.backwards.any()
    assert not steps.too_large.any()


def test_nothing_is_seen_where_rounding_explains_it():
    close, adjusted = np.array([100.01, 100.02]), np.array([99.49, 99.49])
    steps = derived(close, adjusted, ["100.01", "100.02"], ["99.49", "99.49"])
    assert list(steps.dividends) == [0, 0]  # within a cent or two
    assert steps.known_to[1] == pytest.approx(4 * 0.005, rel=0.01)  # four prices to half a cent


def test_an_unknown_close_says_nothing():
    close = np.array([100.0, np.nan, 100.0])
    steps = derived(close, close, ["100.00", "", "100.00"], ["100.00", "", "100.00"])
    assert list(steps.dividends) == [0, 0, 0]
    assert not steps.too_large.any()


# --- one table, many writings ---

TABLE = [
    ("2022-12-01", 114.59, 114.925, 111.89, 113.5, 110.715, 8752400, 0.0, 0),
    ("2022-12-02", 110.7, 112.325, 110.125, 111.94, 109.193, 8204000, 0.0, 0),
    ("2022-12-19", 105.585, 105.77, 103.44, 104.34, 102.937, 7227000, 1.2005, 0),
    ("2022-12-20", 103.175, 104.67, 103.0, 103.83, 102.434, 4510000, 0.0, 4),
]
HEADER = WHOLE.split(",")


@given(
    delimiter=st.sampled_from([";", "\t", "|"]),
    comma=st.booleans(),
    grouped=st.booleans(),
    day=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%b %d, %Y", "%Y%m%d"]),
    newest_first=st.booleans(),
    coding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    capitals=st.sampled_from([str.lower, str.upper, str.title]),
    columns=st.permutations(range(1, 9)),
)
def test_a_table_is_the_same_however_it_is_written(
    tmp_path_factory, delimiter, comma, grouped, day, newest_first, coding, end, capitals, columns
):
    def cell(value):
        if isinstance(value, str):
            return dt.date.fromisoformat(value).strftime(day)
        text = f"{value:,}" if grouped else str(value)
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    order = [0, *columns]
    rows = [[cell(row[at]) for at in order] for row in TABLE]
    lines = [[capitals(HEADER[at]) for at in order], *(rows[::-1] if newest_first else rows)]
    text = end.join(delimiter.join(line) for line in lines)
    folder = tmp_path_factory.mktemp("written")
    (folder / "SMH.csv").write_bytes(text.encode(coding))
    bars = CsvSource(folder).bars("SMH")
    expected = pd.DataFrame(
        [list(map(float, row[1:])) for row in TABLE],
        index=pd.DatetimeIndex([row[0] for row in TABLE], name="date").as_unit("us"),
        columns=bars.frame.columns,
    )
    pd.testing.assert_frame_equal(bars.frame, expected, check_exact=True)
    assert bars.dialect.startswith("Yahoo, with dividends and splits")


# --- whatever is in a file ---

BROKEN = st.sampled_from(
    ["nan", "inf", "-1", "0", "1e300", "1e-320", "1" * 400, "", "-", "1,5", "1.2.3", "05/06/2023",
     "\x00", "\u2028", '"', "'", "a;b", "4:1", "5 Dividend", "1:0 Stock Split", "$", "%", "²", "٣"]
)  # fmt: skip


@given(
    vendor=st.sampled_from(sorted(PLAIN)),
    spoilt=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 9), BROKEN | st.text(max_size=8)), max_size=4
    ),
    cut=st.integers(0, 500) | st.none(),
)
def test_a_spoilt_file_is_read_or_refused_in_one_line_naming_it(
    tmp_path_factory, vendor, spoilt, cut
):
    lines = [line.split(",") for line in PLAIN[vendor].strip().splitlines()]
    for row, column, cell in spoilt:
        cells = lines[row % len(lines)]
        cells[column % len(cells)] = cell
    folder = tmp_path_factory.mktemp("spoilt")
    text = "\n".join(",".join(cells) for cells in lines)[:cut]
    (folder / "SMH.csv").write_bytes(text.encode("utf-8", "replace"))
    refused = ""
    try:
        bars = CsvSource(folder).bars("SMH")
    except DataError as error:
        refused = str(error)
    else:
        assert bars.frame.index.is_monotonic_increasing
        assert bars.frame.index.is_unique
        assert not bars.frame[["dividend", "split"]].isna().any(axis=None)
    assert refused == "" or refused.startswith(str(folder / "SMH.csv"))
    assert "\n" not in refused
