"""What an export is asked and what it answers: frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from overlap.members import ALL_PERIODS
from overlap.model import Estimate, Window

DEFAULT_SALT = "overlap holdout"

HashName = Literal["sha256", "md5"]


class FormatName(StrEnum):
    """Who the file is for."""

    IDS = "ids"
    META = "meta"
    GOOGLE = "google"
    TENCENT = "tencent"
    OCEANENGINE = "oceanengine"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to write beside the members' ids, and how careful to be.

    `identity` has pairs of a platform's field and the column that holds it, in the events or in
    `identities`, a source whose `id_column` has the user ids. `holdout` is the share of members
    kept out of the file, drawn by `salt` and written to `holdout_to`. `hash` is what ids of the
    Chinese platforms are hashed with, that of their field unless given; `country` the calling code
    of phone numbers that have none. `rejects` gets the identities that were not used. `strict`
    refuses where the events are not those of the store. `segment` only labels the report.
    """

    format: FormatName = FormatName.IDS
    window: Window = ALL_PERIODS
    identity: tuple[tuple[str, str], ...] = ()
    identities: str | None = None
    id_column: str | None = None
    holdout: float = 0.0
    holdout_to: Path | None = None
    salt: str = DEFAULT_SALT
    hash: HashName | None = None
    country: str | None = None
    rejects: Path | None = None
    query: str | None = None
    force: bool = False
    strict: bool = False
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that the store and the events given do not agree on, with what each says."""

    what: str
    store: str
    events: str

    def __str__(self) -> str:
        return f"{self.what}: {self.store} in the store, {self.events} in these events"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote and how it compares with the store; counts are of users unless said.

    `members` fit the expression and are split into those `exported` and those held out. `written`
    and `holdout_written` are rows of the files. `dropped` counts by reason: members without a
    usable identity, values that are none, rows that repeat one. `already_hashed` counts values
    passed on as they were.
    """

    segment: str | None
    expression: str
    snapshot: str
    format: FormatName
    estimate: Estimate
    exact: int
    inside_interval: bool
    rows_read: int
    rows_rejected: int
    members: int
    exported: int
    holdout: int
    written: int
    holdout_written: int
    target: Path
    holdout_target: Path | None
    dropped: Mapping[str, int] = field(default_factory=dict)
    already_hashed: int = 0
    mismatches: tuple[Mismatch, ...] = ()
    notes: tuple[str, ...] = ()
    window: Window = ALL_PERIODS
