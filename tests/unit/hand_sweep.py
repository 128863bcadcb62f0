"""Searches made by hand. A base and a grid in, a `Sweep` out, through no file."""

from configs.axes import axes_of
from configs.load import Document
from configs.schema import RunConfig
from configs.strict_yaml import parse_value
from configs.sweep import Sweep, SweepFile


def hand_sweep(config: RunConfig, grid, **asked) -> Sweep:
    """The configuration as base; a grid of dictionaries, or YAML."""
    axes = parse_value(grid, "hand", {}) if isinstance(grid, str) else grid
    return Sweep(
        asked=SweepFile(name="hand", base="hand.yaml", grid=axes, **asked),
        base=Document(values=config.model_dump(), places={}),
        config=config,
        axes=axes_of(axes, {}),
        origin="hand.yaml",
    )
