"""How yfinance's frame becomes bars: columns, dates, open sessions, and what is refused."""

import datetime as dt
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tenacity

from feeds.prices.yahoo import YahooSource
from feeds.source import COLUMNS, DataError

AFTER_FRIDAYS_CLOSE = dt.datetime(2024, 1, 5, 21, 0, tzinfo=dt.UTC)  # 16:00 in New York
BEFORE_FRIDAYS_CLOSE = dt.datetime(2024, 1, 5, 20, 59, tzinfo=dt.UTC)
THREE_DAYS = ("2024-01-03", "2024-01-04", "2024-01-05")


def yfinance_frame(**changes):
    """Three sessions as yfinance 1.7 returns them: New York midnights, integer volume."""
    columns = {
        "Open": [10.0, 11.0, 12.0],
        "High": [10.5, 11.5, 12.5],
        "Low": [9.5, 10.5, 11.5],
        "Close": [10.2, 11.2, 12.2],
        "Adj Close": [10.1, 11.1, 12.2],
        "Volume": [100, 200, 300],
        "Dividends": [0.0, 0.0, 0.1],
        "Stock Splits": [0.0, 2.0, 0.0],
    } | changes
    index = pd.DatetimeIndex(THREE_DAYS, name="Date").tz_localize("America/New_York")
    return pd.DataFrame(columns, index=index)


@pytest.fixture
def bars_of(monkeypatch):
    """Return a function that runs YahooSource on a hand-made frame instead of a download."""

    def run(frame, now=AFTER_FRIDAYS_CLOSE):
        monkeypatch.setattr("feeds.prices.yahoo_client.download", lambda symbol, **_: frame)
        return YahooSource(wait=tenacity.wait_none(), now=lambda: now).bars("SMH")

    return run


def test_every_column_lands_under_our_name_as_float(bars_of):
    frame = bars_of(yfinance_frame()).frame
    assert tuple(frame.columns) == COLUMNS
    assert set(frame.dtypes.astype(str)) == {"float64"}
    assert frame.loc["2024-01-04"].tolist() == [11.0, 11.5, 10.5, 11.2, 11.1, 200.0, 0.0, 2.0]


def test_dates_are_the_exchange_s_naive_midnights(bars_of):
    index = bars_of(yfinance_frame()).frame.index
    assert index.tz is None
    assert [str(day) for day in index] == [f"{day} 00:00:00" for day in THREE_DAYS]


def test_a_session_counts_from_the_minute_it_closes(bars_of):
    bars = bars_of(yfinance_frame(), AFTER_FRIDAYS_CLOSE)
    assert len(bars.frame) == 3
    assert bars.findings == ()


def test_a_session_still_open_is_left_out_and_reported(bars_of):
    bars = bars_of(yfinance_frame(), BEFORE_FRIDAYS_CLOSE)
    assert bars.frame.index[-1] == pd.Timestamp("2024-01-04")
    (finding,) = bars.findings
    assert (finding.check, finding.severity) == ("partial_last_bar", "info")
    assert finding.dates == ("2024-01-05",)


def test_a_row_of_nulls_survives_as_a_hole(bars_of):
    nan = float("nan")
    holed = yfinance_frame(Open=[10.0, nan, 12.0], Close=[10.2, nan, 12.2])
    frame = bars_of(holed).frame
    assert len(frame) == 3
    assert np.isnan(frame.loc["2024-01-04", "open"])


def test_the_answer_is_not_edited_in_place(bars_of):
    raw = yfinance_frame()
    bars_of(raw, BEFORE_FRIDAYS_CLOSE)
    pd.testing.assert_frame_equal(raw, yfinance_frame())


def test_a_missing_column_is_named(bars_of):
    with pytest.raises(DataError, match=r"SMH: .* from 1962-01-02 .*no column Adj Close"):
        bars_of(yfinance_frame().drop(columns="Adj Close"))


@pytest.mark.parametrize(
    "frame",
    [yfinance_frame().iloc[:0], yfinance_frame(Close=[float("nan")] * 3)],
    ids=["no rows", "no closes"],
)
def test_an_answer_without_prices_is_refused(bars_of, frame):
    with pytest.raises(DataError, match=r"SMH: .*no session.*check the ticker.*data\.source: csv"):
        bars_of(frame)


def test_only_an_open_session_is_no_history(bars_of):
    with pytest.raises(DataError, match="no session with a closing price"):
        bars_of(yfinance_frame().iloc[2:], BEFORE_FRIDAYS_CLOSE)


def test_dividends_without_adjusted_closes_are_refused(bars_of):
    # yfinance serves the close where Yahoo left the adjusted close out.
    with pytest.raises(DataError, match="dividends until 2024-01-05 but no adjusted close"):
        bars_of(yfinance_frame(**{"Adj Close": [10.2, 11.2, 12.2]}))


def test_a_row_of_nulls_does_not_hide_that_the_adjusted_closes_are_missing(bars_of):
    nulls = {"Close": [math.nan, 11.2, 12.2], "Adj Close": [math.nan, 11.2, 12.2]}
    with pytest.raises(DataError, match="dividends until 2024-01-05 but no adjusted close"):
        bars_of(yfinance_frame(**nulls))


def test_an_adjusted_close_equal_to_the_close_is_right_without_dividends(bars_of):
    unpaid = {"Adj Close": [10.2, 11.2, 12.2], "Dividends": [0.0, 0.0, 0.0]}
    assert len(bars_of(yfinance_frame(**unpaid)).frame) == 3


def test_a_dividend_on_the_first_bar_adjusts_nothing_after_it(bars_of):
    first = {"Adj Close": [10.2, 11.2, 12.2], "Dividends": [0.1, 0.0, 0.0]}
    assert len(bars_of(yfinance_frame(**first)).frame) == 3


def test_capital_gains_beside_the_dividends_are_reported(bars_of):
    bars = bars_of(yfinance_frame(**{"Capital Gains": [0.0, 0.25, 0.5]}))
    (finding,) = bars.findings
    assert (finding.check, finding.severity) == ("capital_gains", "warning")
    assert finding.dates == ("2024-01-04", "2024-01-05")
    assert f"{0.25 + 0.5:.4f} dollars" in finding.text


def test_capital_gains_of_zero_are_no_news(bars_of):
    assert bars_of(yfinance_frame(**{"Capital Gains": [0.0, 0.0, 0.0]})).findings == ()


def test_the_same_bars_have_the_same_hash_and_others_another(bars_of):
    same = {bars_of(yfinance_frame()).sha256 for _ in range(2)}
    assert len(same) == 1
    assert bars_of(yfinance_frame(Volume=[100, 200, 301])).sha256 not in same


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "3600"])
def test_an_absurd_wait_in_the_environment_is_refused(monkeypatch, text):
    monkeypatch.setenv("SCHISM_YAHOO_WAIT_SECONDS", text)
    monkeypatch.setattr("feeds.prices.yahoo_client.download", lambda symbol, **_: yfinance_frame())
    with pytest.raises(DataError, match=f"SCHISM_YAHOO_WAIT_SECONDS was '{text}'"):
        YahooSource(now=lambda: AFTER_FRIDAYS_CLOSE).bars("SMH")


def test_importing_the_feed_does_not_import_yfinance():
    program = (
        "import sys, feeds.prices.yahoo, feeds.prices.cache; feeds.prices.yahoo.YahooSource(); "
        "print([name for name in ('yfinance', 'curl_cffi') if name in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
