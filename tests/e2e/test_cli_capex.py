"""The capex trade from the command line: offline sample, a file of quarters, EDGAR on loopback."""

import csv
import json
import os
from pathlib import Path

import pytest

from tests.e2e.edgar_server import edgar_server, real_document
from tests.e2e.program import market_folder, overrides, refusal, rows, run_py, tree

CONFIG = "configs/nvda_msft.yaml"
SAMPLE = "configs/sample_capex.yaml"
AGENT = {"EDGAR_USER_AGENT": "Jane Doe jane@example.com"}
CIKS = {"MSFT": 789019, "AMZN": 1018724, "META": 1326801, "GOOGL": 1652044, "NVDA": 1045810}
DOCUMENTS = {"MSFT": "MSFT", "AMZN": "AMZN_partial", "META": "META_recent", "GOOGL": "GOOG",
             "NVDA": "NVDA"}  # fmt: skip


def quarters_file():
    folder = os.environ.get("FUNDAMENTALS_DATA")
    if not folder:
        pytest.skip("FUNDAMENTALS_DATA is not set: no real company reports to read")
    return Path(folder).resolve() / "capex_quarterly.csv"


def from_csv(path):
    return overrides(f"fundamentals={{source: csv, path: {path}}}")


def prices():
    return overrides("data.source=csv", f"data.path={market_folder()}")


def json_of(folder, name="result.json"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


# --- the bundled sample ---


def test_the_sample_runs_offline_and_is_labelled_wherever_it_shows(
    desk, capsys, without_quantstats
):
    import run

    assert run.main([SAMPLE]) == 0
    out = capsys.readouterr().out
    assert out.startswith("SYNTHETIC DATA. Held long NVDA / short MSFT ")
    folder = Path(out.splitlines()[-1]).parent
    assert json_of(folder)["synthetic"] is True
    assert "SYNTHETIC" in (folder / "index.html").read_text(encoding="utf-8")
    known = rows(folder / "filings.csv")
    assert {row["tag"] for row in known} == {"SYNTHETIC"}
    assert all(row["filed"] < row["decided"] for row in known)


def test_synthetic_reports_make_a_run_synthetic_whatever_its_prices(desk, capsys, tmp_path):
    assert refusal(capsys, [SAMPLE, *overrides("pair.short=SMH"), "--out", tmp_path / "x"], 3) == (
        "the sample has no reports of 'SMH'; expected one of AMZN, GOOGL, META, MSFT, NVDA "
        "(fundamentals.source edgar or csv has others)"
    )


# --- a file of quarters ---


@pytest.mark.market
def test_the_trade_on_real_prices_and_filings(arrival, tmp_path):
    done = run_py(
        [CONFIG, *prices(), *from_csv(quarters_file()), "--out", tmp_path / "run"], arrival
    )
    assert done.code == 0, done.err
    trades = rows(tmp_path / "run" / "trades.csv")
    assert [(row["entry_decided"], row["exit_decided"], row["exit_reason"]) for row in trades] == [
        ("2016-05-04", "2017-05-05", "capex_rollover"),
        ("2018-10-29", "2019-02-22", "supplier_stalls"),
        ("2020-05-04", "2021-04-28", "margin_holds"),
        ("2021-04-29", "2022-04-27", "margin_holds"),
        ("2022-04-28", "2022-09-01", "supplier_stalls"),
    ]
    known = rows(tmp_path / "run" / "filings.csv")
    assert all(row["filed"] < row["decided"] for row in known)
    page = (tmp_path / "run" / "index.html").read_text(encoding="utf-8")
    assert "MSFT, AMZN, META, GOOGL spent $129.8bn on property and equipment, $57.8bn more" in page
    checks = {finding["check"] for finding in json_of(tmp_path / "run", "findings.json")}
    assert "filing_stale" in checks  # AMZN told nothing under a known tag in 2017 and 2018


def changed(tmp_path, change):
    """The real file with its rows changed, under another name."""
    with quarters_file().open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    path = tmp_path / "quarters.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(change(rows))
    return path


def text_for_a_number(rows):
    return [row | {"capex_usd": "n/a"} if row is rows[3] else row for row in rows]


WRONG = {
    "text": (text_for_a_number, "quarters.csv:5: capex_usd was 'n/a'; expected dollars"),
    "duplicate": (lambda rows: [*rows, rows[0]], "a second time; expected each once"),
    "no company": (
        lambda rows: [row for row in rows if row["ticker"] != "META"],
        "has no row of META; it has AMZN, GOOGL, MSFT, NVDA, ORCL",
    ),
    "no capex": (
        lambda rows: [row | {"capex_usd": ""} if row["ticker"] == "META" else row for row in rows],
        "META: no capex in ",
    ),
}


@pytest.mark.market
@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_and_nothing_is_written(desk, capsys, tmp_path, change, said):
    out = tmp_path / "run"
    words = [CONFIG, *prices(), *from_csv(changed(tmp_path, change)), "--out", out]
    assert said in refusal(capsys, words, 3)
    assert not out.exists()


@pytest.mark.market
def test_a_reference_longer_than_the_history_is_refused(desk, capsys, tmp_path):
    words = [CONFIG, *prices(), *from_csv(quarters_file()), "--out", tmp_path / "run"]
    said = refusal(capsys, [*words, *overrides("sizing.reference_quarters=80")], 3)
    assert said.startswith("sizing.reference_quarters was 80, which needs 84 quarters in a row of")
    assert tree(tmp_path) == []


def test_a_file_that_is_not_there_is_named(desk, capsys, tmp_path):
    words = [SAMPLE, *from_csv(tmp_path / "none.csv"), "--out", tmp_path / "run"]
    assert "none.csv: could not be read" in refusal(capsys, words, 3)


def test_what_reads_reports_without_a_source_is_a_wrong_request(desk, capsys, tmp_path):
    words = [SAMPLE, *overrides("fundamentals=null"), "--out", tmp_path / "run"]
    said = refusal(capsys, words, 2)
    assert "fundamentals was null; expected a source of company reports" in said


# --- EDGAR ---


@pytest.fixture
def user(arrival, tmp_path):
    return {**arrival, **AGENT, "SCHISM_CACHE_DIR": str(tmp_path / "cache")}


def documents():
    return {CIKS[company]: real_document(name) for company, name in DOCUMENTS.items()}


# The documents of Amazon and Meta are partial: growth of the other two, where Meta tells nothing.
RECENT = overrides(
    "data.start=2024-06-03", "data.end=2026-01-27", "data.benchmark=null",
    "signal={kind: capex, spenders: [MSFT, GOOGL]}",
)  # fmt: skip


@pytest.mark.market
def test_fetched_reports_are_enough_once_the_sec_is_gone(user, tmp_path):
    words = [CONFIG, *prices(), *RECENT]
    with edgar_server(documents()) as edgar:
        fetched = run_py(["fetch", *words], user | edgar.environment)
        assert fetched.code == 0, fetched.err
        assert edgar.requests == 3
    assert [line.split()[0] for line in fetched.out.splitlines()] == ["MSFT", "GOOGL", "NVDA"]
    done = run_py(
        [*words, "--out", tmp_path / "run"], user | {"SCHISM_EDGAR_URL": "http://127.0.0.1:9"}
    )
    assert done.code == 0, done.err
    known = rows(tmp_path / "run" / "filings.csv")
    assert all(row["filed"] < row["decided"] for row in known)
    assert {row["how"] for row in known} == {"reported", "differenced"}
    sources = {
        each["symbol"]: each["origin"]
        for each in json_of(tmp_path / "run", "manifest.json")["data"]
    }
    assert sources["MSFT reports"].startswith("cache:edgar/")


@pytest.mark.market
def test_edgar_and_the_file_of_quarters_decide_alike(user, tmp_path):
    """Both sources told the same numbers; only the file carries those of 2026's second filings."""
    words = [CONFIG, *prices(), *RECENT]
    with edgar_server(documents()) as edgar:
        done = run_py([*words, "--out", tmp_path / "sec"], user | edgar.environment)
    assert done.code == 0, done.err
    other = run_py([*words, *from_csv(quarters_file()), "--out", tmp_path / "csv"], user)
    assert other.code == 0, other.err
    for name in ("trades.csv", "fills.csv", "ledger.csv"):
        assert (tmp_path / "sec" / name).read_text() == (tmp_path / "csv" / name).read_text(), name


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("forbidden", "403"),
        ("rate_limited", "429"),
        ("truncated", "MSFT"),
        ("page", "MSFT"),
    ],
)
@pytest.mark.market
def test_an_answer_that_cannot_be_used_is_refused_and_nothing_is_kept(user, tmp_path, mood, said):
    with edgar_server(documents(), then=mood) as edgar:
        done = run_py([CONFIG, *prices(), "--out", tmp_path / "run"], user | edgar.environment)
    assert (done.code, done.out) == (3, "")
    assert said in done.err.splitlines()[-1]
    assert [name for name in tree(tmp_path) if name.endswith(".gz") or "run" in name] == []


@pytest.mark.market
def test_a_download_without_a_contact_is_refused_before_any_request(user, tmp_path):
    with edgar_server(documents()) as edgar:
        nobody = user | edgar.environment
        nobody.pop("EDGAR_USER_AGENT")
        done = run_py(["fetch", CONFIG, *prices()], nobody)
        assert edgar.requests == 0
    assert done.code == 3
    assert "EDGAR_USER_AGENT" in done.err


@pytest.mark.market
def test_a_company_nobody_knows_the_number_of_is_named_with_the_remedy(user):
    words = [CONFIG, *prices(), *overrides("signal={kind: capex, spenders: [MSFT, IBM]}")]
    done = run_py(["fetch", *words], user)
    assert done.code == 3
    assert "fundamentals.cik: {IBM: NUMBER}" in done.err
