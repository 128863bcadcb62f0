"""Q3: alpha or beta? Net session returns in, what the market and a trend leave of them out."""

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from reports.audits.evidence.rating import Block, plain
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import listed, percent
from reports.statistics.regression import Regression, hac_regression
from reports.statistics.sample import Floats, varies

TREND_SESSIONS = 126  # half a year; a whole one would take a third of a three-year sample
ENOUGH_T = 1.96  # two-sided 5 % of a normal law
MOMENTUM = "MTUM"  # a fund of the factor; read where ``audit.context_symbols`` names it
NO_INVESTMENT = (
    "investment factor (conservative minus aggressive): no listed fund holds it, and prices of two "
    "legs do not tell it"
)


def alpha_or_beta(asked: Asked) -> Block:
    """Return Q3: ``r = alpha + b_1 market + b_2 trend (+ b_3 momentum) + e``, alpha a year.

    Market: the benchmark's total return. Trend: the long leg's return times the sign of its own
    return over the `TREND_SESSIONS` up to the close before (Moskowitz, Ooi, Pedersen 2012, Journal
    of Financial Economics 104(2), 228-250): what anybody earns who follows that leg. Momentum: the
    fund's return above the benchmark's. Returns are of the whole account, after costs, not in
    excess of a bill: of a pair that pays for itself that is the convention. Alpha is Jensen's
    (1968), times 252; errors are Newey and West's (`reports.statistics.regression`).
    """
    proxies, missing = _proxies(asked)
    since = TREND_SESSIONS + 1
    returns = asked.returns[since:]
    moving = {name: line[since:] for name, line in proxies.items() if varies(line[since:])}
    if not moving or not varies(returns):
        return no_answer(
            "Q3", f"fewer than {since + 2} sessions, or nothing that moves, to regress on"
        )
    fit = hac_regression(returns, np.column_stack(list(moving.values())))
    if fit is None:
        return no_answer("Q3", "too few sessions for the regression, or proxies that are one")
    left = fit.alpha * SESSIONS_PER_YEAR
    return answer(
        "Q3",
        measured=f"{percent(left)} a year is left, t {fit.alpha_t:.1f}",
        sentence=_sentence(float(returns.mean()) * SESSIONS_PER_YEAR, list(moving), fit),
        numbers={
            "alpha_annual": left,
            "alpha_t": plain(fit.alpha_t),
            "mean_annual": float(returns.mean()) * SESSIONS_PER_YEAR,
            "betas": {name: float(beta) for name, beta in zip(moving, fit.betas, strict=True)},
            "betas_t": {name: plain(t) for name, t in zip(moving, fit.betas_t, strict=True)},
            "r_squared": fit.r_squared,
            "lags": fit.lags,
            "sessions": fit.n,
            "trend_sessions": TREND_SESSIONS,
        },
        not_checked=missing,
    )


def _proxies(asked: Asked) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Return the proxies' returns by name, shape (sessions,) each, and what could not be had."""
    result, pair = asked.result, asked.result.config.pair
    proxies: dict[str, Floats] = {}
    missing: list[str] = []
    benchmark = result.benchmark_returns
    market = None if benchmark is None else benchmark.to_numpy(dtype=np.float64)
    if market is None:
        missing.append("market: the configuration names no data.benchmark")
    else:
        proxies[str(result.config.data.benchmark)] = market
    closes = result.closes["long"].to_numpy(dtype=np.float64)
    proxies[f"the trend of {pair.long}"] = trend_returns(closes)
    fund = asked.closes.get(MOMENTUM, f"{MOMENTUM} is not among audit.context_symbols")
    if isinstance(fund, str):
        missing.append(f"momentum: {fund}")
    elif market is not None:
        proxies["momentum"] = simple_returns(fund[: len(closes)]) - market
    return proxies, (*missing, NO_INVESTMENT)


def simple_returns(closes: Floats) -> Floats:
    """Return simple returns, shape (n,); the first is 0."""
    return np.append(0.0, closes[1:] / closes[:-1] - 1.0)


def trend_returns(closes: Floats, sessions: int = TREND_SESSIONS) -> Floats:
    """Return what following a leg's own trend earns each session, shape (n,).

    ``sign(c[t-1] / c[t-1-w] - 1) * (c[t] / c[t-1] - 1)``; 0 up to t = w, where no trend is known.
    """
    earned = np.zeros(len(closes))
    before = np.sign(closes[sessions:-1] - closes[: -sessions - 1])
    earned[sessions + 1 :] = before * simple_returns(closes)[sessions + 1 :]
    return earned


def _sentence(mean: float, names: list[str], fit: Regression) -> str:
    explained = listed(
        [
            f"{n} (beta {round(float(b), 2) + 0.0:.2f})"
            for n, b in zip(names, fit.betas, strict=True)
        ]
    )
    left = fit.alpha * SESSIONS_PER_YEAR
    if fit.alpha_t >= ENOUGH_T:
        verdict = "more than chance and these explain"
    elif fit.alpha_t <= -ENOUGH_T:
        verdict = "a loss beyond chance"
    else:
        verdict = "no more than chance leaves"
    return (
        f"Over the {fit.n:,} sessions on which a trend is known it made {percent(mean)} a year "
        f"after costs; without {explained} {percent(left)} a year is left, t = {fit.alpha_t:.1f} "
        f"(Newey-West, {fit.lags} lags): {verdict}."
    )
