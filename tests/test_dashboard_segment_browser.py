"""Journeys through the segment builder, in a real Chromium on the sample community."""

from __future__ import annotations

import tomllib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browsing import IDLE
from dashboards import ROOT

from overlap.panel import open_panel

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERO = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))["hero"]
PAIR = f'category:"{HERO["category"]}" & interest:"{HERO["interest"]}"'
UNREACHED = f'({PAIR}) - brand:"{HERO["brand"]}"'


def link(**query: str) -> str:
    return "segment?" + urlencode({"category": HERO["category"], "brand": HERO["brand"], **query})


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def says(page, *words: str) -> None:
    """Wait until the first sentence has these words and the page is at rest."""
    page.wait_for_function(
        "words => words.every(w => document.querySelector('.ov-answer h1')?.innerText.includes(w))",
        arg=words,
    )
    page.wait_for_selector(f"{IDLE} .ov-foot")


def choose(page, which: str, typed: str) -> None:
    """Type into a list, and take the first that is offered."""
    page.locator(f".st-key-segment_{which} input").click()
    page.keyboard.type(typed)
    page.get_by_role("option").filter(has_text=typed).first.wait_for()
    page.keyboard.press("Enter")


def test_a_segment_is_built_by_typing_saved_and_opened_from_its_link(visit, store):
    page = visit(link(expr=PAIR))
    says(page, "4,104 users (exact)")
    choose(page, "exclude", "Chengguang")
    says(page, f"{HERO['unreached_users']:,} users (exact)", HERO["brand"])
    assert query(page)["expr"] == UNREACHED
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_label("Name").fill("TV gamers to win")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved as TV gamers to win.").wait_for()
    page.wait_for_selector(f"{IDLE} .ov-foot")
    assert query(page)["saved"] == "TV gamers to win"
    fresh = visit("segment?" + urlsplit(page.url).query)
    says(fresh, f"{HERO['unreached_users']:,} users (exact)")
    assert "This is “TV gamers to win”, version 1" in fresh.locator(".ov-editing").inner_text()
    fresh.locator(".st-key-segment_exclude", has_text=HERO["brand"]).wait_for()
    assert fresh.locator(".st-key-segment_exclude").inner_text() == (
        page.locator(".st-key-segment_exclude").inner_text()
    )


def test_a_text_with_a_typo_is_corrected_by_a_click_in_another_language(visit, store):
    page = visit(link(expr=PAIR))
    says(page, "4,104")
    text = page.locator(".st-key-segment_text textarea")
    text.fill(PAIR.replace("Esports", "Esport") + ' | interest:"足球 Football"')
    text.press("Control+Enter")
    says(page, "There is no audience")
    assert page.locator(".ov-place mark").inner_text() == 'interest:"电竞 Esport"'
    assert "4,104 users (exact)" in page.locator(".ov-answer h2").inner_text()
    page.get_by_text("中文", exact=True).click()
    says(page, "此数据中没有人群")
    page.locator(".st-key-segment_meant_0 button").click()
    users = open_panel(store)[1].size(f'{PAIR} | interest:"足球 Football"').value
    says(page, f"{users:,.0f} 人（精确）" if users < 9999.5 else "人（精确）")
    assert query(page)["expr"] == f'{PAIR} | interest:"足球 Football"'


@pytest.mark.parametrize("tab", ["profile", "reach"])
def test_the_first_screen_holds_the_answer_and_nothing_is_cut_off(visit, tab):
    page = visit(link(expr=UNREACHED, tab=tab))
    page.wait_for_selector(".js-plotly-plot .xaxislayer-above")
    for part in (".ov-answer", ".st-key-segment_text", ".st-key-segment_save"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 900
    for width in (1440, 800):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("innerWidth === " + str(width))
        main = page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
