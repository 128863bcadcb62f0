"""The audit from the command line: a verdict on the sample, on real prices, and on leaks."""

import json

import pytest

import run
from tests.e2e.program import (
    OFTEN,
    ROOT,
    complaint,
    finish,
    home,
    in_time,
    market_folder,
    new_process,
    overrides,
    refusal,
    run_py,
    start,
    tree,
)
from tests.e2e.test_cli_capex import from_csv, quarters_file
from tests.golden.test_replication import CAPEX, GROWTH, IN_WORDS, THREE_TESTS, UNPUBLISHED

SAMPLE = "configs/sample.yaml"
LEAKS = ROOT / "tests" / "leaks"
CHECKS = [f"A{number}" for number in range(1, 13)]
FEW = ("audit.resamples=39", "audit.resamples_at_most=39")
BLOCKS = ["E0", "E1", "E2", "E3", "E4", "E5", "F1", "F2", "F3", "F4", "C1", "C2", "P"]


def document(folder):
    return json.loads((folder / "audit.json").read_text(encoding="utf-8"))


def page_text(folder):
    return (folder / "audit.html").read_text(encoding="utf-8")


def status(computed):
    return {check["key"]: check["status"] for check in computed["checks"]}


def audited(desk, capsys, *words):
    """Audit in this process, quickly; return the folder."""
    assert run.main(["audit", *map(str, words), "--quick"]) == 0
    return ROOT.joinpath(capsys.readouterr().out.splitlines()[-1]).parent


# --- the bundled sample ---


def test_the_sample_gets_a_verdict_offline_and_is_labelled(sample_audit):
    assert sample_audit.code == 0, sample_audit.err
    whole = document(sample_audit.page.parent)
    assert sample_audit.out.startswith(f"SYNTHETIC DATA. {whole['verdict']['rung']}: ")
    assert whole["synthetic"] is True
    assert "SYNTHETIC" in page_text(sample_audit.page.parent)
    assert {path.name.split("-")[0] for path in sample_audit.page.parent.iterdir()} == {
        "audit.html", "audit.json", "manifest.json", "plotly",
    }  # fmt: skip


def test_every_check_and_every_block_is_there_and_what_was_not_run_says_why(sample_audit):
    whole = document(sample_audit.page.parent)
    assert [check["key"] for check in whole["checks"]] == CHECKS
    assert [block["key"] for block in whole["evidence"]] == BLOCKS
    assert "FAIL" not in status(whole).values()
    for part in (*whole["checks"], *whole["evidence"]):
        if "not run" in (part.get("status", "").lower(), part.get("rating")):
            assert part["sentence"].startswith("Not run: ")
            named = f"({part['key']})"
            assert any(named in each for each in whole["verdict"]["not_checked"])
    e1 = next(block for block in whole["evidence"] if block["key"] == "E1")
    assert e1["rating"] == "not run"  # --quick
    assert whole["quick"] is True
    ladder = ("INVALID", "UNTESTABLE", "NO EVIDENCE", "MARGINAL")
    assert whole["verdict"]["rung"] in ladder


# --- one audit of few sessions, asked for more than there is ---


@pytest.fixture(scope="module")
def asking_much(arrival, tmp_path_factory):
    """Pairs without prices and a horizon beyond the history: a folder, and the words for it."""
    words = [*OFTEN, *overrides("audit.pairs=[SMH/XXXX, SMH/QQQ]", "audit.horizons=[5, 21, 400]")]
    out = tmp_path_factory.mktemp("audit") / "much"
    done = run_py(["audit", *words, "--quick", "--out", out], arrival)
    assert done.code == 0, done.err
    return out, words


def test_a_pair_without_prices_says_so_and_the_rest_stands(asking_much):
    folder, _ = asking_much
    pairs = document(folder)["rarity"]["pairs"]
    assert "the sample has no 'XXXX'" in pairs["SMH/XXXX"]["reason"]
    assert pairs["SMH/QQQ"]["measured"]["readings"] > 50
    assert "not computed: the sample has no" in page_text(folder)


def test_a_horizon_longer_than_the_history_says_so_and_the_rest_stands(asking_much):
    folder, _ = asking_much
    horizons = document(folder)["forward"]["test"]["horizons"]
    assert horizons["400"]["complete"] == 0
    assert horizons["400"]["mean"] is None
    assert horizons["400"]["unfinished"] == len(document(folder)["forward"]["test"]["entries"])
    assert horizons["21"]["complete"] > 1
    assert "After 21 sessions " in page_text(folder)


def test_the_same_audit_leaves_the_same_bytes(asking_much, tmp_path):
    """To another user, with a cache of their own."""
    first, words = asking_much
    again = tmp_path / "b"
    done = run_py(["audit", *words, "--quick", "--out", again], home(tmp_path / "home"))
    assert done.code == 0, done.err
    assert tree(first) == tree(again)
    for name in ("audit.json", "audit.html"):
        assert (first / name).read_bytes() == (again / name).read_bytes()


# --- the article, on real prices and filings ---


@pytest.fixture(scope="module")
def article(arrival, tmp_path_factory):
    """The whole audit, resampled paths included: 39 paths, for 999 take long."""
    out = tmp_path_factory.mktemp("audit") / "article"
    words = ["audit", "configs/article.yaml", *overrides(*FEW), "--out", out]
    source = overrides("data.source=csv", f"data.path={market_folder()}")
    return run_py([*words, *source, *from_csv(quarters_file())], arrival)


@pytest.mark.market
def test_every_row_of_the_replication_table_is_reproduced(article):
    """What was published and what must be found are typed in the golden test, not read here."""
    assert article.code == 0, article.err
    whole = document(article.page.parent)
    published = {row["key"]: row for row in whole["published"]}
    table = [*THREE_TESTS, *IN_WORDS, *GROWTH, *CAPEX]
    named = {named_like_a_ticker(row[0]) for row in table}
    assert published.keys() == named
    for key, unit, text, _, expected, digits, outcome in table:
        row = published[named_like_a_ticker(key)]
        assert (row["unit"], row["published"], row["outcome"]) == (unit, text, outcome), key
        assert round(row["computed"], digits) == round(expected, digits), key
    for key, expected, digits in UNPUBLISHED:
        assert round(whole["figures"][key], digits) == round(expected, digits), key


def named_like_a_ticker(key):
    return key.replace("GOOG_", "GOOGL_")


@pytest.mark.market
def test_the_horizons_are_several_tests_and_holm_says_so(article):
    forward = document(article.page.parent)["forward"]
    p = {key: collected["p_value"] for key, collected in forward["test"]["horizons"].items()}
    assert p["21"] < p["63"] < p["126"]  # the smallest counts thrice, the next twice
    assert forward["holm"] == pytest.approx({"21": 3 * p["21"], "63": 2 * p["63"], "126": p["126"]})


@pytest.mark.market
def test_the_page_says_what_does_not_reproduce(article):
    page = page_text(article.page.parent)
    assert page.count('class="error">does not reproduce') == 9
    assert "Of 47 published figures 38 reproduced, 9 not reproduced." in page
    assert "6-month mean without those three" in page


@pytest.mark.market
def test_the_correlation_trade_is_untestable_and_the_run_did_not_cheat(article):
    whole = document(article.page.parent)
    assert whole["verdict"]["rung"] == "UNTESTABLE"
    assert "on 3 independent entries in 808 sessions to 2026-06-30" in whole["verdict"]["sentence"]
    # No filing decides and no universe was declared; an expanding z remembers where it began.
    other = {"A6": "REMARK", "A7": "NOT RUN", "A9": "NOT RUN"}
    assert status(whole) == dict.fromkeys(CHECKS, "PASS") | other
    e1 = next(block for block in whole["evidence"] if block["key"] == "E1")
    assert e1["numbers"]["paths"] == len(e1["numbers"]["resampled"]) == 39
    better = sum(each >= e1["numbers"]["observed"] for each in e1["numbers"]["resampled"])
    assert e1["numbers"]["p"] == pytest.approx((1 + better) / 40)


@pytest.mark.market
def test_the_capex_trade_gets_its_verdict(desk, capsys, tmp_path):
    source = overrides("data.source=csv", f"data.path={market_folder()}", "audit.pairs=[]")
    words = ["configs/nvda_msft.yaml", *source, *from_csv(quarters_file())]
    whole = document(audited(desk, capsys, *words, "--out", tmp_path / "a"))
    assert whole["verdict"]["rung"] == "NO EVIDENCE"
    assert "on 6 independent entries" in whole["verdict"]["sentence"]
    a7 = next(check for check in whole["checks"] if check["key"] == "A7")
    assert a7["detail"]["facts"] > 500  # every number that a decision rests on, each filed before
    other = {"A6": "REMARK", "A9": "NOT RUN"}
    assert status(whole) == dict.fromkeys(CHECKS, "PASS") | other


# --- somebody's own strategy: each planted leak goes through this door in the unit tests ---


def test_a_leak_in_a_strategy_file_is_invalid(leak_audit):
    assert leak_audit.code == 0, leak_audit.err
    assert "INVALID: " in leak_audit.out
    folder = leak_audit.page.parent
    whole = document(folder)
    failed = [check for check in whole["checks"] if check["status"] == "FAIL"]
    assert failed[0]["key"] == "A1"
    first = failed[0]["difference"]
    assert first["session"] >= "2025-12-01"
    assert f"First on {first['session']}, {first['what']}: expected" in page_text(folder)
    assert whole["strategy"] == "peek_one_session.py"


def test_an_honest_strategy_file_passes(arrival, tmp_path):
    words = ["audit", *OFTEN, "--quick", "--strategy", LEAKS / "clean.py"]
    done = in_time([*words, "--out", tmp_path / "a"], arrival)
    assert done.code == 0, done.err
    whole = document(tmp_path / "a")
    assert "FAIL" not in status(whole).values()
    assert whole["rarity"]["own"]["reason"] == "the strategy has no line z"


def test_a_strategy_that_raises_is_named_with_its_line(arrival, tmp_path):
    words = ["audit", *OFTEN, "--strategy", LEAKS / "raises.py", "--out", tmp_path / "a"]
    done = in_time(words, arrival)
    assert done.code == 4
    assert "raises.py:8: raised ZeroDivisionError" in complaint(done.err)
    assert tree(tmp_path) == []


def test_a_strategy_that_hangs_is_stopped_and_named(arrival, tmp_path):
    words = ["audit", SAMPLE, "--strategy", LEAKS / "hangs.py", "--time-limit", "5"]
    done = new_process([*words, "--out", tmp_path / "a"], arrival)
    assert done.code == 4
    assert "hangs.py did not finish within 5 s and was stopped; " in complaint(done.err)
    assert tree(tmp_path) == []


def test_a_file_that_is_no_strategy_is_a_wrong_request(arrival, tmp_path):
    for name in ("not_a_pair", "missing"):
        words = ["audit", SAMPLE, "--strategy", LEAKS / f"{name}.py", "--out", tmp_path / "a"]
        done = in_time(words, arrival)
        assert done.code == 2
        assert f"{name}.py: " in complaint(done.err)
    assert tree(tmp_path) == []


# --- little to judge, and wrong requests ---


def test_no_entries_are_untestable_and_still_a_page(idle_audit):
    folder = idle_audit.page.parent
    whole = document(folder)
    assert whole["verdict"]["rung"] == "UNTESTABLE"
    assert "entered nothing in" in whole["verdict"]["sentence"]
    assert "The entry condition never held: there is nothing to test." in page_text(folder)


def test_too_short_a_history_is_refused_before_anything_is_written(desk, capsys, tmp_path):
    words = ["audit", SAMPLE, *overrides("data.start=2026-01-02"), "--out", tmp_path / "a"]
    assert "expected at least 126" in refusal(capsys, words, 2)
    assert tree(tmp_path) == []


def test_a_folder_that_is_no_audit_is_left_alone(desk, capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    said = refusal(capsys, ["audit", SAMPLE, "--out", tmp_path], 2)
    assert "holds 'mine.txt' and is not an audit of ours" in said
    assert tree(tmp_path) == ["mine.txt"]


def test_ctrl_c_ends_an_audit_and_everything_it_started(arrival, tmp_path):
    words = ["audit", SAMPLE, "--strategy", LEAKS / "hangs.py", "--out", tmp_path / "a"]
    process = start(words, arrival)
    for line in process.stderr:
        if line.startswith("simulating"):
            break
    process.send_signal(2)
    done = finish(process)
    assert done.code == 130
    assert done.err.splitlines()[-1] == "run.py: interrupted; no run was written"
    assert tree(tmp_path) == []


# --- the shelf ---


def test_an_audit_stands_on_the_shelf_beside_the_run_it_judged(desk, capsys, without_quantstats):
    assert run.main([*OFTEN]) == 0
    audited(desk, capsys, *OFTEN)
    assert run.main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["entries"]
    by_kind = {each["kind"]: each for each in listed}
    assert sorted(by_kind) == ["audit", "run"]
    judged = by_kind["audit"]
    assert by_kind["run"]["verdict"] == judged["verdict"]
    assert judged["sentence"].startswith(f"{judged['verdict']}: SMH/IGV ")
    assert "/audit.html" in (desk / "index.html").read_text(encoding="utf-8")
