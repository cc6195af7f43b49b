"""The pages for who has no mouse, does not see them, or sees little of them at once."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import unquote_plus

import pytest
from browsing import IDLE, at_rest
from dashboards import ROOT

from overlap.dashboard import look, paper

EXPRESSION = "category:%22电视 TV%22"
PAGES = (
    "", "overlaps", "overlaps?tab=sets", "segment", f"segment?tab=profile&expr={EXPRESSION}",
    f"segment?tab=reach&expr={EXPRESSION}", f"segment?tab=export&expr={EXPRESSION}", "demand",
    "demand?tab=trends", "demand?tab=language", "demand?tab=map", "saved", "data",
    "data?tab=precision", "data?tab=glossary", "data?tab=upload",
)  # fmt: skip
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
HEARD = """() => {
  const all = what => [...document.querySelectorAll(what)].filter(e => e.checkVisibility());
  const named = e => (e.getAttribute('aria-label') || e.innerText || e.title
    || (e.labels && [...e.labels].map(l => l.innerText).join()) || e.getAttribute('aria-labelledby')
    || '').trim();
  const levels = all('main h1, main h2, main h3, main h4').map(e => Number(e.tagName[1]));
  return {
    language: document.documentElement.lang,
    titles: levels.filter(level => level === 1).length,
    skipped: levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1),
    unnamed: all('main button, main a, main input, main textarea, main [role=radio]')
      .filter(e => e.type !== 'file' && !named(e)).map(e => e.outerHTML.slice(0, 200)),
    silent: all('.stPlotlyChart, .stDataFrame, main img').filter(e => !e.getAttribute('aria-label')
      && !e.getAttribute('alt') && !e.querySelector('[aria-label][role=img], [aria-label][role=region]')
      && !e.closest('[aria-label]')).map(e => e.outerHTML.slice(0, 200)),
    marks: ['main', 'nav', 'header'].filter(what => document.querySelectorAll(what).length !== 1),
    wide: [document.documentElement, document.querySelector('.stMain')]
      .map(e => e.scrollWidth - e.clientWidth),
  };
}"""  # noqa: E501


@pytest.mark.browser
@pytest.mark.slow
def test_every_page_can_be_heard_and_is_not_wider_than_the_window(visit):
    page = visit("?lang=zh")
    base = page.url.partition("?")[0]
    for address in PAGES:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(base + address + ("&" if "?" in address else "?") + "lang=zh")
        at_rest(page)
        heard = page.evaluate(HEARD)
        assert heard["language"] == "zh-CN", address
        assert heard["titles"] == 1, address
        for nothing in ("skipped", "unnamed", "silent", "marks"):
            assert heard[nothing] == [], (address, nothing)
        assert heard["wide"] == [0, 0], address
        page.set_viewport_size({"width": 800, "height": 900})
        page.wait_for_function(
            "() => document.querySelector('.stMain').scrollWidth <= innerWidth"
            " && document.documentElement.scrollWidth <= innerWidth",
            timeout=5_000,
        )


@pytest.mark.browser
@pytest.mark.slow
def test_a_row_is_chosen_by_keys_alone_and_the_answer_is_told(visit):
    page = visit("?lang=en")
    page.wait_for_selector(".st-key-openings_ranking canvas [role=gridcell]", state="attached")
    told = page.locator("[role=status].ov-told")
    page.wait_for_function("() => document.querySelector('.ov-told').textContent")
    assert told.text_content() == page.locator(".ov-answer h1").inner_text()
    page.locator(".st-key-openings_csv button").first.focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    first = page.locator(".ov-card h2").inner_text()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        try:
            page.wait_for_function(
                "name => document.querySelector('.ov-card h2').innerText !== name",
                arg=first,
                timeout=3_000,
            )
        except Exception:
            # Where the browser is slow, a key may come before the table listens.
            continue
        break
    page.wait_for_selector(IDLE)
    chosen = page.locator(".ov-card h2").inner_text()
    assert chosen != first
    assert f"opening={chosen}" in unquote_plus(page.url)
    page.get_by_text("中文", exact=True).click()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    page.wait_for_function(
        "() => document.querySelector('.ov-told').textContent"
        " === document.querySelector('.ov-answer[lang=zh] h1')?.textContent"
    )


def light(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = (int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour.lower()))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def mixed(above: str, below: str, percent: int) -> str:
    pairs = zip(*(re.findall("[0-9a-f]{2}", c.lower()) for c in (above, below)), strict=True)
    parts = (int(a, 16) * percent + int(b, 16) * (100 - percent) for a, b in pairs)
    return "#" + "".join(f"{round(part / 100):02x}" for part in parts)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert mixed("#000000", "#ffffff", 68) == "#525252"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_told_from_what_is_behind_it(theme):
    colours = THEMES[theme]
    for behind in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        text = colours["textColor"]
        for shown in (text, mixed(text, behind, look.QUIET), colours["primaryColor"]):
            assert contrast(shown, behind) >= 4.5
    assert contrast(look.ON_SOLID, look.SOLID) >= 4.5
    assert contrast(paper.INK, paper.SHEET) >= 4.5


def test_quiet_text_is_nowhere_quieter():
    for file in (ROOT / "overlap" / "dashboard").rglob("*.py"):
        for percent in re.findall(
            r"[{; ]color: color-mix\(in srgb, currentColor (\d+)%", file.read_text("utf-8")
        ):
            assert int(percent) >= look.QUIET, file.name
