"""The pages on paper: dark on white, whole, without controls, the answer first."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
import streamlit as st
from browsing import at_rest

from overlap.dashboard import paper

UPRIGHT = ("", "overlaps", "segment?tab=profile&expr=category:%22电视 TV%22", "demand", "data")
LYING = (
    "overlaps?tab=sets", "segment?tab=reach&expr=category:%22电视 TV%22", "demand?tab=trends",
    "demand?tab=language", "demand?tab=map",
)  # fmt: skip
A4 = (186, 273)
"""Millimetres of a sheet between its margins."""
ON_PAPER = """() => {
  const seen = e => e.checkVisibility() && e.getBoundingClientRect().height > 0;
  const all = (what, test = () => true) =>
    [...document.querySelectorAll(what)].filter(e => seen(e) && test(e));
  const name = e => `${e.tagName} ${e.className.baseVal ?? e.className}`;
  const beyond = e => e.getBoundingClientRect().right > innerWidth + 1;
  const words = all('.stApp h1, .stApp h2, .stApp p, .stApp td, .stApp dd, .stApp footer');
  return {
    controls: all('button, input, textarea, [role=radio], nav, .modebar, canvas').map(name),
    first: words[0].tagName,
    inks: [...new Set(words.map(e => getComputedStyle(e).color))],
    sheet: getComputedStyle(document.querySelector('.stApp')).backgroundColor,
    beyond: all('.stMain *:not(.main-svg *)', beyond).map(name).slice(0, 5),
    charts: all('.stPlotlyChart').length,
    cut: all('.stPlotlyChart .svg-container > .main-svg:first-child', e => {
      const [, , wide, high] = (e.getAttribute('viewBox') || '0 0 0 0').split(' ').map(Number);
      const box = e.getBoundingClientRect();
      return !wide || box.width > innerWidth || box.height > high + 1;
    }).map(name),
    grids: document.querySelectorAll('.stDataFrame').length,
    tables: all('table.ov-print', e => e.tBodies[0].rows.length > 0).length,
  };
}"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("lying", [False, True], ids=["upright", "lying"])
def test_every_page_is_whole_on_paper_in_dark_ink_whatever_the_theme(visit, lying):
    page = visit(f"?lang={'zh' if lying else 'en'}", color_scheme="dark")
    base = page.url.partition("?")[0]
    wide, high = (round(mm / 25.4 * 96) for mm in (A4[::-1] if lying else A4))
    for address in LYING if lying else UPRIGHT:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(media="screen")
        page.goto(base + address)
        at_rest(page)
        page.wait_for_selector(".stPlotlyChart .main-svg" if address != "data" else "canvas")
        page.wait_for_function(
            """() => !document.querySelector('.stSkeleton')
                 && [...document.querySelectorAll('.stPlotlyChart')].every(
                   e => e.querySelector('.main-svg'))"""
        )
        page.emulate_media(media="print")
        page.set_viewport_size({"width": wide, "height": high})
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        seen = page.evaluate(ON_PAPER)
        assert seen["controls"] == [], address
        assert seen["first"] == "H1", address
        assert seen["inks"] == ["rgb(28, 39, 51)"], address
        assert seen["sheet"] == "rgb(255, 255, 255)", address
        assert seen["beyond"] == [], address
        assert seen["cut"] == [], address
        assert seen["tables"] >= seen["grids"] - page.locator("details .stDataFrame").count()
        assert seen["charts"] > 0 or address == "data", address


def test_a_table_is_printed_as_the_screen_writes_it():
    number = st.column_config.NumberColumn
    rows = pl.DataFrame(
        {
            "name": ["电视 <TV>", None],
            "users": [12345.0, 7.0],
            "share": [0.1234, None],
            "odds": [2.0, 1.25],
            "day": [date(2026, 5, 4), date(2026, 5, 11)],
            "line": [[1.0], [2.0]],
        }
    )
    config = {
        "name": st.column_config.TextColumn("Name & kind"),
        "users": number("Users", format="localized"),
        "share": number("Share", format="percent"),
        "odds": number("Odds", format="%.1f×"),
        "day": st.column_config.DateColumn("Day", format="YYYY-MM-DD"),
    }
    printed = paper.table(rows, config, "en")
    assert "Name &amp; kind" in printed
    assert "line" not in printed
    for cells in (
        '<tr><td class="t">电视 &lt;TV&gt;</td><td>12,345</td><td>12.3%</td><td>2.0×</td>'
        '<td class="t d">2026-05-04</td></tr>',
        '<tr><td class="t">–</td><td>7</td><td>–</td><td>1.2×</td>',
    ):
        assert cells in printed
    assert "<caption>" not in printed


@pytest.mark.parametrize(
    ("rows", "printed"), [(0, 0), (paper.MOST_ROWS, paper.MOST_ROWS), (31, 20), (5000, 20)]
)
def test_a_long_table_is_printed_in_part_and_says_so(rows, printed):
    table = paper.table(pl.DataFrame({"n": range(rows)}), {}, "en")
    assert table.count("<td>") == printed
    assert (f"first 20 of {rows:,} rows" in table) == (printed < rows)
