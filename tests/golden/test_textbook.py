"""Every printed figure of the textbook's two-leg examples, from the shipped configurations.

The printed figures and the columns beside them are those of ../shared/TEXTBOOK.md, where they were
recomputed from the book's own files by other code; nothing here was printed by the program.
"""

import os
from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.load import load
from reports.audits.textbook import examples, loaded, title_of, tradable, tried

DATA = os.environ.get("TEXTBOOK_DATA")
needs_data = pytest.mark.skipif(
    not DATA, reason="TEXTBOOK_DATA names no folder of the book's files"
)

LATER, OPEN, PAID = "one session later", "next open", "next open, 5 bp a side"
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
    "gld_gdx_listing": {
        "book_sharpe_ddof0_since_2006-05-24_until_2007-05-23": ("1.9182982283", {}),
        "book_sharpe_ddof0_since_2007-05-24": ("1.4943137618", {}),
    },
    "gld_gdx_carried": {
        "book_sharpe_ddof0_until_2007-05-23": ("2.3714", {LATER: "2.44"}),
        "book_sharpe_ddof0_since_2007-05-24": ("1.5139", {LATER: "1.65"}),
    },
}

# Where our account is not the book's, and by how much that shows.
APART = {
    # A unit of ours is a constant gross, the book's is one share of y: with h it buys and sells
    # more x, which costs. Without costs the size of a unit drops out.
    ("gld_uso_linear", PAID, False): 0.008,
    ("gld_uso_linear", PAID, True): 0.04,
    ("gld_uso_bollinger", PAID, False): 0.002,
    # Ours orders equal dollars at the close that decides; a session later the legs have moved
    # apart. The book's are equal then.
    ("gld_gdx_carried", LATER, True): 0.03,
}


@needs_data
@pytest.mark.parametrize("name", TABLE)
def test_a_printed_figure_comes_out_to_the_digit_and_so_does_the_table_beside_it(name):
    path = next(each for each in examples() if each.stem == name)
    computed = tried(path, Path(DATA), lambda step: None)
    assert [row.key for row in computed.rows] == list(TABLE[name])
    for row in computed.rows:
        printed, later = TABLE[name][row.key]
        digits = len(printed.partition(".")[2])
        assert (f"{row.printed:.{digits}f}", row.digits) == (printed, digits)
        assert f"{row.ours:.{digits}f}" == printed
        assert row.reproduces
        for words, expected in later.items():
            # A unit of the last place, which the table cut here and rounded there.
            unit = 10.0 ** -len(expected.partition(".")[2])
            allowed = APART.get((name, words, "sharpe" in row.key), 1.01 * unit)
            assert row.later[words] == pytest.approx(float(expected), abs=allowed)


def test_every_example_is_in_the_table_and_says_whose_it_is():
    assert {path.stem for path in examples()} == set(TABLE)
    for path in examples():
        assert title_of(path).startswith("E. Chan, ")
        config = loaded(path)
        assert config.account.fill == "same_close"
        assert {each.key for each in config.audit.published} == set(TABLE[path.stem])


def test_no_example_fills_at_once_without_saying_that_it_replicates():
    for path in examples():
        with pytest.raises(ConfigError, match=r"account\.fill was 'same_close'"):
            load(path, ["account.replicate=false", "signal.any_hedge=false", "data.adjusted=false"])


def test_what_is_judged_is_what_could_have_been_traded():
    for path in examples():
        config = tradable(loaded(path))
        assert config.account.fill == "next_open"
        assert (config.account.replicate, config.account.fractional) == (False, False)
        assert not config.data.adjusted
        assert not config.signal.any_hedge
        assert config.signal.hedge.kind != "fixed"
        assert config.costs.spread.default_bps == 10.0
