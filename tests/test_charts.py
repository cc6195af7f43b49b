"""The quadrant shows what the rows say, and nothing that may not be shown."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from community import panel, random_rows
from hypothesis import given
from hypothesis import strategies as st

from overlap.charts import (
    bar_widths,
    drawable,
    has_fair_share,
    opening_mark,
    opening_quadrant,
)
from overlap.charts.labels import Box, Spot, label_box, place
from overlap.charts.quadrant import LARGEST_BUBBLE, MOST_BUBBLES, SMALLEST_BUBBLE
from overlap.insights.openings import scored
from overlap.model import Policy


@pytest.fixture(scope="module")
def community():
    return panel(random_rows(7))


@pytest.fixture(scope="module")
def branded(community):
    return scored(community, "tv", brand="acme", policy=Policy(0, 0))


@pytest.fixture(scope="module")
def unbranded(community):
    return scored(community, "tv", policy=Policy(0, 0))


def points(figure) -> dict[str, tuple[float, float, float]]:
    return {
        data[0]: (x, y, size)
        for trace in figure.data[:-1]
        for data, x, y, size in zip(
            trace.customdata, trace.x, trace.y, trace.marker.size, strict=True
        )
    }


def test_a_bubble_stands_at_its_tgi_and_fair_share(branded):
    drawn = points(opening_quadrant(branded, "en"))
    assert drawn.keys() == set(branded["interest"])
    for name, tgi, fair in branded.select("interest", "tgi", "fair_share_index").iter_rows():
        assert drawn[name][:2] == (tgi, fair)


def test_without_a_brand_it_stands_at_its_share_of_the_category(unbranded):
    assert not has_fair_share(unbranded)
    drawn = points(opening_quadrant(unbranded, "en"))
    for name, share in unbranded.select("interest", "share_of_category").iter_rows():
        assert drawn[name][1] == share


def test_areas_are_in_proportion_to_unreached_users(branded):
    drawn = points(opening_quadrant(branded, "en"))
    largest = branded["unreached_users"].max()
    for name, users in branded.select("interest", "unreached_users").iter_rows():
        in_proportion = LARGEST_BUBBLE * (users / largest) ** 0.5
        assert drawn[name][2] == pytest.approx(max(SMALLEST_BUBBLE, in_proportion))


def test_openings_have_the_colour_of_their_score_and_all_else_is_grey_with_its_reason(unbranded):
    rows = unbranded.with_columns(
        verdict=pl.when(pl.col("interest") == "knitting")
        .then(pl.lit("insufficient"))
        .otherwise("verdict")
    )
    *grey, openings = opening_quadrant(rows, "en").data[:-1]
    assert {data[0] for data in openings.customdata} == set(
        rows.filter(pl.col("verdict") == "opening")["interest"]
    )
    scores = dict(rows.select("interest", "score").iter_rows())
    assert list(openings.marker.color) == [scores[data[0]] for data in openings.customdata]
    assert all(isinstance(trace.marker.color, str) for trace in grey)
    named = {data[0]: trace.name for trace in grey for data in trace.customdata}
    assert named.keys() == set(rows.filter(pl.col("verdict") != "opening")["interest"])
    # One reason a trace, in the legend.
    assert len({trace.name for trace in grey}) == len(grey)
    assert all(bool(trace.showlegend) == bool(len(trace.x)) for trace in grey)


def test_what_is_an_opening_lies_in_the_corner_that_says_so(branded):
    rows = branded.with_columns(verdict=pl.lit("opening"), score=pl.lit(50.0))
    layout = opening_quadrant(rows, "en").layout
    (box,) = [s for s in layout.shapes if s.type == "rect"]
    assert (box.x0, box.y1) == (100, 100)


def test_the_selected_bubble_is_named(branded):
    name = branded["interest"][1]
    assert name in opening_quadrant(branded, "en", name).data[-1].text


def test_a_choice_is_marked_without_a_change_of_the_figure(branded):
    figure = opening_quadrant(branded, "en")
    drawn = [t for t in figure.data[:-1] if len(t.x)]
    for name in branded["interest"]:
        trace, point = map(int, re.findall(r"nth-child\((\d+)\)", opening_mark(figure, name)))
        assert drawn[trace - 1].customdata[point - 1][0] == name
    assert opening_mark(figure, "nothing of this name") is None


def test_nothing_below_the_floor_is_in_the_figure(community):
    rows = scored(community, "tv", brand="acme", policy=Policy(display_floor=300))
    hidden = rows.filter(pl.col("suppressed").is_not_null())["interest"].to_list()
    assert hidden
    spec = opening_quadrant(rows, "en", hidden[0]).to_json()
    assert not [name for name in hidden if name in spec]


def test_the_lines_of_100_are_drawn(branded):
    layout = opening_quadrant(branded, "en").layout
    lines = [s for s in layout.shapes if s.type == "line"]
    assert [(s.x0, s.x1) for s in lines if s.yref == "y domain"] == [(100, 100)]
    assert [(s.y0, s.y1) for s in lines if s.xref == "x domain"] == [(100, 100)]
    assert layout.xaxis.type == "log"


def test_of_many_rows_the_first_are_drawn_and_the_selected_one(branded):
    many = pl.concat([branded.head(1)] * (2 * MOST_BUBBLES)).with_columns(
        interest=pl.format("i{}", pl.int_range(pl.len()))
    )
    assert len(drawable(many)) == MOST_BUBBLES
    last = many["interest"][-1]
    assert drawable(many, last)["interest"].to_list()[-1] == last


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_that_look_like_markup_stay_text(branded, language):
    rows = branded.with_columns(interest=pl.lit("<b>&'") + pl.col("interest"))
    spec = json.loads(opening_quadrant(rows, language, rows["interest"][0]).to_json())
    hover = spec["data"][1]["customdata"][0][1]
    assert "<b>&'" not in hover
    assert "&lt;b&gt;&amp;" in hover


def test_a_figure_of_no_rows_is_an_empty_figure(branded):
    figure = opening_quadrant(branded.head(0), "zh")
    assert points(figure) == {}


# --- labels -----------------------------------------------------------------------------------

SIZE = (600.0, 300.0)
spots = st.lists(
    st.builds(
        Spot,
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
        st.floats(0, SIZE[0]),
        st.floats(0, SIZE[1]),
        st.floats(3, 40),
    ),
    max_size=25,
    unique_by=lambda spot: spot.name,
)
SIDES = {"middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1),
         "bottom center": (0, -1)}  # fmt: skip


@given(spots, st.integers(0, 10))
def test_a_name_covers_no_bubble_and_no_other_name(bubbles, most):
    placed = place(bubbles, [spot.name for spot in bubbles], SIZE, most)
    assert len(placed) <= most
    by_name = {spot.name: spot for spot in bubbles}
    boxes = {name: label_box(by_name[name], *SIDES[side]) for name, side in placed.items()}
    for name, box in boxes.items():
        assert box.inside(*SIZE)
        for other in boxes:
            assert other == name or not box.meets(boxes[other])
        for spot in bubbles:
            around = Box(
                spot.x - spot.radius, spot.x + spot.radius,
                spot.y - spot.radius, spot.y + spot.radius,
            )  # fmt: skip
            assert not box.meets(around)


def test_a_bubble_alone_is_named_on_its_right():
    assert place([Spot("a", 100, 100, 10)], ["a"], SIZE, 5) == {"a": "middle right"}


# --- bars -------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=6))
def test_bars_are_percents_of_the_longest(values):
    widths = bar_widths(values)
    assert len(widths) == len(values)
    assert all(0 <= width <= 100 for width in widths)


def test_bars_keep_proportions():
    assert bar_widths([4104, 2052, None, 0]) == [100, 50, 0, 0]
