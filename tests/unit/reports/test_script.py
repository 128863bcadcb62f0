"""The one script of all charts: where it lies, and that it draws all that pages ask of it."""

import hashlib
import re

import plotly.offline

from reports.pages.run.page import run_page
from reports.pages.template import SCRIPT, TEMPLATES, script_name, script_text
from reports.publish.run import publish
from reports.publish.script import script_for
from tests.unit.fake_result import fake_result

# Of plotly.js-basic-dist-min 4.1.1, the file package/plotly-basic.min.js as npm has it.
SHA256 = "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"


def test_the_script_is_plotly_s_own_of_the_version_that_writes_the_figures():
    assert hashlib.sha256(SCRIPT.read_bytes()).hexdigest() == SHA256
    version = plotly.offline.get_plotlyjs_version()
    assert script_name() == f"plotly-basic-{version}.min.js", (
        f"plotly now writes for plotly.js {version}: take plotly-basic.min.js of npm's "
        f"plotly.js-basic-dist-min@{version} into {TEMPLATES / 'plotly'}"
    )
    assert "MIT" in (SCRIPT.parent / "LICENSE").read_text(encoding="utf-8")


def test_pages_draw_only_what_the_script_can():
    known = {"Scatter", "Bar", "Figure"}
    source = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.parent.rglob("*.py"))
    assert set(re.findall(r"\bgo\.([A-Z]\w+)\(", source)) <= known


def test_runs_of_a_shelf_share_one_copy_beside_its_page(tmp_path):
    for name in ("one", "two"):
        page = publish(fake_result(sessions=60, holds=()), tmp_path / name, on_shelf=True)
        assert f'src="../{script_name()}"' in page.read_text(encoding="utf-8")
    assert [path.parent.name for path in tmp_path.rglob("plotly-*")] == [tmp_path.name]
    assert (tmp_path / script_name()).read_text(encoding="utf-8") == script_text()


def test_a_run_elsewhere_has_its_own_copy(tmp_path):
    page = publish(fake_result(sessions=60, holds=()), tmp_path / "run")
    assert f'src="{script_name()}"' in page.read_text(encoding="utf-8")
    assert [path.parent.name for path in tmp_path.rglob("plotly-*")] == ["run"]


def test_a_stranger_s_file_of_that_name_stays_and_the_run_has_its_own_copy(tmp_path):
    (tmp_path / script_name()).write_text("mine", encoding="utf-8")
    (tmp_path / "staging").mkdir()
    address = script_for(tmp_path / "run", tmp_path / "staging", on_shelf=True)
    assert address == script_name()
    assert (tmp_path / script_name()).read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "staging" / script_name()).read_text(encoding="utf-8") == script_text()


def test_a_page_names_the_script_it_was_given():
    assert 'src="../../x.js"' in run_page(fake_result(), script="../../x.js")
