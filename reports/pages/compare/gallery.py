"""Pairs or windows side by side. Finished runs in, their numbers without any test out.

Nothing is compared: windows, pairs and prices differ, so that a higher figure proves no rule.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from configs.formats import listed
from engine.records.result import Result
from reports.audits.article.forward import forward_test, independent_entries, pair_history
from reports.audits.article.rarity import rarity
from reports.headline import percent
from reports.pages.compare.comparison import iso_dates, variant_numbers
from reports.pages.compare.view import (
    ComparisonView,
    Floats,
    PairReading,
    VariantNumbers,
)
from reports.pages.compare.worlds import placed

LOW_PERCENT = 5.0  # the percentile of its signal that the article printed


def gallery(results: Mapping[str, Result]) -> ComparisonView:
    """Return each run's numbers on the sessions of all, and what its signal reads today.

    Raises
    ------
    ValueError
        Fewer than two runs.
    """
    if len(results) < 2:
        raise ValueError(f"gallery: was {len(results)} runs; expected at least 2")
    own = {name: iso_dates(result.ledger["date"]) for name, result in results.items()}
    dates = tuple(sorted({day for each in own.values() for day in each}))
    first = next(iter(results.values()))
    places = placed([result.config for result in results.values()])
    variants = tuple(
        _on(dates, own[name], variant_numbers(name, result, first, len(own[name]), place))
        for (name, result), place in zip(results.items(), places, strict=True)
    )
    said = sentence(variants)
    return ComparisonView(
        names=tuple(results),
        long=first.config.pair.long,
        short=first.config.pair.short,
        benchmark=first.config.data.benchmark,
        start=dates[0],
        end=dates[-1],
        dates=dates,
        data_sha256=None,  # each run names its own
        synthetic=any(each.synthetic for each in results.values()),
        seed=0,  # nothing is drawn
        sentence=said,
        answer=said,
        verdict="side by side, nothing tested",
        variants=variants,
        pairs=(),
        frontiers=(),
        index_context=None,
        readings=tuple(_reading(name, result) for name, result in results.items()),
    )


def sentence(variants: Sequence[VariantNumbers]) -> str:
    """Return what each made, each over its own window; a benchmark alike for all is told once."""
    beside = [
        f"{each.benchmark} {percent(each.benchmark_return, 1)}"
        if each.benchmark_return is not None
        else ""
        for each in variants
    ]
    shared = beside[0] if len(set(beside)) == 1 else ""
    made = [
        f"{each.name} {percent(each.total_return, 1)}" + (f" ({own})" if own and not shared else "")
        for each, own in zip(variants, beside, strict=True)
    ]
    end = f"; {shared} in each window" if shared else ", each over its own window"
    return f"Side by side, nothing tested: after costs {listed(made)}{end}."


def _on(dates: Sequence[str], own: Sequence[str], variant: VariantNumbers) -> VariantNumbers:
    """Return a variant with its arrays on the sessions of all; NaN outside its own."""
    place = np.searchsorted(np.array(dates), np.array(own))

    def spread(values: Floats) -> Floats:
        wide = np.full(len(dates), np.nan)
        wide[place] = values
        return wide

    hedge = replace(
        variant.hedge, error=spread(variant.hedge.error), leg_drift=spread(variant.hedge.leg_drift)
    )
    return replace(
        variant, equity=spread(variant.equity), drawdown=spread(variant.drawdown), hedge=hedge
    )


def _reading(name: str, result: Result) -> PairReading:
    """Return what the article printed of its pair: where z stands, and what entries made since.

    The mean is of the pair's volatility-hedged log return, `reports.audits.article.forward`.
    """
    config, signals = result.config, result.signals
    if config.signal.kind != "correlation" or "z" not in signals:
        return PairReading(name=name, reason=f"signal {config.signal.kind} has no z")
    rare = rarity(signals["z"].to_numpy(dtype=np.float64), level=config.signal.enter_below)
    history = pair_history(result)
    counted = independent_entries(
        history.sessions, signals["entry"].to_numpy(dtype=bool), gap_days=config.audit.gap_days
    )
    horizon = max(config.audit.horizons)
    after = forward_test(history, counted, horizons=(horizon,)).horizons[horizon]
    ratio = history.vol_long[-1] / history.vol_short[-1] if history.vol_short[-1] > 0 else math.nan
    return PairReading(
        name=name,
        today=rare.today,
        share_at_or_below=rare.share_at_or_below,
        percentile_5=rare.percentiles.get(LOW_PERCENT),
        lowest=rare.lowest,
        share_at_or_below_level=rare.share_at_or_below_level,
        entries=len(counted),
        horizon_sessions=horizon,
        complete=after.complete,
        forward_mean=after.mean,
        win_rate=after.win_rate,
        vol_ratio=None if math.isnan(ratio) else float(ratio),
    )
