"""Where a segment begins: the category and the opening that were looked at, in one click."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import editor
from overlap.dashboard.pages.segment.answer import described, share, users
from overlap.dashboard.pages.segment.reading import read
from overlap.dashboard.pages.segment.sizes import sizing
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, Expression, compose, to_text
from overlap.insights.sizing import Sizing

_MOST = 6
_CORE = 3
_LARGEST = 2


@dataclass(frozen=True, slots=True)
class Idea:
    """A segment to begin with, and why."""

    expression: str
    why: str


def ideas(opened: data.Opened, view: View) -> list[Idea]:
    """Return segments to begin with, by the category, brand and opening of a view."""
    panel, known = opened.panel, opened.panel.known
    found: list[tuple[Expression, str]] = []
    if view.category is not None and data.CATEGORY in known:
        category = Audience(data.CATEGORY, view.category)
        opening = _opening(opened, view)
        brand = Audience(data.BRAND, view.brand) if view.brand is not None else None
        if opening is not None:
            interest = Audience(data.INTEREST, opening)
            found.append((compose([category, interest]), "opening"))
            if brand is not None:
                found.append((compose([category, interest], exclude=[brand]), "unreached"))
            core = Audience(data.INTEREST, opening, _CORE)
            found.append((compose([category, core]), "core"))
            found.append((compose([interest], exclude=[category]), "outside"))
        if brand is not None:
            found.append((compose([category], exclude=[brand]), "category_unreached"))
        found.append((category, "category"))
    else:
        for kind in [kind for kind in known if kind != "universe"]:
            names = panel.table(kind, view.window)["name"].head(_LARGEST)
            found += [(Audience(kind, name), "largest") for name in names]
    return [Idea(to_text(tree), why) for tree, why in found[:_MOST]]


def _opening(opened: data.Opened, view: View) -> str | None:
    if view.opening is not None and view.opening in opened.panel.known.get(data.INTEREST, ()):
        return view.opening
    if data.INTEREST not in opened.panel.known:
        return None
    rows = data.rows(opened, view).filter(pl.col("score").is_not_null())
    return None if rows.is_empty() else str(rows["interest"][0])


def show(opened: data.Opened, view: View) -> None:
    """Offer the segments to begin with, those that may be shown, with their sizes."""
    language = view.language
    block(f'<h2 class="ov-h2">{safe(text("segment_start_with", language))}</h2>')
    for i, (idea, size) in enumerate(sized(opened, view)):
        if size.users is None or not size.users.value:
            continue
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"segment_idea_{i}", gap="small"
        ):
            words = described(read(opened, idea.expression, view.window), language)
            why = text(f"segment_idea_{idea.why}", language, brand=view.brand or "",
                       category=view.category or "", n=_CORE)  # fmt: skip
            part = "" if size.of_all is None else text(
                "segment_idea_share", language, all=share(size.of_all)
            )  # fmt: skip
            block(
                f'<div class="ov-idea"><b>{safe(why)}</b><p>{safe(users(size.users, language))} '
                f"{safe(words)}{safe(part)}</p></div>"
            )
            st.button(
                text("segment_take_idea", language), key=f"segment_take_{i}",
                help=plain(idea.expression), on_click=editor.write, args=(idea.expression,),
                type="primary" if i == 0 else "secondary",
            )  # fmt: skip


def sized(opened: data.Opened, view: View) -> list[tuple[Idea, Sizing]]:
    """Return the segments to begin with, with their sizes."""
    return [
        (
            idea,
            data.once(opened, sizing, idea.expression, view.category, view.brand, view.window),
        )
        for idea in ideas(opened, view)
    ]
