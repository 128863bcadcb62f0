"""What a configuration says that is allowed, and unusual or without effect.

A configuration in, one remark per oddity out; the engine makes findings of them. Refusing is the
schema's: here is what somebody may mean.
"""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from configs.fields import PerSymbol, Unit
from configs.schema import RunConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark: which check, about which symbol or pair, in words."""

    check: str
    symbol: str
    text: str


def remarks(config: RunConfig) -> tuple[Remark, ...]:
    """Return every remark on what makes the run, sorted within each check."""
    return (
        *_unusual_values(config),
        *_costs_of_no_leg(config),
        *_unread_companies(config),
        *_without_exit(config),
    )


def _pair(config: RunConfig) -> str:
    return f"{config.pair.long}/{config.pair.short}"


def _unusual_values(config: RunConfig) -> Iterator[Remark]:
    """Yield the numbers that their unit finds unusual."""
    for name in type(config).model_fields:
        section = getattr(config, name)
        if name != "audit" and isinstance(section, BaseModel):
            for key, text in _remarks(section, name):
                yield Remark(check="unusual_value", symbol=_pair(config), text=f"{key} {text}")


def _remarks(model: BaseModel, path: str) -> Iterator[tuple[str, str]]:
    """Yield key and remark of each number in a section, sections within it included."""
    hints = typing.get_type_hints(type(model), include_extras=True)
    values = {name: (getattr(model, name), hints[name]) for name in type(model).model_fields}
    if isinstance(model, PerSymbol):
        values |= {
            name: (value, hints["__pydantic_extra__"]) for name, value in model.by_symbol.items()
        }
    for name, (value, hint) in values.items():
        key = f"{path}.{name}"
        for number, item in enumerate(value if isinstance(value, tuple) else (value,)):
            at = f"{key}.{number}" if isinstance(value, tuple) else key
            if isinstance(item, BaseModel):
                yield from _remarks(item, at)
            elif isinstance(item, int | float):
                remarks = (unit.remark(item) for unit in units(hint))
                yield from ((at, text) for text in remarks if text is not None)


def units(hint: Any) -> Iterator[Unit]:
    """Yield the units anywhere in an annotation."""
    yield from (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Unit))
    for part in typing.get_args(hint):
        yield from units(part)


def _costs_of_no_leg(config: RunConfig) -> Iterator[Remark]:
    """Yield each cost given for a symbol that is no leg."""
    borrow = config.costs.borrow
    named = [("spread", symbol) for symbol in config.costs.spread.by_symbol]
    named += [("borrow", symbol) for symbol in borrow.by_symbol]
    named += [("borrow.series", symbol) for symbol in borrow.series]
    named += [("borrow.hard_to_borrow", each.symbol) for each in borrow.hard_to_borrow]
    for section, symbol in sorted(set(named)):
        if symbol not in (config.pair.long, config.pair.short):
            text = f"costs.{section}.{symbol} is set, but {symbol} is no leg of {_pair(config)}"
            yield Remark(check="unused_cost", symbol=symbol, text=f"{text}: unused")


def _unread_companies(config: RunConfig) -> Iterator[Remark]:
    """Yield each company with an SEC number whose reports nothing reads."""
    named = {} if config.fundamentals is None else config.fundamentals.cik
    pair = config.pair
    read = {pair.long, pair.short, *config.spenders, *config.reports_needed}
    for company in sorted(set(named) - read):
        text = f"fundamentals.cik.{company} is set, but no rule reads reports of {company}: unused"
        yield Remark(check="unused_cik", symbol=company, text=text)


def _without_exit(config: RunConfig) -> Iterator[Remark]:
    """Yield the remark on a triggered trade that nothing ends; without a trigger it is meant."""
    exits = config.exits
    is_ended = any(getattr(exits, name) is not None for name in type(exits).model_fields)
    if config.signal.kind not in ("always", "spread") and not is_ended:
        yield Remark(
            check="no_exit",
            symbol=_pair(config),
            text=f"exits has no rule, so a trade of signal kind {config.signal.kind} is never "
            "left: it is held to the end of the data (set one, like exits.holding_sessions)",
        )
