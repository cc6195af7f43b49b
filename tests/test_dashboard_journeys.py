"""The journeys across pages, in a real Chromium: from an answer to a file, and back by a link."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from browsing import IDLE, at_rest
from dashboards import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TRUTHS = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))
HERO = TRUTHS["hero"]


def members_without_the_brand() -> set[int]:
    """Return the users of the planted opening whom the brand does not reach, counted plainly."""
    events = pl.read_parquet(ROOT / "sample_data" / "events.parquet")

    def users(kind: str) -> set[int]:
        named = events.select("user_id", kind)
        if named.schema[kind] == pl.List:
            named = named.explode(kind)
        return set(named.filter(pl.col(kind) == HERO[kind])["user_id"])

    return (users("category") & users("interest")) - users("brand")


def own(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def goes_to(page, name: str) -> None:
    page.wait_for_function("name => location.pathname.endsWith(name)", arg=f"/{name}")
    at_rest(page)


def test_a_newcomer_goes_from_the_opening_to_the_file_of_its_members(visit):
    page = visit()
    assert HERO["interest"] in page.locator(".ov-answer h1").inner_text()
    page.locator(".ov-tour").wait_for()
    page.get_by_role("link", name="Build segment").first.click()
    goes_to(page, "segment")
    truth = members_without_the_brand()
    says(page, f"{len(truth):,}")
    page.locator(".st-key-segment_tab").get_by_role("radio").last.click()
    page.get_by_role("button", name=re.compile("Prepare")).first.click()
    button = page.get_by_role("button", name=re.compile("Download CSV")).first
    button.wait_for()
    with page.expect_download() as waiting:
        button.click()
    content = Path(waiting.value.path()).read_bytes()
    found = pl.read_csv(io.BytesIO(content))
    assert set(found.to_series(0)) == truth
    assert len(found) == len(truth)


def test_language_and_theme_can_change_half_way(visit):
    page = visit(f"overlaps?category={HERO['category']}&brand={HERO['brand']}")
    before = own(page)
    number = re.search(r"[\d.]+%", page.locator(".ov-answer h1").inner_text())
    page.get_by_text("中文", exact=True).first.click()
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=zh]")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """() => Math.max(...getComputedStyle(document.querySelector('[data-testid=stApp]'))
             .backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)) < 100"""
    )
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=zh]")
    assert own(page) == {**before, "lang": "zh"}
    assert number
    assert number[0] in page.locator(".ov-answer h1").inner_text()
    page.get_by_text("EN", exact=True).first.click()
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=en]")
    assert own(page) == before


def test_a_segment_from_an_overlap_is_saved_and_opens_from_its_link_elsewhere(visit):
    page = visit(
        f'overlaps?category={HERO["category"]}&a=category:"{HERO["category"]}"'
        f'&b=interest:"{HERO["interest"]}"'
    )
    page.locator(".st-key-overlaps_part_both").get_by_role("link").click()
    goes_to(page, "segment")
    says(page, "4,104 users (exact)")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_label("Name").fill("A pair")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved as A pair.").wait_for()
    page.wait_for_selector(f"{IDLE} .ov-foot")
    fresh = visit("segment?" + urlsplit(page.url).query)
    says(fresh, "4,104 users (exact)")
    assert own(fresh) == own(page)
    saved = visit("saved?name=A pair")
    saved.get_by_role("heading", name="A pair").wait_for()


def says(page, said: str) -> None:
    page.wait_for_function(
        "said => document.querySelector('.ov-answer')?.innerText.includes(said)", arg=said
    )
