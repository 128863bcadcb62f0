"""``run.py check``: what the files were taken for, what was found, the rules; nothing simulated."""

import os
from pathlib import Path

import pytest

import run
from tests.e2e.program import complaint, overrides, tree
from tests.e2e.test_cli_data import DAYS, HEADER, lines, write

CONFIG = "configs/smh_igv.yaml"
COMPARISON = "configs/weekly_vs_monthly.yaml"
WINDOW = overrides("data.end=2024-06-28", "data.source=csv")
CASES = Path(os.environ.get("MARKET_DATA", "absent")).parent / "cases"


@pytest.fixture
def folder(tmp_path):
    """SMH as Yahoo's 7 columns, IGV as Nasdaq.com has it, QQQ whole."""
    prices = tmp_path / "prices"
    prices.mkdir()
    seven = [",".join(row.split(",")[:7]) for row in lines(0)]
    (prices / "SMH.csv").write_text(
        "\n".join([HEADER.removesuffix(",Dividends,Stock Splits"), *seven])
    )
    nasdaq = ["Date,Close/Last,Volume,Open,High,Low"]
    for row in lines(1)[::-1]:
        day, open_, high, low, close, _, volume, *_ = row.split(",")
        year, month, number = day.split("-")
        nasdaq.append(f"{month}/{number}/{year},${close},{volume},${open_},${high},${low}")
    (prices / "IGV.CSV").write_text("\n".join(nasdaq))
    write(prices, "QQQ", lines(2))
    return prices


def checked(capsys, words, code):
    """Return the lines that a check said, and its complaint where it must end with 3."""
    assert run.main(["check", *map(str, words)]) == code
    streams = capsys.readouterr()
    return streams.out.splitlines(), complaint(streams.err) if code else ""


def test_it_says_what_each_file_was_taken_for_and_simulates_nothing(desk, folder, capsys, tmp_path):
    before, rows = tree(tmp_path), f"{len(DAYS)} rows, 2023-04-11 to 2024-06-28"
    said, _ = checked(capsys, [CONFIG, *WINDOW, *overrides(f"data.path={folder}")], 0)
    assert tree(tmp_path) == before
    assert said[:3] == [
        f"SMH: {folder}/SMH.csv: Yahoo-shaped, with Adj Close; {rows}; lacks dividends and splits",
        f"IGV: {folder}/IGV.CSV: Nasdaq.com; dates month first; newest first; {rows}; "
        "lacks adjusted close, dividends and splits",
        f"QQQ: {folder}/QQQ.csv: Yahoo, with dividends and splits; {rows}",
    ]
    assert any(
        line.startswith("warning: IGV has no dividends and no Adj Close: held long it is not cred")
        for line in said
    )
    assert any(line.startswith("info: SMH lists no splits") for line in said)
    assert said[-1].startswith("From 2023-04-11 to 2024-06-28, on the price files in ")
    assert said[-1].endswith("scaling down what does not fit.")


def test_a_run_on_such_files_names_them_in_its_manifest(desk, folder, without_quantstats, capsys):
    words = [CONFIG, *WINDOW, *overrides(f"data.path={folder}")]
    assert run.main(words) == 0
    page = Path(capsys.readouterr().out.splitlines()[-1])
    manifest = (page.parent / "manifest.json").read_text(encoding="utf-8")
    assert '"dialect": "Nasdaq.com; dates month first; newest first"' in manifest
    assert '"no_dividends"' in (page.parent / "findings.json").read_text(encoding="utf-8")


def test_a_comparison_has_a_sentence_a_variant(desk, folder, capsys):
    said, _ = checked(capsys, [COMPARISON, *WINDOW, *overrides(f"data.path={folder}")], 0)
    assert [line.split(": ")[0] for line in said[-2:]] == ["weekly", "monthly"]
    assert "on the last session of a week;" in said[-2]
    assert "on the last session of a month;" in said[-1]


def test_everything_is_said_before_it_refuses(desk, folder, capsys):
    (folder / "IGV.CSV").unlink()
    (folder / "IGV.csv").write_text("Day,Price\n2024-01-02,1\n")
    said, error = checked(capsys, [CONFIG, *WINDOW, *overrides(f"data.path={folder}")], 3)
    assert said[0].startswith("SMH: ")
    assert said[1] == f"IGV: not read: {error}"
    assert said[2].startswith("QQQ: ")
    assert error.startswith(f"{folder}/IGV.csv:1: has the columns Day, Price; expected the date, ")
    assert said[-1].startswith("From 2023-04-11")


def test_every_error_is_said_and_the_first_ends_it(desk, folder, capsys):
    rows = lines(0)
    spoilt = [rows[0].replace(",1000000,", ",-1,"), rows[1].replace(",1000000,", ",x,")]
    write(folder, "SMH", [spoilt[0], *rows[1:]])
    said, error = checked(capsys, [CONFIG, *WINDOW, *overrides(f"data.path={folder}")], 3)
    assert "SMH has a price of zero or less, or a negative volume" in error
    assert f"error: {error}" in said


def test_a_series_that_cannot_be_read_is_found_without_a_run(desk, folder, tmp_path, capsys):
    rates = tmp_path / "rates.csv"
    rates.write_text("date,rate\n2023-04-11,abc\n")
    where = overrides(f"data.path={folder}", f"costs.borrow={{series: {{IGV: {rates}}}}}")
    _, error = checked(capsys, [CONFIG, *WINDOW, *where], 3)
    assert error.startswith(f"{rates}")


def test_the_sample_is_checked_too(desk, capsys):
    said, _ = checked(capsys, ["configs/sample_capex.yaml"], 0)
    assert said[0].startswith("NVDA: sample generator, seed ")
    assert any(line.startswith("MSFT reports: sample generator") for line in said)
    assert "on SYNTHETIC sample prices" in said[-1]


def test_a_wrong_request_is_exit_2_and_says_nothing_else(desk, capsys):
    assert run.main(["check", CONFIG, "--set", "data.end=2023-04-12"]) == 2
    assert capsys.readouterr().out == ""


# --- the shared cases ---

needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="no cases beside MARKET_DATA")
SPAN = overrides("data.start=2022-12-01", "data.end=2022-12-16")
JANUARY = overrides("data.start=2024-01-11", "data.end=2024-01-31")


@needs_cases
@pytest.mark.market
@pytest.mark.parametrize(
    ("case", "window", "code"),
    [
        ("alphavantage", JANUARY, 0), ("crlf-bom-extra-blank", SPAN, 0),
        ("duplicate-last", SPAN, 0), ("empty-split-cells", SPAN, 0), ("excel-mdy", SPAN, 0),
        ("excel-semicolon", SPAN, 0),
        ("investing", JANUARY, 0), ("lowercase-header", SPAN, 0), ("split-as-text", SPAN, 0),
        ("stooq", SPAN, 3),  # closes under the lows: two kinds of adjustment in one row
        ("stooq-bulk", SPAN, 0), ("utf16", SPAN, 3),  # its last row is cut off
        ("yahoo-paste", JANUARY, 0), ("yf-download-multiindex", SPAN, 0),
    ],
)  # fmt: skip
def test_each_dialect_is_read_or_refused_with_the_remedy(desk, capsys, case, window, code):
    where = overrides(f"data.path={CASES / 'dialects' / case}")
    said, error = checked(capsys, [CASES / "always.yaml", *where, *window], code)
    assert said[-1].startswith("From ")
    if code:
        assert "export" in error


@needs_cases
@pytest.mark.market
def test_kos_dividends_come_out_of_seven_columns(desk, capsys):
    words = overrides(
        f"data.path={CASES / 'yahoo-export-no-dividends'}", "pair={long: KO, short: PEP}",
        "data.start=2014-01-02", "data.end=2020-03-27",
    )  # fmt: skip
    said, _ = checked(capsys, [CASES / "always.yaml", *words], 0)
    assert any(
        "(2014-03-12 0.305, 2014-06-12 0.305, 2014-09-11 0.305 and 22 more)" in x for x in said
    )
