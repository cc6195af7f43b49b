"""Bytes per kept membership of real builds, as overlap.store writes them and in other ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from benchmarks.accuracy.builds import DAYS, PEOPLE, ROWS, SMALL_BUDGET, TAGS, Built
from benchmarks.accuracy.bytemodel import parquet_bytes
from benchmarks.accuracy.markdown import count, markdown
from overlap.model import DEFAULT_BUDGET

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DELTA, _SPLIT, _PLAIN = "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", "PLAIN"

Found: TypeAlias = dict[str, dict[str, dict[str, int]]]
"""Bytes by build, part and way of writing it."""


# --- ways to write ------------------------------------------------------------------------------


def gaps(audience: NDArray[np.uint32], place: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the distance of each place from the one before in its audience, the first as it is."""
    steps = np.diff(place, prepend=0)
    starts = np.append(True, audience[1:] != audience[:-1])
    return np.where(starts, place, steps).astype(np.uint32)


def places(audience: NDArray[np.uint32], steps: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the places that `gaps` came from."""
    running = np.cumsum(steps, dtype=np.int64)
    starts = np.flatnonzero(np.append(True, audience[1:] != audience[:-1]))
    before = running[starts] - steps[starts]
    lengths = np.diff(np.append(starts, len(steps)))
    summed: NDArray[np.int64] = running - np.repeat(before, lengths)
    return summed


def packed_registers(registers: list[bytes]) -> tuple[list[bytes], int]:
    """Return registers less the least of their row in four bits each, and how many do not fit."""
    rows = np.frombuffer(b"".join(registers), dtype=np.uint8).reshape(len(registers), -1)
    above = rows - rows.min(axis=1, keepdims=True)
    short = np.minimum(above, 15)
    return [row.tobytes() for row in short[:, ::2] << 4 | short[:, 1::2]], int((above > 14).sum())


def ways(built: Built) -> dict[str, dict[str, int]]:
    """Return the bytes of each part of a store, by part and way of writing it."""
    first = built.first
    member = built.user[first], built.audience[first]
    joint = built.user * built.periods + built.period
    by_user = np.lexsort((built.period, built.audience, built.user))
    members_by_user = np.lexsort((member[1], member[0]))
    several = built.periods > 1
    each = np.diff(np.append(np.flatnonzero(first), len(first)))
    per_member = parquet_bytes(each.astype(np.uint32)) if several else 0
    numbers = built.user.astype(np.uint32)
    found = {
        "hashes of users": {
            "plain": parquet_bytes(built.users, _PLAIN),
            "**delta packed** (in use)": parquet_bytes(built.users, _DELTA),
            "byte streams": parquet_bytes(built.users, _SPLIT),
        },
        "users of an audience": {
            "plain": parquet_bytes(numbers, _PLAIN),
            "**delta packed** (in use)": parquet_bytes(numbers, _DELTA),
            "gaps in byte streams": parquet_bytes(gaps(built.audience, built.user), _SPLIT),
            "Roaring, once per membership, and its number of periods": _roaring(*member)
            + per_member,
            "user-major: audience codes, once per membership": parquet_bytes(
                member[1][members_by_user].astype(np.int32), _SPLIT
            )
            + parquet_bytes(np.bincount(member[0]).astype(np.int32))
            + per_member,
        },
        "periods": {
            "plain bytes": parquet_bytes(pa.array(built.period.astype(np.uint8)), _PLAIN),
            "**dictionary** (in use)": parquet_bytes(built.period.astype(np.int32)),
            "user-major, dictionary": parquet_bytes(built.period[by_user].astype(np.int32)),
        },
        "users and periods": {
            "**delta packed and dictionary** (in use)": 0,
            "gaps of user × periods + period in byte streams": parquet_bytes(
                gaps(built.audience, joint), _SPLIT
            ),
        },
        "events": {
            "plain, 4 bytes": parquet_bytes(built.events, _PLAIN),
            "**dictionary** (in use)": parquet_bytes(built.events),
            "byte streams": parquet_bytes(built.events, _SPLIT),
            "user-major, dictionary": parquet_bytes(built.events[by_user]),
        },
    }
    found["users and periods"]["**delta packed and dictionary** (in use)"] = (
        found["users of an audience"]["**delta packed** (in use)"]
        + found["periods"]["**dictionary** (in use)"]
    )
    registers = built.sketches.totals["registers"].drop_nulls().to_list()
    if registers:
        packed, _ = packed_registers(registers)
        found["registers"] = {
            "**a byte each** (in use)": parquet_bytes(pa.array(registers, pa.binary())),
            "a byte each, zstd level 9": parquet_bytes(
                pa.array(registers, pa.binary()), _PLAIN, compression_level=9
            ),
            "four bits each": parquet_bytes(pa.array(packed, pa.binary()), _PLAIN),
            "four bits each, zstd level 9": parquet_bytes(
                pa.array(packed, pa.binary()), _PLAIN, compression_level=9
            ),
        }
    return found


def _roaring(users: NDArray[np.int64], audience: NDArray[np.uint32]) -> int:
    total = 0
    for run in np.split(users.astype(np.uint32), np.flatnonzero(np.diff(audience)) + 1):
        bitmap = BitMap(run)
        bitmap.run_optimize()
        total += len(bitmap.serialize())
    return total


# --- tables ---------------------------------------------------------------------------------------


def lines(builds: list[Built]) -> list[str]:
    """Return the tables as Markdown."""
    found = {built.name: ways(built) for built in builds}
    return [
        f"{ROWS:,} events of {PEOPLE:,} users in {DAYS} days and {TAGS} interests, built by "
        f"overlap.building with a budget of {count(SMALL_BUDGET)} (sampled) and "
        f"{count(DEFAULT_BUDGET)} (whole). A membership is a user in an audience, over all its "
        "periods; an entry is one of these periods.",
        "",
        "### As written now, bytes per kept membership",
        "",
        *_now(builds),
        "",
        "### Each part in other ways, bits per kept membership",
        "",
        *_parts(builds, found),
        "",
        "### Whole layouts, bytes per kept membership, registers left out",
        "",
        *_layouts(builds, found),
        "",
        *_conclusion(builds, found),
    ]


def _conclusion(builds: list[Built], found: Found) -> list[str]:
    def change(name: str) -> str:
        sizes = [
            (_layout_bytes(found[b.name], name), _layout_bytes(found[b.name], IN_USE))
            for b in builds
        ]
        changes = [100 * (new / old - 1) for new, old in sizes]
        return f"{min(changes):+.0f}% to {max(changes):+.0f}%"

    goal = [
        f"{b.name} {sum(b.files.values()) / b.sketches.memberships:.1f} "
        f"({sum(b.files.values()) / len(b.user):.1f} per entry)"
        for b in builds
    ]
    weeks = builds[2]
    registers = found[weeks.name]["registers"]
    byte, four = registers["**a byte each** (in use)"], registers["four bits each"]
    share = 100 * byte / sum(weeks.files.values())
    return [
        "What follows:",
        "",
        "- Against the goal of 5 bytes per kept membership, events included: "
        + "; ".join(goal)
        + ".",
        f"- Audience-major stays: user-major is {change('user-major')}, Roaring bitmaps "
        f"{change('Roaring bitmaps')}.",
        "- One column of gaps, user × periods + period, instead of user and period: "
        f"{change(GAPS)}. In pyarrow: no dictionary, `column_encoding={{'gap': "
        "'BYTE_STREAM_SPLIT'}`, zstd; a running sum per audience reads it back.",
        f"- Registers of each audience and period are {share:.0f}% of the store of weeks at a "
        f"budget of {count(SMALL_BUDGET)}: they do not shrink with the budget. Four bits each "
        "above the least of their row (exceptions beside) take "
        f"{100 * (four / byte - 1):+.0f}%; with periods they have p = 10, a quarter of p = 12.",
    ]


def _now(builds: list[Built]) -> list[str]:
    rows = []
    for built in builds:
        n = built.sketches.memberships
        files = built.files
        rest = sum(files.values()) - sum(
            files[f"{name}.parquet"] for name in ("users", "entries", "totals")
        )
        rows.append(
            [
                built.name,
                f"{n:,}",
                f"{len(built.user):,}",
                f"{len(built.users):,}",
                *(f"{files[f'{name}.parquet'] / n:.2f}" for name in ("users", "entries", "totals")),
                f"{rest / n:.2f}",
                f"**{sum(files.values()) / n:.2f}**",
                f"{sum(files.values()) / len(built.user):.2f}",
            ]
        )
    head = ["build", "memberships", "entries", "users", "hashes", "entries", "registers", "rest"]
    return markdown([*head, "together", "together, per entry"], rows)


def _parts(builds: list[Built], found: Found) -> list[str]:
    rows = []
    parts = {part: names for b in builds for part, names in found[b.name].items()}
    for part, names in parts.items():
        for name in names:
            cells = []
            for built in builds:
                size = found[built.name].get(part, {}).get(name)
                bits = 8 * (size or 0) / built.sketches.memberships
                cells.append("–" if size is None else f"{bits:.2f}")
            rows.append([part, name, *cells])
    return markdown(["part", "written as", *(b.name for b in builds)], rows, text=(0, 1))


IN_USE = "audience-major, as in use"
GAPS = "audience-major, gaps of users and periods as one"
_HASHES = ("hashes of users", "in use")
_EVENTS = ("events", "in use")
LAYOUTS = {
    IN_USE: (_HASHES, ("users and periods", "in use"), _EVENTS),
    "audience-major, gaps of users in byte streams": (
        _HASHES,
        ("users of an audience", "gaps"),
        ("periods", "in use"),
        _EVENTS,
    ),
    GAPS: (_HASHES, ("users and periods", "gaps"), _EVENTS),
    "Roaring bitmaps": (
        _HASHES,
        ("users of an audience", "Roaring"),
        ("periods", "in use"),
        _EVENTS,
    ),
    "user-major": (
        _HASHES,
        ("users of an audience", "user-major"),
        ("periods", "user-major"),
        ("events", "user-major"),
    ),
}
"""Whole layouts: the part, and a word of the way it is written."""


def _layout_bytes(ways_of: dict[str, dict[str, int]], layout: str) -> int:
    return sum(
        next(size for name, size in ways_of[part].items() if word in name)
        for part, word in LAYOUTS[layout]
    )


def _layouts(builds: list[Built], found: Found) -> list[str]:
    rows = [["8-byte hash, 2-byte count for every entry"], *([name] for name in LAYOUTS)]
    for built in builds:
        plain = 10 * len(built.user)
        sizes = [plain, *(_layout_bytes(found[built.name], name) for name in LAYOUTS)]
        for row, size in zip(rows, sizes, strict=True):
            row.append(f"{size / built.sketches.memberships:.2f}")
    return markdown(["layout", *(b.name for b in builds)], rows)
