"""One company on the SEC of our own, on one day, and who asks for it."""

import datetime as dt

import tenacity

from feeds.filings import edgar_client
from feeds.filings.edgar import EdgarSource
from feeds.filings.edgar_cache import EdgarCache
from tests.e2e.edgar_server import environment
from tests.unit.companyfacts import document, entry

MSFT = 789019
NOON = dt.datetime(2024, 5, 15, 16, 0, tzinfo=dt.UTC)  # noon in New York
TODAY = dt.date(2024, 5, 15)
NO_WAIT = tenacity.wait_none()
AGENT = "Jane Doe jane@example.com"
TRIES = 5
CAPEX = "PaymentsToAcquirePropertyPlantAndEquipment"
DOCUMENT = document({CAPEX: [entry("2024-01-01", "2024-03-31", 10_952, "2024-04-25")]}, cik=MSFT)
DOCUMENTS = {MSFT: DOCUMENT}


def stand_alone(monkeypatch):
    """Keep the machine's proxy and contact out, and other tests' requests of this second."""
    for name, value in environment("").items():
        if name.lower() == "no_proxy":
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(edgar_client, "_limiter", edgar_client._new_limiter())
    monkeypatch.delenv("EDGAR_USER_AGENT", raising=False)


def source(url, root, *, wait=NO_WAIT, now=NOON, user_agent=AGENT, **options):
    return EdgarSource(
        EdgarCache(root), base_url=url, user_agent=user_agent, wait=wait, now=lambda: now, **options
    )
