"""What a symbol names: US shares and funds are legs, everything else is refused by its name."""

import pytest
from pydantic import ValidationError

from configs.symbols import is_price_index, no_benchmark, no_leg
from tests.unit.config_document import changed, config_of


@pytest.mark.parametrize(
    "symbol",
    [
        "SMH", "F", "Y", "GOOGL", "VFIAX", "SMH.US", "BRK-B", "BRK.B", "BF-A", "BF.B", "MOG-A",
        "HEI.A", "LGF-B", "MKC-V", "BAC-PL", "C-PN", "XYZ-WT", "XYZ-WS", "XYZ.WS", "XYZ-UN",
        "XYZ-U", "XYZ.U", "XYZ-R", "XYZ-RI", "ETHE", "BTC", "USD", "EURL", "SUSD",
    ],
)  # fmt: skip
def test_us_issues_are_legs(symbol):
    assert no_leg(symbol) is None
    assert no_benchmark(symbol) is None


@pytest.mark.parametrize(
    ("symbol", "what"),
    [
        ("^VIX", "an index"), ("^GSPC", "an index"), ("^MOVE", "an index"),
        ("EURUSD=X", "a currency"), ("JPY=X", "a currency"), ("EURUSD", "a currency"),
        ("XAUUSD", "a currency"), ("BTC-USD", "a currency"), ("ETH-EUR", "a currency"),
        ("XRPUSD", "a currency"), ("DOGEUSD", "a currency"), ("SOLUSDT", "a currency"),
        ("USDIDR", "a currency"), ("VIX", "an index"), ("NDX", "an index"), ("SPX", "an index"),
        ("ES=F", "a future"), ("CL=F", "a future"), ("ABC=Z", "no share"),
        ("RY.TO", "(Toronto)"), ("SHOP.V", "(the TSX Venture Exchange)"), ("BP.L", "(London)"),
        ("SAP.DE", "(Xetra)"), ("SAP.F", "(Frankfurt)"), ("7203.T", "(Tokyo)"),
        ("0700.HK", "(Hong Kong)"), ("005930.KS", "(Korea)"), ("600519.SS", "(Shanghai)"),
        ("RELIANCE.NS", "(India's NSE)"), ("BHP.AX", "(Australia)"), ("MC.PA", "(Paris)"),
        ("NESN.SW", "(Switzerland)"), ("PETR4.SA", "(Sao Paulo)"), ("2330.TW", "(Taiwan)"),
        ("NOVO-B.CO", "(Copenhagen)"), ("VOLV-B.ST", "(Stockholm)"), ("REI-UN.TO", "(Toronto)"),
        ("CLZ26.NYM", "perhaps one of another exchange"), ("ABC.QQ", "perhaps one of"),
        ("3333", "perhaps one of another exchange"), ("600519", "perhaps one of"),
    ],
)  # fmt: skip
def test_what_is_no_us_share_is_named(symbol, what):
    assert what in no_leg(symbol)
    if not symbol.startswith("^"):
        assert what in no_benchmark(symbol)


@pytest.mark.parametrize(
    "symbol",
    ["^VIX", "^VIX3M", "^VXN", "^VVIX", "^MOVE", "^OVX", "^GVZ", "^SKEW", "^TNX", "^IRX", "^CPC"],
)
def test_a_level_that_nobody_can_hold_is_no_benchmark(symbol):
    assert no_benchmark(symbol).startswith("that is a level, not a price")


@pytest.mark.parametrize(
    ("symbol", "leaves_out"),
    [("^GSPC", True), ("^NDX", True), ("^SP500TR", False), ("^XNDX", False), ("SPY", False)],
)
def test_an_index_of_prices_may_be_a_benchmark(symbol, leaves_out):
    assert no_benchmark(symbol) is None
    assert is_price_index(symbol) == leaves_out


@pytest.mark.parametrize("key", ["pair.long", "pair.short", "data.benchmark"])
def test_the_configuration_refuses_another_exchange(key):
    with pytest.raises(ValidationError, match=r"another exchange \(Toronto\)"):
        config_of(changed(key, "RY.TO"))


@pytest.mark.parametrize("name", ["^VIX/SMH", "SMH/RY.TO", "BTC-USD/SMH"])
def test_the_pairs_of_an_audit_have_legs_too(name):
    with pytest.raises(ValidationError, match="expected a share or fund"):
        config_of(changed("audit", {"pairs": [name]}))


@pytest.mark.parametrize("leg", ["SMH", "IGV"])
def test_a_benchmark_is_no_leg(leg):
    with pytest.raises(ValidationError, match=rf"data\.benchmark was {leg}, which is a leg"):
        config_of(changed("data.benchmark", leg))


def test_what_is_confirmed_is_read_by_the_run():
    config = config_of(changed("data.confirm", {"SMH": ["2024-03-05"]}))
    assert [str(day) for day in config.data.confirm["SMH"]] == ["2024-03-05"]
    config_of(changed("data.confirm", {"NVDA": ["2024-03-05"]}))  # a leg of an audit's pair
    with pytest.raises(ValidationError, match=r"data\.confirm was given for SVXY"):
        config_of(changed("data.confirm", {"SVXY": ["2018-02-06"]}))


@pytest.mark.parametrize("days", [[], ["5 March"], "2024-03-05", [["2024-03-05"]], None, {}])
def test_confirmed_days_are_a_list_of_dates(days):
    with pytest.raises(ValidationError):
        config_of(changed("data.confirm", {"SMH": days}))
