"""Where company reports come from: the keys below ``fundamentals``, their defaults and reasons."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    model_validator,
)

from configs.fields import MOST_SYMBOLS, File, Model, Plain, Ticker

EDGAR_URL = "https://data.sec.gov"
SPENDERS = ("MSFT", "AMZN", "META", "GOOGL")  # the article's four


def _in_a_header(text: str) -> str:
    """Refuse what no request could carry."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("expected Latin letters, as the headers of a request take them") from None
    return text


def _address(text: str) -> str:
    """Refuse an address without a host or with a port that there is not."""
    try:
        HttpUrl(text)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Input should be ")
        raise ValueError(f"expected an address like {EDGAR_URL} ({reason})") from None
    return text


UserAgent = Annotated[
    str,
    StringConstraints(min_length=3, max_length=200),
    Plain,
    AfterValidator(_in_a_header),
]
Server = Annotated[
    str,
    StringConstraints(pattern=r"^https?://\S+$", max_length=200),
    Plain,
    AfterValidator(_address),
]


class FundamentalsConfig(Model):
    """Company reports, each used from the session after it became public."""

    source: Literal["edgar", "csv", "sample"] = Field(
        "edgar",
        description="edgar (SEC companyfacts, downloaded once, then cached), csv (a file of "
        "quarters) or sample (bundled, SYNTHETIC).",
    )
    path: File | None = Field(
        None,
        description="File of quarters, one row a company and quarter, relative to this file "
        "(after --set, to the working directory). Only for source csv.",
    )
    user_agent: UserAgent | None = Field(
        None,
        description="Name and e-mail that the SEC asks of whoever downloads. null: the "
        "environment variable EDGAR_USER_AGENT.",
    )
    base_url: Server = Field(
        EDGAR_URL,
        description="Server of the companyfacts, like https://data.sec.gov; another one for a "
        "mirror.",
    )
    cik: dict[Ticker, Annotated[int, Field(ge=1, le=9_999_999_999)]] = Field(
        default_factory=dict,
        max_length=MOST_SYMBOLS,
        description="SEC number of a company that is not in the shipped list, or in its place.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "FundamentalsConfig":
        if self.source == "csv" and self.path is None:
            raise ValueError("fundamentals.path was null; expected the CSV file of quarters")
        if self.source != "csv" and self.path is not None:
            raise ValueError(
                f"fundamentals.path was {self.path!r}; expected null, because source "
                f"{self.source} reads no file (set fundamentals.source: csv to read it)"
            )
        return self
