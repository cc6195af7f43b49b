"""HyperLogLog++ registers of audiences, as `datasketch.HyperLogLogPlusPlus` holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.sketches.tables import REGISTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def merge_registers(registers: Iterable[bytes]) -> NDArray[np.int8]:
    """Return the register-wise maximum of HyperLogLog registers, int8[m]."""
    rows = np.stack([np.frombuffer(row, dtype=np.int8) for row in registers])
    merged: NDArray[np.int8] = rows.max(axis=0)
    return merged


def registers_of(entries: pl.DataFrame, complete: NDArray[np.bool_], p: int) -> pl.DataFrame:
    """Return registers per (audience, period) of the audiences marked complete, as REGISTERS.

    Register and rank are those of datasketch.HyperLogLogPlusPlus fed with hashing.remix(h).
    """
    rows = entries.filter(pl.Series(complete).gather(entries["audience"]))
    groups = rows.select("audience", "period").unique(maintain_order=True)
    if groups.is_empty() or p == 0:
        return pl.DataFrame(schema=REGISTERS)
    numbered = groups.with_row_index("group")
    group = rows.join(numbered, on=["audience", "period"], maintain_order="left")["group"]
    matrix = np.zeros((len(groups), 1 << p), dtype=np.int8)
    kernels.update_registers(
        rows["hash"].to_numpy(), group.cast(pl.Int64).to_numpy(), matrix, p
    )  # fmt: skip
    return groups.with_columns(pl.Series("registers", [row.tobytes() for row in matrix], pl.Binary))


def max_registers(registers: pl.DataFrame) -> pl.DataFrame:
    """Return one row per (audience, period): the register-wise maximum of its rows."""

    def merged(rows: pl.Series) -> bytes:
        return merge_registers(rows.to_list()).tobytes()

    repeated = registers.select("audience", "period").is_duplicated()
    many = [
        {"audience": audience, "period": period, "registers": merged(frame["registers"])}
        for (audience, period), frame in registers.filter(repeated).group_by("audience", "period")
    ]
    return pl.concat([registers.filter(~repeated), pl.DataFrame(many, schema=REGISTERS)])
