"""A gallery: runs on their own windows side by side, each number its own run's, none tested."""

import dataclasses

import numpy as np
import pytest

from reports.pages.compare.gallery import gallery, sentence
from tests.unit.long_run import long_run
from tests.unit.reports.test_compare_page import Page, html_of


@pytest.fixture(scope="module")
def runs():
    """Ninety sessions, and sixty that begin on the same day, of other prices."""
    return {"long": long_run("never"), "brief": long_run("never", seed=5, sessions=60)}


@pytest.fixture(scope="module")
def view(runs):
    return gallery(runs)


def test_each_line_lies_on_the_sessions_of_its_own_run(view, runs):
    assert len(view.dates) == 90
    long, brief = view.variants
    np.testing.assert_array_equal(long.equity, runs["long"].ledger["equity"])
    np.testing.assert_array_equal(brief.equity[:60], runs["brief"].ledger["equity"])
    assert np.isnan(brief.equity[60:]).all()
    assert (long.sessions, brief.sessions, brief.end) == (90, 60, view.dates[59])


def test_nothing_is_tested(view):
    assert (view.pairs, view.frontiers, view.index_context) == ((), (), None)
    assert view.verdict == "side by side, nothing tested"
    assert "p_value" not in str(view.to_json())


def test_the_sentence_has_each_return_beside_its_own_benchmark(view, runs):
    def points(run):
        made = run.ledger["equity"].iloc[-1] / run.ledger["equity"].iloc[0] - 1.0
        index = np.prod(1.0 + run.benchmark_returns.to_numpy()) - 1.0
        return f"{made * 100:.1f}% (B {index * 100:.1f}%)"

    assert view.sentence == (
        f"Side by side, nothing tested: after costs long {points(runs['long'])} and brief "
        f"{points(runs['brief'])}, each over its own window."
    )


def test_a_benchmark_that_is_alike_for_all_is_told_once(view):
    one, other = view.variants
    alike = [one, dataclasses.replace(other, benchmark_return=one.benchmark_return)]
    told = sentence(alike)
    assert told.count("B ") == 1
    assert told.endswith(f"; B {one.benchmark_return * 100:.1f}% in each window.")


def test_a_signal_without_z_says_why_it_has_no_reading(view):
    assert [each.reason for each in view.readings] == ["signal always has no z"] * 2


def test_the_page_has_pairs_and_windows_and_no_section_about_noise(view):
    page = Page(html_of(view))
    assert page.row("Side by side", "Pair") == ["L/S", "L/S"]
    ends = [row for row in page.tables["Side by side"] if row[0] == "To"]
    assert ends == [["To", view.dates[-1], view.dates[59]]]
    assert (
        page.row("What their signals read, and what came after", "No z")
        == ["signal always has no z"] * 2
    )
    for word in ("more than noise", "distinguishable", "p, corrected", "What paying more buys"):
        assert word not in page.text


def test_one_run_is_no_gallery(runs):
    with pytest.raises(ValueError, match="was 1 runs; expected at least 2"):
        gallery({"long": runs["long"]})
