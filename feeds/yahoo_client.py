"""The one place that talks to Yahoo, through yfinance. A ticker in, yfinance's daily frame out.

Importing this module imports yfinance (half a second), so only a download does. What yfinance 1.7
does and we must know: it raises on a 429 at once and hides every other failure unless told not to;
it remembers cookies and time zones in a SQLite file that locks; it keeps one session per process.
"""

import atexit
import contextlib
import datetime as dt
import functools
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd
import tenacity
import yfinance
from curl_cffi.requests import Response, Session
from pandas.errors import Pandas4Warning
from yfinance.cache import get_tz_cache
from yfinance.config import YfConfig
from yfinance.exceptions import YFException, YFRateLimitError, YFTickerMissingError

from configs.stopping import at_end, held
from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

TRIES = 5  # with waits of 2, 4, 8 and 16 s: half a minute outlasts a hiccup, not a ban
TIMEOUT_SECONDS = 30  # of one request; sixty years of bars are some megabytes
EXCHANGE_TZ = "America/New_York"
_CHART = "/v8/finance/chart/"

logger = logging.getLogger(__name__)


class _NoAnswerError(Exception):
    """Yahoo could not be reached, asked us to wait or broke off: worth another try."""


class _Session(Session[Response]):
    """The browser-like session yfinance makes for itself, plus two things.

    It can be sent to another server than Yahoo's (yfinance spells several of Yahoo's hosts out),
    and it raises on a 5xx of the chart, which yfinance would read as "possibly delisted".
    """

    def __init__(self, base_url: str | None) -> None:
        super().__init__(impersonate="chrome")
        self._base_url = base_url
        self.chart_status: int | None = None

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request, rerouted if asked; note how the chart answered."""
        parts = urlsplit(url)
        target = url
        if self._base_url is not None and (parts.hostname or "").endswith("yahoo.com"):
            query = f"?{parts.query}" if parts.query else ""
            target = f"{self._base_url.rstrip('/')}{parts.path}{query}"
        response = super().request(method, target, *args, **kwargs)
        if parts.path.startswith(_CHART):
            self.chart_status = response.status_code
            if response.status_code >= 500:
                raise _NoAnswerError(f"HTTP {response.status_code}")
        return response


def download(
    symbol: str, *, start: dt.date, base_url: str | None, wait: "WaitBaseT"
) -> pd.DataFrame:
    """Return yfinance's raw daily frame of ``symbol`` from ``start`` until now.

    Unadjusted by us (``auto_adjust=False``), with actions, rows of nulls kept as NaN. A 429, a
    5xx, a broken connection and a truncated answer are tried ``TRIES`` times in all.

    Parameters
    ----------
    base_url
        Server to ask instead of Yahoo's hosts; None asks Yahoo.
    wait
        A tenacity wait: seconds between tries.

    Raises
    ------
    DataError
        Yahoo did not answer, or has no bars of that symbol.
    """

    def announce(state: tenacity.RetryCallState) -> None:
        reason = state.outcome.exception() if state.outcome is not None else None
        logger.info(
            "waiting %.0f s for Yahoo, then try %d of %d for %s (%s)",
            state.upcoming_sleep, state.attempt_number + 1, TRIES, symbol, reason,
        )  # fmt: skip

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(TRIES),
        wait=wait,
        retry=tenacity.retry_if_exception_type(_NoAnswerError),
        before_sleep=announce,
        reraise=True,
    )
    try:
        return retrying(_history, symbol, start, base_url)
    except _NoAnswerError as error:
        raise DataError(
            f"{symbol}: Yahoo did not give the bars from {start} to today in {TRIES} tries "
            f"({error}); wait some minutes, run `python run.py fetch CONFIG` later, "
            "or read your own files with data.source: csv"
        ) from error


def _history(symbol: str, start: dt.date, base_url: str | None) -> pd.DataFrame:
    """Ask once; sort every way it can fail into "again" and "never"."""
    with _Session(base_url) as session, _loud_yfinance():
        # Known here, the time zone costs no request of its own. Only the window is read in it.
        get_tz_cache().store(symbol, EXCHANGE_TZ)
        try:
            # No end: yfinance then asks until now, and does not answer from its own memory.
            frame: pd.DataFrame = yfinance.Ticker(symbol, session=session).history(
                interval="1d", start=start, auto_adjust=False, actions=True, keepna=True,
                timeout=TIMEOUT_SECONDS,
            )  # fmt: skip
        except YFRateLimitError as error:
            raise _NoAnswerError("HTTP 429, too many requests") from error
        except YFTickerMissingError as error:
            raise DataError(
                f"{symbol}: Yahoo has no daily bars from {start} to today (HTTP "
                f"{session.chart_status}: {_one_line(error.rationale)}); check the ticker, "
                "or read your own files with data.source: csv"
            ) from error
        except json.JSONDecodeError as error:
            raise _NoAnswerError(
                f"HTTP {session.chart_status}, an answer that is not JSON: {_one_line(error)}"
            ) from error
        except (OSError, YFException) as error:
            raise _NoAnswerError(_one_line(error)) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise DataError(
                f"{symbol}: Yahoo's bars from {start} to today came incomplete "
                f"({type(error).__name__}: {_one_line(error)}); run `python run.py fetch CONFIG` "
                "later, or read your own files with data.source: csv"
            ) from error
    return frame


@contextlib.contextmanager
def _loud_yfinance() -> Iterator[None]:
    """Have yfinance raise instead of logging, and keep its files to this process, for a while."""
    yfinance.set_tz_cache_location(_cache_folder())
    yfinance_logger = logging.getLogger("yfinance")
    hidden, level = YfConfig.debug.hide_exceptions, yfinance_logger.level
    YfConfig.debug.hide_exceptions = False
    yfinance_logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # yfinance 1.7 sorts in place, which pandas 3.1 deprecates: theirs to heed, and it
            # would reach the terminal, because importing yfinance makes such warnings visible.
            warnings.simplefilter("ignore", Pandas4Warning)
            yield
    finally:
        YfConfig.debug.hide_exceptions = hidden
        yfinance_logger.setLevel(level)


@functools.cache
def _cache_folder() -> str:
    """Return this process's own folder for yfinance's SQLite files, removed at exit."""
    with held():
        folder = tempfile.mkdtemp(prefix="schism-yfinance-")
        atexit.register(at_end(lambda: shutil.rmtree(folder, ignore_errors=True)))
    return folder


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
