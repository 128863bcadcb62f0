"""The article's three tests on a run. What an audit starts from in, sections of a document out."""

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from configs.claims import PublishedFigure
from configs.schema import RunConfig
from engine.records.result import Result, resized
from reports.audits.article.book_figures import book_figures
from reports.audits.article.claim_figures import claim_figures
from reports.audits.article.execution import option_tax
from reports.audits.article.forecasts import conditions, forecasts
from reports.audits.article.forward import (
    ForwardTest,
    Horizon,
    PairHistory,
    forward_test,
    independent_entries,
    pair_history,
)
from reports.audits.article.published import (
    CapexYear,
    Claim,
    Comparison,
    Figures,
    capex_figures,
    compared,
    day_number,
    forward_figures,
    growth_figures,
    merged,
    month_number,
    rarity_figures,
    refuted_by,
    stability_figures,
)
from reports.audits.article.rarity import Rarity, rarity
from reports.audits.article.relation_figures import relation_figures
from reports.audits.article.stability import stability
from reports.audits.article.thesis_ledger import thesis_ledger
from reports.audits.inputs import AuditInputs, Optioned
from reports.statistics.deaveraging import k_star_odds
from reports.statistics.inference import holm
from reports.statistics.power import measure_power

SESSIONS_A_YEAR = 252
BASIS_POINTS = 10_000.0
GENUINE_EDGE = 0.5  # sds: the effect a k* is held against, medium by Cohen's convention
ODDS_DRAWS = 100_000  # standard error of a chance of one half: 0.16 points

Section = dict[str, Any]


def article_tests(inputs: AuditInputs) -> Section:
    """Return the sections of the three tests, of what was published, and of what was promised."""
    config, base = inputs.base.config, inputs.base
    history = pair_history(base)
    triggered = base.signals["entry"].to_numpy(dtype=bool)
    entries = independent_entries(history.sessions, triggered, gap_days=config.audit.gap_days)
    forward = forward_test(history, entries, horizons=config.audit.horizons)
    forward = _with_odds(forward, config.audit.seed)
    steady = stability(history.vol_long, history.vol_short)
    own = _rarity(base)
    claimed = [each.name for each in config.audit.published]
    asked = [each.figure for each in config.audit.published if each.figure is not None]
    figures = merged(
        *(() if isinstance(own, str) else (rarity_figures(own),)),
        forward_figures(forward),
        stability_figures(steady),
        _growth(inputs, history),
        book_figures(base, inputs.subject.market, claimed),
        relation_figures(inputs.closes, claimed),
        _capex(base),
        claim_figures(asked, inputs.hand),
    )
    return {
        "rarity": {
            "own": _or_reason(own),
            "pairs": {name: _pair(run) for name, run in inputs.pairs.items()},
        },
        "forward": {
            "gap_days": config.audit.gap_days,
            "test": forward,
            "power": {
                horizon: _power(horizon_test) for horizon, horizon_test in forward.horizons.items()
            },
            "holm": _holm(forward),
        },
        "stability": {
            "drift": steady,
            "rebalancing": {kind: _rebalancing(run) for kind, run in inputs.rebalancing.items()},
        },
        "published": _published(config.audit.published, figures),
        "published_on": config.audit.published_on,
        "publication_doubt": publication_doubt(config.audit.published_on, history.sessions),
        "lacking": figures.why,
        "forecasts": forecasts(config.audit, inputs.hand),
        "conditions": conditions(config.audit, inputs.hand),
        "execution": {name: _option_tax(each) for name, each in inputs.optioned.items()},
        "thesis_ledger": thesis_ledger(config.audit.thesis_ledger, inputs.hand),
        "figures": figures.values,
    }


def publication_doubt(day: dt.date | None, sessions: npt.NDArray[np.datetime64]) -> str | None:
    """Return why a day of publication parts nothing: it lies outside the run's sessions."""
    first, last = sessions[0].item(), sessions[-1].item()
    if day is None or first <= day <= last:
        return None
    if day < first:
        return (
            f"audit.published_on is {day}, before the first session ({first}): all of the run came "
            "after it, so nothing is told apart"
        )
    return (
        f"audit.published_on is {day}, after the last session ({last}): nothing of the run came "
        "after it, so nothing is told apart"
    )


def _option_tax(each: Optioned | str) -> Section:
    if isinstance(each, str):
        return {"reason": each}
    return option_tax(each.asked, each.run, each.market)


def _level(config: RunConfig) -> float:
    assert config.signal.kind == "correlation"
    return config.signal.enter_below


def _rarity(run: Result) -> Rarity | str:
    """Return where the last z of a run stands, or why there is none."""
    if run.config.signal.kind != "correlation":
        return f"signal kind {run.config.signal.kind} has no z of a correlation"
    if "z" not in run.signals:
        return "the strategy has no line z"
    z = run.signals["z"].to_numpy(dtype=np.float64)
    rare = run.config.audit.rare_at_most
    return rarity(z, level=_level(run.config), rare_at_most=rare)


def _pair(run: Result | str) -> Section:
    if isinstance(run, str):
        return {"reason": run}
    dates = run.ledger["date"]
    window = {"start": f"{dates.iloc[0]:%Y-%m-%d}", "end": f"{dates.iloc[-1]:%Y-%m-%d}"}
    return _or_reason(_rarity(run)) | window


def _or_reason(rare: Rarity | str) -> Section:
    return {"reason": rare} if isinstance(rare, str) else {"measured": rare}


def _with_odds(forward: ForwardTest, seed: int) -> ForwardTest:
    """Return the test with the chance of each horizon's k* under a genuine edge."""
    horizons = {
        sessions: replace(horizon, de_averaged=replace(horizon.de_averaged, k_star_chance=chance))
        for sessions, horizon in forward.horizons.items()
        for chance in [_chance(horizon, seed)]
    }
    return replace(forward, horizons=horizons)


def _chance(horizon: Horizon, seed: int) -> float | None:
    """Return how likely so small a k* is if the edge were genuine and the total positive."""
    star = horizon.de_averaged.k_star
    if not star or horizon.complete < 2:
        return None
    rng = np.random.default_rng(seed)
    odds = k_star_odds(
        star, clusters=horizon.complete, effect_size=GENUINE_EDGE, draws=ODDS_DRAWS, rng=rng
    )
    return odds.probability


def _holm(forward: ForwardTest) -> dict[int, float | None]:
    """Return each horizon's p, adjusted for there being several; None where it has none."""
    known = {
        sessions: horizon.p_value
        for sessions, horizon in forward.horizons.items()
        if horizon.p_value is not None
    }
    adjusted = dict(zip(known, holm(list(known.values())).tolist(), strict=True))
    return {sessions: adjusted.get(sessions) for sessions in forward.horizons}


def _power(horizon: Horizon) -> Section:
    if horizon.mean is None or not horizon.sd or horizon.complete < 2:
        return {"reason": f"{horizon.complete} complete entries have no spread to measure"}
    return {"measured": measure_power(abs(horizon.mean) / horizon.sd, horizon.complete)}


def _rebalancing(run: Result | str) -> Section:
    """Return what one rhythm of rebalancing costs, a year."""
    if isinstance(run, str):
        return {"reason": run}
    years = len(run.ledger) / SESSIONS_A_YEAR
    cost = float(run.rebalances["cost"].sum())
    equity = float(run.ledger["equity"].mean())
    drift = run.rebalances["drift"].replace([math.inf], math.nan).dropna()
    return {
        "rebalances": len(resized(run.rebalances)),
        "cost_usd": cost,
        "cost_bps_year": cost / years / equity * BASIS_POINTS,
        "drift_median": float(drift.median()) if len(drift) else None,
        "net_pnl": run.headline["net_pnl"],
    }


def _growth(inputs: AuditInputs, history: PairHistory) -> Figures:
    """Return the year's and the session's figures of every symbol that could be had."""
    config = inputs.base.config
    closes: dict[str, npt.NDArray[np.float64]] = {}
    reasons: dict[str, str] = {}
    for symbol, line in inputs.closes.items():
        if isinstance(line, str):
            reasons |= {f"ytd_{symbol}_percent": line, f"session_{symbol}_percent": line}
        else:
            closes[symbol] = line[: len(history.sessions)]
    as_of = config.audit.context_as_of or history.sessions[-1].item()
    growth = growth_figures(
        history.sessions,
        closes,
        long=config.pair.long,
        short=config.pair.short,
        as_of=as_of.isoformat(),
    )
    return merged(growth, Figures(values={}, reasons=reasons))


def _capex(base: Result) -> Figures:
    if base.filings is None:
        return Figures(values={}, reasons={})
    rows = base.filings.capex_table.to_dict("records")
    return capex_figures(
        [
            CapexYear(
                company=str(row["company"]),
                before_usd=float(row["year_ago"]),
                after_usd=float(row["capex"]),
            )
            for row in rows
        ]
    )


def _published(claims: tuple[PublishedFigure, ...], figures: Figures) -> list[Section]:
    rows = compared(
        [_claim(each) for each in claims], figures.values, figures.reasons, figures.needs
    )
    return [_row(claim, each) for claim, each in zip(claims, rows, strict=True)]


def _claim(figure: PublishedFigure) -> Claim:
    """Return a configured claim; a date becomes the number its unit counts."""
    if figure.unit in ("date", "month"):
        number = day_number if figure.unit == "date" else month_number
        published, digits = number(str(figure.published)), 0
        return Claim(
            key=figure.name,
            label=figure.label,
            published=published,
            unit=figure.unit,
            digits=digits,
        )
    assert isinstance(figure.published, float)  # the schema's own rule
    return Claim(
        key=figure.name,
        label=figure.label,
        published=figure.published,
        unit=figure.printed_in,
        digits=figure.digits,
        tolerance=figure.tolerance,
        bound=figure.bound,
    )


def _row(claim: PublishedFigure, row: Comparison) -> Section:
    return {
        "key": claim.name,
        "label": claim.label,
        "unit": claim.printed_in,
        "digits": claim.digits,
        "bound": claim.bound,
        "refuted_by": claim.refuted_by or refuted_by(row.claim),
        "published": row.claim.published,
        "computed": row.computed,
        "difference": row.difference,
        "allowed": row.claim.allowed,
        "outcome": row.outcome,
        "reason": row.reason,
    }
