"""The real client against an SEC of our own on loopback: what arrives, and how it fails."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.filings import edgar_client
from feeds.filings.report_quality import require
from feeds.source import DataError
from tests.e2e.edgar_case import (
    AGENT,
    CAPEX,
    DOCUMENT,
    DOCUMENTS,
    MSFT,
    NOON,
    TODAY,
    TRIES,
    source,
    stand_alone,
)  # fmt: skip
from tests.e2e.edgar_server import edgar_server, environment
from tests.e2e.yahoo_server import refused_url
from tests.unit.companyfacts import MILLION, document, entry

ROOT = Path(__file__).parents[2]
REMEDY = r"run `python run\.py fetch CONFIG` later, or .*fundamentals\.source: csv"


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    stand_alone(monkeypatch)


def files(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != ".lock")


def test_what_is_served_arrives_with_its_origin(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        reports = source(sec.url, tmp_path).reports("MSFT")
    (fact,) = reports.facts
    assert (fact.company, fact.concept, fact.value) == ("MSFT", "capex", 10_952 * MILLION)
    assert fact.filed == dt.date(2024, 4, 25)
    (name,) = files(tmp_path)
    assert name == f"000001-2024-05-15-{reports.sha256}.json.gz"
    assert reports.origin == f"cache:edgar/CIK0000789019/{name}"
    assert (reports.company, reports.synthetic, reports.findings) == ("MSFT", False, ())


def test_the_request_says_who_asks_and_takes_packed_answers(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        source(sec.url, tmp_path).reports("MSFT")
        ((path, headers),) = sec.asked
    assert path == "/api/xbrl/companyfacts/CIK0000789019.json"
    assert headers["User-Agent"] == AGENT
    assert headers["Accept-Encoding"] == "gzip"


def test_the_environment_may_say_who_asks(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGAR_USER_AGENT", "Desk 7 desk7@example.org")
    with edgar_server(DOCUMENTS) as sec:
        source(sec.url, tmp_path, user_agent=None).reports("MSFT")
        assert sec.asked[0][1]["User-Agent"] == "Desk 7 desk7@example.org"


def test_another_ticker_s_number_can_be_given_and_a_known_one_replaced(tmp_path):
    with edgar_server({7: document({}, cik=7)}) as sec:
        source(sec.url, tmp_path, ciks={"XYZ": 7}).reports("XYZ")
        source(sec.url, tmp_path, ciks={"MSFT": 7}).reports("MSFT")
        assert sec.requests == 1  # one number, one document, whatever the ticker


def test_a_number_with_leading_zeros_is_the_same_number(tmp_path):
    with edgar_server({MSFT: DOCUMENT | {"cik": "0000789019"}}) as sec:
        assert len(source(sec.url, tmp_path).reports("MSFT").facts) == 1


# Offline


def test_a_second_call_needs_no_server(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        first = source(sec.url, tmp_path).reports("MSFT")
    gone = refused_url()
    for again in (
        source(gone, tmp_path).reports("MSFT"),
        source(gone, tmp_path, needed_until=TODAY).reports("MSFT"),
        source(gone, tmp_path, needed_until=dt.date(2030, 1, 1)).reports("MSFT"),
        source(gone, tmp_path).fetch("MSFT"),
        source(gone, tmp_path, user_agent=None).reports("MSFT"),  # and nobody need say who asks
    ):
        assert again == first


def test_a_document_older_than_the_run_s_last_day_is_renewed(tmp_path):
    later = NOON + dt.timedelta(1)
    with edgar_server(DOCUMENTS) as sec:
        source(sec.url, tmp_path).reports("MSFT")
        source(sec.url, tmp_path, now=later, needed_until=TODAY).reports("MSFT")
        assert sec.requests == 1
        source(sec.url, tmp_path, now=later, needed_until=later.date()).reports("MSFT")
        assert sec.requests == 2


def test_fetch_asks_once_a_day(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        for hours in (0, 1, 24, 25):
            source(sec.url, tmp_path, now=NOON + dt.timedelta(hours=hours)).fetch("MSFT")
        assert sec.requests == 2
    assert [name[:17] for name in files(tmp_path)] == ["000001-2024-05-15", "000001-2024-05-16"]


def test_the_day_of_a_download_is_new_york_s(tmp_path):
    evening = dt.datetime(2024, 5, 16, 3, 59, tzinfo=dt.UTC)  # 23:59 on the 15th
    with edgar_server(DOCUMENTS) as sec:
        source(sec.url, tmp_path, now=evening).reports("MSFT")
    assert [name[:17] for name in files(tmp_path)] == ["000001-2024-05-15"]


def test_a_failed_renewal_names_what_is_cached(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        source(sec.url, tmp_path).reports("MSFT")
    late = {"now": NOON + dt.timedelta(30), "needed_until": dt.date(2024, 6, 14)}
    with pytest.raises(DataError, match=rf"^MSFT: .*{REMEDY}.*\(cached as of 2024-05-15; .*data"):
        source(refused_url(), tmp_path, **late).reports("MSFT")


# Passing and lasting trouble


@pytest.mark.parametrize(
    "mood",
    ["rate_limited", "broken", "away", "truncated", "hangs_up", "half_packed", "mispacked"],
)
def test_a_passing_trouble_is_outlasted(tmp_path, mood):
    with edgar_server(DOCUMENTS, script=[mood] * (TRIES - 1)) as sec:
        assert len(source(sec.url, tmp_path).reports("MSFT").facts) == 1
        assert sec.requests == TRIES
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        ("rate_limited", "HTTP 429"),
        ("broken", "HTTP 500"),
        ("away", "HTTP 503"),
        ("truncated", "JSON that breaks off"),
        ("half_packed", "JSON that breaks off"),
        ("hangs_up", "a connection that broke off"),
        ("mispacked", "an answer that could not be unpacked"),
    ],
)
def test_a_lasting_trouble_ends_after_five_tries_with_the_remedy(tmp_path, mood, reason):
    with edgar_server(DOCUMENTS, then=mood) as sec:
        with pytest.raises(DataError, match=rf"^MSFT: .*in 5 tries.*{reason}.*{REMEDY}") as error:
            source(sec.url, tmp_path).reports("MSFT")
        assert sec.requests == TRIES
    assert "\n" not in str(error.value)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        ("forbidden", r"HTTP 403\) with the User-Agent 'Jane Doe jane@example\.com'; set EDGAR_"),
        ("teapot", rf"HTTP 418; expected 200; {REMEDY}"),
        ("page", rf"the answer of .* was b'<!DOCTYPE html>.*, which is not JSON; .*{REMEDY}"),
        ("list", rf"was \[\{{'cik': 1\}}\]; expected a companyfacts document.*{REMEDY}"),
        ("no_facts", "expected a companyfacts document with cik and facts"),
        ("another_s", r"of CIK 1326801 \('Meta Platforms, Inc\.'\); expected CIK 789019; run"),
        ("moved", rf"HTTP 302; expected 200; {REMEDY}"),
    ],
)  # fmt: skip
def test_an_answer_that_will_not_change_is_told_at_once(tmp_path, mood, message):
    with edgar_server(DOCUMENTS, then=mood) as sec:
        with pytest.raises(DataError, match=rf"^MSFT: .*{message}") as error:
            source(sec.url, tmp_path).reports("MSFT")
        assert sec.requests == 1
    assert "\n" not in str(error.value)
    assert files(tmp_path) == []


def test_an_unknown_number_is_told_at_once(tmp_path):
    with edgar_server(DOCUMENTS) as sec:
        with pytest.raises(DataError, match=r"^XYZ: .*CIK 7 \(HTTP 404, no such CIK\).*fundament"):
            source(sec.url, tmp_path, ciks={"XYZ": 7}).reports("XYZ")
        assert sec.requests == 1
    assert files(tmp_path) == []


def test_an_answer_without_end_is_not_read_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(edgar_client, "MAX_BYTES", 1_000_000)
    huge = document({CAPEX: []}, cik=MSFT) | {"note": "x" * 1_000_000}
    with edgar_server({MSFT: huge}) as sec:  # packed it is a thousand bytes
        with pytest.raises(DataError, match=rf"^MSFT: .*more than 1,000,000 bytes; .*{REMEDY}"):
            source(sec.url, tmp_path).reports("MSFT")
        assert sec.requests == 1
    assert files(tmp_path) == []


def test_a_document_with_a_broken_number_is_not_kept(tmp_path):
    bad = entry("2024-01-01", "2024-03-31", 1, "2024-04-25") | {"val": "much"}
    with (
        edgar_server({MSFT: document({CAPEX: [bad]}, cik=MSFT)}) as sec,
        pytest.raises(DataError, match=rf"^MSFT: capex: {CAPEX} entry 0 had val 'much'; expected"),
    ):
        source(sec.url, tmp_path).reports("MSFT")
    assert files(tmp_path) == []


def test_what_was_odd_in_a_document_travels_with_its_reports(tmp_path):
    # As Oracle's 10-Ks of 2018 to 2022: the year's revenue also as that of its last three months.
    year, quarter = ("2017-06-01", "2018-05-31"), ("2018-03-01", "2018-05-31")
    report = ("2018-06-22", "10-K")
    tags = {
        "Revenues": [entry(*year, 39_831, *report), entry(*quarter, 39_383, *report)],
        CAPEX: [entry(*year, 1_736, *report)],
        "PaymentsToAcquireProductiveAssets": [entry(*year, 1_900, *report)],
    }
    with edgar_server({1341439: document(tags, cik=1341439)}) as sec:
        fresh = source(sec.url, tmp_path).reports("ORCL")
    for reports in (fresh, source(refused_url(), tmp_path).reports("ORCL")):
        assert [(finding.check, finding.symbol, finding.dates) for finding in reports.findings] == [
            ("filing_tags_differ", "ORCL", ("2018-05-31",)),
            ("filing_mistagged_year", "ORCL", ("2018-05-31",)),
        ]


def test_a_company_without_capex_has_reports_and_is_refused_where_capex_is_needed(tmp_path):
    sales = document({"Revenues": [entry("2024-01-01", "2024-03-31", 1, "2024-04-25")]}, cik=MSFT)
    with edgar_server({MSFT: sales}) as sec:
        reports = source(sec.url, tmp_path).reports("MSFT")
    assert [fact.concept for fact in reports.facts] == ["revenue"]
    with pytest.raises(DataError, match=rf"^MSFT: no capex in cache:edgar/.*{CAPEX} or Payments"):
        require(reports, "capex")


def test_nobody_listening_is_told_with_the_remedy(tmp_path):
    with pytest.raises(
        DataError, match=rf"^MSFT: the SEC's server 127.*refused.*network, then {REMEDY}"
    ) as no:
        source(refused_url(), tmp_path).reports("MSFT")
    assert "\n" not in str(no.value)


# Refused before any request


@pytest.mark.parametrize(
    "agent",
    [None, "", "schism", "Jane Doe", "jane@", "@example.com", "Jane\njane@example.com",
     "Jané jane@example.com"],
)  # fmt: skip
def test_without_a_contact_nothing_is_asked(tmp_path, agent):
    with edgar_server(DOCUMENTS) as sec:
        with pytest.raises(
            DataError, match=r"^MSFT: the User-Agent .* was '.*'; .*set .*EDGAR_USER_AGENT, for ex"
        ):
            source(sec.url, tmp_path, user_agent=agent).reports("MSFT")
        assert sec.requests == 0


@pytest.mark.parametrize("url", ["file:///etc", "ftp://data.sec.gov", "data.sec.gov", "https://"])
def test_only_web_servers_are_asked(tmp_path, url):
    with pytest.raises(DataError, match=r"^MSFT: the SEC's address was .*https://data\.sec\.gov$"):
        source(url, tmp_path).reports("MSFT")


def test_a_ticker_without_a_number_is_told_where_to_look_it_up(tmp_path):
    with pytest.raises(DataError, match=r"^XYZ: .*fundamentals\.cik: \{XYZ: NUMBER\}$"):
        source(refused_url(), tmp_path).reports("XYZ")


@pytest.mark.parametrize("cik", [0, -1, 10**10])
def test_a_number_that_is_no_cik_is_refused(tmp_path, cik):
    with pytest.raises(DataError, match=rf"^XYZ: its CIK was {cik}; expected a number of 1 to 10"):
        source(refused_url(), tmp_path, ciks={"XYZ": cik}).reports("XYZ")


# In another process


def run_python(program, env, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", program, *arguments],
        cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


PROGRAM = (
    "import sys; from feeds.filings.edgar import EdgarSource\n"
    "from feeds.filings.edgar_cache import EdgarCache\n"
    "facts = EdgarSource(EdgarCache()).reports('MSFT').facts\n"
    "print(len(facts), 'requests' in sys.modules)"
)


def test_a_subprocess_is_sent_here_by_its_environment_and_then_needs_nobody(tmp_path):
    kept = {"SCHISM_CACHE_DIR": str(tmp_path)}
    with edgar_server(DOCUMENTS, script=["rate_limited"] * 4) as sec:
        done = run_python(PROGRAM, sec.environment | kept)
    assert (done.stdout.split(), done.stderr) == (["1", "True"], "")
    offline = run_python(PROGRAM, environment(refused_url()) | kept)
    assert (offline.stdout.split(), offline.stderr) == (["1", "False"], "")
