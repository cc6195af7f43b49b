"""Export of a million members from 50 million events: `python -m benchmarks.exporting`.

Whole processes in turn, imports and all: reading the file with polars is the floor to compare with.
`--run NAME` is one of them; without it all are measured and printed as a table.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks import events

EXPRESSION = (
    'interest:"interest 00000" & (interest:"interest 00001" | interest:"interest 00002") '
    '- interest:"interest 00003" - interest:"interest 00004" - interest:"interest 00005"'
)
TITLES = {
    "reading": "reading the file: polars `scan → max` of both columns",
    "ids": "**overlap export --format ids --holdout 0.1**",
    "everybody": "**overlap export** of `universe:all - interest 00000`, 12.7 million members",
    "spilled": "the same with 100 MB for occurrences, the rest on disk",
    "meta": "**overlap export --format meta**, emails and phones of 20 million users joined",
    "polars": "polars: unique users of each audience, joined",
}


def reading(file: Path, store: Path, folder: Path) -> str:
    both = pl.scan_parquet(file).select(pl.col("user").max(), pl.col("tag").max())
    return f"up to user {both.collect(engine='streaming')['user'][0]:,}"


def polars(file: Path, store: Path, folder: Path) -> str:
    scan = pl.scan_parquet(file)

    def users(*numbers: int) -> pl.LazyFrame:
        names = [f"interest {number:05d}" for number in numbers]
        return scan.filter(pl.col("tag").is_in(names)).select("user").unique()

    chosen = users(0).join(users(1, 2), on="user", how="semi")
    chosen = chosen.join(users(3, 4, 5), on="user", how="anti")
    target = folder / "polars.csv"
    chosen.sink_csv(target)
    return f"{sum(1 for _ in target.open()) - 1:,} members"


def _export(file: Path, store: Path, folder: Path, expression: str, **given: object) -> str:
    from overlap.segments import ExportOptions, Limits, export

    memory = given.pop("memory", None)
    limits = Limits(memory=memory) if isinstance(memory, int) else None
    options = ExportOptions(**given)  # type: ignore[arg-type]
    report = export(store, expression, [str(file)], folder / "out.csv", options, limits=limits)
    inside = "inside" if report.inside_interval else "outside"
    return (
        f"{report.members:,} members, {inside} [{report.estimate.low:,.0f}, "
        f"{report.estimate.high:,.0f}], {report.written:,} rows written"
    )


def ids(file: Path, store: Path, folder: Path) -> str:
    return _export(file, store, folder, EXPRESSION, holdout=0.1)


def everybody(file: Path, store: Path, folder: Path) -> str:
    return _export(file, store, folder, 'universe:all - interest:"interest 00000"')


def spilled(file: Path, store: Path, folder: Path) -> str:
    expression = 'universe:all - interest:"interest 00000"'
    return _export(file, store, folder, expression, memory=100 << 20)


def meta(file: Path, store: Path, folder: Path) -> str:
    from overlap.segments import FormatName

    identities = str(store.with_name("identities.parquet"))
    return _export(
        file, store, folder, EXPRESSION, format=FormatName.META, identities=identities,
        country="86",
    )  # fmt: skip


RUNS = {f.__name__: f for f in (reading, ids, everybody, spilled, meta, polars)}


def _places(folder: Path, rows: int, users: int) -> tuple[Path, Path]:
    return events.write(folder, rows, users, tags=1000), folder / f"exporting-{rows}"


def prepare(folder: Path, rows: int, users: int) -> None:
    """Write the events, a store of them and everybody's identities, where they are not there."""
    from overlap.building import BuildOptions, build
    from overlap.model import TagColumn

    file, store = _places(folder, rows, users)
    if not store.exists():
        options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),), budget=1_000_000)
        build([str(file)], store, options)
    identities = folder / "identities.parquet"
    if not identities.exists():
        number = pl.int_range(users, eager=False)
        pl.select(
            user=number,
            email=pl.format("User.{}@Example.com", number),
            phone=pl.format("138{}", (number % 10**8).cast(pl.String).str.zfill(8)),
        ).write_parquet(identities, row_group_size=1_000_000)


def lines(folder: Path, rows: int, users: int, runs: int) -> list[str]:
    """Measure all in turn and return the table."""
    # In a process of its own: what it takes would count as its children's peak memory.
    _run("--prepare", str(rows), str(users), "--folder", str(folder))
    file, store = _places(folder, rows, users)
    seen: dict[str, list[tuple[float, float, float, str]]] = {name: [] for name in RUNS}
    for _ in range(runs):
        for name in RUNS:
            seen[name].append(_once(name, file, store))
    floor = statistics.median(wall for wall, *_ in seen["reading"])
    floor_cpu = statistics.median(cpu for _, cpu, *_ in seen["reading"])
    table = [
        f"{rows:,} events of {users:,} users, {file.stat().st_size / 1e6:,.0f} MB.",
        "",
        "| what | seconds | against reading | CPU seconds | against reading | peak MB | result |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, all_ in seen.items():
        wall, cpu = (statistics.median(each[i] for each in all_) for i in (0, 1))
        peak = max(each[2] for each in all_)
        table.append(
            f"| {TITLES[name]} | {wall:.1f} | {wall / floor:.1f}× | {cpu:.1f} "
            f"| {cpu / floor_cpu:.1f}× | {peak:,.0f} | {all_[-1][3]} |"
        )
    return table


def _once(name: str, file: Path, store: Path) -> tuple[float, float, float, str]:
    return _run("--run", name, str(file), str(store))


def _run(*given: str) -> tuple[float, float, float, str]:
    argv = [sys.executable, "-m", "benchmarks.exporting", *given]
    start = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(given)} failed")
    wall = time.perf_counter() - start
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exporting")
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--users", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the generated events here")
    parser.add_argument("--run", nargs=3, metavar=("NAME", "FILE", "STORE"))
    parser.add_argument("--prepare", nargs=2, type=int, metavar=("ROWS", "USERS"))
    chosen = parser.parse_args()
    if chosen.prepare:
        prepare(chosen.folder, *chosen.prepare)
        return
    with tempfile.TemporaryDirectory() as temporary:
        if chosen.run:
            name, file, store = chosen.run
            print(RUNS[name](Path(file), Path(store), Path(temporary)))
            return
        folder = chosen.folder or Path(temporary)
        print("\n".join(lines(folder, chosen.rows, chosen.users, chosen.runs)))


if __name__ == "__main__":
    main()
