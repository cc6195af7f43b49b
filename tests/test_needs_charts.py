"""The pictures of needs and of the map show what their tables say, and nothing that is hidden."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest
from community import Row, panel, week

from overlap.charts import map_picture, needs_list
from overlap.charts.colours import SELECTED
from overlap.charts.labels import Spot, label_box
from overlap.charts.needs_map import (
    _PLOT,
    MOST_LINKS,
    PALETTE,
    SYMBOLS,
    _diameter,
    _ranges,
    colour_of,
    symbol_of,
)
from overlap.insights.needs import NEEDS_TABLE, needs
from overlap.insights.needs_map import NeedsMap, needs_map

WEEKS = 12
SIDES = {"middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1),
         "bottom center": (0, -1)}  # fmt: skip


def town() -> list[Row]:
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    bursts = {"<new> & shiny": (0, 3) + (0,) * 6 + (150, 250, 350, 400),
              "gone": (0,) * 6 + (300, 350, 400) + (2,) * 3}  # fmt: skip
    for w in range(WEEKS):
        for user in rng.choice(4000, 2500, replace=False):
            rows.append(("interest", "food", week(w), int(user), 1))
        for name, users in bursts.items():
            rows += [("term", name, week(w), int(u), 1)
                     for u in rng.choice(2000, users[w], replace=False)]  # fmt: skip
    return [*rows, *(("category", "tea", week(0), user, 1) for user in range(2400))]


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    return needs(panel(town()), category="tea")


@pytest.fixture(scope="module")
def drawn() -> NeedsMap:
    rng = np.random.default_rng(4)
    group = rng.integers(0, 9, 9000)
    rows: list[Row] = [
        ("interest", f"爱好{g} hobby {g}-{i}", week(0), int(u), 1)
        for g in range(9)
        for i in range(4)
        for u in np.flatnonzero(rng.random(9000) < np.where(group == g, 0.6, 0.04) * (1 + i / 4))
    ]
    rows += [("interest", "alone", week(0), int(u), 1)
             for u in np.flatnonzero(rng.random(9000) < 0.2)]  # fmt: skip
    return needs_map(panel(rows))


# --- the list -----------------------------------------------------------------------------------


def bars(figure: go.Figure) -> go.Bar:
    return next(trace for trace in figure.data if trace.type == "bar")


def test_bars_are_the_scores_in_the_order_of_the_table(found: pl.DataFrame) -> None:
    assert found["name"].to_list() == ["<new> & shiny", "gone"]
    bar = bars(needs_list(found, "en"))
    assert list(bar.x) == found["score"].to_list()
    assert [data[1] for data in bar.customdata] == found["name"].to_list()
    assert list(bar.y) == sorted(bar.y)


def test_the_burst_is_orange_and_ends_where_it_ended(found: pl.DataFrame) -> None:
    lines = [t for t in needs_list(found, "en").data if t.type == "scatter"]
    orange = [t for t in lines if t.line.color == SELECTED]
    for trace, row in zip(orange, found.to_dicts(), strict=True):
        assert trace.x[0] == row["since"]
        assert trace.x[-1] == row["last_seen"]
    after = [t for t in lines if t.line.color != SELECTED and len(t.x) and t.x[0] == week(8)]
    assert after[0].x[-1] == week(WEEKS - 1)


def test_heights_are_in_proportion_and_hidden_periods_are_gaps(found: pl.DataFrame) -> None:
    before, _, burst = needs_list(found, "en").data[:3]
    users = {p["period"]: p["users"] for p in found["trend"][0]}
    assert users[week(1)] is None
    assert before.y[1] is None
    assert not before.connectgaps
    foot = before.y[0]
    highest = foot - burst.y[-1]
    for day, y in zip(burst.x, burst.y, strict=True):
        assert (foot - y) / highest == pytest.approx(users[day] / users[week(WEEKS - 1)])


def test_names_are_text_and_not_markup(found: pl.DataFrame) -> None:
    told = json.dumps(needs_list(found, "en").to_plotly_json(), default=str)
    assert "&lt;new&gt; &amp; shiny" in told
    assert "<b><new>" not in told


@pytest.mark.parametrize(("language", "words"), [("en", "since"), ("zh", "起")])
def test_rows_say_since_when_and_how_many(found: pl.DataFrame, language: str, words: str) -> None:
    notes = [note.text for note in needs_list(found, language).layout.annotations]
    assert any(words in note and str(week(8)) in note for note in notes)
    users = f"{found['users'][0]:,.0f}"
    assert any(users in note for note in notes)


def test_no_need_is_said_in_words() -> None:
    figure = needs_list(NEEDS_TABLE.to_frame(), "zh")
    assert "没有" in figure.layout.annotations[0].text
    assert len(figure.data) == 1 or not figure.data


def test_only_the_first_are_drawn(found: pl.DataFrame) -> None:
    assert len(bars(needs_list(found, "en", most=1)).x) == 1


# --- the map ------------------------------------------------------------------------------------


def bubbles(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.mode == "markers"]


def test_every_audience_is_a_bubble_of_its_size_in_its_place(drawn: NeedsMap) -> None:
    shown = {}
    for trace in bubbles(map_picture(drawn, "en")):
        for data, x, y, size in zip(trace.customdata, trace.x, trace.y, trace.marker.size,
                                    strict=True):  # fmt: skip
            shown[data[0], data[1]] = (x, y, size)
    rows = drawn.nodes.to_dicts()
    assert shown.keys() == {(row["kind"], row["name"]) for row in rows}
    largest = max(row["users"] for row in rows)
    for row in rows:
        x, y, size = shown[row["kind"], row["name"]]
        assert (x, y) == (row["x"], row["y"])
        assert size == pytest.approx(max(7.0, 40 * (row["users"] / largest) ** 0.5))


def test_communities_differ_in_colour_or_shape_and_stand_in_the_legend(drawn: NeedsMap) -> None:
    traces = bubbles(map_picture(drawn, "en"))
    looks = [(t.marker.color, t.marker.symbol) for t in traces]
    assert len(set(looks)) == len(looks) == 10
    assert [t.name for t in traces][-1] == "no link"
    assert drawn.communities["name"][0].split(" · ")[0] in traces[0].name
    every = {(colour_of(c), symbol_of(c)) for c in range(len(PALETTE) * len(SYMBOLS))}
    assert len(every) == len(PALETTE) * len(SYMBOLS)


def test_lines_join_linked_audiences_and_the_strongest_of_each_are_drawn(
    drawn: NeedsMap,
) -> None:
    at = {(row["x"], row["y"]): row["name"] for row in drawn.nodes.to_dicts()}
    lines = set()
    for trace in map_picture(drawn, "en").data:
        if trace.mode == "lines":
            ends = list(zip(trace.x, trace.y, strict=True))
            lines |= {frozenset((at[a], at[b])) for a, b in zip(ends[::3], ends[1::3], strict=True)}
    linked = [frozenset(pair) for pair in drawn.edges.select("name", "other").iter_rows()]
    assert lines <= set(linked)
    for name in drawn.nodes.filter(pl.col("links") > 0)["name"]:
        strongest = [pair for pair in linked if name in pair][:MOST_LINKS]
        assert set(strongest) <= lines


def test_no_name_covers_another_or_a_bubble_on_a_narrow_page(drawn: NeedsMap) -> None:
    figure = map_picture(drawn, "en")
    rows = drawn.nodes.to_dicts()
    x_range, y_range = _ranges(rows)
    largest = max(row["users"] for row in rows)

    def spot(x: float, y: float, name: str, size: float) -> Spot:
        across = _PLOT[0] * (x - x_range[0]) / (x_range[1] - x_range[0])
        up = _PLOT[1] * (y - y_range[0]) / (y_range[1] - y_range[0])
        return Spot(name, across, up, size / 2)

    texts = next(trace for trace in figure.data if trace.mode == "markers+text")
    boxes = [
        label_box(spot(x, y, text, size - 4), *SIDES[side])
        for x, y, text, size, side in zip(texts.x, texts.y, texts.text, texts.marker.size,
                                          texts.textposition, strict=True)
    ]  # fmt: skip
    assert len(boxes) >= 10
    for i, box in enumerate(boxes):
        assert box.inside(*_PLOT)
        assert not any(box.meets(other) for other in boxes[i + 1 :])
    where = {(row["x"], row["y"]) for row in rows}
    for (x, y), box in zip(zip(texts.x, texts.y, strict=True), boxes, strict=True):
        for other in where - {(x, y)}:
            row = next(r for r in rows if (r["x"], r["y"]) == other)
            bubble = spot(*other, "", _diameter(row["users"], largest))
            apart = max(box.left - bubble.x, bubble.x - box.right, box.bottom - bubble.y,
                        bubble.y - box.top)  # fmt: skip
            assert apart >= bubble.radius - 1e-6


def test_pointing_at_a_bubble_tells_its_users_and_strongest_links(drawn: NeedsMap) -> None:
    first = drawn.edges.row(0, named=True)
    for language, word in (("en", "Users: "), ("zh", "人数：")):
        hovers = {
            data[1]: data[2]
            for trace in bubbles(map_picture(drawn, language))
            for data in trace.customdata
        }
        assert word in hovers[first["name"]]
        assert first["other"] in hovers[first["name"]]
        assert f"TGI {first['tgi']:,.0f}" in hovers[first["name"]]


def test_the_selected_audience_always_has_its_name(drawn: NeedsMap) -> None:
    smallest = drawn.nodes["name"][-1]
    texts = next(t for t in map_picture(drawn, "en", smallest).data if t.mode == "markers+text")
    assert any(text.startswith(smallest[:8]) for text in texts.text)


def test_an_empty_map_says_so() -> None:
    rows: list[Row] = [("interest", "few", week(0) + timedelta(0), u, 1) for u in range(20)]
    figure = map_picture(needs_map(panel(rows)), "en")
    assert "no audience" in figure.layout.annotations[0].text
