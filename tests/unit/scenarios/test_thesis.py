"""The capex trade on a few sessions worked by hand: sized, resized on a filing, and broken.

Ten thousand dollars, both legs at 100 dollars throughout unless a test moves them: equal legs of a
gross of 1 are 50 shares each. Reports are those of ``reports`` below.
"""

import datetime as dt

import pytest

from engine.event import simulate
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals

DAYS = ["2022-04-28", "2022-04-29", "2022-05-02", "2022-05-03", "2022-05-04", "2022-05-05",
        "2022-05-06"]  # fmt: skip
LONG_AGO = dt.date(2022, 1, 31)  # what was public before the run
NEWS = dt.date(2022, 5, 2)  # a Monday; the first session after it is the Tuesday
SIGNAL = {"kind": "capex", "spenders": ["AAA"]}
SIZING = {"kind": "capex_intensity", "reference_quarters": 1}


def line(company, concept, values, news=None):
    """Quarters known before the run, and the last one as news of the second of May."""
    known = hand_facts(company, concept, values, [LONG_AGO] * len(values))
    if news is None:
        return known
    return known + hand_facts(
        company, concept, [None] * len(values) + [news], [NEWS] * (len(values) + 1)
    )


def reports(*, capex=130, margin=None, supplier=130, spent=50):
    """AAA's capex of 130 after 100 (+30 %); SSS spends 40 of 400 a year, or more by the news.

    Parameters
    ----------
    capex, supplier
        AAA's capex and LLL's revenue of the quarter that is news, both 100 a year before.
    margin
        SSS's gross profit of the quarter that is news; 70 of 100 before.
    spent
        SSS's capex of that quarter, 10 before.
    """
    return hand_fundamentals(
        line("AAA", "capex", [100] * 5 + [130], capex),
        line("LLL", "revenue", [100] * 5 + [130], supplier),
        line("SSS", "revenue", [100] * 8, 100),
        line("SSS", "gross_profit", [70] * 8, margin),
        line("SSS", "capex", [10] * 8, spent),
    )


def run(thesis=None, long=(), *, facts=None, vix=None, **sections):
    count = len(DAYS) - 1
    closes = [100.0, *long, *[long[-1] if long else 100.0] * count][:count]
    opens = [100.0, 100.0, *closes[1:-1]]
    flat = [100.0] * count
    market = hand_market(
        DAYS,
        hand_leg("LLL", opens, closes),
        hand_leg("SSS", flat, flat),
        gauges={"^VIX": vix or [20.0] * count},
        fundamentals=facts or reports(),
    )
    asked = {
        "signal": SIGNAL,
        "fundamentals": {"source": "csv", "path": "unread"},
        "exits": {"thesis": thesis, "holding_sessions": 99},  # beyond the data
        **sections,
    }
    return simulate(hand_config(**asked), market)


def trades_of(result):
    """Each closed trade: entry decided, exit decided, why."""
    trades = result.trades
    entered, left = (
        trades[name].dt.strftime("%m-%d") for name in ("entry_decided", "exit_decided")
    )
    return list(zip(entered, left, trades["exit_reason"], strict=True))


def acted(result):
    return result.signals.loc[result.signals["acted"], "date"].dt.strftime("%m-%d").tolist()


def fills_of(result):
    return [
        (f"{fill.date:%m-%d}", fill.symbol, fill.shares, fill.reason)
        for fill in result.fills.itertuples()
    ]


class TestSizing:
    def test_a_higher_intensity_than_its_past_makes_the_trade_larger(self):
        """SSS spent 10 of each 100; the news is 50: 80 of 400 over 40 of 400 is 2 times."""
        result = run(sizing=SIZING, rebalance={"kind": "on_filing"})
        assert fills_of(result) == [
            ("04-29", "SSS", -50.0, "entry"),
            ("04-29", "LLL", 50.0, "entry"),
            # Public on Monday the 2nd, known at Tuesday's close, filled on Wednesday.
            ("05-04", "SSS", -50.0, "rebalance"),
            ("05-04", "LLL", 50.0, "rebalance"),
        ]
        assert result.rebalances["why"].tolist() == ["on_filing"]
        assert result.findings == ()  # two is the most, and was not cut off

    def test_a_multiple_beyond_its_bound_is_held_there_and_told(self):
        """90 of 100: 120 of 400 over 40 of 400 is 3 times, held at two."""
        result = run(sizing=SIZING, facts=reports(spent=90), rebalance={"kind": "on_filing"})
        assert fills_of(result)[3] == ("05-04", "LLL", 50.0, "rebalance")
        (finding,) = result.findings
        assert (finding.check, finding.dates) == ("multiple_clipped", ("2022-05-03",))
        assert finding.text.startswith("rebalance: size multiple was 3.00, held at 2")

    def test_a_multiple_scales_the_hedge_at_constant_gross_where_asked(self):
        """q = (10 + 10 + 10 + 30) / 400 over 40 / 400 is 1.5: 40 % long, 60 % short of 10,000."""
        result = run(
            sizing={**SIZING, "scales": "hedge"},
            facts=reports(spent=30),
            rebalance={"kind": "on_filing"},
        )
        assert fills_of(result)[2:] == [
            ("05-04", "LLL", -10.0, "rebalance"),
            ("05-04", "SSS", -10.0, "rebalance"),
        ]
        held = result.ledger.iloc[-1]
        assert (held["long_shares"], held["short_shares"]) == (40.0, -60.0)

    def test_the_news_resizes_with_the_month_s_upkeep_too(self):
        """29 April ends the month, on which the entry fills: nothing to trade yet."""
        monthly_and_filings = {"kind": "any_of", "of": [{"kind": "on_filing"}, {"kind": "monthly"}]}
        result = run(sizing=SIZING, rebalance=monthly_and_filings)
        assert result.rebalances["why"].tolist() == ["on_filing"]


class TestBreaks:
    def test_capex_rolls_over_with_the_news(self):
        """104 over 100 is 4 %, below the level of 5 %; below 20 % nothing is entered again."""
        result = run({"capex_rollover": {}}, facts=reports(capex=104))
        assert trades_of(result) == [("04-28", "05-03", "capex_rollover")]
        assert acted(result) == ["04-28"]

    def test_a_growth_at_its_exit_level_stays(self):
        assert trades_of(run({"capex_rollover": {}}, facts=reports(capex=105))) == []

    def test_a_stalled_supplier_ends_the_trade_and_bars_the_next(self):
        """Revenue up 9 %, less than 10 %; the spenders still grow, so the signal holds."""
        result = run({"supplier_stalls": {}}, facts=reports(supplier=109))
        assert trades_of(result) == [("04-28", "05-03", "supplier_stalls")]
        assert acted(result) == ["04-28"]
        assert result.signals["entry"].all()
        (barred,) = (each for each in result.findings if each.check == "entry_barred")
        assert barred.dates == ("2022-05-04", "2022-05-05")
        assert barred.text == "entry: supplier_stalls holds, no order was made: 2 session(s)"

    def test_a_supplier_at_its_level_is_not_stalled(self):
        assert trades_of(run({"supplier_stalls": {}}, facts=reports(supplier=110))) == []

    def test_a_margin_that_held_its_quarter_ends_the_trade(self):
        """One quarter asked: 70 % stays 70 %. The next trade counts from its own entry."""
        thesis = {"margin_holds": {"quarters": 1, "bps": 50.0}}
        result = run(thesis, facts=reports(margin=70))
        assert trades_of(result) == [("04-28", "05-03", "margin_holds")]
        assert acted(result) == ["04-28", "05-04"]
        assert len(result.open_trades) == 1

    @pytest.mark.parametrize(("profit", "leaves"), [(68.1, True), (68.0, False)])
    def test_a_margin_must_have_fallen_by_its_basis_points(self, profit, leaves):
        """280 of 400 before; 278 of 400 is 50 basis points less, 278.1 only 47.5."""
        thesis = {"margin_holds": {"quarters": 1, "bps": 50.0}}
        assert bool(trades_of(run(thesis, facts=reports(margin=profit)))) is leaves

    def test_a_margin_nobody_has_told_yet_ends_nothing(self):
        assert trades_of(run({"margin_holds": {"quarters": 1}})) == []

    def test_a_loss_of_the_thesis_has_its_own_name(self):
        """50 shares from 100 to 94 lose 300 of 10,000: three percent."""
        result = run({"price": {"stop_loss": 0.03}}, (100, 97, 94, 94, 94))
        assert trades_of(result) == [("04-28", "05-03", "price_stop")]
        assert acted(result) == ["04-28", "05-04"]  # a stop belongs to its trade

    def test_a_fall_from_the_best_has_its_own_name(self):
        result = run({"price": {"trailing_stop": 0.03}}, (100, 110, 104, 104, 104))
        assert trades_of(result) == [("04-28", "05-03", "price_trail")]

    def test_a_spike_ends_the_trade_and_bars_entries_while_it_lasts(self):
        spike = {"price": {"vol_spike": {"level": 40.0}}}
        result = run(spike, vix=[20.0, 20.0, 39.9, 40.0, 55.0, 30.0])
        assert trades_of(result) == [("04-28", "05-03", "vol_spike")]
        assert acted(result) == ["04-28", "05-05"]
        assert result.signals["vol_index"].tolist() == [20.0, 20.0, 39.9, 40.0, 55.0, 30.0]

    def test_a_jump_is_measured_from_the_session_before(self):
        """20 to 26 is thirty percent, over a weekend like any other night."""
        spike = {"price": {"vol_spike": {"jump": 0.30}}}
        result = run(spike, vix=[20.0, 20.0, 26.0, 33.0, 33.0, 33.0])
        assert trades_of(result) == [("04-28", "05-02", "vol_spike")]

    def test_a_spike_on_the_first_session_opens_nothing(self):
        spike = {"price": {"vol_spike": {"level": 40.0}}}
        assert acted(run(spike, vix=[41.0, 41.0, 20.0, 20.0, 20.0, 20.0])) == ["05-02"]

    def test_an_index_without_a_close_breaks_nothing(self):
        spike = {"price": {"vol_spike": {"level": 40.0, "jump": 0.3}}}
        nan = float("nan")
        assert trades_of(run(spike, vix=[20.0, nan, 30.0, nan, 20.0, 20.0])) == []

    def test_when_several_hold_the_loss_names_the_exit(self):
        everything = {
            "capex_rollover": {},
            "supplier_stalls": {},
            "margin_holds": {"quarters": 1},
            "price": {"stop_loss": 0.03, "vol_spike": {"level": 40.0}},
        }
        bad = reports(capex=100, supplier=100, margin=70)
        spiked = [20.0, 20.0, 20.0, 45.0, 45.0, 45.0]

        def named(long, vix, asked):
            (trade, *_) = trades_of(run(asked, long, facts=bad, vix=vix))
            return trade[2]

        falling, calm = (100, 97, 94, 94), [20.0] * 6
        assert named(falling, spiked, everything) == "price_stop"
        assert named((), spiked, everything) == "vol_spike"
        assert named((), calm, everything) == "capex_rollover"
        without = {name: each for name, each in everything.items() if name != "capex_rollover"}
        assert named((), calm, without) == "supplier_stalls"


class TestRegime:
    def test_an_entry_waits_for_a_compressed_index(self):
        """Of three closes the lowest has rank 33, below 50; the second of three 67."""
        regime = {"symbols": ["^VIX"], "window": 3, "percentile_below": 50.0}
        result = run(regime=regime, vix=[20.0, 22.0, 21.0, 23.0, 20.5, 30.0])
        ranks = result.signals["regime_rank_0"].tolist()
        assert ranks[2:] == pytest.approx([200 / 3, 300 / 3, 100 / 3, 300 / 3], rel=1e-15)
        assert acted(result) == ["05-04"]
        assert result.signals["entry"].tolist() == [False] * 4 + [True, False]

    def test_every_index_must_be_compressed(self):
        regime = {"symbols": ["^VIX", "^MOVE"], "window": 2, "percentile_below": 60.0}
        falling, rising = [30.0, 29.0, 28.0, 27.0, 26.0, 25.0], [1.0, 2.0, 3.0, 2.0, 3.0, 4.0]
        count = len(DAYS) - 1
        flat = [100.0] * count
        market = hand_market(
            DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat),
            gauges={"^VIX": falling, "^MOVE": rising},
        )  # fmt: skip
        result = simulate(hand_config(regime=regime), market)
        assert result.signals["entry"].tolist() == [False, False, False, True, False, False]
