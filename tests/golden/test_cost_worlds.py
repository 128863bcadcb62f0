"""One strategy in six cost worlds (``tests.bench.cost_worlds``): its costs again, and their order.

Each cost is worked here from the run's fills and closing marks with the published price lists
written out; what must rise or fall between worlds is stated, and holds on this run.
"""

import os
from functools import cache

import pytest

from tests.bench.cost_worlds import WORLDS, run_worlds, table, traded_usd
from tests.golden.real_run import real_prices

pytestmark = real_prices

KINDS = ("commission", "fees", "spread", "impact", "borrow")
SPREAD_BPS = {"SMH": 2.0, "IGV": 3.0}
NOISE = {"rel": 1e-9}  # the same dollars summed in another order


@cache
def worlds():
    return run_worlds(os.environ["MARKET_DATA"])


def net_share(name):
    run = worlds()[name]
    return run.headline["net_pnl"] / run.config.account.cash


def paid(name, *kinds):
    return sum(worlds()[name].headline[kind] for kind in kinds or KINDS)


def orders(name):
    """Each fill's symbol, unsigned shares and dollars, its sign and its day."""
    for fill in worlds()[name].fills.to_dict("records"):
        shares = abs(fill["shares"])
        yield fill["symbol"], shares, shares * fill["price"], fill["shares"] < 0, fill["date"]


def fixed_commission(name):
    return sum(min(max(0.005 * n, 1.0), 0.01 * usd) for _, n, usd, _, _ in orders(name))


def half_spreads(name, times=1.0):
    return sum(usd * SPREAD_BPS[s] * times / 2 / 10_000 for s, _, usd, _, _ in orders(name))


def borrow(name, rate):
    ledger = worlds()[name].ledger
    nights = zip(ledger["date"], ledger["date"].iloc[1:], ledger["short_value"], strict=False)
    return sum(-value * rate / 360 * (after - day).days for day, after, value in nights)


def us_sale_fees(name):
    """SEC section 31 and the FINRA TAF of these years; neither leg was split in them."""
    total = 0.0
    for _, shares, usd, is_sale, day in orders(name):
        if is_sale:
            sec = [("2024-05-22", 8.00), ("2025-05-14", 27.80), ("2026-04-04", 0.0)]
            rate = next((rate for until, rate in sec if f"{day:%Y-%m-%d}" < until), 20.60)
            taf, most = (0.000166, 8.30) if day.year < 2026 else (0.000195, 9.79)
            total += usd * rate / 1e6 + min(shares * taf, most)
    return total


def test_table_has_every_world_and_every_cost():
    lines = table(worlds())
    assert all(name in lines[0] for name in WORLDS)
    labels = [line[:24].strip() for line in lines]
    for kind in KINDS:
        assert f"{kind}, $" in labels
        assert f"{kind}, bps" in labels
    assert {"net P&L, % of cash", "fills", "break-even spread, bps"} <= set(labels)


class TestEachCostWorkedAgain:
    def test_zero_world_pays_nothing(self):
        assert paid("zero") == 0.0

    def test_base_world(self):
        assert paid("base", "commission") == pytest.approx(fixed_commission("base"), **NOISE)
        assert paid("base", "spread") == pytest.approx(half_spreads("base"), **NOISE)
        assert paid("base", "borrow") == pytest.approx(borrow("base", 0.0025), **NOISE)
        assert paid("base", "fees", "impact") == 0.0

    def test_world_of_three_spreads(self):
        expected = half_spreads("x3 spread", times=3)
        assert paid("x3 spread", "spread") == pytest.approx(expected, **NOISE)

    def test_tiered_world(self):
        """No month comes near 300,000 shares: the first tier, and 0.0002 a share of clearing."""
        commission = sum(
            min(max(0.0035 * n, 0.35), 0.01 * usd) for _, n, usd, _, _ in orders("tiered")
        )
        clearing = sum(0.0002 * n for _, n, _, _, _ in orders("tiered"))
        assert sum(n for _, n, _, _, _ in orders("tiered")) < 300_000
        assert paid("tiered", "commission") == pytest.approx(commission, **NOISE)
        assert paid("tiered", "fees") == pytest.approx(clearing + us_sale_fees("tiered"), **NOISE)

    def test_academic_world(self):
        expected = traded_usd(worlds()["academic"]) * 0.0030
        assert paid("academic", "commission") == pytest.approx(expected, **NOISE)
        assert paid("academic", "borrow") == pytest.approx(borrow("academic", 0.01), **NOISE)

    def test_retail_world_pays_the_minimum_on_every_order(self):
        """No order reaches the 200 shares that a dollar buys: one dollar, or 1 % of a small one."""
        assert max(n for _, n, _, _, _ in orders("retail $10k")) < 200
        expected = sum(min(1.0, 0.01 * usd) for _, _, usd, _, _ in orders("retail $10k"))
        assert paid("retail $10k", "commission") == pytest.approx(expected, **NOISE)
        spread = half_spreads("retail $10k")
        assert paid("retail $10k", "spread") == pytest.approx(spread, **NOISE)

    @pytest.mark.parametrize("name", WORLDS)
    def test_breakeven_spread(self, name):
        run = worlds()[name]
        earned = run.headline["net_pnl"] + run.headline["spread"]
        expected = earned / (traded_usd(run) / 2) * 10_000
        assert run.breakeven["spread_bps"] == pytest.approx(expected, **NOISE)


class TestMonotoneWhereItMustBe:
    """The decisions are those of the signal; costs only size them, through equity."""

    @pytest.mark.parametrize("name", WORLDS)
    def test_every_world_decides_the_same_entries_and_exits(self, name):
        run = worlds()[name]
        acted = run.signals.loc[run.signals["acted"], "date"].dt.strftime("%Y-%m-%d")
        assert list(acted) == ["2024-04-09", "2025-08-12", "2026-02-23"]
        exits = run.trades["exit_decided"].dt.strftime("%Y-%m-%d")
        assert list(exits) == ["2024-10-08", "2026-02-11"]

    def test_the_dearer_world_keeps_less(self):
        assert net_share("zero") > net_share("base") > net_share("x3 spread")
        assert net_share("x3 spread") > net_share("academic")
        assert net_share("zero") > net_share("tiered")
        assert net_share("base") > net_share("retail $10k")

    def test_tiered_is_the_cheaper_list_for_an_account_of_this_size(self):
        """At most 70 % of the fixed list; with clearing and the regulators' fees still less."""
        assert paid("tiered", "commission") < 0.7 * paid("base", "commission")
        assert paid("tiered", "commission", "fees") < paid("base", "commission")
        assert net_share("tiered") > net_share("base")

    def test_three_spreads_cost_three_times_but_for_the_fills_they_changed(self):
        ratio = paid("x3 spread", "spread") / paid("base", "spread")
        traded = traded_usd(worlds()["x3 spread"]) / traded_usd(worlds()["base"])
        # A poorer book trades a little less, in each leg much alike.
        assert ratio == pytest.approx(3 * traded, rel=1e-3)
        assert ratio < 3

    @pytest.mark.parametrize("name", [name for name in WORLDS if name != "zero"])
    def test_costs_take_what_they_cost_and_its_share_of_the_gains(self, name):
        """Money paid early would have grown with the book, which made less than half again."""
        run = worlds()[name]
        lost = net_share("zero") - net_share(name)
        cost = paid(name) / run.config.account.cash
        if name == "retail $10k":  # whole shares of a small account are another book
            assert lost > cost
        else:
            assert cost < lost < cost * (1 + net_share("zero"))

    def test_poorer_books_trade_less_for_the_same_cash(self):
        worlds_of_a_million = ("zero", "base", "x3 spread", "academic")
        traded = [traded_usd(worlds()[name]) for name in worlds_of_a_million]
        assert traded == sorted(traded, reverse=True)

    def test_minimums_make_the_small_account_pay_a_multiple(self):
        base, retail = (
            paid(name, "commission") / traded_usd(worlds()[name])
            for name in ("base", "retail $10k")
        )
        assert retail > 20 * base

    def test_no_world_needs_the_spread_to_be_as_quoted(self):
        """The result stands or falls with the entries, not with a basis point of spread."""
        assert all(run.breakeven["spread_bps"] > 100 for run in worlds().values())
