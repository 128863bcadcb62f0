"""Q3: alpha or beta? Net session returns in, what market and factors leave of them out."""

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from reports.audits.evidence.rating import Block, plain
from reports.audits.questions.factors import Proxy, proxies
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import listed, percent
from reports.statistics.regression import Regression, hac_regression
from reports.statistics.sample import varies

ENOUGH_T = 1.96  # two-sided 5 % of a normal law


def alpha_or_beta(asked: Asked) -> Block:
    """Return Q3: ``r = alpha + sum(b_k f_k) + e``, alpha a year.

    The f are the market, the long leg's own trend, momentum and investment
    (`reports.audits.questions.factors`), on the sessions on which each of them is known. Returns
    are of the whole account, after costs, not in excess of a bill: of a pair that pays for itself
    that is the convention. Alpha is Jensen's (1968), times 252; errors are Newey and West's
    (`reports.statistics.regression`).
    """
    found, missing = proxies(asked)
    since = max((each.since for each in found), default=0)
    returns = asked.returns[since:]
    if not found or not varies(returns):
        return no_answer("Q3", "too few sessions, or nothing that moves, to regress on", missing)
    fit = hac_regression(returns, np.column_stack([each.earned[since:] for each in found]))
    if fit is None:
        return no_answer("Q3", "too few sessions for the regression, or no error is left", missing)
    left, mean = fit.alpha * SESSIONS_PER_YEAR, float(returns.mean()) * SESSIONS_PER_YEAR
    names = [each.name for each in found]
    return answer(
        "Q3",
        measured=f"{percent(left)} of {percent(mean)} a year is left, t {fit.alpha_t:.1f}",
        sentence=_sentence(mean, found, fit),
        numbers={
            "alpha_annual": left,
            "alpha_t": plain(fit.alpha_t),
            "mean_annual": mean,
            "betas": {name: float(beta) for name, beta in zip(names, fit.betas, strict=True)},
            "betas_t": {name: plain(t) for name, t in zip(names, fit.betas_t, strict=True)},
            "made_of": {each.name: each.made_of for each in found},
            "r_squared": fit.r_squared,
            "lags": fit.lags,
            "sessions": fit.n,
        },
        not_checked=missing,
    )


def _sentence(mean: float, found: list[Proxy], fit: Regression) -> str:
    explained = listed(
        [
            f"{each.name} (beta {round(float(b), 2) + 0.0:.2f})"
            for each, b in zip(found, fit.betas, strict=True)
        ]
    )
    left = fit.alpha * SESSIONS_PER_YEAR
    if fit.alpha_t >= ENOUGH_T:
        verdict = "more than chance and these explain"
    elif fit.alpha_t <= -ENOUGH_T:
        verdict = "a loss beyond chance"
    else:
        verdict = "no more than chance leaves"
    told = "".join(
        f" {each.name.capitalize()} is {each.made_of}."
        for each in found
        if each.name in ("momentum", "investment")
    )
    return (
        f"Over the {fit.n:,} sessions on which all of them are known it made {percent(mean)} a "
        f"year after costs; without {explained} {percent(left)} a year is left, t = "
        f"{fit.alpha_t:.1f} (Newey-West, {fit.lags} lags): {verdict}.{told}"
    )
