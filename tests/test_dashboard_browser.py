"""The journeys of a visitor, in a real Chromium against a real server on the sample community."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from browsing import IDLE
from dashboards import ROOT

from overlap.charts import SELECTED
from overlap.dashboard.texts import text
from overlap.insights.openings import scored
from overlap.model import OPENINGS_TABLE
from overlap.panel import open_panel
from overlap.reports import csv_bytes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TRUTHS = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))
HERO = TRUTHS["hero"]
PLACE = """name => {
  const plot = document.querySelector('.js-plotly-plot'), size = plot._fullLayout;
  for (const trace of plot.data) {
    const i = (trace.customdata || []).findIndex(data => data[0] === name);
    if (i < 0) continue;
    const box = plot.getBoundingClientRect();
    return [box.x + size._size.l + size.xaxis.d2p(trace.x[i]),
            box.y + size._size.t + size.yaxis.d2p(trace.y[i])];
  }
}"""

MARKED = """() => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'COLOUR';
  const colour = getComputedStyle(probe).color;
  probe.remove();
  const points = [...document.querySelectorAll('.js-plotly-plot .scatterlayer .points path')];
  return points.filter(p => getComputedStyle(p).fill === colour).map(p => {
    const trace = p.closest('.trace').__data__[0].trace;
    return trace.customdata[p.__data__.i][0];
  });
}""".replace("COLOUR", SELECTED)


def ready(page):
    page.wait_for_selector(f"{IDLE} .ov-card")
    page.wait_for_selector(".js-plotly-plot .points path")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    return page


@pytest.fixture
def home(visit):
    def home(query="", **how):
        return ready(visit(query, **how))

    return home


def shows(page, opening: str) -> None:
    """Wait until the card is that of an opening and the page is at rest."""
    page.wait_for_function(
        "name => document.querySelector('.ov-card h2')?.innerText === name", arg=opening
    )
    page.wait_for_selector(IDLE)


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click_bubble(page, name: str) -> None:
    at = page.evaluate(PLACE, name)
    page.mouse.move(*at)
    page.wait_for_selector(".hoverlayer .hovertext")
    page.mouse.click(*at)


def openings(store, **how):
    opened, panel = open_panel(store)
    return scored(panel, how.pop("category", HERO["category"]), policy=opened.policy, **how)


def test_a_newcomer_sees_the_planted_opening_on_the_first_screen(home, store):
    page = home()
    headline = page.locator(".ov-answer h1").inner_text()
    for name in ("interest", "brand", "category"):
        assert HERO[name] in headline
    said = page.locator(".ov-answer p").inner_text()
    for number in ("4,104", "2,178", "16.6%", "28%", "468", text("say_exact", "en")):
        assert number in said
    reason = page.locator(".ov-card .why")
    assert reason.inner_text() == openings(store, brand=HERO["brand"])["reason"][0]
    for part in (page.locator(".ov-answer"), reason, page.locator(".js-plotly-plot").first,
                 page.locator(".ov-figures"), page.locator(".st-key-tour"),
                 page.locator(".st-key-openings_actions")):  # fmt: skip
        box = part.bounding_box()
        assert box["y"] + box["height"] <= 900
    assert query(page) == {"category": HERO["category"], "brand": HERO["brand"], "lang": "en"}


def test_the_download_is_the_table_of_the_contract_with_its_chinese_intact(home, store):
    page = home()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    download = waiting.value
    assert download.suggested_filename == "openings-电视_TV-澄光_Chengguang.csv"
    content = Path(download.path()).read_bytes()
    expected = openings(store, brand=HERO["brand"]).select(OPENINGS_TABLE.names())
    assert content.startswith(b"\xef\xbb\xbf")
    assert content == csv_bytes(expected)
    back = pl.read_csv(io.BytesIO(content), schema=OPENINGS_TABLE)
    assert back["interest"][0] == HERO["interest"]
    assert back.equals(expected)


def test_the_opening_on_the_card_is_downloaded_alone(home, store):
    page = home(f"?category={HERO['category']}&brand={HERO['brand']}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    assert waiting.value.suggested_filename == ("opening-电视_TV-澄光_Chengguang-电竞_Esports.csv")
    one = openings(store, brand=HERO["brand"]).select(OPENINGS_TABLE.names()).head(1)
    assert Path(waiting.value.path()).read_bytes() == csv_bytes(one)


def test_the_tour_is_gone_through_by_keyboard_and_moves_nothing(home):
    page = home()
    spots = ".ov-answer, .js-plotly-plot, .st-key-openings_actions"
    boxes = f"() => [...document.querySelectorAll('{spots}')].map(e => e.getBoundingClientRect().y)"
    before = page.evaluate(boxes)
    page.locator(".st-key-tour_next button").focus()
    for step in ("2 of 3", "3 of 3"):
        page.keyboard.press("Enter")
        page.wait_for_selector(f".ov-tour >> text={step}")
        page.wait_for_selector(IDLE)
        assert page.evaluate(boxes) == before
    page.keyboard.press("Enter")
    page.wait_for_selector(".st-key-tour", state="detached")
    page.wait_for_selector(IDLE)


def test_the_card_draws_how_the_opening_moves_and_its_reason_can_be_copied(home):
    page = home(f"?category={HERO['category']}&brand={HERO['brand']}")
    assert page.locator("img.ov-spark").evaluate("e => e.decode().then(() => e.naturalWidth)") > 0
    page.get_by_role("button", name="Copy", exact=True).click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".ov-copy").first.click()
    page.wait_for_selector(".ov-copy >> text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".ov-card .why").inner_text()


def test_the_way_to_the_segment_and_back_loses_no_choice(home):
    page = home(f"?category={HERO['category']}&brand={HERO['brand']}&by=tgi")
    click_bubble(page, "主机游戏 Console games")
    shows(page, "主机游戏 Console games")
    chosen = query(page)
    page.get_by_role("link", name="Build segment").click()
    page.wait_for_url("**/segment?**")
    page.wait_for_selector(f"{IDLE} .ov-foot")
    built = query(page)
    assert all(name in built["expr"] for name in ("Console games", HERO["brand"]))
    page.get_by_role("link", name="Openings").first.click()
    page.wait_for_selector(f"{IDLE} .ov-card")
    shows(page, "主机游戏 Console games")
    assert query(page) == chosen
    page.go_back()
    page.wait_for_url("**/segment?**expr=**")
    page.wait_for_selector(f"{IDLE} .ov-foot")
    assert query(page) == built


def test_a_page_is_one_step_of_the_history_also_where_its_parameters_come_after_its_path(home):
    page = home()
    steps = page.evaluate(
        """() => {
          const steps = [history.length];
          for (const to of ["/demand", "/demand?lang=en", "/demand?lang=zh"]) {
            history.pushState({}, "", to);
            steps.push(history.length);
          }
          return steps.map(step => step - steps[0]);
        }"""
    )
    assert steps == [0, 1, 1, 2]
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_a_click_on_a_bubble_selects_without_drawing_the_chart_anew(home):
    page = home()
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.same = 'yes'")
    for name in (TRUTHS["chance"]["interest"], "主机游戏 Console games"):
        click_bubble(page, name)
        shows(page, name)
        assert query(page)["opening"] == name
    assert page.locator(".js-plotly-plot").first.get_attribute("data-same") == "yes"
    assert page.evaluate(MARKED) == ["主机游戏 Console games"]


def test_a_click_on_a_row_selects_and_marks_its_bubble(home, store):
    page = home("?show=all", height=1100)
    third = openings(store, brand=HERO["brand"])["interest"][2]
    box = page.locator(".st-key-openings_ranking canvas").first.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 38 + 35 * 2.5)
    shows(page, third)
    assert query(page)["opening"] == third
    assert page.evaluate(MARKED) == [third]


def test_a_bubble_can_be_chosen_again_after_a_row(home):
    page = home(height=1100)
    name = "主机游戏 Console games"
    click_bubble(page, name)
    shows(page, name)
    box = page.locator(".st-key-openings_ranking canvas").first.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 38 + 35 * 0.5)
    shows(page, HERO["interest"])
    page.wait_for_function(f"name => ({MARKED})().includes(name)", arg=HERO["interest"])
    click_bubble(page, name)
    shows(page, name)
    assert page.evaluate(MARKED) == [name]
    plot = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    page.mouse.click(plot["x"] + 3, plot["y"] + plot["height"] / 2)
    page.wait_for_selector(IDLE)
    assert page.evaluate(MARKED) == [name]


def test_a_link_restores_the_view_in_a_fresh_browser(home):
    name = "主机游戏 Console games"
    page = home(f"?category={HERO['category']}&brand={HERO['brand']}&lang=zh")
    click_bubble(page, name)
    shows(page, name)
    fresh = home("?" + urlsplit(page.url).query)
    shows(fresh, name)
    for part in (".ov-answer", ".ov-card", ".st-key-bar"):
        assert fresh.locator(part).inner_text() == page.locator(part).inner_text()
    assert query(fresh) == query(page)
    assert "机会人群" in fresh.locator(".ov-answer").inner_text()


def test_the_language_can_be_switched_half_way(home):
    page = home(f"?category={HERO['category']}&brand={HERO['rival']}")
    click_bubble(page, "足球 Football")
    shows(page, "足球 Football")
    before = query(page)
    page.get_by_text("中文", exact=True).click()
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=zh]")
    shows(page, "足球 Football")
    assert query(page) == {**before, "lang": "zh"}
    assert not re.search("[A-Za-z]{4,}", page.locator(".ov-figures dt").first.inner_text())


def test_the_browsers_language_is_the_first_one(home):
    page = home(locale="zh-CN")
    assert query(page)["lang"] == "zh"


def test_going_back_undoes_a_choice(home):
    page = home()
    click_bubble(page, "主机游戏 Console games")
    shows(page, "主机游戏 Console games")
    page.go_back()
    shows(page, HERO["interest"])


def test_a_category_is_found_by_typing(home):
    page = home()
    page.get_by_role("combobox").first.click()
    page.keyboard.type("sneak")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('Sneakers')")
    page.wait_for_selector(f"{IDLE} .ov-card")
    assert "Sneakers" in page.locator(".ov-answer h1").inner_text()


def test_two_visitors_do_not_meet(home):
    one, other = home(), home(f"?category={TRUTHS['niche']['category']}&lang=zh")
    click_bubble(one, "主机游戏 Console games")
    shows(one, "主机游戏 Console games")
    assert TRUTHS["niche"]["category"] in other.locator(".ov-answer h1").inner_text()
    assert "opening" not in query(other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_at_the_side(home, scheme, width, language):
    page = home(f"?lang={language}", width=width, color_scheme=scheme)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.ov-answer, .ov-card, .ov-foot, .st-key-bar > *,'
             + ' .st-key-tour, .st-key-openings_card > *, .st-key-openings_actions > *,'
             + ' .stPlotlyChart, [data-testid=stDataFrame]')]
             .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"""
    )
    assert wide == []
    background = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", background)[:3])) < 100) == (scheme == "dark")
