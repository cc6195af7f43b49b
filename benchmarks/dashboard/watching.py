"""What a browser sees of one interaction: how long until it is at rest, and what it received."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
QUIET = 300
"""Milliseconds without a change of the page after which it is at rest."""

WATCH = """(() => {
  const watch = window.__watch = {start: 0, idle: 0, change: 0, answered: false};
  const note = () => { watch.change = performance.now(); };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', () => {
        watch.answered = true;
        watch.idle = performance.now();
        note();
      });
    }
  };
  for (const name of ['pointerdown', 'keydown'])
    window.addEventListener(name, () => {
      watch.start = performance.now();
      watch.answered = false;
    }, true);
  window.addEventListener('DOMContentLoaded', () => {
    // Only what a visitor sees of the page: not the frame's marks of running, not what a table
    // says to screen readers some time after it was drawn, not what hangs at the mouse.
    const aside = '[data-testid=data-grid-canvas], .hoverlayer';
    const seen = e => e.closest?.('[data-testid=stMain]') && !e.closest(aside);
    new MutationObserver(list => list.some(m => seen(m.target)) && note())
      .observe(document.body, {childList: true, subtree: true});
    new MutationObserver(() => { watch.idle = performance.now(); }).observe(
      document.body, {subtree: true, attributeFilter: ['data-test-script-state']});
    const first = new MutationObserver(() => {
      if (!document.querySelector('h1.ov-answer, .ov-answer h1')) return;
      first.disconnect();
      requestAnimationFrame(() => setTimeout(() => { window.__answer = performance.now(); }));
    });
    first.observe(document.body, {childList: true, subtree: true});
  });
})()"""
"""Run before a page's own scripts: when it was touched, answered and changed last."""
RESTED = f"""() => {{
  const seen = window.__watch, app = document.querySelector('[data-testid=stApp]');
  return seen.answered && app.dataset.testScriptState === 'notRunning'
    && performance.now() - seen.change > {QUIET};
}}"""
TOOK = """() => {
  const watch = window.__watch;
  return [watch.idle - watch.start, watch.change - watch.start];
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One interaction: its name, milliseconds until idle and still, and the bytes received for it.

    Idle is when the script has ended and the page knows; still is when nothing that a visitor sees
    of the page changes any more, the last chart drawn.
    """

    name: str
    idle: float
    still: float
    received: int


Act = Callable[[Any], Awaitable[None]]


class Visitor:
    """A browser's page whose interactions are measured."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.received = 0
        self.errors: list[str] = []
        page.set_default_timeout(60_000)
        page.on("websocket", self._listen)
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def new(cls, browser: Any) -> Visitor:
        """Open a page in a fresh browser, as one who has never been here."""
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        await context.add_init_script(WATCH)
        return cls(await context.new_page())

    async def open(self, address: str) -> float:
        """Open an address, and return the seconds until the answer is painted."""
        await self.page.goto(address)
        await self.page.wait_for_function("() => window.__answer", polling=50)
        await self.page.wait_for_function(RESTED, polling=50)
        return float(await self.page.evaluate("() => window.__answer")) / 1000

    async def do(self, name: str, act: Act) -> Seen:
        """Do something and return how long it took until the page was at rest again."""
        before = self.received
        await act(self.page)
        await self.page.wait_for_function(RESTED, polling=50)
        idle, still = await self.page.evaluate(TOOK)
        return Seen(name, idle, max(idle, still), self.received - before)

    async def leave(self) -> None:
        """Close the browser."""
        await self.page.context.close()

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: Any) -> None:
        self.received += len(payload)
