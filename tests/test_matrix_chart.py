"""A matrix is drawn as it was counted: colours, numbers, words and what a click says."""

from __future__ import annotations

import json
import math
import re

import polars as pl
import pytest
from community import panel, random_rows

from overlap.charts import MATRIX_NUMBERS, affinity_matrix
from overlap.charts.matrix import MOST_NUMBERED
from overlap.insights import wording
from overlap.insights.matrix import MATRIX_TABLE, matrix
from overlap.model import Policy

ROWS = random_rows(4, users=2000)
EXACT = panel(ROWS)
FREE = matrix(EXACT, "interest", "category", policy=Policy(0, 0))
FLOOR = int(FREE["overlap_users"].min()) + 1
HIDDEN = matrix(EXACT, "interest", "category", policy=Policy(FLOOR, 0))
MIRRORED = matrix(panel(ROWS, k=40, budget=1500), "interest", "interest", policy=Policy(0, 0))
TEXT = {"en": ("not told from chance", f"fewer than {FLOOR} users"),
        "zh": ("与随机无显著差异", f"少于 {FLOOR} 人")}  # fmt: skip


def cells_of(figure, trace: int) -> dict[tuple[str, str], tuple[float, str]]:
    """The value and text of every cell that a heatmap draws, by row and column."""
    names = [[re.sub("<[^>]+>", "", t) for t in axis.ticktext]
             for axis in (figure.layout.yaxis, figure.layout.xaxis)]  # fmt: skip
    heat = figure.data[trace]
    return {(row, column): (heat.z[y][x], heat.text[y][x])
            for y, row in enumerate(names[0]) for x, column in enumerate(names[1])
            if heat.z[y][x] is not None}  # fmt: skip


def test_every_cell_stands_where_its_row_and_column_say() -> None:
    figure = affinity_matrix(FREE, "en")
    points = figure.data[-1]
    columns, rows = figure.layout.xaxis.ticktext, figure.layout.yaxis.ticktext
    at = {(rows[y], columns[x]): data for x, y, data in
          zip(points.x, points.y, points.customdata, strict=True)}  # fmt: skip
    assert len(at) == len(FREE)
    assert all((data[0], data[1]) == place for place, data in at.items())
    first = FREE.filter((pl.col("row_place") == 0) & (pl.col("column_place") == 0))
    assert (rows[-1], columns[0]) == (first["row"][0], first["column"][0])


@pytest.mark.parametrize("number", MATRIX_NUMBERS)
def test_numbers_are_those_asked_for_and_colours_always_the_tgi(number) -> None:
    figure = affinity_matrix(FREE, "en", number=number)
    drawn = cells_of(figure, 0) | cells_of(figure, 1)
    for row in FREE.to_dicts():
        z, text = drawn[row["row"], row["column"]]
        write = wording.index if number == "tgi" else lambda x: wording.percent(x, 0)
        assert text == write(row[number])
        if row["direction"] != "as expected":
            span = figure.data[0].zmax
            exact = math.log(row["tgi"] / 100)
            assert z == pytest.approx(min(max(exact, -span), span), abs=1e-3)


def test_colours_part_at_100_and_mean_the_same_on_both_sides() -> None:
    heat = affinity_matrix(FREE, "en").data[0]
    assert heat.zmin == -heat.zmax
    colours = dict(heat.colorscale)
    under, over = (colours[end].removeprefix("rgba(").split(",") for end in (0.0, 1.0))
    assert under[:3] != over[:3]
    assert under[3] == over[3]
    ticks = dict(zip(heat.colorbar.ticktext, heat.colorbar.tickvals, strict=True))
    assert ticks["100"] == 0
    assert all(v == pytest.approx(math.log(int(t) / 100)) for t, v in ticks.items())


def test_cells_not_told_from_chance_are_muted_and_said() -> None:
    frame = FREE.with_columns(
        direction=pl.when(pl.col("row") == "food")
        .then(pl.lit("as expected"))
        .otherwise("direction")
    )
    for language in ("en", "zh"):
        figure = affinity_matrix(frame, language)
        muted = cells_of(figure, 1)
        assert {row for row, _ in muted} >= {"food"}
        assert {(r, c) for r, c in muted if r == "food"} == {
            (r, c) for r, c in frame.select("row", "column").iter_rows() if r == "food"
        }
        said = TEXT[language][0].casefold()
        assert said in figure.layout.annotations[0].text.casefold()
        hovers = {(d[0], d[1]): d[2] for d in figure.data[-1].customdata}
        assert all((said in hovers[cell].casefold()) == (
            frame.row(by_predicate=(pl.col("row") == cell[0]) & (pl.col("column") == cell[1]),
                      named=True)["direction"] == "as expected") for cell in hovers)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cells_below_the_floor_show_a_dash_and_no_number_anywhere(language) -> None:
    figure = affinity_matrix(HIDDEN, language)
    row = HIDDEN.filter(pl.col("suppressed").is_not_null()).row(0, named=True)
    _, text = cells_of(figure, 1)[row["row"], row["column"]]
    assert text == "–"
    hover = {(d[0], d[1]): d[2] for d in figure.data[-1].customdata}[row["row"], row["column"]]
    assert TEXT[language][1] in hover
    assert TEXT[language][1] in figure.layout.annotations[0].text
    plain = re.sub("<[^>]+>", "", hover).replace(str(FLOOR), "")
    assert not re.search(r"\d", plain)


def test_hover_says_both_directions_with_the_numbers() -> None:
    figure = affinity_matrix(FREE, "en")
    for (row, column), cell in {(r["row"], r["column"]): r for r in FREE.to_dicts()}.items():
        hover = next(d[2] for d in figure.data[-1].customdata if (d[0], d[1]) == (row, column))
        assert f"{wording.percent(cell['share_of_row'])} of {row} are in {column}" in hover
        assert f"{wording.percent(cell['share_of_column'])} of {column} are in {row}" in hover
        assert f"TGI {wording.index(cell['tgi'])} (exact)" in hover
    sampled = affinity_matrix(MIRRORED, "zh").data[-1].customdata
    assert all("–" in data[2] for data in sampled)


def test_an_audience_meets_itself_in_no_cell() -> None:
    figure = affinity_matrix(MIRRORED, "en")
    assert not {cell for trace in (0, 1) for cell in cells_of(figure, trace) if cell[0] == cell[1]}
    assert len(figure.data[-1].x) == len(MIRRORED)


def test_the_selected_cell_is_ringed_and_the_marked_audience_bold() -> None:
    row = FREE.row(2, named=True)
    figure = affinity_matrix(
        FREE, "en", selected=(row["row"], row["column"]), marked=(row["column"],)
    )
    points = figure.data[-1]
    (chosen,) = points.selectedpoints
    assert points.customdata[chosen][:2] == [row["row"], row["column"]]
    assert points.selected.marker.opacity == 1
    assert points.unselected.marker.opacity == points.marker.opacity == 0
    assert f"<b>{row['column']}</b>" in figure.layout.xaxis.ticktext
    assert not any(t.startswith("<b>") for t in figure.layout.yaxis.ticktext)
    assert affinity_matrix(FREE, "en").data[-1].selectedpoints == ()


def test_names_of_data_cannot_write_html() -> None:
    frame = FREE.with_columns(row=pl.col("row") + "<img src=x>")
    text = json.dumps(affinity_matrix(frame, "en").to_plotly_json(), default=list)
    assert "&lt;img" in text
    hovers = [data[2] for data in affinity_matrix(frame, "en").data[-1].customdata]
    assert not any("<img" in hover for hover in hovers)


def test_narrow_cells_have_colours_but_no_numbers() -> None:
    row = FREE.filter(pl.col("row_place") == 0).head(1)
    wide = pl.concat([
        row.with_columns(column=pl.lit(f"c{i}"), column_place=pl.lit(i, dtype=pl.Int64))
        for i in range(MOST_NUMBERED + 1)
    ])  # fmt: skip
    drawn = affinity_matrix(wide, "en").data
    assert {text for trace in drawn[:2] for line in trace.text for text in line} == {""}
    hidden = wide.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("tgi"),
        suppressed=pl.lit("fewer than 100 users"),
        direction=pl.lit(None, dtype=pl.String),
    )
    assert set(affinity_matrix(hidden, "en").data[1].text[0]) == {"–"}


def test_without_audiences_it_says_so() -> None:
    figure = affinity_matrix(pl.DataFrame(schema=MATRIX_TABLE), "en")
    assert not figure.data
    assert "no audiences" in figure.layout.annotations[0].text
