"""The rules of a run in one sentence: right words by hand, and no key that it leaves out."""

import copy
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, ValidationError

from configs.costs import CostsConfig
from configs.fields import Model
from configs.formats import dollars, listed, number, ordinal, percent
from configs.load import load, read
from configs.schema import RunConfig
from configs.sentence import sentence

PLAIN = {
    "name": "plain",
    "data": {"source": "csv", "path": "prices", "start": "2023-04-11", "end": "2026-06-30"},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {"kind": "correlation"},
}
REPORTS = {"fundamentals": {"source": "csv", "path": "quarters.csv"}}
THESIS = {
    "capex_rollover": {}, "margin_holds": {}, "supplier_stalls": {},
    "price": {"stop_loss": 0.25, "trailing_stop": 0.2, "vol_spike": {"level": 30.0, "jump": 0.3}},
}  # fmt: skip
# Between them every kind and every optional section.
BASES = (
    {"data": {**PLAIN["data"], "benchmark": "QQQ", "confirm": {"SMH": ["2024-03-05"]}}},
    {"signal": {"kind": "always"}, "strategy": {"file": "mine.py", "params": {"level": 2}}},
    {"signal": {"kind": "correlation", "zscore": "rolling"}, "sizing": {"kind": "dollar_neutral"},
     "exits": {"holding_sessions": 126, "z_above": 1.0, "stop_loss": 0.1, "trailing_stop": 0.2,
               "take_profit": 0.3, "flat_over": {"earnings": "dates.csv", "symbols": ["SMH"],
                                                 "season": {"since": "12-20", "until": "01-03"}}}},
    {**REPORTS, "signal": {"kind": "capex"}, "sizing": {"kind": "capex_intensity",
     "company": "MSFT"}, "rebalance": {"kind": "on_filing", "companies": ["MSFT"]},
     "exits": {"thesis": THESIS}},
    {"fundamentals": {"source": "edgar", "cik": {"XYZ": 12}}, "signal": {"kind": "always"},
     "regime": {}, "sizing": {"kind": "beta_neutral", "vol_target": 0.1},
     "rebalance": {"kind": "band"}, "entries": {"kind": "tranches"}},
    {"rebalance": {"kind": "any_of", "of": [{"kind": "vol_ratio"}, {"kind": "weekly"}]},
     "costs": {"commission": {"kind": "bps", "bps": 1.0, "min_usd": 1.0, "max_usd": 9.0},
               "fees": {"kind": "us_sales", "table": "fees.yaml"},
               "spread": {"kind": "vol_scaled", "tick_usd": 0.01, "SMH": 2.0},
               "impact": {"kind": "square_root"},
               "borrow": {"IGV": 0.01, "hard_to_borrow": [
                   {"symbol": "IGV", "since": "2024-01-02", "until": "2024-02-01"}]},
               "interest": {"kind": "benchmark", "rate": 0.05}}},
    {"rebalance": {"kind": "monthly"},
     "costs": {"commission": {"kind": "per_share", "max_usd": 9.0},
               "spread": {"kind": "regime", "open_multiplier": 2.0, "default_bps": 2.0},
               "borrow": {"series": {"IGV": "fees.csv"}},
               "interest": {"kind": "benchmark", "series": "rates.csv"}}},
    {"costs": {"commission": {"kind": "per_order", "usd": 1.0},
               "spread": {"kind": "cents", "SMH": 2.0}}, "rebalance": {"kind": "never"},
     "account": {"margin": {"kind": "none"}}},
    {"costs": {"commission": {"kind": "zero"}}, "rebalance": {"kind": "daily"}},
    {"costs": {"commission": {"kind": "ibkr_tiered"}}, "rebalance": {"kind": "quarterly",
     "every": 4, "phase": 1}},
    {"data": {"source": "sample", "start": "2023-04-11"}, "fundamentals": {"source": "sample"}},
    {"signal": {"kind": "spread", "y": "IGV"}, "sizing": {"kind": "hedge_ratio"},
     "exits": {"z_stop": 4.0, "half_lives": 3.0}},
    {"signal": {"kind": "spread", "hedge": {"kind": "ols"}, "on": "log_price"},
     "sizing": {"kind": "linear"}},
    {"signal": {"kind": "spread"}, "sizing": {"kind": "hedge_ratio", "shares": 5.0}},
    {"signal": {"kind": "spread", "hedge": {"kind": "formation"},
                "zscore": {"kind": "formation"}}},
    {"signal": {"kind": "spread", "hedge": {"kind": "kalman"}, "zscore": {"kind": "filter"},
                "any_hedge": True},
     "account": {"fill": "same_close", "replicate": True, "margin": {"kind": "none"}}},
    {"signal": {"kind": "spread", "hedge": {"kind": "fixed", "ratio": 1.6},
                "zscore": {"kind": "fixed", "mean": 0.1, "sd": 2.0}}},
)  # fmt: skip
# Who says so, what it is called, what an audit asks of it: nothing that happens in a run.
OUTSIDE = ("name", "fundamentals.user_agent", "audit")


def config(**sections):
    return RunConfig.model_validate(copy.deepcopy({**PLAIN, **sections}))


def leaves(values, at=()):
    """Yield the path of every value that is no mapping, and the value."""
    for key, value in values.items() if isinstance(values, dict) else enumerate(values):
        holds = value if isinstance(value, dict) else isinstance(value, list) and value[:1]
        if holds and (isinstance(value, dict) or isinstance(value[0], dict)):
            yield from leaves(value, (*at, key))
        else:
            yield (*at, key), value


def others(value):
    """Yield values that might stand in a value's place."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value * 0.5, value * 0.99, value + 0.01, value - 1)
    elif isinstance(value, str):
        yield from ("hedge", "first", "friday", "buy_in", "refuse", "next_close", "^VIX", "own")
        yield from ("QQQ", "SPY", "2023-05-01", "2024-01-03", "2026-05-01", "01-05", "other.csv")
        yield from ("expanding", "rolling", "https://mirror.example")
        yield from ("log_price", "price", "long_spread", "SMH")
    elif isinstance(value, list):
        yield [*value, "ORCL"]
        yield ["2024-03-06"]
        yield value[:1]
        yield [*value, "2024-03-06"]
    elif isinstance(value, dict):
        yield {"XYZ": 34}
    elif value is None:
        yield from (63, 0.5, {})


def replaced(values, path, value):
    """The values with another at a path; what does not lie on the way is shared, not copied."""
    if not path:
        return value
    part, *rest = path
    root = values.copy()
    root[part] = replaced(values[part], rest, value)
    return root


def variants(base):
    """Yield, for every key of a configuration, its path and the configuration with it changed."""
    values = base.model_dump(mode="json")
    values["sizing"].pop("max_gross" if values["sizing"]["vol_target"] is None else "gross", None)
    for path, value in leaves(values):
        for other in others(value):
            try:
                changed = RunConfig.model_validate(replaced(values, path, other))
            except ValidationError:
                continue
            if changed.digest() != base.digest():
                yield path, changed
                break


def dotted(path):
    return ".".join(str(part) for part in path if not isinstance(part, int))


def is_outside(key):
    return any(key == each or key.startswith(f"{each}.") for each in OUTSIDE)


def is_unread(key, base):
    """Whether a key says nothing in the kind of section that it stands in."""
    if key in ("fundamentals.base_url", "fundamentals.cik"):
        return base.fundamentals.source != "edgar"
    if key == "signal.zscore_window":
        return base.signal.kind == "correlation" and base.signal.zscore == "expanding"
    return key == "costs.spread.window" and getattr(base.costs.spread, "measure", "own") != "own"


def is_default_of_others(key, base):
    """Whether a key speaks for symbols that are no leg of this pair, or no short one."""
    spread, borrow, pair = base.costs.spread, base.costs.borrow, base.pair
    if key.startswith("costs.spread.default"):
        return {pair.long, pair.short} <= set(spread.by_symbol)
    return key == "costs.borrow.default_rate" and pair.short in {*borrow.by_symbol, *borrow.series}


@pytest.mark.parametrize("sections", BASES, ids=range(len(BASES)))
def test_a_changed_key_changes_the_sentence(sections):
    base = config(**sections)
    same = [
        dotted(path)
        for path, changed in variants(base)
        if sentence(changed) == sentence(base)
        and not is_outside(dotted(path))
        and not is_unread(dotted(path), base)
        and not is_default_of_others(dotted(path), base)
    ]
    assert same == []


def models(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from models(inner)


def schema_keys(model, above=""):
    for name, info in model.model_fields.items():
        inner = list(models(info.annotation))
        if not inner and name != "kind":
            yield above + name
        if name != "of":
            for member in inner:
                yield from schema_keys(member, f"{above}{name}.")


def test_no_key_of_the_schema_is_left_untried():
    paths = [path for sections in BASES for path, _ in variants(config(**sections))]
    tried = {dotted(path[:depth]) for path in paths for depth in range(1, len(path) + 1)}
    wanted = {key for key in schema_keys(RunConfig) if not is_outside(key)}
    assert wanted - tried == {"data.source", "fundamentals.source"}  # the next test has them


def test_where_prices_and_reports_come_from_is_said():
    dates = {"start": "2023-04-11"}
    by_key = {
        sentence(config(data=dates | prices, fundamentals=reports))
        for prices in ({"source": "csv", "path": "a"}, {"source": "sample"}, {"source": "yahoo"})
        for reports in ({"source": "csv", "path": "b"}, {"source": "sample"}, {"source": "edgar"})
    }
    assert len(by_key) == 9


def test_the_articles_trade_reads_like_this():
    said = sentence(
        config(
            exits={"holding_sessions": 126},
            costs={"spread": {"SMH": 2.0, "IGV": 3.0}, "borrow": {"default_rate": 0.0025}},
        )
    )
    assert said == (
        "From 2023-04-11 to 2026-06-30, on the price files in prices, buy SMH and sell IGV short "
        "while the 63-session correlation of their log returns is below -2 in standard deviations "
        "of all of its past (63 values or more); hold one trade at a time; size the legs by their "
        "inverse volatility over 21 sessions, at 1x equity gross; resize on the last session of a "
        "week; leave at the close of the 126th session held; pay IBKR's fixed commission, no fees "
        "on sales, half of a quoted spread of 2 bps for SMH and 3 for IGV a side, no market "
        "impact, a borrow fee of 0.25 % a year and no interest; start with $1,000,000 and fill "
        "both legs in whole shares at the open of the session after the decision, under Regulation "
        "T margin (50 % at an entry, 25 % of longs and 30 % of shorts after it), scaling down what "
        "does not fit."
    )


def test_a_run_without_an_exit_says_so():
    assert "; never leave by a rule; " in sentence(config())


@pytest.mark.parametrize("sections", BASES, ids=range(len(BASES)))
def test_it_is_one_sentence(sections):
    said = sentence(config(**sections))
    assert said.endswith(".")
    assert "\n" not in said
    assert ". " not in said
    assert "None" not in said


def test_numbers_keep_their_digits():
    assert [number(each) for each in (2.0, 0.125, 1e-7, -2.0, 1234.5)] == [
        "2", "0.125", "0.0000001", "-2", "1,234.5",
    ]  # fmt: skip
    assert [percent(each) for each in (0.0025, 0.07, 1.0, 0.1 + 0.2)] == [
        "0.25 %", "7 %", "100 %", "30.000000000000004 %",
    ]  # fmt: skip
    assert dollars(1_000_000.0) == "$1,000,000"
    assert [ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13, 21, 126)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "126th",
    ]  # fmt: skip
    assert listed(["a", "b", "c"]) == "a, b and c"


# --- keys that nobody phrased ---


class Season(Model):
    factor: float = Field(2.0, description="Times.")


class Widened(CostsConfig):
    stamp_bps: float = Field(0.0, description="Duty.")
    season: Season | None = Field(None, description="Season.")


class Wider(RunConfig):
    costs: Widened = Field(default_factory=lambda: Widened())


def rest(costs):
    """What the sentence adds for keys below ``costs`` that it has no words for."""
    said = sentence(Wider.model_validate({**PLAIN, "costs": costs}))
    return said.removeprefix(sentence(config()).removesuffix("."))


@pytest.mark.parametrize(
    ("costs", "text"),
    [
        ({}, "."),
        ({"stamp_bps": 0.0}, "."),
        ({"stamp_bps": 2.5}, "; with costs.stamp_bps 2.5."),
        ({"season": {"factor": 3.0}}, "; with costs.season.factor 3.0."),
        ({"season": {}}, "; with costs.season factor 2.0."),
        ({"stamp_bps": 1.0, "season": {}}, "; with costs.stamp_bps 1.0 and costs.season factor "
                                           "2.0."),
    ],
)  # fmt: skip
def test_a_key_without_words_is_told_by_its_name(costs, text):
    assert rest(costs) == text


def test_what_has_words_is_not_told_twice():
    for sections in BASES:
        assert "; with " not in sentence(config(**sections))
    shipped = sorted((Path(__file__).parents[3] / "configs").glob("*.yaml"))
    runs = [
        path
        for path in shipped
        if not {"variants", "grid", "pairs", "formation"} & read(path).values.keys()
    ]
    assert len(runs) > 5
    assert [path.name for path in runs if "; with " in sentence(load(path))] == []


def test_a_strategy_without_parameters_is_told():
    own = {"signal": {"kind": "always"}, "strategy": {"file": "mine.py"}}
    assert "when the strategy in mine.py says so; " in sentence(config(**own))
