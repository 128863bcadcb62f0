"""The textbook's tests of cointegration, printed figure by figure, on the book's own files."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from reports.audits.article.book_figures import apr, sharpe
from reports.statistics.cointegration import engle_granger, half_life, johansen, linear_returns

DATA = os.environ.get("TEXTBOOK_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="TEXTBOOK_DATA names no folder")


def closes(*symbols):
    columns = []
    for symbol in symbols:
        with (Path(DATA) / "etf" / f"{symbol}.csv").open(encoding="utf-8") as file:
            columns.append([float(row["Close"]) for row in csv.DictReader(file)])
    return np.array(columns).T


def test_engle_and_granger_find_ewc_and_ewa_together():
    ewc, ewa = closes("EWC", "EWA").T
    assert f"{engle_granger(ewc, ewa).t:.4f}" == "-3.6435"


def test_johansen_s_traces_of_two_and_of_three_countries():
    two = johansen(closes("EWC", "EWA"))
    assert [f"{each:.3f}" for each in two.traces] == ["19.983", "3.983"]
    three = johansen(closes("EWA", "EWC", "IGE"))
    assert [f"{each:.3f}" for each in three.traces] == ["34.429", "17.532", "4.471"]
    assert three.rank == 3


def test_three_legs_on_their_first_relation():
    """Example 2.8: its half-life, and what units of -z over as many sessions made."""
    prices = closes("EWA", "EWC", "IGE")
    relation = np.array(johansen(prices).relation)
    computed = half_life(prices @ relation)
    assert f"{computed.sessions:.6f}" == "22.662578"
    returns = linear_returns(prices, relation, round(computed.sessions))
    assert f"{apr(returns):.6f}" == "0.125739"
    assert f"{sharpe(returns, 1):.6f}" == "1.391310"
