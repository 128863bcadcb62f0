"""Distance pairs from the paper's words alone: prices by symbol and day in, months out.

Gatev, Goetzmann and Rouwenhorst (2006), section 2. Plain Python, a day at a time. Independent of
the program.
"""

import statistics


def monthly_returns(days, prices, *, formation, trading, pairs, open_at, wait, overlapping=True):
    """Mean return of each month, committed and fully invested, before costs.

    ``days`` are dates; ``prices`` a list a symbol, None where it had none.
    """
    months = sorted({(day.year, day.month) for day in days})
    by_month = {
        month: [i for i, day in enumerate(days) if (day.year, day.month) == month]
        for month in months
    }
    found = {}
    step = 1 if overlapping else trading
    for start in range(formation, len(months), step):
        formed_on = [i for month in months[start - formation : start] for i in by_month[month]]
        traded = months[start : start + trading]
        traded_on = [i for month in traded for i in by_month[month]]
        chosen = closest(prices, formed_on, pairs)
        daily = [
            pair_days(prices[one], prices[other], formed_on[-1], traded_on, sd, open_at, wait)
            for one, other, sd in chosen
        ]
        committed = portfolio([returns for returns, _ in daily], len(traded_on))
        invested = portfolio([returns for returns, opened in daily if opened], len(traded_on))
        for month in traded:
            rows = [traded_on.index(i) for i in by_month[month]]
            for name, line in (("committed", committed), ("invested", invested)):
                grown = 1.0
                for row in rows:
                    grown *= 1.0 + line[row]
                found.setdefault(month, {}).setdefault(name, []).append(grown - 1.0)
    return {
        month: {name: sum(values) / len(values) for name, values in lots.items()}
        for month, lots in sorted(found.items())
    }


def closest(prices, formed_on, pairs):
    """Each stock's partner by least squared deviations; the closest of these pairs."""
    index = {
        name: [line[i] / line[formed_on[0]] for i in formed_on]
        for name, line in prices.items()
        if all(line[i] is not None for i in formed_on)
    }
    matched = {}
    for name in sorted(index):
        best = min(
            (other for other in sorted(index) if other != name),
            key=lambda other: squares(index[name], index[other]),
        )
        one, other = sorted((name, best))
        matched[one, other] = squares(index[one], index[other])
    ranked = sorted(matched, key=lambda pair: (matched[pair], pair))[:pairs]
    return [
        (one, other,
         statistics.stdev([a - b for a, b in zip(index[one], index[other], strict=True)]))
        for one, other in ranked
    ]  # fmt: skip


def squares(one, other):
    """Sum of squared deviations between two normalised price series."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def pair_days(one, other, base, traded_on, sd, open_at, wait):
    """One pair's daily payoffs on a dollar long and a dollar short, and whether it opened."""
    returns, opened = [], False
    side, long_value, short_value = 0, 0.0, 0.0  # side: +1 long the first
    wanted = 0  # what the last close decided, for who waits a day
    for place, i in enumerate(traded_on):
        before = traded_on[place - 1] if place else base
        if one[i] is None or other[i] is None:  # delisted: closed at the last price
            returns += [0.0] * (len(traded_on) - place)
            break
        payoff = 0.0
        if side:
            long, short = (one, other) if side > 0 else (other, one)
            long_return, short_return = long[i] / long[before] - 1, short[i] / short[before] - 1
            payoff = long_value * long_return - short_value * short_return
            long_value *= 1 + long_return
            short_value *= 1 + short_return
        returns.append(payoff)
        gap = one[i] / one[base] - other[i] / other[base]
        decided = decision(wanted, gap, open_at * sd)
        following = traded_on[place + 1] if place + 1 < len(traded_on) else None
        is_last = following is None or one[following] is None or other[following] is None
        target = wanted if wait else decided
        if is_last:
            target = 0
        if target != side:
            side, long_value, short_value = target, 1.0, 1.0
            opened = opened or target != 0
        wanted = decided
    return returns, opened


def decision(held, gap, beyond):
    """What the rule wants to hold after a close."""
    if (held > 0 and gap >= 0) or (held < 0 and gap <= 0):
        held = 0
    if held == 0 and gap > beyond:
        return -1
    if held == 0 and gap < -beyond:
        return 1
    return held


def portfolio(pairs, count):
    """Daily returns of pairs whose dollars are left where they were put."""
    weights, line = [1.0] * len(pairs), []
    for t in range(count):
        total = sum(weights)
        line.append(
            sum(w * returns[t] for w, returns in zip(weights, pairs, strict=True)) / total
            if total
            else 0.0
        )
        weights = [w * (1.0 + returns[t]) for w, returns in zip(weights, pairs, strict=True)]
    return line
