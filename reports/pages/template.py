"""What every page is made with: the template environment, and the one script of all charts."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

Links = Sequence[tuple[str, str]]  # words and addresses
CONTENTS = "<!-- contents -->\n"
HEADING = re.compile(
    r'<h2(?: id="(?P<id>[\w-]+)")?(?: data-contents="(?P<short>[^"]*)")?>(?P<text>[^<]*)</h2>'
)
NAMED_BOX = re.compile(r'<h[123][^>]*>(?P<text>[^<]*)</h[123]>|<div class="scroll">')
TEMPLATES = Path(__file__).parents[1] / "templates"
SCRIPT = TEMPLATES / "plotly" / "plotly-basic-4.1.1.min.js"  # npm: plotly.js-basic-dist-min, MIT


@cache
def environment() -> jinja2.Environment:
    """Return the one environment: every value is escaped, an unknown name is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def with_contents(page: str, around: Links = ()) -> str:
    """Return a page with a contents line where it asks for one, and places and boxes named.

    Parameters
    ----------
    page
        HTML whose ``<h2>`` may carry an ``id``, and in ``data-contents`` a shorter name.
    around
        Words and addresses of what lies around the page: its shelf, its comparison, its run.
    """
    found: list[tuple[str, str]] = []

    def placed(heading: re.Match[str]) -> str:
        text = heading["text"]
        place = heading["id"] or re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        found.append((heading["short"] or text, place))
        return f'<h2 id="{place}">{text}</h2>'

    page = HEADING.sub(placed, page)
    links = [*around, *((Markup(text), f"#{place}") for text, place in found)]
    line = environment().get_template("contents.html.j2").render(links=links)
    return with_named_boxes(page.replace(CONTENTS, line, 1))


def with_named_boxes(page: str) -> str:
    """Return a page whose scrolling boxes can be tabbed to, each named by the heading above it."""
    above = ""

    def named(match: re.Match[str]) -> str:
        nonlocal above
        if match["text"] is not None:
            above = match["text"].replace('"', "&quot;")
            return match[0]
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{above}">'

    return NAMED_BOX.sub(named, page)


def script_name() -> str:
    """Return the file name of the one script every chart shares."""
    return SCRIPT.name


@cache
def script_text() -> str:
    """Return the script itself: plotly's own basic bundle, which draws lines, points and bars.

    A quarter of the whole library, which has maps and three dimensions too.
    """
    return SCRIPT.read_text(encoding="utf-8")
