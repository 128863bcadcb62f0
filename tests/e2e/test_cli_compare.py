"""Comparisons as a user asks for them: what is said, what is left, and what is refused."""

import json
import signal
import sys
from pathlib import Path

import pytest

import run
from reports.pages.template import script_name
from tests.e2e.program import (
    complaint,
    finish,
    market_folder,
    new_process,
    on_terminal,
    overrides,
    refusal,
    run_py,
    start,
    tree,
)

BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, end: 2023-10-10}
pair: {long: SMH, short: IGV}
signal: {kind: always}
"""
TWO = "  weekly: {rebalance: {kind: weekly}}\n  never: {rebalance: {kind: never}}\n"
RUN_FILES = {
    "index.html", "tearsheet.html", "result.json", "ledger.csv", "fills.csv", "trades.csv",
    "rebalances.csv", "signals.csv", "findings.json", "manifest.json",
}  # fmt: skip
# What a run's place in a comparison may change: the command, and the way up.
OF_THE_PLACE = {"manifest.json", "index.html"}


def written(folder, variants=TWO, base=BASE):
    """Leave a base and a comparison in a folder; return the comparison's path."""
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    path = folder / "two.yaml"
    path.write_text(f"name: two ways\nbase: base.yaml\nvariants:\n{variants}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def twins(arrival, tmp_path_factory):
    """The same comparison twice: in a process of its own and in this one, two --out."""
    done = []
    for runs in (new_process, run_py):
        folder = tmp_path_factory.mktemp(runs.__name__)
        written(folder)
        # The command is in the manifest: the same words, each from its own folder.
        words = ["compare", "two.yaml", "--tearsheets", "--out", "out"]
        done.append(runs(words, arrival, cwd=folder))
    return done


@pytest.fixture(scope="module")
def done(twins):
    assert twins[0].code == 0, twins[0].err
    return twins[0]


@pytest.fixture(scope="module")
def alone(arrival, done, tmp_path_factory):
    """One of the variants, run by itself with the same key overridden."""
    out = tmp_path_factory.mktemp("alone") / "out"
    base = done.page.parents[1] / "base.yaml"
    words = [base, "--set", "rebalance={kind: never}", "--out", out]
    ended = run_py(words, arrival)
    assert ended.code == 0, ended.err
    return out


def test_the_last_line_on_stdout_is_the_page_and_the_first_is_the_verdict(done):
    assert done.page.is_absolute()
    assert done.page.name == "compare.html"
    assert done.page.is_file()
    first = done.out.splitlines()[0]
    assert first.startswith("SYNTHETIC DATA. ")
    data = json.loads(done.page.with_name("compare.json").read_text(encoding="utf-8"))
    assert first == f"SYNTHETIC DATA. {data['answer']}"
    assert "weekly" in first
    assert "never" in first


def test_progress_is_plain_lines_on_stderr(done):
    assert done.err.splitlines() == [
        "reading SMH", "reading IGV",
        "simulating weekly, 127 sessions", "simulating never, 127 sessions",
        "writing weekly", "writing never", "writing the comparison",
        "waiting for the tear sheet of weekly", "waiting for the tear sheet of never",
    ]  # fmt: skip


def test_the_folder_holds_a_whole_run_for_each_variant_and_one_script(done):
    names = set(tree(done.page.parent))
    runs = {f"{variant}/{name}" for variant in ("weekly", "never") for name in RUN_FILES}
    (script,) = names - runs - {"compare.html", "compare.json", "manifest.json", "weekly", "never"}
    assert names >= runs
    assert script.startswith("plotly-")
    for page in (done.page, done.page.parent / "weekly" / "index.html"):
        assert script in page.read_text(encoding="utf-8")


def test_a_variant_s_files_are_those_of_the_run_alone_to_the_byte(done, alone):
    variant = done.page.parent / "never"
    for name in RUN_FILES - OF_THE_PLACE:
        assert (variant / name).read_bytes() == (alone / name).read_bytes(), name
    manifests = [json.loads((f / "manifest.json").read_text()) for f in (variant, alone)]
    assert [each.pop("command")[1] for each in manifests] == ["compare", "backtest"]
    listed = [each.pop("files") for each in manifests]  # the pages differ, and with them the seal
    assert set(listed[1]) - set(listed[0]) == {script_name()}
    assert {key for key in listed[0] if listed[0][key] != listed[1][key]} == {"index.html"}
    assert len({each.pop("seal") for each in manifests}) == 2
    assert manifests[0] == manifests[1]


def test_the_same_comparison_leaves_the_same_bytes(twins):
    def contents(folder):
        return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    one, two = (contents(each.page.parent) for each in twins)
    assert one == two
    assert len(one) == 2 * len(RUN_FILES) + 4


@pytest.fixture
def compare(desk, without_quantstats, tmp_path, capsys):
    """Compare in this process; return the exit code and both streams."""

    def go(*words, variants=TWO):
        code = run.main(["compare", str(written(tmp_path, variants)), *map(str, words)])
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return go


@pytest.fixture
def refused(desk, tmp_path, capsys):
    """Compare in this process; return the complaint of what the request gets wrong."""

    def refuse(*words, variants=TWO, code=2):
        before = tree(tmp_path)
        path = written(tmp_path, variants)
        said = refusal(capsys, ["compare", path, *words], code)
        assert set(tree(tmp_path)) == {*before, "base.yaml", "two.yaml"}
        return said.replace(f"{tmp_path}/", "")

    return refuse


def test_overrides_reach_every_variant_and_the_manifests(compare, tmp_path):
    out = tmp_path / "out"
    code, _, _ = compare(*overrides("account.cash=5000000"), "--out", out)
    assert code == 0
    for variant in ("weekly", "never"):
        manifest = json.loads((out / variant / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["config"]["account"]["cash"] == 5_000_000
        assert manifest["command"][-2:] == ["--set", "account.cash=5000000"]


def test_by_default_a_comparison_stands_on_the_shelf_beside_the_runs(compare, desk, capsys):
    code, out, _ = compare()
    page = Path(out.splitlines()[-1])
    assert (code, page.parent.parent) == (0, desk)
    assert page.parent.name.startswith("two-ways-")
    shelf = (desk / "index.html").read_text(encoding="utf-8")
    assert f'href="{page.parent.name}/compare.html"' in shelf
    assert run.main(["list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("two ways  SMH/IGV  2023-04-11..2023-10-10  comparison: ")
    assert line.endswith(str(page))


def test_elsewhere_a_comparison_leaves_no_shelf(compare, desk, tmp_path):
    assert compare("--out", tmp_path / "elsewhere")[0] == 0
    assert not desk.exists()
    assert "index.html" not in tree(tmp_path)


def test_an_earlier_comparison_is_replaced(compare, tmp_path):
    out = tmp_path / "out"
    assert compare("--out", out)[0] == 0
    other = TWO.replace("never", "monthly")
    assert compare("--out", out, variants=other)[0] == 0
    assert {path.name for path in out.iterdir() if path.is_dir()} == {"weekly", "monthly"}


FAILING = "  odd: {{costs.borrow: {{series: {{IGV: {bad}}}}}}}\n"


def test_a_variant_that_fails_is_named_the_rest_finish_and_the_code_is_4(compare, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("date,rate\n2023-01-01,a lot\n", encoding="utf-8")
    out = tmp_path / "out"
    code, said, err = compare("--out", out, variants=TWO + FAILING.format(bad=bad))
    assert code == 4
    (named,) = [line for line in err.splitlines() if line.startswith("run.py: ")]
    assert named.startswith("run.py: variant odd failed: ")
    assert "a lot" in named
    assert said.splitlines()[-1] == str(out / "compare.html")
    assert {path.name for path in out.iterdir() if path.is_dir()} == {"weekly", "never"}
    page = (out / "compare.html").read_text(encoding="utf-8")
    assert "odd" in page
    assert "a lot" in page


def test_with_one_variant_left_nothing_is_written_and_the_code_is_4(compare, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("date,rate\n2023-01-01,a lot\n", encoding="utf-8")
    code, said, err = compare(
        "--out", tmp_path / "out", variants="  fine: {}\n" + FAILING.format(bad=bad)
    )
    assert (code, said) == (4, "")
    assert err.splitlines()[-1].startswith("run.py: 1 of 2 variants ran; expected at least 2")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("variants", "said"),
    [
        (TWO + "  late: {data.end: 2023-09-01}\n", "two.yaml:6: data.end may not vary: "),
        (TWO + "  twin: {rebalance: {kind: never}}\n", "variants never and twin are the same"),
        ("  only: {}\n", "two.yaml:3: variants was 1 of them; expected 2 to 20"),
        (TWO + "  ../x: {}\n", "two.yaml:6: a variant was named '../x'; expected a folder's name"),
        (TWO + "  slow: {sizing: {kind: inverse_vol, window: 500}}\n", "sessions; expected at"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused_before_anything_is_read(refused, variants, said):
    assert said in refused(variants=variants)


def test_an_out_with_something_else_in_it_is_left_alone(refused, tmp_path):
    out = tmp_path / "thesis"
    (out / "weekly").mkdir(parents=True)
    (out / "weekly" / "chapter.txt").write_text("years of work")
    assert "Nothing was touched" in refused("--out", out)
    assert (out / "weekly" / "chapter.txt").read_text() == "years of work"


def test_a_run_asked_to_compare_and_a_comparison_asked_to_run_say_what_to_do(
    desk, tmp_path, capsys
):
    path = written(tmp_path)
    said = refusal(capsys, ["compare", path.parent / "base.yaml"], 2)
    assert said.endswith(f"run it with: run.py backtest {tmp_path / 'base.yaml'}")
    assert refusal(capsys, [path], 2).endswith(f"run it with: run.py compare {path}")


def test_fetch_takes_a_comparison(desk, tmp_path, capsys):
    assert run.main(["fetch", str(written(tmp_path))]) == 0
    assert capsys.readouterr().out.startswith("nothing to fetch: data.source sample")


def test_tear_sheets_are_drawn_on_request_only(done, arrival, tmp_path):
    ended = run_py(["compare", written(tmp_path), "--out", tmp_path / "out"], arrival)
    assert ended.code == 0, ended.err
    assert "tear sheet" not in ended.err
    drawn = set(tree(done.page.parent))
    sheets = {"weekly/tearsheet.html", "never/tearsheet.html"}
    assert set(tree(tmp_path / "out")) == drawn - sheets
    for page in ("compare.html", "weekly/index.html"):
        assert "tearsheet.html" in (done.page.parent / page).read_text(encoding="utf-8")
        assert "tearsheet.html" not in (tmp_path / "out" / page).read_text(encoding="utf-8")


def test_a_comparison_that_is_asked_to_stop_leaves_nothing(endless_arrival, tmp_path):
    words = ["compare", written(tmp_path), "--tearsheets", "--out", tmp_path / "out"]
    process = start(words, endless_arrival)
    for line in process.stderr:
        if line.startswith("waiting for the tear sheet"):
            break
    process.send_signal(signal.SIGTERM)
    done = finish(process)
    assert (done.code, complaint(done.err)) == (143, "interrupted; no run was written")
    assert tree(tmp_path) == ["base.yaml", "two.yaml"]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
def test_a_terminal_shows_how_far_it_is(arrival, tmp_path):
    words = ["compare", written(tmp_path), "--tearsheets", "--out", tmp_path / "out"]
    said, terminal = on_terminal(words, arrival, columns=100)
    assert "loading the program" in terminal
    assert "8/9" in terminal  # two symbols, three steps for each of two variants, the comparison
    assert said.splitlines()[-1] == str(tmp_path / "out" / "compare.html")


@pytest.mark.market
def test_weekly_against_monthly_on_real_prices_is_what_each_gives_alone(
    desk, without_quantstats, tmp_path, capsys
):
    source = overrides("data.source=csv", f"data.path={market_folder()}")
    compare = ["compare", "configs/weekly_vs_monthly.yaml", "--out", str(tmp_path / "both")]
    assert run.main([*compare, *source]) == 0
    told = "No: they cannot be told apart by return; weekly costs 1.9 bps a year more than monthly"
    assert capsys.readouterr().out.startswith(told)
    for kind in ("weekly", "monthly"):
        words = ["configs/smh_igv.yaml", "--out", str(tmp_path / kind)]
        assert run.main([*words, *source, *overrides(f"rebalance.kind={kind}")]) == 0
        for name in ("result.json", "ledger.csv", "fills.csv", "trades.csv"):
            together, alone = (tmp_path / each / name for each in (f"both/{kind}", kind))
            assert together.read_bytes() == alone.read_bytes(), (kind, name)


def test_a_gallery_leaves_a_run_for_each_window_and_stands_on_the_shelf(
    desk, without_quantstats, tmp_path, capsys
):
    path = written(tmp_path, "  whole: {}\n  half: {data.end: 2023-07-31}\n")
    path.write_text(path.read_text().replace("variants:", "gallery: true\nvariants:"))
    assert run.main(["compare", str(path)]) == 0
    first, *_, page = capsys.readouterr().out.splitlines()
    assert first.startswith("SYNTHETIC DATA. Side by side, nothing tested: after costs whole ")
    folder = Path(page).parent
    ends = [json.loads((folder / name / "result.json").read_text())["end"] for name in
            ("whole", "half")]  # fmt: skip
    assert ends == ["2023-10-10", "2023-07-31"]
    shelf = (desk / "index.html").read_text(encoding="utf-8")
    assert "side by side, nothing tested" in shelf
    assert run.main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "2023-10-10" in said
    assert "2023-07-31" in said
