"""One word: who says it how much more, how sure that is, and the segment's own words for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.charts import bar_widths
from overlap.dashboard import data, navigation
from overlap.dashboard.look import safe
from overlap.dashboard.pages.demand import ask, steps, style, words
from overlap.dashboard.pages.demand.subject import Subject
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import phrase
from overlap.expressions import And, Audience, to_text
from overlap.insights import wording
from overlap.model import TERM_KIND, OverlapError

Row = Mapping[str, Any]

_SURE = 0.001
"""A false discovery rate below this is written as being below it."""


def show(
    opened: data.Opened, frame: pl.DataFrame, found: Subject, word: str | None, view: View
) -> None:
    """Show the card of a word, which nobody may say."""
    language = view.language
    if word is None:
        style.card(f"<p>{safe(text('demand_word_none', language))}</p>", language)
        return
    rows = frame.filter(pl.col("term") == word).to_dicts()
    body = _told(rows[0], view) if rows else style.head(word, [])
    over = bool(rows) and rows[0]["direction"] == "over"
    said = _stands_for if over else _matched
    style.card(body + said(opened, found, word, view), language)
    _actions(opened, found, word, view)


def odds(row: Row, language: str) -> str:
    """Write an odds ratio, as a bound where one side's number is hidden."""
    value = _ratio(row["odds"])
    if not row["suppressed"]:
        return value
    return text("demand_at_least" if row["odds"] > 1 else "demand_at_most", language, value=value)


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 1 else wording.times(value)


def _told(row: Row, view: View) -> str:
    language = view.language
    way = {"over": "over", "under": "under", "as expected": "same"}.get(row["direction"] or "")
    if way is None or row["odds"] is None:
        why = text("demand_word_hidden", language)
        return style.head(row["term"], []) + f'<p class="why">{safe(why)}</p>'
    pills = [text(f"demand_way_{way}", language)]
    why = text(f"demand_why_{way}", language, odds=odds(row, language), fdr=_chance(row, language))
    cells = [
        (text("demand_odds", language), f"{odds(row, language)}×",
         text("demand_interval", language,
              ends=f"{_ratio(row['odds_low'])}–{_ratio(row['odds_high'])}")),
        (text("demand_luck_cell", language), _chance(row, language),
         text("demand_luck_note", language)),
    ]  # fmt: skip
    if row["expected_users"] is not None and row["users"] is not None:
        cells.append((
            text("demand_expected", language),
            wording.users(row["expected_users"], language),
            text("demand_expected_note", language),
        ))  # fmt: skip
    return (
        style.head(row["term"], pills)
        + f'<p class="why">{safe(why)}</p>'
        + _folded(row, language)
        + _bars(row, language)
        + style.figures(cells)
    )


def _folded(row: Row, language: str) -> str:
    """Return the terms that the row stands for too, as HTML."""
    said = [
        text(key, language, words=row[name])
        for key, name in (("demand_variants", "variants"), ("demand_said_with", "said_with"))
        if row[name]
    ]
    return "".join(f'<p class="quiet">{safe(line)}</p>' for line in said)


def _chance(row: Row, language: str) -> str:
    q = row["q_value"]
    if q is None:
        return "–"
    return f"<{wording.percent(_SURE)}" if q < _SURE else wording.percent(q)


def _bars(row: Row, language: str) -> str:
    """Return the shares of both sides' speakers as bars, the rest's also adjusted."""
    names = ("share_of_segment", "share_of_rest", "adjusted_share_of_rest")
    shares = tuple(row[name] for name in names)
    widths = bar_widths(tuple(share for share in shares if share is not None))
    width = dict(zip((s for s in shares if s is not None), widths, strict=True))
    cells = []
    for style_, side, share, name in (
        ("a", "demand_segment_side", shares[0], "users"),
        ("b", "demand_rest_side", shares[1], "rest_users"),
        ("b", "demand_adjusted_side", shares[2], None),
    ):
        if share is None and name is None:
            continue
        fill, shown = "", text("demand_hidden_side", language)
        if share is not None:
            shown = (
                text("demand_adjusted", language, share=wording.percent(share))
                if name is None
                else f"{wording.percent(share)} · {words.sized(row, name, language)}"
            )
            fill = (
                f'<span class="fill {style_}" style="display:block;width:{width[share]:.1f}%">'
                "</span>"
            )
        cells.append(
            f'<span>{safe(text(side, language))}</span><span class="track">{fill}</span>'
            f'<span class="n">{safe(shown)}</span>'
        )
    return f'<div class="ov-bars">{"".join(cells)}</div>'


def _matched(opened: data.Opened, found: Subject, word: str, view: View) -> str:
    """Return the segment's words in the place of this one, as HTML."""
    language = view.language
    try:
        frame = data.once(opened, ask.matches_of, found.expression, word, view.window)
    except OverlapError as error:
        said = text("demand_nobody_says", language, word=word)
        space = "" if language == "zh" else " "
        cure = phrase(error.cure, language)
        cure = cure[:1].upper() + cure[1:]
        return f"<p>{safe(said)}{safe(space + cure)}</p>"
    pairs = [
        (row["word"], _both(row, language))
        for row in frame.filter(pl.col("word").is_not_null()).to_dicts()
    ]
    if not pairs:
        hidden = frame["suppressed"].is_not_null().any()
        why = text("demand_matches_hidden" if hidden else "demand_matches_none", language)
        title = f"<h3>{safe(text('demand_matches', language))}</h3>"
        return f'{title}<p class="quiet">{safe(why)}</p>'
    about = f'<p class="quiet">{safe(text("demand_matches_about", language))}</p>'
    return style.chips(text("demand_matches", language), pairs) + about


def _stands_for(opened: data.Opened, found: Subject, word: str, view: View) -> str:
    """Return what the rest says where the segment says this word, as HTML."""
    language = view.language
    frame = data.once(opened, ask.points_of, found.expression, view.window)
    rows = frame.filter(pl.col("word") == word).sort("z", descending=True).to_dicts()
    pairs = [(row["selling_point"], _both(row, language)) for row in rows]
    if not pairs:
        return ""
    about = f'<p class="quiet">{safe(text("demand_stands_about", language))}</p>'
    return style.chips(text("demand_stands_for", language), pairs) + about


def _both(row: Row, language: str) -> str:
    return text(
        "demand_match",
        language,
        users=words.sized(row, "both_users", language),
        expected=wording.users(row["expected_users"], language),
    )


def _actions(opened: data.Opened, found: Subject, word: str, view: View) -> None:
    language = view.language
    if word not in opened.panel.known.get(TERM_KIND, {}):
        return
    tree = And((found.tree, Audience(TERM_KIND, word)))
    with st.container(
        horizontal=True, key="demand_actions", gap="small", vertical_alignment="center"
    ):
        navigation.link(text("demand_segment_word", language), "segment", view, expr=to_text(tree))
        steps.trend(view, to_text(Audience(TERM_KIND, word)), "demand_word_trend")
    with st.expander(text("demand_examples", language)):
        st.caption(text("demand_examples_help", language))
        st.code(
            f"overlap language {opened.path.name} '{found.expression}' --events posts.parquet",
            language="shell",
            wrap_lines=True,
        )
