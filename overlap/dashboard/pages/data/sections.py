"""What the parts of the page are made of: an answer, headings with a download, lists of facts."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
import streamlit as st

from overlap.dashboard.look import block, safe
from overlap.dashboard.parts import tables
from overlap.dashboard.state import View

STYLE = """<style>
.ov-facts { display: grid; grid-template-columns: minmax(7rem, 11rem) minmax(7rem, 13rem) 1fr;
  gap: 0; margin: 0; padding: 0 !important; font-size: .88rem; line-height: 1.4; }
.ov-facts > div { display: contents; }
.ov-facts > div > * { padding: .35rem .8rem .35rem 0; margin: 0; overflow-wrap: anywhere;
  border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ov-facts dt { font-weight: 600; }
.ov-facts .v { font-variant-numeric: tabular-nums; }
.ov-facts .m { color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-store { font-size: .88rem; line-height: 1.4; overflow-wrap: anywhere; }
.ov-store b { font-size: 1rem; font-weight: 650; }
.ov-store .pill { font-size: .75rem; border: 1px solid currentColor; border-radius: 1rem;
  padding: 0 .5rem; margin-left: .4rem; opacity: .85; }
.ov-store .quiet { color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-store p { margin: 0; }
.ov-words { display: grid; grid-template-columns: minmax(10rem, 17rem) 1fr; margin: 0;
  padding: 0 !important;
  font-size: .9rem; line-height: 1.45; }
.ov-words > div { display: contents; }
.ov-words > div > * { padding: .45rem 1rem .45rem 0; margin: 0; overflow-wrap: anywhere;
  border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ov-words dt b { font-weight: 650; }
.ov-words dt span, .ov-words dd .quiet {
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-words dt span { display: block; font-size: .82rem; }
.ov-words code, .ov-store code { font-size: .8rem; background: none; padding: 0;
  color: inherit; }
.ov-words .formula { display: inline-block; font-variant-numeric: tabular-nums; margin-top: .15rem;
  border-left: 3px solid color-mix(in srgb, currentColor 30%, transparent); padding-left: .5rem; }
[class*="st-key-data_store_"] { border-top: 1px solid
  color-mix(in srgb, currentColor 14%, transparent); padding-top: .4rem; }
[class*="st-key-data_store_"] > *:first-child { flex: 1 1 300px; }
@media (max-width: 900px) {
  .ov-facts { grid-template-columns: minmax(6rem, 9rem) 1fr; }
  .ov-facts > div > .m { grid-column: 1 / -1; border-top: 0; padding-top: 0; }
  .ov-words { grid-template-columns: minmax(7rem, 10rem) 1fr; }
}
</style>"""


def answer(headline: str, sentences: Iterable[str], view: View) -> None:
    """Show the first thing of a part: what is the case, and the sentences under it."""
    space = "" if view.language == "zh" else " "
    said = space.join(safe(sentence) for sentence in sentences)
    block(
        f'<section class="ov-answer" lang="{view.language}" aria-live="polite">'
        f"<h1>{safe(headline)}</h1><p>{said}</p></section>"
    )


def head(
    title: str, view: View, *, key: str, frame: pl.DataFrame | None = None, file: str = "",
    about: str = "",
) -> None:  # fmt: skip
    """Show a heading, with the download of what stands under it."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_head"):
        sub = f'<p class="ov-sub">{safe(about)}</p>' if about else ""
        block(f'<h2 class="ov-h2">{safe(title)}</h2>{sub}')
        if frame is not None:
            tables.download(frame, file, view.language, key=f"{key}_csv")


def facts(rows: Iterable[tuple[str, str, str]]) -> None:
    """Show names with their values, and a sentence about each."""
    cells = "".join(
        f'<div><dt>{safe(name)}</dt><dd class="v">{safe(value)}</dd>'
        f'<dd class="m">{safe(about)}</dd></div>'
        for name, value, about in rows
    )
    block(f'<dl class="ov-facts">{cells}</dl>')
