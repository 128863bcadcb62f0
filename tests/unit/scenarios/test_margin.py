"""Initial margin: what does not fit is scaled down by a share worked by hand, or refused.

Cash 10,000, both legs at 97. Reg T asks half of gross, so 20,000 fits: 103 shares a leg.
"""

from engine.event import simulate
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8)]
COUNT = len(DAYS) - 1
FLAT = [97.0] * COUNT


def run(gross, margin=None, long=FLAT, **sections):
    market = hand_market(DAYS, hand_leg("LLL", long, long), hand_leg("SSS", FLAT, FLAT))
    account = {"cash": 10_000.0, "margin": {"kind": "reg_t", **(margin or {})}}
    sizing = {"kind": "dollar_neutral", "gross": gross}
    return simulate(hand_config(account=account, sizing=sizing, **sections), market)


def held(result, session):
    row = result.ledger.iloc[session]
    return int(row["long_shares"]), int(row["short_shares"])


def finding_of(result, check):
    (finding,) = [finding for finding in result.findings if finding.check == check]
    return finding


def test_entry_at_twice_equity_fits_whole():
    result = run(2.0)
    assert held(result, 1) == (103, -103)  # 10,000 / 97 = 103.09
    assert result.findings == ()


def test_entry_at_three_times_equity_is_scaled_to_what_fits():
    """154 shares a leg are 29,876 dollars and need 14,938: 66.94 % of it, 103 shares."""
    result = run(3.0)
    assert round(10_000 / (0.5 * 2 * 154 * 97), 4) == 0.6694
    assert held(result, 1) == (103, -103)
    finding = finding_of(result, "margin_scaled")
    assert "entry was scaled to 0.6694 of itself" in finding.text
    assert finding.dates == ("2024-03-04",)
    assert finding.severity == "warning"


def test_entry_that_does_not_fit_is_refused_where_asked_to():
    result = run(3.0, {"on_shortfall": "refuse"})
    assert [held(result, session) for session in range(COUNT)] == [(0, 0)] * COUNT
    assert not result.signals["acted"].any()
    assert result.signals["entry"].all()
    finding = finding_of(result, "margin_refused")
    assert finding.dates == tuple(DAYS[:-1])
    assert "entry did not fit initial margin" in finding.text


def test_house_may_ask_more_than_the_rule():
    """At 1.5 times Reg T 103 shares a leg need 14,986.50: 68.73 of them fit."""
    result = run(2.0, {"house_multiplier": 1.5})
    assert held(result, 1) == (68, -68)
    assert "scaled to 0.6673 of itself" in finding_of(result, "margin_scaled").text


def test_other_initial_rate_scales_alike():
    """At 80 % of gross 12,500 fits: 64 shares a leg."""
    assert held(run(2.0, {"initial": 0.8}), 1) == (64, -64)


def test_without_margin_rules_any_gross_is_held():
    account = {"cash": 10_000.0, "margin": {"kind": "none"}}
    market = hand_market(DAYS, hand_leg("LLL", FLAT, FLAT), hand_leg("SSS", FLAT, FLAT))
    config = hand_config(account=account, sizing={"kind": "dollar_neutral", "gross": 3.0})
    assert held(simulate(config, market), 1) == (154, -154)


# At 2.008 the entry fits because whole shares round it down to 103 a leg. The long at 105 makes
# equity 10,824: 103 and 112 shares are 21,679 dollars and need 10,839.50.
GROWN = [97.0, 97.0, 105.0, 105.0]


def test_rebalance_is_scaled_to_what_fits_now():
    """10,824 of 10,839.50 is 99.86 %: 102.85 and 111.84 shares."""
    result = run(2.008, long=GROWN, rebalance={"kind": "daily"})
    assert held(result, 2) == (103, -103)
    assert result.ledger["equity"].iloc[2] == 10_000 + 103 * 8
    assert held(result, 3) == (102, -111)
    finding = finding_of(result, "margin_scaled")
    assert finding.dates[0] == "2024-03-06"
    assert "rebalance was scaled to 0.9986 of itself" in finding.text


def test_rebalance_that_does_not_fit_is_refused_where_asked_to():
    result = run(2.008, {"on_shortfall": "refuse"}, long=GROWN, rebalance={"kind": "daily"})
    assert held(result, 3) == (103, -103)
    finding = finding_of(result, "margin_refused")
    assert finding.dates[0] == "2024-03-06"
    assert "rebalance did not fit initial margin" in finding.text
    assert len(result.rebalances) == 0


def test_rebalance_of_a_scaled_entry_fits_and_says_nothing_more():
    """Cut to 66.94 % of 3 at the entry, twice equity stays the target.

    The long at 160 makes equity 10,000 + 103 * 63 = 16,489; a leg's target is 1.5 times that times
    0.66943, 16,557 dollars: 103.5 and 170.7 shares, of 32,970 dollars together: they fit.
    """
    result = run(3.0, long=[97.0, 97.0, 160.0, 160.0], rebalance={"kind": "daily"})
    assert held(result, 3) == (103, -170)
    assert finding_of(result, "margin_scaled").dates == ("2024-03-04",)


def test_second_tranche_gets_what_the_first_leaves():
    """1.5 times equity is held: of another 1.5 the remaining 0.5 fits, about a third.

    77 shares a leg are 14,938 dollars. 20,000 - 14,938 = 5,062 of 14,938 is 33.89 %: 26 shares.
    """
    tranches = {"kind": "tranches", "gap_days": 1, "max_open": 2, "gross_each": 1.5}
    result = run(1.0, entries=tranches)
    assert held(result, 1) == (77, -77)
    assert held(result, 2) == (77 + 26, -77 - 26)
    assert "entry was scaled to 0.3389 of itself" in finding_of(result, "margin_scaled").text
