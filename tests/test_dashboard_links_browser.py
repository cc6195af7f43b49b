"""Links to share, opened by somebody else: a fresh Chromium sees what their sender saw."""

from __future__ import annotations

import tomllib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browsing import at_rest
from dashboards import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERO = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))["hero"]
PAIR = f'category:"{HERO["category"]}" & interest:"{HERO["interest"]}"'
CHOSEN = {"category": HERO["category"], "brand": HERO["rival"], "from": "2026-02-02"}
VIEWS = {
    "": {"by": "tgi", "opening": "足球 Football", "lang": "zh"},
    "overlaps": {"rows": "brand", "columns": "interest"},
    "overlaps sets": {"tab": "sets"},
    "segment": {"expr": f'({PAIR}) - brand:"{HERO["brand"]}"', "tab": "reach"},
    "demand": {},
    "demand trends": {"tab": "trends", "lang": "zh"},
    "demand language": {"tab": "language"},
    "demand map": {"tab": "map"},
    "saved": {},
    "data": {"tab": "glossary", "lang": "zh"},
}
SEEN = """() => ({
  path: location.pathname,
  said: [...document.querySelectorAll('.ov-answer h1, .ov-empty h1, .ov-answer p, .ov-card h2')]
    .map(e => e.innerText),
  chosen: [...document.querySelectorAll('[data-testid=stSelectbox], [data-testid=stMultiSelect],'
      + ' [data-testid=stTextArea] textarea, [aria-checked=true], [data-testid$="Active"]')]
    .map(e => [...e.querySelectorAll('input'), e].map(i => i.value || i.innerText).join('|')),
})"""


def shared(page) -> str:
    """Return the link that the bar offers."""
    page.locator(".st-key-bar_share button").click()
    link = page.locator("[data-testid=stPopoverBody] .ov-copyable code")
    link.wait_for()
    said = link.inner_text()
    page.keyboard.press("Escape")
    return said


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize("name", VIEWS)
def test_whoever_opens_the_link_of_a_page_sees_the_same(visit, name):
    page = visit(name.split(" ")[0] + "?" + urlencode({**CHOSEN, **VIEWS[name]}))
    link = shared(page)
    assert query(link) == query(page.url)
    fresh = visit(link)
    assert fresh.evaluate(SEEN) == page.evaluate(SEEN)
    assert query(fresh.url) == query(page.url)
    assert shared(fresh) == link


@pytest.mark.parametrize("name", ["", "segment", "saved"])
def test_a_link_holds_below_the_path_the_dashboard_is_served_at(visit, address_below, name):
    page = visit(name + "?" + urlencode({**CHOSEN, **VIEWS[name]}), at=address_below)
    link = shared(page)
    assert link.startswith(f"{address_below}{name}?")
    fresh = visit(link)
    assert fresh.evaluate(SEEN) == page.evaluate(SEEN)
    assert query(fresh.url) == query(page.url)


def test_the_link_follows_what_is_chosen_on_the_page_and_in_the_menu(visit):
    page = visit("demand?" + urlencode(CHOSEN))
    before = shared(page)
    page.get_by_test_id("stMain").get_by_text("Trends", exact=True).click()
    page.wait_for_url("**tab=trends**")
    at_rest(page)
    assert query(shared(page)) == {**query(before), **query(page.url)} != query(before)
    page.get_by_role("link", name="Overlaps", exact=True).first.click()
    page.wait_for_url("**/overlaps?**")
    at_rest(page)
    link = shared(page)
    assert urlsplit(link).path == "/overlaps"
    assert query(link) == query(page.url)
