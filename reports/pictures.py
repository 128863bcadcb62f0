"""The README's pictures, from real runs: ``make pictures``. A name in `PICTURES`, an SVG out.

Needs the book's files (``TEXTBOOK_DATA``). A picture is text, the same for the same run.
"""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from reports.audits.textbook import Example, Row, data_folder, examples, tried
from reports.audits.textbook_columns import LATER

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"

COLUMNS = tuple(words for words, _, _ in LATER[:3])
COLOURS = ("#1b2838", "#3d7ea6", "#6fb1d1", "#d35400")  # printed, then the columns
WIDTH, LEFT, BAR, GROUP, TOP = 760, 250, 12, 66, 64  # pixels
PER_SHARPE = 170  # pixels of a Sharpe ratio of 1
ZERO = LEFT + 40


def sharpe_row(example: Example) -> Row:
    """Return the Sharpe ratio by which an example is judged: its last, the test's."""
    return [row for row in example.rows if "sharpe" in row.key][-1]


def one_of_each(found: Sequence[Example]) -> tuple[Example, ...]:
    """Return one variant of each example: the first of its name."""
    return tuple({example.name: example for example in reversed(found)}.values())[::-1]


def textbook_picture() -> str:
    """Return the picture of the textbook, every example run anew."""
    return sharpe_ratios([tried(path, data_folder(None), lambda step: None) for path in examples()])


def sharpe_ratios(found: Sequence[Example]) -> str:
    """Return bars of each example's Sharpe ratio, as printed and as somebody could have had it."""
    parts = [
        _text(16, 26, "Sharpe ratio: as printed, and as somebody could have had it", 17, "600")
    ]
    for place, (words, colour) in enumerate(zip(("printed", *COLUMNS), COLOURS, strict=True)):
        x = 16 + (0, 90, 240, 340)[place]
        parts.append(_rect(x, 40, BAR, BAR, colour))
        parts.append(_text(x + 18, 50, words, 13))
    shown = one_of_each(found)
    for place, example in enumerate(shown):
        top, row = TOP + 12 + place * GROUP, sharpe_row(example)
        pair, _, number = example.name.partition(", ")
        parts.append(_text(16, top + 20, pair, 14, "600"))
        parts.append(_text(16, top + 38, number, 13))
        for line, value in enumerate([row.printed, *map(row.later.get, COLUMNS)]):
            if value is not None:
                parts += _bar(top + line * (BAR + 1), value, COLOURS[line])
    height = TOP + 12 + len(shown) * GROUP
    parts.append(f'<path d="M{ZERO} {TOP + 6}V{height - 6}" stroke="#777"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="sans-serif">\n<rect width="100%" height="100%" '
        'fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(top: float, value: float, colour: str) -> list[str]:
    length = abs(value) * PER_SHARPE
    begin = ZERO if value >= 0.0 else ZERO - length
    told = ZERO + max(value, 0.0) * PER_SHARPE + 5
    return [_rect(begin, top, length, BAR, colour), _text(told, top + 10, f"{value:.2f}", 11)]


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.1f}" height="{height:.0f}" fill="{colour}"/>'
    )


def _text(x: float, y: float, text: str, size: int, weight: str = "400") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" fill="#1b2838">'
        f"{escape(text)}</text>"
    )


PICTURES: dict[str, Callable[[], str]] = {"textbook": textbook_picture}
"""By the name of the file."""


def main() -> None:
    """Draw every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":  # make pictures
    main()
