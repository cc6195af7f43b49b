"""The chart of a trend draws what its rows say, and nothing that may not be shown."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from community import Row, panel, random_rows, sketched, week, with_universe

from overlap.charts import TREND_MEASURES, sparkline, trend_chart
from overlap.charts.colours import SELECTED
from overlap.insights.trends import TRENDS_TABLE, trends
from overlap.model import Policy
from overlap.panel import Panel

SVG = "{http://www.w3.org/2000/svg}"


def rows() -> list[Row]:
    rest: list[Row] = [("interest", "rest", week(w), u, 1) for w in range(14) for u in range(2000)]
    return rest + [
        ("interest", "walk", week(w), u, 1)
        for w in range(14)
        for u in range(50 if w < 10 else 400 + 100 * w)
    ]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    opened = Panel(sketched(with_universe(rows())), (datetime(2026, 1, 5), datetime(2026, 4, 9)))
    return trends(opened, "interest:walk")


@pytest.fixture(scope="module")
def sampled() -> pl.DataFrame:
    opened = panel(random_rows(7), k=64, budget=800)
    return trends(opened, "interest:gaming", category="category:tv", brand="acme",
                  policy=Policy(0, 0))  # fmt: skip


def points(figure: Any) -> Any:
    (trace,) = [t for t in figure.data if t.mode == "markers"]
    return trace


def test_every_shown_period_is_a_point_at_its_users(frame: pl.DataFrame) -> None:
    shown = frame.filter(pl.col("users").is_not_null())
    drawn = points(trend_chart(frame, "en"))
    assert list(drawn.x) == shown["period"].to_list()
    assert list(drawn.y) == shown["users"].to_list()


def test_a_period_covered_in_part_is_hollow(frame: pl.DataFrame) -> None:
    shown = frame.filter(pl.col("users").is_not_null())
    symbols = list(points(trend_chart(frame, "en")).marker.symbol)
    assert symbols == ["circle" if whole else "circle-open" for whole in shown["whole"]]
    assert symbols[-1] == "circle-open"


def test_the_periods_of_a_burst_are_marked_and_lie_on_a_tinted_ground(frame: pl.DataFrame) -> None:
    assert frame["burst"].sum() == 3
    figure = trend_chart(frame, "en")
    assert list(points(figure).marker.color).count(SELECTED) == 3
    (ground,) = [s for s in figure.layout.shapes if s.type == "rect"]
    first, last = frame.filter(pl.col("burst"))["period"][[0, -1]]
    assert ground.x0.date() <= first <= last <= ground.x1.date()
    assert "burst" in figure.layout.annotations[0].text
    assert "爆发" in trend_chart(frame, "zh").layout.annotations[0].text


def test_the_dashed_line_is_what_was_expected(frame: pl.DataFrame) -> None:
    (dashed,) = [t for t in trend_chart(frame, "en").data if t.line.dash == "dash"]
    assert list(dashed.y) == frame["expected_users"].to_list()
    assert not [t for t in trend_chart(frame, "en", "share").data if t.line.dash == "dash"]


def test_nothing_below_the_floor_is_in_the_figure(frame: pl.DataFrame) -> None:
    hidden = frame.filter(pl.col("suppressed").is_not_null())
    assert len(hidden) == 10
    figure = trend_chart(frame, "en")
    assert len(points(figure).x) == len(frame) - 10
    assert "below the display floor" in figure.layout.title.text
    line = next(t for t in figure.data if t.mode == "lines" and t.line.dash is None)
    assert list(line.y)[:10] == [None] * 10
    assert not line.connectgaps


def test_the_axis_keeps_a_place_for_every_period(frame: pl.DataFrame) -> None:
    first, last = trend_chart(frame, "en").layout.xaxis.range
    assert first.date() < frame["period"][0]
    assert last.date() > frame["period"][-1]


@pytest.mark.parametrize("measure", list(TREND_MEASURES))
def test_a_sampled_measure_has_the_band_of_its_interval(
    sampled: pl.DataFrame, measure: str
) -> None:
    how = TREND_MEASURES[measure]
    bands = [t for t in trend_chart(sampled, "en", measure).data if t.fill == "toself"]
    n = sampled[how.low].count()
    assert sum(len(b.x) for b in bands) == 2 * n
    highs = [y for b in bands for y in b.y[: len(b.y) // 2]]
    assert highs == sampled[how.high].drop_nulls().to_list()


def test_exact_numbers_have_no_band(frame: pl.DataFrame) -> None:
    assert frame["exact"].all()
    assert not [t for t in trend_chart(frame, "en").data if t.fill == "toself"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_that_look_like_markup_stay_text(frame: pl.DataFrame, language: str) -> None:
    named = frame.with_columns(expression=pl.lit("interest:<b>x"))
    title = json.loads(trend_chart(named, language).to_json())["layout"]["title"]["text"]
    assert "&lt;b&gt;x" in title
    assert "<b>" not in title


def test_a_figure_of_no_rows_is_an_empty_figure() -> None:
    empty = pl.DataFrame(schema=TRENDS_TABLE)
    assert len(points(trend_chart(empty, "zh")).x) == 0
    assert ElementTree.fromstring(sparkline(empty, "nothing")).find(f"{SVG}circle") is None


def test_a_sparkline_draws_whole_periods_the_last_and_those_of_a_burst(
    frame: pl.DataFrame,
) -> None:
    svg = ElementTree.fromstring(sparkline(frame, "a <trend>"))
    whole = frame.filter(pl.col("whole"))
    assert svg.get("aria-label") == "a <trend>"
    (path,) = svg.iter(f"{SVG}path")
    drawn = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path.get("d", ""))]
    assert len(drawn) == whole["users"].count()
    # What is higher on the page is nearer to its top.
    assert sorted(drawn, reverse=True) == drawn
    assert whole["users"].drop_nulls().is_sorted()
    colours = [dot.get("fill") for dot in svg.iter(f"{SVG}circle")]
    assert colours.count(SELECTED) == 3
    assert colours[-1] != SELECTED


def test_a_sparkline_does_not_bridge_a_period_that_is_hidden(frame: pl.DataFrame) -> None:
    hidden = frame.with_columns(
        users=pl.when(pl.int_range(pl.len()) != 11).then(pl.col("users")),
    )
    (path,) = ElementTree.fromstring(sparkline(hidden, "")).iter(f"{SVG}path")
    assert path.get("d", "").count("M") == 2
