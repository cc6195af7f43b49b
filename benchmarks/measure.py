"""Time whole processes in turn, so that a machine that drifts does so for all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """Median seconds on the clock and of the cores, peak megabytes, and what was printed."""

    seconds: float
    cpu: float
    megabytes: float
    said: str


def in_turn(names: list[str], file: Path, runs: int) -> dict[str, Measured]:
    """Run each peer `runs` times, one after the other, and return the medians."""
    seen: dict[str, list[Measured]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            seen[name].append(_once(name, file))
    return {
        name: Measured(
            statistics.median(m.seconds for m in all_),
            statistics.median(m.cpu for m in all_),
            max(m.megabytes for m in all_),
            all_[-1].said,
        )
        for name, all_ in seen.items()
    }


def _once(name: str, file: Path) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-m", "benchmarks.peers", name, str(file), folder]
        start = time.perf_counter()
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{name} failed")
        cpu = usage.ru_utime + usage.ru_stime
        return Measured(time.perf_counter() - start, cpu, usage.ru_maxrss / 1024, said.strip())
