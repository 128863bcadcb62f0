"""The loops of ``engine.kernel`` against Backtrader, to the last bit; and their sums by the ledger.

Both drive the same functions, so what may differ is what a compiler or a driver does to them: an
order of additions, a record not emptied, a session passed over. More seeds at leisure:
``python -m tests.bench.kernel_agrees``.
"""

import ast
import importlib
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from configs.compare import configurations
from configs.load import load
from engine import first_use
from engine.body.scores import Scores, sharpe
from engine.event import replay
from engine.kept_code import KeptCode
from engine.kernel import BODIES, ENTRY_POINTS, READ, cache_folder, is_compiled, loops
from engine.many import is_served, run_once, simulate_many
from engine.prepare.prepared import prepare
from engine.records.assemble import result_of
from feeds.assemble import load_market, open_source
from strategies import STRATEGIES, AlwaysPair
from tests.parity.bits import Compared, compared, differences, invented_wide, is_same, seen_in
from tests.parity.invented import invented
from tests.property.law_cases import changed
from tests.property.random_market import market_of
from tests.unit.read_once import ReadOnce
from tests.unit.test_architecture import imports

ROOT = Path(__file__).parents[2]
# The last ones for what no other comes to, and for a power that differed in its last bit.
SEEDS = (*range(150), 183, 189, 230, 257, 260, 439)
SHIPPED = sorted(
    path for path in (ROOT / "configs").glob("*.yaml") if not path.name.startswith("sweep_")
)

real_data = [
    pytest.mark.market,
    pytest.mark.skipif(
        not {"MARKET_DATA", "FUNDAMENTALS_DATA"} <= set(os.environ),
        reason="MARKET_DATA and FUNDAMENTALS_DATA do not name the folders of prices and reports",
    ),
]


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> dict[int, Compared]:
    return {
        seed: compared(invented_wide(seed, tmp_path_factory.mktemp(str(seed)))) for seed in SEEDS
    }


def test_kernel_and_backtrader_agree_on_invented_configurations(cases):
    assert {seed: case.differing for seed, case in cases.items() if case.differing} == {}


WANTED = {
    "signal correlation", "signal always", "signal capex", "sizing inverse_vol",
    "sizing dollar_neutral", "sizing beta_neutral", "sizing capex_intensity", "vol_target",
    "regime", "lag", "rebalance on_filing", "rebalance any_of", "rebalance band",
    "rebalance vol_ratio", "rebalance daily", "rebalance weekly", "rebalance monthly",
    "rebalance quarterly", "entries single", "entries tranches", "margin none", "margin reg_t",
    "commission zero", "commission bps", "commission per_share", "commission per_order",
    "commission ibkr_fixed", "commission ibkr_tiered",
    "entry", "rebalance", "margin_call", "buy_in", "ruin", "ruined", "stop_loss",
    "trailing_stop", "price_stop", "price_trail", "vol_spike", "capex_rollover",
    "supplier_stalls", "margin_holds", "flat_over", "z_above", "holding_sessions", "take_profit",
    "entry_barred", "entry_unsized", "entry_too_small", "entry_clipped", "entry_capped",
    "entry_scaled", "entry_refused", "rebalance_unsized", "rebalance_clipped",
    "rebalance_capped", "rebalance_scaled", "order_cut", "order_worked", "no_volume",
    "hard_to_borrow", "below_min_trade", "margin_deepened",
}  # fmt: skip


def test_invented_configurations_reach_every_rule(cases):
    seen: Counter[str] = Counter()
    for case in cases.values():
        if (case.recorded.sessions["fill_reason"] > 0).any():
            seen += seen_in(case)
    assert {name: seen[name] for name in WANTED if seen[name] < 1} == {}


def test_two_runs_that_differ_by_a_bit_are_told_apart(cases):
    """The control: what compares two records notices the last bit of one number."""
    one = next(each.recorded for each in cases.values() if each.recorded.book.closed)
    other = run_once(next(each.prepared for each in cases.values() if each.recorded is one))
    other.sessions["cash"].view("i8")[-1] ^= 1
    other.closed["exited"][-1] += 1.0
    other.book.won += 1
    assert list(differences(one, other)) == ["sessions.cash", "closed.exited", "book"]


# --- what is shipped ---


def offline(path):
    """Yield a file's configurations, reading from folders what they would download."""
    for config in configurations(path).values():
        asked = config.model_dump()
        if config.data.source == "yahoo":
            asked["data"] |= {"source": "csv", "path": os.environ["MARKET_DATA"]}
        if config.fundamentals is not None and config.fundamentals.source == "edgar":
            reports = Path(os.environ["FUNDAMENTALS_DATA"]) / "capex_quarterly.csv"
            asked["fundamentals"] = {"source": "csv", "path": str(reports)}
        yield type(config).model_validate(asked)


def assert_shipped_agree(path):
    for config in offline(path):
        source = open_source(config.data)
        if config.data.path == os.environ.get("MARKET_DATA"):
            source = ReadOnce(config.data.path)
        case = compared(prepare(config, load_market(config, source)))
        assert case.differing == (), config.name
        assert (case.recorded.sessions["fill_reason"] > 0).any(), "a run without a trade"


@pytest.mark.parametrize("name", ["sample", "sample_capex"])
def test_kernel_and_backtrader_agree_on_the_samples(name):
    assert_shipped_agree(ROOT / "configs" / f"{name}.yaml")


@pytest.mark.parametrize(
    "path", [path for path in SHIPPED if "sample" not in path.stem], ids=lambda path: path.stem
)
class TestOnRealPrices:
    pytestmark = real_data

    def test_kernel_and_backtrader_agree_on_a_shipped_configuration(self, path):
        assert_shipped_agree(path)


# --- thousands of runs: sums and scores ---

SAMPLE = load(ROOT / "configs" / "sample.yaml")
# Sections that change nothing that the runs share: prices, signal lines, dated rates and days.
TRIED = {
    "as shipped": {},
    "one session": {"exits": {"holding_sessions": 1}},
    "levels": {"exits": {"stop_loss": 0.03, "trailing_stop": 0.04, "take_profit": 0.05}},
    "next close": {"account": {"fill": "next_close", "cash": 123_456.0}},
    "ruined": {"sizing": {"gross": 19.0}, "account": {"margin": {"kind": "none"}}},
    "never": {"signal": {"enter_below": -99.0}},
    "often": {"signal": {"enter_below": 0.0}, "exits": {"z_above": 0.1}},
    "tranches": {
        "signal": {"enter_below": -0.1},
        "entries": {"kind": "tranches", "gap_days": 5, "max_open": 4, "gross_each": 0.25},
    },
}


@pytest.fixture(scope="module")
def tried():
    """Each of the above made ready on the sample's market, by name."""
    market = load_market(SAMPLE, open_source(SAMPLE.data))
    return {name: prepare(changed(SAMPLE, **sections), market) for name, sections in TRIED.items()}


@pytest.fixture(scope="module")
def many(tried):
    """All of them in one call, on the first one's facts and rates, each with its own entries."""
    first, *_ = tried.values()
    entries = np.array([each.entry for each in tried.values()])
    terms = [each.terms for each in tried.values()]
    return simulate_many(
        first, terms, entries=entries, entry_of=range(len(terms)), keep_equity=True
    )


@pytest.mark.parametrize("name", TRIED)
def test_scores_are_the_headline_of_the_recorded_run(tried, many, name):
    prepared, place = tried[name], list(TRIED).index(name)
    run = replay(prepared, STRATEGIES[prepared.config.signal.kind])
    result = result_of(prepared, run, {})
    score = {key: column[place] for key, column in many.scores.items()}
    total = {key: column[place] for key, column in many.totals.items()}
    count, year = int(many.sessions[place]), math.sqrt(252)
    equity = result.ledger["equity"].to_numpy()
    assert is_same(many.equity[place][:count], equity)
    assert np.isnan(many.equity[place][count:]).all()
    exact = {
        "sessions": count,
        "final_equity": score["final_equity"],
        "max_drawdown": score["max_drawdown"],
        "entries": total["entries"],
        "trades_closed": total["trades_closed"],
        "time_in_market": total["sessions_held"] / count,
        "win_rate": over(total["trades_won"], total["trades_closed"]),
    }
    assert exact == {key: result.headline[key] for key in exact}
    costs = ("commission", "fees", "spread", "impact", "borrow", "dividends", "interest")
    summed = {
        "volatility": score["sd"] * year,
        "sharpe": over(score["mean"], score["sd"], year),
        "sortino": over(score["mean"], score["downside"], year),
        "turnover": total["traded_usd"] / (total["equity"] / count) / (count / 252),
        "gross_pnl": sum(total[key] for key in ("long_pnl", "short_pnl", "dividends", "interest")),
        **{key: total[key] for key in costs},
    }
    for key, value in summed.items():  # added in another order
        known = result.headline[key]
        near = None if known is None else pytest.approx(known, rel=1e-9, abs=1e-12)
        assert value == near, key
    assert (result.ended == "ruin") == (name == "ruined")
    assert (len(result.fills) == 0) == (name == "never")
    assert sharpe(Scores(**score)) == pytest.approx(
        result.headline["sharpe"] or math.nan, nan_ok=True
    )


def over(above, below, scale=1.0):
    return None if below == 0.0 else above / below * scale


def test_many_runs_without_their_equity_have_the_same_scores(tried, many):
    first, *_ = tried.values()
    terms = [tried["as shipped"].terms, tried["one session"].terms] * 2
    again = simulate_many(first, terms)
    assert again.equity is None
    for key, column in again.scores.items():
        assert column.tolist() == [*many.scores[key][:2]] * 2
    assert again.sessions.tolist() == [many.sessions[0]] * 4


def test_what_only_a_running_strategy_can_tell_is_not_looped():
    class Whenever(AlwaysPair):
        @classmethod
        def entry_line(cls, config, lines):
            return None

    pair, config = invented(3)
    prepared = prepare(config, market_of(pair), Whenever)
    assert not is_served(prepared)
    for loop in (run_once, lambda each: simulate_many(each, [each.terms])):
        with pytest.raises(ValueError, match="expected an entry_line"):
            loop(prepared)


# --- how it is compiled ---


# In plain Python every index is checked, as ``NUMBA_BOUNDSCHECK=1`` would have it checked compiled.
# First the suite's seeds, then one outcome too few for the sessions.
PLAIN = """
import sys
from tests.bench import kernel_agrees

sys.argv[1:] = ["24"]
wrong = kernel_agrees.main()
print("left with", wrong)

import numpy as np
from engine.kernel import loops
from engine import many
from tests.parity.invented import invented
from tests.property.random_market import market_of
from engine.prepare.prepared import prepare

pair, config = invented(3)
prepared = prepare(config, market_of(pair))
some = many._some
many._some = lambda kind, count: some(kind, count - (kind is many.Outcome))
try:
    many.run_once(prepared)
except IndexError as error:
    print("noticed:", error)
"""


@pytest.fixture(scope="module")
def plain():
    """What the loops do where there is no compiler, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT, env=os.environ | {"SCHISM_NO_JIT": "1"}, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_without_a_compiler_the_same_loops_agree_within_their_arrays(plain):
    assert plain.startswith("plain Python\n24 of 24 equal to the last bit\n")
    assert "\nleft with 0\n" in plain


def test_a_loop_that_writes_beyond_its_arrays_is_noticed(plain):
    assert plain.splitlines()[-1].startswith("noticed:")


@pytest.mark.parametrize("name", ["strategies.rules.exits", "engine.body.fills", "engine.loops"])
def test_an_edited_source_is_compiled_anew(name, tmp_path, monkeypatch):
    before = cache_folder()
    assert cache_folder() == before
    module = importlib.import_module(name)
    edited = tmp_path / "edited.py"
    edited.write_bytes(Path(module.__file__).read_bytes() + b"\n")
    monkeypatch.setattr(module, "__file__", str(edited))
    assert cache_folder().parent == before.parent
    assert cache_folder().name != before.name


@pytest.mark.skipif(not is_compiled(), reason="numba is not here or not wanted")
def test_the_first_use_compiles_all_that_is_called_later():
    """Every other test of this module calls the loops too: one signature serves them all."""
    first_use.main()
    assert [len(getattr(loops(), name).signatures) for name in ENTRY_POINTS] == [1, 1]


@pytest.mark.skipif(not is_compiled(), reason="numba is not here or not wanted")
def test_compiled_code_is_kept_in_the_folder_of_its_sources_and_nowhere_else():
    """The compiler's own cache goes elsewhere where that folder cannot be written."""
    first_use.main()
    assert all(isinstance(getattr(loops(), name)._cache, KeptCode) for name in ENTRY_POINTS)
    names = {path.name.rpartition("-")[0] for path in cache_folder().glob("*.code")}
    assert names == set(ENTRY_POINTS)


def test_everything_a_compiled_function_reads_is_in_the_mark_of_the_cache():
    """A constant read from a module that the mark leaves out would be compiled in for ever."""
    for name in BODIES:
        path = ROOT / f"{name.replace('.', '/')}.py"
        for _, dotted in imports(path, ROOT):
            if dotted.startswith(("engine.", "strategies.")):
                assert {dotted, dotted.rpartition(".")[0]} & {*BODIES, *READ}, (name, dotted)


def test_no_compiled_function_raises_to_a_power():
    """Python asks the C library, which misses the last bit of a square now and then."""
    for name in BODIES:
        path = ROOT / f"{name.replace('.', '/')}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.Pow) for node in ast.walk(tree)), name


def test_checked_and_unchecked_code_are_kept_apart(monkeypatch):
    before = cache_folder()
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert cache_folder().name != before.name
