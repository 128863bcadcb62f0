"""The Python door: what it exports, how overrides are written, what it refuses."""

import datetime as dt
import inspect
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import schism
from configs.load import load
from schism.doors import checked_config, words
from tests.unit.fake_result import fake_result

SAMPLE = Path(__file__).parents[2] / "configs" / "sample.yaml"
CLASSES = (schism.Run, schism.Comparison, schism.Audit, schism.Sweep)


def public(kind):
    return [name for name in dir(kind) if not name.startswith("_")]


def test_every_public_name_is_documented_and_typed():
    for name in schism.__all__:
        thing = getattr(schism, name)
        assert thing.__doc__, name
        if inspect.isfunction(thing):
            assert "return" in inspect.signature(thing).parameters or thing.__annotations__
            assert "Raises" in thing.__doc__
    for kind in CLASSES:
        for name in public(kind):
            member = inspect.getattr_static(kind, name)
            if isinstance(member, property):
                assert member.fget.__doc__, f"{kind.__name__}.{name}"
                assert "return" in member.fget.__annotations__
            elif inspect.isfunction(member):
                assert member.__doc__, f"{kind.__name__}.{name}"


def test_overrides_are_written_as_set_reads_them():
    overrides = {
        "exits.holding_sessions": 21,
        "costs.borrow.default_rate": 1e-05,
        "data.end": dt.date(2026, 6, 30),
        "data.benchmark": None,
        "account.fractional": True,
        "audit.lags": (1, 2),
        "rebalance": {"kind": "band", "above": 0.1},
        "name": "a: 'quoted' #name",
    }
    config = load(SAMPLE, words(overrides))
    assert config.exits.holding_sessions == 21
    assert config.costs.borrow.default_rate == 1e-05
    assert config.data.end == dt.date(2026, 6, 30)
    assert config.data.benchmark is None
    assert config.account.fractional is True
    assert config.audit.lags == (1, 2)
    assert config.rebalance.model_dump()["above"] == 0.1
    assert config.name == "a: 'quoted' #name"


@pytest.mark.parametrize("config", [SAMPLE, load(SAMPLE)], ids=["file", "own"])
def test_an_override_may_be_numpy_s(config):
    levels = {"sizing.gross": np.linspace(0.5, 1.0, 3)[1], "exits.holding_sessions": np.int64(21)}
    taken = checked_config(config, levels)
    assert (taken.sizing.gross, taken.exits.holding_sessions) == (0.75, 21)


@pytest.mark.parametrize("config", [SAMPLE, load(SAMPLE)], ids=["file", "own"])
@pytest.mark.parametrize("overrides", [["a"], "rebalance.kind=monthly", 3])
def test_overrides_that_map_nothing_are_refused(config, overrides):
    with pytest.raises(schism.ConfigError, match=r"^overrides was a .*; expected values by dotted"):
        checked_config(config, overrides)


def test_a_value_that_yaml_cannot_write_is_named():
    with pytest.raises(schism.ConfigError, match=r"^overrides\['account\.cash'\] has a Decimal; "):
        checked_config(SAMPLE, {"account.cash": Decimal(5)})


def test_a_checked_configuration_takes_the_same_overrides_as_its_file():
    overrides = {"exits.holding_sessions": 21, "rebalance": {"kind": "monthly"}}
    from_file = checked_config(SAMPLE, overrides)
    assert checked_config(load(SAMPLE), overrides) == from_file
    assert checked_config(from_file, None) is from_file


@pytest.mark.parametrize("config", [SAMPLE, str(SAMPLE), load(SAMPLE)], ids=["p", "s", "own"])
def test_an_unknown_key_is_named(config):
    with pytest.raises(schism.ConfigError, match=r"unknown key rebalance\.knd"):
        checked_config(config, {"rebalance.knd": 1})


@pytest.mark.parametrize("config", [3, None, {"name": "x"}, ["a"]])
def test_what_is_no_path_is_refused(config):
    with pytest.raises(schism.ConfigError, match="expected the path of a YAML file"):
        schism.run(config)


def test_a_run_shows_its_headline_and_its_chart(capsys, monkeypatch):
    run = schism.Run(result=fake_result(synthetic=True))
    assert run.sentence.startswith("SYNTHETIC DATA. ")
    assert repr(run) == f"<Run: {run.sentence}>"
    assert "<th>Net P&amp;L</th>" in run._repr_html_()
    drawn = []
    monkeypatch.setattr("plotly.graph_objects.Figure.show", lambda figure: drawn.append(figure))
    run.show()
    assert run.sentence in capsys.readouterr().out
    (figure,) = drawn
    assert list(figure.data[0].y) == run.equity.tolist()
    assert run.returns.tolist() == run.ledger["equity_return"].tolist()


def test_without_plotly_the_headline_stands_and_one_line_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "plotly.graph_objects", None)
    run = schism.Run(result=fake_result())
    with pytest.raises(ImportError, match=r"^no chart: plotly is not installed \(pip install plot"):
        run.show()
    assert run.sentence in capsys.readouterr().out
    assert "Net P&amp;L" in run._repr_html_()
