"""Q3's proxies: what each is made of, what it lacks, and whose returns they explain."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from configs.audit import Factors
from reports.audits.questions.alpha_beta import alpha_or_beta
from reports.audits.questions.factors import capex_growth, proxies
from reports.statistics.factor_returns import investment_returns, momentum_returns
from tests.unit.asked import asked_of
from tests.unit.control_pairs import control_subject
from tests.unit.hand_reports import hand_facts, hand_fundamentals

SESSIONS = 800
NAMES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")


def walks(seed, names=NAMES):
    """Closes of random walks that share a market."""
    rng = np.random.default_rng([seed, 11])
    shared = rng.normal(0.0003, 0.008, SESSIONS)
    return {
        name: 100.0 * np.cumprod(1.0 + shared + rng.normal(0.0, 0.012, SESSIONS)) for name in names
    }


def asked_with(seed, closes, factors=None, facts=(), edge=0.0):
    """A control pair with a benchmark, closes of other symbols and reports beside it."""
    subject = control_subject(seed, edge=edge)
    if facts:
        reports = hand_fundamentals(*facts)
        subject = replace(subject, market=replace(subject.market, fundamentals=reports))
    asked = asked_of(subject, factors=closes)
    config, market = (
        asked.result.config,
        np.random.default_rng([seed, 13]).normal(0.0004, 0.01, SESSIONS),
    )
    config = config.model_copy(
        update={
            "data": config.data.model_copy(update={"benchmark": "MKT"}),
            "audit": config.audit.model_copy(update={"factors": factors or Factors()}),
        }
    )
    result = type(asked.result).on_demand(
        {}, config=config, closes=asked.result.closes, benchmark_returns=pd.Series(market)
    )
    return replace(asked, result=result)


def two_years_earlier(facts):
    """Facts by hand begin in 2020, the control's sessions in 2019."""
    ago = timedelta(days=730)
    return [
        replace(fact, **{name: getattr(fact, name) - ago for name in ("start", "end", "filed")})
        for fact in facts
    ]


def named(asked):
    found, missing = proxies(asked)
    return {each.name: each for each in found}, missing


def test_the_fund_is_momentum_and_without_it_the_symbols_are_sorted():
    closes = walks(1)
    fund = closes | {"MTUM": walks(2, ["MTUM"])["MTUM"]}
    found, missing = named(asked_with(1, fund, Factors(momentum="MTUM")))
    assert found["momentum"].made_of == "MTUM less MKT"
    assert not any(text.startswith("momentum") for text in missing)
    sorted_, missing = named(asked_with(1, {**closes, "MTUM": "MTUM.csv: no such file; the folder "
                                            "has AAA"}, Factors(momentum="MTUM")))  # fmt: skip
    np.testing.assert_array_equal(
        sorted_["momentum"].earned, momentum_returns(np.column_stack([closes[n] for n in NAMES]))
    )
    assert sorted_["momentum"].since == 253
    assert "momentum: no closes of MTUM (MTUM.csv: no such file); it was made without" in missing


def test_too_few_symbols_to_sort_say_what_is_needed():
    found, missing = named(asked_with(1, walks(1, NAMES[:3])))
    assert "momentum" not in found
    assert (
        "momentum: needs closes of 4 symbols to sort, and has 3: name more in audit.factors.among, "
        "or a fund" in missing
    )


def test_a_formation_that_would_take_half_of_the_sessions_is_left_out():
    asked = asked_with(1, walks(1))
    short = replace(
        asked,
        returns=asked.returns[:500],
        result=type(asked.result).on_demand(
            {},
            config=asked.result.config,
            closes=asked.result.closes.iloc[:500],
            benchmark_returns=asked.result.benchmark_returns[:500],
        ),
    )
    found, missing = named(short)  # 500 - 253 = 247
    assert "momentum" not in found
    assert any("is known on 247 of 500 sessions" in text for text in missing)


def test_reports_sort_the_companies_and_two_funds_stand_in():
    closes = walks(3, ["AAA", "BBB", "OLD", "NEW"])
    told = [two_years_earlier(hand_facts(name, "capex", [100.0] * 4 + [100.0 * growth] * 12))
            for name, growth in (("AAA", 1.5), ("BBB", 1.1), ("CCC", 1.3))]  # fmt: skip
    funds = Factors(investment="OLD/NEW")
    asked = asked_with(3, closes, funds, told)
    found, missing = named(asked)
    assert found["investment"].made_of.startswith("AAA and BBB: those whose capex grew least")
    assert any("no closes of CCC (no closes are at hand)" in text for text in missing)
    growth = capex_growth(asked.subject.market, ["AAA", "BBB"])
    np.testing.assert_array_equal(
        found["investment"].earned,
        investment_returns(growth, np.column_stack([closes["AAA"], closes["BBB"]])),
    )
    stand_in, missing = named(asked_with(3, closes, funds))
    moved = {name: closes[name][1:] / closes[name][:-1] - 1.0 for name in ("OLD", "NEW")}
    np.testing.assert_allclose(stand_in["investment"].earned[1:], moved["OLD"] - moved["NEW"])
    assert stand_in["investment"].made_of == "OLD less NEW, a stand-in"
    none, missing = named(asked_with(3, closes))
    assert "investment" not in none
    assert any(text.startswith("investment: needs reports and closes of two") for text in missing)


def test_a_report_counts_from_the_session_after_it_and_until_it_is_stale():
    # The control's sessions begin on 2019-01-02; quarters by hand begin in 2020.
    market = control_subject(1).market
    filed = np.datetime64("2021-04-30")  # the quarter to 2021-03-31, a Friday
    told = hand_fundamentals(hand_facts("AAA", "capex", [100.0, 90.0, 80.0, 70.0, 125.0]))
    growth = capex_growth(replace(market, fundamentals=told), ["AAA"])[:, 0]
    days = market.sessions
    assert np.isnan(growth[days <= filed]).all()
    fresh = (days > filed) & (days <= np.datetime64("2021-03-31") + 190)
    np.testing.assert_allclose(growth[fresh], 125.0 / 100.0 - 1.0)
    assert fresh.sum() > 100
    assert np.isnan(growth[days > np.datetime64("2021-03-31") + 190]).all()
    assert np.isnan(capex_growth(market, ["AAA"])).all()  # no reports at all


def test_who_only_follows_winners_has_no_alpha_and_who_knows_more_has():
    closes = walks(4)
    asked = asked_with(4, closes)
    noise = np.random.default_rng(4).normal(0.0, 0.001, SESSIONS)
    winners = np.nan_to_num(momentum_returns(np.column_stack([closes[n] for n in NAMES])))
    drift = 0.0015  # a session
    told = alpha_or_beta(replace(asked, returns=0.8 * winners + noise))
    assert told.numbers["betas"]["momentum"] == pytest.approx(0.8, abs=0.02)
    assert told.numbers["betas_t"]["momentum"] > 20
    assert abs(told.numbers["alpha_t"]) < 1.96
    assert "momentum (beta 0.80)" in told.sentence
    assert "no more than chance leaves" in told.sentence
    assert "Momentum is AAA, BBB, CCC, DDD, EEE, FFF and GGG: those that rose most" in told.sentence
    more = alpha_or_beta(replace(asked, returns=0.8 * winners + noise + drift))
    assert more.numbers["alpha_annual"] == pytest.approx(252 * drift, rel=0.1)
    assert "more than chance and these explain" in more.sentence


def test_who_only_holds_the_conservative_has_no_alpha():
    closes = walks(5, ["OLD", "NEW"])
    asked = asked_with(5, closes, Factors(investment="OLD/NEW"))
    noise = np.random.default_rng(5).normal(0.0, 0.001, SESSIONS)
    moved = {name: np.append(0.0, line[1:] / line[:-1] - 1.0) for name, line in closes.items()}
    told = alpha_or_beta(replace(asked, returns=0.5 * (moved["OLD"] - moved["NEW"]) + noise))
    assert told.numbers["betas"]["investment"] == pytest.approx(0.5, abs=0.02)
    assert abs(told.numbers["alpha_t"]) < 1.96


def test_a_walk_beside_every_proxy_leaves_nothing_and_an_edge_does():
    factors = Factors(investment="AAA/BBB")
    walk = alpha_or_beta(asked_with(6, walks(6), factors))
    assert set(walk.numbers["betas"]) == {"MKT", "the trend of LLL", "momentum", "investment"}
    assert walk.numbers["sessions"] == SESSIONS - 253
    assert abs(walk.numbers["alpha_t"]) < 1.96
    edge = alpha_or_beta(asked_with(6, walks(6), factors, edge=0.006))
    assert edge.numbers["alpha_t"] > 1.96


def test_a_proxy_made_of_others_is_left_out_with_its_reason():
    closes = walks(7)
    asked = asked_with(7, closes)
    market = asked.result.benchmark_returns.to_numpy()
    double = 100.0 * np.cumprod(1.0 + np.append(0.0, 3.0 * market[1:]))
    flat = np.full(SESSIONS, 50.0)
    named_funds = Factors(investment="UPX/FLT")
    config = asked.result.config
    audit = config.audit.model_copy(update={"factors": named_funds})
    result = type(asked.result).on_demand(
        {},
        config=config.model_copy(update={"audit": audit}),
        closes=asked.result.closes,
        benchmark_returns=pd.Series(np.append(0.0, market[1:])),
    )
    found, missing = named(
        replace(asked, result=result, factors={"UPX": double, "FLT": flat, **closes})
    )
    assert "investment" not in found
    assert any("UPX less FLT, a stand-in is made of the proxies before it" in x for x in missing)
