"""The audience selected on the map: its size, its community, its strongest links, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.charts.needs_map import colour_of
from overlap.dashboard import navigation
from overlap.dashboard.data import CATEGORY
from overlap.dashboard.look import safe
from overlap.dashboard.pages.demand import ask, steps, style, words
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import And, Audience, Expression, Or, to_text
from overlap.insights import wording
from overlap.insights.needs_map import NeedsMap

Row = Mapping[str, Any]

_LINKS, _MEMBERS = 6, 12


def show(found: NeedsMap, row: Row, view: View) -> None:
    """Show the card of a row of insights.needs_map.NODES_TABLE."""
    language = view.language
    members = _members(found, row)
    cells = [
        (text("demand_users", language), wording.users(row["users"], language, exact=row["exact"]),
         words.ends(row, "users", language)),
        (text("demand_links", language), f"{row['links']:,}", text("demand_links_note", language)),
    ]  # fmt: skip
    style.card(
        style.head(row["name"], [words.kind(row["kind"], language)])
        + style.figures(cells)
        + _community(found, row, members, language)
        + _links(found, row, language),
        language,
    )
    _actions(row, members, view)


def _members(found: NeedsMap, row: Row) -> list[Audience]:
    if row["community"] is None:
        return []
    rows = found.nodes.filter(pl.col("community") == row["community"])
    return [Audience(kind, name) for kind, name in rows.select("kind", "name").rows()]


def _community(found: NeedsMap, row: Row, members: list[Audience], language: str) -> str:
    if row["community"] is None:
        return f'<p class="quiet">{safe(text("demand_alone", language))}</p>'
    group = found.communities.row(by_predicate=pl.col("community") == row["community"], named=True)
    dot = f'<span class="ov-dot" style="background:{colour_of(row["community"])}"></span>'
    title = text("demand_community", language, name=group["name"])
    core = (
        ""
        if group["core_users"] is None
        else text("demand_core", language, users=words.sized(group, "core_users", language))
    )
    others = [each.name for each in members if each != Audience(row["kind"], row["name"])]
    chips = "".join(f"<li>{safe(name)}</li>" for name in others[:_MEMBERS])
    if len(others) > _MEMBERS:
        chips += f"<li>{safe(text('demand_and_more', language, n=len(others) - _MEMBERS))}</li>"
    note = f'<p class="quiet">{safe(core)}</p>' if core else ""
    return f'<h3>{dot}{safe(title)}</h3><ul class="ov-list">{chips}</ul>{note}'


def _links(found: NeedsMap, row: Row, language: str) -> str:
    """Return the strongest links; the edges come heaviest first."""
    here = (pl.col("kind") == row["kind"]) & (pl.col("name") == row["name"])
    there = (pl.col("other_kind") == row["kind"]) & (pl.col("other") == row["name"])
    edges = found.edges.filter(here | there).head(_LINKS).to_dicts()
    if not edges:
        return ""
    lines = []
    for edge in edges:
        mine = edge["kind"] == row["kind"] and edge["name"] == row["name"]
        tgi = wording.index(edge["tgi"])
        if not edge["exact"]:
            tgi += f" ({wording.index(edge['tgi_low'])}–{wording.index(edge['tgi_high'])})"
        said = text("demand_link", language, tgi=tgi,
                    users=words.sized(edge, "overlap_users", language))  # fmt: skip
        lines.append((edge["other"] if mine else edge["name"], said))
    return style.chips(text("demand_strongest", language), lines)


def _actions(row: Row, members: list[Audience], view: View) -> None:
    language = view.language
    one = Audience(row["kind"], row["name"])
    with st.container(
        horizontal=True, key="demand_actions", gap="small", vertical_alignment="center"
    ):
        if len(members) > 1:
            navigation.link(
                text("demand_segment_community", language), "segment", view,
                expr=_inside(Or(tuple(members)), view),
                help=text("demand_segment_community_help", language),
            )  # fmt: skip
        navigation.link(
            text("demand_segment", language), "segment", view, icon=":material/person_add:",
            expr=_inside(one, view),
        )  # fmt: skip
        steps.trend(view, _inside(one, view))
        steps.language(view, _inside(one, view))


def _inside(tree: Expression, view: View) -> str:
    """Return an expression, inside the category where the map is."""
    if not ask.scoped(view) or view.category is None:
        return to_text(tree)
    return to_text(And((Audience(CATEGORY, view.category), tree)))
