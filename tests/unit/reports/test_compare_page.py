import dataclasses
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from reports.measures.hedge_error import HedgeError
from reports.pages.compare.charts import comparison_charts
from reports.pages.compare.figures import looks
from reports.pages.compare.page import compare_page
from reports.pages.compare.view import ConfigChange
from tests.unit.fake_comparison import DATES, SESSIONS, fake_difference, fake_variant, fake_view

SCRIPT = "plotly-1.min.js"
THREE = ("weekly", "monthly", "never")


class Page(HTMLParser):
    """Every table as rows of cell texts under its nearest heading, and all text, in order."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.words, self.scripts = {}, [], []
        self._heading, self._within, self._script = "", None, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("h2", "h3"):
            self._within, self._heading = tag, ""
        elif tag == "tr":
            self.tables.setdefault(self._heading, []).append([])
        elif tag in ("td", "th"):
            self.tables[self._heading][-1].append("")
            self._within = "cell"
        elif tag in ("script", "style"):
            self._script = tag == "script"
            self._within = "code"
            self.scripts.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "h2", "h3", "script", "style"):
            self._within = None

    def handle_data(self, data):
        if self._within == "code":
            self.scripts[-1] += data
            return
        self.words.append(data)
        if self._within in ("h2", "h3"):
            self._heading += data
        elif self._within == "cell":
            self.tables[self._heading][-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def row(self, heading, start):
        (row,) = [cells for cells in self.tables[heading] if cells[0].startswith(start)]
        return row[1:]


def html_of(view, **changed):
    facts = {
        "title": "weekly against monthly", "failed": {}, "script": SCRIPT, "synthetic": False,
        "replicates": None,
        "variants": {name: f"{name}/index.html" for name in view.names},
        "sheets": {name: f"{name}/tearsheet.html" for name in view.names},
    }  # fmt: skip
    return compare_page(view, **{**facts, **changed})


@pytest.fixture(scope="module")
def html():
    return html_of(fake_view())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def claims(view):
    return {chart.key: chart.title for chart in comparison_charts(view)}


def test_the_answer_comes_before_the_rows_and_the_evidence_after(page):
    answered = page.text.index("No: they cannot be told apart by return; weekly costs")
    assert answered < page.text.index("Side by side") < page.text.index("the rest is noise.")
    assert "long SMH / short IGV, 2025-12-15 to 2026-02-06, 40 sessions" in page.text


def test_every_variant_is_linked_to_its_run(html):
    assert '<a href="weekly/index.html">' in html
    assert '<a href="monthly/index.html">' in html


def test_what_differs_in_the_configuration_stands_beside_the_first(page):
    heading = "What differs in the configuration"
    assert page.row(heading, "rebalance.kind") == ["weekly", "monthly"]
    assert page.row(heading, "config hash") == ["0" * 12, "01" * 6]


def test_a_key_that_only_one_variant_changes_shows_the_others_their_value():
    later = (
        fake_variant(1, "monthly"),
        fake_variant(
            2, "band", changes=(ConfigChange(key="rebalance.above", first=None, here=0.1),)
        ),
    )
    page = Page(html_of(fake_view(variants=(fake_variant(0, "weekly"), *later))))
    heading = "What differs in the configuration"
    assert page.row(heading, "rebalance.kind") == ["weekly", "monthly", "weekly"]
    assert page.row(heading, "rebalance.above") == ["none", "none", "0.1"]


def test_six_rows_stand_on_the_first_screens(page):
    assert [row[0] for row in page.tables["Side by side"]] == [
        "measure", "Total return", "CAGR", "Sharpe", "Max drawdown", "Hedge error, median",
        "Costs, bps a year",
    ]  # fmt: skip


def test_every_entry_of_the_contents_line_leads_to_a_place_of_the_page():
    for view in (fake_view(), fake_view(THREE), fake_view(context=False)):
        html = html_of(view, shelf="../index.html#x")
        places = set(re.findall(r' id="([\w-]+)"', html))
        assert set(re.findall(r'href="#([\w-]+)"', html)) <= places
        assert '<a href="../index.html#x">Shelf</a>' in html


def test_numbers_stand_side_by_side_with_what_they_mean(page):
    assert page.row("Side by side", "Total return") == ["1.90%", "1.90%"]
    assert page.row("Every measure", "Turnover") == ["9.00x", "2.25x"]  # 9 / 1 and 9 / 4
    assert page.row("Side by side", "Hedge error, median") == ["1.00%", "2.00%"]
    assert page.row("Every measure", "CostsCommission") == [
        "$550.00",
        "$350.00",
    ]  # 100 + 400 / 1 or 2 + 50
    assert "Notional traded over mean equity, a year." in page.text


def test_a_number_that_is_not_there_is_said_so(page):
    assert page.row("Every measure", "Beta while held") == ["n/a", "n/a"]


def test_costs_have_a_table_in_dollars_and_one_in_basis_points(page):
    dollars, points = "Dollars over the run", "Basis points of mean equity a year"
    assert page.row(dollars, "spread") == ["$400.00", "$200.00"]
    assert page.row(dollars, "all costs") == ["$550.00", "$350.00"]
    assert page.row(points, "spread") == ["40.0", "20.0"]
    assert page.row(points, "all costs") == ["55.0", "35.0"]


def test_a_difference_comes_with_interval_p_and_n(page):
    row = page.row("Is the difference in return more than noise?", "monthly less weekly")
    assert row == ["1.26%", "-3.00%", "5.50%", "0.432", "0.432", "39", "25", "-20.0"]
    assert "999 resamples, seed 20260630" in page.text
    assert "Runs of 5 sessions on average are drawn together." in page.text


def test_a_difference_without_a_test_shows_no_interval():
    pair = fake_difference(
        "monthly", "weekly", low=None, high=None, p_value=None, p_holm=None, block_sessions=None,
        band_low=None, band_high=None,
    )  # fmt: skip
    view = fake_view(pairs=(pair,))
    row = Page(html_of(view)).row(
        "Is the difference in return more than noise?", "monthly less weekly"
    )
    assert row == ["1.26%", "n/a", "n/a", "n/a", "n/a", "39", "25", "-20.0"]
    assert claims(view)["difference"].endswith("with nothing to test it by")


def test_several_tests_are_said_to_raise_chance_findings():
    page = Page(html_of(fake_view(THREE)))
    assert "Of 2 tests, 0.1 would show p at most 0.05 by luck alone" in page.text  # 2 * 0.05
    assert "weekly against never, in words." in page.text


def test_only_more_than_two_variants_have_a_frontier(page):
    assert "What paying more buys" not in page.text
    more = Page(html_of(fake_view(THREE)))
    (heading,) = [name for name in more.tables if name.startswith("Beyond monthly")]
    # By hand: 55, 35 and 28.3 bps, error 1, 2 and 3 %: monthly is furthest below the chord.
    assert heading == (
        "Beyond monthly, paying more buys little: 35.0 bps a year, 2.0 points of hedge error"
    )
    assert more.row(heading, "monthly")[-1] == "beyond it, more buys little"
    assert [row[0] for row in more.tables[heading][1:]] == ["never", "monthly", "weekly"]


def test_rules_stand_in_rows_and_costs_in_columns():
    dear = (ConfigChange(key="costs.commission.bps", first=1.0, here=9.0),)
    variants = (
        fake_variant(0, "weekly"),
        fake_variant(1, "dear", rule=0, world=1, changes=dear, total_return=0.01),
        fake_variant(2, "monthly", rule=1),
    )
    page = Page(
        html_of(fake_view(variants=variants, pairs=(fake_difference("monthly", "weekly"),)))
    )
    head, weekly, monthly = page.tables["Rules by costs"]
    assert head == ["rules of", "costs of weeklyas configured", "costs of dearcommission.bps 9.0"]
    assert weekly == ["weekly", "1.90%55.0 bps a year", "1.00%35.0 bps a year"]
    assert monthly == ["monthly", "1.90%28.3 bps a year", ""]


def test_costs_alone_leave_no_section_about_noise():
    variants = (fake_variant(0, "weekly"), fake_variant(1, "dear", rule=0, world=1))
    text = html_of(fake_view(variants=variants, pairs=()))
    assert "more than noise" not in text
    assert 'data-chart="difference"' not in text


def test_a_variant_that_never_held_has_no_place_on_the_frontier():
    never = fake_variant(3, "idle", hedge=idle_hedge())
    computed = (*(fake_variant(place, name) for place, name in enumerate(THREE)), never)
    page = Page(html_of(fake_view(variants=computed)))
    (heading,) = [name for name in page.tables if name.startswith("Beyond monthly")]
    assert page.row(heading, "idle") == ["25.0", "n/a", "0.56x", "$1,575.00", "never held"]
    # Costs by hand: 100 + 400 / 4 + 50 = 250 dollars: 25 bps; a year 6.3 times that.


def idle_hedge():
    nothing = np.full(SESSIONS, np.nan)
    return HedgeError(
        share="risk", error=nothing, leg_drift=nothing, median=None, percentile_95=None,
        leg_drift_median=None, leg_drift_percentile_95=None, sessions=0,
    )  # fmt: skip


def test_the_year_without_the_index_shows_the_legs_apart(page):
    heading = "SMH and IGV are 6.0 points apart; QQQ moved 0.0%"
    assert page.row(heading, "SMH less IGV") == ["+6.00"]  # +4 % and -2 %
    apart = "Sessions on which the legs moved most apart and QQQ at most 1.5%"
    assert page.row(apart, DATES[20]) == ["4.00%", "-2.00%", "0.00%", "+6.00"]


def test_without_a_benchmark_there_is_no_index_to_hide_anything():
    assert "What the index hides" not in html_of(fake_view(context=False))


def test_a_variant_that_failed_is_named_with_its_error():
    text = Page(html_of(fake_view(), failed={"daily": "cash was -3; expected > 0"})).text
    assert "daily failed: cash was -3; expected > 0" in text.replace("  ", " ")


def test_a_ruined_variant_is_called_so():
    ruined = (fake_variant(0, "weekly"), fake_variant(1, "monthly", ended="ruin"))
    text = Page(html_of(fake_view(variants=ruined))).text
    assert "No returns to compare: monthly ended in ruin." in text


def test_invented_prices_are_announced_and_real_ones_are_not(page):
    assert "SYNTHETIC" not in page.text
    assert "SYNTHETIC DATA" in Page(html_of(fake_view(), synthetic=True)).text


def test_text_from_outside_is_only_text():
    html = html_of(
        dataclasses.replace(fake_view(), sentence="<b>bold</b>"),
        title="<script>alert(1)</script>",
        failed={"x": "</section><img src=y>"},
        variants={"weekly": 'a"b/index.html'},
    )
    assert "<script>alert" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "&lt;/section&gt;&lt;img src=y&gt;" in html
    assert 'href="a%22b/index.html"' in html


def test_a_name_cannot_end_the_script_that_holds_the_figures():
    names = ("weekly", "</script><b>")
    html = html_of(fake_view(names))
    (data,) = [script for script in Page(html).scripts if script.startswith("{")]
    assert not set("<>&") & set(data)
    drawn = json.loads(data)["equity"]["data"]
    assert [trace["name"] for trace in drawn] == ["weekly", "&lt;/script&gt;&lt;b&gt;"]


def test_every_figure_has_its_place_and_every_place_its_figure(html):
    (data,) = [script for script in Page(html).scripts if script.startswith("{")]
    places = re.findall(r'data-chart="(\w+)"', html)
    assert sorted(json.loads(data)) == sorted([*places, "shared"])
    assert len(places) == len(set(places)) == 6


def test_nothing_is_loaded_but_the_shared_script(html):
    assert re.findall(r'<script[^>]* src="([^"]*)"', html) == [SCRIPT]
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", html) == []


def test_a_variant_has_one_colour_in_tables_and_charts(html):
    (data,) = [script for script in Page(html).scripts if script.startswith("{")]
    figures = json.loads(data)
    for name, look in looks(("weekly", "monthly")).items():
        assert f"border-top-color:{look.color}" in html
        for key in ("equity", "drawdown", "hedge"):
            (color,) = {t["line"]["color"] for t in figures[key]["data"] if t["name"] == name}
            assert color == look.color


def test_claims_are_read_off_the_numbers():
    assert claims(fake_view()) == {
        # The last close: 39 steps of 1,000 or 2,000 dollars less 20,000.
        "equity": "Equity ended $1,019,000 (weekly) and $1,058,000 (monthly)",
        # It against the close before, 1,038,000 or 1,076,000: 19 and 18 thousand lower.
        "drawdown": "The deepest fall was 1.67% (monthly) and 1.83% (weekly)",
        "difference": "The return of monthly less weekly is 1.26% a year, not told from zero "
        "(95% interval -3.00% to 5.50%, p = 0.432)",
        "costs": "Costs a year were 35.0 bps (monthly) and 55.0 bps (weekly)",
        "hedge": "The hedge was at the median off its target by 1.00 points (weekly) and "
        "2.00 points (monthly)",
    }


def test_variants_that_read_the_same_are_not_ranked():
    same = (fake_variant(0, "weekly"), fake_variant(0, "again"))
    pair = fake_difference("again", "weekly", sessions_differing=0, annualised=0.0)
    text = claims(fake_view(variants=same, pairs=(pair,)))
    assert text["equity"] == "Equity ended $1,019,000 in every variant"
    assert text["difference"] == "The return of again less weekly is zero on every session"


def test_runs_that_never_held_still_have_their_page():
    idle = tuple(
        fake_variant(place, name, hedge=idle_hedge(), rebalance_dates=(), entries=0)
        for place, name in enumerate(THREE)
    )
    view = fake_view(variants=idle)
    assert claims(view)["hedge"] == "No hedge to measure: the pair was never held"
    assert "Nothing to place: no variant held the pair" in html_of(view)
    assert "with no entry a variant" in html_of(view)


def test_a_chart_says_how_much_over_which_time_and_from_which_configuration():
    for chart in comparison_charts(fake_view()):
        assert chart.caption.startswith("n = ")
        assert "2025-12-15 to 2026-02-06; config weekly 000000000000, monthly 0101" in chart.caption


def test_twenty_variants_fit_and_are_printed_on_the_long_side():
    names = tuple(f"v{i}" for i in range(20))
    html = html_of(fake_view(names))
    assert '<html lang="en" class="landscape">' in html
    assert Page(html).row("Every measure", "Fills") == ["10"] * 20
    assert "and 17 more in the table of the configuration" in html
