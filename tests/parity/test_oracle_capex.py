"""The engine against the oracle, row by row: the capex trade on real prices and real reports.

Each variant says what it exists for in ``SEEN``, asked of the oracle's run: the two runs agree by
then, and the oracle alone can be asked before there is an engine.
"""

import os
from pathlib import Path

import pytest

from configs.schema import RunConfig
from tests.parity.agreement import assert_agrees, both

real_data = pytest.mark.skipif(
    not {"MARKET_DATA", "FUNDAMENTALS_DATA"} <= set(os.environ),
    reason="MARKET_DATA and FUNDAMENTALS_DATA do not name the folders of prices and of reports",
)

ROLLOVER = {"capex_rollover": {"exit_below": 0.05}}
MARGIN = {"margin_holds": {"quarters": 4, "bps": 50}}
STALLS = {"supplier_stalls": {"below": 0.10}}
FILING = {"kind": "any_of", "of": [{"kind": "on_filing"}, {"kind": "monthly"}]}

# Every section is here, because the configuration files of the capex trade may say otherwise.
BASE = {
    "name": "capex",
    "data": {"source": "csv", "start": "2016-01-04", "end": "2026-06-30"},
    "pair": {"long": "NVDA", "short": "MSFT"},
    "signal": {"kind": "capex", "enter_above": 0.20, "spenders": ["MSFT", "AMZN", "META", "GOOGL"]},
    "sizing": {"kind": "capex_intensity", "window": 21, "gross": 1.0},
    "rebalance": FILING,
    "exits": {"thesis": {**ROLLOVER, **MARGIN, **STALLS}},
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "spread": {"default_bps": 1.0},
        "borrow": {"default_rate": 0.0025},
    },
    "account": {"cash": 1_000_000, "fill": "next_open", "fractional": False},
}
CALM = {"symbols": ["^VIX", "^MOVE"], "window": 252, "percentile_below": 20}
LATER = {**BASE["data"], "start": "2018-01-02"}
TRANCHES = {"kind": "tranches", "gap_days": 60, "max_open": 4, "gross_each": 0.3}


def sized(kind, **rules):
    gross = {} if "vol_target" in rules else {"gross": 1.0}
    return {"sizing": {"kind": kind, "window": 21, **gross, **rules}}


def thesis(**rules):
    return {"exits": {"thesis": rules}}


# Sections that take the place of the base's.
VARIANTS = {
    "base": {},
    "next_close": {"account": {**BASE["account"], "fill": "next_close"}},
    "fractional": {"account": {**BASE["account"], "fractional": True}},
    # Sizes.
    "hedge": sized("capex_intensity", scales="hedge"),
    "intensity_of_another": sized("capex_intensity", company="GOOGL", reference_quarters=4),
    "intensity_clipped": sized("capex_intensity", min_multiple=0.99, max_multiple=1.1),
    "intensity_with_holes": sized("capex_intensity", company="NVDA", reference_quarters=4),
    "beta_neutral": sized("beta_neutral", window=63),
    "beta_of_a_month": {**sized("beta_neutral", window=21), "signal": {"kind": "always"}},
    "target_inverse_vol": sized("inverse_vol", vol_target=0.15),
    "target_dollar_neutral": sized("dollar_neutral", vol_target=0.15),
    "target_beta_neutral": sized("beta_neutral", window=63, vol_target=0.15),
    "target_intensity": sized("capex_intensity", vol_target=0.15, window=63),
    "target_hedge": sized("capex_intensity", scales="hedge", vol_target=0.15, window=63),
    "target_out_of_reach": sized("dollar_neutral", vol_target=0.60, max_gross=1.5),
    # Filings.
    "on_filing": {"rebalance": {"kind": "on_filing"}},
    "on_filing_of_both": {
        "rebalance": {
            "kind": "on_filing", "companies": ["NVDA", "MSFT"], "min_trade_usd": 20_000.0
        },
    },
    "on_filing_of_the_short": {"rebalance": FILING, **sized("inverse_vol")},
    # Each thesis alone, with a line at which it breaks.
    "rollover": thesis(**ROLLOVER),
    "margin": thesis(**MARGIN),
    "margin_asks_for_more": thesis(margin_holds={"quarters": 2, "bps": 150}),
    "stalls": thesis(**STALLS),
    # From 2016 on the first trade never loses again; from 2018 on it falls at once.
    "price_stop": {**thesis(price={"stop_loss": 0.10}), "data": LATER},
    "price_trail": thesis(price={"trailing_stop": 0.12}),
    "spike": thesis(price={"vol_spike": {"symbol": "^VIX", "level": 35.0}}),
    "spike_jumps": thesis(price={"vol_spike": {"symbol": "^VIX", "level": None, "jump": 0.5}}),
    "spike_of_bonds": thesis(
        price={"vol_spike": {"symbol": "^MOVE", "level": 150.0, "jump": 0.25}}
    ),
    "everything_breaks": {
        "data": LATER,
        "exits": {
            "stop_loss": 0.11, "trailing_stop": 0.15, "take_profit": 0.25, "holding_sessions": 200,
            "thesis": {
                **ROLLOVER, **MARGIN, **STALLS,
                "price": {"stop_loss": 0.10, "trailing_stop": 0.13, "vol_spike": {"level": 40.0}},
            },
        },
    },
    "tranches": {"entries": TRANCHES, **thesis(margin_holds={"quarters": 3, "bps": 50}, **STALLS)},
    "tranches_by_target": {
        "entries": TRANCHES, **sized("capex_intensity", vol_target=0.30, window=63),
        "account": {**BASE["account"], "fractional": True},
    },
    # Where the market is calm. The ETFs report nothing.
    "regime": {
        "pair": {"long": "IGV", "short": "SMH"}, "signal": {"kind": "always"}, "regime": CALM,
        **sized("inverse_vol"), "exits": {"holding_sessions": 42},
        "rebalance": {"kind": "monthly"},
    },
    "regime_and_spike": {
        "pair": {"long": "IGV", "short": "SMH"}, "regime": {**CALM, "percentile_below": 40},
        **sized("beta_neutral", window=63, vol_target=0.10),
        "exits": {"holding_sessions": 63, "thesis": {**ROLLOVER, "price": {
            "vol_spike": {"symbol": "^VIX", "level": 30.0, "jump": 0.3}}}},
        "rebalance": {"kind": "on_filing", "companies": ["MSFT", "AMZN", "META", "GOOGL"]},
    },
    "regime_of_one": {"regime": {"symbols": ["^MOVE"], "window": 63, "percentile_below": 30}},
}  # fmt: skip


def left_by(*reasons):
    return lambda run: set(reasons) <= {trade["exit_reason"] for trade in run["trades"]}


def left_only_by(reason):
    return lambda run: {trade["exit_reason"] for trade in run["trades"]} == {reason}


def made_rebalances(*why):
    return lambda run: set(why) == {row["why"] for row in run["rebalances"]}


def known(run, name):
    return [row[name] for row in run["signals"] if row[name] is not None]


def draws(*names):
    return lambda run: all(len(known(run, name)) > 500 for name in names)


def sizes_by_target(highest):
    """Say whether gross at the entries is of many sizes, none far above the highest allowed."""

    def is_seen(run):
        rows = {row["date"]: row for row in run["ledger"]}
        trades = (*run["trades"], *run["open_trades"])
        gross = [t["entry_gross_notional"] / rows[t["entry_decided"]]["equity"] for t in trades]
        # Whole shares, and a night between the decision and its fill.
        return max(gross) < highest * 1.1 and max(gross) - min(gross) > 0.05

    return is_seen


def is_at_the_cap(run):
    first = run["open_trades"][0] if not run["trades"] else run["trades"][0]
    return abs(first["entry_gross_notional"] / 1_000_000 - 1.5) < 0.1


def waits_for_references(run):
    """Say whether an intensity was known for years before there was a mean to hold it against."""
    rows = [row for row in run["signals"] if row["intensity"] is not None]
    unknown = [row for row in rows if row["size_multiple"] is None]
    return 500 < len(unknown) < len(rows) and not any(row["entry"] for row in unknown)


def is_clipped(run):
    return {0.99, 1.1} < set(known(run, "size_multiple"))


def overlap(run):
    trades = [*run["trades"], *run["open_trades"]]
    return any(a["entry"] < b["entry"] < (a["exit"] or "9") for a in trades for b in trades)


def leave_apart(run):
    """Say whether tranches that were held together left by their own margins, on their own days."""
    held = [t for t in run["trades"] if t["exit_reason"] == "margin_holds"]
    return overlap(run) and len({trade["exit_decided"] for trade in held}) > 2


def is_kept_out(reason):
    """Say whether a broken thesis kept out an entry that the trigger asked for."""

    def is_seen(run):
        gone = [t["exit"] for t in run["trades"] if t["exit_reason"] == reason]
        rows = {row["date"]: row for row in run["signals"]}
        return any(rows[day]["entry"] and not rows[day]["acted"] for day in gone)

    return is_seen


def waits_for_calm(gauges):
    """Say whether the regime kept entries out, and whether a gauge had a hole in its days."""

    def is_seen(run):
        entries = sum(row["entry"] for row in run["signals"])
        holes = [row for row in run["signals"][700:] if row[f"regime_rank_{gauges - 1}"] is None]
        return 0 < entries < len(run["signals"]) / 2 and len(holes) > 10

    return is_seen


def all_of(*claims):
    return lambda run: all(claim(run) for claim in claims)


SEEN = {
    "base": all_of(
        left_by("capex_rollover", "margin_holds", "supplier_stalls"),
        made_rebalances("on_filing", "monthly"),
        draws("capex_growth", "intensity", "size_multiple", "gross_margin_short",
              "margin_quarter", "revenue_growth_long"),
    ),
    "hedge": made_rebalances("on_filing", "monthly"),
    "intensity_clipped": is_clipped,
    "intensity_with_holes": waits_for_references,
    "beta_neutral": draws("covariance", "beta"),
    "beta_of_a_month": lambda run: min(known(run, "beta")) < 0,
    "target_inverse_vol": all_of(sizes_by_target(2.0), draws("covariance")),
    "target_dollar_neutral": sizes_by_target(2.0),
    "target_beta_neutral": sizes_by_target(2.0),
    "target_intensity": sizes_by_target(2.0),
    "target_hedge": sizes_by_target(2.0),
    "target_out_of_reach": is_at_the_cap,
    "on_filing": made_rebalances("on_filing"),
    "on_filing_of_both": made_rebalances("on_filing"),
    "on_filing_of_the_short": made_rebalances("on_filing", "monthly"),
    "rollover": left_only_by("capex_rollover"),
    "margin": left_only_by("margin_holds"),
    "margin_asks_for_more": left_only_by("margin_holds"),
    "stalls": all_of(left_only_by("supplier_stalls"), is_kept_out("supplier_stalls")),
    "price_stop": left_only_by("price_stop"),
    "price_trail": left_only_by("price_trail"),
    "spike": all_of(left_only_by("vol_spike"), is_kept_out("vol_spike")),
    "spike_jumps": left_only_by("vol_spike"),
    "spike_of_bonds": left_only_by("vol_spike"),
    "everything_breaks": left_by(
        "trailing_stop", "price_stop", "price_trail", "vol_spike", "supplier_stalls", "take_profit"
    ),
    "tranches": leave_apart,
    "tranches_by_target": overlap,
    "regime": waits_for_calm(2),
    "regime_and_spike": all_of(waits_for_calm(2), left_by("vol_spike"),
                               made_rebalances("on_filing")),
    "regime_of_one": waits_for_calm(1),
}  # fmt: skip


def document(variant):
    """Return the configuration of a variant, with the folders of this machine."""
    reports = Path(os.environ["FUNDAMENTALS_DATA"]) / "capex_quarterly.csv"
    asked = {**BASE, "fundamentals": {"source": "csv", "path": str(reports)}, **VARIANTS[variant]}
    return {**asked, "data": {**asked["data"], "path": os.environ["MARKET_DATA"]}}


@pytest.mark.market
@real_data
@pytest.mark.parametrize("variant", VARIANTS)
def test_engine_and_oracle_agree_on_the_capex_trade(variant):
    config = RunConfig.model_validate(document(variant))
    result, oracle = both(Path(os.environ["MARKET_DATA"]), config)
    assert_agrees(result, oracle)
    assert oracle["headline"]["entries"] > 0, "a run without a trade proves nothing"
    if variant in SEEN:
        assert SEEN[variant](oracle), f"{variant} did not come to what it is there for"
