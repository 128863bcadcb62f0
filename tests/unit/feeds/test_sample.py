"""The sample is SYNTHETIC, the same everywhere, and shaped like the pair it stands in for.

The statistics are computed here with numpy alone, from the definitions the real figures
reproduce under: log returns of Adj Close from 2023-04-11, 63-session correlation, expanding
z after 63 correlations, 21-session volatilities.
"""

import datetime as dt
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from feeds.calendar import sessions
from feeds.prices import sample
from feeds.prices.quality import inspect, inspect_pair
from feeds.prices.sample import SampleSource, simulate
from feeds.source import COLUMNS, DataError

SYMBOLS = ("SMH", "IGV", "QQQ", "MAGS", "NVDA", "MSFT")
DIGESTS = (
    "from feeds.prices.sample import SampleSource as S; "
    f"print(*(S().bars(symbol).sha256 for symbol in {SYMBOLS}))"
)


def _frame(symbol):
    return SampleSource().bars(symbol).frame


def _returns(symbol):
    adjusted = _frame(symbol).loc["2023-04-11":"2026-06-30", "adj_close"].to_numpy()
    return np.diff(np.log(adjusted))


def _rolling(rule, window, *series):
    count = len(series[0])
    return np.array(
        [rule(*(one[end - window : end] for one in series)) for end in range(window, count + 1)]
    )


def _correlations():
    return _rolling(lambda a, b: np.corrcoef(a, b)[0, 1], 63, _returns("SMH"), _returns("IGV"))


def _z():
    known = _correlations()
    return np.array(
        [
            (known[row] - known[: row + 1].mean()) / known[: row + 1].std(ddof=1)
            for row in range(62, len(known))
        ]
    )


def _vol_ratios():
    def ratio(a, b):
        return a.std(ddof=1) / b.std(ddof=1)

    return _rolling(ratio, 21, _returns("SMH"), _returns("IGV"))


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_symbol_is_labelled_synthetic_and_passes_the_data_checks(symbol):
    bars = SampleSource().bars(symbol)
    assert bars.synthetic is True
    assert bars.symbol == symbol
    assert bars.origin == f"sample generator, seed {sample.SEED}"
    assert tuple(bars.frame.columns) == COLUMNS
    assert set(bars.frame.dtypes) == {np.dtype("float64")}
    days = sessions(dt.date(2018, 1, 2), dt.date(2026, 6, 30))
    np.testing.assert_array_equal(bars.frame.index.to_numpy().astype("datetime64[D]"), days)
    assert inspect(bars, days) == ()


def test_neither_leg_jumps_alone():
    days = sessions(dt.date(2018, 1, 2), dt.date(2026, 6, 30))
    assert inspect_pair(SampleSource().bars("SMH"), SampleSource().bars("IGV"), days) == ()


def test_an_unknown_symbol_is_told_which_there_are():
    with pytest.raises(DataError, match="expected one of IGV, MAGS, MSFT, NVDA, QQQ, SMH"):
        SampleSource().bars("TSLA")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    def draw(seed):
        return simulate(np.random.Generator(np.random.PCG64(seed)))

    first, again, other = draw(sample.SEED), draw(sample.SEED), draw(sample.SEED + 1)
    for symbol in SYMBOLS:
        pd.testing.assert_frame_equal(first[symbol], again[symbol], check_exact=True)
        pd.testing.assert_frame_equal(first[symbol], _frame(symbol), check_exact=True)
        assert not np.array_equal(first[symbol]["close"], other[symbol]["close"])


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
        # Another processor rounds the last bit of exp, and of sums of products, otherwise.
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Nehalem",
        },
    ],
    ids=["another process", "another processor"],
)
def test_the_digests_are_the_same_in(environment):
    # numpy warns of features this processor does not have anyway: not what is tested.
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIGESTS],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout.split() == [SampleSource().bars(symbol).sha256 for symbol in SYMBOLS]


def test_a_caller_cannot_edit_the_sample():
    mine = _frame("SMH")
    mine.loc[:, "close"] = 0.0
    assert (_frame("SMH")["close"] > 0).all()


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_prices_have_four_decimals_and_bars_contain_their_open_and_close(symbol):
    frame = _frame(symbol)
    prices = frame[["open", "high", "low", "close", "adj_close", "dividend"]].to_numpy()
    np.testing.assert_array_equal(prices, np.round(prices, 4))
    assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()
    assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
    assert (frame["low"] > 0).all()


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_four_small_dividends_a_year_explain_the_adjusted_close(symbol):
    frame = _frame(symbol)
    paid = frame["dividend"].to_numpy() > 0
    # Eight full years and the first half of 2026, whose second ex-date is 22 June.
    assert paid.sum() == 8 * 4 + 2
    close, adjusted = frame["close"].to_numpy(), frame["adj_close"].to_numpy()
    dividend = frame["dividend"].to_numpy()
    total_return = close[1:] / (close[:-1] - dividend[1:])
    # Adjusted closes are rounded to 5e-5 dollars, on prices above 5: 1e-5 each, twice.
    np.testing.assert_allclose(adjusted[1:] / adjusted[:-1], total_return, rtol=2e-5)
    assert adjusted[-1] == close[-1]
    assert (dividend[1:] / close[:-1]).max() < 0.01


def test_the_ex_dates_are_sessions_from_the_20th_of_the_last_month_of_a_quarter():
    days = _frame("SMH").index[_frame("SMH")["dividend"].to_numpy() > 0]
    assert [str(day.date()) for day in days[-6:]] == [
        "2025-03-20",
        "2025-06-20",
        "2025-09-22",  # the 20th is a Saturday
        "2025-12-22",
        "2026-03-20",
        "2026-06-22",
    ]


def test_one_leg_splits_once_and_its_price_does_not_show_it():
    splits = _frame("SMH")["split"]
    assert splits[splits != 0].to_dict() == {pd.Timestamp("2024-09-16"): 2.0}
    move = np.log(_frame("SMH")["close"]).diff().loc["2024-09-16"]
    assert abs(move) < 0.1
    assert all((_frame(symbol)["split"] == 0).all() for symbol in SYMBOLS[1:])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_returns_have_fat_tails_and_volatility_comes_in_clusters(symbol):
    returns = np.diff(np.log(_frame(symbol)["adj_close"].to_numpy()))
    centred = returns - returns.mean()
    kurtosis = (centred**4).mean() / (centred**2).mean() ** 2
    assert 4 < kurtosis < 30  # 3 for a normal, 7 to 10 in the real six
    size = np.abs(centred)
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.05
    assert 0.15 < returns.std() * np.sqrt(252) < 0.65


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_volume_varies_as_real_volume_does_and_grows_with_the_move(symbol):
    frame = _frame(symbol)
    changes = np.diff(np.log(frame["volume"].to_numpy()))
    assert 0.2 < changes.std() < 0.6  # 0.30 to 0.57 in the real six
    size = np.abs(np.diff(np.log(frame["adj_close"].to_numpy())))
    assert np.corrcoef(size, np.log(frame["volume"].to_numpy()[1:]))[0, 1] > 0.2
    assert (frame["volume"] == frame["volume"].round(-2)).all()


def test_correlation_mostly_stays_between_three_and_nine_tenths():
    # Real: quartiles 0.57, 0.69, 0.76.
    correlations = _correlations()
    assert np.mean((correlations > 0.3) & (correlations < 0.9)) > 0.75
    assert 0.6 < np.median(correlations) < 0.8


def test_a_low_z_is_neither_rare_nor_the_rule():
    # Real: 24.3 % of 683 readings.
    z = _z()
    assert len(z) == 683
    assert 0.10 < np.mean(z <= -2.0) < 0.35


def test_there_are_at_least_three_entries_half_a_year_apart():
    entries = []
    for row in np.flatnonzero(_z() < -2.0):
        if not entries or row - entries[-1] >= 126:
            entries.append(row)
    assert len(entries) >= 3


def test_the_volatility_ratio_is_that_of_semis_against_software():
    # Real: quartiles 1.16, 1.38, 1.60.
    lower, median, upper = np.quantile(_vol_ratios(), [0.25, 0.5, 0.75])
    assert 1.1 < lower < 1.4
    assert 1.3 < median < 1.6
    assert 1.5 < upper < 2.1


def test_the_volatility_ratio_drifts_as_much_in_a_month_as_the_real_one():
    # Real: median 19.75 %, 75th percentile 33.31 %.
    ratios = _vol_ratios()
    drift = np.abs(ratios[21:] / ratios[:-21] - 1)
    assert 0.15 < np.median(drift) < 0.25
    assert 0.25 < np.quantile(drift, 0.75) < 0.42
