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
from curl_cffi import CurlECode
from curl_cffi.curl import CURL_WRITEFUNC_ERROR
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import DNSError, ProxyError, RequestException, SSLError
from pandas.errors import Pandas4Warning
from yfinance.cache import get_tz_cache
from yfinance.config import YfConfig
from yfinance.exceptions import YFException, YFRateLimitError, YFTickerMissingError

from configs.errors import one_line
from configs.stopping import at_end, held
from feeds.retry import ANSWER_SECONDS, CONNECT_SECONDS
from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

TRIES = 5  # with waits of 2, 4, 8 and 16 s: half a minute outlasts a hiccup, not a ban
MAX_BYTES = 50 * 1024 * 1024  # of one answer; sixty years of bars are some megabytes
_BESIDE_SECONDS = 5.0  # of cookies and consent pages, which the chart can do without
EXCHANGE_TZ = "America/New_York"
_CHART = "/v8/finance/chart/"
_MOST_SAID = 120  # characters of what somebody else says
# The server, or something on the way, hung up in the middle.
_BROKEN = frozenset(
    {
        CurlECode.PARTIAL_FILE, CurlECode.GOT_NOTHING, CurlECode.SEND_ERROR, CurlECode.RECV_ERROR,
        CurlECode.HTTP2, CurlECode.HTTP2_STREAM, CurlECode.BAD_CONTENT_ENCODING,
    }
)  # fmt: skip

logger = logging.getLogger(__name__)


class _NoAnswerError(Exception):
    """Yahoo asked us to wait or broke off: worth another try."""


class _UselessError(Exception):
    """Yahoo could not be reached, or sends what it will send the next time too."""


class _Session(Session[Response]):
    """The browser-like session yfinance makes for itself, plus three things.

    It can be sent to another server than Yahoo's (yfinance spells several of Yahoo's hosts out),
    it raises on a 5xx of the chart, which yfinance would read as "possibly delisted", and it ends:
    an answer without end is cut off, and what is beside the chart is not waited for.
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
        if not parts.path.startswith(_CHART):
            return self._bounded(method, target, *args, **kwargs | {"timeout": _BESIDE_SECONDS})
        kwargs["timeout"] = (CONNECT_SECONDS, ANSWER_SECONDS - CONNECT_SECONDS)
        try:
            response = self._bounded(method, target, *args, **kwargs)
        except RequestException as error:  # else yfinance would take some of them for passing
            raise _judged(urlsplit(target).netloc, error) from error
        self.chart_status = response.status_code
        if response.status_code >= 500:
            raise _NoAnswerError(f"HTTP {response.status_code}")
        return response

    def _bounded(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request; break off where its unpacked answer becomes too large."""
        content = bytearray()

        def take(chunk: bytes) -> int:
            content.extend(chunk)
            return len(chunk) if len(content) <= MAX_BYTES else CURL_WRITEFUNC_ERROR

        response = super().request(method, url, *args, **kwargs | {"content_callback": take})
        response.content = bytes(content)
        return response


def _judged(host: str, error: RequestException) -> Exception:
    """Return the error to raise for one of curl's: in our words, to be tried again or not."""
    if error.code in _BROKEN:
        return _NoAnswerError("a connection that broke off")
    if error.code == CurlECode.WRITE_ERROR:
        return _UselessError(f"{host} sent more than {MAX_BYTES:,} bytes")
    if error.code == CurlECode.OPERATION_TIMEDOUT:
        return _UselessError(f"{host} had not ended its answer after {ANSWER_SECONDS:.0f} s")
    if isinstance(error, SSLError):
        why = "no secure connection could be made: its certificate was refused, or it has none"
    elif isinstance(error, ProxyError):
        why = "the proxy that the environment names does not answer"
    elif isinstance(error, DNSError):
        why = "its name was not found"
    elif error.code == CurlECode.COULDNT_CONNECT:
        why = "the connection was refused, or there is no way to it"
    else:
        return _UselessError(f"the answer of {host} could not be read as HTTP")
    return _UselessError(f"{host} could not be reached: {why}; check the network")


def download(
    symbol: str, *, start: dt.date, base_url: str | None, wait: "WaitBaseT"
) -> pd.DataFrame:
    """Return yfinance's raw daily frame of ``symbol`` from ``start`` until now.

    Unadjusted by us (``auto_adjust=False``), with actions, rows of nulls kept as NaN. A 429, a
    5xx, a broken connection and a truncated answer are tried ``TRIES`` times in all. Who cannot be
    reached, or does not end its answer in ``ANSWER_SECONDS``, is not asked again.

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
    except _UselessError as error:
        raise DataError(
            f"{symbol}: Yahoo did not give the bars from {start} to today ({error}); run `python "
            "run.py fetch CONFIG` later, or read your own files with data.source: csv"
        ) from error
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
                timeout=ANSWER_SECONDS,
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
                f"HTTP {session.chart_status}, an answer that is not JSON"
            ) from error
        except YFException as error:
            raise _NoAnswerError(_one_line(error)) from error
        except OSError as error:  # of a request beside the chart, or of yfinance's own files
            raise _NoAnswerError("the connection failed") from error
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise DataError(
                f"{symbol}: Yahoo's bars from {start} to today came incomplete or garbled; run "
                "`python run.py fetch CONFIG` later, or read your own files with data.source: csv"
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


def _one_line(said: object) -> str:
    """Return what Yahoo or yfinance said, short, with nothing in it that could steer a terminal."""
    text = one_line(str(said))
    return text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}..."
