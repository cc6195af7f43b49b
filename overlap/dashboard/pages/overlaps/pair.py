"""The matrix, and the pair that is chosen in it, by name or by a link."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from overlap.dashboard import data, session
from overlap.dashboard.look import plain
from overlap.dashboard.pages.overlaps import answer, asked, card, heatmap, questions
from overlap.dashboard.pages.overlaps.words import kind_of
from overlap.dashboard.parts import empty, notes, picker, tables
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, key, parse, to_text
from overlap.insights.matrix import Pair, Side
from overlap.model import OverlapError

_WRONG = "overlaps_wrong"


def show(opened: data.Opened, view: View, top: DeltaGenerator, controls: DeltaGenerator) -> None:
    """Show the matrix and a pair; `top` is where the answer goes, `controls` the switches."""
    language = view.language
    wanted, found = asked.matrix(opened, view)
    frame, chosen, more = _frame_and_pair(opened, view, wanted)
    for note in [*found, *more]:
        with top:
            notes.one(note, language)
    told = _told(opened, view, chosen)
    with top:
        answer.show(opened, view, chosen, told)
    with controls:
        _controls(opened, view, wanted)
    with st.container(horizontal=True, key="overlaps_look", gap="medium"):
        with st.container(key="overlaps_left", gap="xsmall"):
            _matrix(view, wanted, frame, chosen)
        with st.container(key="overlaps_pair", border=True, gap="small"):
            _pickers(opened, view, chosen)
            if told is not None:
                card.show(view, told)
        if told is not None:
            with st.container(key="overlaps_numbers", gap="xsmall"):
                card.counts(view, told)
    _cells(view, wanted, frame, chosen)


def _frame_and_pair(
    opened: data.Opened, view: View, wanted: asked.Matrix
) -> tuple[pl.DataFrame, tuple[str, str] | None, list[Note]]:
    """Return the cells of the matrix and the pair looked at, which stands in it."""
    pair, found = _linked(opened, view, wanted)
    bar = {data.CATEGORY: view.category, data.BRAND: view.brand}
    keep = {kind: {name} for kind, name in bar.items() if name is not None}

    def cells() -> pl.DataFrame:
        rows, columns = (
            Side(kind, keep=tuple(sorted(keep.get(kind, ()))), most=wanted.most)
            for kind in (wanted.rows, wanted.columns)
        )
        return questions.cells(opened, view, rows, columns)

    frame = cells()
    if pair is None:
        return frame, questions.strongest(frame), found
    cell = questions.cell_of(*pair, wanted.rows, wanted.columns)
    if cell and frame.filter((pl.col("row") == cell[0]) & (pl.col("column") == cell[1])).is_empty():
        for kind, name in zip((wanted.rows, wanted.columns), cell, strict=True):
            keep.setdefault(kind, set()).add(name)
        frame = cells()
    return frame, pair, found


def _linked(
    opened: data.Opened, view: View, wanted: asked.Matrix
) -> tuple[tuple[str, str] | None, list[Note]]:
    """Return the pair of the link, filled up with the category and the opening of the bar."""
    first, wrong_first = asked.one(opened, view.asked.get("a"), view.language)
    second, wrong_second = asked.one(opened, view.asked.get("b"), view.language)
    found = [*wrong_first, *wrong_second]
    if first is not None and second is not None:
        return (first, second), found
    category = None
    if view.category is not None:
        category = to_text(Audience(data.CATEGORY, view.category))
    one = first or second
    if one is None:
        interest = questions.opening(opened, view)
        if category is None or interest is None:
            return None, found
        return (category, to_text(Audience(data.INTEREST, interest))), found
    other = category if category is not None and not _same(one, category) else None
    if other is None:
        kinds = (data.INTEREST, wanted.rows, wanted.columns)
        kind = next(kind for kind in kinds if kind in opened.panel.known)
        other = questions.partner(opened, view, one, kind)
    if other is None:
        return None, found
    return ((one, other) if first is not None else (other, one)), found


def _same(first: str, second: str) -> bool:
    return key(parse(first)) == key(parse(second))


def _told(opened: data.Opened, view: View, chosen: tuple[str, str] | None) -> Pair | None:
    if chosen is None or _same(*chosen):
        return None
    return questions.together(opened, view, *chosen)


# --- controls -----------------------------------------------------------------------------------


def _controls(opened: data.Opened, view: View, wanted: asked.Matrix) -> None:
    language = view.language
    there = asked.kinds(opened)
    for side, value in (("rows", wanted.rows), ("columns", wanted.columns)):
        _chooser(side, value, there, text(f"overlaps_{side}", language),
                 lambda kind: kind_of(kind, language))  # fmt: skip
    _switch("most", str(wanted.most), [str(n) for n in asked.SIZES],
            text("overlaps_most", language), str)  # fmt: skip
    words = {"tgi": "overlaps_show_tgi", "share_of_row": "overlaps_show_row",
             "share_of_column": "overlaps_show_column"}  # fmt: skip
    _switch("show", wanted.number, list(words), text("overlaps_show", language),
            lambda number: text(words[number], language))  # fmt: skip


def _chooser(name: str, value: str, options: list[str], label: str, words: Any) -> None:
    at = f"overlaps_{name}"
    st.session_state[at] = value
    st.selectbox(label, options, key=at, format_func=words, on_change=_changed, args=(name,))


def _switch(name: str, value: str, options: list[str], label: str, words: Any) -> None:
    at = f"overlaps_{name}"
    st.session_state[at] = value
    st.segmented_control(
        label, options, key=at, format_func=words, on_change=_changed, args=(name,),
        required=True, width="content",
    )  # fmt: skip


def _changed(name: str) -> None:
    session.ask(**{name: st.session_state[f"overlaps_{name}"]})


def _pickers(opened: data.Opened, view: View, chosen: tuple[str, str] | None) -> None:
    """Show a box for each of the two: any audience of the store, by typing, or an expression."""
    language = view.language
    with st.container(horizontal=True, key="overlaps_picks"):
        for at, name in enumerate(("a", "b")):
            picker.one(
                text(f"overlaps_{name}", language),
                chosen[at] if chosen else None,
                opened,
                view,
                key=f"overlaps_{name}",
                on_change=partial(_choose, opened, chosen, at, language),
                help=text("overlaps_pick_help", language) if not at else "",
            )
    wrong = st.session_state.pop(_WRONG, None)
    if wrong is not None:
        st.warning(plain(text("overlaps_typo", language, wanted=wrong[0], why=wrong[1])))


def _choose(
    opened: data.Opened, chosen: tuple[str, str] | None, at: int, language: str, value: str | None
) -> None:
    """Take what was chosen or typed into the pair; a mistake leaves the pair as it was."""
    both: list[str | None] = list(chosen) if chosen else [None, None]
    if value is not None:
        try:
            value = to_text(asked.audience(opened, value))
        except OverlapError as error:
            st.session_state[_WRONG] = (value, asked.wrong(error, language))
            session.ask()
            return
    both[at] = value
    session.ask(a=both[0], b=both[1])


# --- the matrix ---------------------------------------------------------------------------------


def _matrix(
    view: View, wanted: asked.Matrix, frame: pl.DataFrame, chosen: tuple[str, str] | None
) -> None:
    language = view.language
    if frame.is_empty() or frame["overlap_users"].null_count() == len(frame):
        empty.message(text("overlaps_hidden", language), text("overlaps_hidden_cure", language))
        return
    cell = questions.cell_of(*chosen, wanted.rows, wanted.columns) if chosen else None
    heatmap.show(view, wanted, frame, cell)


def _cells(
    view: View, wanted: asked.Matrix, frame: pl.DataFrame, chosen: tuple[str, str] | None
) -> None:
    """Show the cells of the matrix as a list: the same choice for who does not click in charts."""
    language = view.language
    mirrored = wanted.rows == wanted.columns
    listed = frame.filter(pl.col("suppressed").is_null())
    if mirrored:
        listed = listed.filter(pl.col("row") < pl.col("column"))
    listed = listed.sort(["excess_users", "row", "column"], descending=[True, False, False])
    if listed.is_empty():
        return
    words = {name: text(f"overlaps_direction_{name.replace(' ', '_')}", language)
             for name in ("over", "under", "as expected")}  # fmt: skip
    cell = questions.cell_of(*chosen, wanted.rows, wanted.columns) if chosen else None
    cells = list(listed.select("row", "column").iter_rows())
    cell = cell if cell in cells or cell is None else cell[::-1]

    def pick(row: int) -> None:
        heatmap.choose(wanted, *cells[row])

    tables.show(
        tables.Shown(
            listed.with_columns(
                pl.col("direction").replace(words),
                pl.col("share_of_row", "share_of_column").round(3),
            ),
            columns=("row", "column", "overlap_users", "overlap_low", "overlap_high",
                     "expected_users", "tgi", "tgi_low", "tgi_high", "share_of_row",
                     "share_of_column", "direction"),
            file=f"matrix-{wanted.rows}-{wanted.columns}",
            table="matrix",
            titles={"row": kind_of(wanted.rows, language),
                    "column": kind_of(wanted.columns, language)
                    + (" 2" if mirrored else "")},
            given=frame,
        ),
        view,
        key="overlaps_cells",
        title=text("overlaps_cells", language),
        about=text("overlaps_cells_about", language),
        selected=cells.index(cell) if cell in cells else None,
        on_pick=pick,
    )  # fmt: skip
