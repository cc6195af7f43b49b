"""What the pages look like on paper, and their tables in a form that can be printed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from overlap.dashboard.texts import text
from overlap.insights import wording

MOST_ROWS, SOME_ROWS = 30, 20
"""A table of no more rows is whole on paper; of a longer one there are some, the first.

The pages hold them unseen, so they cannot be many.
"""

INK, SHEET = "#1c2733", "#ffffff"
"""The colours of text and page on paper, whatever the theme on the screen."""

_CONTROLS = """
.stSelectbox, .stMultiSelect, .stButtonGroup, .stButton, .stDownloadButton, .stPageLink,
.stLinkButton, .stPopover, .stTextInput, .stTextArea, .stNumberInput, .stFileUploader, .stCheckbox,
.stRadio, .stSlider, .stDateInput, .stSpinner, .stToast, .stSkeleton, .stTooltipIcon,
header, .st-key-bar,
.st-key-tour, .st-key-tour_again, .modebar, .ov-screen,
.stElementContainer:has(.stDataFrame), .stCode button, .ov-copy,
[data-testid="stElementToolbar"], .stExpander:not(:has(details[open])), .stExpander summary svg,
.stExpander summary [data-testid="stIconMaterial"], [class*="_head"] .stDownloadButton
""".strip()

STYLE = f"""
.ov-print {{ display: none; }}
@media print {{
  @page {{ margin: 12mm; }}
  {_CONTROLS} {{ display: none !important; }}
  html, body, .stApp, .stMain, .stAppViewContainer, .stExpander, .stExpander * {{
    background: {SHEET} !important; }}
  .stApp, .stApp * {{ color: {INK} !important; }}
  .ov-card .pill, .ov-store .pill, .ov-list li small {{ opacity: 1; }}
  .stApp pre, .stApp code, .stAlert > * {{ background: #f4f6f8 !important; }}
  .stApp .stVerticalBlock {{ display: block !important; border-color: #b8c2cc !important; }}
  .stVerticalBlock > * {{ margin-bottom: .5rem; }}
  .stMainBlockContainer {{ padding: 0 !important; max-width: none !important; }}
  .ov-answer, .ov-card, .stCode, .ov-copyable, .stAlert, .ov-bars, .ov-figures, .ov-print tr,
  .ov-sets, .stPlotlyChart, [class*="st-key-"][class*="_card"], [class*="st-key-overlaps_part_"] {{
    break-inside: avoid; }}
  h1, h2, h3, .ov-h2, *:has(> [class*="_head"]), table.ov-print thead {{ break-after: avoid; }}
  [class*="_head"].stHorizontalBlock, .stApp [class*="_look"] {{ display: block !important; }}
  .stApp [class*="_look"] > * {{ width: 100% !important; max-width: none; margin-bottom: .8rem; }}
  [class*="_head"] {{ margin-top: .6rem; }}
  .stPlotlyChart .main-svg {{ background: transparent !important; }}
  .stPlotlyChart .gridlayer path, .stPlotlyChart .zerolinelayer path {{
    stroke: #d8dee5 !important; }}
  .stPlotlyChart .legend .bg {{ fill: transparent !important; }}
  .stElementContainer:has(> * > .stPlotlyChart), *:has(> .stPlotlyChart), .stPlotlyChart,
  .stPlotlyChart > *, .stPlotlyChart .svg-container {{
    width: 100% !important; height: auto !important; }}
  .stPlotlyChart .svg-container > .main-svg[viewBox] {{ width: 100% !important;
    height: auto !important; max-width: var(--ov-wide); max-height: 245mm; }}
  .stPlotlyChart .svg-container > .main-svg[viewBox]:first-child {{
    position: relative !important; display: block; }}
  .st-key-openings_chart .svg-container > .main-svg[viewBox] {{ max-height: 95mm; }}
  .st-key-overlaps_pair .svg-container > .main-svg[viewBox] {{ max-height: 90mm; }}
  .ov-foot p {{ font-size: inherit; margin: 0 !important; }}
  span.ov-print {{ display: inline; }}
  p.ov-print {{ display: block; }}
  table.ov-print {{ display: table; width: 100%; border-collapse: collapse; font-size: .74rem;
    line-height: 1.35; margin: .3rem 0 .6rem; font-variant-numeric: tabular-nums; }}
  .ov-print th, .ov-print td {{ text-align: right; padding: .2rem .35rem; font-weight: 400;
    border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent);
    vertical-align: baseline; overflow-wrap: break-word; }}
  .ov-print .t {{ text-align: left; }}
  .ov-print .d {{ white-space: nowrap; }}
  table.ov-print:not(:has(tbody tr:nth-child(11))) {{ break-inside: avoid; }}
  .ov-print thead th {{ font-weight: 650; vertical-align: bottom; }}
  .ov-print caption {{ caption-side: bottom; text-align: left; font-size: .74rem;
    padding: .2rem .35rem; }}
}}
@media print and (orientation: landscape) {{
  .stPlotlyChart .svg-container > .main-svg[viewBox] {{ max-height: 118mm; }}
  .st-key-overlaps_pair .svg-container > .main-svg[viewBox] {{ max-height: 55mm; }}
}}
"""


def table(
    shown: pl.DataFrame, config: Mapping[str, Any], language: str, of: int | None = None
) -> str:
    """Return the first rows of a table as HTML that only paper shows, safe already.

    `config` is how streamlit was told to write the columns, `of` how many rows there are where not
    all are `shown`. A table to scroll would be cut off.
    """
    rows = shown if len(shown) <= MOST_ROWS else shown.head(SOME_ROWS)
    heads, columns = "", []
    for name in rows.columns:
        values, how = rows[name], config.get(name) or {}
        if values.dtype.is_nested():
            continue
        side = "" if values.dtype.is_numeric() else ' class="t"'
        side = ' class="t d"' if values.dtype.is_temporal() else side
        label = how.get("label") or name
        heads += f'<th scope="col"{side}>{html.escape(str(label))}</th>'
        form = (how.get("type_config") or {}).get("format") or ""
        columns.append([f"<td{side}>{html.escape(_written(v, form))}</td>" for v in values])
    lines = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
    caption = rest(len(rows), of or len(shown), language)
    return (
        f'<table class="ov-print">{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )


def rest(there: int, of: int, language: str) -> str:
    """Return a caption that says how many rows are not on paper, nothing where all are."""
    if there >= of:
        return ""
    cut = text("rows_some", language, shown=f"{there:,}", all=f"{of:,}")
    return f"<caption>{html.escape(cut)}</caption>"


def _written(value: Any, form: str) -> str:
    """Write a value as streamlit would in one of its formats."""
    if value is None:
        return "–"
    if isinstance(value, date):
        pattern = form or "YYYY-MM-DD"
        for theirs, ours in (
            ("YYYY", "%Y"),
            ("MM", "%m"),
            ("DD", "%d"),
            ("HH", "%H"),
            ("mm", "%M"),
        ):
            pattern = pattern.replace(theirs, ours)
        return value.strftime(pattern)
    if isinstance(value, str) or not isinstance(value, int | float):
        return str(value)
    if form == "percent":
        return wording.percent(value)
    if form == "localized" or not form:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")
    return form % value if value == value else "–"
