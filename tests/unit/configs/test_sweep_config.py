"""Searches from text: which cells they come to, which are refused, every way to ask wrongly."""

import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from configs.cells import accepted, cells_of, readers
from configs.errors import ConfigError
from configs.load import load, read
from configs.sweep import load_sweep, schema_text

ROOT = Path(__file__).parents[3]
SHIPPED = {"sweep_sample.yaml": 84, "sweep_smh_igv.yaml": 1260, "sweep_nvda_msft.yaml": 720}
BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, end: 2024-06-28}
pair: {long: SMH, short: IGV}
signal: {kind: correlation}
sizing: {kind: inverse_vol, window: 42, gross: 1.0}
exits: {holding_sessions: 60}
"""
HEAD = "name: test\nbase: base.yaml\n"  # the first axis stands on line 4
WEEKLY = "  rebalance: {weekly: {kind: weekly}, band: {kind: band, above: 0.1}}\n"


@pytest.fixture
def sweep(tmp_path):
    def made(grid, more="", overrides=()):
        (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
        path = tmp_path / "sweep.yaml"
        path.write_text(f"{HEAD}grid:\n{grid}{more}", encoding="utf-8")
        return load_sweep(path, overrides)

    return made


@pytest.fixture
def refused(sweep, tmp_path):
    def refuse(grid, more=""):
        with pytest.raises(ConfigError) as stopped:
            cells_of(sweep(grid, more))
        return str(stopped.value).replace(f"{tmp_path}/", "")

    return refuse


def test_the_last_axis_varies_fastest_and_both_ends_of_a_range_are_in_it(sweep):
    made = sweep("  signal.enter_below: {from: -2.3, to: -2.0, step: 0.1}\n" + WEEKLY)
    assert made.axes[0].values == (-2.3, -2.2, -2.1, -2.0)
    cells = cells_of(made)
    asked = [
        (config.signal.enter_below, config.rebalance.kind)
        for config in map(cells.grid.config, cells.numbers.tolist())
    ]
    levels = (-2.3, -2.2, -2.1, -2.0)
    assert asked == [(level, kind) for level in levels for kind in ("weekly", "band")]


def test_a_range_goes_down_too_and_stays_whole_where_all_is_whole(sweep):
    made = sweep("  exits.holding_sessions: {from: 63, to: 20, step: -21}\n")
    assert made.axes[0].values == (63, 42, 21)


def test_a_cell_is_the_base_with_its_overrides_and_the_command_line_s_below_them(sweep, tmp_path):
    made = sweep("  signal.window: [21, 42]\n" + WEEKLY, overrides=["exits.holding_sessions=7"])
    grid = cells_of(made).grid
    own = grid.overrides(3)
    asked = ["signal.window=42", 'rebalance={"kind": "band", "above": 0.1}']
    assert own == ["exits.holding_sessions=7", *asked]
    assert grid.config(3) == load(tmp_path / "base.yaml", own)


def test_a_cell_the_schema_refuses_is_counted_with_its_reason(sweep):
    made = sweep("  signal.min_periods: [63, 300]\n  signal.zscore: [expanding, rolling]\n")
    cells = cells_of(made)
    assert (cells.asked, cells.numbers.tolist()) == (4, [0, 1, 2])
    ((text, count),) = cells.refused.items()
    assert "signal.min_periods was 300; expected at most zscore_window (252)" in text
    assert count == 1


def test_a_rule_across_sections_is_asked_of_every_cell(sweep):
    cells = cells_of(
        sweep("  signal: {z: {kind: correlation}, on: {kind: always}}\n  exits.z_above: [0.0]\n")
    )
    assert cells.numbers.tolist() == [0]
    assert "has no z" in next(iter(cells.refused))


def test_what_a_caller_does_not_accept_is_refused_too(sweep):
    def short(config):
        if config.signal.window > 21:
            raise ConfigError("too long")

    cells = accepted(cells_of(sweep("  signal.window: [21, 42, 63]\n")), ("signal",), short)
    assert (cells.numbers.tolist(), cells.refused) == ([0], {"too long": 2})


def test_one_market_is_read_for_everything_that_any_cell_names(sweep):
    watch = "exits.thesis.price.vol_spike"
    made = sweep(
        f"  {watch}: {{a: {{symbol: ^VIX, jump: 0.3}}, b: {{symbol: ^MOVE, jump: 0.3}}}}\n" + WEEKLY
    )
    assert {config.gauges for config in readers(cells_of(made))} == {("^VIX",), ("^MOVE",)}


@pytest.mark.parametrize("kind", ["sobol", "random"])
def test_a_sample_is_that_many_of_the_grid_each_once_in_its_order(sweep, kind):
    grid = (
        "  signal.enter_below: {from: -3.0, to: -1.0, step: 0.05}\n"
        "  exits.holding_sessions: {from: 1, to: 100, step: 1}\n"
    )
    more = "sample: {{kind: {}, cells: 300, seed: {}}}\n"
    one, same, other = (cells_of(sweep(grid, more.format(kind, seed))) for seed in (1, 1, 2))
    assert len(one.numbers) == one.asked == 300
    assert (np.diff(one.numbers) > 0).all()
    assert one.numbers.min() >= 0
    assert one.numbers.max() < 41 * 100
    np.testing.assert_array_equal(one.numbers, same.numbers)
    assert one.numbers.tolist() != other.numbers.tolist()
    on_axis = np.histogram(one.grid.places(one.numbers)[1], bins=10, range=(0, 100))[0]
    assert on_axis.min() > 10  # 30 on average


def test_a_sample_of_everything_is_the_grid(sweep):
    more = "sample: {kind: sobol, cells: 6, seed: 4}\n"
    made = cells_of(sweep("  signal.window: [21, 42, 63]\n" + WEEKLY, more))
    assert made.numbers.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_grid_too_large_to_run_can_be_drawn_from(sweep):
    axes = "".join(
        f"  {key}: {{from: 22, to: 1021, step: 1}}\n"
        for key in ("exits.holding_sessions", "sizing.window", "entries.gap_days")
    )
    cells = cells_of(
        sweep(axes, "sample: {kind: random, cells: 5, seed: 1}\n", ["entries={kind: tranches}"])
    )
    assert cells.asked == 5


A_LEVEL = "  signal.enter_below: [-2.0]\n"


@pytest.mark.parametrize(
    ("grid", "more", "text"),
    [
        (
            "  signal.windw: [21]\n",
            "",
            "sweep.yaml:4: unknown key signal.windw; did you mean window?",
        ),
        (
            "  sginal.window: [21]\n",
            "",
            "sweep.yaml:4: unknown key sginal.window; did you mean signal?",
        ),
        (
            "  signal.window: []\n",
            "",
            "sweep.yaml:4: signal.window was []; expected at least one value",
        ),
        ("  signal.window: {}\n", "", "signal.window was {}; expected at least one value"),
        ("  signal.window: 21\n", "", "signal.window was 21; expected at least one value: a list"),
        ("  signal.window: {from: 1, to: 9, step: 0}\n", "", "signal.window.step was 0; expected"),
        (
            "  signal.window: {from: 1, to: 9, step: -1}\n",
            "",
            "step was -1, away from 9; expected one above 0",
        ),
        (
            "  signal.window: {from: 9, to: 1, step: 1}\n",
            "",
            "expected one below 0, because the range",
        ),
        (
            "  signal.window: {from: 1, to: 9}\n",
            "",
            "signal.window.step was None; expected a number",
        ),
        ("  signal.window: {from: 1, to: 9, step: .nan}\n", "", "signal.window.step was nan"),
        ("  signal.window: {from: 1, to: 9, step: one}\n", "", "signal.window.step was 'one'"),
        ("  signal.window: {from: -.inf, to: 9, step: 1}\n", "", "signal.window.from was -inf"),
        ("  signal.enter_below: {from: -3, to: -1, step: 1e-300}\n", "", "was 2e+300 values"),
        ("  signal.enter_below: [.nan]\n", "", "signal.enter_below was nan; expected a finite"),
        (
            "  signal.enter_below: [-.inf, -1.0]\n",
            "",
            "signal.enter_below was -inf; expected a fin",
        ),
        (
            "  signal.window: [21, .nan]\n",
            "",
            "sweep.yaml:4: signal.window was nan; expected a fin",
        ),
        (f"  signal.window: [21, 1{'0' * 30}]\n", "", "expected a finite number below 1e+15"),
        (f"  signal.window: {{from: 1, to: 1{'0' * 400}, step: 1}}\n", "", "expected a number"),
        (
            '  rebalance: {"\\ud800": {kind: weekly}}\n',
            "",
            "rebalance has a section named '\\ud800'; expected text that can be read",
        ),
        ('  rebalance: {" ": {kind: weekly}}\n', "", "rebalance has a section named ' '; expected"),
        ('  signal.zscore: ["a\\u0007"]\n', "", "signal.zscore was 'a\\x07'; expected text that"),
        ("  signal.window: [forty]\n", "", "signal.window was 'forty'; expected a valid integer"),
        ("  signal.window: [[21, 42]]\n", "", "signal.window was [21, 42]; expected a valid"),
        ("  signal.window: [21]\n  signal.window: [42]\n", "", "signal.window was given twice"),
        (
            "  rebalance: {a: {kind: weekly}}\n  rebalance.kind: [monthly]\n",
            "",
            "rebalance.kind and rebalance are axes of the same key",
        ),
        (
            "  rebalance.kind: [monthly]\n  rebalance: {a: {kind: weekly}}\n",
            "",
            "rebalance and rebalance.kind are axes of the same key",
        ),
        (
            "  rebalance: {a: {kind: weekly}, b: {kind: weekly}}\n",
            "",
            "rebalance has 'a' and 'b', which are the same",
        ),
        ("  rebalance: {a: {kind: weekly}, a: {kind: never}}\n", "", "rebalance.a was given twice"),
        ("  signal.window.deep: [1]\n", "", "signal.window was {'deep': 1}; expected a valid"),
        (A_LEVEL, "sample: {kind: random, cells: 0}\n", "sample.cells was 0; expected greater"),
        (A_LEVEL, "walk_forward: {test_sessions: 0}\n", "walk_forward.test_sessions was 0"),
        (
            "  signal.window: {from: 1, to: 9, stepp: 1, step: 1}\n",
            "",
            "signal.window has 'stepp'; expected",
        ),
        (
            "  signal.window: {from: 0, to: 1.0e9, step: 1}\n",
            "",
            "was 1,000,000,001 values; expected at most",
        ),
        (
            "  signal.window: {a: 1, b: 2}\n",
            "",
            "signal.window.a was 1; expected a section by that name",
        ),
        ("  signal.window: [21, 21.0]\n", "", "has 21 and 21.0, which are the same"),
        (
            "  rebalance: {a: {kind: weekly}, b: {kind: weekly}}\n",
            "",
            "has 'a' and 'b', which are the same",
        ),
        (
            "  rebalance.kind: [weekly]\n  rebalance: {a: {kind: never}}\n",
            "",
            "rebalance and rebalance.kind are axes of the same key",
        ),
        (
            "  signal.window: [2]\n",
            "",
            "expected greater than or equal to 3; so 1 of 1 cells, and no other can run",
        ),
        ("  data.start: [2023-04-11]\n", "", "data.start may not vary: cells on other prices"),
        ("  name: [a]\n", "", "name may not vary: a cell is named by its own key"),
        ("  audit.trials: [1, 2]\n", "", "audit.trials changes no run"),
        ("  signal..window: [1]\n", "", "'signal..window' is no key"),
        (
            "  signal.enter_below: {from: -3, to: -1, step: 0.001}\n"
            "  sizing.gross: {from: 0.001, to: 2, step: 0.001}\n",
            "",
            "grid was 4,002,000 cells; expected at most 1,000,000",
        ),
        (A_LEVEL, "sample: {kind: sobol, cells: 2}\n", "sample.cells was 2 of a grid of 1"),
        (A_LEVEL, "sample: {kind: latin, cells: 2}\n", "sample.kind was 'latin'; expected"),
        (A_LEVEL, "score: sharp\n", "sweep.yaml:5: score was 'sharp'; expected 'sharpe'"),
        (
            A_LEVEL,
            "null: {resamples: -1}\n",
            "null.resamples was -1; expected greater than or equal to 0",
        ),
        (A_LEVEL, "walk_forward: {train: 2}\n", "unknown key walk_forward.train"),
        (A_LEVEL, "grids: 2\n", "unknown key grids; did you mean grid?"),
        (A_LEVEL, "null: null\n", "null was None"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_line(refused, grid, more, text):
    assert text in refused(grid, more)
    assert "\n" not in refused(grid, more)


@pytest.mark.parametrize("name", [r"a\u0007b", r"a\nb", " "])
def test_a_name_that_cannot_be_read_is_refused(sweep, tmp_path, name):
    sweep(A_LEVEL)
    path = tmp_path / "sweep.yaml"
    path.write_text(path.read_text().replace("name: test", f'name: "{name}"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sweep\.yaml:1: name was"):
        load_sweep(path)


@pytest.mark.parametrize(
    "typed", ["signal.window=63", "rebalance={kind: never}", "rebalance.kind=never"]
)
def test_a_key_that_an_axis_replaces_is_not_set_beside_it(sweep, typed):
    with pytest.raises(ConfigError, match=rf"^--set {re.escape(typed)}: the grid has an axis "):
        sweep("  signal.window: [21, 42]\n" + WEEKLY, overrides=[typed])


def test_a_section_may_be_set_below_the_axes_inside_it(sweep):
    made = sweep("  signal.window: [21, 42]\n", overrides=["signal={kind: correlation, window: 7}"])
    windows = [cells_of(made).grid.config(number).signal.window for number in (0, 1)]
    assert windows == [21, 42]


def test_other_reasons_are_counted_where_no_cell_can_run(refused):
    assert " (and 1 more reason); so 1 of 2 cells" in refused("  signal.window: [2, 1]\n")
    assert " (and 2 more reasons); so 1 of 3 cells" in refused("  signal.window: [2, 1, 0]\n")


def test_a_run_and_a_search_are_told_apart(sweep, tmp_path):
    sweep(A_LEVEL)
    with pytest.raises(ConfigError, match=r"run it with: run\.py sweep"):
        load(tmp_path / "sweep.yaml")
    with pytest.raises(ConfigError, match=r"run it with: run\.py backtest"):
        load_sweep(tmp_path / "base.yaml")
    (tmp_path / "base.yaml").write_text((tmp_path / "sweep.yaml").read_text())
    with pytest.raises(ConfigError, match="which has grid and is a search itself"):
        load_sweep(tmp_path / "sweep.yaml")


def test_the_digest_knows_everything_that_changes_the_answer(sweep):
    made = [
        sweep(A_LEVEL), sweep("  signal.enter_below: [-2.1]\n"), sweep(A_LEVEL, "score: calmar\n"),
        sweep(A_LEVEL, "null: {seed: 2}\n"), sweep(A_LEVEL, overrides=["sizing.gross=2.0"]),
    ]  # fmt: skip
    assert len({each.digest() for each in made}) == len(made)
    assert sweep(A_LEVEL).digest() == made[0].digest()


@pytest.mark.parametrize("file", sorted(SHIPPED))
def test_the_shipped_searches_load_fit_the_schema_and_have_so_many_cells(file):
    path = ROOT / "configs" / file
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=./sweep_")
    jsonschema.validate(read(path).values, json.loads(schema_text()))
    cells = cells_of(load_sweep(path))
    assert (len(cells.numbers), cells.refused) == (SHIPPED[file], {})


def test_the_schema_for_editors_is_current():
    kept = ROOT / "configs" / "sweep_schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), "run: make schema"


@pytest.mark.parametrize(
    "grid", [{}, {"data.start": ["x"]}, {"signal.window": []}, {"signal.window": 3}]
)
def test_the_schema_for_editors_refuses_what_the_loader_refuses(grid):
    schema = json.loads(schema_text())
    whole = {"name": "a", "base": "b", "grid": {"signal.window": [3]}}
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(whole | {"grid": grid}, schema)
