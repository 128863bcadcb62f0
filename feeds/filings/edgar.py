"""Company reports from the SEC's EDGAR. A ticker in, every fact of its 10-Qs and 10-Ks out, kept.

One download is a company's whole history, and what the SEC serves changes only with its filings:
once fetched on or after the run's last day, a company needs no network.
"""

import datetime as dt
import json
import os
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from configs.fundamentals import EDGAR_URL
from feeds.filings.ciks import cik_of
from feeds.filings.edgar_cache import EdgarCache, KeptDocument
from feeds.filings.edgar_facts import REMEDY, check_document, parsed, read_facts
from feeds.filings.report_quality import early_findings, mistagged_findings
from feeds.filings.reports import Fact, Reports
from feeds.retry import exponential_wait
from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

SEC_URL = EDGAR_URL
URL_VARIABLE = "SCHISM_EDGAR_URL"
WAIT_VARIABLE = "SCHISM_EDGAR_WAIT_SECONDS"
_EVENING = dt.timedelta(days=4)  # what is filed in the evening is dated the next working day
LARGEST_CIK = 9_999_999_999  # ten digits
# A filing's day is New York's. Later in the evening than the SEC accepts, it is tomorrow in UTC.
_NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


class EdgarSource:
    """The SEC's companyfacts, kept.

    Parameters
    ----------
    cache
        Where answers are kept.
    base_url
        Server that speaks the SEC's format, for tests and proxies. Default: the environment's
        ``SCHISM_EDGAR_URL`` if set, else the SEC.
    user_agent
        Who asks, with an e-mail address. Default: the environment's ``EDGAR_USER_AGENT``. Only a
        download needs it.
    ciks
        Numbers by ticker, besides and before those shipped (``feeds/ciks.yaml``).
    needed_until
        Last day the run wants, inclusive. A download of that day or later has everything filed
        before it. None: whatever is cached is good enough.
    wait
        A tenacity wait between tries. Default: exponential, from the environment's
        ``SCHISM_EDGAR_WAIT_SECONDS`` if set, else 2 seconds.
    now
        The clock (with time zone): the day of a download is New York's.
    is_offline
        Whether nobody is asked for what is not kept.
    """

    def __init__(
        self,
        cache: EdgarCache,
        *,
        base_url: str | None = None,
        user_agent: str | None = None,
        ciks: Mapping[str, int] | None = None,
        needed_until: dt.date | None = None,
        wait: "WaitBaseT | None" = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        is_offline: bool = False,
    ) -> None:
        self._is_offline = is_offline
        self._cache = cache
        self._base_url = base_url or os.environ.get(URL_VARIABLE) or SEC_URL
        self._user_agent = user_agent
        self._ciks = ciks if ciks is not None else {}
        self._needed_until = needed_until
        self._wait = wait
        self._now = now

    def has(self, company: str) -> bool:
        """Return whether the company's number is known."""
        return cik_of(company, self._ciks) is not None

    def reports(self, company: str) -> Reports:
        """Return the newest download if it is from the needed day or later, else download.

        Raises
        ------
        DataError
            The company's number is not known, the download failed (the message says what is
            cached), the document is not what the SEC serves, or the cached file is corrupt.
        """
        cik = self._cik(company)
        kept = self._cache.newest(company, cik)
        if kept is None or not self._is_recent(kept):
            if self._is_offline:
                raise DataError(
                    f"{company}: its reports are not in the cache"
                    f"{'' if kept is None else f' after {kept.fetched}'}; `python run.py fetch "
                    "CONFIG` downloads them"
                )
            kept = self._download(company, cik, kept)
        return self._read(company, cik, kept)

    def fetch(self, company: str) -> Reports:
        """Download and keep, unless that was done today.

        Raises
        ------
        DataError
            As ``reports``.
        """
        cik = self._cik(company)
        kept = self._cache.newest(company, cik)
        if kept is None or kept.fetched < self._today():
            kept = self._download(company, cik, kept)
        return self._read(company, cik, kept)

    def _today(self) -> dt.date:
        return self._now().astimezone(_NEW_YORK).date()

    def _is_recent(self, kept: KeptDocument) -> bool:
        """Return whether a download knows what the run can want: nobody knows tomorrow's."""
        return self._needed_until is None or kept.fetched >= min(self._needed_until, self._today())

    def _cik(self, company: str) -> int:
        """Return the number a company files under."""
        cik = cik_of(company, self._ciks)
        if cik is None:
            raise DataError(
                f"{company}: the number it files under with the SEC (CIK) is not known; look it up "
                "on https://www.sec.gov/search-filings and set "
                f"fundamentals.cik: {{{company}: NUMBER}}"
            )
        if not 1 <= cik <= LARGEST_CIK:
            raise DataError(f"{company}: its CIK was {cik}; expected a number of 1 to 10 digits")
        return cik

    def _download(self, company: str, cik: int, kept: KeptDocument | None) -> KeptDocument:
        """Ask the SEC and keep the answer; name what is cached when there is none."""
        # Imports requests: a tenth of a second that a run from the cache does not pay.
        from feeds.filings.edgar_client import AGENT_VARIABLE, download

        agent = self._user_agent
        fetched = self._today()  # of before: a filing of a night between would be missing
        try:
            content = download(
                company,
                cik,
                base_url=self._base_url,
                user_agent=os.environ.get(AGENT_VARIABLE, "") if agent is None else agent,
                wait=self._wait if self._wait is not None else exponential_wait(WAIT_VARIABLE),
                now=self._now,
            )
            facts, _ = read_facts(company, parsed(company, content))  # else nothing is kept
            _check_filed(company, facts, fetched)
        except DataError as error:
            if kept is None:
                raise
            raise DataError(
                f"{error} (cached as of {kept.fetched}; a run with data.end up to that day needs "
                "no download)"
            ) from error
        return self._cache.store(company, cik, content, fetched)

    def _read(self, company: str, cik: int, kept: KeptDocument) -> Reports:
        """Return the facts of a kept document, with what was odd about them."""
        try:
            payload = parsed(company, self._cache.read(company, kept))
        except json.JSONDecodeError:
            raise self._cache.corrupt(company, kept, "they are not JSON") from None
        facts, findings = read_facts(company, check_document(company, cik, payload))
        reports = Reports(
            company=company,
            facts=facts,
            origin=kept.origin,
            sha256=kept.sha256,
            findings=findings,
        )
        return replace(
            reports,
            findings=(*findings, *mistagged_findings(reports), *early_findings(reports)),
        )


def _check_filed(company: str, facts: Sequence[Fact], fetched: dt.date) -> None:
    """Refuse a document with a fact of a day that was still to come when it was downloaded."""
    late = [fact for fact in facts if fact.filed > fetched + _EVENING]
    if late:
        raise DataError(
            f"{company}: {len(late)} facts were filed after today, {fetched} (the first, "
            f"{late[0].tag} to {late[0].end}, on {late[0].filed}); expected a day up to it; check "
            f"this computer's clock, then {REMEDY}"
        )


def kept_filing_days(
    company: str, ciks: Mapping[str, int], cache: EdgarCache | None = None
) -> dict[tuple[str, dt.date], dt.date]:
    """Return the day each quarter or year to date became public, by concept and last day.

    From what is kept; asks no network. Nothing for a company that is not kept or cannot be read.
    """
    cik, kept_in = cik_of(company, ciks), cache or EdgarCache()
    try:
        kept = None if cik is None else kept_in.newest(company, cik)
        if cik is None or kept is None:
            return {}
        payload = parsed(company, kept_in.read(company, kept))
        facts, _ = read_facts(company, check_document(company, cik, payload))
    except (DataError, json.JSONDecodeError):
        return {}
    days: dict[tuple[str, dt.date], dt.date] = {}
    for fact in facts:
        key = (fact.concept, fact.end)
        days[key] = min(fact.filed, days.get(key, fact.filed))
    return days
