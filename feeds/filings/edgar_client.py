"""The one place that talks to the SEC. A company's number in, its companyfacts document out.

What the SEC asks of us: a User-Agent that names a contact, and at most ten requests a second from
an address. Importing this module imports requests, so only a download does.
"""

import datetime as dt
import http.client
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3
from pyrate_limiter import Duration, InMemoryBucket, Limiter, Rate, SingleBucketFactory

from feeds.filings.edgar_cache import MAX_BYTES
from feeds.filings.edgar_facts import REMEDY, check_document, parsed
from feeds.retry import ANSWER_SECONDS, CONNECT_SECONDS, TooSlowError, within
from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

AGENT_VARIABLE = "EDGAR_USER_AGENT"
REQUESTS_PER_SECOND = 8  # two below what the SEC allows: another program may share the address
TRIES = 5  # with waits of 2, 4, 8 and 16 s, as for Yahoo
LONGEST_RETRY_AFTER_SECONDS = 60.0  # of what the server asks for; a longer ban is a reason to stop
_CHUNK_BYTES = 64 * 1024
# The server, or something on the way, hung up in the middle.
_BROKEN = (
    ConnectionResetError,
    BrokenPipeError,
    http.client.RemoteDisconnected,
    http.client.IncompleteRead,
    urllib3.exceptions.IncompleteRead,
)
_CONTACT = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]+")

logger = logging.getLogger(__name__)


def _new_limiter() -> Limiter:
    # No thread that empties the bucket behind us: a process asks for a dozen companies.
    bucket = InMemoryBucket([Rate(REQUESTS_PER_SECOND, Duration.SECOND)])
    return Limiter(SingleBucketFactory(bucket, schedule_leak=False))


_limiter = _new_limiter()  # one for the process: the SEC counts by address, not by company


class _NoAnswerError(Exception):
    """The SEC asked us to wait or broke off: worth another try."""

    def __init__(self, what: str, retry_after_seconds: float = 0.0) -> None:
        super().__init__(what)
        self.retry_after_seconds = retry_after_seconds


def download(
    company: str,
    cik: int,
    *,
    base_url: str,
    user_agent: str,
    wait: "WaitBaseT",
    now: Callable[[], dt.datetime],
) -> bytes:
    """Return the companyfacts document of ``cik`` as served (unpacked JSON), once it is whole.

    A 429, a 5xx, a broken connection and a truncated answer are tried ``TRIES`` times in all, at
    most ``REQUESTS_PER_SECOND`` a second in this process. Who cannot be reached, or does not end
    its answer in ``ANSWER_SECONDS``, is not asked again.

    Parameters
    ----------
    company
        Its ticker, for messages.
    base_url
        The server, http or https.
    user_agent
        Who asks, with an e-mail address.
    wait
        A tenacity wait: seconds between tries. A longer Retry-After is kept to, up to
        ``LONGEST_RETRY_AFTER_SECONDS``.
    now
        The clock (with time zone), for a Retry-After that names a moment.

    Raises
    ------
    DataError
        The request cannot be made as it should, the SEC did not answer, or the answer is not this
        company's companyfacts.
    """
    _check_agent(company, user_agent)
    _check_url(company, base_url)
    url = f"{base_url.rstrip('/')}/api/xbrl/companyfacts/CIK{cik:010d}.json"

    def announce(state: tenacity.RetryCallState) -> None:
        logger.info(
            "waiting %.0f s for the SEC, then try %d of %d for %s (%s)",
            state.upcoming_sleep, state.attempt_number + 1, TRIES, company, _reason(state),
        )  # fmt: skip

    def wait_before_retry(state: tenacity.RetryCallState) -> float:
        reason = _reason(state)
        asked = reason.retry_after_seconds if isinstance(reason, _NoAnswerError) else 0.0
        return max(wait(state), min(asked, LONGEST_RETRY_AFTER_SECONDS))

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(TRIES),
        wait=wait_before_retry,
        retry=tenacity.retry_if_exception_type(_NoAnswerError),
        before_sleep=announce,
        reraise=True,
    )
    try:
        return retrying(_ask, company, cik, url, user_agent, now)
    except _NoAnswerError as error:
        raise DataError(
            f"{company}: the SEC did not give {url} in {TRIES} tries ({error}); {REMEDY}"
        ) from error


def _reason(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _check_agent(company: str, user_agent: str) -> None:
    """Refuse a User-Agent without a contact, before the SEC does."""
    sendable = user_agent.isascii() and user_agent.isprintable()
    if not sendable or _CONTACT.search(user_agent) is None:
        raise DataError(
            f"{company}: the User-Agent for the SEC was {user_agent!r}; expected a name and an "
            f"e-mail address, which the SEC asks of every program: set the environment variable "
            f"{AGENT_VARIABLE}, for example to 'Jane Doe jane@example.com'"
        )


def _check_url(company: str, base_url: str) -> None:
    """Refuse an address that requests would read from elsewhere than a web server."""
    try:
        parts = urlsplit(base_url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, half an IPv6 address
        is_web = False
    if not is_web:
        raise DataError(
            f"{company}: the SEC's address was {base_url!r}; expected one that begins with "
            "https://, such as https://data.sec.gov"
        )


def _ask(
    company: str, cik: int, url: str, user_agent: str, now: Callable[[], dt.datetime]
) -> bytes:
    """Ask once; sort every way it can fail into "again" and "never"."""
    _limiter.try_acquire("sec")
    given_up = threading.Event()
    try:
        content = within(
            ANSWER_SECONDS, lambda: _fetched(company, cik, url, user_agent, now, given_up)
        )
    except TooSlowError:
        given_up.set()
        raise _useless(company, url, f"had not ended after {ANSWER_SECONDS:.0f} s") from None
    except requests.RequestException as error:
        raise _judged(company, url, error) from error
    try:
        check_document(company, cik, parsed(company, content))
    except json.JSONDecodeError as error:
        if content.lstrip().startswith(b"{"):
            raise _NoAnswerError("JSON that breaks off") from error
        raise _useless(company, url, f"was {content[:60]!r}, which is not JSON") from error
    return content


def _fetched(
    company: str,
    cik: int,
    url: str,
    user_agent: str,
    now: Callable[[], dt.datetime],
    given_up: threading.Event,
) -> bytes:
    """Send the request and return the unpacked answer."""
    headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip", "Accept": "application/json"}
    with requests.get(
        url,
        headers=headers,
        stream=True,
        timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        allow_redirects=False,  # the contact is for the server that was named
    ) as response:
        _judge_status(company, cik, response, user_agent, now)
        content = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            content += chunk
            if len(content) > MAX_BYTES:
                raise _useless(company, url, f"had more than {MAX_BYTES:,} bytes")
            if given_up.is_set():
                break
    return bytes(content)


def _useless(company: str, url: str, what: str) -> DataError:
    """Word the error of an answer that came, and will not be another the next time."""
    return DataError(
        f"{company}: the answer of {url} {what}; expected a companyfacts document; {REMEDY}"
    )


def _judged(company: str, url: str, error: requests.RequestException) -> Exception:
    """Return the error to raise for one of requests': in our words, to be tried again or not."""
    causes = tuple(_causes(error))
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return _NoAnswerError("an answer that could not be unpacked")
    if any(isinstance(cause, _BROKEN) for cause in causes):
        return _NoAnswerError("a connection that broke off")
    if isinstance(error, requests.ReadTimeout) or any(
        isinstance(cause, urllib3.exceptions.ReadTimeoutError) for cause in causes
    ):
        return _useless(company, url, f"had not ended after {ANSWER_SECONDS:.0f} s")
    if isinstance(error, requests.exceptions.SSLError):
        why = "no secure connection could be made: its certificate was refused, or it has none"
    elif isinstance(error, requests.exceptions.ProxyError):
        why = "the proxy that the environment names does not answer"
    elif isinstance(error, requests.Timeout):
        why = f"it did not take the call within {CONNECT_SECONDS:.0f} s"
    elif any(isinstance(cause, urllib3.exceptions.NameResolutionError) for cause in causes):
        why = "its name was not found"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        why = "the connection was refused"
    elif any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
        why = "there is no way to it"
    else:
        return _useless(company, url, "could not be read as HTTP")
    host = urlsplit(url).netloc
    return DataError(
        f"{company}: the SEC's server {host} could not be reached ({why}); check the network, then "
        f"{REMEDY}"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything that it was raised for."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        waiting += [other for other in inner if isinstance(other, BaseException)]


def _judge_status(
    company: str,
    cik: int,
    response: requests.Response,
    user_agent: str,
    now: Callable[[], dt.datetime],
) -> None:
    """Raise unless the answer is a 200."""
    status = response.status_code
    if status == 429 or status >= 500:
        asked = _retry_after_seconds(response.headers.get("Retry-After", ""), now)
        raise _NoAnswerError(f"HTTP {status}", asked)
    if status == 404:
        raise DataError(
            f"{company}: the SEC has no companyfacts of CIK {cik} (HTTP 404, no such CIK); check "
            "fundamentals.cik, or the company's number on https://www.sec.gov/search-filings"
        )
    if status == 403:
        raise DataError(
            f"{company}: the SEC refused us (HTTP 403) with the User-Agent {user_agent!r}; set "
            f"{AGENT_VARIABLE} to your own name and e-mail address, and if it was, wait ten "
            "minutes: so it answers those who ask too often too"
        )
    if status != 200:
        raise DataError(f"{company}: {response.url} answered HTTP {status}; expected 200; {REMEDY}")


def _retry_after_seconds(text: str, now: Callable[[], dt.datetime]) -> float:
    """Return how long the server asks us to wait: seconds or a moment; 0 for anything else."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:  # "-0000": in UTC, from nowhere in particular
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now()).total_seconds())
