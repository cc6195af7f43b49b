"""The journeys of a visitor, in a real Chromium against a real server on the sample community."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import time
import tomllib
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from dashboards import ROOT

from overlap.cli.serving import sample_store
from overlap.dashboard.launch import command
from overlap.insights.openings import scored
from overlap.model import OPENINGS_TABLE
from overlap.panel import open_panel
from overlap.reports import csv_bytes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
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


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and these tests must run here")
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return sample_store(tmp_path_factory.mktemp("sample") / "store")


@pytest.fixture(scope="module")
def address(store, tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv, env = command(store, port)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with (elsewhere / "log").open("wb") as log:
        server = subprocess.Popen(argv, env=env, cwd=elsewhere, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the dashboard's server did not start")


@pytest.fixture
def visit(browser, address):
    """Open a page in a fresh browser; its complaints and its requests elsewhere fail the test."""
    contexts, complaints = [], []

    def visit(query="", width=1440, height=900, **how):
        context = browser.new_context(
            viewport={"width": width, "height": height}, **{"locale": "en-US", **how}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("requestfailed", lambda r: complaints.append(f"failed: {r.url}"))
        page.on(
            "request",
            lambda r: (
                urlsplit(r.url).hostname not in ("127.0.0.1", None)
                and complaints.append(f"elsewhere: {r.url}")
            ),
        )
        page.goto(address + query)
        ready(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def ready(page) -> None:
    page.wait_for_selector(f"{IDLE} .ov-card")
    page.wait_for_selector(".js-plotly-plot .points path")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")


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


def test_a_newcomer_sees_the_planted_opening_on_the_first_screen(visit, store):
    page = visit()
    headline = page.locator(".ov-answer h1").inner_text()
    for name in ("interest", "brand", "category"):
        assert HERO[name] in headline
    said = page.locator(".ov-answer p").inner_text()
    for number in ("4,104", "2,178", "16.6%", "28.0%", "468", "All numbers are exact"):
        assert number in said
    reason = page.locator(".ov-card .why")
    assert reason.inner_text() == openings(store, brand=HERO["brand"])["reason"][0]
    for part in (page.locator(".ov-answer"), reason, page.locator(".js-plotly-plot").first,
                 page.locator(".ov-figures")):  # fmt: skip
        box = part.bounding_box()
        assert box["y"] + box["height"] <= 900
    assert query(page) == {"category": HERO["category"], "brand": HERO["brand"], "lang": "en"}


def test_the_download_is_the_table_of_the_contract_with_its_chinese_intact(visit, store):
    page = visit()
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    download = waiting.value
    assert download.suggested_filename == "openings-电视_TV-澄光_Chengguang.csv"
    content = Path(download.path()).read_bytes()
    expected = openings(store, brand=HERO["brand"]).select(OPENINGS_TABLE.names())
    assert content.startswith(b"\xef\xbb\xbf")
    assert content == csv_bytes(expected)
    back = pl.read_csv(io.BytesIO(content), schema=OPENINGS_TABLE)
    assert back["interest"][0] == HERO["interest"]
    assert back.equals(expected)


def test_a_click_on_a_bubble_selects_without_drawing_the_chart_anew(visit):
    page = visit()
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.same = 'yes'")
    for name in (TRUTHS["chance"]["interest"], "主机游戏 Console games"):
        click_bubble(page, name)
        shows(page, name)
        assert query(page)["opening"] == name
    assert page.locator(".js-plotly-plot").get_attribute("data-same") == "yes"
    marked = page.evaluate(
        """() => document.querySelector('.js-plotly-plot').data.flatMap(
             trace => (trace.selectedpoints || []).map(i => trace.customdata?.[i]?.[0]))"""
    )
    assert [name for name in marked if name] == ["主机游戏 Console games"]


def test_a_click_on_a_row_selects_and_marks_its_bubble(visit, store):
    page = visit(height=1100)
    third = openings(store, brand=HERO["brand"])["interest"][2]
    box = page.locator(".st-key-ranking canvas").first.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 38 + 35 * 2.5)
    shows(page, third)
    assert query(page)["opening"] == third
    page.wait_for_function(
        """name => document.querySelector('.js-plotly-plot').data.some(trace =>
             (trace.selectedpoints || []).some(i => trace.customdata[i][0] === name))""",
        arg=third,
    )


def test_a_link_restores_the_view_in_a_fresh_browser(visit):
    page = visit(f"?category={TRUTHS['niche']['category']}&from=2026-02-02&lang=zh")
    click_bubble(page, TRUTHS["niche"]["interest"])
    shows(page, TRUTHS["niche"]["interest"])
    fresh = visit("?" + urlsplit(page.url).query)
    shows(fresh, TRUTHS["niche"]["interest"])
    for part in (".ov-answer", ".ov-card", ".st-key-bar"):
        assert fresh.locator(part).inner_text() == page.locator(part).inner_text()
    assert query(fresh) == query(page)
    assert "机会人群" in fresh.locator(".ov-answer").inner_text()


def test_the_language_can_be_switched_half_way(visit):
    page = visit(f"?category={HERO['category']}&brand={HERO['rival']}")
    click_bubble(page, "足球 Football")
    shows(page, "足球 Football")
    before = query(page)
    page.get_by_text("中文", exact=True).click()
    page.wait_for_selector(f"{IDLE} .ov-answer[lang=zh]")
    shows(page, "足球 Football")
    assert query(page) == {**before, "lang": "zh"}
    assert not re.search("[A-Za-z]{4,}", page.locator(".ov-figures dt").first.inner_text())


def test_the_browsers_language_is_the_first_one(visit):
    page = visit(locale="zh-CN")
    assert query(page)["lang"] == "zh"


def test_going_back_undoes_a_choice(visit):
    page = visit()
    click_bubble(page, "主机游戏 Console games")
    shows(page, "主机游戏 Console games")
    page.go_back()
    shows(page, HERO["interest"])


def test_a_category_is_found_by_typing(visit):
    page = visit()
    page.get_by_role("combobox").first.click()
    page.keyboard.type("sneak")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('Sneakers')")
    page.wait_for_selector(f"{IDLE} .ov-card")
    assert "Sneakers" in page.locator(".ov-answer h1").inner_text()


def test_two_visitors_do_not_meet(visit):
    one, other = visit(), visit(f"?category={TRUTHS['niche']['category']}&lang=zh")
    click_bubble(one, "主机游戏 Console games")
    shows(one, "主机游戏 Console games")
    assert TRUTHS["niche"]["category"] in other.locator(".ov-answer h1").inner_text()
    assert "opening" not in query(other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_at_the_side(visit, scheme, width, language):
    page = visit(f"?lang={language}", width=width, color_scheme=scheme)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.ov-answer, .ov-card, .ov-foot, .st-key-bar > *,'
             + ' .stPlotlyChart, [data-testid=stDataFrame]')]
             .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"""
    )
    assert wide == []
    background = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", background)[:3])) < 100) == (scheme == "dark")
