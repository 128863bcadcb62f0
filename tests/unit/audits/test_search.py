"""A search judged: the null, the plateau, the walk-forward, the verdict, on pairs we know."""

from dataclasses import replace

import numpy as np
import pytest

from configs.audit import AuditThresholds
from configs.cells import cells_of
from configs.errors import ConfigError
from configs.sweep import WalkForward
from engine.event import simulate
from engine.trials.executor import Threads
from engine.trials.proof import to_prove
from engine.trials.search import Window, search_of
from engine.trials.sweep import sweep
from reports.audits.altered_markets import perturbed, redrawn
from reports.audits.search.beside import beside
from reports.audits.search.null import SearchNull, best_score, search_null, why_undrawn
from reports.audits.search.plateau import Plateau, plateau
from reports.audits.search.verdict import rung, sentence
from reports.audits.search.walk_forward import check_windows, walk_forward, windows_of
from reports.statistics.inference import MeanInterval
from tests.unit.control_pairs import control_subject
from tests.unit.hand_sweep import hand_sweep
from tests.unit.hand_universe import hand_universe, pair_search

GRID = """
signal.enter_below: [-1.0, -0.75, -0.5, -0.25]
exits.holding_sessions: [3, 5, 10]
rebalance: {weekly: {kind: weekly}, never: {kind: never}}
"""


def searched(seed, *, edge=0.0, sessions=300, grid=GRID):
    subject = control_subject(seed, edge=edge, sessions=sessions)
    return search_of(cells_of(hand_sweep(subject.config, grid)), subject.market)


@pytest.fixture(scope="module")
def search():
    return searched(1)


# --- the null ---


def test_a_history_is_searched_as_if_it_had_been_the_market(search):
    rng = np.random.default_rng(3)
    order = rng.integers(0, 299, 299)
    history = redrawn(search.pieces.market, order)
    afresh = sweep(search_of(search.cells, history), "sharpe", workers=Threads(1))
    assert best_score(search.elsewhere(history), "sharpe") == afresh.scores.max()


def test_the_statistic_of_what_happened_is_the_best_score_of_the_search(search):
    swept = sweep(search, "sharpe", workers=Threads(1))
    assert best_score(search, "sharpe") == swept.scores[swept.ranked[0]] == swept.scores.max()


def test_p_counts_the_histories_that_find_as_much_whatever_the_threads(search):
    one, two = (
        search_null(search, "sharpe", 0.5, resamples=12, seed=1, workers=Threads(workers))
        for workers in (1, 3)
    )
    np.testing.assert_array_equal(one.best, two.best)
    assert one.p == (1 + (one.best >= 0.5).sum()) / (12 + 1)
    assert one.as_good == (one.best >= 0.5).sum()
    other = search_null(search, "sharpe", 0.5, resamples=12, seed=2, workers=Threads(1))
    assert one.best.tolist() != other.best.tolist()


def test_a_planted_edge_is_found_and_its_absence_is_not():
    collected = {}
    for edge in (0.0, 0.008):
        made = searched(5, edge=edge, sessions=500)
        swept = sweep(made, "sharpe", workers=Threads(1))
        null = search_null(
            made, "sharpe", swept.scores.max(), resamples=39, seed=1, workers=Threads(1)
        )
        collected[edge] = null.p
    assert collected[0.008] == 1 / 40  # none of 39 histories does as well
    assert collected[0.0] > 0.10


def test_a_leg_that_merely_rises_is_no_choice_of_dates():
    """Any holder of the long leg is paid; with what it earned left in, chance does as well."""
    collected = {}
    for edge, rise in ((0.0, 0.003), (0.008, 0.0)):
        made = searched(5, edge=edge, sessions=500)
        market = made.pieces.market
        grown = np.exp(rise * np.arange(500))
        prices = ("open", "high", "low", "close", "adj_close")
        long = replace(market.long, **{name: getattr(market.long, name) * grown for name in prices})
        made = made.elsewhere(replace(market, long=long))
        best = sweep(made, "sharpe", workers=Threads(1)).scores.max()
        collected[rise] = [
            search_null(
                made, "sharpe", best, resamples=39, seed=1, workers=Threads(1), keep_drift=keeps
            ).p
            for keeps in (False, True)
        ]
    luck, timing = collected[0.003]
    assert luck == 1 / 40  # none of 39 histories without its drift does as well
    assert timing > 0.10
    assert collected[0.0] == [1 / 40] * 2  # an edge on its dates survives both


def still(leg):
    line = np.full(len(leg.close), 100.0)
    return replace(leg, open=line, high=line, low=line, close=line, adj_close=line)


def test_a_market_that_never_moves_has_no_histories(search):
    market = search.pieces.market
    made = search.elsewhere(replace(market, long=still(market.long), short=still(market.short)))
    assert search_null(made, "sharpe", 0.0, resamples=3, seed=1, workers=Threads(1)) is None
    assert why_undrawn(made) == "no price ever moved, so that there is nothing to draw"


def test_too_few_sessions_have_no_histories_and_say_so():
    few, enough = (searched(1, sessions=sessions) for sessions in (30, 31))
    assert search_null(few, "sharpe", 0.0, resamples=3, seed=1, workers=Threads(1)) is None
    assert why_undrawn(few) == "30 sessions are too few to draw histories from; it takes 31"
    assert why_undrawn(enough) is None


def test_one_leg_that_never_moves_is_drawn_with_the_others(search):
    """Of many symbols one whose price stands still must not take the null from all of them."""
    market = search.pieces.market
    made = search.elsewhere(replace(market, short=still(market.short)))
    assert why_undrawn(made) is None

    universe = hand_universe(4)
    legs = {**universe.legs, "S02": still(universe.legs["S02"])}
    over_pairs = pair_search(replace(universe, legs=legs))
    null = search_null(over_pairs, "sharpe", 0.0, resamples=3, seed=1, workers=Threads(1))
    assert len(set(null.best.tolist())) == 3


# --- plateau ---


def test_neighbours_are_one_step_on_numbers_and_any_other_name(search):
    scores = np.zeros(24)  # 4 levels, 3 holds, 2 rebalances; -0.75, 5 and never is number 9
    best = 1 * 6 + 1 * 2 + 1
    scores[best] = 2.0
    around = {3: 1.0, 15: 0.9, 7: 1.5, 11: -1.0, 8: 1.2}
    for row, score in around.items():
        scores[row] = score
    computed = plateau(search.cells, scores, best, headline={})
    assert computed.rows.tolist() == sorted(around)
    assert computed.share == 3 / 5  # 1.0, 1.5 and 1.2 are half of 2.0 or more
    assert computed.median == (1.0 + 1.2) / 2  # of -1, .9, 1, 1.2, 1.5 and 2


def test_a_best_cell_without_neighbours_is_said_to_have_none():
    made = searched(1, grid="exits.holding_sessions: [5]\n")
    assert plateau(made.cells, np.array([1.0]), 0, headline={}).share is None


def test_an_axis_that_changes_nothing_makes_no_plateau_of_a_peak():
    """A stop that no cell reaches: its neighbours are the best cell's own run once more."""
    grid = "signal.enter_below: [-0.75, -0.5]\nexits.stop_loss: [0.8, 0.85, 0.9]\n"
    made = searched(1, grid=grid)
    swept = sweep(made, "sharpe", workers=Threads(1))
    assert swept.scores[0] == swept.scores[1] == swept.scores[2] != swept.scores[4]
    scores = np.array([2.0, 2.0, 2.0, 0.1, 0.1, 0.1])  # as if the level had been fitted
    computed = plateau(made.cells, scores, 1, headline=swept.headline)
    assert (computed.rows.tolist(), computed.same) == ([4], 2)
    assert computed.share == 0.0  # of its three neighbours two thirds would hold

    alone = searched(1, grid="exits.stop_loss: [0.8, 0.85, 0.9]\n")
    swept = sweep(alone, "sharpe", workers=Threads(1))
    computed = plateau(alone.cells, swept.scores, 1, headline=swept.headline)
    assert (computed.share, computed.same) == (None, 2)


# --- walk-forward ---


def test_windows_follow_each_other_and_the_last_may_be_short():
    asked = WalkForward(train_sessions=100, test_sessions=40)
    assert windows_of(asked, 190) == [
        (Window(first=0, end=100), Window(first=100, end=140, closes=True)),
        (Window(first=40, end=140), Window(first=140, end=180, closes=True)),
        (Window(first=80, end=180), Window(first=180, end=190, closes=True)),
    ]
    anchored = windows_of(asked.model_copy(update={"anchored": True}), 190)
    assert {train.first for train, _ in anchored} == {0}


def test_a_training_window_longer_than_the_data_is_refused():
    with pytest.raises(ConfigError, match="train_sessions was 504, with 300 sessions of data"):
        check_windows(WalkForward(), 300)


ASKED = WalkForward(train_sessions=120, test_sessions=60)


def test_nothing_of_a_test_window_reaches_its_choice(search):
    one = walk_forward(search, "sharpe", ASKED, seed=1, workers=Threads(1))
    other_future = perturbed(search.pieces.market, 180, np.random.default_rng(1), jump=2.0)
    other = walk_forward(
        search_of(search.cells, other_future), "sharpe", ASKED, seed=1, workers=Threads(1)
    )
    # The choices for the windows from 120 and from 180 on were made before the future changed.
    assert [fold.row for fold in one.folds[:2]] == [fold.row for fold in other.folds[:2]]
    assert [fold.trained for fold in one.folds[:2]] == [fold.trained for fold in other.folds[:2]]
    np.testing.assert_array_equal(one.stitched.equity[:60], other.stitched.equity[:60])
    assert one.stitched.equity[60:].tolist() != other.stitched.equity[60:].tolist()


def test_the_stitched_equity_carries_what_is_left_and_ends_each_window_flat(search):
    walk = walk_forward(search, "sharpe", ASKED, seed=1, workers=Threads(2))
    assert walk.stitched.opening == 1_000_000.0
    assert len(walk.stitched.equity) == 300 - 120
    grown = np.prod(1.0 + walk.stitched.returns)
    assert grown == pytest.approx(walk.stitched.equity[-1] / 1e6, rel=1e-12)
    for fold in walk.folds:  # a window's last close moves nothing: the pair was sold at its open
        last = fold.test.end - 1 - 120
        kept = walk.stitched.equity[last]
        following = walk.stitched.equity[last + 1 : last + 2]
        assert len(following) == 0 or following[0] == kept  # and the next opens with as much


def test_hindsight_is_at_least_as_good_as_the_median(search):
    walk = walk_forward(search, "sharpe", ASKED, seed=1, workers=Threads(1))
    assert walk.hindsight.sharpe >= walk.median.sharpe


def test_a_window_of_all_sessions_is_the_run(search):
    asked = WalkForward(train_sessions=120, test_sessions=180)
    (fold,) = walk_forward(search, "sharpe", asked, seed=1, workers=Threads(1)).folds
    config = search.cells.grid.config(int(search.cells.numbers[fold.row]))
    first = simulate(config, search.pieces.market).ledger["equity"].to_numpy()[:120]
    assert fold.trained != 0.0
    returns = np.append(0.0, first[1:] / first[:-1] - 1.0)
    own = returns.mean() / returns.std(ddof=1) * np.sqrt(252)
    assert fold.trained == pytest.approx(own, rel=1e-12)


# --- beside ---


def test_weaker_words_know_how_many_were_tried(search):
    swept = sweep(search, "sharpe", workers=Threads(1))
    few, many = (beside(search, swept, trials=count, seed=1) for count in (24, 2400))
    assert few.compared == few.tested == 24
    assert many.deflated < few.deflated
    assert 1.0 <= few.effective <= 24.0
    assert few.deflated <= few.deflated_effective
    assert 0.0 <= few.overfitting <= 1.0


# --- verdict ---


def null_of(p):
    best = np.concatenate([np.full(round(p * 200) - 1, 9.0), np.zeros(200 - round(p * 200))])
    return SearchNull(p=p, observed=1.0, best=best, block_sessions=5, seed=1)


def walk_of(total, low):
    interval = MeanInterval(
        n=100, mean=0.001, low=low, high=0.01, confidence=0.95, method="percentile",
        block_sessions=5, blocks=20.0,
    )  # fmt: skip

    class Walk:
        pass

    Walk.interval, Walk.stitched = interval, Walk()
    Walk.stitched.total_return = total
    return Walk()


AROUND = Plateau(share=0.8, median=1.0, rows=np.arange(5))
PEAK = Plateau(share=0.2, median=0.1, rows=np.arange(5))


@pytest.mark.parametrize(
    ("entries", "observed", "p", "timing", "around", "walk", "expected"),
    [
        (50, 0.0, 0.005, None, AROUND, (0.1, 0.001), "NO EVIDENCE"),
        (4, 1.0, 0.005, 0.005, AROUND, (0.1, 0.001), "UNTESTABLE"),
        (50, 1.0, None, None, AROUND, (0.1, 0.001), "MARGINAL"),
        (50, 1.0, 0.105, None, AROUND, (0.1, 0.001), "NO EVIDENCE"),
        (50, 1.0, 0.05, 0.005, AROUND, (0.1, 0.001), "MARGINAL"),
        (50, 1.0, 0.005, 0.105, AROUND, (0.1, 0.001), "NO EVIDENCE"),
        (50, 1.0, 0.005, 0.035, AROUND, (0.1, 0.001), "MARGINAL"),
        (50, 1.0, 0.01, 0.03, PEAK, (0.1, 0.001), "MARGINAL"),
        (50, 1.0, 0.01, 0.03, AROUND, None, "MARGINAL"),
        (50, 1.0, 0.01, 0.03, AROUND, (-0.1, 0.001), "MARGINAL"),
        (50, 1.0, 0.01, 0.03, AROUND, (0.1, -0.001), "SUPPORTED, UNCONFIRMED"),
        (50, 1.0, 0.01, 0.03, AROUND, (0.1, None), "SUPPORTED, UNCONFIRMED"),
        (50, 1.0, 0.01, 0.03, AROUND, (0.1, 0.001), "SUPPORTED OUT OF SAMPLE"),
    ],
)
def test_the_weakest_word_decides(entries, observed, p, timing, around, walk, expected):
    computed, because = rung(
        AuditThresholds(),
        entries=entries,
        observed=observed,
        null=None if p is None else null_of(p),
        timing=None if timing is None else null_of(timing),
        around=around,
        walk=None if walk is None else walk_of(*walk),
    )
    assert computed == expected
    assert because


def test_histories_too_few_for_any_bar_are_said_to_be():
    kept = SearchNull(p=0.05, observed=1.0, best=np.zeros(19), block_sessions=5, seed=1)
    _, because = rung(
        AuditThresholds(),
        entries=50,
        observed=1.0,
        null=kept,
        timing=kept,
        around=AROUND,
        walk=None,
    )
    assert because.endswith(
        "(19 histories show no p below 0.050: it takes null.resamples of 99 to meet 0.01)"
    )
    enough = replace(kept, best=np.zeros(99), p=0.02)
    _, because = rung(
        AuditThresholds(), entries=50, observed=1.0, null=enough, timing=enough, around=AROUND,
        walk=None,
    )  # fmt: skip
    assert because == "p = 0.020, of the dates 0.020"


def test_a_null_that_could_not_be_drawn_is_never_worth_more_than_no_entries():
    why = "28 sessions are too few to draw histories from; it takes 31"
    asked = {"entries": 50, "observed": 4.6, "null": None, "timing": None, "around": AROUND}
    assert rung(AuditThresholds(), **asked, walk=None, undrawn=why) == ("UNTESTABLE", why)
    assert sentence(4, "sharpe", 4.6, None, None, undrawn=why).endswith(
        "; the search could not be repeated on histories without an edge."
    )


def test_the_sentence_says_what_luck_finds():
    null = null_of(0.41)
    assert sentence(1250, "sharpe", 1.61, null, None) == (
        "The best of 1,250 cells has a Sharpe ratio of 1.61; the same search on histories in which "
        "neither leg earns anything finds that or better in 41% of 199 (p = 0.410)."
    )
    both = sentence(1250, "sharpe", 1.61, null_of(0.01), null_of(0.73))
    assert both.endswith("(p = 0.010), and in 73% where each keeps what it earned (p = 0.730).")
    assert "not repeated" in sentence(1, "net_pnl", 1234.5, None, None)
    assert "a net P&L of $1,234" in sentence(1, "net_pnl", 1234.5, None, None)


def test_the_best_the_worst_and_twenty_drawn_ones_are_proved():
    ranked = np.arange(100)[::-1].copy()
    rows = to_prove(ranked, seed=1)
    assert rows[:2] == [99, 0]
    assert len(set(rows)) == len(rows) >= 20
    assert to_prove(np.array([0]), seed=1) == [0]
