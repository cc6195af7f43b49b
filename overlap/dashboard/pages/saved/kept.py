"""The workspace beside the store, as a visitor reads and changes it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from overlap.dashboard import data, session
from overlap.model import OverlapError
from overlap.workspace import (
    Action,
    ConflictError,
    SavedSegment,
    Version,
    Workspace,
    choose,
    open_workspace,
    redraft,
)

PATIENCE = 3.0
"""Seconds that a visitor waits for somebody else's write."""

EDITOR = "saved_edit"
"""The key of the box where name and note are written; it closes when they are kept."""

_LOG = logging.getLogger(__name__)
_TOLD = "saved_told"


@dataclass(frozen=True, slots=True)
class Kept:
    """The segments of a workspace, those that were removed, and where it is."""

    where: str
    segments: tuple[SavedSegment, ...]
    removed: tuple[SavedSegment, ...]

    def find(self, which: str) -> SavedSegment | None:
        """Return the segment of a name or an id, None where there is none."""
        asked = " ".join(which.split()).casefold()
        for segment in self.segments:
            if which == segment.id or asked == segment.name.casefold():
                return segment
        return None


@dataclass(frozen=True, slots=True)
class Told:
    """What the last change came to: a key of the texts with its values, or what went wrong.

    `undo` is the id of a segment that can be brought back.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    problem: OverlapError | None = None
    undo: str | None = None


def read(path: Path) -> Kept:
    """Return what the workspace of a store holds; raises DataError where it cannot be read."""
    with _open(path) as workspace:
        return Kept(workspace.where, workspace.segments(), workspace.removed())


def history(path: Path, segment: SavedSegment) -> tuple[Version, ...]:
    """Return all versions of a segment, the last one first."""
    with _open(path) as workspace:
        return workspace.history(segment.id)[::-1]


def told() -> Told | None:
    """Return what the last change came to, until there is something else to tell."""
    kept: Told | None = st.session_state.get(_TOLD)
    return kept


def forget() -> None:
    """Tell no more of the last change."""
    st.session_state.pop(_TOLD, None)


# --- changes, from the callbacks of widgets ---------------------------------------------------


def edit(path: Path, seen: SavedSegment, name_key: str, note_key: str) -> None:
    """Save the name and the note that stand in two fields."""
    state = st.session_state
    new = replace(seen, name=state[name_key], note=state[note_key])
    saved = _try(path, "saved_edited", lambda workspace: workspace.update(new))
    problem = getattr(told(), "problem", None)
    if saved is not None or isinstance(problem, ConflictError):
        state[EDITOR] = False
    if saved is not None:
        if saved.version == seen.version:
            st.session_state[_TOLD] = Told("saved_unchanged", {"name": saved.name})
        session.ask(name=saved.name, version=None)


def resize(opened: data.Opened, seen: SavedSegment) -> None:
    """Save a segment with its size today."""
    saved = _try(
        opened.path,
        "saved_resized",
        lambda workspace: workspace.update(redraft(seen, opened.store, opened.panel)),
    )
    if saved is not None and saved.version == seen.version:
        st.session_state[_TOLD] = Told("saved_unchanged", {"name": saved.name})


def put_back(path: Path, seen: SavedSegment, version: SavedSegment) -> None:
    """Make an earlier version, or one kept aside, the current one."""
    again = replace(version, version=seen.version)
    saved = _try(
        path, "saved_put_back_done", lambda workspace: workspace.update(again),
        version=str(version.version),
    )  # fmt: skip
    if saved is not None:
        session.ask(name=saved.name, version=None)


def remove(path: Path, seen: SavedSegment) -> None:
    """Take a segment out of the list, unless it is no longer the one that was seen."""

    def change(workspace: Workspace) -> SavedSegment | None:
        latest = workspace.get(seen.id)
        if latest.version != seen.version:
            st.session_state[_TOLD] = Told(
                "saved_moved_on", {"name": latest.name, "author": latest.author}
            )
            return None
        return workspace.remove(seen.id)

    removed = _try(path, "saved_removed", change, undo=True)
    if removed is not None:
        session.ask(name=None, version=None)


def restore(path: Path, segment_id: str, name: str | None = None) -> None:
    """Bring a removed segment back."""
    back = _try(
        path, "saved_restored", lambda workspace: workspace.restore(segment_id, name=name)
    )  # fmt: skip
    if back is not None:
        session.ask(name=back.name, version=None)


def take_mine(path: Path, conflict: ConflictError) -> None:
    """Make the version that was kept aside the current one, on top of the other's."""

    def change(workspace: Workspace) -> SavedSegment:
        theirs = conflict.theirs
        if conflict.action is Action.REMOVE:
            theirs = workspace.restore(theirs.id, name=conflict.yours.name)
        return workspace.update(replace(conflict.yours, version=theirs.version))

    saved = _try(path, "saved_taken_mine", change)
    if saved is not None:
        session.ask(name=saved.name, version=None)


def take_theirs() -> None:
    """Leave the other's version the current one."""
    forget()
    session.ask(version=None)


def _try(
    path: Path,
    key: str,
    change: Callable[[Workspace], SavedSegment | None],
    *,
    undo: bool = False,
    **values: str,
) -> SavedSegment | None:
    """Change the workspace and keep what there is to tell; None where nothing was changed."""
    forget()
    session.ask()
    try:
        with _open(path) as workspace:
            saved = change(workspace)
    except OverlapError as error:
        _LOG.warning("%s in %s: %s", key, path, error)
        st.session_state[_TOLD] = Told(key, problem=error)
        return None
    if saved is not None:
        values = {"name": saved.name, **values}
        st.session_state[_TOLD] = Told(key, values, undo=saved.id if undo else None)
    return saved


def _open(path: Path) -> Workspace:
    return open_workspace(choose(path), patience=PATIENCE)
