"""Build sketches from memberships, and merge sketches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import hashing
from overlap.model import FLOOR_ONLY, FULL_THETA, DataError, SketchSpec
from overlap.sketches.registers import max_registers, registers_of
from overlap.sketches.settling import Settled, rate_theta, settle
from overlap.sketches.tables import (
    AUDIENCES,
    ENTRIES,
    REGISTERS,
    TOTALS,
    Sketches,
    check_spec,
    leaf_lineage,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_EVENTS = np.iinfo(np.uint32).max


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
        floor=rate_theta(spec.rate),
        k=spec.k,
        names=audiences.select("kind", "name"),
        thetas=thetas,
        entries=_sum_entries(entries),
        totals=_event_totals(rows, audiences),
        registers=pl.DataFrame(schema=REGISTERS),
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
    registers = [rows.select(REGISTERS.names()).drop_nulls() for rows in totals]
    for part, code in zip(chosen, codes, strict=True):
        # Where one part holds everybody and another does not, the first has no registers yet.
        alone = part.audiences["theta"].to_numpy() == FULL_THETA
        alone &= thetas[code.to_numpy()] < FULL_THETA
        alone &= ~_floor_only(part.audiences)
        registers.append(_recode(registers_of(part.entries, alone, spec.hll_p), code))
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
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(thetas)))])
    asked = Settled(rate_theta(spec.rate), spec.k)
    now = Settled(floor, k)
    lone = _floor_only(names)
    floor, k = settle(spec.budget, asked, now, hashes, starts, thetas < FULL_THETA, lone)
    final = _thresholds(k, floor, codes, hashes, thetas)
    final[lone] = floor
    exact = final == FULL_THETA
    sampled = pl.DataFrame({"audience": np.arange(len(final), dtype=np.uint32)[~exact]})
    built = registers_of(entries, (thetas == FULL_THETA) & ~exact & ~lone, spec.hll_p)
    merged = max_registers(pl.concat([registers.join(sampled, on="audience", how="semi"), built]))
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
    return replace(sketches, lineage=leaf_lineage(sketches, source))


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


def _floor_only(names: pl.DataFrame) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = names["kind"].is_in(list(FLOOR_ONLY)).to_numpy()
    return found


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
