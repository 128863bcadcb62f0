"""The keys of a spread: each wrong value is one line that names it, and each key changes a run."""

import pytest

from configs.errors import ConfigError
from configs.load import load
from configs.sentence import sentence
from tests.e2e.program import ROOT

SAMPLE = ROOT / "configs" / "sample.yaml"
WRONG = [
    ("exit_at: 3", "signal.exit_at was 3.0; expected at most enter_at (2.0)"),
    ("enter_at: -1", "signal.enter_at was -1; expected greater than or equal to 0"),
    ("enter_at: .nan", "signal.enter_at was nan; expected a finite number"),
    ("enter_at: .inf", "signal.enter_at was inf; expected a finite number"),
    ("y: QQQ", "signal.y was QQQ; expected a leg of the pair, SMH and IGV"),
    ("direction: long", "signal.direction was 'long'; expected 'both', 'long_spread' or"),
    ("direction: Both", "signal.direction was 'Both'; expected 'both'"),
    ("on: log", "signal.on was 'log'; expected 'price' or 'log_price'"),
    ("half_life_window: 2", "signal.half_life_window was 2; expected greater than or equal to 3"),
    ("any_hedge: true", "signal.any_hedge was true; expected false, or account.replicate"),
    ("hedge: ols", "signal.hedge was 'ols'; expected a mapping of keys"),
    ("hedge: {kind: kalmann}", "did you mean kalman?"),
    ("hedge: {kind: kalman, delta: 0}", "signal.hedge.delta was 0; expected greater than 0"),
    ("hedge: {kind: kalman, delta: 1}", "signal.hedge.delta was 1; expected less than 1"),
    ("hedge: {kind: kalman, delta: .nan}", "signal.hedge.delta was nan; expected a finite"),
    (
        "hedge: {kind: kalman, observation_variance: 0}",
        "signal.hedge.observation_variance was 0; expected greater than 0",
    ),
    ("hedge: {kind: fixed}", "signal.hedge.ratio is missing; expected Units of x sold for one"),
    ("hedge: {kind: fixed, ratio: 0}", "signal.hedge.ratio was 0; expected greater than 0"),
    ("hedge: {kind: fixed, ratio: -1.6}", "signal.hedge.ratio was -1.6; expected greater than 0"),
    ("hedge: {kind: fixed, ratio: 1.0e-300}", "expected units of x for one of y, at least 1e-06"),
    ("hedge: {kind: kalman, delta: 1.0e-320}", "signal.hedge.delta was 1e-320; expected"),
    (
        "hedge: {kind: kalman, observation_variance: 1.0e-320}",
        "expected squared units of y, at least 1e-12",
    ),
    ("zscore: {kind: fixed, mean: 0, sd: 1.0e-300}", "expected units of y, at least 1e-12"),
    ("hedge: {kind: fixed, ratio: .inf}", "signal.hedge.ratio was inf; expected a finite number"),
    ("hedge: {kind: rolling_ols, window: 2}", "signal.hedge.window was 2; expected greater than"),
    ("hedge: {kind: rolling_ols, window: 20.5}", "signal.hedge.window was 20.5; expected a valid"),
    ("hedge: {kind: ols, min_sessions: 1}", "signal.hedge.min_sessions was 1; expected greater"),
    ("hedge: {kind: formation, sessions: 2}", "signal.hedge.sessions was 2; expected greater"),
    ("hedge: {kind: formation, every: 0}", "signal.hedge.every was 0; expected greater"),
    ("zscore: {kind: rolling, window: 2}", "signal.zscore.window was 2; expected greater than"),
    ("zscore: {kind: filter}", "signal.zscore.kind was 'filter'; expected rolling for hedge"),
    ("zscore: {kind: formation}", "signal.zscore.kind was 'formation'; expected rolling for"),
    ("zscore: {kind: fixed, mean: 0, sd: 0}", "signal.zscore.sd was 0; expected greater than 0"),
    ("zscore: {kind: fixed, sd: 1}", "signal.zscore.mean is missing; expected Mean of the spread"),
]
BESIDE = [
    ("exits.z_stop=1.5", "exits.z_stop was 1.5; expected more than signal.enter_at (2.0)"),
    ("exits.z_stop=2", "exits.z_stop was 2.0; expected more than signal.enter_at (2.0)"),
    ("exits.z_stop=-3", "exits.z_stop was -3; expected greater than or equal to 0"),
    ("exits.z_stop=.nan", "exits.z_stop was nan; expected a finite number"),
    ("exits.half_lives=0", "exits.half_lives was 0; expected greater than 0"),
    ("exits.half_lives=-1", "exits.half_lives was -1; expected greater than 0"),
    ("exits.half_lives=.nan", "exits.half_lives was nan; expected a finite number"),
    ("sizing={kind: linear, cap: 0}", "sizing.cap was 0; expected greater than 0"),
    ("sizing={kind: hedge_ratio, shares: -5}", "sizing.shares was -5; expected greater than 0"),
    (
        "sizing={kind: hedge_ratio, shares: 5, gross: 1.0}",
        "sizing.gross was 1.0; expected it left out beside shares",
    ),
    (
        "sizing={kind: linear, shares: 5, vol_target: 0.1}",
        "sizing.vol_target was 0.1; expected it left out beside shares",
    ),
    ("sizing={kind: inverse_vol, shares: 5}", "unknown key sizing.shares"),
]


def loaded(signal, *beside):
    return load(SAMPLE, [f"signal={{kind: spread, {signal}}}", *beside])


def refusal(signal, *beside):
    with pytest.raises(ConfigError) as caught:
        loaded(signal, *beside)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(("signal", "said"), WRONG)
def test_a_wrong_key_of_the_signal_is_named(signal, said):
    assert said in refusal(signal)


@pytest.mark.parametrize(("beside", "said"), BESIDE)
def test_a_wrong_key_beside_it_is_named(beside, said):
    assert said in refusal("enter_at: 2.0", beside)


def test_shares_are_no_unit_of_a_ratio_of_dollars():
    said = refusal("on: log_price", "sizing={kind: hedge_ratio, shares: 5}")
    assert "sizing.shares was 5; expected null beside signal.on log_price" in said


def test_what_was_resolved_can_be_asked_again():
    config = loaded("enter_at: 2.0", "sizing={kind: linear, shares: 5, cap: 2}")
    assert type(config).model_validate(config.model_dump()) == config


@pytest.mark.parametrize(
    "beside", ["exits.z_stop=3", "exits.half_lives=2", "sizing={kind: hedge_ratio, shares: 5}"]
)
def test_the_digest_feels_the_keys_of_a_spread(beside):
    assert loaded("enter_at: 2.0").digest() != loaded("enter_at: 2.0", beside).digest()


@pytest.mark.parametrize(
    ("y", "direction", "ways", "sold"),
    [
        ("SMH", "both", (1, -1), ("IGV", "SMH")),
        ("IGV", "both", (1, -1), ("IGV", "SMH")),
        ("SMH", "long_spread", (1,), ("IGV",)),
        ("SMH", "short_spread", (-1,), ("SMH",)),
        ("IGV", "long_spread", (-1,), ("SMH",)),
        ("IGV", "short_spread", (1,), ("IGV",)),
    ],
)
def test_a_rule_says_which_legs_it_buys_and_which_it_may_borrow(y, direction, ways, sold):
    signal = f"signal={{kind: spread, y: {y}, direction: {direction}}}"
    config = load(SAMPLE, [signal, "exits={}", "costs.borrow.SMH=0.01"])
    assert (config.directions, config.sold) == (ways, sold)
    text = sentence(config)
    either = " or the reverse" if direction == "both" else ""
    bought = "SMH" if sold[0] == "IGV" else "IGV"
    assert f"buy {bought} and sell {sold[0]} short{either} by the spread" in text
    assert ("where SMH is the leg sold" in text) == (direction == "both")
    assert "leave by no other rule" in text
    assert "never leave" not in text


def test_a_fee_that_both_legs_pay_alike_is_said_once():
    config = load(SAMPLE, ["signal={kind: spread, y: SMH, direction: both}", "exits={}"])
    assert config.sold == ("IGV", "SMH")
    assert sentence(config).count("a borrow fee of 0.25 % a year") == 1
