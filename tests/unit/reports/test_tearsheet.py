import dataclasses
import re

import pytest

from reports.pages.tearsheet import page as tearsheet
from reports.pages.template import TEMPLATES
from tests.unit.fake_result import fake_result

DRAWN = (
    (TEMPLATES / "tearsheet.html")
    .read_text(encoding="utf-8")
    .replace(
        "{{metrics}}",
        "<table><tr><td>Sharpe</td><td>1</td></tr><tr><td>Smart Sharpe</td><td>1</td></tr></table>",
    )
)


@pytest.fixture(scope="module")
def result():
    return fake_result()


def with_returns(result, session, value):
    ledger = result.ledger.copy()
    ledger.loc[session, "equity_return"] = value
    return dataclasses.replace(result, ledger=ledger)


def test_the_order_is_two_series_on_the_same_dates_that_begin_with_zero(result):
    order = tearsheet.order(result)
    assert order["dates"][0] == "2023-04-11"
    assert len(order["dates"]) == len(order["returns"]) == len(order["benchmark"]) == 120
    assert order["returns"][0] == 0.0
    assert order["benchmark"][0] == 0.0
    assert order["returns"] == result.ledger["equity_return"].tolist()
    assert (order["strategy_title"], order["benchmark_title"]) == ("SMH/IGV", "QQQ")


def test_a_run_without_benchmark_orders_none():
    assert tearsheet.order(fake_result(benchmark=None))["benchmark"] is None


def test_a_benchmark_of_another_length_is_refused(result):
    short = dataclasses.replace(result, benchmark_returns=result.benchmark_returns.iloc[1:])
    with pytest.raises(ValueError, match=r"held 119 sessions; expected the ledger's 120"):
        tearsheet.order(short)


def test_the_ledgers_numbers_stand_on_top_as_the_authority(result):
    page = tearsheet.finish(result, DRAWN)
    assert "Our headline numbers, from the ledger, are the authority" in page
    sharpe = f"{result.headline['sharpe']:.2f}"
    assert f"<dt>Sharpe</dt><dd>{sharpe}</dd>" in page
    drawdown = f"{result.headline['max_drawdown'] * 100:.2f}%"
    assert f"<dt>Max drawdown</dt><dd>{drawdown}</dd>" in page
    assert 'href="index.html"' in page
    assert page.index("are the authority") < page.index("Key performance metrics")


def test_misleading_rows_are_dimmed_and_their_neighbours_are_not(result):
    page = tearsheet.finish(result, DRAWN)
    assert '<tr class="ignore"><td>Smart Sharpe</td>' in page
    assert "<tr><td>Sharpe</td>" in page


def test_a_name_is_text_even_if_it_looks_like_a_tag_or_a_placeholder():
    page = tearsheet.finish(fake_result(name="<script>x</script>{{metrics}}"), DRAWN)
    assert "<script>x" not in page
    assert page.count("&lt;script&gt;x&lt;/script&gt;{{metrics}}") == 2  # title and heading


def test_a_template_without_its_mark_is_an_error(result):
    with pytest.raises(ValueError, match="held 0 of '<!-- schism: banner -->'"):
        tearsheet.finish(result, DRAWN.replace("<!-- schism: banner -->", ""))


def test_invented_prices_are_announced_in_large_type():
    page = tearsheet.finish(fake_result(synthetic=True), DRAWN)
    assert re.search(r'<p class="alarm">SYNTHETIC DATA', page)
    assert 'class="alarm"' not in tearsheet.finish(fake_result(), DRAWN)


def test_equity_that_never_moved_gets_a_plain_page():
    idle = fake_result(holds=(), name="a <b> run", synthetic=True)
    reason = tearsheet.reason_not_to_draw(idle)
    assert reason == "There is nothing to chart: equity did not move on any of the 120 sessions."
    page = tearsheet.plain(idle, reason)
    assert reason in page
    assert "a &lt;b&gt; run" in page
    assert "SYNTHETIC DATA" in page
    assert "<dt>Sharpe</dt><dd>n/a</dd>" in page


@pytest.mark.parametrize("loss", [-1.0, -1.3, float("nan")])
def test_a_ruined_account_is_not_compounded(result, loss):
    assert "ruined" in tearsheet.reason_not_to_draw(with_returns(result, 60, loss))


def test_a_loss_just_short_of_everything_is_drawn(result):
    assert tearsheet.reason_not_to_draw(with_returns(result, 60, -0.999)) is None
