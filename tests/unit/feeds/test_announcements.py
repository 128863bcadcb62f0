"""Nights with announcements, on the sessions around Easter 2024 (closed on Friday 29 March)."""

import datetime as dt

import numpy as np
import pytest

from feeds.series.announcements import announcement_findings, event_nights
from feeds.source import DataError
from tests.unit.hand_market import side_file

SESSIONS = np.array(
    ["2024-03-26", "2024-03-27", "2024-03-28", "2024-04-01", "2024-04-02"], dtype="datetime64[D]"
)
NEXT = np.append(SESSIONS[1:], np.datetime64("2024-04-03"))
HEADER = "ticker,announce_date,session\n"


@pytest.fixture
def nights(tmp_path):
    """Sessions whose night has an announcement, as MM-DD."""

    def read(rows, *symbols):
        path = tmp_path / "earnings.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        flags = event_nights(side_file(path), symbols or ("LLL", "SSS"), SESSIONS, NEXT)
        assert flags.dtype == bool
        return [str(day)[5:] for day in SESSIONS[flags]]

    return read


@pytest.mark.parametrize(
    ("day", "when", "expected"),
    [
        ("2024-03-27", "AMC", ["03-27"]),  # after the close: that day's night
        ("2024-03-27", "BMO", ["03-26"]),  # before the open: the night before
        ("2024-03-27", "", ["03-26", "03-27"]),  # not known: both
        ("2024-03-28", "AMC", ["03-28"]),  # one night lasts from Thursday to Monday
        ("2024-04-01", "BMO", ["03-28"]),
        ("2024-03-29", "AMC", ["03-28"]),  # a day without a session lies inside a night
        ("2024-03-31", "BMO", ["03-28"]),
        ("2024-03-30", "", ["03-28"]),
        ("2024-04-02", "AMC", ["04-02"]),  # the last night is known from the calendar
        ("2024-04-03", "BMO", ["04-02"]),
        ("2024-04-03", "AMC", []),
        ("2024-03-26", "BMO", []),  # the night before the first session is none of ours
        ("2023-03-28", "", []),
    ],
)
def test_a_night_holds_what_is_said_between_two_sessions(nights, day, when, expected):
    assert nights(f"LLL,{day},{when}\n") == expected


AFTER = (
    "AMC", "amc", " Amc ", "after market close", "After Close", "after the close", "after-hours",
    "time-after-hours", "AfterMarket", "After Market", "post-market", "postmarket",
    "time-post-market", "After Market Close (AMC)", "after the bell", "AFTER_CLOSE", "aft-mkt",
    "post", "16:00", "16:05", "16:05:00", "16:05 ET", "4:05 PM", "04:05 p.m.", "4:05pm EST",
    "21:30", "5:00 PM",
)  # fmt: skip
BEFORE = (
    "BMO", "bmo", "Bmo", "before market open", "Before Open", "before the open", "pre-market",
    "premarket", "time-pre-market", "BeforeMarket", "before the bell", "Bef-mkt", "pre",
    "Before Market Open (BMO)", "09:29", "07:30:00", "7:30 AM", "6:00 a.m. ET", "05:00",
)  # fmt: skip
NOT_GIVEN = (
    "",
    " ",
    "--",
    "N/A",
    "unknown",
    "Unspecified",
    "TNS",
    "TAS",
    "time-not-supplied",
    "nan",
)
REFUSED = (
    "during", "dmh", "after open", "before close", "before market close", "after market open",
    "open", "close", "morning", "afternoon", "amc bmo", "maybe", "1", "16", "1605", "noon",
    "12:00", "09:30", "15:59", "12:05 PM", "00:00", "00:00:00", "4:05", "25:00", "16:60",
    "13:05 PM", "0:30 PM", "20:05Z", "21:05 UTC", "16:05-04:00",
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [(AFTER, ["03-27"]), (BEFORE, ["03-26"]), (NOT_GIVEN, ["03-26", "03-27"])],
)
def test_the_vendors_words_are_read_in_any_case(nights, words, expected):
    for word in words:
        assert nights(f"LLL,2024-03-27,{word}\n") == expected, word


@pytest.mark.parametrize("word", REFUSED)
def test_a_word_that_is_neither_is_refused_with_its_line(nights, word):
    with pytest.raises(DataError) as caught:
        nights(f"LLL,2024-03-26,AMC\nLLL,2024-03-27,{word}\n")
    assert f"earnings.csv:3: session was {word!r}" in str(caught.value)
    assert "expected AMC, BMO or a vendor's word" in str(caught.value)


def test_a_word_of_somebody_else_is_not_judged(nights):
    assert nights("QQQ,2024-03-27,whenever\nLLL,2024-03-27,AMC\n") == ["03-27"]


def test_tickers_are_trimmed_and_compared_without_their_case(nights):
    assert nights(" lll ,2024-03-27,AMC\nSss,2024-03-26,AMC\n") == ["03-26", "03-27"]


def findings_of(tmp_path, rows, first="2024-01-02", last="2024-12-31"):
    path = tmp_path / "earnings.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    days = (dt.date.fromisoformat(day) for day in (first, last))
    return [
        (finding.check, finding.symbol, finding.dates, finding.severity)
        for finding in announcement_findings(side_file(path), ("LLL", "SSS"), *days)
    ]


QUARTERLY = "".join(f"LLL,2024-{month}-01,AMC\n" for month in ("02", "05", "08", "11"))


def test_a_leg_of_which_nothing_is_told_is_a_finding(tmp_path):
    missing = ("earnings_missing", "SSS", ("2024-01-02", "2024-12-31"), "warning")
    assert findings_of(tmp_path, QUARTERLY) == [missing]
    assert findings_of(tmp_path, QUARTERLY + QUARTERLY.replace("LLL", "sss")) == []


def test_a_part_of_the_run_of_which_nothing_is_told_is_a_finding(tmp_path):
    own = QUARTERLY.replace("LLL", "SSS")
    assert (
        findings_of(tmp_path, QUARTERLY + own, last="2025-03-21") == []
    )  # 140 days after 1 November
    silent = ("2024-11-01", "2025-03-22")
    assert findings_of(tmp_path, QUARTERLY + own, last="2025-03-22") == [
        ("earnings_missing", symbol, silent, "warning") for symbol in ("LLL", "SSS")
    ]
    gone = own.replace("SSS,2024-05-01,AMC\n", "")
    assert findings_of(tmp_path, QUARTERLY + gone) == [
        ("earnings_missing", "SSS", ("2024-02-01", "2024-08-01"), "warning")
    ]


def test_the_nights_of_every_symbol_asked_for_count_and_no_other(nights):
    rows = "LLL,2024-03-26,AMC\nSSS,2024-04-01,AMC\nQQQ,2024-03-27,AMC\n"
    assert nights(rows) == ["03-26", "04-01"]
    assert nights(rows, "QQQ") == ["03-27"]


def test_further_columns_are_welcome(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("source,ticker,session,announce_date\nIR,LLL,AMC,2024-03-27\n")
    assert event_nights(side_file(path), ("LLL",), SESSIONS, NEXT).tolist() == [
        False,
        True,
        *[False] * 3,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ticker,announce_date\nLLL,2024-03-27\n",
         r":1: has no column session; expected ticker,announce_date,session$"),
        ("symbol,day\nLLL,2024-03-27\n", r":1: has none of the columns ticker,announce_date,ses"),
        ("ticker,announce_date,session,session\nLLL,2024-03-27,AMC,BMO\n",
         r":1: has the column session more than once"),
        (HEADER + "QQQ,2024-03-27,AMC\n", r": no announcement of LLL, SSS; expected some$"),
        (HEADER, r": no announcement of LLL, SSS; expected some$"),
        ("", r": was empty; expected a CSV file that begins with ticker,announce_date,session$"),
        *((HEADER + f"LLL,{day},AMC\n",
           rf":2: announce_date was '{day}'; expected a day like 2024-01-05$")
          for day in ("27/03/2024", "", "2024-03", "2024", "today", "NaT", "2024-03-27T16:05")),
    ],
)  # fmt: skip
def test_a_file_that_names_no_night_is_refused(tmp_path, text, message):
    path = tmp_path / "earnings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"earnings\.csv{message}"):
        event_nights(side_file(path), ("LLL", "SSS"), SESSIONS, NEXT)
