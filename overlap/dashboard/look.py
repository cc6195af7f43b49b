"""What the pages' own HTML looks like. It takes its colours from the theme around it."""

from __future__ import annotations

import html

import streamlit as st

from overlap.charts import SELECTED
from overlap.dashboard import paper
from overlap.dashboard.texts import text

ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 35 35">
<circle cx="12" cy="17.5" r="11" fill="#3085bd" fill-opacity="0.8"/>
<circle cx="23" cy="17.5" r="11" fill="#e66100" fill-opacity="0.8"/></svg>"""
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="132" height="28" viewBox="0 0 132 28">
<circle cx="12" cy="14" r="10" fill="#3085bd" fill-opacity="0.75"/>
<circle cx="23" cy="14" r="10" fill="#e66100" fill-opacity="0.75"/>
<text x="42" y="20" font-family="-apple-system, 'Segoe UI', Roboto, 'Noto Sans',
 'Noto Sans CJK SC', sans-serif"
 font-size="20" font-weight="650"
 fill="#3085bd">overlap</text></svg>"""

SOLID, ON_SOLID = "#1b6aa9", "#ffffff"
"""What is filled, and the text on it: the light blue of the dark theme is too light for text."""
QUIET = 68
"""Percent of the text's colour that quiet text has; the rest is what is behind it."""

_CSS = f"""
<style>
.stMainBlockContainer {{ max-width: 1500px; padding-left: 2rem; padding-right: 2rem; }}
.st-key-bar > * {{ flex-basis: 165px; }}
.st-key-bar > .st-key-bar_language, .st-key-bar > .st-key-bar_share {{ flex: 0 0 auto;
  width: auto; }}
@media (max-width: 1000px) {{ .st-key-bar > * {{ flex-basis: 215px; }} }}
.ov-answer h1 {{ font-size: 1.55rem; line-height: 1.25; font-weight: 650; margin: 0 0 .3rem;
  padding: 0; letter-spacing: -.01em; }}
.ov-answer p {{ margin: 0; font-size: 1rem; line-height: 1.5; }}
.ov-answer .quiet, .ov-card .quiet, .ov-foot, .ov-sub {{
  color: color-mix(in srgb, currentColor {QUIET}%, transparent); }}
.ov-sub {{ font-size: .85rem; margin: 0; }}
.ov-h2 {{ font-size: 1.02rem; font-weight: 650; margin: 0; padding: 0; line-height: 1.3; }}
.ov-foot {{ font-size: .8rem; line-height: 1.5; overflow-wrap: anywhere; }}
.ov-card {{ font-size: .88rem; line-height: 1.4; }}
.ov-card h2 {{ font-size: 1.15rem; font-weight: 650; margin: 0; padding: 0; line-height: 1.3;
  overflow-wrap: anywhere; }}
.ov-card .head {{ display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline;
  margin-bottom: .35rem; }}
.ov-card .pill {{ font-size: .75rem; border: 1px solid currentColor; border-radius: 1rem;
  padding: 0 .5rem; white-space: nowrap; opacity: .85; }}
.ov-card .why {{ margin: 0 0 .6rem; border-left: 3px solid {SELECTED}; padding-left: .6rem; }}
.ov-bars {{ display: grid; grid-template-columns: minmax(6rem, max-content) 1fr max-content;
  gap: .2rem .6rem; align-items: center; margin-bottom: .65rem; }}
.ov-bars .track {{ height: .62rem; border-radius: .2rem;
  background: color-mix(in srgb, currentColor 8%, transparent); }}
.ov-bars .fill {{ height: 100%; border-radius: .2rem; min-width: 2px; }}
.ov-bars .a {{ background: {SELECTED}; }}
.ov-bars .b {{ background: color-mix(in srgb, currentColor 42%, transparent); }}
.ov-bars .n {{ text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }}
.ov-bars .gap {{ grid-column: 1 / -1; height: .15rem; }}
.ov-card .ov-figures {{ display: grid;
  grid-template-columns: repeat(auto-fill, minmax(8.2rem, 1fr));
  gap: .5rem .9rem; margin: 0; padding: 0 !important; }}
.ov-figures div {{ min-width: 0; }}
.ov-figures dt {{ font-size: .76rem; margin: 0;
  color: color-mix(in srgb, currentColor {QUIET}%, transparent); }}
.ov-figures dd {{ margin: 0; }}
.ov-figures dd b {{ font-size: 1.08rem; font-weight: 650; font-variant-numeric: tabular-nums; }}
.ov-figures dd small {{ display: block; font-size: .74rem; line-height: 1.25;
  color: color-mix(in srgb, currentColor {QUIET}%, transparent); }}
.stPlotlyChart text {{ fill: currentColor !important; }}
.stPlotlyChart .hoverlayer text {{ font-size: 12px !important; }}
.ov-copyable {{ display: flex; gap: .6rem; align-items: flex-start; border-radius: .5rem;
  padding: .45rem .6rem; margin-top: .25rem;
  background: color-mix(in srgb, currentColor 6%, transparent); }}
.ov-copyable code {{ flex: 1 1 0; min-width: 0; padding: 0; background: none; color: inherit;
  font-size: .82rem; white-space: pre-wrap; overflow-wrap: anywhere; }}
.ov-copy {{ flex: none; font: inherit; font-size: .78rem; color: inherit; cursor: pointer;
  background: none; border-radius: .4rem; padding: .05rem .5rem;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }}
.ov-copy:hover {{ border-color: currentColor; }}
.ov-copy:focus-visible {{ outline: 2px solid currentColor; outline-offset: 2px; }}
.ov-empty h1 {{ font-size: 1.35rem; margin: 0 0 .5rem; padding: 0; font-weight: 650;
  overflow-wrap: anywhere; }}
.ov-empty p {{ margin: 0 0 .4rem; overflow-wrap: anywhere; }}
.stPlotlyChart .modebar {{ opacity: .75 !important; }}
[class*="_head"].stHorizontalBlock, [class*="_head"] > .stHorizontalBlock {{ gap: .25rem .75rem; }}
[class*="_head"] .stDownloadButton button {{ padding: .1rem .5rem; min-height: 1.7rem; }}
[data-testid="stCaptionContainer"] {{ opacity: 1 !important;
  color: color-mix(in srgb, currentColor {QUIET}%, transparent) !important; }}
button[kind="primary"]:not(:disabled), [data-tag] {{
  background: {SOLID} !important; border-color: {SOLID} !important; color: {ON_SOLID} !important; }}
button[kind="primary"]:not(:disabled):hover {{
  background: color-mix(in srgb, {SOLID} 85%, #000) !important; }}
</style>
"""


def dress(language: str) -> None:
    """Put the logo and the style sheet on the page."""
    st.logo(LOGO, size="large")
    # What the chart's own button says is not ours to translate, but ours to replace.
    said = f'.modebar-btn::after {{ content: "{text("png", language)}" !important; }}'
    st.html(_CSS.replace("</style>", f"{said}\n{paper.STYLE}</style>"))


def safe(value: object) -> str:
    """Return text that may stand in HTML."""
    return html.escape(str(value))


def plain(said: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!$~|<>:" else c for c in said)


def block(body: str) -> None:
    """Show HTML whose values are safe already."""
    st.html(body)
