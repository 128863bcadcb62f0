"""No false alarm: honest runs of every kind pass their own audit, whatever they wait for or pay.

The runs are those of ``test_causality_of_runs``, which checks the same law to the last bit.
"""

import dataclasses

import pytest

from reports.audits.subject import Subject
from tests.property.test_causality_of_runs import RUNS, random_market
from tests.unit.audit_market import checks_of, keys_of


@pytest.fixture(scope="module")
def market():
    return random_market(seed=11)


@pytest.mark.parametrize("name", RUNS)
def test_an_honest_run_passes_its_audit(market, name):
    config = RUNS[name]
    reads = config.fundamentals is not None
    seen = market if reads else dataclasses.replace(market, fundamentals=None)
    checks = checks_of(Subject(config=config, market=seen))
    assert keys_of(checks, "FAIL") == []
    assert keys_of(checks, "NOT RUN") == (["A9"] if reads else ["A7", "A9"])
