"""Nights with announcements, on the sessions around Easter 2024 (closed on Friday 29 March)."""

import numpy as np
import pytest

from feeds.announcements import event_nights
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


def test_an_hour_we_do_not_know_counts_for_both_nights(nights):
    assert nights("LLL,2024-03-27,during\n") == ["03-26", "03-27"]


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
         r": no column session; expected ticker,announce_date,session$"),
        ("symbol,day\nLLL,2024-03-27\n", r": no column ticker, announce_date, session; expected"),
        (HEADER + "QQQ,2024-03-27,AMC\n", r": no announcement of LLL, SSS; expected some$"),
        (HEADER, r": no announcement of LLL, SSS; expected some$"),
        ("", r": No columns to parse from file; expected a CSV file of announcements$"),
        *((HEADER + f"LLL,{day},AMC\n",
           rf": announce_date was '{day}'; expected a day like 2024-01-05$")
          for day in ("27/03/2024", "", "2024-03", "2024", "today", "NaT", "2024-03-27T16:05")),
    ],
)  # fmt: skip
def test_a_file_that_names_no_night_is_refused(tmp_path, text, message):
    path = tmp_path / "earnings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"earnings\.csv{message}"):
        event_nights(side_file(path), ("LLL", "SSS"), SESSIONS, NEXT)
