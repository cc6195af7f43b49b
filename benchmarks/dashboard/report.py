"""The figures of the dashboard as a section of the benchmarks."""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.dashboard import measuring
from benchmarks.dashboard.measuring import CLICKS, PEOPLE, Figures
from benchmarks.dashboard.watching import Seen


def lines(folder: Path) -> list[str]:
    """Return Markdown lines of all figures; the platform's store is kept in a folder."""
    floor, sample, large = asyncio.run(measuring.everything(folder))
    stores = (floor, sample, large)
    return [
        f"A real Chromium and the server share the {os.cpu_count()} cores. *Answer*: the first "
        "heading is painted, in a browser that has never been here. *Idle*: the script has ended "
        "and the page knows; *still*: nothing visible changes any more, the last chart drawn. The "
        "empty page (a heading, a button) is what the framework costs. The platform has 10,000 "
        f"audiences and a panel of {large.memberships / 1e6:.1f} million memberships.",
        "",
        "| | empty page | sample | goal | platform | goal |",
        "|---|---|---|---|---|---|",
        _row("answer (s, median)", stores, lambda f: _middle(f.first, 2), "2", "3"),
        _row("answer (s, slowest)", stores, lambda f: _top(f.first, 2), "2", "3"),
        _row("answer about what nobody asked yet (s, slowest)", stores,
             lambda f: _top(f.unseen, 2), "2", "3"),
        _row("interaction to idle (ms, median)", stores,
             lambda f: _middle([x.idle for x in f.clicks]), "300", "600"),
        _row("interaction to idle (ms, p95)", stores,
             lambda f: _p95([x.idle for x in f.clicks]), "800", "1,600"),
        _row("interaction to still (ms, median)", stores,
             lambda f: _middle([x.still for x in f.clicks]), "", ""),
        _row("interaction to still (ms, p95)", stores,
             lambda f: _p95([x.still for x in f.clicks]), "", ""),
        _row(f"{PEOPLE} people at once, {CLICKS} clicks each: idle (ms, p95)", stores,
             lambda f: _p95([x.idle for x in f.crowd]), "3,000", "3,000"),
        _row(f"{PEOPLE} people at once without their browsers: answered (ms, p95)", stores,
             lambda f: _p95(f.people), "3,000", "3,000"),
        _row("errors in all of it", stores, lambda f: str(len(f.errors)), "0", "0"),
        _row("bytes of one rerun (KB, median)", stores,
             lambda f: _middle([x.received / 1e3 for x in f.clicks]), "1,000", "1,000"),
        _row("bytes of one rerun (KB, largest)", stores,
             lambda f: _top([x.received / 1e3 for x in f.clicks]), "1,000", "1,000"),
        _row("server after the first visitor (MB)", stores, _memory(0), "", ""),
        _row("after all pages (MB)", stores, _memory(1), "", ""),
        _row(f"with {PEOPLE} people on it (MB)", stores, _memory(2), "", ""),
        "",
        "Twenty browsers on the server's own cores measure one another, an empty page as well; "
        "what the server takes for twenty people is the row without them, where every click "
        "asks for a whole page.",
        "",
        "Milliseconds to idle by what was done, first and second time:",
        "",
        "| | sample | platform |",
        "|---|---|---|",
        *_each(sample.clicks, large.clicks),
    ]  # fmt: skip


def _row(
    title: str, stores: Sequence[Figures], value: Callable[[Figures], str], goal: str, large: str
) -> str:
    floor, sample, platform = (value(figures) for figures in stores)
    return f"| {title} | {floor} | {sample} | {goal} | {platform} | {large} |"


def _each(sample: Sequence[Seen], large: Sequence[Seen]) -> list[str]:
    half = len(sample) // 2
    return [
        f"| {a.name} | {a.idle:.0f}, {b.idle:.0f} | {c.idle:.0f}, {d.idle:.0f} |"
        for a, b, c, d in zip(sample[:half], sample[half:], large[:half], large[half:], strict=True)
    ]


def _memory(at: int) -> Callable[[Figures], str]:
    return lambda figures: f"{figures.memory[at]:,.0f}" if figures.memory else ""


def _middle(values: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f}" if values else ""


def _top(values: Sequence[float], digits: int = 0) -> str:
    return f"{max(values):,.{digits}f}" if values else ""


def _p95(values: Sequence[float]) -> str:
    return f"{sorted(values)[int(0.95 * len(values))]:,.0f}" if values else ""
