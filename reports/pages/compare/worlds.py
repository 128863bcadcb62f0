"""Rules and costs apart. Configurations in, which share their rules and which their costs out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from configs.formats import dotted
from configs.schema import RunConfig
from reports.headline import shown
from reports.pages.compare.view import VariantNumbers

COSTS = "costs"  # the section that makes a world; everything else makes a rule
NO_KEY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a variant stands in the grid of rules and costs; each counted from 0 as they come."""

    rule: int
    world: int


def placed(configs: Sequence[RunConfig]) -> tuple[Place, ...]:
    """Return the place of each configuration: the same rules, the same row; the same costs, column.

    Names count for neither. Two that share both are one configuration.
    """
    whole = [config.of_the_run() for config in configs]
    rules = [
        _text({key: each[key] for key in each if key not in (COSTS, "name")}) for each in whole
    ]
    worlds = [_text(each[COSTS]) for each in whole]
    rows, columns = list(dict.fromkeys(rules)), list(dict.fromkeys(worlds))
    return tuple(
        Place(rule=rows.index(rule), world=columns.index(world))
        for rule, world in zip(rules, worlds, strict=True)
    )


def firsts(variants: Sequence[VariantNumbers]) -> dict[int, VariantNumbers]:
    """Return the first variant of each world, by its number: what others are held against."""
    found: dict[int, VariantNumbers] = {}
    for each in variants:
        found.setdefault(each.world, each)
    return found


def grid_table(variants: Sequence[VariantNumbers], sessions: int) -> dict[str, Any] | None:
    """Return rules by costs for a template; None where all variants pay the same prices.

    A row is named by the first variant with its rules, a column by the first with its costs.
    """
    columns = list(firsts(variants).values())
    if len(columns) < 2:
        return None
    rows: dict[int, dict[int, VariantNumbers]] = {}
    for each in variants:
        rows.setdefault(each.rule, {})[each.world] = each
    return {
        "columns": [(each.name, _prices(each)) for each in columns],
        "rows": [
            (
                next(iter(row.values())).name,
                [_cell(row.get(each.world), sessions) for each in columns],
            )
            for row in rows.values()
        ],
    }


def setting(value: object) -> str:
    """Return the value of a key as a table shows it."""
    if value is None:
        return NO_KEY
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _prices(variant: VariantNumbers) -> str:
    """Return where a variant's costs differ from the first one's."""
    keys = [each for each in variant.changes if each.key.startswith(f"{COSTS}.")]
    return (
        ", ".join(f"{each.key.removeprefix(f'{COSTS}.')} {setting(each.here)}" for each in keys)
        or "as configured"
    )


def _cell(variant: VariantNumbers | None, sessions: int) -> tuple[str, str]:
    if variant is None:
        return "", ""
    made = shown("total_return", variant.total_return, sessions)
    return made, f"{variant.cost_bps_year:.1f} bps a year"


def _text(values: Mapping[str, object]) -> str:
    return json.dumps(dotted(values), sort_keys=True)
