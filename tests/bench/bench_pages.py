"""What a page weighs and when its first chart stands. Addresses of pages in, a line for each out.

``python -m tests.bench.bench_pages PAGE...`` opens each page in a headless Chromium, at 1280 px
from its file; without a page it runs the bundled sample first. Milliseconds are from the start of
the navigation, the median of several openings, each in a browser of its own.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.chromium import Chromium

ROUNDS = 5
ROOT = Path(__file__).parents[2]
WATCH = """
new MutationObserver(() => {
  const drawn = document.querySelectorAll('[data-chart] .main-svg');
  if (!drawn.length) return;
  window.firstChart = window.firstChart || performance.now();
}).observe(document, {childList: true, subtree: true});
"""
# Words are of text nodes: cells that touch are not one word, and charts' own letters are no words.
MEASURES = r"""(() => { const words = counts => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  let count = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest('svg, style, noscript, nav') && counts(node)) {
      count += node.textContent.split(/\s+/).filter(Boolean).length;
    }
  }
  return count;
}; return [
  window.firstChart || null, document.documentElement.scrollHeight,
  document.querySelectorAll('*').length,
  words(node => !node.parentElement.closest('details:not([open]) > :not(summary)')),
  words(() => true),
]; })()"""
SCRIPT = re.compile(r'<script (?:id="plotly" )?src="([^"]+)"')


def main():
    """Measure every page named, or the sample's."""
    pages = [Path(each).resolve() for each in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as place:
        if not pages:
            words = [sys.executable, "run.py", "configs/sample.yaml", "--out", f"{place}/sample"]
            subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
            pages = [Path(place) / "sample" / "index.html"]
        for page in pages:
            sys.stdout.write(f"{line(page, Path(place))}\n")


def line(page, place):
    """Return what one page weighs, has and takes."""
    text = page.read_text(encoding="utf-8")
    scripts = [(page.parent / name).resolve() for name in SCRIPT.findall(text)]
    opened = [opening(page, place / f"{page.parent.name}-{n}") for n in range(ROUNDS)]
    firsts = [each[0] for each in opened if each[0] is not None]
    first = f"{statistics.median(firsts):,.0f} ms" if firsts else "no chart"
    _, height, nodes, seen, words = opened[0]
    script = sum(each.stat().st_size for each in scripts if each.exists())
    return (
        f"{page.parent.name}/{page.name}: {page.stat().st_size / 1e3:,.0f} kB, script "
        f"{script / 1e3:,.0f} kB; {height:,} px, {nodes:,} nodes; {seen:,} words seen "
        f"of {words:,}; first chart {first}"
    )


def opening(page, profile):
    """Return the measures of one opening, in a browser of its own."""
    browser = Chromium(profile)
    try:
        browser.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        browser.open(page)
        return browser.run(MEASURES)
    finally:
        browser.close()


if __name__ == "__main__":
    main()
