"""What the page's own parts look like."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from overlap.charts import SELECTED
from overlap.dashboard.look import block, safe

STYLE = f"""<style>
.st-key-demand_top {{ row-gap: .4rem; justify-content: space-between; }}
.st-key-demand_look > * {{ flex: 1 1 400px; min-width: 0; }}
.st-key-demand_look > *:first-child {{ flex: 1.4 1 460px; }}
.st-key-demand_lists > * {{ flex: 1 1 360px; min-width: 0; }}
.st-key-demand_asked > * {{ flex: 1 1 300px; min-width: 0; }}
.ov-list {{ margin: .1rem 0 .6rem; padding: 0 !important; list-style: none; display: flex;
  flex-wrap: wrap; gap: .3rem .4rem; }}
.ov-list li {{ margin: 0 !important; padding: .05rem .5rem; border-radius: .9rem;
  font-size: .8rem !important; overflow-wrap: anywhere;
  background: color-mix(in srgb, currentColor 9%, transparent); }}
.ov-list li small {{ opacity: .78; margin-left: .3rem; font-variant-numeric: tabular-nums; }}
.ov-card h3 {{ font-size: .82rem; font-weight: 650; margin: .7rem 0 .15rem; padding: 0;
  line-height: 1.3; }}
.ov-card .ov-dot {{ display: inline-block; width: .7em; height: .7em; border-radius: 50%;
  margin-right: .35em; }}
.ov-card .why.over {{ border-left-color: {SELECTED}; }}
.ov-card p {{ font-size: .88rem; line-height: 1.4; }}
.ov-card p.quiet {{ margin: 0 0 .4rem; font-size: .8rem; }}
.ov-answer ul {{ margin: .3rem 0 0; padding-left: 1.1rem !important; }}
.ov-answer ul li {{ font-size: .95rem !important; margin: 0 !important; }}
</style>"""


def answer(headline: str, sentences: Sequence[str], language: str, quiet: str = "",
           points: Sequence[str] = ()) -> None:  # fmt: skip
    """Show the finding, the sentences under it, how far they carry, and more points as a list."""
    space = "" if language == "zh" else " "
    lines = space.join(safe(sentence) for sentence in sentences if sentence)
    said = f'{lines}{space}<span class="quiet">{safe(quiet)}</span>' if quiet else lines
    listed = "".join(f"<li>{safe(point)}</li>" for point in points)
    block(
        f'<section class="ov-answer" lang="{language}" aria-live="polite">'
        f"<h1>{safe(headline)}</h1><p>{said}</p>{f'<ul>{listed}</ul>' if listed else ''}</section>"
    )


def figures(cells: Sequence[tuple[str, str, str]]) -> str:
    """Return numbers of a card as HTML: a name, a value and a note each."""
    shown = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in cells
    )
    return f'<dl class="ov-figures">{shown}</dl>'


def chips(title: str, names: Sequence[tuple[str, str]]) -> str:
    """Return names with a note each as HTML under a title; nothing where there are none."""
    if not names:
        return ""
    items = "".join(
        f"<li>{safe(name)}{f'<small>{safe(note)}</small>' if note else ''}</li>"
        for name, note in names
    )
    return f'<h3>{safe(title)}</h3><ul class="ov-list">{items}</ul>'


def head(name: str, pills: Sequence[str]) -> str:
    """Return the title of a card with its labels as HTML."""
    shown = "".join(f'<span class="pill">{safe(pill)}</span>' for pill in pills)
    return f'<div class="head"><h2>{safe(name)}</h2>{shown}</div>'


def card(body: str, language: str) -> None:
    """Show a card's HTML, whose values are safe already."""
    block(f'<section class="ov-card" lang="{language}" aria-live="polite">{body}</section>')


def chart_key(name: str, selected: str) -> str:
    """Return the key of a chart in which something is selected.

    In the browser a chart remembers what was clicked last, and a second click there would choose
    nothing. Where something else was selected since, the chart starts anew under another key.
    """
    state = st.session_state
    picked, times = state.get(f"{name}_picked", (None, 0))
    if picked is not None and picked != selected:
        picked, times = None, times + 1
        state[f"{name}_picked"] = (picked, times)
    return f"{name}_{times}"


def picked(name: str, selected: str) -> None:
    """Remember what was clicked in a chart, from its callback."""
    _, times = st.session_state.get(f"{name}_picked", (None, 0))
    st.session_state[f"{name}_picked"] = (selected, times)
