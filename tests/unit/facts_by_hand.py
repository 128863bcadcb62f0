"""Facts written by hand. Days and millions in, facts of one company out."""

import datetime as dt

from feeds.filings.reports import Fact

MILLION = 1_000_000


def day(text):
    return dt.date.fromisoformat(text)


def fact_of(
    start, end, millions, filed, form="10-Q", *, tag="Tag", accession=None, concept="capex",
    company="XYZ",
):  # fmt: skip
    """One fact; its accession number is its filing day unless given."""
    return Fact(
        company=company,
        concept=concept,
        start=day(start),
        end=day(end),
        value=float(millions * MILLION),
        filed=day(filed),
        form=form,
        accession=filed if accession is None else accession,
        tag=tag,
    )


def millions(quarters):
    """Each quarter's end and its value in millions."""
    return {str(quarter.end): quarter.value / MILLION for quarter in quarters}
