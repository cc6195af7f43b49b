"""Journeys on the page demand, in a real Chromium against a real server on the sample community."""

from __future__ import annotations

import io
import tomllib
from urllib.parse import parse_qs, quote, urlsplit

import polars as pl
import pytest
from browsing import IDLE
from dashboards import ROOT

from overlap.insights.needs import needs
from overlap.insights.needs_map import needs_map
from overlap.panel import open_panel

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TRUTHS = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))
BURST, HERO = TRUTHS["burst"], TRUTHS["hero"]
PLACE = """name => {
  const plot = [...document.querySelectorAll('.js-plotly-plot')].find(p => p.data.some(
      trace => (trace.customdata || []).some(data => data[1] === name)));
  const size = plot?._fullLayout;
  if (!size) return null;
  for (const trace of plot.data) {
    const i = (trace.customdata || []).findIndex(data => data[1] === name);
    if (i < 0 || (trace.type !== 'bar' && !trace.marker?.size?.length)) continue;
    const box = plot.getBoundingClientRect();
    const x = trace.xaxis === 'x2' ? size.xaxis2 : size.xaxis;
    const across = trace.type === 'bar' ? trace.x[i] / 2 : trace.x[i];
    return [box.x + x._offset + x.d2p(across), box.y + size._size.t + size.yaxis.d2p(trace.y[i])];
  }
}"""


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click(page, name: str) -> None:
    page.wait_for_function(f"name => ({PLACE})(name)", arg=name)
    at = page.evaluate(PLACE, name)
    page.mouse.move(*at)
    page.wait_for_selector(".hoverlayer .hovertext")
    page.mouse.click(*at)


def shows(page, name: str) -> None:
    page.wait_for_function(
        "name => document.querySelector('.ov-card h2')?.innerText === name", arg=name
    )
    page.wait_for_selector(IDLE)


def test_a_planted_need_is_found_clicked_and_followed_in_another_language(visit, store):
    page = visit(f"demand?category={quote(BURST['category'])}&lang=en")
    headline = page.locator(".ov-answer h1").inner_text()
    assert BURST["interest"] in headline
    assert BURST["category"] in headline
    opened, panel = open_panel(store)
    found = needs(panel, category=BURST["category"], policy=opened.policy)
    with page.expect_download() as download:
        page.locator(".st-key-demand_needs_table_csv button").first.click()
    rows = pl.read_csv(io.BytesIO(download.value.path().read_bytes()))
    assert rows["name"].to_list() == found["name"].to_list()
    assert rows["users"].to_list() == found["users"].to_list()
    second = found["name"][1]
    for name in (second, found["name"][0], second):
        click(page, name)
        shows(page, name)
    page.get_by_text("中文", exact=True).click()
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=zh]")
    shows(page, second)
    page.locator(".st-key-demand_to_trend button").click()
    page.wait_for_function("() => location.search.includes('tab=trends')")
    page.wait_for_selector(f"{IDLE} .st-key-demand_trend .js-plotly-plot")
    assert second in page.locator(".ov-answer h1").inner_text()
    assert query(page)["of"].endswith(f"term:{second}")
    fresh = visit("demand?" + urlsplit(page.url).query)
    for part in (".ov-answer", ".ov-card"):
        assert fresh.locator(part).first.inner_text() == page.locator(part).first.inner_text()


def test_an_audience_of_the_map_and_its_words_can_be_reached_by_clicks(visit, store):
    page = visit(f"demand?tab=map&category={quote(HERO['category'])}&lang=en")
    opened, panel = open_panel(store)
    edges = needs_map(panel, category=HERO["category"], policy=opened.policy).edges
    click(page, HERO["interest"])
    shows(page, HERO["interest"])
    first = edges.filter(
        (pl.col("name") == HERO["interest"]) | (pl.col("other") == HERO["interest"])
    )
    ends = {first["name"][0], first["other"][0]}
    (other,) = ends - {HERO["interest"]}
    assert other in page.locator(".st-key-demand_card").inner_text()
    page.locator(".st-key-demand_to_language button").click()
    page.wait_for_selector(f"{IDLE} .st-key-demand_language .js-plotly-plot")
    headline = page.locator(".ov-answer h1").inner_text()
    planted = [pair["word"] for pair in TRUTHS["language"]["pairs"]]
    assert sum(word in headline for word in planted) >= 2


def test_nothing_is_cut_off_on_a_narrow_page(visit):
    asked = f"category={quote(HERO['category'])}&opening={quote(HERO['interest'])}&lang=zh"
    page = visit(f"demand?{asked}", width=800, color_scheme="dark")
    parts = {"needs_list": None, "trend": "趋势", "language": "用语", "map": "需求地图"}
    for part, tab in parts.items():
        if tab is not None:
            page.locator(".st-key-demand_tab").get_by_text(tab, exact=True).click()
        page.wait_for_selector(f"{IDLE} .st-key-demand_{part} .js-plotly-plot .main-svg")
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") == 0
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.ov-answer, .ov-card, .ov-foot,'
                 + ' .stPlotlyChart, [data-testid=stDataFrame], [data-testid=stButtonGroup]')]
                 .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                 .map(e => e.className)"""
        )
        assert wide == []
