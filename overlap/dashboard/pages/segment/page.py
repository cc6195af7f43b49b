"""What the segment builder shows: the size, the editor, and what is known of the segment."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.segment import (
    answer,
    editor,
    mistakes,
    profile,
    reach,
    saving,
    sizes,
    start,
)
from overlap.dashboard.pages.segment.export import export_panel
from overlap.dashboard.pages.segment.reading import Reading, read
from overlap.dashboard.parts import tabs
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights.sizing import Sizing
from overlap.workspace import SavedSegment

_GOOD = "segment_good"
_TABS = ("profile", "reach", "export")

STYLE = """
.st-key-segment_look > * { flex: 1.75 1 560px; min-width: 0; }
.st-key-segment_look > *:first-child { flex: 1 1 360px; }
.st-key-segment_meant > *, .st-key-segment_looser > * { flex: 0 1 auto; width: auto !important; }
.st-key-segment_tools .stButton button, .st-key-segment_tools .stPopover button {
  padding: .1rem .35rem; min-height: 1.7rem; }
.st-key-segment_text textarea { font-family: ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC",
  monospace; font-size: .82rem; line-height: 1.45; }
.ov-place { margin: .3rem 0 0 !important; overflow-wrap: anywhere; }
.ov-place code { font-size: .95rem; background: none; color: inherit; white-space: pre-wrap; }
.ov-place mark { background: color-mix(in srgb, #e66100 30%, transparent); color: inherit;
  border-bottom: 2px solid #e66100; border-radius: .15rem; padding: 0 .1rem; }
.ov-still { overflow-wrap: anywhere; }
.ov-said { margin: 0; font-size: 1rem; line-height: 1.45; font-weight: 550; }
.ov-parts { width: 100%; border-collapse: collapse; font-size: .84rem; margin: 0; }
.ov-parts th, .ov-parts td { border: 0; padding: .3rem .35rem; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); text-align: right;
  font-variant-numeric: tabular-nums; }
.ov-parts th:first-child { text-align: left; overflow-wrap: anywhere; }
.ov-parts th { font-weight: 500; }
.ov-parts thead th { font-size: .76rem; font-weight: 400;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-parts small { display: block; font-size: .72rem;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-idea p { margin: 0; font-size: .88rem; line-height: 1.4; }
[class*="st-key-segment_idea_"] { justify-content: space-between; flex-wrap: nowrap;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  padding-bottom: .5rem; }
[class*="st-key-segment_idea_"] > *:first-child { flex: 1 1 auto; min-width: 0; }
@media print { .st-key-segment_tools, .st-key-segment_keep, .st-key-segment_plan_use,
  .st-key-segment_meant { display: none !important; } }
@media print {
  .st-key-segment_editor { border: 0 !important; padding: 0 !important; }
  .st-key-segment_editor:not(:has(table)), .st-key-segment_profile_bar, .st-key-segment_plan_use {
    display: none !important; }
}
"""


def page(opened: data.Opened, view: View) -> None:
    """Show the segment of a link, or where one can begin."""
    block(f"<style>{STYLE}</style>")
    kept = saving.current(opened, view)
    view = _adopted(view, kept)
    asked = view.asked.get("expr", "").strip()
    reading = read(opened, asked, view.window) if asked else None
    shown = _shown(opened, view, reading)
    size = None if shown is None else _size(opened, view, shown)
    if reading is None:
        _begin(view)
    elif reading.error is not None:
        mistakes.show(opened, view, reading, shown)
        if shown is not None and size is not None:
            _answer(opened, view, shown, size, "h2")
    elif size is not None:
        _answer(opened, view, reading, size, "h1")
    with st.container(horizontal=True, key="segment_look", gap="medium"):
        with st.container(key="segment_editor", gap="small", border=True):
            editor.show(opened, view, reading)
            if shown is not None:
                saving.show(opened, view, shown, kept)
                sizes.show(opened, view, shown)
        with st.container(key="segment_seen", gap="small"):
            if shown is None or size is None:
                start.show(opened, view)
            else:
                _seen(opened, view, shown, size, kept)


def _adopted(view: View, kept: SavedSegment | None) -> View:
    """Return the view of a link that names a saved segment alone, with that segment in it."""
    if kept is None or view.asked.get("expr"):
        return view
    asked = {**view.asked, "expr": kept.expression}
    start_, end = view.start, view.end
    if start_ is None and end is None:
        start_, end = kept.window.start, kept.window.end
    view = replace(view, asked=asked, start=start_, end=end)
    session.remember(view)
    return view


def _shown(opened: data.Opened, view: View, reading: Reading | None) -> Reading | None:
    """Return what is counted: the text, or while it cannot be, the last one that could."""
    if reading is None:
        st.session_state.pop(_GOOD, None)
        return None
    if reading.spelled is not None:
        st.session_state[_GOOD] = reading.text
        return reading
    last = st.session_state.get(_GOOD)
    good = read(opened, last, view.window) if last else None
    return good if good is not None and good.spelled is not None else None


def _size(opened: data.Opened, view: View, shown: Reading) -> Sizing:
    category = view.category if view.category in data.categories(opened) else None
    return data.once(opened, sizes.sizing, shown.counted, category, view.brand, shown.window)


def _begin(view: View) -> None:
    language = view.language
    block(
        f'<section class="ov-answer" lang="{language}"><h1>{safe(text("segment_begin", language))}'
        f"</h1><p>{safe(text('segment_begin_how', language))}</p></section>"
    )


def _answer(opened: data.Opened, view: View, shown: Reading, size: Sizing, head: str) -> None:
    language = view.language
    said = answer.headline(shown, size, opened.policy.display_floor, language)
    lines = answer.sentences(size, view)
    if shown.window != view.window:
        lines.append(text("segment_own_window", language))
    space = "" if language == "zh" else " "
    block(
        f'<section class="ov-answer" lang="{language}" aria-live="polite">'
        f"<{head}>{safe(said)}</{head}><p>{safe(space.join(lines))}</p>"
        f'<p class="ov-print"><code>{safe(shown.text)}</code></p></section>'
    )
    mistakes.doubts(opened, view, shown)
    if size.users is None or not size.users.value:
        sizes.looser(opened, view, shown)


def _seen(
    opened: data.Opened, view: View, shown: Reading, size: Sizing, kept: SavedSegment | None
) -> None:
    language = view.language
    chosen = tabs.choose(
        view,
        {name: text(f"segment_tab_{name}", language) for name in _TABS},
        text("segment_tabs", language),
    )
    if size.users is None or not size.users.value:
        key = "segment_nothing_hidden" if size.users is None else "segment_nothing_empty"
        block(f'<p role="status">{safe(text(key, language))}</p>')
        return
    if chosen == "profile":
        profile.show(opened, view, shown)
    elif chosen == "reach":
        reach.show(opened, view, shown)
    else:
        inside = replace(view, start=shown.window.start, end=shown.window.end)
        same = kept is not None and saving.is_same(kept, shown)
        export_panel(opened, inside, shown.counted, kept.name if kept and same else None)
