"""Price files as vendors write them: every value worked out by hand, and what the file lacks."""

import math

import pytest

from feeds.prices.csv import CsvSource
from feeds.prices.dialects import WHOLE, columns_of, dialect_of, is_of, plain_name
from feeds.source import DataError
from tests.unit.vendor_files import PLAIN

ALL = ("adjusted close", "volume", "dividends", "splits")
ISO = ["2023-12-15", "2023-12-18", "2023-12-19"]


@pytest.fixture
def read(tmp_path):
    def reading(content, symbol="SMH"):
        if isinstance(content, str):
            content = content.encode()
        (tmp_path / f"{symbol}.csv").write_bytes(content)
        return CsvSource(tmp_path).bars(symbol)

    return reading


@pytest.fixture
def refusal(tmp_path, read):
    def refused(content, symbol="SMH"):
        with pytest.raises(DataError) as caught:
            read(content, symbol)
        message = str(caught.value)
        assert "\n" not in message
        return message.removeprefix(str(tmp_path / f"{symbol}.csv"))

    return refused


def days(bars):
    return [str(day.date()) for day in bars.frame.index]


def column(bars, name):
    return list(bars.frame[name])


def finding(bars, check):
    (computed,) = [each for each in bars.findings if each.check == check]
    return computed


@pytest.mark.parametrize("dialect", PLAIN)
def test_the_same_three_days_are_read_whoever_wrote_them(read, dialect):
    bars = read(PLAIN[dialect].lstrip("\n"))
    assert bars.dialect == dialect
    assert days(bars) == ISO
    assert column(bars, "open") == [171, 170.5, 173]
    assert column(bars, "high") == [172.5, 174, 176]
    assert column(bars, "low") == [169, 170, 172]
    assert column(bars, "close") == [170, 173, 175]
    assert column(bars, "adj_close") == [170, 173, 175]
    assert column(bars, "volume") == [1000, 2000, 3000]
    assert column(bars, "dividend") == [0, 0, 0]
    assert column(bars, "split") == [0, 0, 0]
    assert [each.severity for each in bars.findings if each.severity == "error"] == []
    lacking = set(bars.lacks)
    assert lacking <= set(ALL)
    assert ("splits" in lacking) == any(each.check == "no_splits" for each in bars.findings)


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_coding_and_line_ends_change_no_value(read, coding, end):
    plain = PLAIN["Yahoo, with dividends and splits"].lstrip()
    bars = read((plain + "\n,,,,,,,,\n\n").replace("\n", end).encode(coding))
    assert days(bars) == ISO
    assert column(bars, "close") == [170, 173, 175]
    assert bars.findings == ()


# --- what is lacking ---


def test_dividends_are_worked_out_of_both_closes(read):
    # Before a dividend of 1.25 on 100 dollars Adj Close is the close times 1 - 1.25 / 100.
    bars = read(
        "Date,Open,High,Low,Close,Adj Close,Volume\n"
        "2023-12-15,99,101,98,100.00,98.75,1000\n"
        "2023-12-18,99,101,98,99.50,99.50,1000\n"
        "2023-12-19,99,101,98,100.00,100.00,1000\n"
    )
    assert column(bars, "dividend") == [0, 1.25, 0]
    computed = finding(bars, "derived_dividends")
    assert computed.dates == ("2023-12-18",)
    assert (
        "1 are derived from Close and Adj Close and booked on their ex-dates (2023-12-18 1.25)"
        in (computed.text)
    )
    assert bars.lacks == ("dividends", "splits")


def test_as_traded_prices_become_those_of_todays_shares(read):
    # Two for one on the 18th; a dollar a share on the 15th is half a dollar a share of today's.
    bars = read(
        "date,close,high,low,open,volume,adjClose,divCash,splitFactor\n"
        "2023-12-14,402,404,396,400,900,199.5,0.0,1.0\n"
        "2023-12-15,400,404,396,400,1000,199,1.0,1.0\n"
        "2023-12-18,201,202,198,200,2000,200,0.0,2.0\n"
        "2023-12-19,202,203,199,201,2100,201,0.5,1.0\n"
    )
    assert column(bars, "close") == [402 / 2, 400 / 2, 201, 202]
    assert column(bars, "open") == [400 / 2, 400 / 2, 200, 201]
    assert column(bars, "volume") == [900 * 2, 1000 * 2, 2000, 2100]
    assert column(bars, "dividend") == [0, 1.0 / 2, 0, 0.5]
    assert column(bars, "split") == [0, 0, 2, 0]
    assert column(bars, "adj_close") == [199.5, 199, 200, 201]
    assert finding(bars, "as_traded").dates == ("2023-12-18",)
    assert bars.lacks == ()


def test_no_dividends_and_no_adjusted_close_is_told_with_what_it_does(read):
    bars = read(PLAIN["Nasdaq.com; dates month first; newest first"].lstrip())
    computed = finding(bars, "no_dividends")
    assert computed.severity == "warning"
    assert "held long it is not credited with them, held short it is not charged" in computed.text
    assert bars.lacks == ("adjusted close", "dividends", "splits")


def test_prices_adjusted_for_dividends_book_none(read):
    name = "yfinance download, several header rows, auto-adjusted"
    assert (
        "part of the price's move"
        in finding(read(PLAIN[name].lstrip()), "total_return_prices").text
    )


def test_dividends_beside_prices_that_may_have_lost_them_are_an_error_on_their_dates(read):
    bars = read(
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
        "2023-12-15,171,172.5,169,170,1000,0.0,0.0\n"
        "2023-12-18,170.5,174,170,173,2000,1.043,0.0\n"
    )
    computed = finding(bars, "dividends_twice")
    assert (computed.severity, computed.dates) == ("error", ("2023-12-18",))
    assert "auto_adjust=False" in computed.text


def test_an_adjusted_close_beside_unadjusted_extremes_is_an_error(read):
    bars = read(
        "Date,Open,High,Low,Close,Volume\n2023-12-15,171,172.5,169,160,1000\n"
        "2023-12-18,170.5,174,170,163,2000\n"
    )
    assert finding(bars, "mixed_adjustment").severity == "error"


def test_a_split_in_the_adjusted_close_alone_is_an_error(read):
    bars = read(
        "Date,Open,High,Low,Close,Adjusted_close,Volume\n"
        "2023-12-15,400,404,396,400,200,1000\n2023-12-18,200,202,198,201,201,2000\n"
    )
    computed = finding(bars, "adjusted close")
    assert (computed.severity, computed.dates) == ("error", ("2023-12-18",))
    assert "a split that Close is not adjusted for" in computed.text
    assert column(bars, "dividend") == [0, 0]


def test_an_adjusted_close_that_falls_behind_no_dividend_is_an_error(read):
    bars = read(
        "Date,Open,High,Low,Close,Adj Close,Volume\n"
        "2023-12-15,100,101,98,100.00,100.00,1000\n2023-12-18,100,101,98,100.00,99.00,2000\n"
    )
    assert finding(bars, "adjusted close").dates == ("2023-12-18",)


@pytest.mark.parametrize("volume", ["", "nan", "N/A", "-"])
def test_volumes_nobody_tells_are_unknown_and_not_zero(read, volume):
    text = PLAIN["Yahoo, with dividends and splits"].lstrip()
    for number in ("1000", "2000", "3000"):
        text = text.replace(f",{number},", f",{volume},")
    bars = read(text)
    assert all(math.isnan(each) for each in column(bars, "volume"))
    assert bars.lacks == ("volume",)
    assert "tells no volumes" in finding(bars, "no_volume").text


def test_an_index_lacks_nothing(read):
    bars = read(
        "DATE,OPEN,HIGH,LOW,CLOSE\n12/15/2023,12,13,11,12.5\n12/18/2023,13,14,12,13\n", "^VIX"
    )
    assert column(bars, "close") == column(bars, "adj_close") == [12.5, 13]
    assert column(bars, "volume") == [0, 0]
    assert (bars.lacks, bars.findings) == ((), ())


def test_blank_actions_among_others_are_none_and_counted(read):
    bars = read(
        "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits\n"
        "2023-12-15,171,172.5,169,170,170,1000,,\n2023-12-18,85,87,85,86.5,86.5,2000,,2:1\n"
        "2023-12-19,173,176,172,175,175,3000,0.0,\n"
    )
    assert column(bars, "split") == [0, 2, 0]
    assert column(bars, "dividend") == [0, 0, 0]
    texts = [each.text for each in bars.findings if each.check == "blank_cells"]
    assert texts == [
        "SMH has 2 blank cells of dividends: none on those days",
        "SMH has 2 blank cells of splits: none on those days",
    ]


@pytest.mark.parametrize(
    ("written", "ratio"),
    [("4:1", 4), ("4/1", 4), ("4-for-1", 4), ("4 for 1", 4), ("3:2", 1.5), ("1:10", 0.1),
     ("1:1", 0), ("1", 0), ("1.0", 0), ("0", 0), ("", 0), ("2.0", 2), ("0.125", 0.125)],
)  # fmt: skip
def test_a_split_in_words_is_a_ratio(read, written, ratio):
    bars = read(
        "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits\n"
        f"2023-12-15,171,172.5,169,170,170,1000,0,{written}\n"
    )
    assert column(bars, "split") == [ratio]


def test_rows_of_dividends_and_splits_between_the_prices_are_read(read):
    bars = read(
        "Date,Open,High,Low,Close*,Adj Close**,Volume\n"
        '"Dec 19, 2023",173.00,176.00,172.00,175.00,175.00,"3,000"\n'
        '"Dec 18, 2023","1.043 Dividend"\n'
        '"Dec 18, 2023",170.50,174.00,170.00,173.00,173.00,"2,000"\n'
        '"Dec 15, 2023","2:1 Stock Splits",,,,,\n'
        '"Dec 15, 2023",171.00,172.50,169.00,170.00,168.98,"1,000"\n'
        '"*Close price adjusted for splits.**Adjusted close price adjusted for both."\n'
    )
    assert column(bars, "dividend") == [0, 1.043, 0]
    assert column(bars, "split") == [2, 0, 0]
    assert bars.lacks == ()


# --- rows ---


def test_a_row_given_twice_is_read_once_and_said(read):
    text = PLAIN["Yahoo, with dividends and splits"].lstrip()
    bars = read(f"{text}\n{text.splitlines()[-1]}\n")
    assert days(bars) == ISO
    assert finding(bars, "row_twice").dates == ("2023-12-19",)


def test_a_row_given_twice_among_others_is_refused(refusal):
    text = PLAIN["Yahoo, with dividends and splits"].strip().splitlines()
    message = refusal("\n".join([*text[:3], text[2], text[3]]))
    assert message == ":4: Date was 2023-12-18 a second time; expected each date once"


def test_two_different_rows_of_one_day_are_refused(refusal):
    text = PLAIN["Yahoo, with dividends and splits"].lstrip()
    message = refusal(f"{text}\n2023-12-19,173,176,172,175.5,175,3000,0,0\n")
    assert message == (
        ":5: Date was 2023-12-19 a second time, with close 175.5 and not 175 as on line 4; "
        "expected one row a day (delete the wrong one; several rows a day are no daily bars)"
    )


def test_rows_in_no_order_are_refused_either_way(refusal):
    head, *rows = PLAIN["Nasdaq.com; dates month first; newest first"].strip().splitlines()
    assert ":3: Date was 2023-12-15, after 2023-12-18; expected ascending" in refusal(
        "\n".join([head, rows[1], rows[2], rows[0]])
    )
    assert ":3: Date was 2023-12-19, after 2023-12-18; expected descending" in refusal(
        "\n".join([head, rows[1], rows[0], rows[2]])
    )


def test_rows_of_another_ticker_are_refused(refusal):
    text = PLAIN["stooq, bulk; dates as 20240105"].strip()
    assert refusal(text.replace("SMH.US,D,20231218", "IGV.US,D,20231218")) == (
        ":3: is a row of 'IGV.US'; expected those of SMH alone, as the file's name says (one file "
        "a symbol)"
    )
    stacked = PLAIN["yfinance download, several header rows"].strip()
    assert ":1: has the prices of SMH; expected those of IGV" in refusal(stacked, "IGV")


@pytest.mark.parametrize(
    ("said", "symbol"),
    [("SMH", "SMH"), ("smh", "SMH"), ("SMH.US", "SMH"), ("NASDAQ:SMH", "SMH"), ("BRK.B", "BRK-B"),
     ("SMH US Equity", "SMH"), ("RY.TO", "RY.TO"), ("BRK.B.US", "BRK-B"), ("^VIX", "^VIX")],
)  # fmt: skip
def test_a_vendors_word_for_a_ticker_is_known(said, symbol):
    assert is_of(said, symbol)
    assert not is_of(said, "IGV")
    assert not is_of("SMH.L", "SMH")


@pytest.mark.parametrize(
    ("written", "plain"),
    [("Adj Close**", "adjclose"), ("<CLOSE>", "close"), ("5. adjusted close", "adjustedclose"),
     ("Close/Last", "closelast"), ("Vol.", "vol"), ("SMH.Close", "close"), ("Close_SMH", "close"),
     (" Open", "open"), ("split_coefficient", "splitcoefficient")],
)  # fmt: skip
def test_a_column_is_known_without_its_dress(written, plain):
    assert plain_name(written, "SMH") == plain


def test_the_more_telling_names_win():
    whole = columns_of(WHOLE.split(","))
    assert dialect_of(whole).name == "Yahoo, with dividends and splits"
    assert whole.lacking == ()
    assert columns_of(["Date", "Close"]).lacking == ("open", "high", "low")
