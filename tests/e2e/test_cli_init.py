"""`init` and `explain`: a file to begin with, and what it will do."""

import pytest

import configs
import run
from configs.command_line import SIGNALS
from configs.load import load
from configs.starter import ARTICLE
from tests.e2e.program import PLAIN_SHEETS


def asked(capsys, *words):
    code = run.main([str(word) for word in words])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_file_of_every_signal_is_valid_and_says_what_each_key_is_for(tmp_path, capsys, signal):
    file = tmp_path / "mine.yaml"
    code, out, _ = asked(capsys, "init", file, "--pair", "NVDA/MSFT", "--signal", signal)
    assert (code, out.splitlines()[-1]) == (0, str(file))
    config = load(file)
    assert (config.name, config.pair.legs, config.signal.kind) == ("mine", ("NVDA", "MSFT"), signal)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert "# Symbol bought at entry." in [line.strip() for line in lines]
    assert all(len(line) <= 100 for line in lines if str(tmp_path) not in line)
    assert "Kinds: daily, weekly, monthly, quarterly, never, band, vol_ratio" in (
        " ".join(line.strip("# ") for line in lines)
    )
    code, out, _ = asked(capsys, "explain", file)
    assert code == 0
    assert "buy NVDA and sell MSFT short" in out


def test_the_article_s_own_is_the_shipped_one(tmp_path, capsys):
    file = tmp_path / "article.yaml"
    assert asked(capsys, "init", file, "--from-article")[0] == 0
    assert load(file) == load(ARTICLE)
    text = file.read_text(encoding="utf-8")
    assert f"# Run with: python run.py audit {file}\n" in text
    assert "configs/article.yaml" not in text


def test_a_file_says_what_becomes_of_a_start_before_the_younger_leg(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    assert asked(capsys, "init", file, "--pair", "MAGS/IGV")[0] == 0
    comments = file.read_text(encoding="utf-8").partition("  start:")[0].replace("\n  #", "")
    assert "Not before the youngest symbol trades: a run refuses that, and names the day." in (
        comments
    )
    early = ["--set", "data.source=sample", "--set", "data.benchmark=null"]
    code, out, err = asked(capsys, file, *early, "--quiet", "--out", tmp_path / "run")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "MAGS has prices from 2" in err
    assert "set data.start to that or later" in err


def test_what_is_there_stays_as_it_is(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text("mine", encoding="utf-8")
    code, out, err = asked(capsys, "init", file)
    assert (code, out, file.read_text(encoding="utf-8")) == (2, "", "mine")
    assert err == (
        f"run.py: {file}: is there already; expected a new file. Name another, or move it away\n"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--pair", "SMHIGV"], "--pair was 'SMHIGV'; expected LONG/SHORT, like SMH/IGV"),
        (["--pair", "SMH/"], "--pair was 'SMH/'; expected LONG/SHORT"),
        (["--pair", "^VIX/IGV"], "that is an index, which has no shares"),
        (["--pair", "SMH/SMH"], "SMH"),
        (["--pair", "smh/igv"], "expected an upper-case ticker, like SMH"),
        (["--from-article", "--pair", "A/B"], "expected one or the other"),
    ],
)
def test_a_wrong_request_is_one_line_and_no_file(tmp_path, capsys, words, says):
    file = tmp_path / "mine.yaml"
    code, out, err = asked(capsys, "init", file, *words)
    assert (code, out, err.count("\n"), file.exists()) == (2, "", 1, False)
    assert says in err


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    code, _, err = asked(capsys, "init", tmp_path / "no" / "mine.yaml")
    assert code == 2
    assert "cannot be written (No such file or directory)" in err


def test_explain_marks_every_default_and_what_was_written(capsys):
    words = ["explain", "configs/sample.yaml", "--set", "exits.holding_sessions=21"]
    code, out, _ = asked(capsys, *words)
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line[:2] == "  "}
    assert code == 0
    assert rows["exits.holding_sessions"] == ["21", "from", "--set"]
    assert rows["signal.window"] == ["63", "as", "written"]
    assert rows["account.margin.kind"] == ["reg_t", "default"]
    assert rows["costs.borrow.series"] == ["{}", "default"]
    assert "leave at the close of the 21st session held" in out
    _, out, _ = asked(capsys, *words[:3], "costs={interest: {kind: none}}")  # a whole section
    assert "costs.interest.kind               none         from --set\n" in out
    assert "costs.impact.kind                 none         default\n" in out


def test_explain_tells_a_comparison_s_variants_and_a_search_s_cells(capsys):
    _, both, _ = asked(capsys, "explain", "configs/weekly_vs_monthly.yaml")
    assert [line for line in both.splitlines() if line[0] != " "] == ["weekly:", "monthly:"]
    _, search, _ = asked(capsys, "explain", "configs/sweep_sample.yaml")
    assert search.startswith("sample search: 84 cells of\n  signal.enter_below: -2.5, ")


# --- what every command of pages takes ---

SHORT = ["configs/sample.yaml", "--set", "data.end=2023-12-29"]


@pytest.fixture(autouse=True)
def plain_sheets(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLAIN_SHEETS))


def test_quiet_tells_the_answer_alone(tmp_path, capsys):
    code, out, err = asked(capsys, *SHORT, "--quiet", "--out", tmp_path / "run")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == str(tmp_path / "run" / "index.html")


@pytest.mark.parametrize(("takes_it", "says"), [(True, ""), (False, "no browser here would take")])
def test_open_hands_the_page_to_the_browser_or_says_that_there_is_none(
    tmp_path, capsys, monkeypatch, takes_it, says
):
    seen = []
    monkeypatch.setattr("webbrowser.open", lambda address: seen.append(address) or takes_it)
    code, _, err = asked(capsys, *SHORT, "--quiet", "--open", "--out", tmp_path / "run")
    assert (code, seen) == (0, [(tmp_path / "run" / "index.html").as_uri()])
    assert err.count("\n") == (not takes_it)
    assert says in err


def test_the_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit) as ended:
        run.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"schism {configs.__version__}\n"
