"""The SEC's companyfacts written by hand. Tags and entries in, a document as served out."""

MILLION = 1_000_000


def entry(start, end, millions, filed, form="10-Q", *, accession=None, **other):
    """One entry of a tag; its accession number is its filing day unless given.

    ``fy`` and ``fp`` describe the filing, and are wrong here for whoever would read them.
    """
    return {
        "start": start,
        "end": end,
        "val": millions * MILLION,
        "accn": filed if accession is None else accession,
        "fy": 1999,
        "fp": "Q1",
        "form": form,
        "filed": filed,
    } | other


def document(tags, *, cik=789019, unit="USD"):
    """A companyfacts document holding the entries of some tags."""
    facts = {tag: {"label": tag, "units": {unit: entries}} for tag, entries in tags.items()}
    return {"cik": cik, "entityName": "Somebody Inc.", "facts": {"us-gaap": facts}}
