"""A9: where a pair stands among all pairs of its universe."""

from dataclasses import replace

import numpy as np
import pytest

from engine.event import simulate
from engine.trials.executor import Threads
from reports.audits.integrity import selection as a9
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.cuts import FULL, QUICK
from reports.audits.subject import Subject
from tests.unit.control_pairs import control_config
from tests.unit.hand_universe import hand_universe

FOLDER = {"path": "unread", "resamples": 9}


def audited(universe, *, counts=FULL, config=None, **subject):
    asked = config or control_config(audit_seed=1)
    asked = asked.model_copy(
        update={"audit": asked.audit.model_copy(update={"universe": _asked()})}
    )
    market = hand_universe(4).market if universe is None else universe.market
    made = Subject(config=asked, market=market, universe=universe, **subject)
    return Audited(subject=made, base=None, trace=None, counts=counts, cuts=None)


def _asked():
    from configs.universe import AuditUniverse

    return AuditUniverse(**FOLDER)


def test_without_a_universe_nobody_knows_how_the_pair_was_chosen():
    check = a9.selection(audited(None))
    assert (check.status, check.sentence) == ("NOT RUN", a9.NOT_DECLARED)


def test_a_pair_is_placed_among_all_others_by_their_own_runs():
    universe = hand_universe(4)
    check = a9.selection(audited(universe))
    scores = {}
    for pair in universe.pairs:
        config = control_config(pair={"long": pair[0], "short": pair[1]})
        ratio = simulate(config, universe.market_of(pair)).headline
        scores[pair] = ratio["sharpe"] if ratio["entries"] else 0.0
    own = scores.pop(("LLL", "SSS"))
    as_good = sum(score >= own for score in scores.values())
    assert check.status == "PASS"
    assert check.detail["observed"] == own
    assert check.detail["as_good"] == as_good
    assert check.detail["others"] == 4 * 3 - 1
    assert check.detail["share_at_least_as_good"] == as_good / 11
    assert check.detail["percentile"] == 100.0 * (1.0 - as_good / 11)
    best = max([*scores.items(), (("LLL", "SSS"), own)], key=lambda each: each[1])
    assert check.detail["best"][0] == ["/".join(best[0]), best[1]]
    assert f"{as_good} of 11" in check.sentence


def test_p_is_of_the_best_pair_of_each_history_and_no_thread_changes_it():
    universe = hand_universe(4)
    config = control_config()
    one, two = (
        a9.standing(config, universe, resamples=9, workers=Threads(workers)) for workers in (1, 3)
    )
    np.testing.assert_array_equal(one.null.best, two.null.best)
    assert one.null.observed == one.observed  # not the best pair's: ours
    assert one.null.p == (1 + (one.null.best >= one.observed).sum()) / (9 + 1)


def test_a_planted_edge_stands_out_of_many_pairs_and_luck_does_not():
    found = {
        edge: a9.standing(
            control_config(),
            hand_universe(6, sessions=500, edge=edge),
            resamples=19,
            workers=Threads(2),
        )
        for edge in (0.0, 0.01)
    }
    assert found[0.01].as_good == 0
    assert found[0.01].null.p == found[0.01].timing.p == 1 / 20
    assert found[0.0].null.p > 0.1
    assert found[0.0].timing is None  # luck explains it: nothing is left to ask of the dates


def test_a_symbol_that_merely_rises_beats_luck_but_not_those_that_keep_what_it_earned():
    universe = hand_universe(6, sessions=500)
    rise = np.exp(0.004 * np.arange(500))
    leg, prices = universe.legs["LLL"], ("open", "close", "adj_close")
    leg = replace(leg, **{name: getattr(leg, name) * rise for name in prices})
    market = replace(universe.market, long=leg)
    rising = replace(universe, market=market, legs=universe.legs | {"LLL": leg})
    found = a9.standing(control_config(), rising, resamples=19, workers=Threads(2))
    assert found.null.p == 1 / 20
    assert found.timing.p > 0.5


def test_both_are_told():
    check = a9.selection(audited(hand_universe(4, sessions=500, edge=0.01)))
    assert ", and on 0 where each keeps what it earned (p = 0.100)." in check.sentence
    assert check.detail["p_of_the_dates"] == 0.1


def test_a_quick_audit_places_the_pair_and_says_that_luck_was_not_asked():
    check = a9.selection(audited(hand_universe(4), counts=QUICK))
    assert check.status == "PASS"
    assert check.detail["histories"] == 0
    assert "was not run" in check.sentence


def test_what_was_left_out_is_named():
    universe = replace(hand_universe(4), left_out={"XXX": "has a hole", "YYY/ZZZ": "are one"})
    check = a9.selection(audited(universe, counts=QUICK))
    assert check.sentence.endswith("Left out: XXX, YYY/ZZZ.")
    assert check.detail["left_out"] == {"XXX": "has a hole", "YYY/ZZZ": "are one"}


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        (
            {"fundamentals": {"source": "sample"}, "signal": {"kind": "capex"},
             "sizing": {"kind": "capex_intensity", "scales": "gross"}},
            "the company reports of its legs",
        ),
        (
            {"exits": {"holding_sessions": 5, "flat_over": {"earnings": "earnings.csv"}}},
            "exits.flat_over.earnings, the announcements of its legs",
        ),
    ],
)  # fmt: skip
def test_a_rule_on_what_only_these_legs_have_is_not_run_by_name(sections, says):
    check = a9.selection(audited(hand_universe(4), config=control_config(**sections)))
    assert check.status == "NOT RUN"
    assert says in check.sentence
