"""The ladder: what each rating of each block allows, which rule is named, and what is told."""

from dataclasses import replace

import pytest

from configs.audit import AuditConfig
from reports.audits.check import Check
from reports.audits.evidence.evidence import Evidence
from reports.audits.evidence.rating import NAMES, block
from reports.audits.verdict import LADDER, verdict
from tests.unit.hand_outcomes import audit_config

PASSED = (Check(key="A1", name="Truncation", status="PASS", sentence="Nothing changed."),)
FAILED = Check(key="A2", name="Perturbation", status="FAIL", sentence="z moved on 2024-05-01.")
SKIPPED = Check(key="A9", name="Selection", status="NOT RUN", sentence="no universe is declared")

INVALID, UNTESTABLE, NO_EVIDENCE, MARGINAL, UNCONFIRMED, CONFIRMED = LADDER


def hand_evidence(*, entries=40, net=1_234.5, numbers=None, parts=None, **ratings):
    """Evidence in which every block supports but those named, by key."""
    audit, numbers, parts = audit_config(), numbers or {}, parts or {}
    return Evidence(
        pair="LLL/SSS",
        until="2024-12-31",
        sessions=800,
        entries=entries,
        net_pnl_usd=net,
        blocks=tuple(
            block(
                key,
                audit,
                ratings.get(key, "supports"),
                measured="" if ratings.get(key) == "not run" else f"{key} found",
                sentence=f"{key} said so.",
                numbers=numbers.get(key, {}),
                not_checked=parts.get(key, ()),
            )
            for key in NAMES
        ),
    )


def rung(checks=PASSED, **ratings):
    return verdict(checks, hand_evidence(**ratings)).rung


def test_the_ladder_is_the_audit_s():
    assert LADDER == (
        "INVALID",
        "UNTESTABLE",
        "NO EVIDENCE",
        "MARGINAL",
        "SUPPORTED, UNCONFIRMED",
        "SUPPORTED OUT OF SAMPLE",
    )


EVIDENCE, WORTH = ("E1", "E2", "E3", "E4"), ("F1", "F2", "F3", "F4", "C1", "C2")


@pytest.mark.parametrize(
    ("key", "rating", "expected"),
    [
        *((key, "against", NO_EVIDENCE) for key in EVIDENCE),
        *((key, "against", MARGINAL) for key in WORTH),
        ("E0", "against", UNTESTABLE),
        *((key, "marginal", MARGINAL) for key in ("E0", *EVIDENCE, *WORTH)),
        *((key, "not run", MARGINAL) for key in ("E0", *EVIDENCE, *WORTH)),
        ("E5", "against", NO_EVIDENCE),
        ("E5", "marginal", UNCONFIRMED),
        ("E5", "not run", UNCONFIRMED),
        ("E5", "supports", CONFIRMED),
    ],
)
def test_the_rating_of_one_block_alone_decides_and_the_block_is_named(key, rating, expected):
    computed = verdict(PASSED, hand_evidence(**{key: rating}))
    assert computed.rung == expected
    if expected != CONFIRMED:
        assert computed.reason.startswith(f"{NAMES[key]} ({key}): {rating}")


def test_a_failed_check_is_below_everything():
    computed = verdict((*PASSED, FAILED), hand_evidence(E0="against", E1="against"))
    assert computed.rung == INVALID
    assert computed.reason == "Perturbation (A2) failed: z moved on 2024-05-01."
    assert "integrity check A2 failed" in computed.sentence


def test_the_worst_rule_wins():
    assert rung(E0="against", E1="against", F1="against") == UNTESTABLE
    assert rung(E1="against", F1="against", E5="not run") == NO_EVIDENCE
    assert rung(F1="marginal", E5="not run") == MARGINAL


def test_a_run_whose_headline_was_not_run_never_rises_above_marginal():
    assert rung(E1="not run") == MARGINAL
    assert rung(E1="not run", E2="against") == NO_EVIDENCE


def test_without_integrity_nothing_is_supported():
    assert rung(()) == MARGINAL
    assert rung((SKIPPED,)) == MARGINAL
    assert rung((*PASSED, SKIPPED)) == CONFIRMED
    assert "Integrity (A): not run" in verdict((), hand_evidence()).not_checked


def test_of_equals_the_headline_is_named_first_and_the_others_after_it():
    computed = verdict(PASSED, hand_evidence(E4="against", E1="against", E2="against"))
    assert computed.reason == (
        "Re-run on resampled paths (E1): against (E1 found). The same holds of Intervals of the "
        "mean (E2) and Deflated Sharpe ratio (E4)."
    )
    named = [text.partition(")")[0][-2:] for text in computed.what_would_change]
    assert named == ["E1", "E2", "E4"]


# --- what would change it ---


def test_what_would_change_it_is_the_next_bar_that_lifts_the_rung():
    (text,) = verdict(PASSED, hand_evidence(E1="against")).what_would_change
    assert text == (
        "Re-run on resampled paths (E1): p of at most 0.1, of the timing 0.1, and a gain (now E1 "
        "found)"
    )
    (text,) = verdict(PASSED, hand_evidence(E1="marginal")).what_would_change
    assert "p of at most 0.01, of the timing 0.03" in text
    # Against and marginal allow the same of C1: only support lifts it.
    (text,) = verdict(PASSED, hand_evidence(C1="against")).what_would_change
    assert "at least 3 times the cost charged" in text
    (text,) = verdict(PASSED, hand_evidence(F3="not run")).what_would_change
    assert text.endswith("(not run)")


def test_at_the_top_only_losses_would_change_it():
    (text,) = verdict(PASSED, hand_evidence()).what_would_change
    assert "Losses after publication" in text


# --- what was not checked ---


def test_everything_that_was_not_run_is_listed_with_its_reason():
    computed = verdict(
        (*PASSED, SKIPPED),
        hand_evidence(F4="not run", parts={"E4": ("backtest overfitting: unknown",)}),
    )
    assert computed.not_checked == (
        "Selection (A9): no universe is declared",
        "Deflated Sharpe ratio (E4), backtest overfitting: unknown",
        "One session later (F4): F4 said so",
    )


# --- the sentence ---

NUMBERS = {
    "E1": {"share_as_good": 0.415, "paths": 199},
    "P": {"largest_mean_return_allowed": 0.0123},
}


def said(*, checks=PASSED, numbers=NUMBERS, **settings):
    return verdict(checks, hand_evidence(numbers=numbers, **settings)).sentence


def test_no_evidence_is_told_with_its_numbers_and_what_the_data_still_allow():
    assert said(E1="against") == (
        "LLL/SSS made $1,234 after costs on 40 independent entries in 800 sessions "
        "to 2024-12-31, and 83 of 199 histories in which neither leg earns anything did at "
        "least as well (E1 found); the data still allow a mean of up to 1.2% per trade."
    )


def test_another_rule_that_holds_it_down_is_in_the_sentence():
    assert "; but the profit leans on one regime (F2: F2 found)." in said(F2="marginal")
    assert "; F4 (one session later) was not run." in said(F4="not run")
    assert "; its integrity was not checked." in said(checks=())
    quick = said(E1="not run", E3="against")
    assert "; it was not re-run on resampled histories; but too often entries" in quick


def test_a_loss_is_called_one():
    assert said(net=-5_000.0, E1="against").startswith("LLL/SSS lost $5,000 after")


def test_few_entries_and_none_are_untestable():
    few = said(entries=3, E0="against")
    assert "on 3 independent entries" in few
    assert "cannot tell skill from luck" in few
    assert said(entries=1, E0="against").count("1 independent entry in") == 1
    none = said(entries=0, E0="against")
    assert none == "LLL/SSS entered nothing in 800 sessions."


def test_what_came_after_publication_is_in_the_sentence_of_a_supported_run():
    nothing = "UNCONFIRMED: nothing that came after publication was judged."
    assert said(E5="not run").endswith(f"every block supports it, {nothing}")
    few = {"E5": {"unconfirmed": "40 sessions are too few"}}
    unconfirmed = said(E5="marginal", numbers=few)
    assert unconfirmed.endswith("UNCONFIRMED after publication: 40 sessions are too few.")
    assert "and what came after publication agrees (E5 found)." in said()


@pytest.mark.parametrize("below", [{}, {"E1": "against"}, {"E0": "against"}])
def test_a_loss_after_publication_leads_whatever_else_holds_it_down(below):
    after = {"total_return": -0.085, "mean": -0.00249}
    numbers = {"E5": {"published_on": "2026-05-06", "after": after}}
    sentence = said(E5="against", numbers=numbers, **below)
    assert sentence.startswith(
        "After 2026-05-06 LLL/SSS lost 8.5% (-24.9 bps a session); up to then it made $1,234"
    )
    assert rung(E5="against") == NO_EVIDENCE


def test_timing_that_adds_nothing_is_said_where_it_decides():
    drifting = {"p": 0.001, "share_as_good": 0.0, "paths": 999, "dates_decide": True}
    text = "its choice of dates adds no more than chance to holding the legs"
    assert text in said(E1="against", numbers={"E1": drifting})
    noisy = drifting | {"dates_decide": False}
    assert text not in said(E1="against", numbers={"E1": noisy})


def test_power_holds_nothing_down():
    assert rung(P="shown") == rung(P="not run") == CONFIRMED


def test_thresholds_of_one_s_own_are_in_the_sentence():
    own = replace(hand_evidence(), changed_thresholds=("regime_share 0.7 instead of 0.6",))
    assert verdict(PASSED, own).sentence.endswith(
        "(judged by thresholds of its own: regime_share 0.7 instead of 0.6)."
    )


def test_a_mean_that_must_be_below_zero_is_told():
    numbers = {"P": {"largest_mean_return_allowed": -0.01}}
    assert "the data allow no mean above zero" in said(E1="against", numbers=numbers)


def test_no_verdict_claims_a_proof():
    for checks in ((), PASSED, (*PASSED, FAILED)):
        for key in NAMES:
            for rating in ("supports", "marginal", "against", "not run"):
                computed = verdict(checks, hand_evidence(**{key: rating}))
                words = (computed.sentence, computed.reason, *computed.what_would_change)
                assert "proven" not in " ".join((*words, *computed.not_checked)).lower()


def test_what_nobody_can_check_holds_a_run_at_marginal_and_is_named():
    asked = {"key": "A12", "name": "outside knowledge", "status": "REMARK", "sentence": "It read."}
    assert rung((*PASSED, Check(**asked))) == CONFIRMED
    held = verdict((*PASSED, Check(**asked, holds=True)), hand_evidence(numbers=NUMBERS))
    assert (held.rung, held.reason) == (MARGINAL, "Outside knowledge (A12): It read.")
    assert held.sentence.endswith("but it knows what nobody can check (A12).")


def test_every_bar_that_somebody_moved_is_told_wherever_it_is_written():
    moved = {"least_filing_days": 0, "thresholds": {"regime_share": 0.7}, "resamples": 19}
    assert AuditConfig.model_validate(moved).changed == (
        "least_filing_days 0 instead of 10",
        "regime_share 0.7 instead of 0.6",
    )
    assert AuditConfig().changed == ()
