"""Delays, later starts, later filings and other prices: each check alone."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from feeds import calendar
from reports.audits.altered_markets import total_return_prices
from reports.audits.integrity.adjustment import adjustment
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.integrity.decisions import changes, decisions
from reports.audits.integrity.lag import lag_curve
from reports.audits.integrity.source_timing import source_timing
from reports.audits.integrity.warmup import warmup
from reports.audits.subject import Subject
from strategies import AlwaysPair, CorrelationPair
from tests.unit.audit_market import (
    CORRELATION,
    audit_config,
    audit_market,
    checks_of,
    keys_of,
    own,
)
from tests.unit.hand_market import first_sessions, hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals

NEVER = {**CORRELATION, "enter_below": -99}


def ready(subject, base=None):
    return audited(subject, base or subject.run(), QUICK)


# --- A5: a delay ---


def test_each_delay_is_run_and_told():
    subject = own(audit={"lags": [3, 1]})
    check = lag_curve(ready(subject))
    assert check.status == "PASS"
    results = {0: subject.run()} | {lag: subject.run(lag_sessions=lag) for lag in (1, 3)}
    expected = [
        {"lag_sessions": lag, **{name: each.headline[name] for name in ("sharpe", "net_pnl")}}
        for lag, each in results.items()
    ]
    assert check.detail["curve"] == expected


def print_market(days=60):
    """A long leg that jumps by 10 % at every tenth open and gives it back at the next open."""
    opens = [100.0 if day % 10 else 90.0 for day in range(days)]
    sessions = pd.bdate_range("2024-03-04", periods=days + 1).strftime("%Y-%m-%d").tolist()
    long = hand_leg("LLL", opens, [100.0] * days)
    return hand_market(sessions, long, hand_leg("SSS", [100.0] * days, [100.0] * days))


class EveryTenthOpen(AlwaysPair):
    """Buys the cheap open of every tenth session."""

    def is_triggered(self):
        return len(self) % 10 == 0


def test_an_edge_that_lives_in_one_print_is_warned_of():
    config = hand_config(exits={"holding_sessions": 3})
    subject = Subject(config=config, market=print_market(), strategy_class=EveryTenthOpen)
    check = lag_curve(ready(subject))
    curve = {point["lag_sessions"]: point["net_pnl"] for point in check.detail["curve"]}
    # 50 shares of 10,000 dollars bought at 90 are worth 100 at the close, five times, and more.
    assert curve[0] > 5 * 50 * 10.0
    assert curve[1] == 0.0
    assert check.status == "REMARK"  # green would be believed
    assert check.sentence.endswith("Warning: one session takes at least half of the Sharpe ratio.")


@pytest.mark.parametrize(
    ("later", "warned"), [(2.0, False), (1.01, False), (1.0, True), (0.2, True), (None, True)]
)
def test_half_of_the_sharpe_ratio_is_where_the_warning_begins(later, warned):
    run = ready(own())

    def with_sharpe(sharpe):
        return replace(run.base, headline={**run.base.headline, "sharpe": sharpe})

    delayed = SimpleNamespace(run=lambda lag_sessions: with_sharpe(later))
    check = lag_curve(replace(run, base=with_sharpe(2.0), subject=delayed))
    assert ("Warning" in check.sentence) is warned


def test_a_run_that_loses_has_no_sharpe_to_take():
    subject = own()
    base = subject.run()
    assert base.headline["sharpe"] < 0
    assert "a delay has nothing to take" in lag_curve(ready(subject, base)).sentence


def test_without_an_order_nothing_is_delayed():
    check = lag_curve(ready(own(signal=NEVER)))
    assert (check.status, "no order was made" in check.sentence) == ("NOT RUN", True)


# --- what counts as a decision ---


def test_decisions_are_the_entries_and_exits_by_session_and_no_rebalance():
    base = own().run()
    orders = base.orders[base.orders["reason"] != "rebalance"]
    assert len(orders) < len(base.orders)
    expected = {f"{row.decided:%Y-%m-%d}": (row.reason,) for row in orders.itertuples()}
    assert decisions(base) == expected


def test_a_change_is_told_with_what_was_and_what_is():
    base = own().run()
    other = own(exits={"holding_sessions": 8}).run()
    first = changes(base, other)[0]
    assert first.before == ("holding_sessions",)
    assert first.text == f"{first.session}: holding_sessions before, nothing now"
    assert changes(base, base) == []
    assert changes(base, other, since="2023-12-31") == []


# --- A6: a later start ---


def test_a_window_forgets_and_an_expanding_score_is_explained():
    rolling = {**CORRELATION, "zscore": "rolling", "zscore_window": 20, "min_periods": 20}
    check = warmup(ready(own(signal=rolling)))
    assert check.status != "FAIL"
    assert check.detail["starts"][0]["lines"] == []
    # An expanding score takes no notice of a window, whatever the configuration says of one.
    check = warmup(ready(own(signal={**CORRELATION, "zscore_window": 20})))
    assert check.status == "REMARK"  # its trades depend on where the data begin
    assert [start["sessions_skipped"] for start in check.detail["starts"]] == [16, 32, 64]
    assert check.detail["starts"][0]["lines"] == ["z"]
    assert "z is judged by all of its past (signal.zscore: expanding)" in check.sentence


def test_a_rolling_score_that_speaks_before_its_window_is_full_is_no_fault():
    rolling = {**CORRELATION, "zscore": "rolling", "zscore_window": 25, "min_periods": 8}
    check = warmup(ready(own(signal=rolling)))
    assert check.status == "REMARK"
    assert check.detail["starts"][0]["lines"] == ["z"]
    assert "z is judged by what part of it there is" in check.sentence


def test_the_common_sessions_begin_where_the_later_run_is_warm():
    run = ready(own())
    check = warmup(run)
    # 16 sessions skipped, and the 16th of the later run is its first with a z: the 32nd of ours.
    assert check.detail["starts"][0]["common_since"] == run.trace.sessions[31]
    assert check.detail["starts"][0]["common_sessions"] == 160 - 31


def test_changed_decisions_are_listed_from_the_common_sessions_only():
    run = ready(own())
    start = warmup(run).detail["starts"][0]
    assert start["changed"] == len(start["changes"]) > 0
    assert all(each["session"] >= start["common_since"] for each in start["changes"])
    assert all(each["before"] != each["after"] for each in start["changes"])


def test_a_line_that_remembers_what_its_window_does_not_fails(monkeypatch):
    honest = CorrelationPair.signal_lines

    def remembering(config, x, y):
        lines = honest(config, x, y)
        known = np.nan_to_num(lines["vol_long"])
        return {**lines, "vol_long": np.where(known > 0, known + np.cumsum(known), np.nan)}

    monkeypatch.setattr(CorrelationPair, "signal_lines", staticmethod(remembering))
    check = warmup(ready(own()))
    assert check.status == "FAIL"
    assert check.difference.what == "signal line vol_long"
    # The later run starts on the 17th session; five returns make its first volatility.
    assert check.difference.session == audited(own(), own().run(), QUICK).trace.sessions[16 + 5]


def test_a_trigger_that_differs_while_every_signal_agrees_fails(monkeypatch):
    monkeypatch.setattr(AlwaysPair, "is_triggered", lambda self: len(self) % 2 == 0)
    # Warm on the sixth session, so starts 6, 12 and 24 sessions later: even stays even.
    assert warmup(ready(own(signal={"kind": "always"}))).status == "REMARK"  # a trade was open
    # Warm on the seventh: 7 sessions later even is odd.
    odd = {"kind": "inverse_vol", "window": 6}
    check = warmup(ready(own(signal={"kind": "always"}, sizing=odd)))
    assert check.status == "FAIL"
    assert check.difference.what == "decision (entry)"


def test_what_somebody_s_own_strategy_remembers_is_told_and_not_failed():
    class Smoothed(CorrelationPair):
        """Judges a correlation smoothed with a half-life: it never quite forgets."""

        @classmethod
        def signal_lines(cls, config, adj_close_long, adj_close_short):
            lines = super().signal_lines(config, adj_close_long, adj_close_short)
            smooth = pd.Series(lines["correlation"]).ewm(halflife=30).mean().to_numpy()
            return {**lines, "smooth": smooth, "z": 4 * (lines["correlation"] - smooth)}

    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=Smoothed)
    check = warmup(ready(subject))
    assert check.status == "REMARK"
    assert check.detail["starts"][0]["lines"] == ["z", "smooth"]
    assert "its signals (smooth and z) remember more than the warm-up" in check.sentence


def test_a_run_too_short_for_a_later_start_says_so():
    market = first_sessions(audit_market(), 31)
    check = warmup(ready(own(market=market)))
    assert check.status == "NOT RUN"
    assert "a start 16 sessions later needs 32 sessions, and the run has 31" in check.sentence
    check = warmup(ready(own(market=first_sessions(audit_market(), 50))))
    assert check.status != "NOT RUN"
    assert check.sentence.endswith("The run is too short for a start 64 sessions later.")


def test_a_warm_up_of_a_session_is_tested_by_weeks_and_of_reports_by_quarters(capex):
    flat = {"kind": "dollar_neutral"}
    check = warmup(ready(own(signal={"kind": "always"}, sizing={**flat, "window": 2})))
    assert [each["sessions_skipped"] for each in check.detail["starts"]] == [5, 10, 20]
    check = warmup(capex)  # 63 and 126 sessions of 160; a start 252 sessions later is none
    assert [each["sessions_skipped"] for each in check.detail["starts"]] == [63, 126]


# --- A7: filings ---


@pytest.fixture(scope="module")
def capex():
    spent = [10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 12, 15, 15, 11, 16]
    facts = [
        hand_facts(company, concept, [scale * each for each in spent])
        for company in ("AAA", "SSS")
        for concept, scale in (("capex", 1e9), ("revenue", 5e9))
    ]
    config = audit_config(
        signal={"kind": "capex", "spenders": ["AAA"], "enter_above": 0.2},
        fundamentals={"source": "sample"},
    )
    market = replace(audit_market(), fundamentals=hand_fundamentals(*facts))
    return ready(Subject(config=config, market=market))


def test_reports_filed_before_their_use_pass_with_what_a_delay_costs(capex):
    check = source_timing(capex)
    assert check.status == "PASS"
    known = capex.base.filings.known
    assert check.detail["facts"] == len(known) > 0
    later = capex.subject.run(republished_one_session(capex.subject.market))
    assert check.detail["one_session_later"]["net_pnl"] == later.headline["net_pnl"]
    assert check.detail["one_session_later"]["changed"] > 0


def republished_one_session(market):
    """The market with every report public on the exchange's next session."""

    def later(day):
        return dt.date.fromisoformat(str(calendar.next_session(day)))

    return replace(market, fundamentals=market.fundamentals.republished(later))


@pytest.mark.parametrize("days", [0, 3])
def test_a_report_used_on_its_filing_day_or_before_fails(capex, days):
    known = capex.base.filings.known.copy()
    row = known.index[-1]
    decided = known.loc[row, "decided"]
    known.loc[row, "filed"] = decided + pd.Timedelta(days=days)
    filings = replace(capex.base.filings, known=known)
    check = source_timing(ready(capex.subject, replace(capex.base, filings=filings)))
    assert check.status == "FAIL"
    assert check.difference.session == f"{decided:%Y-%m-%d}"
    assert check.difference.expected == f"filed before {decided:%Y-%m-%d}"
    assert check.difference.actual == f"filed on {decided + pd.Timedelta(days=days):%Y-%m-%d}"
    assert check.sentence.startswith(f"1 of {len(known)} numbers from company reports were used")


@pytest.mark.parametrize(("days", "status"), [(1, "FAIL"), (9, "FAIL"), (10, "PASS")])
def test_no_company_files_within_ten_days_of_its_quarter_s_end(capex, days, status):
    known = capex.base.filings.known.copy()
    known["filed"] = known["quarter_end"] + pd.Timedelta(days=days)
    filings = replace(capex.base.filings, known=known)
    check = source_timing(ready(capex.subject, replace(capex.base, filings=filings)))
    assert check.status == status
    if status == "FAIL":
        assert check.difference.expected == "filed 10 days after the quarter's end or later"
        assert f"{days} day" in check.sentence


def test_a_day_before_the_sec_has_it_fails(capex, monkeypatch):
    known = capex.base.filings.known
    row = known.sort_values("decided", kind="stable").iloc[0]
    public = row["filed"].date() + dt.timedelta(days=1)
    kept = {(row["concept"], row["quarter_end"].date()): public}
    monkeypatch.setattr(
        "reports.audits.integrity.source_timing.kept_filing_days",
        lambda company, ciks: kept if company == row["company"] else {},
    )
    check = source_timing(capex)
    assert check.status == "FAIL"
    assert check.difference.expected == f"filed on {public}"
    assert f"the SEC has it from {public} on" in check.sentence


def test_without_reports_their_timing_is_not_judged(capex):
    assert "reads no company reports" in source_timing(ready(own())).sentence
    never = Subject(config=audit_config(signal=NEVER), market=capex.subject.market)
    check = source_timing(ready(never))
    assert (check.status, "rests on a company report" in check.sentence) == ("NOT RUN", True)


# --- A8: prices ---


def test_decisions_on_total_return_prices_are_the_same_and_the_difference_is_told():
    run = ready(own())
    check = adjustment(run)
    assert check.status == "PASS"
    cash, total = check.detail["cash_dividends"], check.detail["total_return"]
    assert cash["dividends"] == pytest.approx(run.base.ledger["dividends"].sum())
    assert total["dividends"] == 0.0
    for parts in (cash, total):
        made = parts["legs"] + parts["dividends"] + parts["interest"] - parts["costs"]
        assert made == pytest.approx(parts["net"], abs=1e-6 * 160)  # the ledger's own identity
    assert check.detail["changed_by_the_account"] == 0


def test_a_stop_that_acts_elsewhere_on_dollars_is_explained():
    # A stop sized so that it is hit on one quotation and, a cent above, not on the other.
    computed = next(
        check
        for stop in np.arange(0.004, 0.06, 0.0002)
        for check in [
            adjustment(ready(own(exits={"stop_loss": float(stop), "holding_sessions": 9})))
        ]
        if check.detail.get("changed_by_the_account")
    )
    assert computed.status == "PASS"
    assert "stops, margin and sizes act on dollars" in computed.sentence


def test_a_ruined_run_is_no_other_run_on_other_prices():
    # So levered that a cent decides on which session it is over: the two runs end apart.
    reckless = {"kind": "dollar_neutral", "gross": 12.25, "window": 5}
    subject = own(
        sizing=reckless, signal={"kind": "always"}, exits={}, account={"margin": {"kind": "none"}}
    )
    base = subject.run()
    total = subject.run(total_return_prices(subject.market))
    assert base.ended == total.ended == "ruin"
    assert len(total.ledger) < len(base.ledger)
    assert keys_of(checks_of(subject, base), "FAIL") == []


def test_without_a_dividend_there_is_nothing_to_tell_apart():
    days = pd.bdate_range("2024-03-04", periods=31).strftime("%Y-%m-%d").tolist()
    prices = 100.0 + np.arange(30) % 7
    market = hand_market(days, hand_leg("LLL", prices, prices), hand_leg("SSS", prices, prices))
    check = adjustment(ready(Subject(config=hand_config(), market=market)))
    assert check.status == "PASS"
    assert check.sentence.endswith("no dividend was paid or received.")


def split_market():
    """The audited market, its long leg split two for one after its hundredth session."""
    market = audit_market()
    later = np.where(np.arange(len(market.sessions)) < 100, 2.0, 1.0)
    return replace(market, long=replace(market.long, later_splits=later))


class KnowsSplits(CorrelationPair):
    def is_triggered(self):
        return super().is_triggered() and self.broker.facts.long.later_splits > 1.0


class ReadsLevels(CorrelationPair):
    def is_triggered(self):
        return super().is_triggered() and self.long.close[0] < 150.0


@pytest.mark.parametrize(
    ("strategy", "status", "words"),
    [
        (None, "PASS", "session and reason are the same"),
        (KnowsSplits, "FAIL", "the rule knows splits to come"),
        (ReadsLevels, "REMARK", "reads the level of a price, which later splits rewrite"),
    ],
)
def test_splits_to_come_change_no_decision(strategy, status, words):
    subject = Subject(config=audit_config(), market=split_market(), strategy_class=strategy)
    check = adjustment(ready(subject))
    assert (check.status, words in check.sentence) == (status, True)
