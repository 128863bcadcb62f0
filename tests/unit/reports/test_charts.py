import base64

import numpy as np
import pytest

from reports.measures.drawdowns import drawdown
from reports.pages.canvas import Chart, canvas, draw, embedded
from reports.pages.run.charts import charts
from reports.pages.run.figures import cost_bars
from tests.unit.as_plotly import as_plotly
from tests.unit.fake_result import fake_result


@pytest.fixture(scope="module")
def result():
    return fake_result()


@pytest.fixture(scope="module")
def drawn(result):
    return {chart.key: chart for chart in charts(result)}


def trace(chart, name):
    (computed,) = [t for t in as_plotly(chart.figure).data if t.name == name]
    return computed


def test_drawdown_is_the_fall_below_the_running_peak():
    equity = np.array([100.0, 110.0, 99.0, 121.0, 60.5])
    expected = [0.0, 0.0, 99 / 110 - 1, 0.0, 60.5 / 121 - 1]
    np.testing.assert_allclose(drawdown(equity), expected, rtol=1e-15)  # one division


def test_the_charts_stand_in_reading_order(result):
    keys = [chart.key for chart in charts(result)]
    assert keys == ["equity", "pair", "rolling", "attribution", "legs", "exposure", "costs"]


def test_every_chart_names_sample_period_and_configuration(result, drawn):
    first, last = (result.ledger["date"].iloc[i].date().isoformat() for i in (0, -1))
    for chart in drawn.values():
        assert chart.caption.startswith("n = ")
        assert f"{first} to {last}" in chart.caption
        assert result.config.digest()[:12] in chart.caption


def test_every_axis_says_its_unit(drawn):
    for chart in drawn.values():
        layout = as_plotly(chart.figure).layout
        assert layout.xaxis.title.text
        if chart.key in ("pair", "rolling"):  # a panel's name and unit stand above it
            named = [each for each in layout.annotations if each.yanchor == "bottom"]
            assert len(named) == len([key for key in layout.to_plotly_json() if "yaxis" in key])
            continue
        assert layout.yaxis.title.text
    assert as_plotly(drawn["equity"].figure).layout.yaxis2.title.text == "drawdown (%)"
    assert as_plotly(drawn["exposure"].figure).layout.yaxis.title.text == "exposure (% of equity)"


def test_the_equity_claim_names_start_end_and_the_worst_day(result, drawn):
    equity = result.ledger["equity"]
    fall = equity / equity.cummax() - 1
    day = result.ledger["date"][fall.idxmin()].date().isoformat()
    held = 1_000_000 * (1 + result.benchmark_returns).prod()
    assert drawn["equity"].title == (
        f"$1,000,000 became ${equity.iloc[-1]:,.0f}, ${held:,.0f} in QQQ; "
        f"equity fell at worst {-fall.min() * 100:.2f}%, on {day}"
    )


def test_the_legs_and_the_carry_add_up_to_the_change_of_equity(result, drawn):
    chart = drawn["legs"]
    parts = [
        trace(chart, name).y[-1]
        for name in ("long SMH, price", "short IGV, price", "dividends and interest less costs")
    ]
    equity = result.ledger["equity"]
    assert sum(parts) == pytest.approx(equity.iloc[-1] - equity.iloc[0], abs=1e-6)  # the identity
    assert trace(chart, "net").y[-1] == pytest.approx(sum(parts), abs=1e-6)


def test_decisions_are_marked_on_z_on_the_session_that_decided(result, drawn):
    dates = result.ledger["date"].dt.strftime("%Y-%m-%d")
    entered = trace(drawn["pair"], "entry decided")
    assert list(entered.x) == [dates[19], dates[79]]  # fills at 20 and 80
    assert list(entered.y) == [-2.5, -2.5]
    assert list(trace(drawn["pair"], "exit decided").x) == [dates[49]]


def test_the_entry_line_stands_at_the_configured_level(drawn):
    (line,) = [
        each for each in as_plotly(drawn["pair"].figure).layout.shapes if each.type == "line"
    ]
    assert (line.y0, line.y1, line.yref) == (-2.0, -2.0, "y3")
    assert drawn["pair"].title.endswith(
        "z was below -2.00 on 2 of 110 warm sessions; we entered twice"
    )


def test_a_run_without_z_charts_the_volatility_it_sizes_by():
    (chart,) = [c for c in charts(fake_result(signal="always")) if c.key == "pair"]
    names = [t.name for t in as_plotly(chart.figure).data]
    assert names == ["SMH", "IGV", "ratio", "entry", "exit", "volatility ratio", "entry decided",
                     "exit decided"]  # fmt: skip


def test_what_was_held_is_shaded_from_its_entry_to_its_exit_or_the_end(result, drawn):
    days = [f"{day:%Y-%m-%d}" for day in result.ledger["date"]]
    spans = [each for each in as_plotly(drawn["pair"].figure).layout.shapes if each.type == "rect"]
    assert [(each.x0, each.x1) for each in spans] == [(days[20], days[50]), (days[80], days[-1])]
    assert list(trace(drawn["pair"], "entry").x) == [days[20], days[80]]
    assert list(trace(drawn["pair"], "exit").x) == [days[50]]


def test_a_run_that_never_traded_claims_no_exposure_and_no_costs():
    drawn = {chart.key: chart for chart in charts(fake_result(holds=()))}
    assert drawn["equity"].title.startswith("$1,000,000 became $1,000,000, ")
    assert drawn["exposure"].title == "No exposure: the pair was never held"
    assert drawn["costs"].title == "No costs were paid"
    assert drawn["pair"].title.endswith("we never entered")


def test_a_bar_is_a_cost_in_the_order_given():
    figure = as_plotly(cost_bars(["spread", "borrow"], [12.5, 0.75]))
    assert list(figure.data[0].x) == ["spread", "borrow"]
    assert list(figure.data[0].y) == [12.5, 0.75]


def test_sessions_stand_once_and_values_with_the_digits_of_a_screen():
    days = [f"day {n}" for n in range(30)]
    figure = canvas()
    for x, y in ((days, np.arange(30) + 1 / 3), (days, np.zeros(30)), (days[:5], np.zeros(5))):
        draw(figure, "scatter", x=x, y=y)
    made = embedded([Chart(key="a", title="", caption="", figure=figure)])
    assert made["shared"] == [days]
    one, other, few = made["a"]["data"]
    assert (one["x"], other["x"], few["x"]) == (0, 0, days[:5])
    values = np.frombuffer(base64.b64decode(one["y"]["bdata"]), dtype="<f4")
    assert one["y"]["dtype"] == "f4"
    np.testing.assert_allclose(values, np.arange(30) + 1 / 3, rtol=6e-8)  # half of 2^-23
