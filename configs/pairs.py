"""A search over pairs. Symbols in, the axis of a grid whose every value is a pair out.

What a configuration says of its own legs by name follows the pair: which leg is ``y``, whose moves
are confirmed. A benchmark that is a leg is none.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from configs.axes import Axis
from configs.data import PairConfig
from configs.schema import RunConfig
from configs.spread import SpreadSignal

KEY = "pair"


def pair_axis(pairs: Sequence[tuple[str, str]], place: str) -> Axis:
    """Return the axis of pairs, long leg first, written like SMH/IGV."""
    return Axis(
        path=(KEY,),
        values=tuple({"long": long, "short": short} for long, short in pairs),
        labels=tuple(f"{long}/{short}" for long, short in pairs),
        place=place,
    )


def follows_its_legs(config: RunConfig) -> str | None:
    """Return the key by which a rule reads what only its own two legs have; None where none does.

    Company reports and announcements are of named companies: other symbols have none, or others.
    """
    other = config.model_copy(update={"pair": PairConfig(long="AAAAA", short="ZZZZZ")})
    if other.reports_needed != config.reports_needed:
        return "the company reports of its legs"
    flat = config.exits.flat_over
    if flat is not None and flat.earnings is not None and not flat.symbols:
        return "exits.flat_over.earnings, the announcements of its legs"
    return None


def at_pair(base: RunConfig, sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of a run of another pair, with what names legs in them.

    Parameters
    ----------
    base
        The configuration that names its own pair.
    sections
        Of the run; its ``pair`` is the other one.
    """
    pair, made = sections[KEY], dict(sections)
    data, signal = sections["data"], sections["signal"]
    known = {symbol: days for symbol, days in data.confirm.items() if symbol in pair.legs}
    benchmark = None if data.benchmark in pair.legs else data.benchmark
    if (known, benchmark) != (data.confirm, data.benchmark):
        made["data"] = data.model_copy(update={"confirm": known, "benchmark": benchmark})
    if isinstance(signal, SpreadSignal) and signal.y is not None:
        is_long = signal.y == base.pair.long
        made["signal"] = signal.model_copy(update={"y": pair.long if is_long else pair.short})
    return made


def overrides_beside(base: RunConfig, pair: PairConfig) -> list[str]:
    """Return the ``--set`` arguments that a run of another pair needs beside the pair itself."""
    made, overrides = at_pair(base, {**dict(base), KEY: pair}), []
    if made["data"].confirm != base.data.confirm:
        days = {name: [str(day) for day in each] for name, each in made["data"].confirm.items()}
        overrides.append(f"data.confirm={json.dumps(days)}")
    if made["data"].benchmark != base.data.benchmark:
        overrides.append("data.benchmark=null")
    if made["signal"] != base.signal:
        overrides.append(f"signal.y={made['signal'].y}")
    return overrides
