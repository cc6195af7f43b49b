"""Regions are drawn as they were counted: bars to their users, circles and lens true to scale."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import panel, random_rows, week
from hypothesis import given
from hypothesis import strategies as st

from overlap import estimates
from overlap.charts import two_sets, upset
from overlap.charts.circles import Circles, centre_distance, lens_area
from overlap.charts.colours import SELECTED
from overlap.charts.labels import text_width
from overlap.charts.names import cut, labels, short_name
from overlap.insights.regions import expected_together, regions
from overlap.model import Policy, UsageError

FREE = Policy(0, 0)
ROWS = random_rows(2, users=3000)
EXACT = panel(ROWS)
SAMPLED = panel(ROWS, k=30, budget=1500)
FOUR = ["category:tv", "interest:gaming", "interest:food", "(brand:acme | interest:knitting)"]
PAIR = ["category:tv", "interest:gaming"]


@pytest.fixture(scope="module")
def four() -> pl.DataFrame:
    return regions(EXACT, FOUR, policy=FREE)


@pytest.fixture(scope="module")
def sampled() -> pl.DataFrame:
    return regions(SAMPLED, FOUR, policy=FREE)


# --- UpSet ------------------------------------------------------------------------------------


def test_every_region_with_somebody_has_a_bar_of_its_users_the_largest_first(four) -> None:
    bars = upset(four, "en").data[0]
    shown = four.filter(pl.col("exclusive_users") > 0)
    users = dict(shown.select("expression", "exclusive_users").iter_rows())
    assert {data[0]: y for data, y in zip(bars.customdata, bars.y, strict=True)} == users
    assert list(bars.y) == sorted(users.values(), reverse=True)
    assert list(bars.x) == list(range(len(users)))


def test_dots_stand_in_the_rows_of_a_regions_audiences_and_nowhere_else(four) -> None:
    figure = upset(four, "en")
    bars, off, *_, on = figure.data
    axis = figure.layout.yaxis2
    row = dict(zip(axis.ticktext, axis.tickvals, strict=True))
    alone = four.filter(pl.col("degree") == 1).sort("inclusive_users", descending=True)
    level = {}
    for members in alone["audiences"]:
        name = short_name(members[0])
        level[members[0]] = next(v for text, v in row.items() if text.startswith(f"{name}<br>"))
    assert [level[m[0]] for m in alone["audiences"]] == [3, 2, 1, 0]
    members = dict(four.select("expression", "audiences").iter_rows())
    dots = set(zip(on.x, on.y, strict=True))
    for x, (expression, _) in zip(bars.x, bars.customdata, strict=True):
        assert {y for at, y in dots if at == x} == {level[m] for m in members[expression]}
    assert dots | set(zip(off.x, off.y, strict=True)) == {
        (x, y) for x in bars.x for y in range(4)
    }  # fmt: skip


def test_whiskers_are_the_intervals_and_exact_bars_have_none(four, sampled) -> None:
    assert upset(four, "en").data[0].error_y.visible is False
    assert "(exact)" in upset(four, "en").layout.yaxis.title.text
    bars = upset(sampled, "zh").data[0]
    ends = {row["expression"]: row for row in sampled.to_dicts()}
    for (text, _), y, up, down in zip(
        bars.customdata, bars.y, bars.error_y.array, bars.error_y.arrayminus, strict=True
    ):
        assert (y - down, y + up) == pytest.approx(
            (ends[text]["exclusive_low"], ends[text]["exclusive_high"])
        )
    assert "95%" in upset(sampled, "zh").layout.yaxis.title.text


def test_past_the_cap_the_rest_is_one_bar_and_said(sampled) -> None:
    shown = sampled.filter(pl.col("exclusive_users") > 0)
    figure = upset(sampled, "en", most=5)
    bars = figure.data[0]
    assert len(bars.y) == 6
    rest = shown.slice(5)
    total = estimates.count(rest["sample"].sum(), rest["rate"][0])
    assert bars.y[-1] == pytest.approx(rest["exclusive_users"].sum())
    assert bars.y[-1] + bars.error_y.array[-1] == pytest.approx(total.high)
    assert bars.customdata[-1][0] is None
    assert f"{len(rest)} more" in [note.text for note in figure.layout.annotations]
    whole = upset(sampled, "en", most=len(shown) - 1)
    assert len(whole.data[0].y) == len(shown)
    assert None not in [data[0] for data in whole.data[0].customdata]


def test_regions_below_the_floor_are_not_drawn_and_counted() -> None:
    table = regions(EXACT, FOUR, policy=Policy(150, 100))
    hidden = table.filter(pl.col("exclusive_users").is_null())
    assert len(hidden) > 1
    for language, said in (
        ("en", f"{len(hidden)} not shown (fewer than 150 users in or beside them)"),
        ("zh", f"{len(hidden)} 个区域未显示（其中或其余少于 150 人）"),
    ):
        figure = upset(table, language)
        assert said in [note.text for note in figure.layout.annotations]
        drawn = {data[0] for data in figure.data[0].customdata}
        assert not drawn & set(hidden["expression"])


def test_the_selected_region_is_marked_in_bar_and_dots(four) -> None:
    chosen = four["expression"][2]
    bars, *_, on = upset(four, "en", chosen).data
    for trace in (bars, on):
        for data, colour in zip(trace.customdata, trace.marker.color, strict=True):
            assert (colour == SELECTED) == (data[0] == chosen)


def test_nobody_anywhere_is_said_in_words() -> None:
    table = regions(EXACT, ["brand:acme - brand:acme"], policy=FREE)
    figure = upset(table, "en")
    assert len(figure.data[0].y) == 0
    assert "Nobody" in figure.layout.annotations[0].text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_that_look_like_markup_stay_text_and_quotes_stay_quotes(language: str) -> None:
    names = [("interest", '<b>&"x"'), ("brand", '<b>&"x"')]
    rows = [(*key, week(0), user, 1) for i, key in enumerate(names) for user in range(9 * i, 20)]
    table = regions(panel(rows), [r'interest:"<b>&\"x\""', r'brand:"<b>&\"x\""'], policy=FREE)
    bars, circles = upset(table, language), two_sets(table, language)
    shown = [
        *(note.text for figure in (bars, circles) for note in figure.layout.annotations),
        *bars.layout.yaxis2.ticktext,
        *(data[1] for data in bars.data[0].customdata),
        *(trace.text for trace in circles.data if trace.text),
    ]
    assert sum("&lt;b&gt;&amp;" in text for text in shown) >= 9
    for text in shown:
        assert "<b>&" not in text.replace("<b>&lt;", "").replace("<b>&amp;", "")
        assert "&quot;" not in text


def test_two_names_that_look_the_same_are_told_apart_by_their_kind() -> None:
    assert labels(["interest:apple", "brand:apple", "interest:tv>=3"]) == [
        "interest:apple", "brand:apple", "tv ≥3",
    ]  # fmt: skip


@given(st.text(max_size=40), st.floats(20, 200))
def test_a_name_is_never_wider_than_its_room(text: str, width: float) -> None:
    short = cut(text, width)
    assert text_width(short) <= width
    assert short == text or short.endswith("…")


# --- circles ----------------------------------------------------------------------------------


def shoelace(outline: np.ndarray) -> float:
    x, y = outline.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def by_slices(first: float, second: float, distance: float) -> float:
    """Return the area two circles share as the sum of thin slices."""
    x = np.linspace(-first - second, distance + first + second, 400_001)
    heights = [
        np.sqrt(np.maximum(0, r**2 - (x - centre) ** 2))
        for r, centre in ((first, 0), (second, distance))
    ]
    return float(np.trapezoid(2 * np.minimum(*heights), x))


radii = st.floats(0.05, 3)


@given(radii, radii, st.floats(0, 1))
def test_the_area_of_a_lens_is_that_of_its_slices(first: float, second: float, at: float) -> None:
    distance = at * 1.1 * (first + second)
    assert lens_area(first, second, distance) == pytest.approx(
        by_slices(first, second, distance), abs=1e-4
    )


@given(radii, radii, st.floats(0, 1))
def test_the_distance_gives_the_area_that_was_asked_for(
    first: float, second: float, part: float
) -> None:
    area = part * pi * min(first, second) ** 2
    distance = centre_distance(first, second, area)
    assert abs(first - second) - 1e-12 <= distance <= first + second
    assert lens_area(first, second, distance) == pytest.approx(area, abs=1e-9)


sizes = st.integers(0, 100_000_000)


@given(sizes, sizes, st.floats(0, 1))
def test_circles_crescents_and_lens_are_true_to_scale(a: int, b: int, part: float) -> None:
    if not max(a, b):
        return
    both = part * min(a, b)
    circles = Circles.of(a, b, both)
    unit = pi / max(a, b)
    # Outlines have corners, which takes a thousandth off a circle.
    close = {"rel": 2e-3, "abs": 4e-3}
    assert shoelace(circles.circle(0)) == pytest.approx(a * unit, **close)
    assert shoelace(circles.circle(1)) == pytest.approx(b * unit, **close)
    assert shoelace(circles.lens()) == pytest.approx(both * unit, **close)
    assert shoelace(circles.only_first()) == pytest.approx((a - both) * unit, **close)
    assert shoelace(circles.only_second()) == pytest.approx((b - both) * unit, **close)
    left, right = circles.span
    everything = np.vstack([circles.circle(0), circles.circle(1)])
    assert left <= everything[:, 0].min() + 1e-9
    assert right >= everything[:, 0].max() - 1e-9


def test_circles_that_share_nobody_stand_apart_and_equal_ones_on_each_other() -> None:
    apart = Circles.of(100, 100, 0)
    assert apart.distance > apart.first + apart.second
    same = Circles.of(100, 100, 100)
    assert same.distance == 0
    assert shoelace(same.lens()) == pytest.approx(pi, rel=1e-3)
    within = Circles.of(100, 25, 25)
    assert within.distance == pytest.approx(0.5)


@pytest.mark.parametrize("the_panel", [EXACT, SAMPLED], ids=["exact", "sampled"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_diagram_draws_the_lens_of_the_overlap_and_dashed_that_of_chance(
    the_panel, language: str
) -> None:
    table = regions(the_panel, PAIR, policy=FREE)
    chance = expected_together(the_panel, PAIR)
    figure = two_sets(table, language, chance)
    row = {tuple(r["audiences"]): r for r in table.to_dicts()}
    a, b = (row[(name,)]["inclusive_users"] for name in PAIR)
    both = row[tuple(PAIR)]["inclusive_users"]
    assert both > 1.2 * chance
    area = [shoelace(np.column_stack([trace.x, trace.y])) for trace in figure.data]
    assert area[2] / area[3] == pytest.approx(both / a, rel=1e-2)
    assert area[4] / area[3] == pytest.approx(b / a, rel=1e-2)
    dashed = [trace.line.dash == "dash" for trace in figure.data]
    assert sum(dashed) == 1
    assert area[dashed.index(True)] / area[3] == pytest.approx(chance / a, rel=1e-2)
    assert not any(t.line.dash == "dash" for t in two_sets(table, language).data)


def test_every_number_of_a_diagram_stands_with_its_interval() -> None:
    texts = [n.text for n in two_sets(regions(SAMPLED, PAIR, policy=FREE), "en").layout.annotations]
    assert len(texts) == 5
    assert all("(" in text and "–" in text for text in texts)
    texts = [n.text for n in two_sets(regions(EXACT, PAIR, policy=FREE), "zh").layout.annotations]
    assert all("(精确)" in text for text in texts)


def test_numbers_stand_above_and_below_the_circles() -> None:
    figure = two_sets(regions(EXACT, PAIR, policy=FREE), "en", 100.0)
    for note in figure.layout.annotations:
        assert note.yref == "paper"
        assert (note.y, note.yanchor) in {(1, "bottom"), (0, "top")}
        lines = note.text.count("<br>") + 1
        room = figure.layout.margin.t if note.y else figure.layout.margin.b
        assert abs(note.yshift) + 18 * lines <= room


def test_a_diagram_of_something_hidden_says_so_and_draws_nothing() -> None:
    rows = [("interest", "a", week(0), user, 1) for user in range(300)]
    rows += [("interest", "b", week(0), user, 1) for user in range(260, 600)]
    table = regions(panel(rows), ["a", "b"])
    assert table["suppressed"].null_count() == 0
    assert table.filter(pl.col("degree") == 1)["inclusive_users"].sort().to_list() == [300, 340]
    for language, said in (("en", "fewer than 100 users"), ("zh", "少于 100 人")):
        figure = two_sets(table, language)
        assert len(figure.data) == 0
        assert said in figure.layout.annotations[0].text


def test_nobody_in_either_is_said_in_words() -> None:
    table = regions(EXACT, ["brand:acme - brand:acme", "category:tv"], policy=FREE)
    assert len(two_sets(table, "en").data) == 5
    nobody = table.with_columns(pl.col("^.*_(users|low|high)$") * 0)
    assert "Nobody" in two_sets(nobody, "en").layout.annotations[0].text


def test_a_diagram_of_another_number_of_audiences_is_refused(four) -> None:
    with pytest.raises(UsageError, match="4 audiences"):
        two_sets(four, "en")
    with pytest.raises(UsageError, match="1 audiences"):
        two_sets(regions(EXACT, PAIR[:1], policy=FREE), "en")


# --- in a browser -----------------------------------------------------------------------------

BOXES = """() => {
  const box = e => { const b = e.getBoundingClientRect(); return [b.top, b.bottom, b.left, b.right, b.width, b.height] };
  return {text: [...document.querySelectorAll('.annotation-text')].map(box),
          circles: [...document.querySelectorAll('.scatterlayer .trace .lines path')].map(box)};
}"""  # noqa: E501


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [420, 800, 1440])
def test_in_a_browser_circles_are_round_and_no_number_lies_on_them(
    width: int, tmp_path: Path, browser: Any
) -> None:
    figure = two_sets(regions(EXACT, PAIR, policy=FREE), "en", expected_together(EXACT, PAIR))
    page_file = tmp_path / "page.html"
    page_file.write_text(figure.to_html(config={"responsive": True}), "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(f"file://{page_file}")
    page.wait_for_selector(".annotation-text")
    boxes = page.evaluate(BOXES)
    page.close()
    circles = boxes["circles"][3:5]
    assert len(boxes["text"]) == 5
    for top, bottom, left, right, wide, high in circles:
        assert wide == pytest.approx(high, rel=0.02)
        for t, b, *_ in boxes["text"]:
            assert b <= top or t >= bottom
        assert left >= 0
        assert right <= width
    for i, one in enumerate(boxes["text"]):
        assert one[2] >= 0
        assert one[3] <= width
        for other in boxes["text"][i + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0]
            assert apart or one[3] <= other[2] or other[3] <= one[2]
