"""A new user, no network, the bundled sample: what the first run says and leaves."""

import datetime as dt
import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest

import run
from tests.e2e.program import (
    ROOT,
    finish,
    home,
    new_interpreter,
    overrides,
    rows,
    run_py,
    start,
    start_cold,
    tree,
)

SAMPLE = "configs/sample.yaml"
LEDGER = (
    "date,cash,long_shares,short_shares,long_value,short_value,equity,long_pnl,short_pnl,"
    "dividends,commission,fees,spread,impact,borrow,interest,gross,net,equity_return"
)
FILLS = "date,symbol,shares,price,reason,commission,fees,spread,impact,decided"
RESULT = (
    "start,end,sessions,final_equity,total_return,cagr,volatility,sharpe,sortino,max_drawdown,"
    "calmar,time_in_market,turnover,entries,trades_closed,win_rate,commission,fees,spread,impact,"
    "borrow,dividends,interest,gross_pnl,net_pnl"
)
UNUSED = {  # by a run that draws no tear sheet; the slowest of them takes longer to load than it
    "plotly", "quantstats", "matplotlib", "scipy", "statsmodels", "arch", "numba", "joblib", "rich",
    "yfinance", "requests", "filelock",
}  # fmt: skip
COSTS = ("commission", "fees", "spread", "impact", "borrow")
FILES = {
    "index.html", "tearsheet.html", "result.json", "ledger.csv", "fills.csv", "trades.csv",
    "rebalances.csv", "signals.csv", "findings.json", "manifest.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """The same run twice: two processes at once, one of them new, two homes, two --out."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    started = [
        starts(
            ["backtest", SAMPLE, "--out", folder / f"run-{folder.name}"], home(folder, draws=True)
        )
        for starts, folder in zip((start_cold, start), folders, strict=True)
    ]
    return [finish(process) for process in started]


@pytest.fixture(scope="module")
def done(twins):
    assert twins[0].code == 0, twins[0].err
    return twins[0]


@pytest.fixture(scope="module")
def folder(done):
    return done.page.parent


def json_of(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def header(folder, name):
    return (folder / name).read_text(encoding="utf-8").splitlines()[0]


def test_the_last_line_on_stdout_is_the_page_to_open(done):
    assert done.page.is_absolute()
    assert done.page.name == "index.html"
    assert done.page.is_file()


def test_progress_is_plain_lines_on_stderr(done):
    assert done.err.splitlines()[:4] == [
        "reading SMH", "reading IGV", "reading QQQ", "simulating 808 sessions",
    ]  # fmt: skip
    assert "\x1b" not in done.out + done.err


def test_a_new_interpreter_says_nothing_more_with_its_warnings_shown(done):
    assert "Warning" not in done.err


def test_every_file_of_the_contract_is_there_and_one_script(folder):
    names = set(tree(folder))
    (script,) = names - FILES
    assert names >= FILES
    assert re.fullmatch(r"plotly-basic-[\d.]+\.min\.js", script)


def test_nothing_else_was_written(done):
    beside = done.page.parents[1]
    known = {"run-" + beside.name, "trials.jsonl", ".cache", ".config"}
    assert {path.name for path in beside.iterdir()} <= known


def test_the_tables_have_exactly_the_contract_s_columns(folder):
    assert header(folder, "ledger.csv") == LEDGER
    assert header(folder, "fills.csv") == FILLS
    signals = header(folder, "signals.csv").split(",")
    assert signals[0] == "date"
    assert signals[-2:] == ["entry", "acted"]
    assert {"correlation", "z", "vol_long", "vol_short", "vol_ratio"} <= set(signals)
    trades = set(header(folder, "trades.csv").split(","))
    assert {"entry", "exit", "sessions", "exit_reason", "gross_pnl", *COSTS, "net_pnl"} <= trades
    assert "return" in trades


def test_result_json_has_the_contract_s_keys_in_their_order(folder):
    keys = list(json_of(folder, "result.json"))
    assert [key for key in keys if key in RESULT.split(",")] == RESULT.split(",")


def test_findings_and_manifest_have_the_contract_s_keys(folder):
    for finding in json_of(folder, "findings.json"):
        assert set(finding) == {"check", "symbol", "dates", "severity", "text"}
    manifest = json_of(folder, "manifest.json")
    assert set(manifest) >= {
        "config", "config_sha256", "data", "git_commit", "versions", "seed", "command", "warnings",
    }  # fmt: skip
    assert manifest["command"] == ["run.py", "backtest", SAMPLE]


def test_one_ledger_row_a_session_and_every_change_of_equity_explained(folder):
    ledger = rows(folder / "ledger.csv")
    result = json_of(folder, "result.json")
    assert len(ledger) == result["sessions"] == 808
    assert (ledger[0]["date"], ledger[-1]["date"]) == ("2023-04-11", "2026-06-30")
    earned = ("long_pnl", "short_pnl", "dividends", "interest")
    for before, after in itertools.pairwise(ledger):
        change = float(after["equity"]) - float(before["equity"])
        explained = sum(float(after[name]) for name in earned)
        explained -= sum(float(after[name]) for name in COSTS)
        # A millionth of a dollar: DESIGN's identity on a million of float64.
        assert change == pytest.approx(explained, abs=1e-6), after["date"]


def test_the_headline_is_what_the_ledger_adds_up_to(folder):
    ledger = rows(folder / "ledger.csv")
    result = json_of(folder, "result.json")
    assert result["final_equity"] == float(ledger[-1]["equity"])
    assert result["total_return"] == pytest.approx(result["final_equity"] / 1_000_000 - 1)
    assert result["net_pnl"] == pytest.approx(result["final_equity"] - 1_000_000)
    for name in (*COSTS, "dividends"):
        assert result[name] == pytest.approx(sum(float(row[name]) for row in ledger)), name
    peak, fall = 0.0, 0.0
    for row in ledger:
        peak = max(peak, float(row["equity"]))
        fall = min(fall, float(row["equity"]) / peak - 1)
    assert result["max_drawdown"] == pytest.approx(fall)


def test_no_fill_on_the_session_that_decided_it_and_both_legs_at_once(folder):
    fills = rows(folder / "fills.csv")
    for row in fills:
        decided, filled = (dt.date.fromisoformat(row[name]) for name in ("decided", "date"))
        assert decided < filled
    entries = [row for row in fills if row["reason"] in ("entry", "holding_sessions")]
    by_day: dict[str, set[str]] = {}
    for row in entries:
        by_day.setdefault(row["date"], set()).add(row["symbol"])
    assert set(map(frozenset, by_day.values())) == {frozenset({"SMH", "IGV"})}


def test_synthetic_is_said_on_stdout_both_pages_and_in_the_result(done, folder):
    assert done.out.startswith("SYNTHETIC DATA. ")
    for page in ("index.html", "tearsheet.html"):
        assert "SYNTHETIC" in (folder / page).read_text(encoding="utf-8")
    result = json_of(folder, "result.json")
    assert result["synthetic"] is True
    assert result["warning"].startswith("SYNTHETIC")


def test_two_processes_leave_the_same_bytes(twins):
    assert twins[1].code == 0, twins[1].err
    one, two = (done.page.parent for done in twins)
    assert one.name != two.name
    assert tree(one) == tree(two)
    for name in tree(one):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_no_page_or_record_carries_a_path_of_the_machine(folder):
    for name in tree(folder):
        text = (folder / name).read_text(encoding="utf-8")
        assert str(folder) not in text, name
        assert str(ROOT) not in text, name


def test_a_run_without_a_tear_sheet_loads_no_library_that_it_does_not_use(tmp_path):
    env = home(tmp_path) | {"PYTHONPROFILEIMPORTTIME": "1"}
    done = new_interpreter([SAMPLE, "--no-tearsheet", "--out", tmp_path / "out"], env)
    told = [line for line in done.err.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told}
    assert {"pandas", "backtrader", "exchange_calendars"} <= loaded
    assert loaded & UNUSED == set()


def test_the_default_folder_is_named_by_name_and_both_hashes(desk, without_quantstats, capsys):
    assert run.main([SAMPLE]) == 0
    page = Path(capsys.readouterr().out.splitlines()[-1])
    manifest = json_of(page.parent, "manifest.json")
    text = json.dumps(manifest["config"], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert manifest["config_sha256"] == digest
    assert page.parent == desk / f"sample-{digest[:8]}-{manifest['data_sha256'][:8]}"


def test_a_second_run_takes_the_place_of_the_first(desk, without_quantstats, capsys):
    codes = [run.main([SAMPLE, *overrides("data.end=2023-10-31")]) for _ in range(2)]
    assert codes == [0, 0]
    assert len([path for path in desk.iterdir() if path.is_dir()]) == 1


def test_a_run_from_another_folder_reads_its_own_files(tmp_path, arrival):
    # The sample needs no folder; the configuration is named from where the user stands.
    (tmp_path / "mine.yaml").write_bytes((ROOT / SAMPLE).read_bytes())
    words = ["mine.yaml", "--out", "here", *overrides("data.end=2023-10-10")]
    done = run_py(words, arrival, cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.page == tmp_path / "here" / "index.html"
