"""Keeping a segment in the workspace of its store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import streamlit as st

from overlap.dashboard import data, navigation, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment.mending import saved_names
from overlap.dashboard.pages.segment.reading import Reading
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.model import OverlapError, UsageError, nearest
from overlap.workspace import (
    ConflictError,
    NameTakenError,
    SavedSegment,
    Workspace,
    choose,
    draft,
    open_workspace,
    redraft,
    segment_key,
)

_SAID, _BASE = "segment_said", "segment_base"
_NAME, _NOTE, _FILLED = "segment_name", "segment_note", "segment_filled"


@dataclass(frozen=True, slots=True)
class _Said:
    """What came of the last save, of which text: a key of the texts with its values.

    `problem` is why nothing was saved, where it is not one of those that have words of their own.
    """

    key: str
    of: str
    values: dict[str, str] = field(default_factory=dict)
    good: bool = False
    free: str | None = None
    problem: OverlapError | None = None


def current(opened: data.Opened, view: View) -> SavedSegment | None:
    """Return the saved segment that the link is about, as it was when the visitor began.

    A name that is gone is said so above the page.
    """
    asked = view.asked.get("saved")
    if not asked:
        return None
    id_, version = st.session_state.get(_BASE, {}).get((str(opened.path), asked), (asked, None))
    try:
        with open_workspace(choose(opened.path)) as workspace:
            found = workspace.get(id_, version)
    except UsageError:
        close = nearest(asked, saved_names(opened), n=1)
        said = text("segment_saved_gone", view.language, name=asked)
        if close:
            said += text("did_you_mean", view.language, nearest=close[0])
        st.warning(plain(said), icon=":material/link_off:")
        return None
    except OverlapError as error:
        empty.inline(error, view.language, warning=True)
        return None
    _begin(opened, asked, found)
    return found


def _begin(opened: data.Opened, name: str, found: SavedSegment) -> None:
    """Remember on which version the visitor's changes are based."""
    st.session_state.setdefault(_BASE, {})[str(opened.path), name] = (found.id, found.version)


# --- what is shown ------------------------------------------------------------------------------


def show(opened: data.Opened, view: View, reading: Reading, kept: SavedSegment | None) -> None:
    """Show which saved segment this is, and the buttons to keep it."""
    language = view.language
    same = kept is not None and is_same(kept, reading)
    if kept is not None:
        key = "segment_editing" if same else "segment_editing_changed"
        said = text(key, language, name=kept.name, version=kept.version, author=kept.author)
        block(f'<p class="ov-sub ov-editing">{safe(said)}</p>')
    with st.container(horizontal=True, key="segment_keep", gap="small"):
        _form(opened, view, reading, kept)
        if kept is not None:
            navigation.link(text("segment_to_saved", language), "saved", view, name=kept.name)
    _outcome(opened, view, reading, kept)


def is_same(kept: SavedSegment, reading: Reading) -> bool:
    """Whether what is shown is a segment as it is saved."""
    assert reading.spelled is not None
    return kept.key == segment_key(reading.spelled) and kept.window == reading.window


def _form(
    opened: data.Opened, view: View, reading: Reading, kept: SavedSegment | None
) -> None:  # fmt: skip
    language, state = view.language, st.session_state
    # Filled in when another segment is edited, and left to the visitor from then on.
    filled = ("", 0) if kept is None else (kept.id, kept.version)
    if state.get(_FILLED) != filled or _NAME not in state:
        state[_FILLED] = filled
        state[_NAME] = kept.name if kept else ""
        state[_NOTE] = kept.note if kept else ""
    label = text("segment_save" if kept is None else "segment_save_changes", language)
    with st.popover(label, icon=":material/bookmark_add:", key="segment_save", type="primary"):
        st.text_input(text("segment_name", language), key=_NAME, max_chars=200,
                      placeholder=text("segment_name_placeholder", language))  # fmt: skip
        st.text_area(text("segment_note", language), key=_NOTE, height=80)
        with st.container(horizontal=True, gap="small", key="segment_save_buttons"):
            if kept is not None:
                st.button(text("segment_save_over", language, name=kept.name), type="primary",
                          key="segment_save_over", on_click=_save,
                          args=(opened, reading, kept, False))  # fmt: skip
            st.button(
                text("segment_save_new" if kept else "segment_save_it", language),
                key="segment_save_new", type="secondary" if kept else "primary",
                on_click=_save, args=(opened, reading, kept, True),
            )  # fmt: skip


def _outcome(
    opened: data.Opened, view: View, reading: Reading, kept: SavedSegment | None
) -> None:  # fmt: skip
    said = st.session_state.get(_SAID)
    if not isinstance(said, _Said) or said.of != reading.text:
        return
    words = plain(text(said.key, view.language, **said.values))
    with st.container(key="segment_outcome", gap="xsmall"):
        if said.problem is not None:
            empty.inline(said.problem, view.language, text(said.key, view.language))
        elif said.good:
            st.success(words, icon=":material/bookmark_added:")
        else:
            st.error(words, icon=":material/error:")
        if said.free is not None:
            st.button(
                plain(text("segment_save_free", view.language, name=said.free)),
                key="segment_save_free", on_click=_save,
                args=(opened, reading, kept, True, said.free),
            )  # fmt: skip


# --- what is done -------------------------------------------------------------------------------


def _save(
    opened: data.Opened, reading: Reading, kept: SavedSegment | None, new: bool,
    name: str | None = None,
) -> None:  # fmt: skip
    """Save what is shown, and say what came of it; nothing is lost whatever happens."""
    state = st.session_state
    name = name or str(state.get(_NAME) or "").strip()
    note = str(state.get(_NOTE) or "")
    if not name:
        _say("segment_no_name", reading)
        return

    def work(workspace: Workspace) -> SavedSegment:
        if kept is None or new:
            return workspace.save(
                draft(opened.store, opened.panel, reading.counted, name=name,
                      window=reading.window, note=note)
            )  # fmt: skip
        changed = redraft(kept, opened.store, opened.panel, reading.counted,
                          window=reading.window, note=note)  # fmt: skip
        return workspace.update(replace(changed, name=name))

    saved = _tried(opened, reading, work)
    if saved is None:
        return
    _begin(opened, saved.name, saved)
    session.ask(saved=saved.name, expr=reading.text)
    key = "segment_saved" if kept is None or new else "segment_updated"
    _say(key, reading, good=True, name=saved.name, version=str(saved.version))


def _tried(
    opened: data.Opened, reading: Reading, work: Callable[[Workspace], SavedSegment]
) -> SavedSegment | None:
    try:
        with open_workspace(choose(opened.path)) as workspace:
            return work(workspace)
    except NameTakenError as error:
        theirs = error.taken_by
        _say("segment_name_taken", reading, free=error.suggestion, name=theirs.name,
             author=theirs.owner)  # fmt: skip
    except ConflictError as error:
        # The next save is on top of theirs: who saw this message decided to.
        _begin(opened, error.theirs.name, error.theirs)
        session.ask(saved=error.theirs.name, expr=reading.text)
        _say("segment_conflict", reading, name=error.theirs.name, author=error.theirs.author,
             theirs=error.theirs.expression, version=str(error.theirs.version),
             yours=str(error.yours.version))  # fmt: skip
    except OverlapError as error:
        _say("segment_not_saved", reading, problem=error)
    return None


def _say(
    key: str, reading: Reading, *, good: bool = False, free: str | None = None,
    problem: OverlapError | None = None, **values: str,
) -> None:  # fmt: skip
    st.session_state[_SAID] = _Said(key, reading.text, values, good, free, problem)
