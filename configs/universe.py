"""Which symbols a pair could have been chosen from: the keys of a universe."""

from collections import Counter
from typing import Annotated

from pydantic import Field, model_validator

from configs.fields import File, Model, Ticker

MOST_SYMBOLS = 500  # 249,500 ordered pairs


class UniverseConfig(Model):
    """Symbols, every two of which are a pair, both ways round."""

    tickers: Annotated[tuple[Ticker, ...], Field(min_length=2, strict=False)] | None = Field(
        None, description="Its symbols, each once. null: every file of path."
    )
    path: File | None = Field(
        None,
        description="Folder of price files, in any dialect that data.path takes. null: the "
        "symbols come from data.source.",
    )

    @model_validator(mode="after")
    def _symbols_are_told(self) -> "UniverseConfig":
        if self.tickers is None:
            if self.path is None:
                raise ValueError(
                    "the universe named neither tickers nor a path; expected at least one, like "
                    "{path: prices} or {tickers: [SMH, IGV, QQQ]}"
                )
            return self
        twice = sorted(name for name, count in Counter(self.tickers).items() if count > 1)
        if twice:
            raise ValueError(
                f"the universe's tickers had {', '.join(twice)} more than once; expected each once"
            )
        if len(self.tickers) > MOST_SYMBOLS:
            raise ValueError(
                f"the universe had {len(self.tickers):,} tickers; expected at most {MOST_SYMBOLS}, "
                "because every two of them are run as a pair, both ways round"
            )
        return self


class AuditUniverse(UniverseConfig):
    """The universe that the audited pair was chosen from, and how luck in choosing is measured."""

    resamples: int = Field(
        49,
        ge=0,
        le=9999,
        description="Histories without an edge on which the best pair is looked for again; 0: "
        "none. 49: p to 0.02, half a minute for 60 symbols over three years.",
    )
