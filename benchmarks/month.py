"""A platform's month, 9 million posts and 70 million comments a day, as much as the disk holds."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks import events, measure

ROWS_A_DAY, DAYS = 80_000_000, 30
USERS, TAGS = 300_000_000, 10_000
_BYTES_A_ROW = 12.5
_LEAST = 10


def lines(folder: Path) -> list[str]:
    """Return the section: what was measured, and apart from it what it lets expect."""
    rows_a_day = _that_fits(folder)
    rows = rows_a_day * DAYS
    files = events.month(folder, rows_a_day, USERS, TAGS, DAYS)
    home = files[0].parent
    size = sum(file.stat().st_size for file in files)
    measured = measure.in_turn(["polars_len", "overlap_month"], home, 1)
    ours, floor = measured["overlap_month"], measured["polars_len"]
    out = [
        f"{rows:,} events of {USERS / 1e6:,.0f} million users and {TAGS:,} Zipf audiences, in "
        f"{DAYS} daily Parquet files with times ({size / 1e9:,.1f} GB, more than memory holds), "
        "one process each; days as periods, the default budget.",
        "",
        "| what | seconds | CPU seconds | peak MB | result |",
        "|---|---:|---:|---:|---|",
        *(
            f"| {name} | {m.seconds:,.0f} | {m.cpu:,.0f} | {m.megabytes:,.0f} | {m.said} |"
            for name, m in (
                ("**overlap build**", ours),
                ("polars `group_by(tag).len()`: reads the tags alone", floor),
            )
        ),
        "",
    ]
    whole = ROWS_A_DAY * DAYS
    if rows < whole:
        minutes = ours.seconds * whole / rows / 60
        out += [
            f"Not measured: {whole:,} events would take {minutes:,.0f} minutes if time grows with "
            "the rows, as it did from 50 to 500 million; memory would not grow.",
            "",
        ]
    return out


def _that_fits(folder: Path) -> int:
    """Return the rows a day that fill no more than half of the free disk, at least a tenth."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = events.month_folder(folder, ROWS_A_DAY, USERS, TAGS)
    if whole.exists():
        return ROWS_A_DAY
    fits = shutil.disk_usage(folder).free / 2 / _BYTES_A_ROW / DAYS
    share = min(_LEAST, max(1, round(ROWS_A_DAY / max(fits, 1) + 0.5)))
    return ROWS_A_DAY // share
