"""What sketches are made of: three tables, a spec, and a fingerprint over all of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from overlap.hashing import distinct, number_in
from overlap.model import FULL_THETA, TERM_KIND, UNIVERSE_KIND, DataError, SketchSpec

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

REGISTERS = pl.Schema({name: TOTALS[name] for name in ("audience", "period", "registers")})


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
    numbered: tuple[NDArray[np.uint64], NDArray[np.uint32]] | None = None

    def numbering(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return the distinct kept hashes, ascending, and each entry's place among them."""
        if self.numbered is not None:
            return self.numbered
        hashes = self.entries["hash"].to_numpy()
        users = distinct(hashes)
        return users, number_in(hashes, users).astype(np.uint32)

    @property
    def floor_rate(self) -> float:
        """The floor rate F: the share of users kept in every audience, at least."""
        return self.floor / FULL_THETA

    @property
    def memberships(self) -> int:
        """Number of kept memberships (user × audience), what the budget bounds."""
        rows = self.entries
        if rows.is_empty():
            return 0
        # Sorted rows: a membership begins where audience or user changes.
        begins = (rows["audience"].diff() != 0) | (rows["hash"] != rows["hash"].shift(1))
        return 1 + int(begins.fill_null(False)[1:].sum())

    def untagged(self) -> int:
        """Number of kept users below the floor who are in no audience but those of words."""
        users, numbers = self.numbering()
        kinds = self.audiences["kind"]
        tags = (~kinds.is_in([UNIVERSE_KIND, TERM_KIND])).to_numpy()
        tagged = np.zeros(len(users), dtype=bool)
        tagged[numbers[tags[self.entries["audience"].to_numpy()]]] = True
        # Of nobody below the floor has any audience been left out.
        below = int(np.searchsorted(users, np.uint64(self.floor)))
        return below - int(tagged[:below].sum())

    def fingerprint(self) -> str:
        """Return a SHA-256 of everything an estimate can depend on, in canonical order."""
        digest = hashlib.sha256(json.dumps(asdict(self.spec), sort_keys=True).encode())
        digest.update(self.floor.to_bytes(8, "little") + self.k.to_bytes(8, "little"))
        for frame in (self.audiences, self.entries, self.totals):
            for column in frame:
                _digest_column(digest, column)
        return digest.hexdigest()


def leaf_lineage(sketches: Sketches, source: str) -> frozenset[str]:
    """Return the lineage of sketches built from a source: one name, made of contents and source."""
    name = hashlib.sha256(f"{sketches.fingerprint()}\0{source}".encode()).hexdigest()
    return frozenset({name[:16]})


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


def _digest_column(digest: Any, column: pl.Series) -> None:
    digest.update(f"{column.name}:{column.dtype}:{len(column)}".encode())
    if column.dtype == pl.String:
        digest.update(json.dumps(column.to_list()).encode())
    elif column.dtype == pl.Binary:
        for value in column:
            digest.update(b"-" if value is None else b"+" + value)
    else:
        digest.update(column.to_physical().to_numpy().tobytes())
