"""What a mistake in the claims of an article is told: where, what it was, what was expected."""

from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.load import load

ROOT = Path(__file__).parents[3]
HEAD = """\
name: claims
data: {source: csv, path: prices, start: 2024-01-02, end: 2024-12-31}
pair: {long: SMH, short: IGV}
signal: {kind: correlation}
"""
GAP = "kind: gap, long: SMH, short: IGV, since: 2024-03-28, until: 2024-06-28"


@pytest.fixture
def told(tmp_path):
    """Refuses the section ``audit`` of a file; returns what is said."""

    def refuse(section, head=HEAD):
        path = tmp_path / "run.yaml"
        path.write_text(f"{head}audit: {section}\n", encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return refuse


def published(figure, more="published: 1, digits: 0"):
    return f"{{published: [{{label: x, {more}, figure: {{{figure}}}}}]}}"


def execution(**keys):
    given = {"quotes_cents": "{SMH: 25, IGV: 25}", **keys}
    inner = ", ".join(f"{key}: {value}" for key, value in given.items())
    return f"{{execution: {{{inner}}}}}"


@pytest.mark.parametrize("name", ["article", "article_index", "article_unwind", "nvda_msft"])
def test_the_articles_that_ship_claim_and_say_what_would_refute_a_claim_in_words(name):
    audit = load(ROOT / "configs" / f"{name}.yaml").audit
    assert audit.published or audit.thesis_ledger
    in_words = [each for each in audit.published if each.figure and each.digits is None]
    assert [each.label for each in in_words if each.refuted_by is None] == []


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (GAP.replace("gap", "gaps"), "kind"),
        (GAP.replace("long: SMH, ", ""), "long"),
        (GAP.replace("SMH", "smh"), "smh"),
        (GAP.replace("2024-03-28", "2024-13-28"), "month must be in 1..12"),
        (GAP.replace("2024-03-28", "2024-06-28"),
         "audit.published.0.figure."
         "since was 2024-06-28 and until 2024-06-28; expected the earlier day first"),
        (f"{GAP}, highest_from: 2024-03-01",
         "audit.published.0.figure."
         "since was 2024-03-28 and highest_from 2024-03-01; expected the earlier day first"),
        (f"{GAP}, highest_from: 2024-07-01",
         "audit.published.0.figure."
         "highest_from was 2024-07-01 and until 2024-06-28; expected a day up to until"),
        (GAP.replace("2024-03-28", "2023-12-29"),
         "audit.published.0.figure.since was 2023-12-29; expected a day from data.start 2024-01-02 "
         "to data.end 2024-12-31, the days that are read"),
        (GAP.replace("2024-06-28", "2025-01-02"), "audit.published.0.figure.until was 2025-01-02"),
        (GAP.replace("short: IGV", "short: SMH"),
         "audit.published.0.figure.short was SMH, which is long too; expected another symbol"),
        ("kind: reported, concept: capex, companies: [MSFT, AMZN, MSFT], on: 2024-06-28",
         "companies was ['MSFT', 'AMZN', 'MSFT']; expected each company once, MSFT stood twice"),
        ("kind: rank, symbol: ^VIX, on: 2024-06-28, closes: 1", "closes"),
        ("kind: reported, concept: cash, companies: [MSFT], on: 2024-06-28", "concept"),
        ("kind: reported, concept: capex, companies: [], on: 2024-06-28", "companies"),
    ],
)  # fmt: skip
def test_a_figure_of_no_kind_or_of_days_that_are_not_read_is_refused(told, figure, said):
    assert said in told(published(figure))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("published: 1", "expected one of the three"),
        ("published: 1, digits: 0, bound: at_most", "expected one of the three"),
        ("published: 1, digits: 0, key: z_today", "key was z_today beside a figure"),
        ("published: 1, digits: 0, unit: \"%\"",
         "unit was '%'; expected 'points', which a figure of kind gap has, or no unit"),
        ("published: 2024-03-01, digits: 0", "expected a date for units date and month"),
        ("published: .nan, digits: 0", "audit.published.0.published was nan; expected"),
        ("published: true, digits: 0", "audit.published.0.published was True; expected"),
        ("published: '30', digits: 0", "audit.published.0.published was '30'; expected"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_compared_is_refused(told, more, said):
    assert said in told(published(GAP, more))


def test_a_claim_of_nothing_is_refused(told):
    said = told("{published: [{label: x, published: 1, digits: 0}]}")
    assert "expected either a key or a figure" in said


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{published: [{label: x, published: 1, digits: 0, key: z_today}, "
         "{label: x, published: 2, digits: 0, key: entries}]}",
         "run.yaml:5: audit.published.1.label was 'x', as of published.0; expected a label of its "
         "own"),
        ("{published_on: 2024-03-01, forecasts: [{label: x, long: SMH}, {label: y, long: IGV}, "
         "{label: x, long: IGV}]}", "audit.forecasts.2.label was 'x', as of forecasts.0"),
        (execution(quotes_cents="{SMH: 25}"),
         "audit.execution.quotes_cents was of SMH; expected IGV too, a leg of the pair"),
        (execution(quotes_cents="{SMH: 25, IGV: 25, SPY: 1}"),
         "run.yaml:5: audit.execution.quotes_cents was of SPY too; expected legs of pair and of "
         "audit.pairs"),
        (execution(quotes_cents="{SMH: 25, IGV: 25, NVDA: 5}"),
         "run.yaml:5: audit.execution.quotes_cents was of NVDA and not the other leg of NVDA/MSFT"),
        (execution(quotes_cents="{SMH: 25, IGV: -5}"), "-5"),
        (execution(quotes_cents="{SMH: 25, IGV: 0}"), "IGV"),
        (execution(quotes_cents="{SMH: 25, IGV: .nan}"), "IGV"),
        (execution(quotes_cents="{SMH: 25, IGV: cheap}"), "cheap"),
        (execution(quotes_cents="{}"), "quotes_cents"),
        (execution(delta="0"), "delta"),
        (execution(delta="1.5"),
         "delta was 1.5; expected shares that an option on one moves with, at most 1"),
        (execution(delta="-0.5"), "delta"),
        (execution(delta="0.009"), "delta was 0.009; expected greater than or equal to 0.01"),
        (execution(delta=".nan"), "delta"),
        (execution(roll="weekly"), "'monthly', 'quarterly' or 'never'"),
        ("{forecasts: [{label: x, long: SMH}]}",
         "audit.forecasts.0.since was null; expected a day, or audit.published_on"),
        ("{conditions: [{kind: new_high, label: x, symbol: SMH}]}",
         "audit.conditions.0.since was null; expected a day, or audit.published_on"),
        ("{forecasts: [{label: x, long: SMH, short: SMH, since: 2024-03-01}]}",
         "audit.forecasts.0.short was SMH, which is long too; expected another symbol"),
        ("{published: [{label: x, published: .inf, digits: 0, figure: {kind: session, symbol: SMH, "
         "on: 2024-06-28}}]}", ": audit.published.0.published was inf; expected a finite number"),
        ("{forecasts: [{label: x, long: SMH, since: 2025-03-03}]}",
         "audit.forecasts.0.since was 2025-03-03; expected a day from data.start"),
        ("{forecasts: [{label: x, long: SMH, since: 2024-03-04, until: 2024-03-01}]}",
         "expected the earlier day first"),
        ("{published_on: 2024-03-01, conditions: [{kind: vol_spike, label: x}]}",
         "expected a level, a jump or both"),
        ("{thesis_ledger: [{label: x, company: MSFT, measure: capex, base: 2024-03-31, "
         "claimed: [20, 15]}]}", "claimed was [20.0, 15.0]; expected the least first, above 0"),
        ("{thesis_ledger: [{label: x, company: MSFT, measure: revenue, base: 2024-03-31, "
         "claimed: [15, 20], life_years: 5}]}", "life_years was 5.0; expected null"),
        ("{thesis_ledger: [{label: x, company: MSFT, measure: profit, base: 2024-03-31, "
         "claimed: [15, 20]}]}", "measure"),
    ],
)  # fmt: skip
def test_what_cannot_be_priced_or_dated_is_refused(told, section, said):
    assert said in told(section)


def test_the_quotes_may_be_of_the_pairs_beside_the_run(tmp_path):
    path = tmp_path / "run.yaml"
    quotes = execution(quotes_cents="{SMH: 25, IGV: 25, NVDA: 5, MSFT: 5}")
    path.write_text(f"{HEAD}audit: {quotes}\n", encoding="utf-8")
    assert load(path).audit.execution.quotes_cents["NVDA"] == 5.0


def test_the_highest_of_one_day_is_its_close_and_no_other_figure_is_of_one(tmp_path, told):
    path = tmp_path / "one.yaml"
    day = "kind: highest, symbol: ^VIX, since: 2024-06-28, until: 2024-06-28"
    path.write_text(f"{HEAD}audit: {published(day)}\n", encoding="utf-8")
    figure = load(path).audit.published[0].figure
    assert figure.since == figure.until
    assert "expected the earlier day first" in told(published(day.replace("highest", "growth")))
    late = published(day.replace("since: 2024-06-28", "since: 2024-06-29"))
    assert "expected the earlier day first" in told(late)
