"""The numbers companies file under. A ticker in, its SEC number (CIK) out; two may share one."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from configs.errors import ConfigError
from configs.load import read
from configs.schema import RunConfig
from feeds.source import Finding

_SHIPPED = Path(__file__).with_name("ciks.yaml")


def cik_of(company: str, given: Mapping[str, int]) -> int | None:
    """Return the number a company files under, None where nobody knows it.

    Parameters
    ----------
    given
        Numbers by ticker, before those shipped (``feeds/ciks.yaml``).
    """
    return given.get(company, _shipped().get(company))


def check_companies(config: RunConfig) -> None:
    """Refuse a configuration that would count one company as two.

    Raises
    ------
    ConfigError
        Two spenders, or the two legs of a run that reads company reports, share an SEC number.
    """
    if config.fundamentals is None:
        return
    given, pair = config.fundamentals.cik, config.pair
    for first, second, cik in _shared(config.spenders, given):
        raise ConfigError(
            f"signal.spenders was {list(config.spenders)}; expected each company once: {first} and "
            f"{second} file under one SEC number ({cik}); name one of the two (or correct "
            "fundamentals.cik)"
        )
    for first, second, cik in _shared((pair.long, pair.short), given):
        raise ConfigError(
            f"pair.short was {second}; expected another company than pair.long ({first}), which "
            f"files under the same SEC number ({cik}): one report would speak for both legs (leave "
            "out fundamentals to trade two classes of a share, or correct fundamentals.cik)"
        )


def company_findings(config: RunConfig) -> tuple[Finding, ...]:
    """Report legs that are two classes of one company's shares."""
    given = {} if config.fundamentals is None else config.fundamentals.cik
    return tuple(
        Finding(
            check="one_company",
            symbol=f"{first}/{second}",
            dates=(),
            severity="info",
            text=f"{first} and {second} file under one SEC number ({cik}): the legs are two "
            "classes of one company's shares",
        )
        for first, second, cik in _shared((config.pair.long, config.pair.short), given)
    )


def _shared(companies: Sequence[str], given: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """Yield every two of the companies that share a number, and the number."""
    for first, second in combinations(companies, 2):
        cik = cik_of(first, given)
        if cik is not None and cik == cik_of(second, given):
            yield first, second, cik


@functools.cache
def _shipped() -> dict[str, int]:
    """Return the numbers of ``ciks.yaml``."""
    return {str(ticker): int(cik) for ticker, cik in read(_SHIPPED).values.items()}
