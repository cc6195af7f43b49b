"""What a browser sees of one interaction: how long until it is at rest, and what it received."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
QUIET = 300
"""Milliseconds without a change of the page after which it is at rest."""

WATCH = """(() => {
  const seen = window.__watch = {start: 0, change: 0, answered: false};
  const note = () => { seen.change = performance.now(); };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', () => { seen.answered = true; note(); });
    }
  };
  for (const name of ['pointerdown', 'keydown'])
    window.addEventListener(name, () => {
      seen.start = performance.now();
      seen.answered = false;
    }, true);
  window.addEventListener('DOMContentLoaded', () => {
    // Only the page itself: the frame's marks of running are not what a visitor waits for.
    const changed = list => list.some(m => m.target.closest?.('[data-testid=stMain]')) && note();
    new MutationObserver(changed).observe(document.body, {childList: true, subtree: true});
  });
})()"""
"""Run before a page's own scripts: when it was touched, answered and changed last."""
RESTED = f"""() => {{
  const seen = window.__watch, app = document.querySelector('[data-testid=stApp]');
  return seen.answered && app.dataset.testScriptState === 'notRunning'
    && performance.now() - seen.change > {QUIET};
}}"""
TOOK = "() => window.__watch.change - window.__watch.start"


@dataclass(frozen=True, slots=True)
class Seen:
    """One interaction: its name, milliseconds until rest, and the bytes received for it."""

    name: str
    milliseconds: float
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

    async def open(self, address: str, answer: str) -> float:
        """Open an address, and return the seconds until the answer can be read."""
        started = time.perf_counter()
        await self.page.goto(address)
        await self.page.wait_for_selector(answer)
        took = time.perf_counter() - started
        await self.page.wait_for_function(RESTED, polling=50)
        return took

    async def do(self, name: str, act: Act) -> Seen:
        """Do something and return how long it took until the page was at rest again."""
        before = self.received
        await act(self.page)
        await self.page.wait_for_function(RESTED, polling=50)
        took = await self.page.evaluate(TOOK)
        return Seen(name, took, self.received - before)

    async def leave(self) -> None:
        """Close the browser."""
        await self.page.context.close()

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: Any) -> None:
        self.received += len(payload)
