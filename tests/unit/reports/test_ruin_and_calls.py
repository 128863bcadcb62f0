"""Ruin, margin calls and tranches: what a page must not whisper."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from feeds.source import Finding
from reports import summary
from reports.pages.run.assumptions import assumptions
from reports.pages.run.charts import charts
from reports.pages.run.page import FOLDED_FROM, run_page
from reports.pages.run.trade_table import COLUMNS, COSTS_FROM, exits, most_at_once, trade_rows
from reports.pages.tearsheet import page as tearsheet
from reports.publish.records import records
from tests.unit.as_plotly import as_plotly
from tests.unit.fake_result import fake_result

THREE = ((10, 60), (30, 90), (40, None))


def ruined(equity=-1234.5):
    """A run whose account is gone on its last session, with the trade it held ended there."""
    run = fake_result(sessions=60, holds=((20, 40),))
    ledger, trades = run.ledger.copy(), run.trades.copy()
    ledger.loc[59, ["equity", "equity_return"]] = [equity, -1.0]
    last = ledger["date"].iloc[-1]
    trades[["exit", "exit_decided"]] = last
    trades["exit_reason"] = "ruin"
    return dataclasses.replace(run, ledger=ledger, trades=trades, ended="ruin")


def forced(reason, on=("2023-05-12",)):
    """A run with two more fills, one a leg, of an order forced on each day."""
    run = fake_result()
    extra = run.fills.iloc[: 2 * len(on)].assign(
        reason=reason, decided=np.repeat(np.array(on, dtype="datetime64[s]"), 2)
    )
    return dataclasses.replace(run, fills=pd.concat([run.fills, extra], ignore_index=True))


def test_a_ruin_is_said_with_its_day_and_what_is_owed():
    run = ruined()
    day = run.ledger["date"].iloc[-1].date().isoformat()
    assert summary.ruin(run) == (
        f"RUINED on {day}: the account lost everything and owes $1,234.50. The run ends there; "
        "its return is -100%."
    )
    assert summary.lead(run).startswith(f"RUINED on {day}")
    assert "owes" not in summary.ruin(ruined(equity=0.0))


def test_every_page_of_a_ruined_run_says_so_in_large_type():
    run = ruined()
    reason = tearsheet.reason_not_to_draw(run)
    day = run.ledger["date"].iloc[-1].date().isoformat()
    assert f"ruined on {day}" in reason
    for page in (run_page(run), tearsheet.plain(run, reason)):
        assert f'<p class="alarm">RUINED on {day}' in page
    assert 'class="alarm"' not in run_page(fake_result())


def test_the_ratios_of_a_ruined_run_are_doubted_first():
    assert assumptions(ruined())[0].startswith("Sharpe, Sortino and volatility say nothing")


def test_a_ruined_run_has_an_exposure_without_the_day_that_has_no_equity():
    drawn = {chart.key: chart for chart in charts(ruined())}
    traces = {trace.name: trace for trace in as_plotly(drawn["exposure"].figure).data}
    assert np.isnan(traces["gross"].y[-1])
    assert np.isfinite(traces["gross"].y[:-1]).all()
    assert list(traces["ruin"].x) == [traces["gross"].x[-1]]
    assert list(traces["ruin"].y) == [0.0]


def test_a_ruin_is_no_decided_exit():
    (signal,) = [chart for chart in charts(ruined()) if chart.key == "pair"]
    assert "exit decided" not in {trace.name for trace in as_plotly(signal.figure).data}


def test_the_result_file_says_that_the_run_ended_in_ruin():
    assert json.loads(records(ruined())["result.json"])["ended"] == "ruin"


@pytest.mark.parametrize(
    ("reason", "days", "text"),
    [
        ("margin_call", ("2023-05-12",), "The broker cut the book once to meet margin."),
        ("margin_call", ("2023-05-12", "2023-05-15", "2023-05-17"),
         "The broker cut the book 3 times to meet margin."),
        ("buy_in", ("2023-05-12", "2023-05-15"),
         "The short was bought in twice: its shares were recalled."),
    ],
)  # fmt: skip
def test_what_others_forced_on_the_book_is_told_by_the_order_and_not_by_the_fill(
    reason, days, text
):
    assert text in summary.details(forced(reason, days))


def test_a_forced_cut_is_marked_on_the_exposure():
    (chart,) = [c for c in charts(forced("margin_call")) if c.key == "exposure"]
    (mark,) = [trace for trace in as_plotly(chart.figure).data if trace.name == "margin call"]
    assert list(mark.x) == ["2023-05-12"]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("margin_scaled",
         "Initial margin did not allow the full size on 2 sessions: scaled down."),
        ("margin_refused", "Initial margin did not allow an order on 2 sessions: refused."),
        ("hard_to_borrow", "There was no borrow for an order on 2 sessions: cancelled."),
        ("order_worked", "Orders found too little volume and were worked on, on 2 sessions."),
    ],
)  # fmt: skip
def test_what_was_scaled_refused_or_worked_is_told_in_plain_language(check, message):
    run = fake_result()
    days = ("2023-05-12", "2023-05-15")
    finding = Finding(check=check, symbol="", dates=days, severity="info", text="x")
    assert message in summary.details(dataclasses.replace(run, findings=(finding,)))


def test_tranches_are_listed_by_entry_each_with_its_own_end():
    run = fake_result(holds=THREE)
    rows = trade_rows(run)
    days = run.ledger["date"].dt.strftime("%Y-%m-%d")
    assert [row.entry for row in rows] == [days[10], days[30], days[40]]
    assert [row.exit for row in rows] == [days[60], days[90], "open"]
    assert [row.sessions for row in rows] == ["50", "60", "80"]


def test_the_columns_of_a_trade_add_up_to_its_net():
    (trade,) = fake_result(holds=((20, 50),), resized=(30, 40)).trades.to_dict("records")
    signed = [
        trade[key] if number < COSTS_FROM else -trade[key]
        for number, (key, _) in enumerate(COLUMNS)
    ]
    assert sum(signed) == pytest.approx(trade["net_pnl"], abs=1e-6)  # the identity
    assert trade["hedge_pnl"] != 0.0


def test_the_most_trades_held_at_once_are_counted_and_said():
    run = fake_result(holds=THREE)
    assert most_at_once(run) == 3  # from session 40 to 59
    assert most_at_once(fake_result()) == 1
    assert most_at_once(fake_result(holds=((20, 50), (50, 80)))) == 1  # out and in on one session
    (chart,) = [chart for chart in charts(run) if chart.key == "exposure"]
    assert chart.title.endswith("; up to 3 trades were open at once")
    assert "Tranches that overlap are not independent." in assumptions(run)[0]


def test_tranches_that_leave_together_are_one_mark():
    run = fake_result(holds=((10, 60), (30, 60)))
    (signal,) = [chart for chart in charts(run) if chart.key == "pair"]
    (left,) = [trace for trace in as_plotly(signal.figure).data if trace.name == "exit decided"]
    assert len(left.x) == 1


def test_several_open_trades_are_told_together():
    run = fake_result(holds=((10, None), (30, None)))
    opened = tuple(
        {**trade, "net_pnl": net}
        for trade, net in zip(run.open_trades, (100.0, -350.0), strict=True)
    )
    day = run.ledger["date"].iloc[10].date().isoformat()
    assert (
        f"2 trades, the first entered on {day}, are still open; at the last close they have lost "
        "$250.00, the costs of leaving not yet paid."
    ) in summary.details(dataclasses.replace(run, open_trades=opened))


def test_exits_are_summed_by_reason_with_their_meaning():
    run = fake_result(holds=((10, 30), (40, 60), (70, 90)))
    trades = run.trades.copy()
    trades["exit_reason"] = ["margin_call", "stop_loss", "stop_loss"]
    trades["net_pnl"] = [-5.0, -100.0, -20.5]
    assert exits(dataclasses.replace(run, trades=trades)) == [
        ("margin_call", "the broker's margin call left nothing", "1", "-$5.00"),
        ("stop_loss", "the loss reached its limit", "2", "-$120.50"),
    ]


@pytest.mark.parametrize(("count", "is_folded"), [(FOLDED_FROM, False), (FOLDED_FROM + 1, True)])
def test_a_long_trade_table_opens_on_request(count, is_folded):
    holds = tuple((10 + 2 * number, 11 + 2 * number) for number in range(count))
    page = run_page(fake_result(holds=holds))
    assert (f"<summary>All {count} trades, by entry</summary>" in page) is is_folded


def test_every_rebalance_can_be_unfolded_without_a_script():
    run = fake_result(resized=(30, 40))
    page = run_page(run)
    assert "The hedge was resized 2 times" in page
    unfolded = page[page.index("<summary>Every rebalance</summary>") :]
    for day in (29, 39):  # decided on the session before the fill
        assert (
            f"{run.ledger['date'].iloc[day]:%Y-%m-%d}" in unfolded[: unfolded.index("</details>")]
        )
