"""Cuts, other futures and streaming: strategies that raise, runs too short, and what is said."""

import numpy as np
import pytest

from engine.errors import EngineError
from reports.audits.check import Check
from reports.audits.integrity import lookahead
from reports.audits.integrity.audited import audited
from reports.audits.integrity.checks import read_together
from reports.audits.integrity.cuts import FULL, QUICK
from reports.audits.integrity.lookahead import perturbation, streaming, truncation
from reports.audits.subject import Subject
from strategies import AlwaysPair, CorrelationPair
from tests.unit.audit_market import audit_config, audit_market, own
from tests.unit.hand_market import first_sessions


def ready(subject, counts=QUICK):
    return audited(subject, subject.run(), counts)


def of(strategy_class, **sections):
    return ready(
        Subject(
            config=audit_config(**sections), market=audit_market(), strategy_class=strategy_class
        )
    )


class NeedsThirty(CorrelationPair):
    """Cannot do its sums on fewer than thirty sessions, before which it decides nothing."""

    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        if len(adj_close_long) < 30:
            raise EngineError("thirty sessions, please")
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        z = np.where(np.arange(len(adj_close_long)) < 30, 0.0, lines["z"])
        return {**lines, "z": z}


class NeedsHundred(CorrelationPair):
    """Has decided much by the hundredth session, and cannot be run up to any of it."""

    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        if len(adj_close_long) < 100:
            raise EngineError("a hundred sessions, please")
        return super().signal_lines(config, adj_close_long, adj_close_short)


class Timid(AlwaysPair):
    """Stops where a leg is far from where it began: as in a future with a jump."""

    limit = 3.0

    def next(self):
        if self.long.lines.close[0] > self.limit * 100.0:
            raise EngineError("too high for me")
        super().next()


class NeverAlone(AlwaysPair):
    """Cannot live without the bars of tomorrow in memory."""

    def is_triggered(self):
        return self.long.lines.close.array[len(self) % 160] > 0.0


# --- A1 ---


def test_a_run_without_a_session_to_cut_at_is_not_cut():
    check = truncation(ready(own(market=first_sessions(audit_market(), 16))))
    assert check.status == "NOT RUN"
    assert "no session lies between the first live one and the end" in check.sentence


def test_a_strategy_that_raises_before_it_decides_anything_leaks_nothing():
    check = truncation(of(NeedsThirty))
    assert check.status == "PASS"
    assert check.detail["refused"] == sum(day < "2023-02-14" for day in check.detail["cuts"]) > 0
    assert "raised on too few sessions, before anything was decided" in check.sentence


def test_a_strategy_that_cannot_be_run_up_to_what_it_decided_fails():
    check = truncation(of(NeedsHundred))
    assert check.status == "FAIL"
    assert check.difference.what == "the run"
    assert "a hundred sessions, please" in check.difference.actual


def test_how_many_cuts_there_were_is_said_and_which():
    run = ready(own(), FULL)
    check = truncation(run)
    cuts = run.cuts
    assert f"the data up to {len(cuts.all)} sessions" in check.sentence
    assert f"{len(cuts.decisions)} that decided an order, 20 nearest" in check.sentence
    assert "10 drawn, the first with every signal known" in check.sentence
    assert len(check.detail["cuts"]) == len(cuts.all)
    assert "Quick audit" not in check.sentence
    assert truncation(ready(own())).sentence.startswith("Quick audit: run again on the data up to ")


# --- A2 ---


def test_a_future_in_which_the_strategy_raises_is_left_out_and_counted():
    check = perturbation(of(Timid))
    assert check.status == "PASS"
    # The four cuts have a future with a jump each, from a price near 100 to one near 1,000.
    assert check.detail["stopped"] == 4
    assert check.detail["runs"] == 4 * 2 - 4
    assert "4 runs raised later on and could not be compared" in check.sentence


def test_a_strategy_that_raises_in_every_other_future_is_not_judged_by_them(monkeypatch):
    run = of(Timid)
    monkeypatch.setattr(Timid, "limit", 0.0)
    check = perturbation(run)
    assert check.status == "NOT RUN"
    assert "too high for me" in check.sentence


def test_a_signal_that_no_future_moves_is_remarked_because_no_rerun_can_judge_it():
    known = own().run().signals["z"].to_numpy()
    peeked = np.append(known[1:], 0.0)  # as if read from a file that somebody wrote at the end

    class FromAFile(CorrelationPair):
        @classmethod
        def signal_lines(cls, config, adj_close_long, adj_close_short):
            lines = super().signal_lines(config, adj_close_long, adj_close_short)
            return {**lines, "z": peeked[: len(adj_close_long)]}

    run = of(FromAFile)
    assert truncation(run).status == "PASS"
    check = perturbation(run)
    assert (check.status, check.holds) == ("REMARK", True)  # at MARGINAL at most
    assert check.detail["not_from_the_market"] == ["signal line z", "decision (entry)"]
    assert "no future changed signal line z and decision (entry), which therefore does not" in (
        check.sentence
    )


class Flagged(AlwaysPair):
    """Carries a line that is 1 throughout: it says nothing, whoever made it."""

    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {**lines, "on": np.ones(len(adj_close_long))}


def test_signals_made_of_prices_are_not_remarked_nor_those_that_are_one_value():
    for run in (ready(own()), of(CorrelationPair), of(AlwaysPair), of(Flagged)):
        check = perturbation(run)
        assert check.detail["not_from_the_market"] == []
        assert "Remark" not in check.sentence


def test_one_future_of_each_cut_jumps_and_the_others_do_not(monkeypatch):
    jumps = []
    honest = lookahead.perturbed

    def noted(market, count, rng, jump=1.0):
        jumps.append((count, jump))
        return honest(market, count, rng, jump)

    monkeypatch.setattr(lookahead, "perturbed", noted)
    perturbation(ready(own(), FULL))
    cuts = {cut for cut, _ in jumps}
    assert {(cut, jump): jumps.count((cut, jump)) for cut, jump in jumps} == {
        **{(cut, 10.0): 1 for cut in cuts},
        **{(cut, 1.0): 2 for cut in cuts},
    }
    assert min(cuts) == 2
    assert len(cuts) == 12


# --- A3 ---


def test_a_strategy_that_cannot_run_bar_by_bar_fails():
    run = of(NeverAlone)
    check = streaming(run)
    assert check.status == "FAIL"
    assert "raised IndexError" in check.difference.actual


# --- together ---


def checks(**statuses):
    return tuple(
        Check(key=key, name="n", status=status, sentence="Said.")
        for key, status in statuses.items()
    )


def sentences(**statuses):
    return {check.key: check.sentence for check in read_together(checks(**statuses))}


def test_a_failed_cut_beside_futures_that_pass_is_a_leak_by_length():
    computed = sentences(A1="FAIL", A2="PASS", A10="PASS")
    assert computed["A1"].endswith("it used how much was to come.")
    assert computed["A2"] == "Said."


@pytest.mark.parametrize(
    "statuses", [{"A1": "FAIL", "A2": "FAIL"}, {"A1": "PASS", "A2": "PASS"}, {"A1": "FAIL"}]
)
def test_other_failures_mean_what_they_say(statuses):
    assert set(sentences(**statuses, A10="PASS").values()) == {"Said."}


def test_where_two_runs_are_never_the_same_no_failure_is_called_foresight():
    computed = sentences(A1="FAIL", A2="PASS", A3="FAIL", A4="FAIL", A10="FAIL")
    text = "Said. It is not even the same when run twice (A10), so this need not be foresight."
    assert computed == {"A1": text, "A2": "Said.", "A3": text, "A4": "Said.", "A10": "Said."}
