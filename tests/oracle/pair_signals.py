"""Statistics of the pair, recomputed from scratch at each session. Past values in, numbers out.

Every sum is exact (`math.fsum`) and every deviation two-pass, so nothing drifts over the years.
"""

import math
from functools import lru_cache

from tests.oracle.pair_regime import is_compressed
from tests.oracle.pair_sizing import gross_exposure
from tests.oracle.pair_spread import side_of


def mean(values: list[float]) -> float:
    """Return the arithmetic mean."""
    return math.fsum(values) / len(values)


def sample_sd(values: list[float]) -> float | None:
    """Return the sample standard deviation (ddof 1); None below two values."""
    if len(values) < 2:
        return None
    centre = mean(values)
    return math.sqrt(math.fsum([(v - centre) ** 2 for v in values]) / (len(values) - 1))


def sample_covariance(xs: list[float], ys: list[float]) -> float | None:
    """Return the sample covariance (ddof 1); None below two values."""
    if len(xs) < 2:
        return None
    x_mean, y_mean = mean(xs), mean(ys)
    cross = math.fsum([(x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)])
    return cross / (len(xs) - 1)


def correlation(xs: list[float], ys: list[float]) -> float | None:
    """Return Pearson's correlation; None when either side does not move."""
    x_mean, y_mean = mean(xs), mean(ys)
    x_squares = math.fsum([(x - x_mean) ** 2 for x in xs])
    y_squares = math.fsum([(y - y_mean) ** 2 for y in ys])
    if x_squares == 0.0 or y_squares == 0.0:
        return None
    cross = math.fsum([(x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)])
    return cross / math.sqrt(x_squares * y_squares)


def z_score(correlations: list[float], signal: dict) -> float | None:
    """Return how many sample sds the latest correlation lies from its past, itself included."""
    if len(correlations) < signal["min_periods"]:
        return None
    if signal["zscore"] == "expanding":
        sample = correlations
    else:
        # A window longer than the past so far takes what there is, min_periods being the floor.
        sample = correlations[-signal["zscore_window"] :]
    sd = sample_sd(sample)
    if sd is None or sd == 0.0:
        return None
    return (correlations[-1] - mean(sample)) / sd


def last_sd(returns: list[float], window: int | None) -> float | None:
    """Return the sample sd of the last `window` returns; None until that many exist."""
    if window is None or len(returns) < window:
        return None
    return sd_of(tuple(returns[-window:]))


@lru_cache(maxsize=20_000)
def sd_of(returns: tuple[float, ...]) -> float | None:
    """Return `sample_sd`, computed once for the same returns: runs of one pair have them alike."""
    return sample_sd(returns)


def correlation_lines(returns: dict, signal: dict) -> tuple:
    """Return the correlation and its z at the close of every session, both None where unasked."""
    if signal["kind"] != "correlation":
        return ((None, None),) * (len(returns["long"]) + 1)
    rule = tuple((name, signal.get(name)) for name in ("zscore", "zscore_window", "min_periods"))
    return readings_of(tuple(returns["long"]), tuple(returns["short"]), signal["window"], rule)


@lru_cache(maxsize=8)
def readings_of(long: tuple, short: tuple, window: int, rule: tuple) -> tuple:
    """Return correlation and z of each session, computed once for the same returns and rule."""
    correlations: list[float] = []
    readings = []
    for i in range(len(long) + 1):
        today, z = None, None
        if i >= window:
            today = correlation(long[i - window : i], short[i - window : i])
        if today is not None:
            correlations.append(today)
            z = z_score(correlations, dict(rule))
        readings.append((today, z))
    return tuple(readings)


def read_signals(
    long_returns: list[float],
    short_returns: list[float],
    correlated: tuple[float | None, float | None],
    config: dict,
    further: dict,
) -> dict:
    """Return the signal lines at the close of the session that ends both lists of returns.

    `correlated` is today's correlation with its z; `further` are the lines that come from
    elsewhere than the legs' returns.
    """
    sizing = config["sizing"]
    window = sizing["window"]
    vol_long, vol_short = last_sd(long_returns, window), last_sd(short_returns, window)
    has_ratio = vol_long is not None and vol_short is not None and vol_short > 0.0
    covariance, beta = read_covariance(long_returns, short_returns, sizing)
    reading = {
        "correlation": correlated[0],
        "z": correlated[1],
        "vol_long": vol_long,
        "vol_short": vol_short,
        "vol_ratio": vol_long / vol_short if has_ratio else None,
        "covariance": covariance,
        "beta": beta,
        **further,
    }
    reading["side"] = side(reading, config)
    reading["entry"] = reading["side"] != 0
    return reading


def read_covariance(
    long_returns: list[float], short_returns: list[float], sizing: dict
) -> tuple[float | None, float | None]:
    """Return the legs' covariance and the long leg's beta; None where unknown or unasked."""
    window, is_beta = sizing["window"], sizing["kind"] == "beta_neutral"
    is_asked = is_beta or sizing["vol_target"] is not None
    if not is_asked or window is None or len(long_returns) < window:
        return None, None
    long_returns, short_returns = long_returns[-window:], short_returns[-window:]
    covariance = sample_covariance(long_returns, short_returns)
    variance = sample_covariance(short_returns, short_returns)
    return covariance, covariance / variance if is_beta and variance else None


def side(reading: dict, config: dict) -> int:
    """Return +1 where the pair is to be bought at this close, -1 where sold, else 0."""
    if config["signal"]["kind"] != "spread":
        return int(is_entry(reading, config))
    may = gross_exposure(reading, config["sizing"]) is not None
    return side_of(reading, config) if may and is_compressed(reading, config["regime"]) else 0


def is_entry(reading: dict, config: dict) -> bool:
    """Say whether the trigger holds at this close, whether or not we are flat."""
    if gross_exposure(reading, config["sizing"]) is None:
        return False
    if not is_compressed(reading, config.get("regime")):
        return False
    signal = config["signal"]
    if signal["kind"] == "always":
        return True
    if signal["kind"] == "capex":
        growth = reading["capex_growth"]
        return growth is not None and growth >= signal["enter_above"]
    if signal["kind"] != "correlation":
        raise ValueError(
            f"oracle: signal.kind was {signal['kind']!r}; it knows three, see is_entry()"
        )
    return reading["z"] is not None and reading["z"] < signal["enter_below"]
