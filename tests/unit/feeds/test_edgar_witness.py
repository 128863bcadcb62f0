"""EDGAR's real documents, over HTTP, against quarters that somebody else worked out of them.

``capex_quarterly.csv`` says for every quarter what was first reported and from which day it was
public. It was built without our parser, so the two agree only where both read the reports right.
"""

import csv
import datetime as dt
import os
from pathlib import Path

import pytest
import tenacity

from feeds.filings.edgar import EdgarSource
from feeds.filings.edgar_cache import EdgarCache
from feeds.filings.pit import known_at, vintages
from feeds.filings.report_quality import facts_of
from feeds.filings.reports import CONCEPTS, quarter_number
from tests.e2e.edgar_case import stand_alone
from tests.e2e.edgar_server import edgar_server, environment, real_document

NOON = dt.datetime(2026, 7, 31, 16, 0, tzinfo=dt.UTC)
CIKS = {"MSFT": 789019, "NVDA": 1045810, "GOOGL": 1652044, "META": 1326801}
WHOLE = {"MSFT": "MSFT", "NVDA": "NVDA", "GOOGL": "GOOG"}
TRIMMED = {"MSFT": "MSFT_recent", "GOOGL": "GOOGL_recent", "META": "META_recent"}
TRIMMED_FROM = dt.date(2023, 1, 1)  # periods that end before are cut off

# Quarters that agree to the dollar: as many as the witness has up to the document's last filing,
# less the differences below.
AGREEING = {
    ("MSFT", "capex"): 70, ("MSFT", "revenue"): 70, ("MSFT", "gross_profit"): 70,
    ("MSFT", "operating_cash_flow"): 70,
    ("NVDA", "capex"): 48, ("NVDA", "revenue"): 70, ("NVDA", "gross_profit"): 70,
    ("NVDA", "operating_cash_flow"): 69,
    ("GOOGL", "capex"): 45, ("GOOGL", "revenue"): 45, ("GOOGL", "gross_profit"): 45,
    ("GOOGL", "operating_cash_flow"): 43,
}  # fmt: skip
AGREEING_TRIMMED = {  # 2023Q1 to 2026Q2 are 14 quarters; Meta's last filing here tells 2026Q1
    (company, concept): 13 if company == "META" else 14
    for company in TRIMMED
    for concept in ("capex", "revenue", "operating_cash_flow")
}

# Quarters we know later than the witness lists them, and the day from which we know them.
# The witness dates them by the quarter's own report; but that report alone does not tell them.
LATER = {
    # The 10-Q of 2009-08-20 told six months; the first quarter was first told (in a form we can
    # read) as the comparative of 2010-05-21.
    ("NVDA", "operating_cash_flow", "2009-07-26"): "2010-05-21",
    # Alphabet's first 10-Q told nine months; the half year before it was Google Inc.'s to tell
    # and stands here only as the comparative of 2016-08-04.
    ("GOOGL", "operating_cash_flow", "2015-09-30"): "2016-08-04",
    # The 10-Q of 2016-11-03 also told nine months of 2015 anew (19,963 million, before 19,609): a
    # new basis, and nine months new less six months old is refused. The same six months were
    # told on the new basis, unchanged, with the comparative of 2017-07-25.
    ("GOOGL", "operating_cash_flow", "2016-09-30"): "2017-07-25",
}


def reports_of(documents, folder):
    """Every company's reports, downloaded from a server that has the real documents."""
    served = {CIKS[company]: real_document(name) for company, name in documents.items()}
    with pytest.MonkeyPatch.context() as patch, edgar_server(served) as sec:
        stand_alone(patch)
        for name, value in environment(sec.url).items():
            patch.setenv(name, value)
        source = EdgarSource(EdgarCache(folder), wait=tenacity.wait_none(), now=lambda: NOON)
        return {company: source.reports(company) for company in documents}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return reports_of(WHOLE, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory):
    return reports_of(TRIMMED, tmp_path_factory.mktemp("trimmed"))


@pytest.fixture(scope="module")
def witness():
    """Company, concept, end of the quarter, value, and the day it was public."""
    folder = os.environ.get("FUNDAMENTALS_DATA")
    if not folder:
        pytest.skip("FUNDAMENTALS_DATA is not set: no witness to compare with")
    rows = []
    with (Path(folder) / "capex_quarterly.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            for concept in CONCEPTS:
                value = row[f"{concept}_usd"]
                of_revenue = "" if concept == "capex" else row["revenue_available_from"]
                if value:
                    public = dt.date.fromisoformat(of_revenue or row["use_from"])
                    end = dt.date.fromisoformat(row["period_end"])
                    rows.append((row["ticker"], concept, end, float(value), public))
    assert len(rows) > 1000
    return rows


def known_value(facts, end, day):
    """What could be used at the close of a day, or None."""
    collected = {quarter.number: quarter for quarter in known_at(facts, day)}.get(
        quarter_number(end)
    )
    return None if collected is None else collected.value


def comparison(reports, witness, company, concept, since=dt.date.min):
    """How many quarters agree on the day after they were public, and which do not."""
    facts = facts_of(reports[company], concept)
    last_filed = max(fact.filed for fact in facts)
    agreeing, differing = 0, {}
    for ticker, what, end, value, public in witness:
        if (ticker, what) == (company, concept) and public <= last_filed and end >= since:
            ours = known_value(facts, end, public + dt.timedelta(1))
            if ours == value:
                agreeing += 1
            else:
                differing[company, concept, str(end)] = (value, ours)
    return agreeing, differing


@pytest.mark.parametrize(("company", "concept"), AGREEING)
def test_every_quarter_is_known_as_first_reported_the_day_after(whole, witness, company, concept):
    agreeing, differing = comparison(whole, witness, company, concept)
    assert agreeing == AGREEING[company, concept]
    assert differing.keys() == {key for key in LATER if key[:2] == (company, concept)}
    assert {ours for _, ours in differing.values()} <= {None}  # not known yet, never another value


@pytest.mark.parametrize(("company", "concept"), AGREEING_TRIMMED)
def test_so_it_is_in_the_newest_documents(trimmed, witness, company, concept):
    agreeing, differing = comparison(trimmed, witness, company, concept, TRIMMED_FROM)
    assert (agreeing, differing) == (AGREEING_TRIMMED[company, concept], {})


@pytest.mark.parametrize(("key", "filed"), LATER.items())
def test_a_quarter_known_later_has_the_witness_s_value_then(whole, witness, key, filed):
    company, concept, end_text = key
    end, filed = dt.date.fromisoformat(end_text), dt.date.fromisoformat(filed)
    (value,) = (row[3] for row in witness if (row[0], row[1], str(row[2])) == key)
    facts = facts_of(whole[company], concept)
    assert known_value(facts, end, filed) is None
    assert known_value(facts, end, filed + dt.timedelta(1)) == value


@pytest.mark.parametrize(("company", "concept"), AGREEING)
def test_no_quarter_is_known_on_its_public_date_or_before(whole, witness, company, concept):
    facts = facts_of(whole[company], concept)
    rows = [row for row in witness if row[:2] == (company, concept)]
    assert len(rows) >= AGREEING[company, concept]
    for _, _, end, _, public in rows:
        assert known_value(facts, end, public) is None


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("company", WHOLE)
def test_no_vintage_holds_what_was_filed_after_it_or_before_the_quarter_ended(
    whole, company, concept
):
    for vintage in vintages(facts_of(whole[company], concept)):
        for quarter in vintage.quarters:
            assert quarter.end <= quarter.filed <= vintage.filed


def test_both_of_alphabet_s_tickers_read_the_same_reports(tmp_path):
    documents = {CIKS["GOOGL"]: real_document("GOOGL_recent")}
    with pytest.MonkeyPatch.context() as patch, edgar_server(documents) as sec:
        stand_alone(patch)
        for name, value in environment(sec.url).items():
            patch.setenv(name, value)
        source = EdgarSource(EdgarCache(tmp_path), now=lambda: NOON)
        one, other = source.reports("GOOGL"), source.reports("GOOG")
        assert sec.requests == 1
    assert (one.sha256, one.origin) == (other.sha256, other.origin)
    assert [fact.value for fact in one.facts] == [fact.value for fact in other.facts]
    assert {fact.company for fact in other.facts} == {"GOOG"}
