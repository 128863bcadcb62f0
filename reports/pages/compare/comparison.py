"""Variants side by side. Finished runs in, every number a comparison page shows out.

Computes; draws and writes nothing. Each number comes from a run's own ledger.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.formats import dotted
from engine.records.result import Result, resized
from reports.headline import COSTS
from reports.measures.benchmark import beta, run_benchmark
from reports.measures.frontier import Frontier, FrontierPoint, frontier
from reports.measures.hedge_error import HedgeError, hedge_error
from reports.measures.index_context import run_index_context
from reports.measures.paired_bootstrap import (
    CONFIDENCE,
    NOTHING,
    SESSIONS_PER_YEAR,
    Floats,
    PairedBootstrap,
    paired_bootstrap,
)
from reports.pages.compare.answer import answer
from reports.pages.compare.sentences import pair_sentence, verdict, view_sentence
from reports.pages.compare.view import ComparisonView, ConfigChange, Difference, VariantNumbers
from reports.pages.compare.worlds import Place, firsts, placed

__all__ = ["ComparisonView", "ConfigChange", "Difference", "VariantNumbers", "comparison"]

Held = npt.NDArray[np.bool_]

BASIS_POINTS = 1e4


def comparison(
    results: Mapping[str, Result], *, resamples: int = 999, seed: int = 20260630
) -> ComparisonView:
    """Return the variants' numbers, differences between rules at the same costs, and sentences.

    Parameters
    ----------
    results
        Two or more finished runs by name, on one market: same pair, same sessions. One that ended
        in ruin has fewer; it is continued with its last equity and returns of 0.
    resamples
        Of each paired bootstrap; p cannot be below ``1 / (resamples + 1)``.
    seed
        Every pair draws from its own generator of this seed: leaving a variant out changes no
        other pair.

    Raises
    ------
    ValueError
        Fewer than two runs, or runs that are not on one market.
    """
    names = tuple(results)
    _check_comparable(results)
    longest = max(results.values(), key=lambda result: len(result.ledger))
    dates = iso_dates(longest.ledger["date"])
    first = results[names[0]]
    places = placed([result.config for result in results.values()])
    variants = tuple(
        variant_numbers(name, result, first, len(dates), place)
        for (name, result), place in zip(results.items(), places, strict=True)
    )
    returns = {
        name: _padded(_column(result, "equity_return"), len(dates), 0.0)
        for name, result in results.items()
    }
    against = firsts(variants)
    held = [(each, against[each.world]) for each in variants if each is not against[each.world]]
    pairs = _corrected(
        held,
        [
            _difference(each, other, returns[each.name] - returns[other.name], resamples, seed)
            for each, other in held
        ],
    )
    config = longest.config
    return ComparisonView(
        names=names,
        long=config.pair.long,
        short=config.pair.short,
        benchmark=config.data.benchmark,
        start=dates[0],
        end=dates[-1],
        dates=dates,
        data_sha256=longest.manifest.get("data_sha256"),
        synthetic=longest.synthetic,
        seed=seed,
        sentence=view_sentence(variants, pairs),
        answer=answer(variants, pairs),
        verdict=verdict(variants, pairs),
        variants=variants,
        pairs=pairs,
        frontiers=_frontiers(variants),
        index_context=run_index_context(longest),
    )


def _check_comparable(results: Mapping[str, Result]) -> None:
    """Raise unless the runs share pair, benchmark and sessions; a ruined one may end early."""
    if len(results) < 2:
        raise ValueError(f"comparison: was {len(results)} runs; expected at least 2")
    longest = max(results.values(), key=lambda result: len(result.ledger))
    shared = (longest.config.pair, longest.config.data.benchmark)
    dates = longest.ledger["date"].to_numpy()
    for name, result in results.items():
        own = result.ledger["date"].to_numpy()
        is_whole = len(own) == len(dates) or result.ended is not None
        is_same = is_whole and np.array_equal(own, dates[: len(own)])
        if not is_same or (result.config.pair, result.config.data.benchmark) != shared:
            raise ValueError(
                f"comparison: {name} ran on {result.config.pair.long}/{result.config.pair.short}, "
                f"{len(own)} sessions; expected {shared[0].long}/{shared[0].short} and the same "
                f"{len(dates)} sessions as the others: give all variants one market"
            )


def variant_numbers(
    name: str, result: Result, first: Result, count: int, place: Place
) -> VariantNumbers:
    """Return one variant's numbers, its arrays continued to ``count`` sessions."""
    line: dict[str, Any] = result.headline
    ledger, pair, benchmark = result.ledger, result.config.pair, run_benchmark(result)
    years = len(ledger) / SESSIONS_PER_YEAR
    mean_equity = float(ledger["equity"].mean())
    costs = {kind: float(ledger[kind].sum()) for kind in COSTS}
    bps = {kind: _bps(usd, mean_equity, years) for kind, usd in costs.items()}
    equity = _column(result, "equity")
    drawdown = np.maximum(equity / np.maximum.accumulate(equity) - 1.0, -1.0)
    traded = resized(result.rebalances)["decided"]
    return VariantNumbers(
        name=name,
        config_sha256=result.config.digest(),
        changes=_changes(first, result),
        rule=place.rule,
        world=place.world,
        pair=f"{pair.long}/{pair.short}",
        start=str(line["start"]),
        end=str(line["end"]),
        sessions=len(ledger),
        benchmark=None if benchmark is None else benchmark.symbol,
        benchmark_return=None if benchmark is None else benchmark.total_return,
        total_return=line["total_return"],
        cagr=line["cagr"],
        volatility=line["volatility"],
        sharpe=line["sharpe"],
        max_drawdown=line["max_drawdown"],
        turnover=line["turnover"],
        time_in_market=line["time_in_market"],
        trades_closed=line["trades_closed"],
        entries=line["entries"],
        fills=len(result.fills),
        rebalances=len(traded),
        costs_usd=costs,
        costs_bps_year=bps,
        cost_usd=math.fsum(costs.values()),
        cost_usd_year=math.fsum(costs.values()) / years,
        cost_bps_year=math.fsum(bps.values()),
        gross_held=_held_mean(ledger, "gross"),
        net_held=_held_mean(ledger, "net"),
        beta=_beta(result, np.ones(len(ledger), dtype=bool)),
        beta_held=_beta(result, _was_held(ledger)),
        hedge=_padded_hedge(hedge_error(result), count),
        rebalance_dates=iso_dates(traded),
        equity=_padded(equity, count, float(equity[-1])),
        drawdown=_padded(drawdown, count, float(drawdown[-1])),
        ended=result.ended,
    )


def _difference(
    variant: VariantNumbers,
    against: VariantNumbers,
    differences: Floats,
    resamples: int,
    seed: int,
) -> Difference:
    """Return one pair; the first session, which nothing precedes, is not part of the sample."""
    sample = differences[1:]
    tested = paired_bootstrap(sample, rng=np.random.default_rng(seed), resamples=resamples)
    mean = float(sample.mean()) if len(sample) else 0.0
    return Difference(
        variant=variant.name,
        against=against.name,
        mean_daily=mean,
        annualised=mean * SESSIONS_PER_YEAR,
        low=tested.low,
        high=tested.high,
        p_value=tested.p_value,
        p_holm=tested.p_value,
        is_distinguishable=tested.is_distinguishable,
        sessions=len(sample),
        sessions_differing=int((np.abs(sample) > NOTHING).sum()),
        block_sessions=tested.block_sessions,
        resamples=resamples,
        cumulative=np.cumsum(differences),
        **_bands(tested),
        cost_usd=variant.cost_usd - against.cost_usd,
        cost_bps_year=variant.cost_bps_year - against.cost_bps_year,
        hedge_error=_hedge_change(variant.hedge, against.hedge),
        sentence="",
    )


def _corrected(
    held: Sequence[tuple[VariantNumbers, VariantNumbers]], pairs: Sequence[Difference]
) -> tuple[Difference, ...]:
    """Return the pairs with Holm's p values, and the sentences that tell them."""
    corrected = iter(_holm([pair.p_value for pair in pairs if pair.p_value is not None]))
    said = []
    for (variant, against), pair in zip(held, pairs, strict=True):
        if pair.p_value is not None:
            p_holm = next(corrected)
            is_distinguishable = pair.is_distinguishable and p_holm <= 1.0 - CONFIDENCE
            pair = replace(pair, p_holm=p_holm, is_distinguishable=is_distinguishable)
        said.append(replace(pair, sentence=pair_sentence(variant, against, pair)))
    return tuple(said)


def _holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's (1979) corrected p values, in their order."""
    if len(p_values) < 2:
        return list(p_values)
    from statsmodels.stats.multitest import multipletests  # a second that two variants do not pay

    return [float(p) for p in multipletests(p_values, method="holm")[1]]


def _bands(tested: PairedBootstrap) -> dict[str, Floats | None]:
    """Return both edges of the band, starting from the first session's zero."""
    edges = {"band_low": tested.band_low, "band_high": tested.band_high}
    return {
        name: None if edge is None else np.concatenate([[0.0], edge])
        for name, edge in edges.items()
    }


def _hedge_change(here: HedgeError, there: HedgeError) -> float | None:
    if here.median is None or there.median is None or here.share != there.share:
        return None
    return here.median - there.median


def _frontiers(variants: Sequence[VariantNumbers]) -> tuple[Frontier, ...]:
    """Return one for each world of more than two variants: another's prices are no trade-off."""
    shares = {each.hedge.share for each in variants if each.hedge.median is not None}
    if len(shares) > 1:  # of two kinds, which do not compare
        return ()
    worlds = [
        [each for each in variants if each.world == world]
        for world in sorted({each.world for each in variants})
    ]
    return tuple(frontier([_point(each) for each in own]) for own in worlds if len(own) > 2)


def _point(variant: VariantNumbers) -> FrontierPoint:
    return FrontierPoint(
        name=variant.name,
        turnover=variant.turnover,
        hedge_error=variant.hedge.median,
        cost_usd_year=variant.cost_usd_year,
        cost_bps_year=variant.cost_bps_year,
    )


def _bps(usd: float, mean_equity: float, years: float) -> float:
    """Return dollars as basis points of mean equity a year."""
    return usd / mean_equity / years * BASIS_POINTS


def _held_mean(ledger: pd.DataFrame, exposure: str) -> float | None:
    """Return the mean of an exposure over equity, at the closes at which the pair was held."""
    held = ledger[(ledger["gross"] > 0.0) & (ledger["equity"] > 0.0)]
    return None if held.empty else float((held[exposure] / held["equity"]).mean())


def _was_held(ledger: pd.DataFrame) -> Held:
    """Return the sessions in which the pair was held at the open, at the close, or both."""
    held: Held = ledger["gross"].to_numpy() > 0.0
    held[1:] |= held[:-1].copy()
    return held


def _beta(result: Result, chosen: Held) -> float | None:
    """Return the slope on the benchmark's returns over the chosen sessions; None without one."""
    if result.benchmark_returns is None:
        return None
    benchmark = result.benchmark_returns.to_numpy(dtype=np.float64)
    return beta(_column(result, "equity_return"), benchmark, chosen)


def _changes(first: Result, here: Result) -> tuple[ConfigChange, ...]:
    """Return the dotted keys on which two configurations differ, in order; names aside."""
    before, after = dotted(first.config.of_the_run()), dotted(here.config.of_the_run())
    keys = sorted({*before, *after} - {"name"})
    return tuple(
        ConfigChange(key=key, first=before.get(key), here=after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _padded(values: Floats, count: int, fill: float) -> Floats:
    return np.concatenate([values, np.full(count - len(values), fill)])


def _padded_hedge(hedge: HedgeError, count: int) -> HedgeError:
    return replace(
        hedge,
        error=_padded(hedge.error, count, np.nan),
        leg_drift=_padded(hedge.leg_drift, count, np.nan),
    )


def _column(result: Result, name: str) -> Floats:
    return result.ledger[name].to_numpy(dtype=np.float64)


def iso_dates(dates: pd.Series) -> tuple[str, ...]:
    """Return dates as text."""
    return tuple(f"{day:%Y-%m-%d}" for day in dates)
