"""Kept sets and HyperLogLog registers of every audience: build them, merge them.

The kept set of audience a is S_a = {(h, period, events) : h < T_a} with T_a = max(F, h₍k+1₎): at
least the k smallest hashes, and every hash below the floor rate F. A budget bounds the kept
memberships (user × audience). Where all fit, all are kept, F = 1. Otherwise half of the budget is
for the floor and half for the small audiences: F is the largest of rate, rate/2, rate/4, … with
Σ_a n_a(F) ≤ budget/2, n_a(F) being the users of a below F, and k the largest of spec.k, k/2, k/4, …
with Σ_a min(n_a, k) ≤ budget/2. Both sums count memberships, not rows per period, and neither
depends on the other's choice: so they only grow with the data, which is what lets a merge of parts
find the very F and k of the whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from overlap import hashing
from overlap.model import FULL_THETA, HASH_BITS, DataError, SketchSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

AUDIENCES = pl.Schema({"kind": pl.String, "name": pl.String, "theta": pl.UInt64})
"""One row per audience, sorted by kind and name; its row number is its code elsewhere."""

ENTRIES = pl.Schema(
    {"audience": pl.UInt32, "hash": pl.UInt64, "period": pl.Date, "events": pl.UInt32}
)
"""One row per kept (audience, user, period), sorted by all three."""

TOTALS = pl.Schema(
    {"audience": pl.UInt32, "period": pl.Date, "events": pl.UInt64, "registers": pl.Binary}
)
"""One row per (audience, period), sorted; registers are null where the audience is exact."""

_REGISTERS = pl.Schema({name: TOTALS[name] for name in ("audience", "period", "registers")})

_MAX_EVENTS = np.iinfo(np.uint32).max


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """The sketches of all audiences of one or more parts.

    `floor` is F in units of 2**-63 and `k` the number of users kept of every audience at least,
    spec.k or what the budget left of it; `lineage` names the parts that went in, so that a part
    merged twice counts once.
    """

    spec: SketchSpec
    floor: int
    k: int
    audiences: pl.DataFrame
    entries: pl.DataFrame
    totals: pl.DataFrame
    lineage: frozenset[str]

    @property
    def floor_rate(self) -> float:
        """The floor rate F: the share of users kept in every audience, at least."""
        return self.floor / FULL_THETA

    @property
    def memberships(self) -> int:
        """Number of kept memberships (user × audience), what the budget bounds."""
        return self.entries.select("audience", "hash").n_unique()

    def fingerprint(self) -> str:
        """Return a SHA-256 of everything an estimate can depend on, in canonical order."""
        digest = hashlib.sha256(json.dumps(asdict(self.spec), sort_keys=True).encode())
        digest.update(self.floor.to_bytes(8, "little") + self.k.to_bytes(8, "little"))
        for frame in (self.audiences, self.entries, self.totals):
            for column in frame:
                _digest_column(digest, column)
        return digest.hexdigest()


def build(
    memberships: pl.LazyFrame, spec: SketchSpec, *, source: str, key: bytes | None = None
) -> Sketches:
    """Build the sketches of memberships (see model.memberships_schema), any row order.

    `source` names the input, so that equal content of different inputs stays two parts. Raises
    DataError when the budget cannot hold k users of every audience.
    """
    rows = memberships.collect(engine="streaming")
    users = rows["user"].unique()
    hashes = pl.DataFrame(
        {"user": users, "hash": hashing.hash_users(users, seed=spec.seed, key=key)}
    )
    audiences = rows.select("kind", "name").unique().sort("kind", "name").with_row_index("audience")
    entries = (
        rows.lazy()
        .join(audiences.lazy(), on=["kind", "name"])
        .join(hashes.lazy(), on="user")
        .select("audience", "hash", "period", "events")
    )
    thetas = np.full(len(audiences), FULL_THETA, dtype=np.uint64)
    return _settle(
        spec,
        floor=_rate_theta(spec.rate),
        k=spec.k,
        names=audiences.select("kind", "name"),
        thetas=thetas,
        entries=_sum_entries(entries),
        totals=_event_totals(rows, audiences),
        registers=pl.DataFrame(schema=_REGISTERS),
        lineage=None,
        source=source,
    )


def merge(parts: Iterable[Sketches]) -> Sketches:
    """Merge sketches of the same spec; a part that is in several of them counts once.

    Associative, commutative and idempotent; a merge of parts equals a build of the whole bit for
    bit. Raises DataError when specs differ, or when two inputs share only some of their parts.
    """
    chosen = _distinct(list(parts))
    if len(chosen) == 1:
        return chosen[0]
    spec = chosen[0].spec
    names = (
        pl.concat([part.audiences.select("kind", "name") for part in chosen])
        .unique()
        .sort("kind", "name")
    )
    coded = names.with_row_index("audience")
    thetas = np.full(len(names), FULL_THETA, dtype=np.uint64)
    codes = [
        part.audiences.join(coded, on=["kind", "name"], maintain_order="left")["audience"]
        for part in chosen
    ]
    for part, code in zip(chosen, codes, strict=True):
        at = code.to_numpy()
        thetas[at] = np.minimum(thetas[at], part.audiences["theta"].to_numpy())
    totals = [_recode(part.totals, code) for part, code in zip(chosen, codes, strict=True)]
    registers = [rows.select(_REGISTERS.names()).drop_nulls() for rows in totals]
    for part, code in zip(chosen, codes, strict=True):
        # Where one part holds everybody and another does not, the first has no registers yet.
        alone = part.audiences["theta"].to_numpy() == FULL_THETA
        alone &= thetas[code.to_numpy()] < FULL_THETA
        registers.append(_recode(_registers(part.entries, alone, spec.hll_p), code))
    below = pl.DataFrame({"audience": coded["audience"], "theta": thetas})
    together = (
        pl.concat(
            [_recode(part.entries, code).lazy() for part, code in zip(chosen, codes, strict=True)]
        )
        .join(below.lazy(), on="audience")
        .filter(pl.col("hash") < pl.col("theta"))
        .drop("theta")
    )
    return _settle(
        spec,
        floor=min(part.floor for part in chosen),
        k=min(part.k for part in chosen),
        names=names,
        thetas=thetas,
        entries=_sum_entries(together),
        totals=pl.concat(totals).group_by("audience", "period").agg(pl.col("events").sum()),
        registers=pl.concat(registers),
        lineage=frozenset[str]().union(*(part.lineage for part in chosen)),
        source="",
    )


def merge_registers(registers: Iterable[bytes]) -> NDArray[np.int8]:
    """Return the register-wise maximum of HyperLogLog registers, int8[m]."""
    rows = np.stack([np.frombuffer(row, dtype=np.int8) for row in registers])
    merged: NDArray[np.int8] = rows.max(axis=0)
    return merged


def _settle(
    spec: SketchSpec,
    *,
    floor: int,
    k: int,
    names: pl.DataFrame,
    thetas: NDArray[np.uint64],
    entries: pl.DataFrame,
    totals: pl.DataFrame,
    registers: pl.DataFrame,
    lineage: frozenset[str] | None,
    source: str,
) -> Sketches:
    """Choose F and every T_a for a complete union, cut to them, and add registers where T < 1."""
    members = entries.select("audience", "hash").unique(maintain_order=True)
    codes, hashes = members["audience"].to_numpy(), members["hash"].to_numpy()
    floor = _choose_floor(spec.budget, floor, hashes)
    k = _choose_k(spec.budget, k, codes, thetas, everything=floor == FULL_THETA)
    final = _thresholds(k, floor, codes, hashes, thetas)
    exact = final == FULL_THETA
    sampled = pl.DataFrame({"audience": np.arange(len(final), dtype=np.uint32)[~exact]})
    built = _registers(entries, (thetas == FULL_THETA) & ~exact, spec.hll_p)
    merged = _max_registers(pl.concat([registers.join(sampled, on="audience", how="semi"), built]))
    limits = pl.DataFrame({"audience": np.arange(len(final), dtype=np.uint32), "theta": final})
    kept = (
        entries.lazy()
        .join(limits.lazy(), on="audience", maintain_order="left")
        .filter(pl.col("hash") < pl.col("theta"))
        .select(ENTRIES.names())
        .collect()
    )
    sketches = Sketches(
        spec=spec,
        floor=floor,
        k=k,
        audiences=names.with_columns(pl.Series("theta", final)).cast(AUDIENCES),
        entries=kept.sort("audience", "hash", "period").cast(ENTRIES),
        totals=totals.join(merged, on=["audience", "period"], how="left")
        .select(TOTALS.names())
        .sort("audience", "period")
        .cast(TOTALS),
        lineage=lineage or frozenset(),
    )
    if lineage is not None:
        return sketches
    leaf = hashlib.sha256(f"{sketches.fingerprint()}\0{source}".encode()).hexdigest()[:16]
    return replace(sketches, lineage=frozenset({leaf}))


def _choose_floor(budget: int, floor: int, hashes: NDArray[np.uint64]) -> int:
    """Halve the floor until the memberships below it fit; below it every audience is complete."""
    room = budget if floor == FULL_THETA else budget // 2
    while np.count_nonzero(hashes < np.uint64(floor)) > room:
        floor, room = floor >> 1, budget // 2
    return floor


def _choose_k(
    budget: int, k: int, codes: NDArray[np.uint32], thetas: NDArray[np.uint64], *, everything: bool
) -> int:
    """Halve k until the k smallest of every audience fit half of the budget.

    An audience that was cut before (theta < 1) is known to have more than k users.
    """
    total = np.bincount(codes, minlength=len(thetas))
    total[thetas < FULL_THETA] = k
    while k > 1 and np.minimum(total, k).sum() > budget // 2:
        k //= 2
    if not everything and np.minimum(total, k).sum() > budget // 2:
        raise DataError(
            f"the budget of {budget:,} kept memberships is too small for {len(thetas):,} audiences",
            cure=f"give a budget of at least {2 * len(thetas):,}, or fewer audiences",
        )
    return k


def _thresholds(
    k: int,
    floor: int,
    codes: NDArray[np.uint32],
    hashes: NDArray[np.uint64],
    thetas: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """Return T_a = max(F, h₍k+1₎) for every audience; `codes` and `hashes` are sorted together."""
    counts = np.bincount(codes, minlength=len(thetas))
    starts = np.cumsum(counts) - counts
    final = thetas.copy()
    capped = counts > k
    final[capped] = np.maximum(hashes[starts[capped] + k], np.uint64(floor))
    return final


def _sum_entries(entries: pl.LazyFrame) -> pl.DataFrame:
    # Saturating at the type's end keeps the sum associative.
    return (
        entries.group_by("audience", "hash", "period")
        .agg(pl.col("events").cast(pl.UInt64).sum().clip(upper_bound=_MAX_EVENTS))
        .cast({"events": pl.UInt32})
        .sort("audience", "hash", "period")
        .collect(engine="streaming")
    )


def _event_totals(rows: pl.DataFrame, audiences: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.lazy()
        .group_by("kind", "name", "period")
        .agg(pl.col("events").cast(pl.UInt64).sum())
        .join(audiences.lazy(), on=["kind", "name"])
        .select("audience", "period", "events")
        .collect(engine="streaming")
    )


def _registers(entries: pl.DataFrame, complete: NDArray[np.bool_], p: int) -> pl.DataFrame:
    """Return HyperLogLog++ registers per (audience, period) of the audiences marked complete.

    Register and rank are those of datasketch.HyperLogLogPlusPlus fed with hashing.remix(h).
    """
    rows = entries.filter(pl.Series(complete).gather(entries["audience"]))
    groups = rows.select("audience", "period").unique(maintain_order=True)
    if groups.is_empty() or p == 0:
        return pl.DataFrame(schema=_REGISTERS)
    group = (
        rows.join(groups.with_row_index("group"), on=["audience", "period"], maintain_order="left")
    )["group"].to_numpy()
    bits = hashing.remix(rows["hash"].to_numpy())
    register = (bits & np.uint64((1 << p) - 1)).astype(np.int64)
    rank = (64 - p + 1 - _bit_length(bits >> np.uint64(p))).astype(np.int8)
    flat = np.zeros(len(groups) << p, dtype=np.int8)
    order = np.argsort(rank, kind="stable")
    # Among repeated indices numpy keeps the last assigned: in order of rank, the highest.
    flat[(group.astype(np.int64)[order] << p) + register[order]] = rank[order]
    matrix = flat.reshape(len(groups), 1 << p)
    return groups.with_columns(pl.Series("registers", [row.tobytes() for row in matrix], pl.Binary))


def _bit_length(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the position of the highest set bit, 0 for 0."""
    length = np.zeros(len(values), dtype=np.int64)
    rest = values.copy()
    for step in (32, 16, 8, 4, 2, 1):
        high = rest >= (np.uint64(1) << np.uint64(step))
        length[high] += step
        rest[high] >>= np.uint64(step)
    return length + (rest > 0)


def _max_registers(registers: pl.DataFrame) -> pl.DataFrame:
    def merged(rows: pl.Series) -> bytes:
        return merge_registers(rows.to_list()).tobytes()

    repeated = registers.select("audience", "period").is_duplicated()
    many = [
        {"audience": audience, "period": period, "registers": merged(frame["registers"])}
        for (audience, period), frame in registers.filter(repeated).group_by("audience", "period")
    ]
    return pl.concat([registers.filter(~repeated), pl.DataFrame(many, schema=_REGISTERS)])


def _recode(frame: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    return frame.with_columns(codes.gather(frame["audience"]).alias("audience"))


def _distinct(parts: list[Sketches]) -> list[Sketches]:
    """Drop inputs whose parts are all in another; refuse inputs that share only some."""
    if not parts:
        raise DataError("there is nothing to merge", cure="name at least one store with data")
    for other in parts[1:]:
        check_spec(parts[0].spec, other.spec)
    chosen: list[Sketches] = []
    for part in sorted(parts, key=lambda p: (-len(p.lineage), sorted(p.lineage))):
        if any(part.lineage <= other.lineage for other in chosen):
            continue
        if any(part.lineage & other.lineage for other in chosen):
            raise DataError(
                "two of the stores share some of their parts, but each has parts the other lacks",
                cure="merge the stores as they were before they were compacted",
            )
        chosen.append(part)
    return chosen


_SPEC_WORDS = {
    "id_type": "id type",
    "seed": "hash seed",
    "period": "period",
    "k": "k",
    "budget": "budget",
    "rate": "rate cap",
    "hll_p": "HyperLogLog precision",
    "key_id": "secret key",
}


def check_spec(a: SketchSpec, b: SketchSpec) -> None:
    """Raise DataError naming the first thing in which two specs differ."""
    mine: dict[str, Any] = asdict(a)
    theirs: dict[str, Any] = asdict(b)
    for name, word in _SPEC_WORDS.items():
        if mine[name] != theirs[name]:
            raise DataError(
                f"sketches with different {word} cannot be merged: "
                f"{mine[name]!r} and {theirs[name]!r}",
                cure=f"build both with the same {word}",
            )


def _rate_theta(rate: float) -> int:
    if not 0 < rate <= 1:
        raise DataError(f"the rate must be above 0 and at most 1, not {rate}")
    return int(rate * (1 << HASH_BITS))


def _digest_column(digest: Any, column: pl.Series) -> None:
    digest.update(f"{column.name}:{column.dtype}:{len(column)}".encode())
    if column.dtype == pl.String:
        digest.update(json.dumps(column.to_list()).encode())
    elif column.dtype == pl.Binary:
        for value in column:
            digest.update(b"-" if value is None else b"+" + value)
    else:
        digest.update(column.to_physical().to_numpy().tobytes())
