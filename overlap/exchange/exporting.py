"""A store's audiences as a table of theta sketches or of HyperLogLog++ registers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from datasketch import HyperLogLogPlusPlus

from overlap import estimates
from overlap.exchange.theta import to_bytes
from overlap.model import FULL_THETA, NO_PERIOD, DataError, UsageError, nearest
from overlap.sketches import Sketches
from overlap.sketches.registers import max_registers, registers_of
from overlap.sketches.tables import REGISTERS
from overlap.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

Form = Literal["theta", "hll"]

SKETCH_TABLE = pl.Schema(
    {"kind": pl.String, "name": pl.String, "period": pl.Date, "sketch": pl.Binary,
     "rate": pl.Float64, "users": pl.Float64, "low": pl.Float64, "high": pl.Float64,
     "key_id": pl.String}
)  # fmt: skip
"""One row per audience, or per audience and period; `period` is null where all are together.

`users`, `low` and `high` (95%) are what this sketch says; `rate` is null for registers, which hold
no users. `key_id` names the secret key that ids were hashed with, null where there was none.
"""

_ROWS_PER_GROUP = 1024
_AUDIENCES_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class SketchTable:
    """The table as SKETCH_TABLE, and how many rows the store's export floor kept out of it."""

    rows: pl.DataFrame
    left_out: int
    export_floor: int


def sketch_table(
    store: Store,
    *,
    form: Form = "theta",
    kinds: Sequence[str] = (),
    period: date | Literal["all", "each"] = "all",
) -> SketchTable:
    """Return the sketches of a store's audiences, of all kinds unless some are named.

    `theta` gives Apache's compact theta sketches, `hll` what
    `datasketch.HyperLogLogPlusPlus.serialize` writes. `period` is the first day of one period,
    "each" for a row per period, or "all" for all of them in one sketch. Raises UsageError for an
    unknown kind or period, and for registers of a store that has none.
    """
    sk = store.sketches
    audiences = _chosen(sk, kinds)
    _check_period(sk, period)
    if form == "hll" and not sk.spec.hll_p:
        raise UsageError(
            "this store keeps no HyperLogLog registers: it was made of theta sketches",
            where=str(store.path),
            cure="export with --as theta",
        )
    rows = _hashes(sk, audiences, period)
    hits = rows["hashes"].list.len().to_numpy()
    sizes = estimates.counts(hits, rows["theta"].to_numpy() / FULL_THETA)
    floor = store.policy.export_floor
    shown = pl.Series(sizes.value >= floor)
    rows = rows.with_columns(
        rate=sizes.rate, users=sizes.value, low=sizes.low, high=sizes.high
    ).filter(shown)
    rows = _with_theta(rows, sk.spec.seed) if form == "theta" else _with_registers(rows, sk, period)
    every = period == "each"
    table = rows.select(
        "kind", "name",
        (pl.col("period") if every else pl.lit(None if period == "all" else period, pl.Date))
        .alias("period"),
        "sketch", "rate", "users", "low", "high",
        pl.lit(sk.spec.key_id, pl.String).alias("key_id"),
    ).cast(SKETCH_TABLE)  # fmt: skip
    return SketchTable(table, len(shown) - len(table), floor)


def write_sketches(rows: pl.DataFrame, file: Path, *, replace: bool = False) -> None:
    """Write a table of sketches as Parquet, whole or not at all.

    Raises UsageError where the file is there already (unless `replace`) or its name does not end in
    .parquet, and DataError when it cannot be written.
    """
    if file.suffix != ".parquet":
        raise UsageError(
            f"sketches are written as Parquet, and {file.name!r} does not end so",
            where=str(file),
            cure="give a name that ends in .parquet",
        )
    if file.exists() and not replace:
        raise UsageError(
            "this file is there already",
            where=str(file),
            cure="give another name, or --replace to write over it",
        )
    temporary = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        # Least and greatest of a column of sketches would only swell the footer.
        rows.write_parquet(temporary, statistics=False, row_group_size=_ROWS_PER_GROUP)
        temporary.replace(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"the sketches cannot be written: {getattr(error, 'strerror', None) or error}",
            where=str(file),
            cure="name a file in a folder that exists and may be written",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


# --- inside -----------------------------------------------------------------------------------


def _chosen(sk: Sketches, kinds: Sequence[str]) -> pl.DataFrame:
    audiences = sk.audiences.with_row_index("audience")
    known = audiences["kind"].unique().sort().to_list()
    for kind in kinds:
        if kind not in known:
            close = nearest(kind, known)
            raise UsageError(
                f"no audience has the kind {kind!r}",
                where=f"the kinds here are: {', '.join(known)}",
                cure=f"did you mean {close[0]!r}?" if close else "choose one of these kinds",
            )
    return audiences.filter(pl.col("kind").is_in(list(kinds))) if kinds else audiences


def _check_period(sk: Sketches, period: date | str) -> None:
    if period == "all":
        return
    if sk.spec.period == "none":
        raise UsageError("the data have no periods", cure="leave --period out")
    if period == "each":
        return
    there = sk.totals["period"].unique().sort()
    if period not in there:
        raise UsageError(
            f"there are no data in the {sk.spec.period} that begins on {period}",
            where=f"{len(there)} periods from {there[0]} to {there[-1]}" if len(there) else "",
            cure="choose a period that has data",
        )


def _inside(rows: pl.DataFrame, period: date | str) -> pl.DataFrame:
    """Keep one period, all of them, or all of them taken as one."""
    if period == "each":
        return rows
    if period == "all":
        return rows.with_columns(pl.lit(NO_PERIOD, pl.Date).alias("period"))
    return rows.filter(pl.col("period") == period)


def _hashes(sk: Sketches, audiences: pl.DataFrame, period: date | str) -> pl.DataFrame:
    """Return audience, kind, name, theta, period and the list of kept hashes, ascending."""
    kept = (
        _inside(sk.entries.join(audiences, on="audience", how="semi"), period)
        .group_by("audience", "period")
        .agg(pl.col("hash").unique().sort().alias("hashes"))
    )
    # An audience may be there in a period though none of its users was kept.
    there = _inside(sk.totals.select("audience", "period"), period).unique()
    if period == "all":
        there = _inside(audiences.select("audience"), period)
    return (
        audiences.join(there, on="audience")
        .join(kept, on=["audience", "period"], how="left")
        .with_columns(pl.col("hashes").fill_null([]))
        .sort("audience", "period")
    )


def _with_theta(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    sketches = [
        to_bytes(hashes.to_numpy(), theta, seed)
        for hashes, theta in zip(rows["hashes"], rows["theta"], strict=True)
    ]
    return rows.with_columns(pl.Series("sketch", sketches, dtype=pl.Binary))


def _with_registers(rows: pl.DataFrame, sk: Sketches, period: date | str) -> pl.DataFrame:
    p = sk.spec.hll_p
    exact = sk.audiences["theta"].to_numpy() == FULL_THETA
    codes = rows["audience"].unique().sort()
    found = [pl.DataFrame(schema=REGISTERS)]
    for at in range(0, len(codes), _AUDIENCES_AT_ONCE):
        chunk = codes[at : at + _AUDIENCES_AT_ONCE]
        found.append(_registers(sk, chunk, exact, period))
    nobody = bytes(1 << p)
    rows = rows.join(pl.concat(found), on=["audience", "period"], how="left").with_columns(
        pl.col("registers").fill_null(nobody)
    )
    counts = [_count(registers) for registers in rows["registers"]]
    sizes = [estimates.hll_estimate(count, 1 << p) for count in counts]
    return rows.with_columns(
        pl.Series("sketch", [bytes([p]) + r for r in rows["registers"]], dtype=pl.Binary),
        pl.lit(None, pl.Float64).alias("rate"),
        pl.Series("users", [s.value for s in sizes], dtype=pl.Float64),
        pl.Series("low", [s.low for s in sizes], dtype=pl.Float64),
        pl.Series("high", [s.high for s in sizes], dtype=pl.Float64),
    )


def _registers(
    sk: Sketches, codes: pl.Series, exact: NDArray[np.bool_], period: date | str
) -> pl.DataFrame:
    """Return REGISTERS of some audiences: as stored, or made of the kept set that is whole."""
    entries = _inside(sk.entries.filter(pl.col("audience").is_in(codes.implode())), period)
    stored = _inside(sk.totals.filter(pl.col("audience").is_in(codes.implode())), period)
    made = registers_of(entries, exact, sk.spec.hll_p)
    return max_registers(pl.concat([stored.select(REGISTERS.names()).drop_nulls(), made]))


def _count(registers: bytes) -> float:
    return float(HyperLogLogPlusPlus(reg=np.frombuffer(registers, dtype=np.int8)).count())
