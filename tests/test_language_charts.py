"""The chart of a segment's language shows what its rows say, and nothing that is hidden."""

from __future__ import annotations

import html
import json
import math

import numpy as np
import polars as pl
import pytest
from community import MONDAY, Row, panel

from overlap.charts import language_words
from overlap.charts.labels import LINE, Box, text_width
from overlap.charts.language import _PLOT, LONGEST_WORD, MOST_DOTS, OVER_COLOUR, UNDER_COLOUR
from overlap.insights.language import language
from overlap.insights.wording import percent
from overlap.model import Policy

NASTY = '<b>&"x" 一个特别特别特别特别长的词语'
FLOOR = 40


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Players and others with common words, words of their own, and one that is nasty."""
    rng = np.random.default_rng(2)
    out: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(900)]
    out += [("interest", "gaming", MONDAY, u, 1) for u in range(450)]
    habits = [(f"ours{i}", 0.3, 0.14) for i in range(9)] + [
        (f"theirs{i}", 0.14, 0.3) for i in range(9)
    ]
    habits += [(f"both{i}", 0.2, 0.2) for i in range(30)]
    habits += [("hidden", 0.4, 0.02), ("tiny", 0.01, 0.01), (NASTY, 0.5, 0.2), ("#ours0", 0.2, 0.1)]
    for term, ours, rest in habits:
        for user in np.flatnonzero(rng.random(900) < np.where(np.arange(900) < 450, ours, rest)):
            out.append(("term", term, MONDAY, int(user), 1))
    frame = language(panel(out), "category:tv & interest:gaming", policy=Policy(FLOOR, 0))
    assert {"over", "under", "as expected"} <= set(frame["direction"])
    return frame


def dots(figure) -> dict[str, tuple[float, float, str]]:
    return {
        data[0]: (x, y, trace.marker.color)
        for trace in figure.data
        for data, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }


def boxes(figure) -> list[Box]:
    """Return where the words are written, in pixels of the usual plot."""
    (left, right), (bottom, top) = figure.layout.xaxis.range, figure.layout.yaxis.range
    found = []
    for note in figure.layout.annotations:
        x = _PLOT[0] * (note.x - left) / (right - left) + note.ax
        y = _PLOT[1] * (note.y - bottom) / (top - bottom) - note.ay
        width = text_width(html.unescape(note.text))
        start = {"left": x, "center": x - width / 2, "right": x - width}[note.xanchor]
        found.append(Box(start, start + width, y - LINE / 2, y + LINE / 2))
    return found


def test_a_dot_stands_at_the_users_of_the_side_that_says_it_more_and_at_z(rows) -> None:
    drawn = dots(language_words(rows, "en"))
    colours = {"over": OVER_COLOUR, "under": UNDER_COLOUR}
    shown = rows.filter(pl.col("z").is_not_null() & (pl.col("term") != "#ours0"))
    assert drawn.keys() == set(shown["term"])
    for row in shown.iter_rows(named=True):
        x, y, colour = drawn[row["term"]]
        assert x == (row["users"] if row["z"] >= 0 else row["rest_users"])
        assert y == row["z"]
        assert colour == colours.get(row["direction"], colour)


def test_words_do_not_cover_each_other_and_stay_on_the_plot(rows) -> None:
    figure = language_words(rows, "en")
    placed = boxes(figure)
    assert len(placed) >= 8
    for i, box in enumerate(placed):
        assert box.inside(*_PLOT)
        assert not any(box.meets(other) for other in placed[:i])


def test_only_words_over_or_under_are_named(rows) -> None:
    found = set(rows.filter(pl.col("direction").is_in(["over", "under"]))["term"])
    for note in language_words(rows, "en").layout.annotations:
        assert any(term.startswith(html.unescape(note.text).rstrip("…")) for term in found)


def test_a_hidden_side_is_told_as_the_floor_alone(rows) -> None:
    row = rows.row(by_predicate=pl.col("term") == "hidden", named=True)
    assert row["rest_users"] is None
    data = next(
        d for t in language_words(rows, "en").data for d in t.customdata if d[0] == "hidden"
    )
    assert f"Rest: fewer than {FLOOR}" in data[1]
    assert "at least" in data[1]
    assert "tiny" not in language_words(rows, "en").to_json()


def test_the_hover_has_the_share_of_the_rest_as_counted_and_adjusted(rows) -> None:
    hovers = {d[0]: d[1] for t in language_words(rows, "en").data for d in t.customdata}
    shown = rows.filter(pl.col("term").is_in(list(hovers)) & (pl.col("term") != "hidden"))
    for row in shown.drop_nulls(["share_of_rest", "users"]).iter_rows(named=True):
        line = next(part for part in hovers[row["term"]].split("<br>") if part.startswith("Rest"))
        counted, adjusted = line.split("; ")
        assert percent(row["share_of_rest"]) in counted
        assert percent(row["adjusted_share_of_rest"]) in adjusted


def test_the_axis_is_a_log_scale_that_holds_every_dot(rows) -> None:
    figure = language_words(rows, "en")
    assert figure.layout.xaxis.type == "log"
    low, high = figure.layout.xaxis.range
    bottom, top = figure.layout.yaxis.range
    for x, y, _ in dots(figure).values():
        assert low < math.log10(x) < high
        assert bottom < y < top
    assert len(figure.layout.xaxis.tickvals) >= 2


def test_of_many_words_as_expected_every_so_many_is_drawn(rows) -> None:
    same = rows.filter(pl.col("direction") == "as expected").head(1)
    many = pl.concat([same] * 3000).with_columns(
        term=pl.format("w{}", pl.int_range(pl.len())), z=pl.int_range(pl.len()) / 1000 - 1.5,
        rest_users=50.0, users=50.0,
    )  # fmt: skip
    z = language_words(many, "en").data[0].y
    assert MOST_DOTS / 2 < len(z) <= MOST_DOTS
    assert min(z) < -1.4
    assert max(z) > 1.4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_that_look_like_markup_stay_text_and_long_ones_are_cut(rows, language) -> None:
    spec = json.loads(language_words(rows, language).to_json())
    (text,) = [note["text"] for note in spec["layout"]["annotations"] if "…" in note["text"]]
    assert text.startswith("&lt;b&gt;&amp;&quot;x&quot;")
    assert text_width(html.unescape(text)) <= LONGEST_WORD
    assert NASTY not in "".join(data[1] for t in spec["data"] for data in t["customdata"])


def test_a_table_without_differences_says_so_in_both_languages(rows) -> None:
    none = rows.filter(pl.col("direction") == "as expected")
    assert "beyond luck" in language_words(none, "en").layout.annotations[0].text
    assert "偶然" in language_words(rows.head(0), "zh").layout.annotations[0].text
