"""Where the money came from, and at which costs none of it would be left: sums worked by hand."""

import dataclasses
import os
from pathlib import Path

import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from reports.measures.attribution import pieces
from reports.measures.unhedged import unhedged
from reports.pages.run import breakeven, rebalances
from reports.pages.run.charts import charts
from reports.publish.records import summary
from tests.unit.as_plotly import as_plotly
from tests.unit.fake_result import CASH, fake_result
from tests.unit.read_once import ReadOnce

CENT = 0.005  # half a cent: what rounding to the cent may hide

BOOK = {
    "long_pnl": 900.0, "short_pnl": -300.0, "dividends": 12.0, "interest": 8.0, "commission": 5.0,
    "fees": 1.0, "spread": 20.0, "impact": 4.0, "borrow": 10.0,
}  # fmt: skip
NET = 900 - 300 + 12 + 8 - 5 - 1 - 20 - 4 - 10


def booked(**changed):
    """A run whose money is all made and paid on session 30, while a position is held."""
    run = fake_result(holds=((20, 50),))
    ledger = run.ledger.copy()
    ledger[list(BOOK)] = 0.0
    ledger.loc[30, list(BOOK)] = list((BOOK | changed).values())
    ledger.loc[ledger.index[-1], "equity"] = CASH + NET
    return dataclasses.replace(run, ledger=ledger, hedge_pnl={"long": 150.0, "short": -50.0})


def usd(run):
    return {piece.key: piece.usd for piece in pieces(run)}


def test_a_leg_is_what_it_made_as_held():
    made = usd(booked())
    assert made["long"] == 900
    assert made["short"] == -300
    assert "hedge" not in made


def test_gross_is_before_costs_and_net_after_them():
    made = usd(booked())
    assert made["gross_pnl"] == 900 - 300 + 12 + 8
    assert made["net_pnl"] == NET
    assert made["spread"] == -20.0


def test_interest_of_a_flat_night_is_a_piece_of_its_own_and_changes_no_sum():
    run = booked()
    assert "idle_interest" not in usd(run)
    run.ledger.loc[5, "interest"] = 3.0  # nothing is held before session 20
    made = usd(run)
    assert made["idle_interest"] == 3.0
    assert made["interest"] == 8.0
    assert made["net_pnl"] == NET + 3


def test_interest_on_the_night_into_the_exit_belongs_to_the_trade():
    run = booked(interest=0.0)
    run.ledger.loc[50, "interest"] = 2.0  # held at the close of 49, sold on 50
    assert usd(run)["interest"] == 2.0


@pytest.mark.parametrize("holds", [((20, 50), (80, None)), ((10, 60), (30, 90), (40, None)), ()])
def test_the_pieces_of_a_whole_run_add_up_to_the_change_of_equity(holds):
    run = fake_result(holds=holds, resized=(45, 55, 85))
    steps = [piece.usd for piece in pieces(run) if piece.kind != "total"]
    change = run.ledger["equity"].iloc[-1] - CASH
    assert sum(steps) == pytest.approx(change, abs=CENT)
    assert usd(run)["net_pnl"] == pytest.approx(change, abs=CENT)


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder")
def test_the_pieces_of_tranches_on_real_prices_add_up_to_net_to_the_cent():
    folder = os.environ["MARKET_DATA"]
    config = load(
        Path(__file__).parents[3] / "configs" / "smh_igv_desk.yaml",
        (
            "data.source=csv",
            f"data.path={folder}",
            "entries={kind: tranches}",
            "sizing.gross=3",
            "costs.interest={kind: benchmark, rate: 0.05}",
        ),
    )
    run = simulate(config, load_market(config, ReadOnce(Path(folder))))
    steps = [piece.usd for piece in pieces(run) if piece.kind != "total"]
    assert sum(steps) == pytest.approx(run.headline["net_pnl"], abs=CENT)
    trades = [*run.trades.to_dict("records"), *run.open_trades]
    made = usd(run)
    hedge = sum(run.hedge_pnl.values())
    assert hedge == pytest.approx(sum(t["hedge_pnl"] for t in trades), abs=CENT)
    assert made["interest"] == pytest.approx(sum(t["interest"] for t in trades), abs=CENT)
    assert made["idle_interest"] > 0.0
    legs = sum(t["long_pnl"] + t["short_pnl"] for t in trades)
    assert made["long"] + made["short"] == pytest.approx(legs, abs=CENT)


def test_a_run_without_rebalances_has_no_note_of_them():
    assert unhedged(fake_result()) is None
    assert rebalances.hedge_note(fake_result()) == ""


def test_entry_shares_left_alone_are_valued_at_the_closes_at_which_the_pair_was_held():
    run = fake_result(holds=((1, 3),), resized=(2,), sessions=5)
    ledger, fills = run.ledger.copy(), run.fills.copy()
    # 100 and -50 shares at the entry; the rebalance makes them 80 and -60.
    ledger["long_shares"], ledger["short_shares"] = [0, 100, 80, 0, 0], [0, -50, -60, 0, 0]
    ledger["long_value"], ledger["short_value"] = [0, 1000, 1200, 0, 0], [0, -1000, -1500, 0, 0]
    ledger["gross"], ledger["equity"] = [0, 2000, 2700, 0, 0], [10_000, 10_000, 9_000, 9_000, 9_000]
    is_entry = fills["reason"] == "entry"
    fills.loc[is_entry & (fills["symbol"] == "SMH"), "shares"] = 100.0
    fills.loc[is_entry & (fills["symbol"] == "IGV"), "shares"] = -50.0
    run = dataclasses.replace(
        run, ledger=ledger, fills=fills, hedge_pnl={"long": -70.0, "short": 20.0}
    )
    beside = unhedged(run)
    assert beside.hedge_usd == -50.0
    # The second close: 100 at 1200 / 80 and -50 at 1500 / 60.
    assert beside.alone.gross_most == pytest.approx((100 * 15 + 50 * 25) / 9_000)
    assert beside.alone.net_most == pytest.approx((100 * 15 - 50 * 25) / 9_000)
    assert beside.alone.net_least == 0.0  # the first: 1000 - 1000
    assert (beside.held.gross_most, beside.held.net_most) == (2700 / 9_000, 0.0)
    assert beside.held.net_least == pytest.approx((1200 - 1500) / 9_000)
    assert rebalances.hedge_note(run) == (
        "Left alone, the entries' shares would have made $50.00 more before costs, at a gross of "
        "up to 31% of equity and a net of 0% to 3%; as held: a gross of up to 30% of equity and a "
        "net of -3% to 0%."
    )


def test_an_entry_that_cannot_be_read_off_the_fills_has_no_exposure():
    run = fake_result(holds=((20, 50),), resized=(30,))
    fills = run.fills.assign(reason=run.fills["reason"].replace({"entry": "reversal"}))
    note = rebalances.hedge_note(dataclasses.replace(run, fills=fills))
    assert note.endswith("at what exposure is not known, for a reversal's order trades for two.")


def test_the_waterfall_steps_through_the_pieces_and_restates_the_totals():
    (chart,) = [chart for chart in charts(booked()) if chart.key == "attribution"]
    (trace,) = as_plotly(chart.figure).data
    assert chart.title == ("As held, SMH made $900 and IGV lost $300; $40 of costs leave $580")
    assert list(trace.x) == [900, -300, 12, 8, 620, -5, -1, -20, -4, -10, 580]
    # Each step begins where the one before ended; totals begin at nothing.
    assert list(trace.base) == [0, 900, 600, 612, 0, 620, 615, 614, 594, 590, 0]
    assert trace.y[0] == "SMH, as held<br>$900"


def test_the_result_file_carries_the_pieces():
    assert summary(booked())["attribution"] == usd(booked())
    assert summary(booked())["hedge_pnl"] == {"long": 150.0, "short": -50.0}


def with_breakeven(run, **computed):
    keys = ("spread_multiple", "spread_bps", "borrow_multiple", "borrow_rate")
    return dataclasses.replace(run, breakeven=dict.fromkeys(keys) | computed)


def test_a_profit_says_how_much_more_it_could_have_paid():
    run = with_breakeven(
        booked(), spread_bps=90.0, spread_multiple=30.0, borrow_rate=0.1475, borrow_multiple=59.0
    )  # (580 + 20) / 20 and (580 + 10) / 10
    spread, borrow = breakeven.margins(run)
    assert spread.sentence == (
        "Net P&L would be zero at a full spread of 90.00 bps on every fill, 30.00 times what was "
        "charged."
    )
    assert (spread.paid, spread.charged) == ("$20.00", "3.00 bps")  # 90 / 30
    assert borrow.sentence.startswith("Net P&L would be zero at a borrow fee of 14.75% a year")
    assert (borrow.charged, borrow.multiple) == ("0.25%", "59.00x")  # 0.1475 / 59


def test_a_loss_that_no_spread_explains_says_so_instead_of_a_negative_spread():
    run = booked()
    run.ledger.loc[run.ledger.index[-1], "equity"] = CASH - 70.0
    run = with_breakeven(run, spread_bps=-7.5, spread_multiple=-2.5, borrow_rate=0.0)
    spread, _ = breakeven.margins(run)
    assert spread.sentence == (
        "No spread is low enough: without any the run would still have lost $50.00."  # -70 + 20
    )
    assert (spread.breakeven, spread.multiple) == ("none", "none")
    assert spread.charged == "3.00 bps"  # -7.5 / -2.5


def test_a_cost_that_was_not_charged_has_no_multiple_but_a_break_even():
    run = with_breakeven(booked(spread=0.0), spread_bps=40.0)
    spread, borrow = breakeven.margins(run)
    assert spread.sentence == ("Net P&L would be zero at a full spread of 40.00 bps on every fill.")
    assert (spread.charged, spread.multiple) == ("0.00 bps", "none")
    assert borrow.sentence == "Nothing was held short over a night, so no borrow fee matters."
    assert borrow.breakeven == "none"


def test_a_run_without_a_fill_has_no_break_even():
    assert breakeven.margins(fake_result(holds=())) == []


def resized(rows):
    run = fake_result()
    frame = run.rebalances.reindex(range(len(rows)))
    frame["decided"] = run.ledger["date"].iloc[: len(rows)].to_numpy()
    for column, values in zip(
        ("why", "drift", "traded", "cost"), zip(*rows, strict=True), strict=True
    ):
        frame[column] = list(values)
    return dataclasses.replace(run, rebalances=frame)


def test_rebalances_are_counted_by_why_with_the_drift_they_found_and_their_cost():
    run = resized(
        [("weekly", 0.02, 1000.0, 1.5), ("band", 0.12, 2000.0, 2.5), ("weekly", 0.06, 0.0, 0.0)]
    )
    assert rebalances.sentence(run) == (
        "The hedge was resized 2 times, for $4.00 in all; the drift it found was 7.0% at the "
        "median and 12.0% at most. Decided and not filled: 1."
    )
    assert rebalances.by_reason(run) == [
        ("band", rebalances.WHY["band"], "1", "12.0%", "12.0%", "$2,000", "$2.50"),
        ("weekly", "the calendar", "1", "2.0%", "2.0%", "$1,000", "$1.50"),
    ]
    assert [row[1:] for row in rebalances.rows(run)] == [
        ("weekly", "2.0%", "$1,000", "$1.50"),
        ("band", "12.0%", "$2,000", "$2.50"),
        ("weekly", "6.0%", "not filled", "$0.00"),
    ]


def test_a_hedge_whose_rebalances_never_filled_was_never_resized():
    assert rebalances.sentence(resized([("weekly", 0.06, 0.0, 0.0)] * 2)) == (
        "The hedge was never resized. Decided and not filled: 2."
    )


def test_a_drift_of_an_emptied_leg_is_not_a_number():
    assert rebalances.rows(resized([("weekly", float("inf"), 10.0, 1.0)]))[0][2] == "n/a"


def test_a_hedge_left_alone_is_said_to_be():
    assert rebalances.sentence(fake_result()) == "The hedge was never resized."
