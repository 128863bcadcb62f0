"""Company reports on the page: the capex table, the decisions, the state of each break in words."""

import dataclasses

import pandas as pd
import pytest

from engine.records.thesis_states import ThesisState
from reports.measures.capex_table import billions, capex_rows, capex_sentence
from reports.pages.run.filing_charts import filing_charts
from reports.pages.run.filings import decisions, filings_context, is_broken, states
from reports.pages.run.page import run_page
from reports.publish.records import records
from tests.unit.as_plotly import as_plotly
from tests.unit.fake_result import fake_result
from tests.unit.reports.test_run_page import Page
from tests.unit.scenarios.test_thesis import SIZING, reports, run

NAN = float("nan")


@pytest.fixture(scope="module")
def result():
    thesis = {
        "capex_rollover": {"exit_below": -0.5},
        "supplier_stalls": {"below": -0.5},
        "margin_holds": {"quarters": 4},
        "price": {"stop_loss": 0.9},
    }
    made = run(thesis, facts=reports(margin=68.48), sizing=SIZING, rebalance={"kind": "on_filing"})
    return dataclasses.replace(made, manifest=fake_result().manifest)


@pytest.fixture(scope="module")
def page(result):
    return Page(run_page(result))


def test_a_run_without_reports_shows_none():
    fake = fake_result()
    assert filings_context(fake) is None
    assert capex_rows(fake) == ()
    assert filing_charts(fake) == ()
    assert states(fake) == []
    assert "filings.csv" not in records(fake)
    assert "Company reports" not in Page(run_page(fake)).text


def test_the_capex_table_adds_up_and_says_so(result):
    table = pd.DataFrame(
        {
            "company": ["MSFT", "AMZN"],
            "quarter_end": pd.to_datetime(["2026-03-31", "2026-03-31"]),
            "capex": [30.876e9, 44.203e9],
            "filed": pd.to_datetime(["2026-04-29", "2026-04-30"]),
            "year_ago_end": pd.to_datetime(["2025-03-31", "2025-03-31"]),
            "year_ago": [16.745e9, 25.019e9],
        }
    )
    filings = dataclasses.replace(result.filings, capex_table=table)
    rows = capex_rows(dataclasses.replace(result, filings=filings))
    assert [row.company for row in rows] == ["MSFT", "AMZN", "total"]
    assert rows[0].growth == pytest.approx(30.876 / 16.745 - 1, rel=1e-12)
    assert rows[2].growth == pytest.approx((30.876 + 44.203) / (16.745 + 25.019) - 1, rel=1e-12)
    # 75.079 less 41.764 is 33.315; over 41.764 that is 79.8 %.
    assert capex_sentence(rows) == (
        "In the quarter to 2026-03-31 MSFT, AMZN spent $75.1bn on property and equipment, $33.3bn "
        "more than a year before (79.8%)."
    )
    assert billions(57.848e9) == "$57.8bn"


def test_each_decision_has_its_readings_and_the_newest_report_behind_them(result):
    entry, resized = decisions(result)
    assert (entry.decided, entry.decision) == ("2022-04-28", "entry")
    assert (resized.decided, resized.decision) == ("2022-05-03", "rebalance: on_filing")
    assert filings_context(result)["columns"] == [
        "capex growth", "capex over revenue", "its reference", "multiple", "short margin",
        "long growth",
    ]  # fmt: skip
    # 130 over 100; SSS spends 40 of 400, as in the year to the quarter before; 130 over 100 again.
    assert entry.readings == ("30.0%", "10.00%", "10.00%", "1.0000", "70.00%", "30.0%")
    filed = result.filings.known.groupby("decided")["filed"].max()
    for row in (entry, resized):
        assert row.newest.endswith(f" 10-Q of {filed[row.decided]:%Y-%m-%d}")


def test_the_state_of_a_margin_is_told_in_quarters_and_basis_points(result):
    # 280 of 400 became 278.48 of 400 with the first quarter since: 38 basis points less.
    by_kind = {row.kind: row for row in states(result)}
    assert by_kind["margin_holds"].state == "1 of 4 quarters, -38 of -50 bps"
    assert by_kind["margin_holds"].trade == "entry of 2022-04-28"
    assert by_kind["capex_rollover"].state == "capex growth 30.0%, breaks below -50.0%"
    assert by_kind["supplier_stalls"].state == "revenue growth of LLL 30.0%, breaks below -50.0%"
    assert by_kind["price_stop"].state == "P&L 0.0% of the entry notional, breaks at -90.0%"
    assert not any(row.is_broken for row in by_kind.values())


def state(kind, reading, level, **more):
    return ThesisState(kind=kind, entry=None, reading=reading, level=level, **more)


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        (state("capex_rollover", 0.0499, 0.05), True),
        (state("capex_rollover", 0.05, 0.05), False),
        (state("capex_rollover", NAN, 0.05), False),
        (state("supplier_stalls", 0.09, 0.10), True),
        (state("margin_holds", -49.0, -50.0, quarters=4.0, quarters_needed=4), True),
        (state("margin_holds", -49.0, -50.0, quarters=3.0, quarters_needed=4), False),
        (state("margin_holds", -50.0, -50.0, quarters=4.0, quarters_needed=4), False),
        (state("price_stop", -0.2, -0.2), True),
        (state("price_trail", -0.19, -0.2), False),
        (state("vol_spike", 40.0, 40.0), True),
        (state("vol_jump", 0.29, 0.30), False),
        (state("vol_jump", NAN, 0.30), False),
    ],
)
def test_a_break_holds_where_its_rule_says_so(given, broken):
    assert is_broken(given) is broken


def test_an_unknown_reading_is_told_as_such(result):
    unknown = dataclasses.replace(result, thesis=(state("capex_rollover", NAN, 0.05),))
    (row,) = states(unknown)
    assert (row.state, row.trade) == ("cannot be told: a number it needs is not known", "any")


def test_the_charts_claim_what_their_lines_end_with(result):
    drawn = {chart.key: chart for chart in filing_charts(result)}
    assert list(drawn) == ["capex-growth", "spenders", "intensity", "margins"]
    assert drawn["capex-growth"].title.startswith("The spenders' capex growth ended at 30.0%")
    # 10 + 10 + 10 + 50 of 400, against 40 of 400.
    assert drawn["intensity"].title == (
        "SSS spent 20.0% of its revenue, 2.00 times the reference; the size multiple is 2.00"
    )
    assert drawn["margins"].title == "Trailing gross margins ended with SSS at 69.6%"
    growth = as_plotly(drawn["capex-growth"].figure)
    assert [trace.name for trace in growth.data] == ["capex growth over a year", "entry decided"]
    assert [line.y0 for line in growth.layout.shapes] == [0.2, -0.5]


def test_the_page_shows_reports_states_and_links_the_file(page, result):
    assert "Company reports" in page.text
    assert "What was known at each decision" in page.text
    assert "1 of 4 quarters, -38 of -50 bps" in page.text
    assert "filings.csv" in {attrs.get("href") for attrs in page.all("a")}
    lines = records(result)["filings.csv"].splitlines()
    assert lines[0].startswith("decided,decision,used_for,company,concept,quarter_end,value,filed")
    assert lines[1].startswith(
        "2022-04-28,entry,capex growth,AAA,capex,2021-06-30,130.0,2022-01-31"
    )
