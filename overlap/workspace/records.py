"""What a workspace keeps: segments as drawn up, as saved, and every version of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from overlap.model import DataError, Estimate, UsageError, Window

_LONGEST_SHOWN = 200
"""Characters of a text that a message quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A segment before it is saved.

    `expression` is its canonical text, and `key` is equal for equal expressions. `users` is its
    size in the `window` when the store at `store` had this `snapshot`; numbers below `floor`, that
    store's display floor in users, are kept but not shown.
    """

    name: str
    expression: str
    key: str
    window: Window
    note: str
    owner: str
    store: str
    snapshot: str
    users: Estimate
    floor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSegment(Draft):
    """A segment of a workspace, in one of its versions, which `author` saved at `updated` (UTC).

    Versions count from 1 and never change; (id, version) names a content for ever.
    """

    id: str
    author: str
    created: datetime
    updated: datetime
    version: int


class Action(StrEnum):
    """How a version came about."""

    SAVE = "saved"
    UPDATE = "changed"
    RENAME = "renamed"
    REMOVE = "removed"
    RESTORE = "restored"
    ASIDE = "kept aside"


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a segment's history; one of a segment's versions is the `current` one.

    A version kept aside was saved on top of one that somebody else had changed already.
    """

    action: Action
    current: bool
    segment: SavedSegment


class NameTakenError(UsageError):
    """Another segment has this name: whose it is, and a name that is free."""

    def __init__(self, name: str, taken_by: SavedSegment, suggestion: str, where: str) -> None:
        super().__init__(
            f"there is a saved segment {taken_by.name!r} already, of {taken_by.owner}",
            where=where,
            cure=f"choose another name than {name!r}; {suggestion!r} is free",
        )
        self.taken_by, self.suggestion = taken_by, suggestion


class ConflictError(DataError):
    """Somebody else saved meanwhile: their version is current, yours is kept aside."""

    def __init__(
        self, yours: SavedSegment, theirs: SavedSegment, action: Action, basis: int, where: str
    ) -> None:
        lines = [where]
        for who, version in (("theirs", theirs), ("yours", yours)):
            told = differences(version, yours if version is theirs else theirs)
            lines.append(f"{who}, version {version.version} of {version.author}: {told}")
        super().__init__(
            f"{theirs.name!r} was {action.value} by {theirs.author} after version {basis}, "
            "on which yours is based",
            where="\n         ".join(lines),
            cure=f"nothing is lost, yours is kept as version {yours.version}; look at both, then "
            f"save again on top of version {theirs.version} (--change {theirs.version})",
        )
        self.yours, self.theirs, self.action = yours, theirs, action


def contents(draft: Draft) -> dict[str, Any]:
    """Return what two versions are compared by: the fields of Draft."""
    return {field.name: getattr(draft, field.name) for field in fields(Draft)}


def differences(version: Draft, other: Draft) -> str:
    """Say what a version has where another differs, long texts cut short."""
    theirs = contents(other)
    told = [
        f"{name} {_short(value)}"
        for name, value in contents(version).items()
        if value != theirs[name] and name not in ("key", "floor")
    ]
    return ", ".join(told) or "the same content"


def _short(value: object) -> str:
    if isinstance(value, Window):
        return f"{value.start or 'the first'} to {value.end or 'the last'} period"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
