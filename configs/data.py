"""Which prices, over which sessions, of which two legs: the keys below ``data`` and ``pair``."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from configs.fields import AnyDate, BenchmarkTicker, Date, File, LegTicker, Model, Ticker

ConfirmedDays = Annotated[tuple[Date, ...], Field(min_length=1, max_length=100, strict=False)]


class DataConfig(Model):
    """Where prices come from and which sessions are simulated."""

    source: Literal["yahoo", "csv", "sample"] = Field(
        "yahoo",
        description="yahoo (downloaded once, then cached), csv (a folder of price files) "
        "or sample (bundled, SYNTHETIC).",
    )
    path: File | None = Field(
        None,
        description="Folder with one <TICKER>.csv per symbol, relative to this file (after --set, "
        "to the working directory). Only for source csv.",
    )
    start: AnyDate = Field(
        description="First session of data; nothing before it is read. Not before the youngest "
        "symbol trades: a run refuses that, and names the day."
    )
    end: AnyDate | None = Field(
        None,
        description="Last session, inclusive. null: the last closed session that every symbol has.",
    )
    benchmark: BenchmarkTicker | None = Field(
        None,
        description="Symbol the tear sheet compares with: a third US fund or share, or an index of "
        "prices (^GSPC). Default none: a download nobody asked for would be a surprise.",
    )
    confirm: dict[Ticker, ConfirmedDays] = Field(
        default_factory=dict,
        description="By symbol, sessions whose jump in price is real, not a split or a bad price: "
        "{SVXY: [2018-02-06]}. Default none: such a jump stops the run.",
    )

    adjusted: bool = Field(
        False,
        description="Trade at Adj Close, dividends in the price, as many books do. Only beside "
        "account.replicate: nobody can trade there.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "DataConfig":
        if self.source == "csv" and not self.path:
            raise ValueError("data.path was null; expected the folder of <TICKER>.csv files")
        if self.source != "csv" and self.path is not None:
            raise ValueError(
                f"data.path was {self.path!r}; expected null, because source {self.source} "
                "reads no folder (set data.source: csv to read it)"
            )
        if self.end is not None and self.end < self.start:
            raise ValueError(
                f"data.end was {self.end}; expected a date not before start {self.start}"
            )
        return self


class PairConfig(Model):
    """The two legs."""

    long: LegTicker = Field(description="Symbol bought at entry.")
    short: LegTicker = Field(description="Symbol sold short at entry.")

    @model_validator(mode="after")
    def _two_legs(self) -> "PairConfig":
        if self.long == self.short:
            raise ValueError(f"pair.short was {self.short}; expected a symbol other than pair.long")
        return self

    @property
    def legs(self) -> tuple[str, str]:
        """The long and the short symbol."""
        return self.long, self.short
