"""What visitors do: the same clicks on every store, each measured until the page is at rest."""

from __future__ import annotations

from typing import Any

from benchmarks.dashboard.watching import Act

_BUBBLE = """n => {
  const plot = document.querySelector('.js-plotly-plot'), size = plot._fullLayout;
  const box = plot.getBoundingClientRect(), all = [];
  for (const trace of plot.data) (trace.customdata || []).forEach((data, i) => {
    const x = box.x + size._size.l + size.xaxis.d2p(trace.x[i]);
    const y = box.y + size._size.t + size.yaxis.d2p(trace.y[i]);
    if (Number.isFinite(x) && Number.isFinite(y) && y > 0 && y < innerHeight) all.push([x, y]);
  });
  return all[n % all.length];
}"""


MENU = ("", "overlaps", "segment", "demand", "saved", "data")


def bubble(number: int) -> Act:
    """Click one of the bubbles of the openings."""

    async def act(page: Any) -> None:
        await page.wait_for_selector(".js-plotly-plot .points path")
        at = await page.evaluate(_BUBBLE, number)
        await page.mouse.move(*at)
        await page.mouse.move(at[0] + 1, at[1])
        await page.mouse.click(*at)

    return act


def row(number: int) -> Act:
    """Click a row of the first table of the page."""

    async def act(page: Any) -> None:
        table = page.locator("[data-testid=stDataFrame] canvas").first
        await table.scroll_into_view_if_needed()
        box = await table.bounding_box()
        await page.mouse.click(box["x"] + 15, box["y"] + 38 + 35 * (number + 0.5))

    return act


def language(name: str) -> Act:
    """Switch the language."""

    async def act(page: Any) -> None:
        await page.get_by_text(name, exact=True).first.click()

    return act


def menu(page_name: str) -> Act:
    """Go to a page by the menu."""

    async def act(page: Any) -> None:
        links = page.get_by_test_id("stTopNavLink")
        await links.nth(MENU.index(page_name)).click()

    return act


def tab(number: int) -> Act:
    """Choose a part of the page."""

    async def act(page: Any) -> None:
        name = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        await page.locator(f".st-key-{name}_tab button").nth(number).click()

    return act


def choose(box: str, number: int) -> Act:
    """Choose another option in a box of the bar."""

    async def act(page: Any) -> None:
        await page.locator(f".st-key-bar_{box} [role=combobox]").click()
        await page.keyboard.press("Home")
        for _ in range(number):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")

    return act


def button(name: str) -> Act:
    """Click the first button of a name."""

    async def act(page: Any) -> None:
        await page.get_by_role("button", name=name).first.click()

    return act


async def again(page: Any) -> None:
    """Click the only button of the empty page."""
    await page.get_by_role("button", name="again").click()


def cell(across: float, down: float) -> Act:
    """Click a cell of the matrix, by the parts of its width and height."""

    async def act(page: Any) -> None:
        box = await page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
        at = box["x"] + across * box["width"], box["y"] + down * box["height"]
        await page.mouse.move(*at)
        await page.mouse.move(at[0] + 1, at[1])
        await page.mouse.click(*at)

    return act


Step = tuple[str, Act]
"""A name for the table, and what is done."""

OPENINGS: tuple[Step, ...] = (
    *((f"openings: bubble {n}", bubble(n)) for n in range(5)),
    *((f"openings: row {n}", row(n)) for n in range(1, 4)),
    ("openings: brand", choose("brand", 3)),
    ("openings: category", choose("category", 2)),
    ("openings: language", language("中文")),
    ("openings: language", language("EN")),
)
PAGES: tuple[Step, ...] = (
    ("overlaps: from the menu", menu("overlaps")),
    *((f"overlaps: cell {n}", cell(0.2 + 0.2 * n, 0.3 + 0.1 * n)) for n in range(3)),
    ("overlaps: up to 12 audiences", tab(1)),
    ("segment: from the menu", menu("segment")),
    ("segment: an idea", button("Take it")),
    ("segment: reach", tab(1)),
    ("segment: profile", tab(0)),
    ("demand: from the menu", menu("demand")),
    ("demand: trends", tab(1)),
    ("demand: language", tab(2)),
    ("demand: map", tab(3)),
    ("saved: from the menu", menu("saved")),
    ("data: from the menu", menu("data")),
    ("data: precision", tab(1)),
    ("data: glossary", tab(2)),
    ("openings: from the menu", menu("")),
)
ROUND = (*OPENINGS, *PAGES)
CROWD: tuple[Step, ...] = tuple((f"{name}: from the menu", menu(name)) for name in MENU[1:])
SAMPLE_UNSEEN = ("?category=手机 Phone", "?category=相机 Camera")
LARGE_UNSEEN = ("?category=category 0031", "?category=category 0047&brand=brand 0047")
SAMPLE_VIEWS = [
    {"category": category, "lang": language}
    for category in ("电视 TV", "手机 Phone", "相机 Camera")
    for language in ("en", "zh")
]
LARGE_VIEWS = [
    {"category": f"category {number:04d}", "lang": language}
    for number in (0, 1, 2, 5)
    for language in ("en", "zh")
]
