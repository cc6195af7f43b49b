"""Vocabulary of the whole package: schemas, frozen records and errors. Imports none of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Literal

import polars as pl

FORMAT_VERSION = 1
"""Version of the store's files; a reader refuses any other."""

HASH_BITS = 63
"""Apache theta keeps the upper 63 bits of the first MurmurHash3 word."""
FULL_THETA = 1 << HASH_BITS
"""The threshold at rate 1: every hash lies below it."""

DEFAULT_K = 4096
"""Users kept of every audience, at least: sizes within 3%, and 4,096 users or fewer are exact."""
DEFAULT_BUDGET = 16_000_000
"""Kept memberships of a store: a panel that a laptop holds in memory."""

DEFAULT_HLL_P = 12
"""Log2 of an audience's HyperLogLog registers: sizes within 1.6%."""
PERIOD_HLL_P = 10
"""The same where every period has its own, which are most of a store: sizes within 3.3%."""

DEFAULT_FLOOR = 100
"""Users an audience must have to be shown or exported, unless the store says otherwise."""

UNIVERSE_KIND = "universe"
UNIVERSE_NAME = "all"
TERM_KIND = "term"
FLOOR_ONLY = frozenset({TERM_KIND})
"""Kinds of which only users below the floor are kept, so that the text of others goes unread."""
NO_PERIOD = date(1970, 1, 1)
"""The one period of data built without periods."""

IdType = Literal["integer", "text"]
PeriodUnit = Literal["day", "week", "month", "none"]


# --- errors -----------------------------------------------------------------------------------


class OverlapError(Exception):
    """A mistake the user can mend: what happened, where, and the cure."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.cure = what, where, cure

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.cure:
            lines.append(f"  cure:  {self.cure}")
        return "\n".join(lines)


class UsageError(OverlapError):
    """The request itself is wrong: an option, a column or audience name, an expression."""

    exit_code = 2


class DataError(OverlapError):
    """The request is fine but the data or the store cannot be used."""


class OverlapWarning(UserWarning):
    """An answer was given to something that may be meant otherwise, or only to a part of it."""


def nearest(wanted: str, known: Sequence[str], n: int = 3) -> list[str]:
    """Return up to `n` of the `known` names that look most like `wanted`, best first."""
    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(name.casefold(), name)
    hits = get_close_matches(wanted.casefold(), list(folded), n=n, cutoff=0.5)
    inside = [f for f in folded if wanted.casefold() in f and f not in hits]
    return [folded[h] for h in (hits + sorted(inside, key=len))[:n]]


# --- events -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TagColumn:
    """A source column whose distinct values name audiences of one kind.

    `separator` parts a text cell that holds several tags ("a|b|c"); None takes the cell as one tag.
    """

    column: str
    kind: str
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class EventRoles:
    """Which source column plays which part."""

    user: str
    tags: tuple[TagColumn, ...] = ()
    time: str | None = None
    text: str | None = None
    action: str | None = None


class RejectReason(StrEnum):
    """Why a row of input was not used."""

    MISSING_USER = "missing_user"
    MISSING_TIME = "missing_time"
    UNPARSABLE_TIME = "unparsable_time"
    NO_TAGS = "no_tags"  # only in older stores: such a row now counts its user in the universe
    UNPARSABLE_USER = "unparsable_user"
    MALFORMED_ROW = "malformed_row"


def user_dtype(id_type: IdType) -> type[pl.Int64] | type[pl.String]:
    """Return the polars type that user ids of this id type have everywhere."""
    return pl.Int64 if id_type == "integer" else pl.String


def clean_schema(id_type: IdType) -> pl.Schema:
    """Return the leading columns of clean events; a `tag:<column>` per tag column follows."""
    return pl.Schema(
        {"user": user_dtype(id_type), "period": pl.Date, "time": pl.Datetime("us"),
         "action": pl.String, "text": pl.String}
    )  # fmt: skip


TAG_PREFIX = "tag:"
"""A clean tag column is `tag:<source column>`, a list of non-empty trimmed strings (or null)."""


@dataclass(frozen=True, slots=True)
class Rejects:
    """Rows of input that were not used, counted by reason."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of rows rejected for any reason."""
        return sum(self.counts.values())


# --- memberships and sketches -----------------------------------------------------------------


def memberships_schema(id_type: IdType) -> pl.Schema:
    """Return the schema of memberships: one row per (user, audience, period)."""
    return pl.Schema(
        {"kind": pl.String, "name": pl.String, "period": pl.Date,
         "user": user_dtype(id_type), "events": pl.UInt32}
    )  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class AudienceKey:
    """The address of an audience: its kind and its name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


UNIVERSE = AudienceKey(UNIVERSE_KIND, UNIVERSE_NAME)


@dataclass(frozen=True, slots=True)
class SketchSpec:
    """What two sketches must share before they can be merged.

    `rate` caps the floor rate F (1 keeps everyone while the budget lasts); `budget` bounds the
    kept memberships (user × audience); `k` is the least number of users kept per audience;
    `hll_p` is the log2 of the HyperLogLog registers; `key_id` names the secret key, never holds it.
    """

    id_type: IdType
    period: PeriodUnit = "none"
    seed: int = 9001
    k: int = DEFAULT_K
    budget: int = DEFAULT_BUDGET
    rate: float = 1.0
    hll_p: int = DEFAULT_HLL_P
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The least audience that may be shown and exported, in users; 0 switches a floor off."""

    display_floor: int = DEFAULT_FLOOR
    export_floor: int = DEFAULT_FLOOR


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a part of a store came from: what was read, how it was understood, what was left.

    `definitions` is the TOML and `lexicon` the JSON that audiences and terms were made by.
    """

    sources: tuple[str, ...] = ()
    rows_read: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    roles: EventRoles | None = None
    notes: tuple[str, ...] = ()
    definitions: str = ""
    lexicon: str = ""
    first_event: datetime | None = None
    last_event: datetime | None = None
    policy: Policy = field(default_factory=Policy)

    @property
    def rows_rejected(self) -> int:
        """Number of rows that were read but not used."""
        return sum(self.rejected.values())


# --- estimates --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """A number with its interval, never bare.

    `value`, `low` and `high` share one unit; `exact` says that the interval is the point;
    `sample` is the number of kept users behind it and `rate` the share of users that were kept.
    """

    value: float
    low: float
    high: float
    exact: bool
    sample: int
    rate: float

    def __str__(self) -> str:
        value, low, high = (_figure(x) for x in (self.value, self.low, self.high))
        return f"{value} (exact)" if self.exact else f"{value} [{low}, {high}]"

    def __repr__(self) -> str:
        if self.exact:
            return f"Estimate({_figure(self.value)} exact)"
        return f"Estimate({self}, {self.sample:,} users kept of {self.rate:.3g})"


def _figure(value: float) -> str:
    """Write a count in full, however large, and a ratio to six digits."""
    return f"{value:,.0f}" if value == round(value, 0) or abs(value) >= 1e5 else f"{value:,.6g}"


NOBODY = Estimate(0.0, 0.0, 0.0, True, 0, 1.0)
"""The size of a segment that nobody can be in, whoever was kept."""


@dataclass(frozen=True, slots=True)
class Window:
    """Periods from `start` to `end`, both included; None leaves that side open."""

    start: date | None = None
    end: date | None = None


class Grade(StrEnum):
    """How far the evidence for a cell carries."""

    STRONG = "strong"
    GOOD = "good"
    FAIR = "fair"
    INSUFFICIENT = "insufficient evidence"


class Verdict(StrEnum):
    """What may be said of a row of openings."""

    OPENING = "opening"
    OVERLAP_ONLY = "overlap only"
    BY_CHANCE = "by chance"
    INSUFFICIENT = "insufficient"
    SUPPRESSED = "suppressed"


# --- tables: column order is the command line's contract ----------------------------------------

LIST_TABLE = pl.Schema(
    {"kind": pl.String, "name": pl.String, "users": pl.Float64, "low": pl.Float64,
     "high": pl.Float64, "exact": pl.Boolean, "events": pl.UInt64}
)  # fmt: skip

SIZE_FIELDS = ("expression", "users", "low", "high", "exact", "sample", "rate", "suppressed")

PAIRS_TABLE = pl.Schema(
    {"anchor": pl.String, "kind": pl.String, "name": pl.String, "anchor_users": pl.Float64,
     "users": pl.Float64, "overlap_users": pl.Float64, "overlap_low": pl.Float64,
     "overlap_high": pl.Float64, "exact": pl.Boolean, "expected_users": pl.Float64,
     "excess_users": pl.Float64, "share_of_anchor": pl.Float64, "share_of_audience": pl.Float64,
     "jaccard": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64, "tgi_high": pl.Float64,
     "baseline": pl.String, "baseline_users": pl.Float64, "grade": pl.String,
     "suppressed": pl.String}
)  # fmt: skip

OPENINGS_TABLE = pl.Schema(
    {"expression": pl.String, "category": pl.String, "interest": pl.String,
     "category_users": pl.Float64, "interest_users": pl.Float64, "overlap_users": pl.Float64,
     "overlap_low": pl.Float64, "overlap_high": pl.Float64, "exact": pl.Boolean,
     "expected_users": pl.Float64, "excess_users": pl.Float64, "share_of_category": pl.Float64,
     "share_of_interest": pl.Float64, "jaccard": pl.Float64, "tgi": pl.Float64,
     "tgi_low": pl.Float64, "tgi_high": pl.Float64, "baseline": pl.String,
     "baseline_users": pl.Float64, "brand": pl.String, "brand_penetration": pl.Float64,
     "category_penetration": pl.Float64, "fair_share_index": pl.Float64,
     "unreached_users": pl.Float64, "gap_users": pl.Float64, "growth": pl.Float64,
     "growth_z": pl.Float64, "score": pl.Float64, "rank_low": pl.Int64, "rank_high": pl.Int64,
     "grade": pl.String, "suppressed": pl.String, "reason": pl.String, "gap_low": pl.Float64,
     "gap_high": pl.Float64, "gap_q": pl.Float64, "verdict": pl.String}
)  # fmt: skip
