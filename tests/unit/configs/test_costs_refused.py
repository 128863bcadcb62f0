"""What a mistake in the desk's sections is told: key, line, what was expected, what was meant."""

from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.load import load

HEAD = """\
name: desk
data: {source: csv, path: prices, start: 2024-01-02}
pair: {long: SMH, short: IGV}
signal: {kind: correlation}
"""


@pytest.fixture
def message_of(tmp_path, monkeypatch):
    """Refuses one more section on line 5; returns what is said after the place."""
    monkeypatch.chdir(tmp_path)

    def refuse(section):
        Path("run.yaml").write_text(HEAD + section + "\n", encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load(Path("run.yaml"))
        place, _, message = str(caught.value).partition(": ")
        assert place == "run.yaml:5"
        assert "\n" not in message
        return message

    return refuse


def test_the_head_alone_is_sound(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text(HEAD, encoding="utf-8")
    assert load(path).name == "desk"


KINDS = [
    ("costs: {spread: {kind: vol_scald}}",
     "costs.spread.kind was 'vol_scald'; expected one of cents, quoted_bps, regime, vol_scaled; "
     "did you mean vol_scaled?"),
    ("costs: {commission: {kind: ibkr_fixd}}",
     "costs.commission.kind was 'ibkr_fixd'; expected one of bps, ibkr_fixed, ibkr_tiered, "
     "per_order, per_share, zero; did you mean ibkr_fixed?"),
    ("costs: {interest: {kind: benchmrk}}",
     "costs.interest.kind was 'benchmrk'; expected one of benchmark, none; did you mean "
     "benchmark?"),
    ("costs: {fees: {kind: us_sale}}",
     "costs.fees.kind was 'us_sale'; expected one of none, us_sales; did you mean us_sales?"),
    ("costs: {impact: {kind: sqrt}}",
     "costs.impact.kind was 'sqrt'; expected one of none, square_root"),
    ("entries: {kind: tranche}",
     "entries.kind was 'tranche'; expected one of single, tranches; did you mean tranches?"),
    ("account: {margin: {kind: regt}}",
     "account.margin.kind was 'regt'; expected one of none, reg_t; did you mean reg_t?"),
    ("rebalance: {kind: any_of, of: [{kind: daily}, {kind: monthyl}]}",
     "rebalance.of.1.kind was 'monthyl'; expected one of band, daily, monthly, on_filing, "
     "quarterly, vol_ratio, weekly; did you mean monthly?"),
]  # fmt: skip

KEYS = [
    ("entries: {kind: tranches, max_opn: 2}",
     "unknown key entries.max_opn; did you mean max_open? for kind tranches (to change the kind, "
     "replace the whole section: --set 'entries={kind: tranches}')"),
    ("account: {margin: {kind: none, initial: 0.5}}",
     "unknown key account.margin.initial; expected kind for kind none (to change the kind, "
     "replace the whole section: --set 'account.margin={kind: none}')"),
    ("costs: {spread: {kind: vol_scaled, windw: 2}}",
     "unknown key costs.spread.windw; did you mean window?"),
    ("costs: {spread: {kind: cents, smh: 1}}",
     "unknown key costs.spread.smh; expected default_cents, kind, open_multiplier or an "
     "upper-case ticker"),
    ("costs: {borrow: {sereis: {}}}", "unknown key costs.borrow.sereis; did you mean series?"),
    ("rebalance: {kind: any_of, of: [{kind: band, abov: 1}]}",
     "unknown key rebalance.of.0.abov; did you mean above?"),
    ("exits: {flat_ovr: {}}", "unknown key exits.flat_ovr; did you mean flat_over?"),
]  # fmt: skip

VALUES = [
    ("costs: {spread: {default_bps: -1}}",
     "costs.spread.default_bps was -1; expected greater than or equal to 0"),
    ("costs: {spread: {kind: regime, measure: VIX}}",
     "costs.spread.measure was 'VIX'; expected 'own' or '^VIX'"),
    ("costs: {spread: 3}", "costs.spread was 3; expected a mapping of keys"),
    ("costs: {impact: {kind: square_root, participation_cap: 0}}",
     "costs.impact.participation_cap was 0; expected greater than 0"),
    ("costs: {borrow: {series: {igv: igv.csv}}}",
     "costs.borrow.series.igv was 'igv'; expected an upper-case ticker, like IGV"),
    ("costs: {borrow: {series: {IGV: 3}}}",
     "costs.borrow.series.IGV was 3; expected a valid string"),
    ("costs: {borrow: {hard_to_borrow: {symbol: IGV}}}",
     "costs.borrow.hard_to_borrow was {'symbol': 'IGV'}; expected a list"),
    ("costs: {borrow: {hard_to_borrow: [IGV]}}",
     "costs.borrow.hard_to_borrow.0 was 'IGV'; expected a mapping of keys"),
    ("costs: {borrow: {hard_to_borrow: [{symbol: IGV, since: 2024-01-02, until: 2024-01-03, "
     "action: buyin}]}}",
     "costs.borrow.hard_to_borrow.0.action was 'buyin'; expected 'no_open' or 'buy_in'"),
    ("rebalance: {kind: any_of, of: [{kind: band, above: 0}]}",
     "rebalance.of.0.above was 0; expected greater than 0"),
    ("rebalance: {kind: weekly, on: fryday}",
     "rebalance.on was 'fryday'; expected 'first', 'last', 'monday', 'tuesday', 'wednesday', "
     "'thursday' or 'friday'"),
    ("exits: {flat_over: {season: {since: 1-2, until: 01-31}}}",
     "exits.flat_over.season.since was '1-2'; expected a day of the year like 12-24"),
    ("exits: {flat_over: {}}",
     "exits.flat_over was {}; expected earnings, season or both: without them no night is named"),
    ("exits: {flat_over: {season: {since: 12-20, until: 12-31}, symbols: [SMH]}}",
     "exits.flat_over was {'season': {'since': '12-20', 'until': '12-31'}, 'symbols..."
     "; expected symbols only beside earnings, whose file they choose from"),
    ("exits: {flat_over: {symbols: SMH}}",
     "exits.flat_over.symbols was 'SMH'; expected a list"),
    ("exits: {flat_over: {symbols: [smh]}}",
     "exits.flat_over.symbols.0 was 'smh'; expected an upper-case ticker, like SMH"),
    ("account: {margin: {kind: reg_t, on_shortfall: ignore}}",
     "account.margin.on_shortfall was 'ignore'; expected 'scale' or 'refuse'"),
    ("account: {cash: 1000000001}",
     "account.cash was 1000000001; expected less than or equal to 1000000000"),
]  # fmt: skip

MISSING = [
    ("costs: {commission: {kind: per_order}}",
     "costs.commission.usd is missing; expected Dollars per order and leg"),
    ("rebalance: {kind: any_of}", "rebalance.of is missing; expected Triggers, at least one"),
    ("exits: {flat_over: {season: {since: 01-02}}}",
     "exits.flat_over.season.until is missing; expected Last day as MM-DD"),
    ("costs: {borrow: {hard_to_borrow: [{symbol: IGV, since: 2024-01-02}]}}",
     "costs.borrow.hard_to_borrow.0.until is missing; expected Last day, inclusive"),
    ("costs: {borrow: {hard_to_borrow: [{since: 2024-01-02, until: 2024-01-02}]}}",
     "costs.borrow.hard_to_borrow.0.symbol is missing; expected Symbol that cannot be borrowed"),
]  # fmt: skip

ACROSS = [
    ("rebalance: {kind: monthly, on: friday}",
     "rebalance.on was 'friday'; expected first or last for kind monthly"),
    ("rebalance: {kind: any_of, of: []}", "rebalance.of was []; expected at least one trigger"),
    ("costs: {interest: {kind: benchmark}}",
     "costs.interest.rate was None and series None; expected one of the two"),
    ("costs: {interest: {kind: benchmark, rate: 0.1, series: x.csv}}",
     "costs.interest.rate was 0.1 and series 'x.csv'; expected one of the two"),
    ("costs: {commission: {kind: bps, bps: 1, min_usd: 3, max_usd: 2}}",
     "costs.commission.max_usd was 2.0; expected at least min_usd (3.0)"),
    ("costs: {spread: {kind: vol_scaled, max_scale: 0.5}}",
     "costs.spread.max_scale was 0.5; expected at least min_scale (1.0)"),
    ("costs: {borrow: {hard_to_borrow: [{symbol: IGV, since: 2024-01-02, until: 2024-01-01}]}}",
     "costs.borrow.hard_to_borrow.until was 2024-01-01; expected a date not before since "
     "2024-01-02"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "message"), [*KINDS, *KEYS, *VALUES, *MISSING, *ACROSS])
def test_a_mistake_is_told_with_its_key_and_its_line(message_of, section, message):
    assert message_of(section) == message
