"""How long we wait for the SEC, and how often we ask it."""

import logging
from types import SimpleNamespace

import pytest

from feeds.filings import edgar_client
from feeds.source import DataError
from tests.e2e.edgar_case import DOCUMENTS, source, stand_alone
from tests.e2e.edgar_server import edgar_server
from tests.e2e.yahoo_server import refused_url
from tests.unit.companyfacts import document


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    stand_alone(monkeypatch)


@pytest.fixture
def slept(monkeypatch):
    """Seconds slept between tries, without sleeping."""
    seconds = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=seconds.append))
    monkeypatch.delenv("SCHISM_EDGAR_WAIT_SECONDS", raising=False)
    return seconds


def test_tries_are_apart_by_waits_that_double(tmp_path, slept):
    with edgar_server(DOCUMENTS, then="broken") as sec, pytest.raises(DataError, match="HTTP 500"):
        source(sec.url, tmp_path, wait=None).reports("MSFT")
    assert slept == [2.0, 2.0 * 2, 2.0 * 4, 2.0 * 8]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("30", 30.0),
        ("1", 2.0),  # our own first wait is longer
        ("3600", 60.0),  # an hour is not waited for
        ("Wed, 15 May 2024 16:00:45 GMT", 45.0),
        ("Wed, 15 May 2024 16:00:45 -0000", 45.0),
        ("Wed, 15 May 2024 15:00:00 GMT", 2.0),  # gone by
        ("a while", 2.0),
        ("-5", 2.0),
    ],
)
def test_a_server_that_asks_us_to_wait_is_obeyed_up_to_a_minute(tmp_path, slept, asked, seconds):
    with edgar_server(DOCUMENTS, script=["rate_limited"], retry_after=asked) as sec:
        source(sec.url, tmp_path, wait=None).reports("MSFT")
    assert slept == [seconds]


def test_a_wait_is_announced(tmp_path, slept, caplog):
    caplog.set_level(logging.INFO, logger="feeds.filings.edgar_client")
    with edgar_server(DOCUMENTS, script=["rate_limited"]) as sec:
        source(sec.url, tmp_path, wait=None).reports("MSFT")
    assert [record.getMessage() for record in caplog.records] == [
        "waiting 2 s for the SEC, then try 2 of 5 for MSFT (HTTP 429)"
    ]


def test_the_ninth_request_of_a_second_waits_for_the_next(tmp_path, monkeypatch):
    paused = []
    monkeypatch.setattr("pyrate_limiter.limiter.sleep", paused.append)
    monkeypatch.setattr("pyrate_limiter.clocks.monotonic_ns", lambda: 10**12)  # time stands still
    monkeypatch.setattr(edgar_client, "_limiter", edgar_client._new_limiter())
    ciks = {f"X{number}": number for number in range(1, 10)}
    with edgar_server({cik: document({}, cik=cik) for cik in ciks.values()}) as sec:
        for number, company in enumerate(ciks, start=1):
            source(sec.url, tmp_path, ciks=ciks).reports(company)
            assert len(paused) == (number == 9)
        assert sec.requests == 9
    assert 1.0 <= sum(paused) <= 1.1  # the rest of the second, and the package's margin of 50 ms


@pytest.mark.parametrize("text", ["soon", "-1", "61", "nan", "inf"])
def test_a_wait_that_is_no_number_of_seconds_is_refused(tmp_path, monkeypatch, text):
    monkeypatch.setenv("SCHISM_EDGAR_WAIT_SECONDS", text)
    with pytest.raises(DataError, match=rf"SCHISM_EDGAR_WAIT_SECONDS was '{text}'; expected sec"):
        source(refused_url(), tmp_path, wait=None).reports("MSFT")
