"""Daily bars from Yahoo Finance. A ticker in, its whole history out, as Yahoo tells it today.

The whole history, because a window needs more than itself: splits after its end say how many
shares traded inside it, and any later window can then be read from the cache without a network.
"""

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from feeds.calendar import FIRST_DAY, last_closed_session
from feeds.retry import exponential_wait
from feeds.source import COLUMNS, Bars, DataError, Finding

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

URL_VARIABLE = "SCHISM_YAHOO_URL"
WAIT_VARIABLE = "SCHISM_YAHOO_WAIT_SECONDS"

YAHOO_COLUMNS = (
    "Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits",
)  # fmt: skip
_CAPITAL_GAINS = "Capital Gains"


class YahooSource:
    """Yahoo's raw daily bars, downloaded on every call (see ``cache`` for keeping them).

    Rows of nulls stay as NaN rows. Two things are yfinance's doing and cannot be seen from here:
    a null volume arrives as 0, and of two bars on one date the first is kept.

    Parameters
    ----------
    base_url
        Server that speaks Yahoo's chart format, for tests and proxies. Default: the environment's
        ``SCHISM_YAHOO_URL`` if set, else Yahoo.
    wait
        A tenacity wait between tries. Default: exponential, from the environment's
        ``SCHISM_YAHOO_WAIT_SECONDS`` if set, else 2 seconds.
    now
        The clock (with time zone) that tells whether the last bar's session has closed.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        wait: "WaitBaseT | None" = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._base_url = base_url or os.environ.get(URL_VARIABLE) or None
        self._wait = wait
        self._now = now

    def bars(self, symbol: str) -> Bars:
        """Download every closed session of ``symbol`` that Yahoo has.

        Raises
        ------
        DataError
            Yahoo does not answer after several tries, does not know the ticker, or answers in
            part; the message names the symbol, the range and the remedy.
        """
        # Imports yfinance: half a second that a run from the cache does not pay.
        from feeds.prices.yahoo_client import download

        wait = self._wait if self._wait is not None else exponential_wait(WAIT_VARIABLE)
        raw = download(symbol, start=FIRST_DAY, base_url=self._base_url, wait=wait)
        frame = _mapped(symbol, raw)
        frame, partial = _closed_sessions(symbol, frame, last_closed_session(self._now()))
        if frame["close"].notna().sum() == 0:
            raise _unusable(symbol, "no session with a closing price", "check the ticker")
        _refuse_unadjusted(symbol, frame)
        return Bars(
            symbol=symbol,
            frame=frame,
            origin=f"yahoo:{symbol}",
            sha256=hashlib.sha256(frame.to_csv().encode()).hexdigest(),
            findings=(*partial, *_capital_gains(symbol, raw)),
        )


def _unusable(symbol: str, what: str, remedy: str) -> DataError:
    """Word the error of an answer that came, but cannot be used."""
    return DataError(
        f"{symbol}: Yahoo's bars from {FIRST_DAY} to today have {what}; {remedy}, "
        "or read your own files with data.source: csv"
    )


def _mapped(symbol: str, raw: pd.DataFrame) -> pd.DataFrame:
    """Return yfinance's frame in the columns of ``Bars``, on tz-naive midnights."""
    missing = [name for name in YAHOO_COLUMNS if name not in raw.columns]
    if missing:
        raise _unusable(
            symbol, f"no column {', '.join(missing)}", "run `python run.py fetch CONFIG` later"
        )
    if raw.empty:
        raise _unusable(symbol, "no session", "check the ticker")
    frame = raw[list(YAHOO_COLUMNS)].astype("float64").set_axis(list(COLUMNS), axis="columns")
    days = pd.DatetimeIndex(raw.index).tz_localize(None).normalize()
    # One resolution whatever yfinance used, so that a frame equals itself read from Parquet.
    frame.index = days.as_unit("us").rename("date")
    return frame


def _closed_sessions(
    symbol: str, frame: pd.DataFrame, last_closed: dt.date
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Leave out what is later than the last closed session, and say so."""
    is_closed = frame.index <= pd.Timestamp(last_closed)
    if is_closed.all():
        return frame, ()
    dates = tuple(day.date().isoformat() for day in frame.index[~is_closed])
    finding = Finding(
        check="partial_last_bar",
        symbol=symbol,
        dates=dates,
        severity="info",
        text=f"{symbol}: the bar of {', '.join(dates)} was left out; "
        "its session had not closed when it was downloaded",
    )
    return frame.loc[is_closed], (finding,)


def _refuse_unadjusted(symbol: str, frame: pd.DataFrame) -> None:
    """Refuse an answer without adjusted closes, for which yfinance serves the close itself.

    Before any dividend but one on the first bar, the adjusted close must differ from the close.
    """
    pays = frame["dividend"].iloc[1:] > 0.0
    if not pays.any():
        return
    before = frame.loc[: pays.index[pays][-1]].iloc[:-1]
    complete = before.loc[
        before["adj_close"].notna() & before["close"].notna()
    ]  # Yahoo has null rows
    if (complete["adj_close"] == complete["close"]).all():
        raise _unusable(
            symbol,
            f"dividends until {pays.index[pays][-1].date()} but no adjusted close",
            "run `python run.py fetch CONFIG` later",
        )


def _capital_gains(symbol: str, raw: pd.DataFrame) -> tuple[Finding, ...]:
    """Report distributions that Yahoo lists apart from dividends, which nobody books."""
    if _CAPITAL_GAINS not in raw.columns:
        return ()
    paid = raw[_CAPITAL_GAINS]
    days = raw.index[paid.notna() & (paid != 0.0)]
    if len(days) == 0:
        return ()
    dates = tuple(day.date().isoformat() for day in days)
    return (
        Finding(
            check="capital_gains",
            symbol=symbol,
            dates=dates,
            severity="warning",
            text=f"{symbol}: Yahoo lists {len(dates)} capital gains distributions apart from the "
            f"dividends, {paid.loc[days].sum():.4f} dollars a share in all; they are not booked "
            "as cash unless Yahoo also counts them as dividends",
        ),
    )
