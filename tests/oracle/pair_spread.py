"""The spread of a pair, recomputed from its first session at each close. Bars in, lines out.

``y = a + h x``: sums are exact and two-pass; the filter is run again from its beginning each time,
with matrices written out.
"""

import math
from itertools import pairwise

Line = list[float]
STOOD_STILL = 1e-9  # of y: a spread that moved no more has only rounding in it


def spread_lines(bars: dict, last: int, config: dict) -> dict:
    """Return hedge ratio, spread, z, half-life and the long leg's weight at the close of `last`."""
    signal = config["signal"]
    if signal["kind"] != "spread":
        return {}
    y_leg = "short" if signal.get("y") == config["pair"]["short"] else "long"
    x_leg = "long" if y_leg == "short" else "short"
    y, x = levels(bars[y_leg][: last + 1], signal), levels(bars[x_leg][: last + 1], signal)
    ratios, spreads, own = history(y, x, signal)
    ratio = ratios[-1]
    return {
        "hedge_ratio": ratio,
        "spread": spreads[-1],
        "z": z_of(y, x, ratios, spreads, own, signal),
        "half_life": half_life(spreads, signal["half_life_window"]),
        "hedge_weight": weight(y[-1], x[-1], ratio, y_leg, signal),
    }


def levels(bars: list, signal: dict) -> Line:
    """Return total-return prices that begin at the first close, or their logs."""
    first = bars[0].close / bars[0].adj_close
    prices = [bar.adj_close * first for bar in bars]
    return [math.log(price) for price in prices] if signal["on"] == "log_price" else prices


def line_through(y: Line, x: Line, has_constant: bool) -> float | None:
    """Return the slope of least squares; None where x does not move."""
    x_mean = math.fsum(x) / len(x) if has_constant else 0.0
    y_mean = math.fsum(y) / len(y) if has_constant else 0.0
    if has_constant and max(x) == min(x):
        return None
    squares = math.fsum((a - x_mean) ** 2 for a in x)
    products = math.fsum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True))
    return products / squares if squares else None


def history(y: Line, x: Line, signal: dict) -> tuple[list, list, list]:
    """Return each session's ratio and spread, and the filter's variances where there is one."""
    hedge = signal["hedge"]
    if hedge["kind"] == "kalman":
        return filtered(y, x, hedge)
    ratios = [ratio_at(y[: t + 1], x[: t + 1], hedge) for t in range(len(y))]
    spreads = [
        None if ratio is None else b - ratio * a for a, b, ratio in zip(x, y, ratios, strict=True)
    ]
    return ratios, spreads, []


def ratio_at(y: Line, x: Line, hedge: dict) -> float | None:
    """Return the ratio known at the close that ends both lines."""
    kind = hedge["kind"]
    if kind == "fixed":
        return hedge["ratio"]
    if kind == "ols":
        known = len(y) >= hedge["min_sessions"]
        return line_through(y, x, hedge["intercept"]) if known else None
    if kind == "rolling_ols":
        window = hedge["window"]
        known = len(y) >= window
        return line_through(y[-window:], x[-window:], hedge["intercept"]) if known else None
    begin = formed_from(len(y), hedge)
    if begin is None:
        return None
    end = begin + hedge["sessions"]
    return line_through(y[begin:end], x[begin:end], hedge["intercept"])


def formed_from(count: int, hedge: dict) -> int | None:
    """Return where the formation window begins that holds on the last of `count` sessions."""
    after = count - 1 - hedge["sessions"]  # sessions since the first window, this one left out
    if after < 0:
        return None
    every = hedge["every"]
    return 0 if every is None else after // every * every


def filtered(y: Line, x: Line, hedge: dict) -> tuple[list, list, list]:
    """Run the filter: state (h, a), covariance R, observation (x, 1)."""
    state, covariance = [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]
    step = hedge["delta"] / (1 - hedge["delta"])
    ratios, errors, variances = [], [], []
    for t, (a, b) in enumerate(zip(x, y, strict=True)):
        if t:
            covariance[0][0] += step
            covariance[1][1] += step if hedge["intercept"] else 0.0
        seen = (a, 1.0)
        reach = [sum(covariance[i][j] * seen[j] for j in (0, 1)) for i in (0, 1)]
        variance = sum(seen[i] * reach[i] for i in (0, 1)) + hedge["observation_variance"]
        error = b - sum(seen[i] * state[i] for i in (0, 1))
        gain = [each / variance for each in reach]
        state = [state[i] + gain[i] * error for i in (0, 1)]
        covariance = [[covariance[i][j] - gain[i] * reach[j] for j in (0, 1)] for i in (0, 1)]
        ratios.append(state[0])
        errors.append(error)
        variances.append(variance)
    return ratios, errors, variances


def z_of(
    y: Line, x: Line, ratios: list, spreads: list, variances: list, signal: dict
) -> float | None:
    """Return how far today's spread lies from where it is expected, in sds."""
    today, rule = spreads[-1], signal["zscore"]
    if today is None:
        return None
    if rule["kind"] == "fixed":
        return (today - rule["mean"]) / rule["sd"]
    if rule["kind"] == "filter":
        return today / math.sqrt(variances[-1])
    if rule["kind"] == "rolling":
        known = [each for each in spreads if each is not None][-rule["window"] :]
        if len(known) < rule["window"] or max(known) - min(known) <= STOOD_STILL * abs(y[-1]):
            return None
        centre = math.fsum(known) / len(known)
        spread = math.fsum((each - centre) ** 2 for each in known) / (len(known) - 1)
        return (today - centre) / math.sqrt(spread)
    hedge = signal["hedge"]
    begin = formed_from(len(y), hedge)
    span = range(begin, begin + hedge["sessions"])
    formed = [y[t] - ratios[-1] * x[t] for t in span]
    centre = math.fsum(formed) / len(formed)
    sd = math.sqrt(math.fsum((each - centre) ** 2 for each in formed) / len(formed))
    return (today - centre) / sd if sd > STOOD_STILL * abs(y[span[-1]]) else None


def half_life(spreads: list, window: int) -> float | None:
    """Return ln 2 over how fast deviations shrink; None where they do not."""
    recent = spreads[-window - 1 :]
    if len(recent) < window + 1 or None in recent:
        return None
    changes = [b - a for a, b in pairwise(recent)]
    slope = line_through(changes, recent[:-1], True)
    return None if slope is None or slope >= 0 else -math.log(2) / slope


def weight(y: float, x: float, ratio: float | None, y_leg: str, signal: dict) -> float | None:
    """Return the long leg's share of gross, one y against h of x: shares, or dollars of logs."""
    if ratio is None:
        return None
    of_y, of_x = (1.0, abs(ratio)) if signal["on"] == "log_price" else (y, abs(ratio) * x)
    share = of_y / (of_y + of_x)
    return share if y_leg == "long" else 1 - share


def side_of(reading: dict, config: dict) -> int:
    """Return +1 to buy the pair, -1 to sell it, 0 for neither."""
    signal, z, ratio = config["signal"], reading["z"], reading["hedge_ratio"]
    stop = config["exits"]["z_stop"]
    if config["exits"]["half_lives"] is not None and reading["half_life"] is None:
        return 0
    if z is None or ratio is None or ratio <= 0 or abs(z) <= signal["enter_at"]:
        return 0
    if stop is not None and abs(z) >= stop:
        return 0
    side = 1 if z < 0 else -1
    if signal["direction"] == ("short_spread" if side > 0 else "long_spread"):
        return 0
    return side * sign_of_y(config)


def sign_of_y(config: dict) -> int:
    """Return +1 where the long leg is y."""
    return -1 if config["signal"].get("y") == config["pair"]["short"] else 1


def spread_exits(reading: dict, trade: object, config: dict) -> dict[str, bool]:
    """Return which of a spread's own exits hold for a trade at this close."""
    exits, signal = config["exits"], config["signal"]
    off = dict.fromkeys(("z_stop", "hedge_flipped", "z_back", "half_lives"), False)
    if signal["kind"] != "spread":
        return off
    z, ratio = reading["z"], reading["hedge_ratio"]
    lives, life = exits["half_lives"], trade.entry_half_life
    off["hedge_flipped"] = ratio is not None and ratio <= 0
    if lives is not None and life is not None:
        off["half_lives"] = trade.sessions_held >= lives * life
    if z is not None:
        beyond = z * trade.direction * sign_of_y(config)
        off["z_back"] = beyond >= -signal["exit_at"]
        off["z_stop"] = exits["z_stop"] is not None and beyond <= -exits["z_stop"]
    return off
