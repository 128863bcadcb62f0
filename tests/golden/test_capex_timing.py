"""The capex trade knows nothing early: real filings, their days moved, and what the run then did.

Each number a decision rests on was public before the session that decided; moved a quarter later,
the same numbers move the decisions.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from reports.audits.altered_markets import republished
from tests.golden.real_run import real_prices
from tests.unit.read_once import ReadOnce

CONFIG = Path(__file__).parents[2] / "configs" / "nvda_msft.yaml"
pytestmark = [
    *real_prices,
    pytest.mark.skipif(
        "FUNDAMENTALS_DATA" not in os.environ, reason="FUNDAMENTALS_DATA names no reports folder"
    ),
]


@pytest.fixture(scope="module")
def config():
    reports = Path(os.environ["FUNDAMENTALS_DATA"]) / "capex_quarterly.csv"
    return load(
        CONFIG,
        (
            "data.source=csv", f"data.path={os.environ['MARKET_DATA']}",
            f"fundamentals={{source: csv, path: {reports}}}",
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def market(config):
    return load_market(config, ReadOnce(Path(os.environ["MARKET_DATA"])))


@pytest.fixture(scope="module")
def run(config, market):
    return simulate(config, market)


def decisions(run):
    trades = run.trades
    entered = [*trades["entry_decided"], *(t["entry_decided"] for t in run.open_trades)]
    return entered, list(trades["exit_decided"])


def test_every_number_behind_a_decision_was_public_before_it(run):
    known = run.filings.known
    assert len(known) > 500
    assert (known["filed"] < known["decided"]).all()
    assert (known["quarter_end"] < known["filed"]).all()


def test_filings_a_quarter_later_move_the_decisions(config, market, run):
    late = simulate(config, republished(market, days=91))
    assert decisions(late) != decisions(run)
    assert (late.filings.known["filed"] < late.filings.known["decided"]).all()
    # The first entry needs the spenders' quarter to March 2016, the last of it public on 4 May.
    entered, _ = decisions(run)
    assert f"{entered[0]:%Y-%m-%d}" == "2016-05-04"
    later, _ = decisions(late)
    assert later[0] > entered[0]


def test_a_filing_that_comes_a_session_later_delays_its_own_decision_by_one(config, market, run):
    one = simulate(config, republished(market, sessions=1))
    (entered, left), (later, left_later) = decisions(run), decisions(one)
    sessions = run.ledger["date"].tolist()
    assert sessions.index(later[0]) == sessions.index(entered[0]) + 1
    assert sessions.index(left_later[0]) == sessions.index(left[0]) + 1


def test_numbers_filed_after_the_run_change_nothing(config, market, run):
    last = market.sessions[-1].item()
    early = replace(market, fundamentals=market.fundamentals.public_before(last))
    assert simulate(config, early).ledger.equals(run.ledger)
