"""The page of overlaps answers for a pair, a matrix and several audiences, in every state."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote_plus

import polars as pl
import pytest
from community import random_rows, week
from dashboards import copyable, opener, page, write_store

from overlap.dashboard.data import open_store
from overlap.dashboard.texts import text
from overlap.insights.matrix import Side, matrix, pair
from overlap.insights.regions import regions
from overlap.insights.wording import index, percent, rate, users
from overlap.model import Policy, Window

ROWS = random_rows(3)
FREE = Policy(0, 0)
TV, GAMING, FOOD = "category:tv", "interest:gaming", "interest:food"


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("exact") / "store", ROWS)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampled") / "store"
    return write_store(path, ROWS, FREE, k=64, budget=2500)


@pytest.fixture
def run(monkeypatch):
    run = opener(monkeypatch)
    return lambda store, floor=None, **query: run(store, floor, at="overlaps", **query)


def panel_of(store):
    return open_store(store, None).panel


def headline(app):
    return page(app).split("<h1>")[1].split("</h1>")[0]


def warnings(app):
    return [w.value.replace("\\", "") for w in app.warning]


def links(app):
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def table(app, column):
    return next(t.value for t in app.dataframe if column in t.value.columns)


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


# --- the pair ---------------------------------------------------------------------------------


def test_without_parameters_the_page_answers_for_the_bars_category_and_its_opening(run, exact):
    app = run(exact, category="tv", brand="acme", opening="food")
    told = pair(panel_of(exact), TV, FOOD, brand="acme", policy=FREE)
    assert f"{percent(told.share_of_first.value)} of tv are in food" in headline(app)
    assert f"{percent(told.share_of_second.value)} the other way round" in headline(app)
    for number in (users(told.overlap.value), users(told.expected.value), index(told.tgi.value),
                   percent(told.brand.penetration.value), users(told.brand.unreached.value),
                   users(told.brand.gap.value)):  # fmt: skip
        assert number in page(app)
    assert text("say_exact", "en") in page(app)


def test_the_pair_of_the_link_is_shown_with_the_parts_of_the_insight(run, exact):
    app = run(exact, category="phone", brand="acme", a=GAMING, b="interest:food>=2")
    told = pair(panel_of(exact), GAMING, "interest:food>=2", brand="acme", policy=FREE)
    shown = table(app, "part")
    assert list(shown["users"]) == told.parts["users"].to_list()
    assert list(shown["expression"]) == told.parts["expression"].to_list()
    assert "food ≥2, not in gaming" in list(shown["part"])
    assert not app.warning


def test_a_sampled_pair_says_its_intervals(run, sampled):
    app = run(sampled, category="tv", a=TV, b=FOOD)
    told = pair(panel_of(sampled), TV, FOOD, policy=FREE)
    assert not told.overlap.exact
    ends = f"{users(told.overlap.low)}–{users(told.overlap.high)}"
    assert f"({ends})" in page(app)
    assert ends in list(table(app, "part")["users_interval"])
    assert text("say_sampled", "en", rate=rate(panel_of(sampled).floor_rate)) in page(app)


def test_every_region_of_a_pair_leads_to_the_segment_builder(run, exact):
    app = run(exact, category="tv", brand="acme", a=TV, b=GAMING, from_="2026-01-12")
    found = [dict(part.split("=", 1) for part in link.proto.query_string.split("&"))
             for link in app.get("page_link")
             if "expr=" in link.proto.query_string]  # fmt: skip
    told = pair(panel_of(exact), TV, GAMING, brand="acme", policy=FREE)
    expressions = {unquote_plus(link["expr"]) for link in found}
    wanted = told.parts.filter(~pl.col("part").is_in(["first", "second"]))
    assert expressions == set(wanted["expression"])
    assert all(link["category"] == "tv" and link["from"] == "2026-01-12" for link in found)


def test_the_window_and_the_baseline_hold_for_matrix_and_pair(run, exact):
    app = run(exact, category="tv", a=TV, b=GAMING, baseline="category:phone",
              from_="2026-01-12", to="2026-02-02")  # fmt: skip
    window = Window(week(1), week(4))
    told = pair(panel_of(exact), TV, GAMING, baseline="category:phone", window=window, policy=FREE)
    assert list(table(app, "part")["users"]) == told.parts["users"].to_list()
    cells = matrix(panel_of(exact), "interest", "category", baseline="category:phone",
                   window=window, policy=FREE)  # fmt: skip
    shown = table(app, "row").sort_values(["row", "column"])
    assert list(shown["overlap_users"]) == (
        cells.drop_nulls("overlap_users").sort("row", "column")["overlap_users"].to_list()
    )
    assert "among the users of phone" in page(app)


def test_choosing_in_a_box_changes_the_pair_and_the_address(run, exact):
    app = run(exact, category="tv", opening="food")
    app.selectbox(key="overlaps_b").select(GAMING).run()
    assert app.query_params["a"] == TV
    assert app.query_params["b"] == GAMING
    assert "tv are in gaming" in headline(app)


# --- the matrix -------------------------------------------------------------------------------


def test_the_matrix_of_the_link_is_drawn_and_listed(run, exact):
    app = run(
        exact, category="tv", rows="brand", columns="interest", show="share_of_row", most="12"
    )
    cells = matrix(panel_of(exact), Side("brand", most=12), Side("interest", most=12), policy=FREE)
    points = figures(app)[0]["data"][-1]
    drawn = {(data[0], data[1]) for data in points["customdata"]}
    assert drawn == set(cells.select("row", "column").iter_rows())
    assert "% of row" in app.segmented_control(key="overlaps_show").options
    app.selectbox(key="overlaps_columns").select("brand").run()
    assert app.query_params["columns"] == "brand"


def test_cells_below_the_floor_are_drawn_without_numbers(run, exact):
    free = matrix(panel_of(exact), "interest", "category", policy=FREE)
    least = free.sort("overlap_users").row(0, named=True)
    app = run(exact, floor=int(least["overlap_users"]) + 1, category="tv")
    cells = {(data[0], data[1]): data[2] for data in figures(app)[0]["data"][-1]["customdata"]}
    assert "not shown" in cells[least["row"], least["column"]]
    shown = table(app, "row")
    pairs = set(zip(shown["row"], shown["column"], strict=True))
    assert (least["row"], least["column"]) not in pairs
    floor = int(least["overlap_users"]) + 1
    some = matrix(panel_of(exact), "interest", "category", policy=Policy(floor, 0))
    some = some.filter(pl.col("suppressed").is_null())
    assert pairs == set(some.select("row", "column").iter_rows())


# --- states -----------------------------------------------------------------------------------


def test_a_pair_below_the_floor_shows_no_number_of_both(run, exact):
    told = pair(panel_of(exact), TV, "interest:knitting", policy=FREE)
    app = run(exact, floor=int(told.overlap.value) + 1, category="tv", a=TV, b="interest:knitting")
    assert f"fewer than {int(told.overlap.value) + 1} users" in headline(app)
    assert "ov-figures" not in page(app)
    shown = table(app, "part")
    assert shown["users"].isna().sum() >= 1
    assert told.overlap.value not in list(shown["users"])


def test_audiences_that_share_nobody_are_said_to(run, tmp_path):
    apart = [("interest", "a", week(0), u, 1) for u in range(200)]
    apart += [("interest", "b", week(0), u, 1) for u in range(200, 500)]
    app = run(write_store(tmp_path / "store", apart), a="interest:a", b="interest:b")
    assert headline(app) == "Nobody is in both a and b"
    assert list(table(app, "part")["users"]) == [200, 300, 0, 200, 300, 500]


def test_everything_below_the_floor_is_said_to_be(run, exact):
    app = run(exact, floor=100_000, category="tv", a=TV, b=FOOD)
    assert "fewer than 100000 users" in headline(app)
    assert "Nothing here reaches the floor" in page(app)


def test_a_store_of_one_audience_says_what_is_missing(run, tmp_path):
    alone = [row for row in ROWS if row[1] == "tv"]
    app = run(write_store(tmp_path / "store", alone))
    assert "Overlaps need two audiences" in headline(app)


def test_a_store_without_categories_lays_what_it_has_across_itself(run, tmp_path):
    rows = [row for row in ROWS if row[0] == "interest"]
    app = run(write_store(tmp_path / "store", rows))
    assert app.selectbox(key="overlaps_rows").value == "interest"
    assert app.selectbox(key="overlaps_columns").value == "interest"
    assert "the other way round" in headline(app)


def test_the_same_audience_on_both_sides_asks_for_another(run, exact):
    app = run(exact, category="tv", a=TV, b="tv")
    assert "tv is on both sides" in headline(app)
    assert app.selectbox(key="overlaps_b").value == TV


def test_a_link_to_an_audience_that_is_gone_names_the_nearest_and_still_answers(run, exact):
    app = run(exact, category="tv", a="interest:gamming", b=FOOD)
    assert "interest:gamming" in warnings(app)[0]
    assert "gaming" in warnings(app)[0].split("interest:gamming", 1)[1]
    assert "tv are in food" in headline(app)


def test_kinds_that_are_not_there_are_said_and_replaced(run, exact):
    app = run(exact, category="tv", rows="intrest", most="1000", show="everything")
    assert "“intrest”" in warnings(app)[0]
    assert "interest" in warnings(app)[0]
    assert app.selectbox(key="overlaps_rows").value == "interest"
    assert app.segmented_control(key="overlaps_most").value == "24"


def test_changing_the_language_keeps_everything(run, exact):
    app = run(exact, category="tv", brand="acme", a=GAMING, b=TV, rows="brand", show="share_of_row")
    before = app.session_state["view"]
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.session_state["view"] == replace(before, language="zh")
    assert "「gaming」中有" in headline(app)
    assert "「tv」" in headline(app)
    app.segmented_control(key="bar_language").set_value("en").run()
    assert app.session_state["view"] == before


# --- several ----------------------------------------------------------------------------------


def sets(*audiences):
    return json.dumps(audiences)


def test_several_audiences_show_every_region_of_the_insight(run, exact):
    chosen = (TV, GAMING, FOOD, "brand:acme | interest:knitting")
    app = run(exact, category="tv", tab="sets", sets=sets(*chosen))
    found = regions(panel_of(exact), chosen, policy=FREE)
    seen = found.filter(pl.col("exclusive_users").is_null() | (pl.col("exclusive_users") > 0))
    assert list(table(app, "degree")["exclusive_users"].dropna()) == (
        seen["exclusive_users"].drop_nulls().to_list()
    )
    assert headline(app).startswith("These 4 audiences have")
    assert len(app.get("plotly_chart")) == 1


def test_a_region_of_the_link_is_marked_and_leads_to_a_segment(run, exact):
    found = regions(panel_of(exact), [TV, GAMING, FOOD], policy=FREE)
    text = next(t for t in found["expression"] if "- interest:food" in t and "gaming" in t)
    app = run(exact, category="tv", tab="sets", sets=sets(TV, GAMING, FOOD), region=text)
    assert copyable(app)[0] == text
    row = found.filter(pl.col("expression") == text).row(0, named=True)
    assert users(row["exclusive_users"]) in page(app)
    assert "tv + gaming" in page(app).replace("gaming + tv", "tv + gaming")
    assert {"Build segment: exactly these", "Build segment: all of these"} <= set(links(app))


def test_only_users_of_the_category_can_be_counted(run, exact):
    app = run(exact, category="phone", tab="sets", sets=sets(GAMING, FOOD), inside="category")
    found = regions(panel_of(exact), [GAMING, FOOD], inside="category:phone", policy=FREE)
    assert list(table(app, "degree")["exclusive_users"]) == found["exclusive_users"].to_list()
    app.toggle(key="overlaps_inside").set_value(False).run()
    assert "inside" not in app.query_params
    assert list(table(app, "degree")["exclusive_users"]) == (
        regions(panel_of(exact), [GAMING, FOOD])["exclusive_users"].to_list()
    )


def test_a_13th_audience_is_left_out_and_said(run, exact):
    many = [f"interest:food>={n}" for n in range(1, 14)]
    app = run(exact, floor=0, category="tv", tab="sets", sets=sets(*many))
    assert "13 audiences; the first 12" in warnings(app)[0]
    assert len(app.multiselect(key="overlaps_sets").value) == 12


def test_what_cannot_be_laid_across_is_left_out_of_the_link_by_name(run, exact):
    link = sets(TV, "interest:gamming", "tv", FOOD, "food &")
    app = run(exact, category="tv", tab="sets", sets=link)
    said = " ".join(warnings(app))
    assert "interest:gamming" in said
    assert "“tv” is the same segment" in said
    assert "“food &”" in said
    assert app.multiselect(key="overlaps_sets").value == [TV, FOOD]


def test_one_audience_alone_asks_for_more(run, exact):
    app = run(exact, category="tv", tab="sets", sets=sets(TV))
    assert headline(app) == "Choose at least two audiences"
    assert not app.get("plotly_chart")


def test_names_with_any_sign_survive_the_link(run, tmp_path):
    odd = 'a "b", [c] & d;\\ e'
    renamed = [(k, odd if n == "food" else n, *rest) for k, n, *rest in ROWS]
    app = run(write_store(tmp_path / "store", renamed), category="tv", tab="sets")
    box = app.multiselect(key="overlaps_sets")
    option = next(value for value in (*box.value, "interest:" + json.dumps(odd)) if "[c]" in value)
    box.set_value([TV, option]).run()
    again = run(tmp_path / "store", **dict(app.query_params.items()))
    assert again.multiselect(key="overlaps_sets").value == [TV, option]
    assert not again.warning
    pair_ = run(tmp_path / "store", category="tv", a=TV, b=option)
    assert "[c] &amp; d" in headline(pair_)
    assert not pair_.warning
