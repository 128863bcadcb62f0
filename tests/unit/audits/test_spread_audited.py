"""A spread's run goes through every integrity check; one that fills at once fails A4 by name."""

import pytest

from reports.audits.article.forward import pair_history
from reports.audits.integrity.provenance import provenance
from reports.headline import COSTS
from reports.pages.run.assumptions import assumptions
from reports.pages.run.page import run_page
from reports.pages.run.rates import charged, rates
from reports.publish.records import summary
from reports.summary import lead
from tests.unit.audit_market import audit_market, checks_of, keys_of, own

SPREAD = {
    "kind": "spread",
    "hedge": {"kind": "rolling_ols", "window": 10},
    "zscore": {"kind": "rolling", "window": 8},
    "enter_at": 0.8,
    "exit_at": 0.2,
    "half_life_window": 10,
}
KALMAN = {"hedge": {"kind": "kalman"}, "zscore": {"kind": "filter"}}
AT_ONCE = {"fill": "same_close", "replicate": True, "margin": {"kind": "none"}}
SAID = "Fills at the price that decided them: replication, not evidence."


@pytest.mark.parametrize(
    "signal", [SPREAD, SPREAD | KALMAN, SPREAD | {"hedge": {"kind": "fixed", "ratio": 0.7}}]
)
def test_a_spread_passes_what_every_strategy_must(signal):
    subject = own(signal=signal, sizing={"kind": "hedge_ratio"}, rebalance={"kind": "weekly"})
    base = subject.run()
    assert set(base.trades["direction"]) == {-1, 1}
    checks = checks_of(subject, base)
    assert keys_of(checks, "FAIL") == []
    assert {"A1", "A2", "A3", "A4", "A8", "A10"} <= set(keys_of(checks, "PASS"))


def test_a_fill_at_the_price_that_decided_it_fails_by_name():
    subject = own(signal=SPREAD, sizing={"kind": "hedge_ratio"}, account=AT_ONCE)
    base = subject.run()
    check = provenance(subject, base)
    assert check.status == "FAIL"
    assert check.sentence.startswith(SAID)
    assert check.detail["faults"] >= len(base.fills)


def test_a_replication_says_so_wherever_its_numbers_are():
    run = own(signal=SPREAD, account=AT_ONCE).run()
    assert lead(run).startswith(SAID)
    assert summary(run)["warning"] == SAID
    assert f'<p class="alarm">{SAID}</p>' in run_page(run)
    late = own(signal=SPREAD, account={"replicate": True}).run()
    assert lead(late).startswith("Replication of a published figure: not evidence.")
    assert "warning" not in summary(own(market=audit_market(4), signal=SPREAD).run())


def test_a_hedge_ratio_that_changes_sign_is_told_with_its_dates():
    run = own(signal=SPREAD, sizing={"kind": "hedge_ratio"}).run()
    ratio = run.signals["hedge_ratio"]
    dates = tuple(run.signals["date"][ratio <= 0.0].dt.strftime("%Y-%m-%d"))
    (finding,) = [each for each in run.findings if each.check == "hedge_flipped"]
    assert finding.dates == dates
    held = run.ledger["gross"].to_numpy() > 0.0
    flipped = (ratio <= 0.0).to_numpy()
    # Left on the session after one that flipped, and nothing is entered on it.
    assert not (held[2:] & flipped[1:-1] & flipped[:-2]).any()


SOLD_AND_BOUGHT = {"signal": SPREAD, "sizing": {"kind": "hedge_ratio"}}


def test_what_came_after_an_entry_is_of_the_side_it_took():
    base = own(**SOLD_AND_BOUGHT).run()
    history = pair_history(base)
    sides = dict(zip(base.trades["entry_decided"], base.trades["direction"], strict=True))
    assert set(sides.values()) == {-1, 1}
    places = {day: place for place, day in enumerate(base.signals["date"])}
    assert all(history.side(places[day]) == side for day, side in sides.items())
    assert not base.signals.loc[~base.signals["entry"], "direction"].any()


def test_whichever_leg_was_short_paid_the_borrow_that_its_row_shows():
    costs = {"borrow": {"default_rate": 0.05}}
    run = own(costs=costs, **SOLD_AND_BOUGHT).run()
    ledger = run.ledger
    paid, was = ledger["borrow"].to_numpy(), ledger["long_shares"].to_numpy()
    long = sum(fee for fee, shares in zip(paid[1:], was[:-1], strict=True) if shares < 0.0)
    short = sum(fee for fee, shares in zip(paid[1:], was[:-1], strict=True) if shares > 0.0)
    assert min(long, short) > 1.0
    rows = [row.costs[list(COSTS).index("borrow")] for row in charged(run)]
    assert [row.split(" (")[0] for row in rows] == [f"${long:,.2f}", f"${short:,.2f}"]
    (rate,) = [each for each in rates(run) if each.what == "borrow"]
    assert rate.long == rate.short == "5.00% a year of the mark, over 360 days"
    legs = run.config.pair
    said = " ".join(assumptions(run))
    assert f"{legs.long} can always be borrowed at 5.00% a year" in said
    assert f"{legs.short} can always be borrowed at 5.00% a year" in said


def test_a_page_of_a_pair_that_is_sold_too_calls_neither_leg_the_long_one():
    run = own(**SOLD_AND_BOUGHT).run()
    page, legs = run_page(run), run.config.pair
    assert f"long {legs.long}, price" not in page
    assert f"(blue: {legs.long} bought, orange: sold)" in page
    only = own(signal=SPREAD | {"direction": "short_spread"}, sizing={"kind": "hedge_ratio"}).run()
    assert set(only.trades["direction"]) == {-1}
    assert only.config.sold == (legs.long,)
    (rate,) = [each for each in rates(only) if each.what == "borrow"]
    assert (rate.long == "not borrowed", rate.short) == (False, "not borrowed")


def test_a_replication_is_not_said_to_fill_on_the_next_session():
    said = " ".join(assumptions(own(signal=SPREAD, account=AT_ONCE).run()))
    assert "Orders fill at the close that decided them, which nobody gets." in said
    assert "next session" not in said
