"""Statistics of the pair, recomputed from scratch at each session. Past values in, numbers out.

Every sum is exact (`math.fsum`) and every deviation two-pass, so nothing drifts over the years.
"""

import math


def mean(values: list[float]) -> float:
    """Return the arithmetic mean."""
    return math.fsum(values) / len(values)


def sample_sd(values: list[float]) -> float | None:
    """Return the sample standard deviation (ddof 1); None below two values."""
    if len(values) < 2:
        return None
    centre = mean(values)
    return math.sqrt(math.fsum((v - centre) ** 2 for v in values) / (len(values) - 1))


def correlation(xs: list[float], ys: list[float]) -> float | None:
    """Return Pearson's correlation; None when either side does not move."""
    x_mean, y_mean = mean(xs), mean(ys)
    x_squares = math.fsum((x - x_mean) ** 2 for x in xs)
    y_squares = math.fsum((y - y_mean) ** 2 for y in ys)
    if x_squares == 0.0 or y_squares == 0.0:
        return None
    cross = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
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
    return sample_sd(returns[-window:])


def read_signals(
    long_returns: list[float], short_returns: list[float], correlations: list[float], config: dict
) -> dict:
    """Return the signal lines at the close of the session that ends both lists of returns.

    `correlations` holds the earlier readings and receives today's, when there is one.
    """
    signal = config["signal"]
    today, z = None, None
    if signal["kind"] == "correlation" and len(long_returns) >= signal["window"]:
        window = signal["window"]
        today = correlation(long_returns[-window:], short_returns[-window:])
        if today is not None:
            correlations.append(today)
            z = z_score(correlations, signal)
    window = config["sizing"].get("window")
    vol_long, vol_short = last_sd(long_returns, window), last_sd(short_returns, window)
    has_ratio = vol_long is not None and vol_short is not None and vol_short > 0.0
    reading = {
        "correlation": today,
        "z": z,
        "vol_long": vol_long,
        "vol_short": vol_short,
        "vol_ratio": vol_long / vol_short if has_ratio else None,
    }
    reading["entry"] = is_entry(reading, config)
    return reading


def weights(reading: dict, sizing: dict) -> tuple[float, float] | None:
    """Return the long and the short leg's share of gross, both positive; None while unknown."""
    if sizing["kind"] == "dollar_neutral":
        return 0.5, 0.5
    if sizing["kind"] != "inverse_vol":
        raise ValueError(f"oracle: sizing.kind was {sizing['kind']!r}; it knows two, see weights()")
    vol_long, vol_short = reading["vol_long"], reading["vol_short"]
    if not vol_long or not vol_short:  # unknown, or a leg that does not move
        return None
    long_weight = (1 / vol_long) / (1 / vol_long + 1 / vol_short)
    return long_weight, 1 - long_weight


def is_entry(reading: dict, config: dict) -> bool:
    """Say whether the trigger holds at this close, whether or not we are flat."""
    if weights(reading, config["sizing"]) is None:
        return False
    signal = config["signal"]
    if signal["kind"] == "always":
        return True
    if signal["kind"] != "correlation":
        raise ValueError(
            f"oracle: signal.kind was {signal['kind']!r}; it knows two, see is_entry()"
        )
    return reading["z"] is not None and reading["z"] < signal["enter_below"]
