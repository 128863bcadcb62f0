"""A strategy's own parameters: checked by its own model, seen by the run, shown in Backtrader."""

from pathlib import Path

import numpy as np
import pytest

from configs.errors import ConfigError
from configs.schema import RunConfig
from engine.run import read_market, run
from engine.user_strategy import strategy_of
from feeds.prices.sample import SampleSource
from strategies import CorrelationPair

FILE = """
from configs.fields import Model
from strategies import PairStrategy


class Strategy(PairStrategy):
    class Settings(Model):
        first: int = 30

    @classmethod
    def entry_line(cls, config, lines):
        line = lines["vol_long"] > 0.0
        line[: cls.settings(config).first] = False
        return line
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE)

    def made(**params):
        return RunConfig.model_validate(
            {
                "name": "own",
                "data": {"source": "sample", "start": "2023-04-11", "end": "2023-12-29"},
                "pair": {"long": "SMH", "short": "IGV"},
                "signal": {"kind": "always"},
                "strategy": {"file": str(file), "params": params},
            }
        )

    return made


@pytest.mark.parametrize(("params", "first"), [({}, 30), ({"first": 50}, 50)])
def test_a_parameter_reaches_the_rule(config, params, first):
    asked = config(**params)
    result = run(asked, read_market(asked, SampleSource()))
    entry = result.signals["entry"].to_numpy()
    assert not entry[:first].any()
    assert entry[first:].all()  # volatility is warm since session 22


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"frist": 3}, "strategy.params.frist: unknown; the strategy has first; did you mean"),
        ({"first": "x"}, "strategy.params.first was 'x'"),
        ({"first": 2.5}, "strategy.params.first was 2.5"),
    ],
)
def test_a_parameter_that_is_none_of_its_own_is_refused_by_name(config, params, text):
    with pytest.raises(ConfigError, match=text.replace(".", r"\.")):
        strategy_of(config(**params))


def test_the_code_is_hashed_with_the_data(config):
    asked = config()
    market = read_market(asked, SampleSource())
    assert asked.strategy.file in [file.origin for file in market.files]


def test_our_own_parameters_show_in_backtrader():
    params = dict(CorrelationPair.params._getitems())
    assert params["window"] == 63
    assert params["enter_below"] == -2.0


def test_a_rule_told_by_its_lines_is_not_event_only_and_one_that_runs_is(config, tmp_path):
    assert strategy_of(config()).event_only() == ()
    file = tmp_path / "running.py"
    file.write_text(FILE.replace("entry_line(cls, config, lines)", "is_triggered(cls, c, l)"))
    asked = config()
    other = asked.model_copy(
        update={"strategy": asked.strategy.model_copy(update={"file": str(file)})}
    )
    assert strategy_of(other).event_only() == ("is_triggered",)


def test_the_strategy_in_the_readme_runs_and_is_compiled(config, tmp_path):
    readme = (Path(__file__).parents[3] / "docs" / "strategies.md").read_text(encoding="utf-8")
    code = readme.split("# A strategy of your own")[1].split("```python\n")[1].split("```")[0]
    file = tmp_path / "readme.py"
    file.write_text(code)
    asked = config(window=25)
    asked = asked.model_copy(
        update={"strategy": asked.strategy.model_copy(update={"file": str(file)})}
    )
    assert strategy_of(asked).event_only() == ()
    result = run(asked, read_market(asked, SampleSource()))
    cheap = result.signals["cheapness"].to_numpy()
    assert np.isnan(cheap[:24]).all()
    warm = result.signals["vol_long"].notna().to_numpy()  # without it nothing is sized
    assert (result.signals["entry"].to_numpy() == (cheap < -1.0) & warm).all()
    assert (cheap < -1.0).any()
