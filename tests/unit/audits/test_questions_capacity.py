"""Q4: the dollars that halve and end a P&L, by hand, on a random walk and on a planted edge."""

import math
from dataclasses import replace

import pytest

from reports.audits.questions import capacity as module
from reports.audits.questions.capacity import _thinner, _walked, capacity
from reports.audits.subject import Subject
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market


def test_a_square_root_ends_at_four_times_what_halves_it():
    # 10 % less 0.1 bp times the root of the dollars: half at (.05 / 1e-5)**2, none at four times.
    curve, (half, end) = _walked(lambda usd: 0.1 - 1e-5 * math.sqrt(usd), (0.05, 0.0))
    within = 10 ** (0.5 / 2**module.STEPS)  # the last gap
    assert 2.5e7 / within < half < 2.5e7 * within
    assert 1e8 / within < end < 1e8 * within
    assert [usd for usd, _ in curve] == pytest.approx([10 ** (k / 2) for k in range(10, 17)])


def test_what_is_never_down_has_no_size_and_what_always_was_the_first():
    assert _walked(lambda usd: 1.0, (0.5, 0.0))[1] == [None, None]
    assert _walked(lambda usd: -1.0, (0.5, 0.0))[1] == [1e5, 1e5]


def test_a_thinner_market_is_more_money():
    days = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27"]
    legs = [hand_leg("LLL", [100.0] * 4, [100.0, 101, 99, 102], volume=1e6),
            hand_leg("SSS", [50.0] * 4, [50.0, 50.5, 50, 49], volume=2e6)]  # fmt: skip
    market = hand_market(days, *legs)
    impact = {"kind": "square_root", "y": 1.0, "window": 2, "participation_cap": 0.025}

    def made(cash, market):
        account = {"cash": cash, "fractional": True}
        config = hand_config(costs={**FREE, "impact": impact}, account=account)
        return Subject(config=config, market=market).run().ledger["equity"].iloc[-1] / cash

    more, thinner = made(1e6 * 70, market), made(1e6, _thinner(market, 70))
    assert more == pytest.approx(thinner, rel=1e-9)
    assert more != pytest.approx(made(1e6, market), rel=1e-6)


def test_a_size_is_what_an_account_of_that_cash_makes():
    # Whole shares of a thinner market would cut 2.5 % of its volume, some shares, by up to one.
    subject = control_subject(2, edge=0.01, sessions=200)
    curve = {point["account_usd"]: point["net_return"]
             for point in capacity(asked_of(subject)).numbers["curve"]}  # fmt: skip
    for usd in (1e7, 1e8):
        values = subject.config.model_dump()
        values["account"]["cash"] = usd
        values["costs"]["impact"] = {"kind": "square_root"}
        run = replace(subject, config=type(subject.config).model_validate(values)).run()
        (own,) = [made for size, made in curve.items() if math.isclose(size, usd)]
        assert own == pytest.approx(run.ledger["equity"].iloc[-1] / usd - 1.0, rel=1e-9)


def test_a_walk_that_lost_has_no_capacity_and_an_edge_has_a_size():
    losing = next(
        each
        for each in (capacity(asked_of(control_subject(seed, sessions=200))) for seed in (1, 3, 5))
        if each.rating == "not run"
    )
    assert "nothing to halve" in losing.sentence
    found = capacity(asked_of(control_subject(2, edge=0.01, sessions=200)))
    numbers = found.numbers
    assert found.rating == "shown"
    # A million shares of some 100 dollars a day: a fortieth of it is 2.5 million.
    assert 1e5 < numbers["half_usd"] < numbers["little_usd"]
    returns = [point["net_return"] for point in numbers["curve"]]
    assert returns[0] > 0.8 * numbers["net_return_without_impact"]
    assert returns[-1] < 0.5 * numbers["net_return_without_impact"]


def test_without_volumes_it_says_why():
    subject = control_subject(2, edge=0.01, sessions=120)
    nan = subject.market.long.volume * math.nan
    market = replace(subject.market, long=replace(subject.market.long, volume=nan))
    found = capacity(asked_of(replace(subject, market=market)))
    assert (found.rating, "volume was not told" in found.sentence) == ("not run", True)
