"""What a strategy knew beside the market; A1 and A3 where no later session is held."""

from functools import cache
from pathlib import Path

import pytest

from engine.foreign.closed import version
from engine.foreign.outside import written_down
from engine.foreign.stand_in import stand_in
from reports.audits.check import Check
from reports.audits.evidence.path_pool import PathOutcome, entry_days
from reports.audits.evidence.resampling import idle_paths, repeated_entries
from reports.audits.integrity import shelf_of_leaks
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.integrity.grown import grown
from reports.audits.integrity.knowledge import knowledge
from reports.audits.integrity.lookahead import streaming
from reports.audits.integrity.provenance import provenance
from reports.audits.subject import Subject
from strategies import CorrelationPair
from tests.leaks.planted import CLEAN, LEAKS, SHELF
from tests.unit.audit_market import audit_config, audit_market, own

NAMED = {each.name: each for each in SHELF}
RANDOM = Check(key="A10", name="determinism", status="FAIL", sentence="tosses coins")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the audited long leg's prices, as a cheat would find them."""
    place = tmp_path_factory.mktemp("prices")
    market = audit_market()
    rows = [
        f"{day},{row[0]},{row[1]},{row[2]},{row[3]}"
        for day, *row in zip(
            market.sessions, market.long.open, market.long.high, market.long.low,
            market.long.close, strict=True,
        )
    ]  # fmt: skip
    (place / "LLL.csv").write_text("\n".join(["Date,Open,High,Low,Close", *rows]) + "\n")
    return place


@pytest.fixture(scope="module")
def audited_run(folder):
    """What makes a strategy of the shelf ready for its checks, each once."""

    @cache
    def made(name):
        file = folder / f"{name}.py"
        file.write_text(NAMED[name].source(folder))
        subject = Subject(
            config=audit_config(), market=audit_market(), strategy_class=stand_in(file)
        )
        return audited(subject, subject.run(), QUICK)

    return made


def judged(run, others=()):
    return knowledge(run.subject, run.base, others)


def test_the_shelf_holds_enough_of_either_sort():
    assert (len(LEAKS) >= 40, len(CLEAN) >= 25, len(NAMED) == len(SHELF)) == (True, True, True)


def test_readme_and_page_carry_the_recorded_counts():
    made = shelf_of_leaks.recorded()
    rows = made["strategies"]
    assert [row["name"] for row in rows] == [each.name for each in (*LEAKS, *CLEAN)]
    assert [bool(row["sort"]) for row in rows] == [each.cheats for each in (*LEAKS, *CLEAN)]
    caught = sum(bool(row["sort"]) and row["outcome"] == "caught" for row in rows)
    accused = [row["name"] for row in rows if not row["sort"] and row["outcome"] == "caught"]
    assert (made["caught"], made["accused"]) == (caught, accused)
    assert sum(made[name] for name in ("caught", "held", "disarmed")) + len(made["missed"]) == len(
        LEAKS
    )
    readme = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    assert f"<!-- leaks: begin -->\n{shelf_of_leaks.sentence()}\n<!-- leaks: end -->" in readme


@pytest.mark.parametrize("name", ["rolling_score", "indicator_average", "cache_of_its_past"])
def test_an_honest_strategy_knows_the_market_alone(audited_run, name):
    run = audited_run(name)
    check = judged(run)
    assert (check.status, check.holds) == ("PASS", False)
    assert check.detail["reached_for"] == []
    if version():
        assert check.sentence.endswith("With the disk and the network closed: the same run.")
    assert streaming(run).status == "PASS"
    assert grown(run)[1] is None


def test_a_read_of_prices_fails_and_names_the_file(audited_run, folder):
    check = judged(audited_run("csv_by_descriptor"))
    assert check.status == "FAIL"
    assert check.difference.actual == f"opened {folder / 'LLL.csv'}"


@pytest.mark.skipif(version() == 0, reason="the kernel has no Landlock")
def test_a_read_that_no_hook_sees_fails_because_the_run_hangs_on_it(audited_run):
    check = judged(audited_run("c_library"))
    assert check.status == "FAIL"
    assert check.difference.what == "signal line mine"
    assert "With the disk and the network closed the run is another one" in check.sentence


def test_what_may_tell_nothing_holds_the_run_at_marginal(tmp_path, audited_run):
    (tmp_path / "words.txt").write_text("buy low\n")
    file = tmp_path / "mine.py"
    file.write_text(
        "from strategies import CorrelationPair\n\n"
        f"open({str(tmp_path / 'words.txt')!r}).read()\n\n\n"
        "class Strategy(CorrelationPair):\n    pass\n"
    )
    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=stand_in(file))
    check = knowledge(subject, subject.run(), ())
    assert (check.status, check.holds) == ("REMARK", True)
    assert f"opened {tmp_path / 'words.txt'}" in check.sentence


def test_a_run_that_is_random_is_not_compared_with_the_disk_closed(audited_run):
    check = judged(audited_run("global_coins"), [RANDOM])
    assert (check.status, check.detail["disk_closed"]) == ("PASS", "not compared (A10)")


def test_rules_of_this_program_and_of_this_process_are_told_apart():
    assert knowledge(own(), own().run(), ()).status == "PASS"
    here = Subject(config=audit_config(), market=audit_market(), strategy_class=CorrelationPair)
    assert knowledge(here, here.run(), ()).status == "NOT RUN"


def test_a_peek_on_one_date_shows_where_the_data_grow(tmp_path):
    file = tmp_path / "one_date.py"
    file.write_text(
        NAMED["rolling_score"]
        .source(tmp_path)
        .replace("+ 1", "+ 1\n        if len(ratio) > 110:\n            mine[100] = ratio[110]")
    )
    subject = Subject(config=audit_config(), market=audit_market(), strategy_class=stand_in(file))
    count, difference = grown(audited(subject, subject.run(), QUICK))
    assert count == len(audit_market().sessions)  # on every one of so few
    assert difference.what == "signal line mine"
    assert difference.session <= str(audit_market().sessions[100])


def test_one_peek_of_a_running_strategy_shows_where_bars_arrive(audited_run):
    check = streaming(audited_run("array_on_one_date"))
    assert (check.status, check.difference.what) == ("FAIL", "decision (entry)")


def test_books_of_the_strategy_s_own_fail_by_the_first_that_differs(audited_run):
    run = audited_run("cash_once")
    check = provenance(run.subject, run.base)
    assert check.status == "FAIL"
    assert check.difference.session == str(audit_market().sessions[120])  # after its 120th
    assert "had cash of" in check.sentence


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"X = (1, 2, 3)\n", ""),
        (b"X = " + repr(list(range(200))).encode(), "200 numbers in its code"),
        (b"X = '''" + b" ".join(b"2024-01-%02d" % n for n in range(1, 8)) + b"'''", "7 dates in"),
        (b"X = '" + b"QUJD" * 100 + b"'", "400 letters of packed text in its code"),
        (b"X = (", ""),
    ],
)
def test_a_table_in_the_code_is_told_from_parameters(source, words):
    assert words in written_down(source)
    assert bool(written_down(source)) is bool(words)


def path(*days):
    return PathOutcome(
        sharpe=0.0,
        appraisal=0.0,
        total_return=0.0,
        entries=len(days),
        is_ruined=False,
        entered=frozenset(days),
    )


def test_bars_asked_for_ahead_show_where_bars_arrive(audited_run):
    check = streaming(audited_run("asks_ahead"))
    assert (check.status, check.difference.what) == ("FAIL", "decision (entry)")


def test_histories_that_hardly_trade_are_counted():
    base = own().run()
    count = len(entry_days(base))
    assert count == 10
    one, two = path("2023-05-01"), path("2023-05-01", "2023-06-01")
    assert idle_paths(base, [path(), one, two, two]) == 2 / 4  # fewer than 0.2 * 10 entries


def test_histories_that_repeat_the_entry_dates_are_told_from_those_that_do_not():
    base = own().run()
    days = [f"{day:%Y-%m-%d}" for day in base.trades["entry_decided"]]
    assert repeated_entries(base, [path(*days)]) == pytest.approx(1.0)
    others = sorted({str(day) for day in audit_market().sessions} - set(days))[: len(days)]
    chance = len(others) / len(base.ledger)
    assert repeated_entries(base, [path(*others)]) == pytest.approx(-chance / (1.0 - chance))
    assert repeated_entries(base, [path(), path()]) == 0.0
