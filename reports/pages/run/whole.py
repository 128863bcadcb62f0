"""What a run is part of, where it is not alone. Names in, what its page says and links to out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A comparison or a search, whose page stands one folder above the run's.

    part
        What the run is of it: ``Variant weekly``, ``Best cell``.
    noun, name
        ``comparison`` or ``search``, and how it is called.
    page, shelf, script
        Addresses from the run's page: of the whole's page, of its row on a shelf (None on none)
        and of the charts' script, which all its pages share.
    """

    part: str
    noun: str
    name: str
    page: str
    shelf: str | None
    script: str
