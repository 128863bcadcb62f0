"""Round trips of the pair: every dollar between two closes belongs to one trade."""

import math

import pandas as pd
import pytest

from engine.body.book import mark_to, trade
from engine.errors import EngineError
from engine.event import simulate
from engine.records.columns import TRADE_COLUMNS
from engine.records.recorded import recorded
from engine.records.trades import check_attribution, open_trades, trade_frame
from strategies.records import Book, LegHeld, Reason, Tranche
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

# Thursday 20 to Friday 28 June 2024; the next session is Monday 1 July.
DAYS = (
    "2024-06-20", "2024-06-21", "2024-06-24", "2024-06-25", "2024-06-26", "2024-06-27",
    "2024-06-28", "2024-07-01",
)  # fmt: skip
# Flat at 100 when first sized: 50 shares a leg.
LONG = hand_leg(
    "LLL",
    opens=[100, 101, 103, 102, 101, 100, 99],
    closes=[100, 102, 104, 100, 101, 99, 98],
    dividend=[0, 0, 0.5, 0, 0, 0, 0],
)
SHORT = hand_leg(
    "SSS",
    opens=[100, 99, 98, 97, 98, 97, 96],
    closes=[100, 98, 99, 98, 97, 96, 95],
    dividend=[0, 0, 0.2, 0, 0, 0, 0],
)
COSTS = {
    "commission": {"kind": "per_share", "per_share_usd": 0.02, "min_usd": 0.0},
    "spread": {"default_bps": 2.0},
    "borrow": {"default_rate": 0.036},
}
CONFIG = hand_config(costs=COSTS, exits={"holding_sessions": 2})
CENTS = {"rel": 0, "abs": 1e-9}  # float noise of sums near 10,000 dollars


@pytest.fixture(scope="module")
def run():
    return simulate(CONFIG, hand_market(DAYS, LONG, SHORT))


def dates_of(trade, *names):
    return [f"{trade[name]:%m-%d}" for name in names]


# First trade: decided on the 20th, in at the open of the 21st, out at the open of the 25th.
PRICE_PNL = 50 * (102 - 101) - 50 * (97 - 99)
DIVIDENDS = 50 * 0.5 - 50 * 0.2
COMMISSION = 4 * 50 * 0.02
SPREAD = 50 * (101 + 99 + 102 + 97) * 0.0001
BORROW = 50 * 0.0001 * (98 * 3 + 99 * 1)  # over the weekend on Friday's close, then one night
NET = PRICE_PNL + DIVIDENDS - COMMISSION - SPREAD - BORROW


def test_a_round_trip_by_hand(run):
    trade = run.trades.iloc[0]
    assert dates_of(trade, "entry_decided", "entry", "exit_decided", "exit") == [
        "06-20", "06-21", "06-24", "06-25",
    ]  # fmt: skip
    assert (trade["sessions"], trade["exit_reason"]) == (2, "holding_sessions")
    assert trade["entry_gross_notional"] == 50 * 101 + 50 * 99
    assert trade["gross_pnl"] == pytest.approx(PRICE_PNL + DIVIDENDS, **CENTS)
    assert trade["dividends"] == pytest.approx(DIVIDENDS, **CENTS)
    assert trade["commission"] == pytest.approx(COMMISSION, **CENTS)
    assert trade["spread"] == pytest.approx(SPREAD, **CENTS)
    assert trade["borrow"] == pytest.approx(BORROW, **CENTS)
    assert (trade["fees"], trade["impact"], trade["interest"]) == (0, 0, 0)
    assert trade["net_pnl"] == pytest.approx(NET, **CENTS)
    assert trade["return"] == pytest.approx(NET / (50 * 101 + 50 * 99), rel=1e-12)


def test_the_exit_session_belongs_to_the_first_trade_and_its_close_decides_the_second(run):
    first, second = run.trades.iloc[0], run.trades.iloc[1]
    assert dates_of(second, "entry_decided", "entry", "exit") == ["06-25", "06-26", "06-28"]
    equity = run.ledger.set_index("date")["equity"]
    assert first["net_pnl"] == pytest.approx(equity[first["exit"]] - 10_000, **CENTS)
    change = equity[second["exit"]] - equity[second["entry_decided"]]
    assert second["net_pnl"] == pytest.approx(change, **CENTS)


def test_trades_and_the_account_agree(run):
    assert run.open_trades == ()
    assert run.trades["net_pnl"].sum() == pytest.approx(run.headline["net_pnl"], **CENTS)
    for cost in ("commission", "spread", "borrow", "dividends"):
        assert run.trades[cost].sum() == pytest.approx(run.headline[cost], **CENTS)


def test_a_trade_still_open_is_marked_at_the_last_close():
    market = hand_market(DAYS, LONG, SHORT)
    run = simulate(hand_config(costs=COSTS), market)
    (trade,) = run.open_trades
    assert tuple(trade) == TRADE_COLUMNS
    assert run.trades.empty
    assert [trade[name] for name in ("exit", "exit_decided", "exit_reason")] == [None] * 3
    assert trade["sessions"] == 6
    paid = 100 * 0.02 + 50 * (101 + 99) * 0.0001 + 50 * 0.0001 * (98 * 3 + 99 + 98 + 97 + 96)
    made = 50 * (98 - 101) - 50 * (95 - 99) + DIVIDENDS
    assert trade["net_pnl"] == pytest.approx(made - paid, **CENTS)


def test_a_rebalance_belongs_to_its_trade_and_is_no_trade_of_its_own():
    config = hand_config(costs=COSTS, rebalance={"kind": "daily"})
    run = simulate(config, hand_market(DAYS, LONG, SHORT))
    assert "rebalance" in set(run.fills["reason"])
    assert run.trades.empty
    assert run.headline["entries"] == 1
    (trade,) = run.open_trades
    assert trade["entry_gross_notional"] == 50 * 101 + 50 * 99
    assert trade["commission"] == pytest.approx(run.fills["commission"].sum(), **CENTS)


def test_what_rebalancing_added_is_told_from_what_the_entry_bought():
    # 50 of each at 100. At the close of the 21st the long leg is at 110: half of 10,500 dollars is
    # 47 shares of it and 52 of the other, traded at those prices on the 24th, whose closes are 120
    # and 90.
    legs = [
        hand_leg("LLL", [100, 100, 110], [100, 110, 120]),
        hand_leg("SSS", [100, 100, 100], [100, 100, 90]),
    ]
    cents = {"commission": {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.0}}
    config = hand_config(
        costs={**FREE, **cents}, rebalance={"kind": "daily"}, exits={"holding_sessions": 9}
    )
    run = simulate(config, hand_market(DAYS[:4], *legs))
    (trade,) = run.open_trades
    assert trade["long_pnl"] == 50 * 10 + 47 * 10
    assert trade["short_pnl"] == 52 * 10
    assert trade["hedge_pnl"] == -3 * 10 + 2 * 10
    first = run.rebalances.iloc[0]
    assert (f"{first['decided']:%m-%d}", first["why"]) == ("06-21", "daily")
    assert first["drift"] == pytest.approx(110 / 100 - 1, rel=1e-12)
    assert first["traded"] == 3 * 110 + 2 * 100
    assert first["cost"] == pytest.approx(5 * 0.01, **CENTS)
    # The last one is decided and never filled.
    last = run.rebalances.iloc[-1]
    assert (f"{last['decided']:%m-%d}", last["traded"], last["cost"]) == ("06-24", 0, 0)


def traded(leg, change, reason):
    """Fill a whole order of a leg."""
    leg.to_trade = leg.now = change
    trade(leg, reason, reason == Reason.ENTRY)
    assert leg.to_trade == 0.0


def test_a_leg_cut_by_half_halves_base_and_hedge_alike():
    leg = LegHeld()
    traded(leg, 100.0, Reason.ENTRY)
    traded(leg, 20.0, Reason.REBALANCE)
    assert (leg.shares, leg.base) == (120.0, 100.0)
    traded(leg, -60.0, Reason.MARGIN_CALL)
    assert (leg.shares, leg.base) == (60.0, 50.0)
    assert mark_to(leg, 2.0) == 120.0
    assert (leg.pnl, leg.hedge_pnl) == (120.0, 20.0)
    traded(leg, -60.0, Reason.Z_ABOVE)
    assert (leg.shares, leg.base) == (0.0, 0.0)


def test_an_entry_in_parts_is_all_base():
    leg = LegHeld(to_trade=-50.0)
    for part, left in ((-20.0, -30.0), (-20.0, -10.0), (-10.0, 0.0)):
        leg.now = part
        trade(leg, Reason.ENTRY, True)
        assert leg.to_trade == left
    assert (leg.shares, leg.base) == (-50.0, -50.0)
    mark_to(leg, -1.0)
    assert (leg.pnl, leg.hedge_pnl) == (50.0, 0.0)


def recorded_of(*trades):
    """A run that closed these trades, and did nothing that its sessions would tell."""
    return recorded([], trades, [], Book(closed=len(trades)))


def test_without_fills_there_are_no_trades():
    closed = trade_frame(recorded_of())
    assert closed.empty
    assert tuple(closed.columns) == TRADE_COLUMNS
    assert open_trades(recorded_of()) == ()


# --- what the trades explain, and what they must ---


def one_trade(**booked):
    """A tranche that made and paid what is given; the ledger below moves 14 dollars."""
    tranche = Tranche(decided=738_000, **booked)
    tranche.long.pnl, tranche.short.pnl = 25.0, -9.0
    return tranche


BOOKED = {"dividends": 3.0, "interest": 1.0, "commission": 2.0, "borrow": 4.0}
LEDGER = pd.DataFrame(
    {"equity": [10_000.0, 10_014.0], "gross": [5_000.0, 0.0], "interest": [0.0, 1.0]}
)


def test_trades_that_explain_the_account_pass():
    check_attribution(LEDGER, recorded_of(one_trade(**BOOKED)), 10_000.0)  # 25 - 9 + 3 + 1 - 2 - 4


@pytest.mark.parametrize("name", sorted(BOOKED))
@pytest.mark.parametrize("error", [0.01, -0.01, math.nan])
def test_a_result_that_the_trades_do_not_explain_is_refused(name, error):
    wrong = {**BOOKED, name: BOOKED[name] + error}
    with pytest.raises(EngineError, match=r"^the trades explain .*expected the change of equity"):
        check_attribution(LEDGER, recorded_of(one_trade(**wrong)), 10_000.0)


def test_interest_of_a_night_that_held_nothing_belongs_to_no_trade():
    idle = LEDGER.assign(gross=0.0, interest=[0.0, 2.5], equity=[10_000.0, 10_002.5])
    check_attribution(idle, recorded_of(), 10_000.0)
    with pytest.raises(EngineError):
        check_attribution(idle.assign(gross=[5_000.0, 0.0]), recorded_of(), 10_000.0)


@pytest.mark.parametrize("column", ["equity", "interest"])
def test_a_ledger_that_its_trades_do_not_explain_is_refused(run, column):
    ledger = run.ledger.copy()
    made = float(run.trades["net_pnl"].sum())
    stand_in = recorded_of(Tranche(decided=738_000, dividends=made))
    check_attribution(ledger, stand_in, 10_000.0)
    row = {"equity": ledger.index[-1], "interest": 0}[column]  # nothing is held before the first
    ledger.loc[row, column] += 0.01
    with pytest.raises(EngineError, match=r"^the trades explain"):
        check_attribution(ledger, stand_in, 10_000.0)
