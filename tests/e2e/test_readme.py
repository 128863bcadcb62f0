"""README and the pages of docs against the program: commands, keys and figures.

With ``UPDATE_README=1`` in the environment the figures are written instead of compared.
"""

import csv
import datetime as dt
import itertools
import json
import os
import re
import shlex
from pathlib import Path

import pytest

from configs.command_line import COMMANDS, EXIT_CODES, parser
from configs.load import parse, validate
from reports.publish.audit import DATA as AUDIT_DATA
from tests.e2e.edgar_server import edgar_server
from tests.e2e.program import (
    ROOT,
    market_folder,
    new_interpreter,
    new_process,
    overrides,
    rows,
    run_py,
)
from tests.e2e.test_cli_capex import documents
from tests.e2e.yahoo_server import ServedBar, yahoo_server
from tests.unit.keys_in_table import expected_keys, keys_in_table, numbers
from tests.unit.told import PAGES, README, assert_told, told

SYMBOLS = ("SMH", "IGV", "MAGS", "QQQ", "NVDA", "MSFT", "AMZN", "META", "GOOG", "SPY",
           "^VIX", "^MOVE")  # fmt: skip
READ_REPORTS = {f"configs/{name}.yaml" for name in ("nvda_msft", "capex_or_vol", "article")}


def section(title):
    """Return the text under a heading."""
    match = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", told(), re.MULTILINE | re.DOTALL)
    assert match, f"README has no section {title}"
    return match[1]


def table(title):
    """Return the rows below a section's table head, as lists of cells."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def commands():
    """Return the words of every ``python run.py`` line in the sh blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", told(), re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    bare = [list(itertools.dropwhile(lambda word: "=" in word, words)) for words in lines]
    return [words[2:] for words in bare if words[:2] == ["python", "run.py"]]


def command(words):
    """Return which command a line gives."""
    return words[0] if words[0] in COMMANDS else "CONFIG"


def stand_ins(words):
    """Return words for what no test can reach or wait for.

    That is a full set of filings, as the SEC has them, and the minutes of a whole audit.
    """
    quick = ["--quick"] if words[0] == "audit" and "--quick" not in words else []
    if words[0] == "fetch" or not READ_REPORTS & set(words):
        return quick
    path = Path(os.environ["FUNDAMENTALS_DATA"]).resolve() / "capex_quarterly.csv"
    return [*quick, *overrides(f"fundamentals={{source: csv, path: {path}}}")]


# --- commands and figures, on real prices ---


def served(path):
    """Return a file of prices as Yahoo would list it."""
    names = ("Open", "High", "Low", "Close", "Adj Close", "Dividends", "Stock Splits")
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            open_, high, low, close, adj_close, dividend, split = (float(row[n]) for n in names)
            yield ServedBar(
                date=dt.date.fromisoformat(row["Date"]),
                open=open_, high=high, low=low, close=close, adj_close=adj_close,
                volume=int(float(row["Volume"])), dividend=dividend, split=split,
            )  # fmt: skip


@pytest.fixture(scope="module")
def executed(arrival, sample_audit, tmp_path_factory):
    """Run README's commands in their order, as one user; only ``fetch`` finds a Yahoo.

    The first run as a reader's, in a new interpreter; the first of each command that no other
    module asks for in a process of its own; everything else in this one. What another module asks
    for in the same words is run once for both.
    """
    prices, folder = market_folder(), tmp_path_factory.mktemp("readme")
    user = {**arrival, "SCHISM_CACHE_DIR": str(folder / "cache")}
    bars = {symbol: list(served(prices / f"{symbol}.csv")) for symbol in SYMBOLS}
    # Nobody gave us their prices, and no figure of README reads them.
    bars |= {"MTUM": bars["SPY"], "GOOGL": bars["GOOG"]}
    runs = folder / "runs"
    done, known = [], {"audit", "compare", "sweep"}
    elsewhere = {("audit", "configs/sample.yaml", "--quick"): sample_audit}
    with yahoo_server(bars) as yahoo, edgar_server(documents()) as edgar:
        online = user | edgar.environment | yahoo.environment
        kept = run_py(["fetch", "configs/igv_smh_unwind.yaml"], online)  # told of smh_igv only
        assert kept.code == 0, kept.err
        for words in commands():
            out = runs if words[0] == "list" else runs / str(len(done))
            where = [] if words[0] in ("check", "claims", "fetch") else ["--out", out]
            env = online if words[0] == "fetch" else user
            runs_it = run_py if command(words) in known else new_process
            runs_it = new_interpreter if done and "CONFIG" not in known else runs_it
            known.add(command(words))
            asked = (*words, *stand_ins(words))
            done.append((words, elsewhere.get(asked) or runs_it([*asked, *where], env)))
    return done


@pytest.mark.market
def test_every_command_runs(executed):
    assert [(words, done.code, done.err if done.code else "") for words, done in executed] == [
        (words, 0, "") for words in commands()
    ]
    assert {command(words) for words in commands()} == {
        "CONFIG", "audit", "check", "claims", "compare", "fetch", "list", "pairs", "sweep",
    }  # fmt: skip
    listed = next(done for words, done in executed if words[0] == "list")
    assert len(listed.out.splitlines()) == 3  # weekly, monthly, and the two compared, by then


def run_of(executed, *words):
    """Return the folder that one of README's commands left."""
    return next(done.page.parent for said, done in executed if said == list(words))


def dollars(value):
    return f"{'-' if float(value) < 0 else ''}${abs(float(value)):,.2f}"


def figures(weekly, monthly):
    """Return README's table: what a reader would compare, from the files of two runs."""
    folders = (weekly, monthly)
    results = [json.loads((each / "result.json").read_text(encoding="utf-8")) for each in folders]
    assert results[0]["pair"] == {"long": "SMH", "short": "IGV"}
    lines = ["| | weekly | monthly |", "|---|---:|---:|"]

    def row(label, *cells):
        lines.append(f"| {label} | {' | '.join(cells)} |")

    for label, key in (
        ("total return", "total_return"),
        ("CAGR", "cagr"),
        ("volatility", "volatility"),
        ("max drawdown", "max_drawdown"),
    ):
        row(label, *(f"{result[key] * 100:.2f} %" for result in results))
    row("Sharpe", *(f"{result['sharpe']:.2f}" for result in results))
    for cost in ("commission", "spread", "borrow"):
        row(cost, *(dollars(result[cost]) for result in results))
    row("legs filled", *(str(len(rows(each / "fills.csv"))) for each in folders))
    trades = [
        [*rows(folder / "trades.csv"), *result["open_trades"]]
        for folder, result in zip(folders, results, strict=True)
    ]
    for pair in zip(*trades, strict=True):
        (span,) = {
            f"{trade['entry']} to {trade['exit'] or 'the end, still open'}" for trade in pair
        }
        row(f"net P&L, {span}", *(dollars(trade["net_pnl"]) for trade in pair))
    return "\n".join(lines) + "\n"


@pytest.mark.market
def test_the_figures_are_what_the_runs_give(executed):
    config = "configs/smh_igv.yaml"
    monthly = run_of(executed, config, "--set", "rebalance.kind=monthly")
    expected = figures(run_of(executed, config), monthly)
    assert_told("figures", expected)


@pytest.mark.market
def test_weekly_against_monthly_is_answered_in_the_comparison_s_own_words(executed):
    done = next(done for words, done in executed if words[0] == "compare")
    assert_told("weekly or monthly", f"> {done.out.splitlines()[0]}\n")


def test_what_the_demo_prints_is_what_it_says(arrival, tmp_path):
    done = run_py(["configs/sample.yaml", "--no-tearsheet", "--out", tmp_path / "out"], arrival)
    *lines, _ = done.out.splitlines()
    page = "/.../reports/out/sample-.../index.html"
    assert_told("demo", "\n".join(["```text", *lines, page, "```", ""]))


PICTURE_BYTES = 300_000  # all of them together


def test_the_pictures_are_there_and_small():
    shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/[\w.]+)\)", README.read_text(encoding="utf-8"))
    files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/pictures").iterdir())
    assert sorted(shown) == files
    assert {"docs/pictures/run.png", "docs/pictures/verdict.png"} < set(files)
    assert sum((ROOT / file).stat().st_size for file in files) < PICTURE_BYTES


def test_readme_is_read_in_two_minutes():
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_every_link_leads_to_a_page():
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_configuration_in_ten_lines_is_one():
    (block,) = re.findall(r"^```yaml\n(name: mags.*?)^```", told(), re.MULTILINE | re.DOTALL)
    document = parse(block, "README")
    assert validate(document, "README").pair.legs == ("MAGS", "IGV")
    assert len(block.splitlines()) <= 10


# --- words, keys, files and numbers ---


def test_every_command_and_option_is_explained():
    commands = section("Commands")
    for command in COMMANDS:
        assert f"`python run.py {command}" in commands
    (choices,) = (action.choices for action in parser()._actions if action.choices)
    options = {
        name
        for grammar in choices.values()
        for action in grammar._actions
        for name in action.option_strings
    }
    assert options >= {"--set", "--out", "--debug"}
    for name in options - {"-h"}:
        assert name in commands


def test_no_command_is_told_that_does_not_exist():
    commands = re.findall(r"`python run\.py ([a-z]+)", told())
    assert set(commands) == set(COMMANDS)


def test_every_exit_code_is_explained():
    codes = re.findall(r"^  (\d+)", EXIT_CODES, re.MULTILINE)
    assert codes == ["0", "2", "3", "4", "130"]
    commands = section("Commands")
    sentence = commands[commands.index("Exit codes:") :].split("\n\n")[0]
    assert set(codes) <= set(re.findall(r"\b\d+\b", sentence))


def test_the_defaults_of_the_keys_most_used_are_the_schema_s():
    documented = keys_in_table(table("Configuration"))
    expected = {
        key: numbers(defaults) for key, defaults in expected_keys().items() if key in documented
    }
    assert {key: numbers(defaults) for key, defaults in documented.items()} == expected
    assert {"signal.kind", "data.source", "pair.short", "costs.spread.<TICKER>"} <= set(documented)
    assert "(configuration.md)" in section("Configuration")


@pytest.mark.market
def test_every_file_and_every_number_of_a_run_is_explained(executed):
    folder = run_of(executed, "configs/smh_igv.yaml")
    explanation = section("What a run leaves")
    names = {re.sub(r"-[\d.]+\.min", "-<version>.min", path.name) for path in folder.iterdir()}
    explained = {cells[0].strip("`") for cells in table("What a run leaves")}
    assert explained == names | {"filings.csv"}  # of runs that read company reports
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    numbers = [key for key, value in result.items() if not isinstance(value, dict | list | bool)]
    assert len(numbers) > 20
    assert [key for key in numbers if key != "name" and f"`{key}`" not in explanation] == []


def test_every_file_the_readme_names_is_there():
    named = re.findall(r"`([\w./]+\.(?:md|yaml|json|lock|cfg))`", told())
    of_a_run = {
        AUDIT_DATA,
        "sweep.json",
        "pairs.json",
        *(cells[0].strip("`") for cells in table("What a run leaves")),
    }
    named = {name for name in named if name not in of_a_run}
    assert "configs/smh_igv.yaml" in named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
