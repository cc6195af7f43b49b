"""The segment as lists to choose from and as text; the text in the link is the one truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.segment.answer import named
from overlap.dashboard.pages.segment.reading import (
    SAVED,
    Reading,
    exchanged,
    read_tree,
    typed,
    written,
)
from overlap.dashboard.pages.segment.shape import Shape, shape_of
from overlap.dashboard.parts import picker
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import And, Audience, Expression, Minus, compose, decompose, leaves
from overlap.expressions.tree import MOST_EVENTS
from overlap.model import OverlapError

_SHAPE, _SLOTS = "segment_shape", "segment_slots"
_TEXT = "segment_text"
_MOST_DEPTHS = 30


def show(opened: data.Opened, view: View, reading: Reading | None) -> None:
    """Show the pickers, the depths and the text of a segment."""
    language = view.language
    shape = Shape() if reading is None else _shape(reading)
    if shape is not None:
        _pickers(opened, view, shape)
    else:
        unread = reading is None or reading.tree is None
        said = text("segment_unread" if unread else "segment_richer", language)
        block(f'<p class="ov-sub ov-richer" role="status">{safe(said)}</p>')
    with st.container(horizontal=True, key="segment_tools", gap="small"):
        if shape is not None:
            _more(view, shape)
        if reading is not None and reading.tree is not None:
            _depths(view, reading.tree, shape)
        if reading is not None:
            st.button(
                text("segment_clear", language), key="segment_clear", type="tertiary",
                icon=":material/restart_alt:", on_click=_write, args=(None,),
            )  # fmt: skip
    _text(view)


# --- what changes the text -----------------------------------------------------------------------


def _write(expression: str | None, shape: Shape | None = None) -> None:
    """Put a text into the view, and remember how the pickers held it."""
    st.session_state[_SHAPE] = (expression, shape)
    if shape is None:
        st.session_state[_SLOTS] = 0
    session.ask(expr=expression)


def write(expression: str) -> None:
    """Put another text into the view, from a widget's callback."""
    _write(expression)


def narrowed(opened: data.Opened, reading: Reading, value: str, *, out: bool) -> str:
    """Return the text of a segment with only its users in one more audience, or only the others."""
    assert reading.tree is not None
    audience = typed(opened, value)
    parts = decompose(reading.tree)
    if parts is None:
        return written(
            Minus(reading.tree, audience) if out else And((reading.tree, audience))
        )  # fmt: skip
    include: list[Expression] = [*parts.include, *([] if out else [audience])]
    exclude: list[Expression] = [*parts.exclude, *([audience] if out else [])]
    return written(compose(include, parts.any_of, exclude))


def with_any(opened: data.Opened, reading: Reading, values: list[str]) -> str:
    """Return the text of a segment with only its users in any of some audiences."""
    assert reading.tree is not None
    group = [typed(opened, value) for value in values]
    parts = decompose(reading.tree)
    if parts is None:
        return written(And((reading.tree, compose(any_of=[group]))))
    return written(compose(parts.include, [*parts.any_of, group], parts.exclude))


# --- lists --------------------------------------------------------------------------------------


def _shape(reading: Reading) -> Shape | None:
    """Return what the pickers show: as they were left where the text came from them."""
    kept, shape = st.session_state.get(_SHAPE, (None, None))
    if isinstance(shape, Shape) and kept == reading.text:
        return shape
    return shape_of(reading)


def _pickers(opened: data.Opened, view: View, shape: Shape) -> None:
    language = view.language

    def changed(new: Shape) -> None:
        known = new.mapped(lambda value: written(typed(opened, value)))
        _write(known.text(opened), known)

    picker.several(
        text("segment_include", language), shape.include, opened, view, key="segment_include",
        on_change=lambda values: changed(replace(shape, include=tuple(values))),
        help=text("segment_include_help", language),
    )  # fmt: skip
    groups = max(1, len(shape.any_of), int(st.session_state.get(_SLOTS, 0)))
    for i in range(groups):
        values = shape.any_of[i] if i < len(shape.any_of) else ()
        label = text("segment_any" if i == 0 else "segment_any_more", language)
        picker.several(
            label, values, opened, view, key=f"segment_any_{i}",
            on_change=_group(changed, shape, i), help=text("segment_any_help", language),
        )  # fmt: skip
    picker.several(
        text("segment_exclude", language), shape.exclude, opened, view, key="segment_exclude",
        on_change=lambda values: changed(replace(shape, exclude=tuple(values))),
        help=text("segment_exclude_help", language),
    )  # fmt: skip


def _group(
    changed: Callable[[Shape], None], shape: Shape, which: int
) -> Callable[[list[str]], None]:
    return lambda values: changed(shape.with_group(which, values))


def _more(view: View, shape: Shape) -> None:
    def more() -> None:
        st.session_state[_SLOTS] = max(1, len(shape.any_of)) + 1

    st.button(
        text("segment_more_any", view.language), key="segment_more", type="tertiary",
        icon=":material/add:", on_click=more, disabled=not any(shape.any_of),
        help=text("segment_more_any_help", view.language),
    )  # fmt: skip


# --- depth --------------------------------------------------------------------------------------


def _depths(view: View, tree: Expression, shape: Shape | None) -> None:
    """Show a number of events for every audience of the segment."""
    language = view.language
    found = [leaf for leaf in leaves(tree) if leaf.kind != SAVED][:_MOST_DEPTHS]
    if not found:
        return
    deep = sum(leaf.at_least > 1 for leaf in found)
    label = text("segment_depth_some" if deep else "segment_depth", language, n=deep)
    with st.popover(label, icon=":material/tune:", type="tertiary", key="segment_depth"):
        st.caption(text("segment_depth_help", language))
        for i, leaf in enumerate(found):
            key = f"segment_depth_{i}"
            st.session_state[key] = leaf.at_least
            st.number_input(
                named(Audience(leaf.kind, leaf.name), language), min_value=1,
                max_value=MOST_EVENTS, step=1, key=key, on_change=_deepen,
                args=(tree, shape, leaf, key),
            )  # fmt: skip


def _deepen(tree: Expression, shape: Shape | None, leaf: Audience, key: str) -> None:
    new = Audience(leaf.kind, leaf.name, int(st.session_state[key]))

    def deeper(audience: Audience) -> Audience:
        return new if audience == leaf else audience

    def value(shown: str) -> str:
        try:
            return written(exchanged(read_tree(shown), deeper))
        except OverlapError:
            return shown

    _write(written(exchanged(tree, deeper)), None if shape is None else shape.mapped(value))


# --- text ---------------------------------------------------------------------------------------


def _text(view: View) -> None:
    language = view.language
    st.session_state[_TEXT] = view.asked.get("expr", "")

    def changed() -> None:
        _write(st.session_state[_TEXT].strip() or None)

    st.text_area(
        text("segment_text", language), key=_TEXT, height="content", on_change=changed,
        placeholder=text("segment_text_placeholder", language),
        help=text("segment_text_help", language),
    )  # fmt: skip
