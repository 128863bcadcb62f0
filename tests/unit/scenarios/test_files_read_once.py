"""A simulation is a function of its arguments: a file edited after the market was read is another.

Each file beside the prices is read once, with its hash, and never again from disk.
"""

import hashlib
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from engine.costs.tariffs import SHIPPED
from engine.event import simulate
from feeds.assemble import load_market
from feeds.source import Bars, DataError
from reports.pages.run.rates import rates
from tests.unit.hand_market import hand_config

SESSIONS = pd.bdate_range("2024-03-04", periods=15)


class Shelf:
    """Two legs of plain prices."""

    def bars(self, symbol):
        flat = np.full(len(SESSIONS), 100.0)
        close = flat + np.sin(np.arange(len(SESSIONS)) + (symbol == "SSS"))
        columns = {name: close for name in ("open", "high", "low", "close", "adj_close")}
        frame = pd.DataFrame(
            {**columns, "volume": 1e9, "dividend": 0.0, "split": 0.0},
            index=pd.DatetimeIndex(SESSIONS, name="date"),
        )
        return Bars(symbol=symbol, frame=frame, origin=symbol, sha256="0" * 64)


@pytest.fixture
def config(tmp_path):
    rates_file = "date,rate\n2024-01-02,0.05\n2024-03-12,0.9\n"
    (tmp_path / "borrow.csv").write_text(rates_file, encoding="utf-8")
    interest = rates_file.replace("0.9", "0.2")
    (tmp_path / "interest.csv").write_text(interest, encoding="utf-8")
    news = "ticker,announce_date,session\nLLL,2024-03-13,AMC\nSSS,2024-03-18,BMO\n"
    (tmp_path / "news.csv").write_text(news, encoding="utf-8")
    shutil.copy(SHIPPED, tmp_path / "fees.yaml")
    return hand_config(
        data={"source": "csv", "path": "unread", "start": "2024-03-04", "end": "2024-03-22"},
        costs={
            "commission": {"kind": "ibkr_tiered"},
            "borrow": {"series": {"SSS": str(tmp_path / "borrow.csv")}},
            "interest": {"kind": "benchmark", "series": str(tmp_path / "interest.csv"),
                         "rebate_free_usd": 0.0},
            "fees": {"kind": "us_sales", "table": str(tmp_path / "fees.yaml")},
        },
        exits={"flat_over": {"earnings": str(tmp_path / "news.csv")}},
    )  # fmt: skip


def edited(folder, name):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    if name == "fees.yaml":
        document = yaml.safe_load(text)
        for rate in document["sec_section_31"]["rates"]:
            rate["usd_per_million"] *= 100
        document["ibkr_tiered"][0]["min_usd"] = 50.0
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
    elif name == "news.csv":
        path.write_text(text + "LLL,2024-03-07,AMC\nSSS,2024-03-11,AMC\n", encoding="utf-8")
    else:
        path.write_text(text + "2024-03-14,0.4\n", encoding="utf-8")


def tables_of(result):
    """Everything of a run that a file beside the prices could change, its page's rates with it."""
    return (
        result.headline, result.ledger.to_csv(), result.fills.to_csv(), result.trades.to_csv(),
        result.signals.to_csv(), result.findings, rates(result),
    )  # fmt: skip


NAMES = ["borrow.csv", "interest.csv", "news.csv", "fees.yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_edited_after_the_market_was_read_changes_nothing(tmp_path, config, name):
    market = load_market(config, Shelf())
    before = tables_of(simulate(config, market))
    edited(tmp_path, name)
    assert tables_of(simulate(config, market)) == before
    again = simulate(config, load_market(config, Shelf()))
    assert tables_of(again) != before  # the edit would have been seen


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_gone_after_the_market_was_read_is_not_missed(tmp_path, config, name):
    market = load_market(config, Shelf())
    before = tables_of(simulate(config, market))
    (tmp_path / name).unlink()
    assert tables_of(simulate(config, market)) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_s_hash_is_that_of_what_was_charged(tmp_path, config, name):
    market = load_market(config, Shelf())
    path = tmp_path / name
    (listed,) = [file for file in market.files if file.origin == str(path)]
    held = market.side_file(str(path))
    assert listed.sha256 == held.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    digest = market.digest
    edited(tmp_path, name)
    assert load_market(config, Shelf()).digest != digest


def test_a_configuration_whose_file_the_market_has_not_read_is_refused(tmp_path, config):
    other = tmp_path / "other.csv"
    other.write_text("date,rate\n2024-01-02,0.05\n", encoding="utf-8")
    market = load_market(config, Shelf())
    borrow = config.costs.borrow.model_copy(update={"series": {"SSS": str(other)}})
    costs = config.costs.model_copy(update={"borrow": borrow})
    with pytest.raises(DataError, match=r"other\.csv: was not read with the market"):
        simulate(config.model_copy(update={"costs": costs}), market)
