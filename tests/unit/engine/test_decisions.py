"""When the engine enters, leaves, declines and stops, on a few hand-made sessions."""

import math

import numpy as np
import pytest

from configs.errors import ConfigError
from engine.errors import EngineError
from engine.event import simulate
from engine.prepare.preflight import check_sessions, check_window
from tests.unit.hand_market import hand_config, hand_leg, hand_market

# Monday 3 June to Tuesday 18 June 2024, without a holiday.
DAYS = [str(day) for day in np.arange("2024-06-03", "2024-06-19", dtype="datetime64[D]")
        if np.is_busday(day)]  # fmt: skip


def market_of(long_closes, short_closes, **long_columns):
    """Both legs open where they closed the session before."""
    legs = [
        hand_leg(symbol, [closes[0], *closes[:-1]], closes, **columns)
        for symbol, closes, columns in (
            ("LLL", long_closes, long_columns),
            ("SSS", short_closes, {}),
        )
    ]
    return hand_market(DAYS[: len(long_closes) + 1], *legs)


def fills_of(run):
    return [
        (f"{row.date:%m-%d}", row.symbol, row.shares, row.reason) for row in run.fills.itertuples()
    ]


# --- exits ---


def exits_of(run):
    return [(f"{fill[0]}", fill[3]) for fill in fills_of(run) if fill[1] == "LLL"]


@pytest.mark.parametrize(("stop", "day"), [(0.05, "06-06"), (0.0501, "06-07")])
def test_a_stop_is_judged_at_the_close_and_filled_next_session(stop, day):
    # 50 shares at 100 each way. The long leg loses 5 then 6 a share: 500 dollars of the 10,000 of
    # entry notional are a loss of exactly 5 %, decided on 5 June.
    market = market_of([100, 100, 90, 88, 88, 88], [100.0] * 6)
    run = simulate(hand_config(exits={"stop_loss": stop}), market)
    assert exits_of(run)[:2] == [("06-04", "entry"), (day, "stop_loss")]


def test_a_stop_counts_costs_as_losses():
    # Without costs the loss is 499.5 dollars; 1 dollar of commission on the entry makes it 500.5.
    closes = [100, 100, 90.01, 90.01, 90.01]
    costs = {"spread": {"default_bps": 0.0}, "borrow": {"default_rate": 0.0}}
    free = {**costs, "commission": {"kind": "zero"}}
    paid = {**costs, "commission": {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.0}}
    market = market_of(closes, [100.0] * 5)
    stopped = [
        simulate(hand_config(exits={"stop_loss": 0.05}, costs=each), market)
        for each in (free, paid)
    ]
    assert [len(run.trades) for run in stopped] == [0, 1]


def test_a_stop_forgets_what_earlier_trades_made():
    # The first trade makes 50 * 60 dollars. The next, 65 shares at 100 each way, loses 10 a share:
    # 5 % of its own 13,000 dollars, while the account is still far ahead.
    long = hand_leg("LLL", [100, 100, 160, 160, 100, 100, 90], [100, 160, 160, 100, 100, 90, 90])
    short = hand_leg("SSS", [100.0] * 7, [100.0] * 7)
    exits = {"holding_sessions": 2, "stop_loss": 0.05}
    run = simulate(hand_config(exits=exits), hand_market(DAYS[:8], long, short))
    assert list(run.trades["exit_reason"]) == ["holding_sessions", "stop_loss"]
    assert list(run.trades["net_pnl"]) == [50 * 60, -65 * 10]


def test_a_position_of_one_session_is_left_at_the_first_close():
    run = simulate(hand_config(exits={"holding_sessions": 1}), market_of([100.0] * 6, [50.0] * 6))
    assert exits_of(run) == [
        ("06-04", "entry"),
        ("06-05", "holding_sessions"),
        ("06-06", "entry"),
        ("06-07", "holding_sessions"),
        ("06-10", "entry"),
    ]
    assert list(run.trades["sessions"]) == [1, 1]


# --- the correlation trigger, through the engine ---


def zigzag(signs, step=0.01):
    """Prices from 100 whose log returns are ``step`` up or down."""
    return [100.0, *(100.0 * np.exp(np.cumsum(np.array(signs) * step)))]


TOGETHER = zigzag([1, -1, 1, -1, 1, -1, 1])
APART = zigzag([1, -1, 1, -1, -1, 1, -1])  # repeats a fall, then turns against the other leg


def correlation_run(enter_below, **sections):
    signal = {"kind": "correlation", "window": 3, "min_periods": 2, "enter_below": enter_below}
    return simulate(hand_config(signal=signal, **sections), market_of(TOGETHER, APART))


def test_the_signals_of_a_run_are_the_hand_worked_ones():
    # Windows of three signs. Any mix of two like signs and another has squared deviations 8/3.
    # Sessions 3 and 4: the legs turn together, 1. Session 7: always against each other, -1.
    # Session 5: x (1 -1 1), y (1 -1 -1): sum xy 1, less 3 * 1/3 * -1/3: 4/3 over 8/3 is 1/2.
    # Session 6: x (-1 1 -1), y (-1 -1 1): sum xy -1, less 3 * -1/3 * -1/3: -4/3 over 8/3, -1/2.
    run = correlation_run(enter_below=-1.3)
    expected = [math.nan] * 3 + [1, 1, 0.5, -0.5, -1]
    # The steps are exact in logs, the prices are rounded: some 1e-14 of a return of 0.01.
    np.testing.assert_allclose(run.signals["correlation"], expected, rtol=0, atol=1e-11)
    # z of 1, 1, .5: mean 5/6, sd^2 1/12. Of 1, 1, .5, -.5: mean 1/2, sd^2 (1/4 + 1/4 + 0 + 1)/3.
    # Of all five: mean 1/5, sd^2 (.64 + .64 + .09 + .49 + 1.44)/4.
    z = [(0.5 - 5 / 6) / math.sqrt(1 / 12), -1 / math.sqrt(0.5), -1.2 / math.sqrt(3.3 / 4)]
    np.testing.assert_allclose(run.signals["z"][5:], z, rtol=1e-9)


def test_a_rolling_z_of_a_run_looks_back_over_its_own_window():
    # The last three of the correlations above are .5, -.5, -1: deviations 5/6, -1/6, -4/6.
    signal = {"kind": "correlation", "window": 3, "zscore": "rolling", "zscore_window": 3}
    config = hand_config(signal={**signal, "min_periods": 2})
    z = simulate(config, market_of(TOGETHER, APART)).signals["z"]
    assert z.iloc[7] == pytest.approx((-4 / 6) / math.sqrt((25 + 1 + 16) / 36 / 2), rel=1e-9)


@pytest.mark.parametrize(
    ("enter_below", "decided"), [(-1.1, 5), (-1.2, 6), (-1.41, 6), (-1.42, None)]
)
def test_an_entry_is_decided_where_z_falls_below_its_level(enter_below, decided):
    # The three z above are -1.155, -1.414 and -1.321.
    run = correlation_run(enter_below)
    acted = list(np.flatnonzero(run.signals["acted"]))
    assert acted == ([] if decided is None else [decided])
    assert list(run.signals["entry"]) == list(run.signals["z"] < enter_below)


def test_a_held_pair_triggers_without_acting():
    run = correlation_run(-1.1)
    assert list(np.flatnonzero(run.signals["entry"])) == [5, 6, 7]
    assert list(np.flatnonzero(run.signals["acted"])) == [5]


def test_a_recovery_is_left_by_z():
    # Two sessions more, both legs down and up. Session 8: x (-1 1 -1), y (1 -1 -1), again -1/2.
    # z of 1, 1, .5, -.5, -1, -.5: mean 1/12, sd^2 3.7083/5, so -0.68; entered on 6, it was -1.32.
    longer = [zigzag([*signs, -1, 1]) for signs in ([1, -1] * 3 + [1], [1, -1, 1, -1, -1, 1, -1])]
    signal = {"kind": "correlation", "window": 3, "min_periods": 2, "enter_below": -1.2}
    run = simulate(hand_config(signal=signal, exits={"z_above": -1.0}), market_of(*longer))
    assert [fill[3] for fill in fills_of(run)] == ["entry", "entry", "z_above", "z_above"]
    assert f"{run.trades['exit_decided'].iloc[0]:%Y-%m-%d}" == DAYS[8]


# --- what cannot be sized ---


def test_less_than_one_share_of_a_leg_orders_no_leg_at_all():
    # Half of 150 dollars buys a share at 70 but not one at 80.
    account = {"cash": 150.0}
    run = simulate(hand_config(account=account), market_of([70.0] * 3, [80.0] * 3))
    assert run.fills.empty
    assert run.pending == ()
    (finding,) = run.findings
    assert (finding.check, finding.symbol, finding.severity) == ("not_sized", "LLL/SSS", "warning")
    assert finding.dates == ("2024-06-03", "2024-06-04", "2024-06-05")
    assert "entry: less than one share a leg" in finding.text
    assert not run.signals["acted"].any()
    assert run.signals["entry"].all()


def test_a_hedge_that_cannot_be_resized_keeps_its_shares():
    # 75 dollars were one share at 70; at 160 half of the equity is none.
    config = hand_config(account={"cash": 150.0}, rebalance={"kind": "daily"})
    run = simulate(config, market_of([70, 70, 160, 160], [70, 70, 160, 160]))
    assert fills_of(run) == [("06-04", "SSS", -1, "entry"), ("06-04", "LLL", 1, "entry")]
    (finding,) = run.findings
    assert finding.text.startswith("rebalance: less than one share a leg")
    assert finding.dates == ("2024-06-05", "2024-06-06")


INVERSE = {"kind": "inverse_vol", "window": 2}


def test_a_leg_that_does_not_move_delays_an_inverse_vol_entry():
    # Two equal returns of 0 have no volatility; the short leg first moves on the fourth session.
    run = simulate(
        hand_config(sizing=INVERSE),
        market_of([100, 101, 100, 102, 101], [50, 50, 50, 51, 50]),
    )
    assert list(np.flatnonzero(run.signals["acted"])) == [3]
    assert list(run.signals["entry"]) == [False, False, False, True, True]
    (finding,) = run.findings  # warm on the third session, and not sizable on it
    assert (finding.check, len(finding.dates)) == ("not_sized", 1)
    assert finding.text.startswith("entry: what sizes the pair is unknown")


def test_a_held_leg_that_stops_moving_is_reported_and_not_resized():
    run = simulate(
        hand_config(sizing=INVERSE, rebalance={"kind": "daily"}),
        market_of([100, 101, 100, 102, 101, 103], [50, 51, 50, 50, 50, 50]),
    )
    (finding,) = run.findings
    assert finding.text.startswith("rebalance: what sizes the pair is unknown")
    assert finding.dates == (DAYS[4], DAYS[5])


def test_inverse_vol_legs_by_hand():
    # Log returns over two sessions: ln 1.1 and -ln 1.1 against ln 1.2 and -ln 1.2, each with sd
    # sqrt(2) times its size: the weights are in the ratio ln 1.2 to ln 1.1.
    market = market_of([100, 110, 100, 100], [50, 60, 50, 50])
    run = simulate(hand_config(sizing=INVERSE), market)
    long_weight = math.log(1.2) / (math.log(1.1) + math.log(1.2))
    long_shares, short_shares = (
        int(10_000 * long_weight / 100),
        int(10_000 * (1 - long_weight) / 50),
    )
    assert fills_of(run) == [
        ("06-06", "SSS", -short_shares, "entry"),
        ("06-06", "LLL", long_shares, "entry"),
    ]
    assert run.signals["vol_long"].iloc[2] == pytest.approx(math.sqrt(2) * math.log(1.1), rel=1e-12)
    assert run.signals["vol_ratio"].iloc[2] == pytest.approx(
        math.log(1.1) / math.log(1.2), rel=1e-9
    )


def test_signals_see_total_returns_and_money_sees_prices():
    # The adjusted close does not move at all: no volatility, so no entry, whatever the close does.
    market = market_of([100, 110, 100, 105], [50, 60, 50, 55], adj_close=[99.0] * 4)
    assert simulate(hand_config(sizing=INVERSE), market).fills.empty


def test_a_rebalance_that_changes_nothing_orders_nothing():
    config = hand_config(rebalance={"kind": "daily"})
    assert len(simulate(config, market_of([100.0] * 5, [50.0] * 5)).fills) == 2


# --- what stops a run ---


LEVERED = {
    "sizing": {"kind": "dollar_neutral", "gross": 2.0},
    "account": {"cash": 10_000.0, "margin": {"kind": "none"}},
}


def test_a_ruined_account_ends_the_run_on_its_session():
    # 100 shares of each leg at 100; the short leg doubles: 10,000 dollars are gone.
    run = simulate(hand_config(**LEVERED), market_of([100.0] * 5, [100, 100, 200, 200, 200]))
    assert run.ended == "ruin"
    assert [f"{day:%m-%d}" for day in run.ledger["date"]] == ["06-03", "06-04", "06-05"]
    assert run.headline["final_equity"] == 0.0
    assert run.headline["total_return"] == run.headline["max_drawdown"] == -1.0
    (trade,) = run.trades.to_dict("records")
    assert (trade["exit_reason"], f"{trade['exit']:%m-%d}") == ("ruin", "06-05")
    assert trade["net_pnl"] == -100 * 100
    assert (run.open_trades, run.pending) == ((), ())
    (finding,) = run.findings
    assert (finding.check, finding.severity, finding.dates) == ("ruin", "warning", (DAYS[2],))
    assert "equity was 0.00 dollars: the run ends here" in finding.text


def test_a_debt_shows_in_equity_while_the_return_stops_at_minus_one():
    # The short leg triples: the 10,000 dollars and 10,000 more are gone.
    run = simulate(hand_config(**LEVERED), market_of([100.0] * 4, [100, 100, 300, 300]))
    assert run.ledger["equity"].iloc[-1] == -10_000.0
    assert run.ledger["equity_return"].iloc[-1] == -1.0
    assert run.headline["total_return"] == run.headline["cagr"] == -1.0
    assert run.headline["max_drawdown"] == -1.0
    assert run.headline["net_pnl"] == -20_000.0


def test_an_account_with_a_cent_left_goes_on():
    market = market_of([100, 100, 100, 100], [100, 100, 199.9999, 199.9999])
    run = simulate(hand_config(**LEVERED), market)
    assert run.ended is None
    assert len(run.ledger) == 4
    # Float noise of sums near 20,000.
    assert run.headline["final_equity"] == pytest.approx(100 * 0.0001, abs=1e-9)


@pytest.mark.parametrize("price", [math.nan, 0.0, -1.0, math.inf, -math.inf])
@pytest.mark.parametrize(("symbol", "name"), [("LLL", "open"), ("SSS", "open"), ("SSS", "close")])
def test_what_is_no_price_stops_the_run_before_anything_fills_at_it(symbol, name, price):
    legs = {each: hand_leg(each, [50.0] * 3, [50.0] * 3) for each in ("LLL", "SSS")}
    getattr(legs[symbol], name)[1] = price
    with pytest.raises(
        EngineError, match=rf"^2024-06-04: the {name} of {symbol} was \S+; expected a price"
    ):
        simulate(hand_config(), hand_market(DAYS[:4], *legs.values()))


CORRELATION = {"kind": "correlation", "window": 5, "min_periods": 4}


@pytest.mark.parametrize(
    ("sections", "needed"),
    [
        ({"signal": CORRELATION}, 5 + 4),
        ({"signal": CORRELATION, "sizing": {"kind": "inverse_vol", "window": 9}}, 9 + 1),
        ({"signal": CORRELATION, "sizing": {"kind": "inverse_vol", "window": 8}}, 9),
        ({"sizing": {"kind": "inverse_vol", "window": 9}}, 9 + 1),
        ({"sizing": {"kind": "dollar_neutral", "window": 9}}, 1),
    ],
)
def test_a_window_shorter_than_the_warm_up_is_refused_with_both_counts(sections, needed):
    config = hand_config(**sections)
    check_sessions(config, needed)
    with pytest.raises(
        ConfigError, match=rf"was {needed - 1} sessions; expected at least {needed},"
    ):
        check_sessions(config, needed - 1)


def test_the_first_warm_session_is_the_one_the_warm_up_counts():
    rng = np.random.default_rng(2)
    closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (2, 11)), axis=1))
    config = hand_config(signal=CORRELATION, sizing=INVERSE)
    run = simulate(config, market_of(*closes.tolist()))
    assert int(np.flatnonzero(run.signals["z"].notna())[0]) + 1 == 5 + 4


def test_a_short_window_is_refused_before_any_price_is_read():
    # From Thursday 21 to Thursday 28 March 2024 the exchange had six sessions.
    data = {"source": "csv", "path": "unread", "start": "2024-03-21", "end": "2024-03-31"}
    with pytest.raises(ConfigError, match="was 6 sessions; expected at least 9,"):
        check_window(hand_config(data=data, signal=CORRELATION))


def test_a_run_on_too_few_sessions_is_refused():
    with pytest.raises(ConfigError, match="was 3 sessions; expected at least 9,"):
        simulate(hand_config(signal=CORRELATION), market_of([100.0] * 3, [50.0] * 3))


# --- findings and the benchmark ---


def test_a_cost_that_prices_no_leg_is_reported():
    costs = {
        "commission": {"kind": "zero"},
        "spread": {"QQQ": 1.0, "LLL": 0.0},
        "borrow": {"ZZZ": 0.1},
    }
    run = simulate(hand_config(costs=costs), market_of([100.0] * 2, [50.0] * 2))
    listed = [(each.check, each.symbol, each.severity, each.text) for each in run.findings]
    assert listed == [
        ("unused_cost", "ZZZ", "warning",
         "costs.borrow.ZZZ is set, but ZZZ is no leg of LLL/SSS: unused"),
        ("unused_cost", "QQQ", "warning",
         "costs.spread.QQQ is set, but QQQ is no leg of LLL/SSS: unused"),
    ]  # fmt: skip


def test_the_benchmark_is_total_returns_on_the_ledgers_sessions():
    legs = [hand_leg(symbol, [50.0] * 3, [50.0] * 3) for symbol in ("LLL", "SSS")]
    benchmark = hand_leg("QQQ", [9.0] * 3, [9.0] * 3, adj_close=[100, 110, 99])
    run = simulate(hand_config(), hand_market(DAYS[:4], *legs, benchmark))
    np.testing.assert_allclose(run.benchmark_returns, [0, 0.1, -0.1], rtol=0, atol=1e-15)
    assert list(run.benchmark_returns.index) == list(run.ledger["date"])
    assert simulate(hand_config(), hand_market(DAYS[:4], *legs)).benchmark_returns is None
