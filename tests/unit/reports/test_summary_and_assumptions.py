import dataclasses

import pytest

from reports import summary
from reports.pages.run.assumptions import assumptions
from tests.unit.fake_result import CASH, fake_result


def with_money(result, *, long_pnl, short_pnl, commission):
    """The same run, but all its money is made and paid on the second session."""
    ledger = result.ledger.copy()
    names = ["long_pnl", "short_pnl", "dividends", "interest", "commission", "fees", "spread"]
    ledger[[*names, "impact", "borrow"]] = 0.0
    ledger.loc[1, ["long_pnl", "short_pnl", "commission"]] = [long_pnl, short_pnl, commission]
    ledger["equity"] = CASH + long_pnl + short_pnl - commission
    return dataclasses.replace(result, ledger=ledger)


@pytest.fixture(scope="module")
def twice():
    return fake_result(holds=((20, 50), (60, 90)))


def test_a_profit_is_told_with_what_it_cost(twice):
    run = with_money(twice, long_pnl=1500.0, short_pnl=-400.0, commission=100.0)
    assert summary.lead(run) == (
        "Held long SMH / short IGV 2 times; made $1,000.00 after $100.00 of costs."
    )
    assert "Costs took 9.1% of the $1,100.00 made before them." in summary.details(run)


def test_a_loss_is_called_a_loss(twice):
    run = with_money(twice, long_pnl=-1500.0, short_pnl=400.0, commission=100.0)
    assert "lost $1,200.00 after $100.00 of costs" in summary.lead(run)
    assert "Before costs the run lost $1,100.00; costs added to it." in summary.details(run)


def test_costs_that_eat_the_whole_profit_make_a_loss(twice):
    run = with_money(twice, long_pnl=80.0, short_pnl=0.0, commission=100.0)
    assert "lost $20.00 after $100.00 of costs" in summary.lead(run)
    assert "Costs took 125.0% of the $80.00 made before them." in summary.details(run)


def test_a_run_that_never_traded_says_that_nothing_triggered():
    run = fake_result(holds=())
    assert summary.lead(run) == (
        "Never held long SMH / short IGV: the entry condition was met on none of the 120 sessions."
    )
    assert "No round trip was closed: too few to tell skill from luck." in assumptions(run)


def test_a_trigger_that_never_filled_is_not_hidden():
    run = fake_result(holds=())
    signals = run.signals.copy()
    signals.loc[119, "entry"] = True
    run = dataclasses.replace(run, signals=signals)
    assert "was met on one session, but no entry filled" in summary.lead(run)


def test_an_open_trade_is_told_apart_from_closed_ones():
    run = fake_result(holds=((100, None),))
    trade = {**run.open_trades[0], "net_pnl": -250.0}
    run = dataclasses.replace(run, open_trades=(trade,))
    entered = run.ledger["date"].iloc[100].date().isoformat()
    assert summary.lead(run).startswith("Held long SMH / short IGV once; ")
    assert any(
        sentence == f"One trade, entered on {entered}, is still open; at the last close it has "
        "lost $250.00, the costs of leaving not yet paid."
        for sentence in summary.details(run)
    )


def test_pending_orders_are_named_and_kept_out_of_the_result(twice):
    assert (
        "Pending for the next session, not part of the result: "
        "buy 12 SMH (rebalance), sell 7 IGV (rebalance)." in summary.details(twice)
    )


def test_doubts_name_the_assumptions_of_this_very_configuration(twice):
    text = " ".join(assumptions(twice))
    assert "next session's open" in text
    assert "3 bps for SMH and 3 bps for IGV" in text
    assert "IGV can always be borrowed at 0.25% a year" in text
    assert "2 closed round trips: too few" in text


def test_invented_prices_are_the_first_doubt():
    assert assumptions(fake_result(synthetic=True))[0] == "The prices are invented."


def test_a_cost_has_no_share_of_a_loss():
    assert summary.cost_share(10.0, 200.0) == 10.0 / 200.0
    assert summary.cost_share(10.0, -200.0) is None
    assert summary.cost_share(10.0, 0.0) is None
