"""What a run is when it is one of several. Two names in, what its page says and links to out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A run's place in a comparison, whose page and script stand one folder up."""

    name: str
    comparison: str
