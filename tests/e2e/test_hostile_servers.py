"""Servers that send what nobody should: one line, soon, in our words and without any of theirs."""

import datetime as dt
import json

import pytest
import tenacity

from configs.errors import one_line
from feeds.filings import edgar_cache, edgar_client
from feeds.prices import yahoo_client
from feeds.prices.yahoo import YahooSource
from feeds.source import DataError
from tests.e2e import edgar_case
from tests.e2e.hostile_server import (
    ESCAPES,
    a_byte_at_a_time,
    garbage_for_ever,
    headers_for_ever,
    hostile_server,
    no_http,
    packed_for_ever,
    silence,
    whole,
)
from tests.e2e.yahoo_server import refused_url

NOON = dt.datetime(2024, 5, 15, 16, 0, tzinfo=dt.UTC)
THEIR_WORDS = ("curl", "urllib", "HTTPConnection", "Errno", "Max retries", "Traceback", "Error:")


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Keep the machine's proxy out, and make the largest answer small: it is what is tested."""
    edgar_case.stand_alone(monkeypatch)
    for client in (edgar_client, yahoo_client):
        monkeypatch.setattr(client, "MAX_BYTES", 1_000_000)


@pytest.fixture
def _impatient(monkeypatch):
    """Make the longest answer short."""
    for client in (edgar_client, yahoo_client):
        monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)
        monkeypatch.setattr(client, "CONNECT_SECONDS", 0.25)


def edgar(url, tmp_path):
    return edgar_case.source(url, tmp_path).reports("MSFT")


def yahoo(url, tmp_path):
    return YahooSource(base_url=url, wait=tenacity.wait_none(), now=lambda: NOON).bars("SMH")


def refusal(ask, url, tmp_path):
    with pytest.raises(DataError) as refused:
        ask(url, tmp_path)
    text = str(refused.value)
    assert "\n" not in text
    assert not [word for word in THEIR_WORDS if word in text]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    return text


BOTH = pytest.mark.parametrize("ask", [edgar, yahoo], ids=["edgar", "yahoo"])
DEEP = {
    "lists": b"[" * 100_000,
    "mappings": b'{"cik": 789019, "facts": ' + b'{"a":' * 100_000,
    "closed": b'{"cik": 789019, "facts": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001,
    "digits": b'{"cik": 789019, "facts": {}, "a": ' + b"9" * 5_000 + b"}",
}


@BOTH
@pytest.mark.parametrize("answer", [garbage_for_ever, packed_for_ever])
def test_an_answer_without_end_is_cut_off(ask, answer, tmp_path):
    with hostile_server(answer) as url:
        assert "more than 1,000,000 bytes" in refusal(ask, url, tmp_path)


@BOTH
@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("answer", [a_byte_at_a_time, headers_for_ever, silence])
def test_an_answer_is_not_waited_for_beyond_its_time(ask, answer, tmp_path):
    with hostile_server(answer) as url:
        assert "had not ended" in refusal(ask, url, tmp_path)


@BOTH
@pytest.mark.parametrize("content", DEEP.values(), ids=DEEP)
def test_json_that_cannot_be_meant_is_refused_at_once(ask, content, tmp_path):
    with hostile_server(whole(content)) as url:
        text = refusal(ask, url, tmp_path)
    assert "nested too deeply or with numbers too long" in text or "incomplete or garbled" in text


@BOTH
def test_another_protocol_is_told_as_such(ask, tmp_path):
    with hostile_server(no_http) as url:
        assert "could not be read as HTTP" in refusal(ask, url, tmp_path)


@BOTH
def test_nobody_there_is_told_at_once(ask, tmp_path):
    assert "could not be reached" in refusal(ask, refused_url(), tmp_path)
    unknown = refusal(ask, "http://nobody.invalid", tmp_path)
    assert "could not be reached" in unknown
    assert "check the network" in unknown


@BOTH
@pytest.mark.usefixtures("_impatient")
def test_a_server_without_a_certificate_is_told_at_once(ask, tmp_path):
    with hostile_server(silence) as url:
        text = refusal(ask, url.replace("http:", "https:"), tmp_path)
    assert "could not be reached" in text or "had not ended" in text
    with hostile_server(no_http) as url:
        assert "no secure connection" in refusal(ask, url.replace("http:", "https:"), tmp_path)


@BOTH
@pytest.mark.parametrize("status", [200, 404])
def test_what_a_server_says_cannot_steer_the_terminal(ask, status, tmp_path):
    error = {"code": ESCAPES, "description": ESCAPES * 50}
    by_key = {"chart": {"result": None, "error": error}, "cik": ESCAPES, "facts": {}}
    with hostile_server(whole(json.dumps(by_key).encode(), status)) as url:
        text = refusal(ask, url, tmp_path)
    assert one_line(text) == text
    assert len(text) < 500


def test_facts_of_days_to_come_are_refused_and_not_kept(tmp_path):
    facts = edgar_case.DOCUMENT["facts"]["us-gaap"][edgar_case.CAPEX]["units"]["USD"]
    future = json.dumps(edgar_case.DOCUMENT).replace(facts[0]["filed"], "2024-05-20")
    with hostile_server(whole(future.encode())) as url:
        text = refusal(edgar, url, tmp_path)
    assert "1 facts were filed after today, 2024-05-15 (the first, Payments" in text
    tomorrow = future.replace("2024-05-20", "2024-05-16")  # told in the evening
    with hostile_server(whole(tomorrow.encode())) as url:
        assert len(edgar(url, tmp_path).facts) == 1


@pytest.mark.parametrize("url", ["http://[", "http://host:port", "http://host:99999"])
def test_an_address_that_is_none_is_refused(url, tmp_path):
    assert "the SEC's address was" in refusal(edgar, url, tmp_path)


def test_the_bounds_of_a_download_and_of_its_cache_are_one():
    # What could be downloaded can be read again (the fixture changes the client's alone).
    assert edgar_cache.MAX_BYTES == 50 * 1024 * 1024
