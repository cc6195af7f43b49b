"""Who is in a segment, as a file: chosen, prepared from the events, and downloaded."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from overlap.dashboard import data, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import export_choices as choices
from overlap.dashboard.pages.segment import export_sources as sources
from overlap.dashboard.pages.segment import export_wording as wording
from overlap.dashboard.pages.segment.export_file import STYLE, show_file
from overlap.dashboard.pages.segment.export_job import Asked, Prepared, Step, prepare
from overlap.dashboard.pages.segment.export_platforms import show_platforms
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import to_text
from overlap.insights.wording import users
from overlap.model import Estimate, OverlapError
from overlap.segments import BelowFloorError

_LOG = logging.getLogger(__name__)

_WANTED, _DONE, _FAILED, _CANCELLED = (
    "export_wanted", "export_done", "export_failed", "export_cancelled_once",
)  # fmt: skip
_OFTEN = 0.1
"""Seconds between two words on how far an export is."""


def export_panel(
    opened: data.Opened, view: View, expression: str, saved: str | None = None
) -> None:
    """Offer the members of a segment as a file; `expression` is one that the store can resolve.

    `saved` is the name it is saved under, where it is.
    """
    language = view.language
    block(STYLE)
    expression = to_text(opened.panel.resolve(expression))
    size = opened.panel.size(expression, view.window)
    floor = max(opened.policy.display_floor, opened.policy.export_floor)
    if size.high < max(floor, 1):
        _too_few(floor if size.value or not size.exact else 0, language)
        return
    found = sources.find(opened)
    if found.why is not None:
        _nothing_to_read(found, opened, language)
        return
    _head(size, floor, found, language)
    offered = choices.offered(opened, found, language)
    chosen = choices.choose(offered.ways, view)
    if chosen is not None:
        asked = Asked(
            path=opened.path,
            stamp=opened.stamp,
            expression=expression,
            window=view.window,
            floor=floor,
            way=chosen.way,
            sources=found,
            identities=offered.identities,
            holdout=chosen.holdout,
            draw=chosen.draw,
            country=chosen.country,
            saved=saved,
        )
        _file(opened, asked, language)
    show_platforms(opened, offered, language)


def _head(size: Estimate, floor: int, found: sources.Sources, language: str) -> None:
    if size.exact:
        title = text("export_title", language, users=f"{size.value:,.0f}")
    elif size.low >= floor:
        low, high = users(size.low, language), users(size.high, language)
        about = users(size.value, language)
        title = text("export_title_about", language, users=about, low=low, high=high)
    else:
        title = text("export_title_bare", language)
    names = wording.listed([sources.name_of(path) for path in found.paths], language)
    block(
        f'<section class="ov-export" lang="{language}"><h2 class="ov-h2">{safe(title)}</h2>'
        f'<p class="ov-sub">{safe(text("export_how", language, events=names))}</p></section>'
    )


# --- the file: wanted, being made, there, or not ------------------------------------------------


def _file(opened: data.Opened, asked: Asked, language: str) -> None:
    state = st.session_state
    place = st.empty()
    if _kept(asked) is None and state.get(_WANTED) == asked:
        _make(opened, asked, place, language)
    prepared = _kept(asked)
    with place.container(key="export_file"):
        if prepared is not None:
            show_file(prepared, language)
            return
        st.button(
            text("export_prepare", language),
            key="segment_export_prepare",
            type="primary",
            icon=":material/table_view:",
            on_click=_want,
            args=(asked,),
        )
        if state.pop(_CANCELLED, False):
            st.caption(text("export_cancelled", language))
        failed = state.get(_FAILED)
        if failed is not None and failed[0] == asked:
            _failure(failed[1], asked, failed[2], language)


def _kept(asked: Asked) -> Prepared | None:
    """Return the file that was made of this question, and of no other."""
    prepared = st.session_state.get(_DONE)
    if not isinstance(prepared, Prepared) or prepared.asked != asked:
        return None
    # Since it was made, the segment may have been saved, or under another name.
    return replace(prepared, asked=asked)


def _want(asked: Asked) -> None:
    before = st.session_state.pop(_DONE, None)
    if isinstance(before, Prepared):
        before.close()
    st.session_state.pop(_FAILED, None)
    st.session_state[_WANTED] = asked
    session.change()


def _cancel() -> None:
    st.session_state.pop(_WANTED, None)
    st.session_state[_CANCELLED] = True
    session.change()


def _make(opened: data.Opened, asked: Asked, place: DeltaGenerator, language: str) -> None:
    state = st.session_state
    with place.container(key="export_work", border=True):
        bar = st.progress(0.0, text("export_step_opening", language))
        st.button(
            text("export_cancel", language),
            key="segment_export_cancel",
            icon=":material/close:",
            on_click=_cancel,
        )
    last, name = time.monotonic(), ""

    def tell(step: Step) -> None:
        # Whatever is shown here is where a click on Cancel, or a visitor gone, ends the export.
        nonlocal last, name
        now = time.monotonic()
        if step.name == name and now - last < _OFTEN:
            return
        last, name = now, step.name
        said = text(f"export_step_{step.name}", language)
        if step.rows is not None:
            said = text("export_step_rows", language, step=said, rows=f"{step.rows:,}")
        bar.progress(step.share, said)

    try:
        state[_DONE] = prepare(opened, asked, tell)
    except OverlapError as error:
        number = secrets.token_hex(4)
        _LOG.warning("error %s while exporting %s: %s", number, asked.expression, error)
        state[_FAILED] = (asked, error, number)
    except Exception:
        state.pop(_WANTED, None)
        raise
    state.pop(_WANTED, None)


# --- what keeps it from being made --------------------------------------------------------------


def _failure(error: OverlapError, asked: Asked, number: str, language: str) -> None:
    if isinstance(error, BelowFloorError):
        _too_few(asked.floor, language)
        return
    empty.inline(error, language, text("export_failed", language))
    st.caption(plain(text("logged_as", language, id=number)))


def _too_few(floor: int, language: str) -> None:
    if floor:
        title = text("export_too_few", language, floor=f"{floor:,}")
    else:
        title = text("export_nobody", language)
    _say(title, text("export_too_few_cure", language), "", language)


def _nothing_to_read(found: sources.Sources, opened: data.Opened, language: str) -> None:
    assert found.why is not None
    names = wording.listed(found.missing, language)
    store = opened.path.name
    commands = {
        sources.Why.GONE: f"overlap serve {store} --events EVENTS",
        sources.Why.DATABASE: f"overlap serve {store} --events ADDRESS --query SQL",
    }
    values = {"names": names} if found.missing else {}
    title, cure = text(f"export_{found.why}", language, **values), f"export_{found.why}_cure"
    _say(title, text(cure, language), commands.get(found.why, ""), language)


def _say(title: str, cure: str, commands: str, language: str) -> None:
    block(
        f'<section class="ov-export" role="status" lang="{language}">'
        f'<h2 class="ov-h2">{safe(title)}</h2><p class="ov-sub">{safe(cure)}</p></section>'
    )
    if commands:
        st.code(commands, language="shell", wrap_lines=True)
