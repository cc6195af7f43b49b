"""The charts of a profile and of a plan show what their rows say, and nothing that is hidden."""

from __future__ import annotations

import html
import json

import polars as pl
import pytest
from community import panel, random_rows, week

from overlap.charts import profile_dots, reach_staircase
from overlap.charts.labels import text_width
from overlap.charts.profile import LONGEST_NAME, OVER_COLOUR, UNDER_COLOUR
from overlap.charts.staircase import TIER_COLOURS, _tick
from overlap.insights.planner import plan
from overlap.insights.profile import profile
from overlap.insights.wording import percent
from overlap.model import Policy

NO_FLOOR = Policy(0, 0)


@pytest.fixture(scope="module")
def community():
    rows = random_rows(7)
    # An audience that keeps away from television, and one too small to be shown.
    tv = {u for kind, name, _, u, _ in rows if (kind, name) == ("category", "tv")}
    rows += [("interest", "radio", week(0), u, 1) for u in range(1500) if u not in tv or u % 8 == 0]
    rows += [("interest", "tiny", week(0), u, 1) for u in range(40)]
    return rows


@pytest.fixture(scope="module", params=[{}, {"k": 300, "budget": 5000}], ids=["exact", "sampled"])
def shop(request, community):
    return panel(community, **request.param)


@pytest.fixture(scope="module")
def rows(shop):
    return profile(shop, "category:tv", policy=Policy(1, 0))


def dots(figure) -> dict[str, tuple[float, float, str]]:
    return {
        data[0]: (x, y, trace.marker.color)
        for trace in figure.data
        if trace.mode == "markers"
        for data, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }


# --- the profile ------------------------------------------------------------------------------


def test_a_dot_stands_at_its_tgi_over_above_under(rows) -> None:
    found = rows.filter(pl.col("direction").is_in(["over", "under"]))
    assert set(found["direction"]) == {"over", "under"}
    drawn = dots(profile_dots(rows, "en"))
    assert drawn.keys() == set(found["name"])
    colours = {"over": OVER_COLOUR, "under": UNDER_COLOUR}
    for row in found.iter_rows(named=True):
        x, _, colour = drawn[row["name"]]
        assert (x, colour) == (row["tgi"], colours[row["direction"]])
    places = [drawn[name][1] for name in found["name"]]
    assert places == sorted(places)


def test_lines_span_the_intervals(rows) -> None:
    figure = profile_dots(rows, "en")
    found = rows.filter(pl.col("direction") == "over")
    thin = figure.data[0]
    assert list(thin.x[0::3]) == found["tgi_shrunk_low"].to_list()
    assert list(thin.x[1::3]) == found["tgi_shrunk_high"].to_list()
    thick = figure.data[1]
    sampled = found.filter(~pl.col("exact"))
    assert list(thick.x[0::3]) == sampled["tgi_low"].to_list()
    assert list(thick.x[1::3]) == sampled["tgi_high"].to_list()


def test_the_axis_is_a_log_scale_that_holds_every_interval_and_100(rows) -> None:
    layout = profile_dots(rows, "en").layout
    low, high = (10**end for end in layout.xaxis.range)
    assert layout.xaxis.type == "log"
    found = rows.filter(pl.col("direction").is_in(["over", "under"]))
    assert low < min(80, *found["tgi_shrunk_low"])
    assert high > max(130, *found["tgi_shrunk_high"])
    assert {s.x0 for s in layout.shapes if s.type == "line"} == {100}


def test_rows_that_are_hidden_or_as_expected_are_not_in_the_figure(shop) -> None:
    rows = profile(shop, "category:tv", policy=Policy(60, 0))
    left = rows.filter(~pl.col("direction").is_in(["over", "under"]).fill_null(value=False))
    assert "tiny" in set(left["name"])
    spec = profile_dots(rows, "en").to_json()
    assert not [name for name in left["name"] if name in spec]


def test_of_many_rows_the_strongest_are_drawn_and_all_are_counted(rows) -> None:
    one = rows.filter(pl.col("direction") == "over").head(1)
    many = pl.concat([one] * 40).with_columns(name=pl.format("i{}", pl.int_range(pl.len())))
    figure = profile_dots(many, "en", most_over=5)
    assert list(dots(figure)) == [f"i{n}" for n in range(5)]
    assert "5 of 40" in figure.layout.annotations[0].text
    assert "40 个中的 5 个" in profile_dots(many, "zh", most_over=5).layout.annotations[0].text


def test_a_tgi_of_zero_stands_at_the_left_edge(rows) -> None:
    none = rows.head(1).with_columns(
        direction=pl.lit("under"), tgi=pl.lit(0.0), tgi_low=pl.lit(0.0), tgi_shrunk_low=pl.lit(0.0)
    )
    figure = profile_dots(none, "en")
    (x, _, _) = dots(figure)[none["name"][0]]
    assert x == pytest.approx(10 ** figure.layout.xaxis.range[0])


def test_a_profile_of_nothing_says_so(rows) -> None:
    assert "luck" in profile_dots(rows.head(0), "en").layout.annotations[0].text
    assert dots(profile_dots(rows.head(0), "zh")) == {}


# --- the staircase ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def steps(shop):
    return plan(shop, "category:tv", target="60%", order="reach", policy=NO_FLOOR)


def bars(figure) -> dict[int, tuple[float, float, str, float, float]]:
    return {
        data[0]: (base, base + x, trace.marker.color, minus, plus)
        for trace in figure.data[1:]
        for data, base, x, minus, plus in zip(
            trace.customdata, trace.base, trace.x,
            trace.error_x.arrayminus, trace.error_x.array, strict=True,
        )
    }  # fmt: skip


def test_every_step_begins_where_the_last_one_ended(steps) -> None:
    drawn = bars(reach_staircase(steps, "en"))
    assert sorted(drawn) == steps["step"].to_list()
    assert len(drawn) >= 2
    for row in steps.iter_rows(named=True):
        start, end, colour, minus, plus = drawn[row["step"]]
        before = 0.0 if row["step"] == 1 else drawn[row["step"] - 1][1]
        assert start == pytest.approx(before)
        assert end == pytest.approx(row["cumulative_users"])
        assert end - minus == pytest.approx(row["cumulative_users_low"])
        assert end + plus == pytest.approx(row["cumulative_users_high"])
        assert colour == TIER_COLOURS[row["tier"]]


def test_the_target_is_a_line(steps) -> None:
    layout = reach_staircase(steps, "en").layout
    target = steps["target_users"][0]
    assert target in [shape.x0 for shape in layout.shapes]
    assert any("Target" in note.text for note in layout.annotations)
    assert any("目标" in note.text for note in reach_staircase(steps, "zh").layout.annotations)


@pytest.mark.parametrize(
    ("users", "language", "text"),
    [
        (0, "en", "0"), (500, "en", "500"), (5000, "en", "5,000"), (10_000, "en", "10,000"),
        (2_500_000, "en", "2.5M"), (10_000, "zh", "10,000"), (15_000, "zh", "15,000"),
        (20_000_000, "zh", "2,000万"), (100_000_000, "zh", "1亿"),
    ],
)  # fmt: skip
def test_the_axis_is_named_in_round_numbers(users, language, text) -> None:
    assert _tick(users, language) == text


def test_the_axis_has_a_handful_of_round_numbers(steps) -> None:
    axis = reach_staircase(steps, "en").layout.xaxis
    assert 4 <= len(axis.tickvals) <= 9
    assert max(axis.tickvals) <= axis.range[1]
    assert list(axis.ticktext) == [_tick(users, "en") for users in axis.tickvals]


def test_what_is_reached_stands_beside_every_step(steps) -> None:
    texts = [note.text for note in reach_staircase(steps, "en").layout.annotations]
    for share in steps["cumulative_share"]:
        assert any(f"({percent(share)})" in text for text in texts)


def test_a_candidate_without_a_step_is_not_drawn(shop) -> None:
    asked = ["interest:gaming", "interest:tiny"]
    frame = plan(shop, "category:tv", asked, policy=Policy(100, 0))
    assert frame["suppressed"].null_count() == 1
    assert "tiny" not in reach_staircase(frame, "en").to_json()


@pytest.mark.parametrize(
    ("language", "category", "segment"), [("en", "category", "segment"), ("zh", "品类", "人群包")]
)
def test_the_staircase_calls_what_it_reaches_by_its_name(
    steps, language, category, segment
) -> None:
    for frame in (steps, steps.head(0)):
        for goal, there, not_there in (
            ("category", category, segment), ("segment", segment, category),
        ):  # fmt: skip
            figure = reach_staircase(frame, language, goal)
            hovers = [data[2] for trace in figure.data[1:] for data in trace.customdata]
            notes = [note.text for note in figure.layout.annotations]
            said = " ".join([*hovers, *notes, figure.layout.xaxis.title.text]).lower()
            # The audience's own name holds the category's kind.
            assert there in said
            assert not_there not in said


def test_a_plan_of_nothing_says_so(steps) -> None:
    figure = reach_staircase(steps.head(0), "en")
    assert bars(figure) == {}
    assert "No audience" in figure.layout.annotations[0].text


# --- names ------------------------------------------------------------------------------------

NASTY = '<b>&"x" 一个特别特别特别特别特别特别特别长的人群名称'


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_that_look_like_markup_stay_text_and_long_ones_are_cut(language) -> None:
    rows = [("category", "tv", week(0), u, 1) for u in range(200)]
    rows += [("interest", NASTY, week(0), u, 1) for u in range(150)]
    rows += [("brand", "anybody", week(0), u, 1) for u in range(900)]
    shop = panel(rows)
    profiled = profile(shop, "category:tv", policy=NO_FLOOR)
    planned = plan(shop, "category:tv", policy=NO_FLOOR)
    for figure in (profile_dots(profiled, language), reach_staircase(planned, language)):
        spec = json.loads(figure.to_json())
        (tick,) = spec["layout"]["yaxis"]["ticktext"]
        assert tick.startswith("&lt;b&gt;&amp;&quot;x&quot;")
        assert "…" in tick
        assert text_width(html.unescape(tick)) < LONGEST_NAME + 60
        hover = next(data for trace in spec["data"] for data in trace.get("customdata", []))[-1]
        assert "&lt;b&gt;&amp;" in hover
        assert NASTY not in hover
