"""A configuration to begin with. A pair and a signal in, commented YAML out.

The comments are the models' own descriptions, so that they say what the program does.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml
from pydantic import BaseModel

from configs.errors import ConfigError, printable
from configs.load import Document, validate
from configs.reference import kinds_of, members

ARTICLE = Path(__file__).with_name("article.yaml")
WIDTH = 98
HEAD = """\
# {title}
# Say what it will do:   python run.py explain {file}
# Read the prices once:  python run.py fetch {file}
# Run it:                python run.py {file}
# Judge it:              python run.py audit {file}
# Every key, its unit and its default: docs/configuration.md. Rates are fractions: 0.01 is 1 %.
"""
BASE: Mapping[str, Any] = {
    "data": {
        "source": "yahoo",
        "path": None,
        "start": "2015-01-02",
        "end": None,
        "benchmark": "SPY",
    },
    "rebalance": {"kind": "weekly"},
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "spread": {"default_bps": 3.0},
        "borrow": {"default_rate": 0.0025},
    },
    "account": {"cash": 1_000_000},
}
BY_SIGNAL: Mapping[str, Mapping[str, Any]] = {
    "correlation": {
        "signal": {"kind": "correlation", "window": 63, "min_periods": 63, "enter_below": -2.0},
        "sizing": {"kind": "inverse_vol", "window": 21},
        "exits": {"holding_sessions": 126},
    },
    "spread": {
        "signal": {
            "kind": "spread", "hedge": {"kind": "rolling_ols", "window": 63},
            "enter_at": 2.0, "exit_at": 0.5,
        },
        "sizing": {"kind": "hedge_ratio"},
        "exits": {"holding_sessions": 63},
    },
    "capex": {
        "fundamentals": {"source": "edgar"},
        "signal": {"kind": "capex", "enter_above": 0.20},
        "sizing": {"kind": "inverse_vol", "window": 63},
        "exits": {"thesis": {"capex_rollover": {"exit_below": 0.05}}},
    },
    "always": {
        "signal": {"kind": "always"},
        "sizing": {"kind": "inverse_vol", "window": 63},
        "exits": {},
    },
}  # fmt: skip
ORDER = (
    "name", "data", "pair", "fundamentals", "signal", "sizing", "rebalance", "exits", "costs",
    "account",
)  # fmt: skip


def starter(file: Path, pair: str, signal: str) -> str:
    """Return a commented configuration of a pair, ``LONG/SHORT``, that can run as it is.

    Raises
    ------
    ConfigError
        The pair is not two symbols that can be traded.
    """
    long, separator, short = pair.partition("/")
    if not separator or not long or not short:
        raise ConfigError(f"--pair was {pair!r}; expected LONG/SHORT, like SMH/IGV")
    asked = {**BASE, **BY_SIGNAL[signal]}
    values = {"name": file.stem, "pair": {"long": long, "short": short}, **asked}
    if values["data"]["benchmark"] in (long, short):
        values["data"] = {**values["data"], "benchmark": "QQQ" if "QQQ" not in pair else None}
    ordered = {key: values[key] for key in ORDER if key in values}
    checked = validate(Document(values=ordered, places={}), "init")
    title = f"{long} against {short}, signal {signal}. Written by `run.py init`; edit freely."
    head = HEAD.format(title=title, file=printable(str(file)))
    return head + "\n".join(_section(checked, ordered, "")) + "\n"


def article(file: Path) -> str:
    """Return the article's own configuration, as it ships but for the file it says to run."""
    text = ARTICLE.read_text(encoding="utf-8").partition("\n")[2]  # without the editor's schema
    return text.replace("configs/article.yaml", printable(str(file)), 1)


def _section(model: BaseModel, values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield the lines of a section: each key below what it is for."""
    for key, value in values.items():
        info = type(model).model_fields[key]
        inner = getattr(model, key)
        if not indent:
            yield ""
        about = info.description or (inner.__doc__ if isinstance(inner, BaseModel) else None)
        kinds = [kind for each in members(info.annotation) for kind in kinds_of(each)]
        if about and len(kinds) > 1:
            about += f" Kinds: {', '.join(kinds)}."
        if about and key != "name":
            text = " ".join(about.replace("``", "").split())
            yield from (f"{indent}# {line}" for line in wrap(text, WIDTH - len(indent)))
        if isinstance(value, Mapping) and value and isinstance(inner, BaseModel):
            yield f"{indent}{key}:"
            yield from _section(inner, value, indent + "  ")
        else:
            yield f"{indent}{key}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    """Return a value as one line of YAML; dates stand without quotes."""
    if isinstance(value, str) and value[:4].isdecimal():
        return value
    return str(yaml.safe_dump(value, default_flow_style=True)).removesuffix("...\n").strip()
