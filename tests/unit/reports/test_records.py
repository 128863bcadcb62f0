import csv
import dataclasses
import io
import json
import math

import numpy as np
import pandas as pd
import pytest

from reports.publish.records import records, summary
from reports.wording import iso
from tests.unit.fake_result import fake_result


@pytest.fixture(scope="module")
def result():
    return fake_result()


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_books_of_the_fake_balance_every_session(result):
    ledger = result.ledger
    made = ledger[["long_pnl", "short_pnl", "dividends", "interest"]].sum(axis=1)
    paid = ledger[["commission", "fees", "spread", "impact", "borrow"]].sum(axis=1)
    gap = ledger["equity"].diff().iloc[1:] - (made - paid).iloc[1:]
    assert gap.abs().max() < 1e-6  # the identity of DESIGN section 6
    marked = ledger["cash"] + ledger["long_value"] + ledger["short_value"]
    assert (marked - ledger["equity"]).abs().max() < 1e-6


def test_every_dollar_and_fraction_of_the_ledger_survives_the_file(result):
    """To half of the last digit written; the identity is then good to a tenth of its tolerance."""
    ledger = rows(records(result)["ledger.csv"])
    for name in result.ledger.columns.drop("date"):
        read = [float(row[name]) for row in ledger]
        assert read == pytest.approx(result.ledger[name].tolist(), rel=1e-11, abs=5.1e-9)


def test_the_ledger_file_has_the_columns_of_the_design_in_order(result):
    assert records(result)["ledger.csv"].splitlines()[0] == (
        "date,cash,long_shares,short_shares,long_value,short_value,equity,long_pnl,short_pnl,"
        "dividends,commission,fees,spread,impact,borrow,interest,gross,net,equity_return"
    )


def test_fills_have_the_columns_of_the_design_in_order(result):
    assert records(result)["fills.csv"].splitlines()[0] == (
        "date,symbol,shares,price,reason,commission,fees,spread,impact,decided"
    )


def test_dates_are_iso_and_lines_end_with_a_newline_only(result):
    text = records(result)["ledger.csv"]
    assert rows(text)[0]["date"] == "2023-04-11"
    assert "\r" not in text
    assert text.endswith("\n")


def test_a_signal_that_is_not_warm_is_empty_and_booleans_read_true_or_false(result):
    signals = rows(records(result)["signals.csv"])
    assert signals[0]["z"] == ""
    assert {row["acted"] for row in signals} == {"True", "False"}
    assert signals[19]["acted"] == "True"  # the fake decides on the session before its fill at 20


def test_trades_file_of_a_run_without_trades_still_has_its_header():
    result = fake_result(holds=((100, None),))
    assert rows(records(result)["trades.csv"]) == []
    assert records(result)["trades.csv"].startswith("entry,exit,")


def test_result_json_holds_the_headline_and_the_state_of_the_run(result):
    data = json.loads(records(result)["result.json"])
    assert data["name"] == "smh-igv"
    assert data["pair"] == {"long": "SMH", "short": "IGV"}
    assert data["final_equity"] == round(result.ledger["equity"].iloc[-1], 8)
    assert data["synthetic"] is False
    assert "warning" not in data
    assert data["counts"]["fills"] == 6  # two entries and one exit, two legs each
    assert data["counts"]["trades_open"] == 1
    (opened,) = data["open_trades"]
    assert opened["entry"] == result.ledger["date"].iloc[80].date().isoformat()
    assert opened["exit"] is None
    assert data["ended"] is None
    assert data["breakeven"] == pytest.approx(result.breakeven, rel=1e-11)
    last = result.ledger["date"].iloc[-1].date().isoformat()
    assert data["pending"] == [
        {"symbol": "SMH", "shares": 12, "reason": "rebalance", "decided": last},
        {"symbol": "IGV", "shares": -7, "reason": "rebalance", "decided": last},
    ]


def test_result_json_of_invented_prices_says_so():
    data = summary(fake_result(synthetic=True))
    assert data["synthetic"] is True
    assert data["warning"].startswith("SYNTHETIC")


def test_a_number_that_is_not_finite_becomes_null_not_invalid_json(result):
    odd = dataclasses.replace(
        result, headline={**result.headline, "sharpe": math.nan, "calmar": np.float64("inf")}
    )
    data = json.loads(records(odd)["result.json"], parse_constant=pytest.fail)
    assert data["sharpe"] is None
    assert data["calmar"] is None


def test_findings_and_manifest_are_written_as_they_are(result):
    files = records(result)
    (finding,) = json.loads(files["findings.json"])
    assert finding["severity"] == "warning"
    assert finding["dates"] == ["2023-04-14"]
    manifest = json.loads(files["manifest.json"])
    assert manifest == result.manifest
    assert list(manifest) == sorted(manifest)


def test_a_value_json_cannot_hold_is_refused_by_name(result):
    odd = dataclasses.replace(result, manifest={"seed": object()})
    with pytest.raises(TypeError, match="expected text, a number"):
        records(odd)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.Timestamp("2024-04-09"), "2024-04-09"),
        (np.datetime64("2024-04-09"), "2024-04-09"),
        ("2024-04-09", "2024-04-09"),
        (None, None),
        (pd.NaT, None),
    ],
)
def test_a_date_of_any_make_reads_iso(value, text):
    assert iso(value) == text
