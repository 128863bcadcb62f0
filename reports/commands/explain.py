"""``run.py explain``: what a configuration will do, in sentences, every default marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.choices import choices
from configs.compare import configurations
from configs.load import requested
from configs.sentence import sentence

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from configs.load import Document
    from configs.schema import RunConfig
    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Say what will happen, without reading a price."""
    document = requested(options.config, options.set)
    if "grid" in document.values:
        return 0, _search(options)
    configs = configurations(options.config, options.set)
    lines: list[str] = []
    for name, config in configs.items():
        lines += [f"{name}:", *(f"  {clause}" for clause in sentence(config).split("; "))]
        if len(configs) == 1:
            lines += ["", *_keys(config, document)]
    return 0, lines


def _keys(config: RunConfig, document: Document) -> Iterator[str]:
    rows = choices(config, document.values, document.places)
    wide, long = (max(len(row[place]) for row in rows) for place in (0, 1))
    for key, value, origin in rows:
        yield f"  {key:<{wide}}  {value:<{min(long, 40)}}  {origin}"


def _search(options: argparse.Namespace) -> list[str]:
    from configs.sweep import load_sweep

    sweep = load_sweep(options.config, options.set)
    axes = [f"  {axis.key}: {', '.join(map(str, axis.labels))}" for axis in sweep.axes]
    cells = 1
    for axis in sweep.axes:
        cells *= len(axis.labels)
    base = [f"  {clause}" for clause in sentence(sweep.config).split("; ")]
    return [f"{sweep.asked.name}: {cells:,} cells of", *axes, "around", *base]
