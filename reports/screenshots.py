"""The README's pictures of pages, from a real run and its audit: second half of ``make pictures``.

Needs Chromium and the folder of real prices (``MARKET_DATA``); a minute or two for the audit.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from configs.errors import ConfigError
from reports.pictures import FOLDER

ROOT = Path(__file__).resolve().parents[1]
CONFIG = "configs/smh_igv.yaml"
PAGES = {
    "run": (("backtest", CONFIG, "--no-tearsheet"), "index.html", (1000, 800)),
    "verdict": (("audit", CONFIG), "audit.html", (1000, 560)),
}
"""By picture: the command, the page of its folder and the pixels shown, from the top."""


def screenshot(page: Path, picture: Path, pixels: tuple[int, int]) -> None:
    """Write a PNG of the top of a page, as a reader with a light scheme sees it.

    Raises
    ------
    ConfigError
        There is no Chromium here.
    """
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise ConfigError("chromium was not found; expected it on the path, to photograph pages")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--user-data-dir={profile}", f"--window-size={pixels[0]},{pixels[1]}",
                "--virtual-time-budget=5000", f"--screenshot={picture}", page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


def main() -> None:
    """Run what is shown, and photograph it."""
    prices = os.environ.get("MARKET_DATA")
    if prices is None:
        raise ConfigError("MARKET_DATA was not set; expected the folder of real prices")
    source = ("--set", "data.source=csv", "--set", f"data.path={Path(prices).resolve()}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, (words, page, pixels) in PAGES.items():
            out = Path(scratch) / name
            command = [sys.executable, "run.py", *words, *source, "--quiet", "--out", str(out)]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            screenshot(out / page, FOLDER / f"{name}.png", pixels)


if __name__ == "__main__":  # make pictures
    main()
