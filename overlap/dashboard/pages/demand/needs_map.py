"""How audiences hang together: the map, and the audience that is selected on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from overlap import charts
from overlap.dashboard import data, session
from overlap.dashboard.data import INTEREST
from overlap.dashboard.pages.demand import ask, map_card, style, words
from overlap.dashboard.parts import empty, figures, notes, tables
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text
from overlap.insights import wording
from overlap.insights.needs_map import NeedsMap
from overlap.model import UsageError

NODE, KINDS = "node", "kinds"
_CHART, _AND = "demand_map_chart", ","
_NODES = ("name", "kind", "users", "users_low", "users_high", "community_name", "links")
_EDGES = (
    "name", "other", "overlap_users", "overlap_low", "overlap_high", "expected_users", "tgi",
    "tgi_low", "tgi_high",
)  # fmt: skip

Row = Mapping[str, Any]


def show(opened: data.Opened, view: View) -> None:
    """Show the map of the category's users, or of everybody."""
    language = view.language
    possible = ask.kinds_of_map(opened)
    kinds = _kinds(possible, view)
    if not kinds:
        empty.message(text("demand_no_kinds", language), text("demand_no_kinds_cure", language),
                      commands=words.BUILD_WITH_TERMS)  # fmt: skip
        return
    try:
        with st.spinner(text("demand_mapping", language), show_time=False):
            found = data.once(opened, ask.map_of, ask.inside(view), kinds, view.window)
    except UsageError as error:
        empty.failure(text("demand_map_not", language), error, language)
        words.whole_time(view)
        return
    if found.nodes.is_empty():
        floor = f"{opened.policy.display_floor:,}"
        empty.message(text("demand_map_empty", language, floor=floor),
                      text("demand_map_empty_cure", language))  # fmt: skip
        words.whole_time(view)
        _choose_kinds(possible, kinds, view)
        return
    view, row = _selected(found, view)
    _answer(opened, found, view)
    with st.container(horizontal=True, key="demand_look", gap="medium"):
        with st.container(key="demand_map", gap="xsmall"):
            _choose_kinds(possible, kinds, view)
            _chart(found, view, row)
        with st.container(key="demand_card", border=True, gap="xsmall", height="stretch"):
            map_card.show(found, row, view)
    _tables(found, view, row)


def _kinds(possible: tuple[str, ...], view: View) -> tuple[str, ...]:
    asked = [kind for kind in view.asked.get(KINDS, "").split(_AND) if kind in possible]
    return tuple(dict.fromkeys(asked)) or possible[:1]


def _choose_kinds(possible: tuple[str, ...], kinds: tuple[str, ...], view: View) -> None:
    key, language = "demand_kinds", view.language
    st.session_state[key] = list(kinds)

    def changed() -> None:
        chosen = [kind for kind in possible if kind in st.session_state[key]]
        usual = chosen == list(possible[:1])
        session.ask(**{KINDS: None if usual else _AND.join(chosen) or None, NODE: None})

    st.pills(
        text("demand_kinds", language),
        list(possible),
        selection_mode="multi",
        format_func=lambda kind: words.kind(kind, language),
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        help=text("demand_kinds_help", language),
    )


def _selected(found: NeedsMap, view: View) -> tuple[View, dict[str, Any]]:
    """Return the audience that was asked for and the view that says so.

    Without any it is the selected opening, else the largest that is linked to others.
    """
    wanted, rows = view.asked.get(NODE), found.nodes.to_dicts()
    if wanted is not None:
        for row in rows:
            if to_text(Audience(row["kind"], row["name"])) == wanted:
                return view, row
        note = Note("demand_unknown_node", {"wanted": wanted})
        kept = {name: value for name, value in view.asked.items() if name != NODE}
        view = replace(view, asked=kept)
        session.remember(view, [note])
        notes.one(note, view.language)
    mine = (row for row in rows if (row["kind"], row["name"]) == (INTEREST, view.opening))
    linked = (row for row in rows if row["community"] is not None)
    return view, next(mine, None) or next(linked, rows[0])


# --- the answer -------------------------------------------------------------------------------


def _answer(opened: data.Opened, found: NeedsMap, view: View) -> None:
    language, groups = view.language, found.communities
    here = ask.scoped(view)
    values = {"n": f"{len(found.nodes):,}", "k": f"{len(groups):,}",
              "category": view.category or ""}  # fmt: skip
    key = "demand_map_answer" if here else "demand_map_answer_all"
    if groups.is_empty():
        key = "demand_map_apart"
    alone = found.nodes["community"].null_count()
    style.answer(
        text(key, language, **values),
        (
            _largest(found, language),
            text("demand_map_links", language, links=f"{len(found.edges):,}",
                 fdr=wording.percent(ask.FDR, 0)) if len(found.edges) else "",
            text("demand_map_alone", language, n=f"{alone:,}") if alone else "",
            text("demand_map_hidden", language, n=f"{found.hidden:,}",
                 floor=f"{opened.policy.display_floor:,}") if found.hidden else "",
            text("demand_map_left_out", language, n=f"{found.left_out:,}")
            if found.left_out else "",
        ),
        language,
        words.precision(opened, language),
    )  # fmt: skip


def _largest(found: NeedsMap, language: str) -> str:
    if found.communities.is_empty():
        return text("demand_map_apart_why", language)
    row = found.communities.sort("audiences", "community", descending=[True, False]).row(
        0, named=True
    )
    said = text("demand_map_largest", language, name=row["name"], n=row["audiences"])
    if row["core_users"] is None:
        return said + text("demand_stop", language)
    return (
        said
        + text("demand_map_core", language, users=words.sized(row, "core_users", language))
        + text("demand_stop", language)
    )


# --- the chart and the tables ---------------------------------------------------------------------


def _chart(found: NeedsMap, view: View, row: Row) -> None:
    language = view.language
    chosen = to_text(Audience(row["kind"], row["name"]))
    key = style.chart_key(_CHART, chosen)

    def pick(point: Mapping[str, Any]) -> None:
        kind, name = point["customdata"][:2]
        node = to_text(Audience(kind, name))
        style.picked(_CHART, node)
        session.ask(**{NODE: node})

    figures.show(
        charts.map_picture(found, language, row["name"]),
        view,
        key=key,
        title=text("demand_map_title", language),
        about=text("demand_map_about", language),
        alt=text("demand_map_alt", language, n=len(found.nodes), k=len(found.communities)),
        data=found.nodes,
        file=_file("map", view),
        on_pick=pick,
    )


def _tables(found: NeedsMap, view: View, row: Row) -> None:
    language = view.language
    nodes = found.nodes
    names = [to_text(Audience(kind, name)) for kind, name in nodes.select("kind", "name").rows()]
    tables.show(
        tables.Shown(nodes, _NODES, _file("map-audiences", view), "map",
                     config={"name": _name(language)}),
        view,
        key="demand_map_nodes",
        title=text("demand_map_nodes", language),
        selected=names.index(to_text(Audience(row["kind"], row["name"]))),
        on_pick=lambda number: session.ask(**{NODE: names[number]}),
        tallest=8,
    )  # fmt: skip
    if found.edges.is_empty():
        return
    tables.show(
        tables.Shown(
            found.edges, _EDGES, _file("map-links", view), "pairs",
            config={
                "name": _name(language),
                "other": st.column_config.TextColumn(text("demand_other", language), width=190),
            },
        ),
        view,
        key="demand_map_edges",
        title=text("demand_map_edges", language),
        tallest=8,
    )  # fmt: skip


def _name(language: str) -> Any:
    return st.column_config.TextColumn(text("demand_audience", language), width=190)


def _file(what: str, view: View) -> str:
    where = view.category if ask.scoped(view) else None
    return f"{what}-{where}" if where is not None else what
