"""A headless Chromium to ask questions of. Pages from file addresses in, answers out; no network.

We speak the DevTools protocol over the browser's own pipe: NUL-terminated JSON on descriptors 3
and 4, so that neither a driver nor a port nor a package is needed.
"""

import base64
import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_SECONDS = 120
DESKTOP_PX, PHONE_PX = 1280, 390

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
DRAWN = (  # a page with charts draws one after another
    "new Promise(done => { const look = () => document.documentElement.dataset.charts === 'drawn'"
    " || Array.from(document.querySelectorAll('[data-chart]')).every(chart =>"
    " chart.closest('details:not([open])') || chart.querySelector('.main-svg'))"
    " ? done() : setTimeout(look, 5); look(); })"
)


class Chromium:
    """One browser process with one tab."""

    def __init__(self, profile):
        answers, their_answers = _high_pipe()
        their_questions, questions = _high_pipe()
        self._answers, self._questions = answers, questions
        self._buffer, self._numbers = b"", itertools.count(1)
        self._session, self.events = None, []
        self._process = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            close_fds=False,  # ours close themselves; only the two we place remain
            preexec_fn=lambda: (os.dup2(their_questions, 3), os.dup2(their_answers, 4)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_answers)
        os.close(their_questions)
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def close(self):
        """End the browser, by its own command first."""
        with contextlib.suppress(OSError, TimeoutError, RuntimeError):
            self._session = None
            self.ask("Browser.close")
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._answers)
        os.close(self._questions)

    def ask(self, method, **params):
        """Return the answer to one command; what happens meanwhile is kept in ``events``."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._questions, json.dumps(message).encode() + b"\0")
        while (answer := self._next_message()).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, page, *, width=DESKTOP_PX, dark=False, scripts=True, draws=True):
        """Load ``page`` and let it draw, if it can; forget the events of earlier pages."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=scheme)
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        self.events = []
        self.ask("Page.navigate", url=page.as_uri())
        while not self.seen("Page.loadEventFired"):
            self.events.append(self._next_message())
        if scripts and draws:
            self.run(DRAWN)
        if scripts:
            self.run(FRAMES)

    def run(self, expression):
        """Return the value of a JavaScript expression in the page, a promise awaited."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def unfold(self):
        """Open every fold of the page and let what is in it draw."""
        self.run("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        self.run(f"{FRAMES}.then(() => {FRAMES})")

    def click(self, selector):
        """Press and release the mouse in the middle of the first element that matches."""
        x, y = self.run(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            "found.scrollIntoView({block: 'center'}); const box = found.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def seen(self, method):
        """Return what was told with every event of one name since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def complaints(self):
        """Return all that the console heard: its own calls, errors thrown, the browser's log."""
        self.run("0")  # whatever was said before this question has arrived with its answer
        methods = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event for method in methods for event in self.seen(method)]

    def fetched(self):
        """Return the address of everything the page asked for."""
        return [event["request"]["url"] for event in self.seen("Network.requestWillBeSent")]

    def pdf(self):
        """Return the page as printed."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self):
        """Return a PNG of the whole page."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        answer = self.ask(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
        )
        return base64.b64decode(answer["data"])

    def _next_message(self):
        while b"\0" not in self._buffer:
            if not select.select([self._answers], [], [], PATIENCE_SECONDS)[0]:
                raise TimeoutError(f"Chromium said nothing for {PATIENCE_SECONDS} seconds")
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise RuntimeError("Chromium ended")
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)


def _high_pipe():
    """Return a pipe whose ends are none of the descriptors the browser will speak on."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high
