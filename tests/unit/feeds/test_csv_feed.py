"""A folder of Yahoo-shaped files: what is read, and what every kind of bad file is told."""

import csv
import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from feeds.prices.csv import CsvSource
from feeds.source import COLUMNS, DataError

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
ROWS = (
    "2024-06-07,119.77,121.69,118.02,120.89,120.545,412386000,0,0",
    "2024-06-10,120.37,123.1,117.01,121.79,121.444,314162700,0,10",
    "2024-06-11,121.77,122.87,118.74,120.91,120.576,222551200,0.01,0",
)
GOOD = "\n".join((HEADER, *ROWS)) + "\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "NVDA.csv").write_text(GOOD)
    return tmp_path


def _with_row(row):
    return "\n".join((HEADER, ROWS[0], row, ROWS[2])) + "\n"


def _refusal(folder, content):
    path = folder / "NVDA.csv"
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        CsvSource(folder).bars("NVDA")
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


def test_a_file_becomes_bars_cell_by_cell(folder):
    bars = CsvSource(folder).bars("NVDA")
    assert tuple(bars.frame.columns) == COLUMNS
    assert set(bars.frame.dtypes) == {np.dtype("float64")}
    assert list(bars.frame.index) == [
        pd.Timestamp("2024-06-07"),
        pd.Timestamp("2024-06-10"),
        pd.Timestamp("2024-06-11"),
    ]
    assert bars.frame.index.tz is None
    assert list(bars.frame.iloc[1]) == [120.37, 123.1, 117.01, 121.79, 121.444, 314162700, 0, 10]
    assert bars.frame["dividend"].iloc[2] == 0.01
    assert (bars.symbol, bars.synthetic, bars.findings) == ("NVDA", False, ())
    assert (bars.dialect, bars.lacks) == ("Yahoo, with dividends and splits", ())


def test_the_digest_is_of_the_bytes_on_disk(folder):
    bars = CsvSource(folder).bars("NVDA")
    assert bars.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert bars.origin == str(folder / "NVDA.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.rstrip("\n").encode(),
        (GOOD + "\n\n").encode(),
    ],
    ids=["byte-order mark", "Windows line ends", "no last line end", "blank lines at the end"],
)
def test_harmless_dress_changes_no_value(folder, content):
    plain = CsvSource(folder).bars("NVDA").frame
    (folder / "NVDA.csv").write_bytes(content)
    pd.testing.assert_frame_equal(CsvSource(folder).bars("NVDA").frame, plain)


def test_columns_are_found_by_name_and_further_ones_left_unread(folder):
    plain = CsvSource(folder).bars("NVDA").frame
    lines = [line.split(",") for line in GOOD.splitlines()]
    turned = [",".join([*cells[::-1], "Capital Gains" if i == 0 else "0"])
              for i, cells in enumerate(lines)]  # fmt: skip
    (folder / "NVDA.csv").write_text("\n".join(turned))
    pd.testing.assert_frame_equal(CsvSource(folder).bars("NVDA").frame, plain)


@pytest.mark.parametrize("cell", ["", "nan", "null", "NaN"])
def test_an_empty_cell_stays_nan_for_the_quality_check(folder, cell):
    (folder / "NVDA.csv").write_text(_with_row(f"2024-06-10,120.37,123.1,117.01,{cell},1,2,0,0"))
    frame = CsvSource(folder).bars("NVDA").frame
    assert len(frame) == 3
    assert np.isnan(frame["close"].iloc[1])
    assert frame.isna().sum().sum() == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2024-06-10,1,2,0.5,abc,1,100,0,0", ":3: Close was 'abc'; expected a number"),
        ("2024-06-10,1,2,0.5,1,1,1_000,0,0", ":3: Volume was '1_000'; expected a number"),
        ("2024-06-10,1,2,0.5,1,€1,100,0,0", ":3: Adj Close was '€1'; expected a number"),
        ("2024-06-10,1,2,0.5,1,1e,100,0,0", ":3: Adj Close was '1e'; expected a number"),
        ("2024-06-10,1,2,0.5,inf,1,100,0,0", ":3: Close was 'inf'; expected a number"),
        ("2024-06-10,1,2,0.5,1,1,100,0,4:0", ":3: Stock Splits was '4:0'; expected a ratio"),
        ("2024-06-10,1,2,0.5,1,1,100,0,four", ":3: Stock Splits was 'four'; expected a ratio"),
        ("10/06/2024,1,2,0.5,1,1,100,0,0", ":3: Date was '10/06/2024', but '2024-06-07' on line 2"),
        ("2024-06-31,1,2,0.5,1,1,100,0,0", ":3: Date was '2024-06-31'; expected a date like"),
        (",1,2,0.5,1,1,100,0,0", ":3: Date was ''; expected a date like 2024-01-05"),
        (
            "2024-06-07,1,2,0.5,1,1,100,0,0",
            ":3: Date was 2024-06-07 a second time, with open 1 and not",
        ),
        ("2024-06-06,1,2,0.5,1,1,100,0,0", ":3: Date was 2024-06-06, after 2024-06-07"),
        ("2024-06-10,1,2,0.5,1,1,100,0", ":3: had 8 cells; expected 9"),
        ("2024-06-10,1,2,0.5,1,1,1,000,0,0", ":3: had 10 cells; expected 9"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_cell(folder, row, message):
    assert _refusal(folder, _with_row(row)).startswith(message)


def test_two_faults_that_cancel_in_the_comma_count_are_still_found(folder):
    rows = ("2024-06-07,1,2,0.5,1,1,100,0", "2024-06-10,1,2,0.5,1,1,1,000,0,0")
    assert _refusal(folder, "\n".join((HEADER, *rows))).startswith(":2: had 8 cells; expected 9")


def test_columns_without_a_name_we_know_are_told_with_the_remedy(folder):
    message = _refusal(folder, GOOD.replace("Open", "First").replace("Close", "End"))
    assert message == (
        ":1: has the columns Date, First, High, Low, End, Adj End, Volume, Dividends, Stock Splits;"
        " expected the date, open, high, low and close, and found none for open, close; name them "
        f"as in {HEADER}, or export all of them"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ": is empty; expected rows under the header Date,Open"),
        ("\n\n", ": is empty; expected rows under the header Date,Open"),
        (HEADER + "\n", ": has a header and no rows"),
        ("<!DOCTYPE html><html></html>", ":1: no header was found in the first 20 rows, which beg"),
        ('{"Note": "Thank you for using our API!"}', ":1: no header was found in the first 20 row"),
        (HEADER + ",Close\n", ":1: has column Close beside another of the same meaning, or twice"),
        (HEADER + ",Last\n", ":1: has column Last beside another of the same meaning, or twice"),
        (b"\x89PNG\r\n\x1a\n", ":1: byte 0x89 is not UTF-8"),
        (GOOD.encode("utf-16")[:-1], ":4: byte 0x0a is not UTF-16"),
        (HEADER.encode() + b"\n2024-06-07,1,2,\xe9", ":2: byte 0xe9 is not UTF-8"),
        (HEADER + '\n2024-06-07,"1,2,0.5', ":2: had 2 cells; expected 9"),
    ],
)
def test_what_is_no_such_table_is_refused(folder, content, message):
    assert _refusal(folder, content).startswith(message)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        CsvSource(tmp_path / "absent").bars("NVDA")


def test_a_file_in_place_of_the_folder_is_refused(folder):
    with pytest.raises(DataError, match="no such folder"):
        CsvSource(folder / "NVDA.csv").bars("NVDA")


def test_an_absent_ticker_is_told_what_is_there_and_what_is_close(folder):
    (folder / "MSFT.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"NVDX.csv: no such file; did you mean NVDA\?.*MSFT, NVDA"):
        CsvSource(folder).bars("NVDX")


def test_case_is_exact(folder):
    (folder / "NVDA.csv").rename(folder / "nvda.csv")
    with pytest.raises(DataError, match=r"did you mean nvda\? the folder has nvda"):
        CsvSource(folder).bars("NVDA")


def test_the_suffix_may_be_in_capitals_but_the_file_is_one(folder):
    (folder / "MSFT.CSV").write_text(GOOD)
    assert len(CsvSource(folder).bars("MSFT").frame) == 3
    (folder / "NVDA.CSV").write_text(GOOD)
    with pytest.raises(DataError, match=r"has NVDA.CSV and NVDA.csv; expected one file of NVDA"):
        CsvSource(folder).bars("NVDA")


@pytest.mark.parametrize("name", ["smh.us", "SMH Historical Data", "daily_adjusted_SMH"])
def test_a_vendors_own_file_name_is_suggested(folder, name):
    (folder / f"{name}.csv").write_text(GOOD)
    with pytest.raises(DataError, match=rf"SMH.csv: no such file; did you mean {name}\?"):
        CsvSource(folder).bars("SMH")


def test_a_device_in_place_of_a_file_is_refused(folder):
    os.mkfifo(folder / "SMH.csv")
    with pytest.raises(DataError, match=r"SMH.csv: was a named pipe; expected the regular file"):
        CsvSource(folder).bars("SMH")
    (folder / "IGV.csv").symlink_to("IGV.csv")
    with pytest.raises(DataError, match=r"IGV.csv: could not be read"):
        CsvSource(folder).bars("IGV")


@pytest.mark.parametrize(
    "content",
    ["," * 5_000_000, "\n" * 5_000_000, HEADER + "\n2024-01-05,a" + " " * 100_000 + "b,,,,,,,",
     "x" * 5_000_000, HEADER + "\n" + "9" * 100_000],
    ids=["commas", "line ends", "blanks", "one word", "digits"],
)  # fmt: skip
def test_a_file_of_nothing_is_refused_at_once(folder, content):
    assert _refusal(folder, content)


def test_a_file_past_any_history_is_refused_unread(folder):
    with (folder / "NVDA.csv").open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(DataError, match=r"was more than 20,000,000 bytes"):
        CsvSource(folder).bars("NVDA")


def test_a_long_list_of_tickers_is_cut_and_counted(folder):
    for number in range(24):
        (folder / f"T{number:02}.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"NVDA, T00,.*T18 and 5 more$"):
        CsvSource(folder).bars("ZZZZ")


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(DataError, match=r"the folder has no \.csv file"):
        CsvSource(tmp_path).bars("NVDA")


@pytest.mark.parametrize("symbol", ["../NVDA", "nvda", "", "NVDA\n", "A/B", "<script>"])
def test_what_is_no_ticker_never_becomes_a_path(folder, symbol):
    with pytest.raises(DataError, match="expected an upper-case ticker"):
        CsvSource(folder).bars(symbol)


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "SMH.csv"
    elsewhere.write_text(GOOD)
    (folder / "SMH.csv").symlink_to(elsewhere)
    with pytest.raises(DataError, match="outside its folder"):
        CsvSource(folder).bars("SMH")


def test_a_folder_named_like_the_file_is_refused(folder):
    (folder / "SMH.csv").mkdir()
    with pytest.raises(DataError, match=r"SMH.csv: was a folder; expected the regular file"):
        CsvSource(folder).bars("SMH")


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
def test_every_real_cell_is_read_to_the_last_bit():
    path = Path(os.environ["MARKET_DATA"]) / "SMH.csv"
    frame = CsvSource(path.parent).bars("SMH").frame
    with path.open(newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    expected = np.array([[float(cell) for cell in row[1:]] for row in rows])
    np.testing.assert_array_equal(frame.to_numpy(), expected)
    assert [str(day.date()) for day in frame.index] == [row[0] for row in rows]
