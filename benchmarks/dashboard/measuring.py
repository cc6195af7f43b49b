"""How long a visitor waits for the dashboard, alone and among twenty, beside an empty page."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from benchmarks.dashboard import crowd, platform, serving, visits
from benchmarks.dashboard.watching import Seen, Visitor
from overlap.cli.serving import sample_store
from overlap.panel import open_panel

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
TIMES = 9
PEOPLE, CLICKS = 20, 8


@dataclass(slots=True)
class Figures:
    """What was measured: seconds until answers, interactions, errors, megabytes of the server.

    `memory` is that after the first visitor, after one has seen all pages, and after the crowd.
    """

    first: list[float] = field(default_factory=list)
    unseen: list[float] = field(default_factory=list)
    clicks: list[Seen] = field(default_factory=list)
    crowd: list[Seen] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    memberships: int = 0
    people: list[float] = field(default_factory=list)


async def everything(folder: Path) -> tuple[Figures, Figures, Figures]:
    """Measure the empty page, the sample's store and the platform's, kept in a folder."""
    sample, large = sample_store(folder / "sample"), platform.store(folder)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        with serving.empty_page() as server:
            floor = await _floor(browser, server)
        figures = []
        for store, unseen, views in (
            (sample, visits.SAMPLE_UNSEEN, visits.SAMPLE_VIEWS),
            (large, visits.LARGE_UNSEEN, visits.LARGE_VIEWS),
        ):
            with serving.dashboard(store) as server:
                figures.append(await _store(browser, server, unseen, views))
            figures[-1].memberships = open_panel(store)[1].memberships
        await browser.close()
    return floor, figures[0], figures[1]


async def _floor(browser: Any, server: serving.Server) -> Figures:
    found = Figures()
    await _first(browser, server.address, found.first, found.errors)
    visitor = await Visitor.new(browser)
    await visitor.open(server.address)
    for _ in range(20):
        found.clicks.append(await visitor.do("again", visits.again))
    await visitor.leave()
    found.crowd = await _crowd(browser, server.address, [("again", visits.again)], found)
    return found


async def _store(
    browser: Any, server: serving.Server, unseen: Sequence[str], views: list[dict[str, str]]
) -> Figures:
    found = Figures()
    await _first(browser, server.address, found.first, found.errors)
    for query in unseen:
        await _first(browser, server.address + query, found.unseen, found.errors, 1)
    found.memory.append(server.megabytes())
    # The first round asks what nobody has asked, the second what is known: both are a visitor's.
    for _ in range(2):
        visitor = await Visitor.new(browser)
        await visitor.open(server.address)
        for name, act in visits.ROUND:
            found.clicks.append(await visitor.do(name, act))
        found.errors += visitor.errors
        await visitor.leave()
    found.memory.append(server.megabytes())
    found.crowd = await _crowd(browser, server.address, visits.CROWD, found)
    found.memory.append(server.megabytes())
    # Warm, as a server of a team is: who comes first has asked what the others ask.
    await crowd.crowd(server.address, views, 1, 4 * len(views))
    found.people = await crowd.crowd(server.address, views, PEOPLE, CLICKS)
    return found


async def _first(
    browser: Any,
    address: str,
    into: list[float],
    errors: list[str],
    times: int = TIMES,
) -> None:
    for time in range(times + (times > 1)):
        visitor = await Visitor.new(browser)
        took = await visitor.open(address)
        # The first of several wakes the server up.
        if time or times == 1:
            into.append(took)
        errors += visitor.errors
        await visitor.leave()


async def _crowd(
    browser: Any, address: str, steps: Sequence[visits.Step], found: Figures
) -> list[Seen]:
    """Let everybody click at once, each as soon as the last click is answered."""
    people = [await Visitor.new(browser) for _ in range(PEOPLE)]
    for person in people:
        await person.open(address)

    async def clicking(number: int, person: Visitor) -> list[Seen]:
        # Everybody does the same in another order, nobody the same twice running.
        order = random.Random(number).sample(steps, len(steps))
        return [await person.do(*order[n % len(order)]) for n in range(CLICKS)]

    seen = await asyncio.gather(*(clicking(n, person) for n, person in enumerate(people)))
    for person in people:
        found.errors += person.errors
        await person.leave()
    return [one for several in seen for one in several]
