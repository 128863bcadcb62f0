"""What every page is made with: the template environment, and the one script of all charts."""

from functools import cache
from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).parents[1] / "templates"


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


def script_name() -> str:
    """Return the file name of the one script every chart shares."""
    import plotly.offline  # half a second that no list of runs needs

    return f"plotly-{plotly.offline.get_plotlyjs_version()}.min.js"


def script_text() -> str:
    """Return the script itself, from the installed package."""
    import plotly.offline

    return str(plotly.offline.get_plotlyjs())
