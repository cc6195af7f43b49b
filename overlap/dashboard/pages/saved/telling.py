"""What the last change came to, and the segments that were removed."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.saved import kept
from overlap.dashboard.pages.saved.answer import date_of
from overlap.dashboard.parts import empty
from overlap.dashboard.texts import text
from overlap.workspace import Action, ConflictError, NameTakenError, SavedSegment

_COMPARED = ("name", "note", "expression")
_MOST_REMOVED = 30


def show(opened: data.Opened, language: str) -> None:
    """Say what the last change came to, aloud too, with the way back where there is one."""
    told = kept.told()
    with st.container(key="saved_told", gap="xsmall"):
        # The region is there before it speaks, or no screen reader would read it.
        if told is None or told.problem is not None:
            said = ""
        else:
            said = f'<div class="ov-told">{safe(text(told.key, language, **told.values))}</div>'
        if told is not None and isinstance(told.problem, ConflictError):
            said = _conflict(told.problem, language)
        block(f'<div role="status" aria-live="polite" lang="{language}">{said}</div>')
        if told is None:
            return
        if told.undo is not None:
            st.button(
                text("saved_undo", language), key="saved_undo", icon=":material/undo:",
                on_click=kept.restore, args=(opened.path, told.undo),
            )  # fmt: skip
        if isinstance(told.problem, ConflictError):
            _choose(opened, told.problem, language)
        elif told.problem is not None:
            empty.inline(told.problem, language, title=text("saved_not_done", language))


def _conflict(conflict: ConflictError, language: str) -> str:
    """Return both versions side by side, as HTML."""
    theirs, yours = conflict.theirs, conflict.yours
    key = "saved_conflict_removed" if conflict.action is Action.REMOVE else "saved_conflict"
    said = text(key, language, name=theirs.name, author=theirs.author, version=yours.version)
    heads = [
        text("saved_theirs", language, author=theirs.author, version=theirs.version),
        text("saved_yours", language, version=yours.version),
    ]
    lines = "".join(
        f"<tr><th scope='row'>{safe(text(f'saved_col_{name}', language))}</th>"
        f"<td>{safe(getattr(theirs, name)) or '–'}</td>"
        f"<td>{safe(getattr(yours, name)) or '–'}</td></tr>"
        for name in _COMPARED
        if getattr(theirs, name) != getattr(yours, name)
    )
    head = "".join(f"<th scope='col'>{safe(words)}</th>" for words in heads)
    table = f"<table><tr><td></td>{head}</tr>{lines}</table>" if lines else ""
    return f'<div class="ov-told">{safe(said)}{table}</div>'


def _choose(opened: data.Opened, conflict: ConflictError, language: str) -> None:
    with st.container(horizontal=True, key="saved_choose", gap="small"):
        st.button(
            text("saved_take_mine", language), key="saved_take_mine",
            on_click=kept.take_mine, args=(opened.path, conflict),
        )  # fmt: skip
        st.button(
            text("saved_take_theirs", language), key="saved_take_theirs",
            on_click=kept.take_theirs,
        )  # fmt: skip


def removed(found: kept.Kept, opened: data.Opened, language: str) -> None:
    """List the removed segments, each with the way back."""
    if not found.removed:
        return
    with st.expander(text("saved_gone", language, n=len(found.removed))):
        for segment in found.removed[:_MOST_REMOVED]:
            _one(segment, found, opened, language)
        if len(found.removed) > _MOST_REMOVED:
            st.caption(text("saved_gone_some", language, shown=_MOST_REMOVED))


def _one(segment: SavedSegment, found: kept.Kept, opened: data.Opened, language: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"saved_gone_{segment.id}"):
        st.write(
            plain(
                text(
                    "saved_gone_one", language, name=segment.name, author=segment.author,
                    day=date_of(segment.updated, language),
                )
            )
        )  # fmt: skip
        st.button(
            text("saved_restore", language),
            key=f"saved_restore_{segment.id}",
            icon=":material/undo:",
            on_click=kept.restore,
            args=(opened.path, segment.id),
        )
    problem = getattr(kept.told(), "problem", None)
    if isinstance(problem, NameTakenError) and found.find(segment.name) is not None:
        st.button(
            text("saved_restore_as", language, name=problem.suggestion),
            key=f"saved_restore_as_{segment.id}",
            on_click=kept.restore,
            args=(opened.path, segment.id, problem.suggestion),
        )
