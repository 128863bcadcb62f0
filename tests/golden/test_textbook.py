"""Every printed figure of the textbook's examples, from the shipped configurations.

The printed figures and the columns beside them are those of ../shared/TEXTBOOK.md, where they were
recomputed from the book's own files by other code; nothing here was printed by the program.
"""

import math
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from configs.errors import ConfigError
from configs.load import load
from engine.run import read_market, run
from reports.audits.article.book_figures import book_figures
from reports.audits.textbook import examples, loaded, title_of, tradable, tried
from reports.audits.textbook_columns import Overslept, refilled
from reports.pictures import one_of_each, sharpe_ratios, sharpe_row
from tests.unit.told import DOCS_FOLDER, assert_told

DATA = os.environ.get("TEXTBOOK_DATA")
needs_data = pytest.mark.skipif(
    not DATA, reason="TEXTBOOK_DATA names no folder of the book's files"
)

LATER, OPEN, PAID = "one session later", "next open", "next open, 5 bp a side"
LATER_PAID = "one session later, 5 bp a side"
# Of each figure: as printed, then one session later, at the next open, and there for 5 bp a side,
# each with the digits the table gives.
TABLE = {
    "gld_uso_linear": {
        "book_apr_since_2006-05-24": ("0.108335", {LATER: "0.216", OPEN: "0.084", PAID: "-0.057"}),
        "book_sharpe_since_2006-05-24": ("0.589651", {LATER: "1.03", OPEN: "0.48", PAID: "-0.14"}),
    },
    "gld_uso_bollinger": {
        "book_apr_since_2006-05-24": ("0.178249", {LATER: "0.187", OPEN: "0.135", PAID: "0.118"}),
        "book_sharpe_since_2006-05-24": ("0.964673", {LATER: "1.02", OPEN: "0.76", PAID: "0.67"}),
    },
    "ewa_ewc_kalman": {
        "book_apr": ("0.262252", {LATER: "0.038", OPEN: "0.026", PAID: "-0.039"}),
        "book_sharpe": ("2.361162", {LATER: "0.43", OPEN: "0.29", PAID: "-0.30"}),
    },
    "ewa_ewc_ige_johansen": {
        "engle_granger_t_of_EWC_on_EWA": ("-3.6435", {}),
        "johansen_trace_0_of_EWC_EWA": ("19.983", {}),
        "johansen_trace_1_of_EWC_EWA": ("3.983", {}),
        "johansen_trace_0_of_EWA_EWC_IGE": ("34.429", {}),
        "johansen_trace_1_of_EWA_EWC_IGE": ("17.532", {}),
        "johansen_trace_2_of_EWA_EWC_IGE": ("4.471", {}),
        "johansen_half_life_of_EWA_EWC_IGE": ("22.662578", {}),
        "johansen_apr_of_EWA_EWC_IGE": ("0.125739", {LATER: "-0.006"}),
        "johansen_sharpe_of_EWA_EWC_IGE": ("1.391310", {LATER: "-0.02"}),
    },
    "gld_gdx_listing": {
        "book_sharpe_ddof0_since_2006-05-24_until_2007-05-23": ("1.9182982283", {}),
        "book_sharpe_ddof0_since_2007-05-24": ("1.4943137618", {}),
    },
    "gld_gdx_carried": {
        "book_sharpe_ddof0_until_2007-05-23": ("2.3714", {LATER: "2.44", LATER_PAID: "2.34"}),
        "book_sharpe_ddof0_since_2007-05-24": ("1.5139", {LATER: "1.65", LATER_PAID: "1.55"}),
    },
}
# Columns in which our account differs from the book's, and the one difference without which the
# figure is the table's.
NO_VOLUME = "orders fill on a session without volume too"
AT_THE_FILL = "legs of equal dollars at the fill, not at the close that decided it"
APART = {
    ("gld_uso_linear", OPEN): NO_VOLUME,
    ("gld_gdx_carried", LATER): AT_THE_FILL,
}


@cache
def found(name):
    path = next(each for each in examples() if each.stem == name)
    return tried(path, Path(DATA), lambda step: None)


def is_printed(value, text):
    """Whether a figure was printed so: the table rounds here, and cuts there, down or to zero."""
    digits = len(text.partition(".")[2])
    scale = 10.0**digits
    ways = (round(value, digits), math.floor(value * scale) / scale, int(value * scale) / scale)
    return float(text) in ways


@needs_data
@pytest.mark.parametrize("name", TABLE)
def test_a_printed_figure_comes_out_to_the_digit_and_so_does_the_table_beside_it(name):
    example = found(name)
    assert [row.key for row in example.rows] == list(TABLE[name])
    for row in example.rows:
        printed, later = TABLE[name][row.key]
        digits = len(printed.partition(".")[2])
        assert (f"{row.printed:.{digits}f}", row.digits) == (printed, digits)
        assert f"{row.ours:.{digits}f}" == printed
        assert row.reproduces
        for words, expected in later.items():
            cause = APART.get((name, words))
            value = row.later[words] if cause is None else row.apart[cause][words]
            if words != LATER_PAID:  # of which the next test tells
                assert is_printed(value, expected), (row.key, words, value, expected)


def without_costs_of_rebalances(result):
    """Return a run whose rebalances were free: the table's cost only entries and exits."""
    ledger = result.ledger.copy()
    upkeep = result.fills[result.fills["reason"] == "rebalance"]
    paid = upkeep.groupby("date")["spread"].sum().reindex(ledger["date"]).fillna(0.0)
    ledger["spread"] = ledger["spread"].to_numpy() - paid.to_numpy()
    return replace(result, ledger=ledger)


@needs_data
def test_gld_gdx_one_session_later_for_five_basis_points_is_the_table_s_but_for_upkeep():
    """The table's legs are a dollar each until the exit, and only entries and exits cost."""
    path = next(each for each in examples() if each.stem == "gld_gdx_carried")
    config = loaded(path, Path(DATA))
    market = read_market(config)
    at_once = refilled(config, {"fill": "same_close"}, 10.0)
    result = without_costs_of_rebalances(run(at_once, market, strategy_class=Overslept))
    table = {key: later[LATER_PAID] for key, (_, later) in TABLE["gld_gdx_carried"].items()}
    values = book_figures(result, market, table).values
    assert {key: f"{value:.2f}" for key, value in values.items()} == table
    # What upkeep costs of it, and what is left when legs are sized at the close that decides.
    for row in found("gld_gdx_carried").rows:
        assert 0.0 < values[row.key] - row.apart[AT_THE_FILL][LATER_PAID] < 0.005
        assert row.later[LATER_PAID] == pytest.approx(float(table[row.key]), abs=0.03)


@needs_data
def test_without_its_one_cause_a_column_would_not_be_the_table_s():
    """Each cause of `APART` is needed: the figure beside it is another one."""
    for (name, words), cause in APART.items():
        rows = found(name).rows
        assert any(row.apart[cause][words] != row.later[words] for row in rows)
        assert not all(is_printed(row.later[words], TABLE[name][row.key][1][words]) for row in rows)


@needs_data
def test_an_exit_costs_what_it_costs_where_the_book_gives_the_session_after_it_no_return():
    words = "exits cost what they cost, where the book's return after one is 0"
    apr, sharpe = (row.apart[words][PAID] for row in found("ewa_ewc_kalman").rows)
    # By other code, from the book's file: turnover over gross, each entry and each exit 5 bp.
    assert apr == pytest.approx(-0.0641, abs=0.0005)
    assert sharpe == pytest.approx(-0.54, abs=0.01)


def test_every_example_is_in_the_table_and_says_whose_it_is():
    assert {path.stem for path in examples()} == set(TABLE)
    for path in examples():
        assert title_of(path).startswith("E. Chan, ")
        config = loaded(path)
        assert config.account.replicate
        assert {each.key for each in config.audit.published} == set(TABLE[path.stem])


def at_once():
    return [path for path in examples() if loaded(path).account.fill == "same_close"]


def test_no_example_fills_at_once_without_saying_that_it_replicates():
    assert len(at_once()) == 5
    for path in at_once():
        with pytest.raises(ConfigError, match=r"account\.fill was 'same_close'"):
            load(path, ["account.replicate=false", "signal.any_hedge=false", "data.adjusted=false"])


def test_what_is_judged_is_what_could_have_been_traded():
    for path in at_once():
        config = tradable(loaded(path))
        assert config.account.fill == "next_open"
        assert (config.account.replicate, config.account.fractional) == (False, False)
        assert not config.data.adjusted
        assert not config.signal.any_hedge
        assert config.signal.hedge.kind != "fixed"
        assert config.costs.spread.default_bps == 10.0
        assert getattr(config.sizing, "shares", None) is None


def all_found():
    return [found(path.stem) for path in examples()]


def readme_table():
    """Return the page's table: one Sharpe ratio an example, the test's where there are two."""
    lines = [
        "| Sharpe ratio | printed | ours | a session later | next open | and 5 bp a side | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for example in one_of_each(all_found()):
        row = sharpe_row(example)
        cells = [f"{row.printed:.{row.digits}f}", f"{row.ours:.{row.digits}f}"]
        cells += [f"{row.later[w]:.2f}" if w in row.later else "" for w in (LATER, OPEN, PAID)]
        lines.append(f"| {example.name} | {' | '.join(cells)} | {example.fate[0]} |")
    return "\n".join(lines) + "\n"


@needs_data
def test_readme_shows_what_the_runs_give():
    expected = readme_table()
    assert_told("textbook", expected)


@needs_data
def test_the_picture_is_small_and_of_these_runs():
    drawn = (DOCS_FOLDER / "pictures" / "textbook.svg").read_text(encoding="utf-8")
    assert len(drawn) < 100_000
    assert drawn == sharpe_ratios(all_found()), "make pictures"
    ElementTree.fromstring(drawn)
    for example in one_of_each(all_found()):
        assert f">{sharpe_row(example).printed:.2f}</text>" in drawn


@needs_data
def test_gld_gdx_is_untestable_because_it_traded_three_times():
    """The page's sentence: fewer than five independent entries cannot tell skill from luck."""
    for name in ("gld_gdx_carried", "gld_gdx_listing"):
        config = tradable(found(name).config)
        result = run(config, read_market(config))
        assert len(result.trades) + len(result.open_trades) == 3
        assert config.audit.thresholds.clusters[1] == 5
        # It made money all the same, and at more than the costs charged.
        assert result.headline["net_pnl"] > 0.0
