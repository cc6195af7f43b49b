"""A visitor's way from a cell to a segment, in a real Chromium against the sample community."""

from __future__ import annotations

import tomllib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browsing import IDLE
from dashboards import ROOT

from overlap.insights import wording
from overlap.insights.matrix import pair
from overlap.panel import open_panel

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERO = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))["hero"]
TV, ESPORTS = f'category:"{HERO["category"]}"', f'interest:"{HERO["interest"]}"'
PLACE = """([row, column]) => {
  const plot = document.querySelector('.js-plotly-plot'), size = plot._fullLayout;
  const cells = plot.data[plot.data.length - 1];
  const i = cells.customdata.findIndex(data => data[0] === row && data[1] === column);
  const box = plot.getBoundingClientRect();
  return [box.x + size._size.l + size.xaxis.d2p(cells.x[i]),
          box.y + size._size.t + size.yaxis.d2p(cells.y[i])];
}"""


def ready(page):
    page.wait_for_selector(f"{IDLE} .ov-answer h1")
    page.wait_for_selector(".js-plotly-plot .points path", state="attached")
    return page


def says(page, *names: str) -> None:
    """Wait until the answer names these audiences and the page is at rest."""
    page.wait_for_function(
        """names => names.every(
             name => document.querySelector('.ov-answer h1')?.innerText.includes(name))""",
        arg=list(names),
    )
    page.wait_for_selector(IDLE)


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click_cell(page, row: str, column: str) -> None:
    x, y = page.evaluate(PLACE, [row, column])
    # Beside the middle: anywhere in a cell is the cell.
    page.mouse.move(x + 12, y + 4)
    page.wait_for_function(
        "row => document.querySelector('.hoverlayer .hovertext')?.textContent.includes(row)",
        arg=row,
    )
    page.mouse.click(x + 12, y + 4)


def test_a_cell_leads_to_its_pair_and_to_a_segment_that_a_link_restores(visit, store):
    page = ready(visit("overlaps?lang=en"))
    says(page, HERO["category"], HERO["interest"], "1.9 times")
    for part in (page.locator(".ov-answer"), page.locator(".js-plotly-plot").nth(0)):
        assert part.bounding_box()["y"] < 450
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.same = 'yes'")
    click_cell(page, "美食 Food", HERO["category"])
    says(page, "美食 Food", "no different from chance")
    click_cell(page, HERO["interest"], HERO["category"])
    says(page, HERO["interest"], "1.9 times")
    assert page.locator(".js-plotly-plot").first.get_attribute("data-same") == "yes"
    assert (query(page)["a"], query(page)["b"]) == (ESPORTS, TV)
    fresh = ready(visit("overlaps?" + urlsplit(page.url).query))
    assert fresh.locator(".ov-answer").inner_text() == page.locator(".ov-answer").inner_text()
    opened, panel = open_panel(store)
    told = pair(panel, ESPORTS, TV, brand=HERO["brand"], policy=opened.policy)
    for part, users in told.parts.select("part", "users").iter_rows():
        if part not in ("first", "second"):
            row = fresh.locator(f".st-key-overlaps_part_{part}")
            assert wording.users(users) in row.inner_text()
    fresh.locator(".st-key-overlaps_part_only_second").get_by_role("link").click()
    fresh.wait_for_url("**/segment?**")
    assert query(fresh)["expr"] == f"{TV} - {ESPORTS}"


def test_any_audience_is_found_by_typing_and_a_typo_changes_nothing(visit):
    page = ready(visit("overlaps?" + urlencode({"a": TV, "b": ESPORTS, "lang": "en"})))
    says(page, HERO["category"], HERO["interest"])
    box = page.locator(".st-key-overlaps_b input")
    box.click()
    box.fill("Console")
    page.get_by_role("option").filter(has_text="主机游戏 Console games").click()
    says(page, "主机游戏 Console games")
    box.click()
    box.fill("interest:nobody & (")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-testid=stAlert]")
    says(page, "主机游戏 Console games")
    assert "interest:nobody & (" in page.locator("[data-testid=stAlert]").inner_text()
    assert query(page)["b"] == 'interest:"主机游戏 Console games"'
