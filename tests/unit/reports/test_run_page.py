import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from feeds.source import Finding
from reports.pages.run.page import files_of, run_page
from reports.pages.template import script_name
from tests.unit.fake_result import fake_result


class Page(HTMLParser):
    """Every tag with its attributes, the text outside scripts, and each script's text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.scripts, self._within = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._within = tag

    def handle_endtag(self, tag):
        self._within = None

    def handle_data(self, data):
        if self._within == "script":
            self.scripts.append(data)
        elif self._within != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def result():
    return fake_result()


@pytest.fixture(scope="module")
def page(result):
    return Page(run_page(result))


def test_the_page_opens_with_the_lead_and_the_period(page):
    assert "Held long SMH / short IGV 2 times; " in page.text
    assert "2023-04-11 to 2023-09-25, 120 sessions." in page.text  # 120 weekdays from 11 April


def test_every_file_of_the_folder_is_linked(page, result):
    linked = {attrs["href"] for attrs in page.all("a")}
    assert {name for name, _ in files_of(result)} <= linked
    assert script_name() in linked


def test_nothing_is_loaded_from_elsewhere(result):
    text = run_page(result)
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", text) == []
    assert [attrs["src"] for attrs in Page(text).all("script") if "src" in attrs] == [script_name()]


def test_the_page_fits_a_phone_and_follows_the_dark_scheme(result, page):
    (viewport,) = [a["content"] for a in page.all("meta") if a.get("name") == "viewport"]
    assert viewport == "width=device-width, initial-scale=1"
    text = run_page(result)
    assert "prefers-color-scheme: dark" in text
    assert text.count('<div class="scroll" ') == text.count("<table")


def test_a_box_that_scrolls_can_be_tabbed_to_and_a_chart_has_words(page):
    boxes = [attrs for attrs in page.all("div") if attrs.get("class") == "scroll"]
    assert all(box["tabindex"] == "0" and box["role"] == "region" for box in boxes)
    assert "Trades" in {box["aria-label"] for box in boxes}
    assert all(box["aria-label"] for box in boxes)
    charts = [attrs for attrs in page.all("div") if "data-chart" in attrs]
    assert all(each["role"] == "img" for each in charts)
    (equity,) = [each["aria-label"] for each in charts if each["data-chart"] == "equity"]
    assert equity.startswith("$1,000,000 became $")
    assert ". n = 120 sessions; " in equity


def test_the_trades_are_two_tables_and_a_column_of_nothing_is_left_out(page):
    headings = [words.strip() for words in page.words]
    assert "What each trade's net P&L is made of" in page.text
    made_of = headings.index("What each trade's net P&L is made of")
    shown = headings[made_of : headings.index("of the legs: hedge")]
    assert {"SMH", "IGV", "borrow"} <= set(shown)
    assert "impact" not in shown


def test_a_name_with_a_script_in_it_is_only_text():
    text = run_page(fake_result(name="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_text_of_a_finding_cannot_end_the_page(result):
    finding = Finding(
        check="jump", symbol="IGV", dates=(), severity="info", text="</table><b>bold</b>"
    )
    text = run_page(dataclasses.replace(result, findings=(finding,)))
    assert "&lt;/table&gt;&lt;b&gt;bold&lt;/b&gt;" in text


def test_the_figures_parse_and_hold_no_character_that_ends_a_script(result, page):
    (data,) = [script for script in page.scripts if script.startswith("{")]
    assert not set("<>&") & set(data)
    figures = json.loads(data)
    places = {attrs["data-chart"] for attrs in page.all("div") if "data-chart" in attrs}
    assert set(figures) == {*places, "shared"}
    assert len(figures["shared"][figures["equity"]["data"][0]["x"]]) == len(result.ledger)


def test_invented_prices_are_announced_and_real_ones_are_not(page):
    assert "SYNTHETIC" not in page.text
    assert "SYNTHETIC DATA" in Page(run_page(fake_result(synthetic=True))).text


def test_the_trade_table_ends_with_the_open_trade(result, page):
    closed, opened = result.trades.iloc[0], result.open_trades[0]
    net = f"{abs(closed['net_pnl']):,.2f}"
    assert net in page.text
    assert f"{abs(opened['net_pnl']):,.2f}" in page.text
    assert page.text.index("still open, at the last close") > page.text.index(net)


def test_pending_orders_stand_apart_with_their_sign(page):
    assert "SMH +12 rebalance" in page.text
    assert "IGV -7 rebalance" in page.text


def test_costs_have_dollars_and_a_share_of_gross(result, page):
    spread = result.ledger["spread"].sum()
    columns = ["long_pnl", "short_pnl", "dividends", "interest"]
    gross = result.ledger[columns].to_numpy().sum()
    share = f"{spread / gross * 100:,.2f}%" if gross > 0 else "n/a"
    assert f"spread ${spread:,.2f} {share}" in page.text


def test_a_loss_before_costs_has_no_shares():
    result = fake_result()
    ledger = result.ledger.copy()
    ledger["long_pnl"] = -1.0
    ledger["short_pnl"] = 0.0
    ledger["dividends"] = 0.0
    text = Page(run_page(dataclasses.replace(result, ledger=ledger))).text
    assert f"spread ${ledger['spread'].sum():,.2f} n/a" in text


def test_findings_are_listed_worst_first(result):
    mild, grave = (
        Finding(check=check, symbol="IGV", dates=(), severity=severity, text=check)
        for check, severity in (("mild", "info"), ("grave", "warning"))
    )
    text = Page(run_page(dataclasses.replace(result, findings=(mild, grave)))).text
    assert text.index("warning grave") < text.index("info mild")


def test_a_clean_run_says_that_the_checks_found_nothing(result):
    text = Page(run_page(dataclasses.replace(result, findings=()))).text
    assert "The checks found nothing to report." in text


def test_a_long_list_of_dates_is_shortened_with_its_count(result):
    dates = tuple(f"2024-01-{day:02d}" for day in range(1, 10))
    finding = Finding(check="stale", symbol="IGV", dates=dates, severity="info", text="x")
    text = Page(run_page(dataclasses.replace(result, findings=(finding,)))).text
    assert "2024-01-05 and 4 more" in text


def test_the_manifest_and_the_configuration_are_on_the_page(result, page):
    assert result.config.digest() in page.text
    assert "run.py backtest 'my configs/smh_igv.yaml'" in page.text
    assert "cd" * 32 in page.text
    assert "holding_sessions: 30" in page.text
    assert "version: backtrader 1.9.78.123" in page.text


def test_misleading_rows_of_the_tear_sheet_are_named(page):
    assert "Smart Sharpe, Smart Sortino" in page.text


@pytest.mark.parametrize("odd", [{"holds": ()}, {"signal": "always"}, {"benchmark": None}])
def test_a_run_without_trades_or_z_or_benchmark_still_has_its_page(odd):
    assert "</html>" in run_page(fake_result(**odd))


def test_the_page_stays_small_beside_its_script():
    text = run_page(fake_result(sessions=5406, holds=((100, 226), (5300, None))))
    assert len(text.encode()) < 3_000_000


def test_the_index_section_stands_where_there_is_a_benchmark_and_nowhere_else(page):
    assert "What the index hides" in page.text
    assert "growth since" in page.text
    alone = Page(run_page(fake_result(benchmark=None)))
    assert "What the index hides" not in alone.text
