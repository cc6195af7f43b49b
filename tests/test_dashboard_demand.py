"""The page demand answers, or says what to do: every state of its four parts, without a browser."""

from __future__ import annotations

import html
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from community import Row, week
from dashboards import copyable, opener, page, write_store

from overlap import charts
from overlap.charts.colours import OPENING, SELECTED
from overlap.dashboard.data import open_store
from overlap.dashboard.texts import text
from overlap.insights.language import language, with_odds
from overlap.insights.needs import needs
from overlap.insights.needs_map import needs_map
from overlap.insights.trends import trends
from overlap.insights.wording import percent, rate
from overlap.members import ALL_PERIODS
from overlap.model import Policy, Window
from overlap.panel import open_panel
from overlap.workspace import draft, open_workspace

WEEKS = 12
HERE = {"at": "demand", "category": "tea", "lang": "en"}
FANS = "category:tea & interest:climbing"


def town() -> list[Row]:
    """A town where "new" and "gone" burst among tea drinkers, and climbers say "grip"."""
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    bursts = {"new": (0, 3) + (0,) * 6 + (150, 250, 350, 400),
              "gone": (0,) * 6 + (300, 350, 400) + (2,) * 3}  # fmt: skip
    for w in range(WEEKS):
        for user in rng.choice(4000, 2500, replace=False):
            rows.append(("interest", "food", week(w), int(user), 1))
            if user % 4 == 0:
                rows.append(("interest", "climbing", week(w), int(user), 1))
            if user % 4 == 0 or user % 31 == 0:
                rows.append(("interest", "hiking", week(w), int(user), 1))
        for name, users in bursts.items():
            rows += [("term", name, week(w), int(u), 1)
                     for u in rng.choice(2000, users[w], replace=False)]  # fmt: skip
    for user in range(2400):
        rows.append(("category", "tea", week(0), user, 1))
        rows += [("term", word, week(user % WEEKS), user, 1) for word in _said(user)]
        if user % 3 == 0:
            rows.append(("brand", "leaf", week(0), user, 1))
    return rows


def _said(user: int) -> list[str]:
    both = ["mug"] if user % 5 else ["kettle"]
    if user % 4 == 0:
        return [*both, "grip"] if user % 8 else [*both, "grip", "non-slip"]
    return [*both, "non-slip"] if user % 3 else [*both, "biscuit"]


ROWS = town()


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("exact") / "store", ROWS, Policy())


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampled") / "store"
    return write_store(path, ROWS, Policy(0, 0), k=256, budget=9000)


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


def panel(store):
    return open_store(store, None).panel


def headline(app) -> str:
    return page(app).split("<h1>")[1].split("</h1>")[0]


def chart(app, key: str) -> str:
    (found,) = [c for c in app.get("plotly_chart") if f"-{key}" in c.proto.id]
    return found.proto.spec


# --- needs ------------------------------------------------------------------------------------


def test_the_strongest_need_of_the_category_is_the_answer(run, exact):
    app = run(exact, **HERE)
    found = needs(panel(exact), category="tea")
    assert found["name"].to_list() == ["new", "gone"]
    assert headline(app) == "new is the strongest emerging need in tea"
    assert f"{found['users'][0]:,.0f} users (exact)" in page(app)
    assert text("say_exact", "en") in page(app)


def test_the_table_of_needs_shows_what_the_insight_returns(run, exact):
    found = needs(panel(exact), category="tea")
    shown = run(exact, **HERE).dataframe[0].value
    assert list(shown["name"]) == found["name"].to_list()
    assert list(shown["users"]) == found["users"].to_list()
    assert list(shown["score"]) == pytest.approx(found["score"].to_list())


def test_a_sampled_store_shows_intervals_of_needs(run, sampled):
    app = run(sampled, **HERE)
    first = needs(panel(sampled), category="tea", policy=Policy(0, 0)).row(0, named=True)
    assert first["users_low"] < first["users"] < first["users_high"]
    assert text("say_sampled", "en", rate=rate(panel(sampled).floor_rate)) in page(app)
    assert f"95%: {first['users_low']:,.0f}–{first['users_high']:,.0f}" in page(app)


def test_the_need_of_the_link_is_on_the_card_and_its_segment_is_inside_the_category(run, exact):
    app = run(exact, **HERE, need="term:gone")
    assert "<h2>gone</h2>" in page(app)
    assert "over" in page(app)
    app.button(key="demand_to_language").click().run()
    assert app.query_params["of"] == "category:tea & term:gone"
    assert app.query_params["tab"] == "language"


def test_a_vanished_need_is_said_and_the_first_is_shown(run, exact):
    app = run(exact, **HERE, need="term:<b>")
    assert "not among the needs here" in app.warning[0].value.replace("\\", "")
    assert "<h2>new</h2>" in page(app)
    assert "need" not in app.query_params


def test_all_categories_is_a_choice_of_its_own(run, exact):
    app = run(exact, **HERE)
    app.segmented_control(key="demand_scope").set_value("all").run()
    assert app.query_params["scope"] == "all"
    assert "on the whole platform" in headline(app)
    assert "tgi" not in app.dataframe[0].value.columns
    assert app.query_params["category"] == "tea"


def test_without_a_burst_the_page_says_so(run, tmp_path):
    calm = [row for row in ROWS if row[1] not in ("new", "gone")]
    app = run(write_store(tmp_path / "store", calm), **HERE)
    assert headline(app) == "No emerging need in tea"
    assert not app.dataframe


def test_a_store_without_periods_says_how_to_have_them(run, tmp_path):
    store = write_store(tmp_path / "store", ROWS, period="none")
    for tab in ("needs", "trends"):
        app = run(store, **HERE, tab=tab)
        assert "no periods" in page(app)
        assert "--period week" in app.code[0].value


def test_too_few_periods_are_counted(run, exact):
    app = run(exact, **HERE, to=str(week(2)))
    assert "3 whole weeks are too few" in page(app)
    app.button(key="demand_whole_time").click().run()
    assert headline(app) == "new is the strongest emerging need in tea"


# --- trends -----------------------------------------------------------------------------------


def test_the_selected_opening_is_followed_in_its_category(run, exact):
    app = run(exact, **HERE, tab="trends", opening="climbing")
    found = trends(panel(exact), "interest:climbing", category="category:tea")
    assert list(app.dataframe[0].value["overlap_users"]) == found["overlap_users"].to_list()
    assert headline(app).startswith("climbing ")
    assert copyable(app)[0] == FANS


def test_a_measure_and_a_window_are_those_of_the_link(run, exact):
    start = week(4)
    app = run(exact, **HERE, tab="trends", of="term:new", measure="share", from_=str(start))
    found = trends(panel(exact), "term:new", window=Window(start, None))
    shown = app.dataframe[0].value
    told = found["share"].fill_null(-1).to_list()
    assert list(shown["share"].fillna(-1)) == pytest.approx(told, abs=5e-4)
    app.segmented_control(key="demand_measure").set_value("tgi").run()
    assert app.query_params["measure"] == "tgi"
    assert "tgi" in app.dataframe[0].value.columns


def test_a_burst_is_said_in_a_sentence(run, exact):
    app = run(exact, **HERE, tab="trends", of="term:new")
    assert "burst began on 2026-03-02" in page(app)
    assert "Tinted: a burst." in page(app)
    assert "Periods with fewer than 100 users are gaps" in page(app)


def test_others_are_drawn_beside_it_and_what_is_unknown_is_said(run, exact):
    beside = "interest:hiking\ninterest:hikking"
    app = run(exact, **HERE, tab="trends", of="interest:climbing", beside=beside)
    expressions = list(dict.fromkeys(app.dataframe[0].value["expression"]))
    assert expressions == ["interest:climbing", "interest:hiking"]
    assert "hikking" in app.warning[0].value
    assert page(app).split("<ul>")[1].startswith("<li>Hiking ")


def test_a_penetration_needs_a_brand(run, exact):
    ask = {**HERE, "tab": "trends", "of": FANS, "measure": "brand_penetration"}
    assert "brand_penetration" not in run(exact, **ask).dataframe[0].value.columns
    app = run(exact, **ask, brand="leaf")
    found = trends(panel(exact), "interest:climbing", category="category:tea", brand="leaf")
    shown = app.dataframe[0].value["brand_penetration"]
    assert list(shown) == pytest.approx(found["brand_penetration"].to_list(), abs=5e-4)


def test_one_period_shows_no_trend(run, exact):
    day = str(week(5))
    app = run(exact, **HERE, tab="trends", from_=day, to=day)
    assert "alone shows no trend" in headline(app)
    assert len(app.dataframe[0].value) == 1
    assert app.button(key="demand_whole_time")


@pytest.mark.parametrize("tab", ["trends", "language"])
def test_a_vanished_audience_is_explained_with_the_nearest(run, exact, tab):
    app = run(exact, **HERE, tab=tab, of="interest:climbin")
    assert "cannot be looked up here" in page(app)
    assert "interest:climbing" in page(app)
    app.selectbox(key="demand_of").set_value("interest:climbing").run()
    assert app.query_params["of"] == "interest:climbing"
    assert app.dataframe


@pytest.mark.parametrize("tab", ["trends", "language"])
@pytest.mark.parametrize(
    ("wanted", "said"),
    [("category:tea &", "cannot be looked up"), ("term:grip - term:grip", "Nobody is in"),
     ("interest:climbing>=12", "fewer than 100 users")],
    ids=["typo", "empty", "floor"],
)  # fmt: skip
def test_what_cannot_be_shown_is_a_sentence(run, exact, tab, wanted, said):
    app = run(exact, **HERE, tab=tab, of=wanted)
    assert said in page(app)
    assert not app.dataframe
    assert not app.get("plotly_chart")
    assert app.selectbox(key="demand_of").value == wanted


# --- saved segments ---------------------------------------------------------------------------


@pytest.fixture
def own(exact, tmp_path):
    """A store whose workspace has climbers among tea drinkers, of all time and of its beginning."""
    shutil.copytree(exact, tmp_path / "store")
    opened, known = open_panel(tmp_path / "store")
    with open_workspace(tmp_path / "store") as workspace:
        for name, window in (("our fans", ALL_PERIODS), ("early", Window(week(0), week(7)))):
            workspace.save(draft(opened, known, FANS, name=name, window=window))
    return tmp_path / "store"


@pytest.mark.parametrize("tab", ["trends", "language"])
def test_a_saved_segment_is_looked_at_by_its_name(run, own, tab):
    named = run(own, **HERE, tab=tab, of='@"our fans"')
    spelled = run(own, **HERE, tab=tab, of=FANS)
    assert headline(named) == headline(spelled)
    assert named.dataframe[0].value.equals(spelled.dataframe[0].value)
    assert named.selectbox(key="demand_of").value == '@"our fans"'
    part = run(own, **HERE, tab=tab, of='@"our fans" - term:biscuit')
    assert part.dataframe
    assert text("demand_own_window", "en") not in page(part)


@pytest.mark.parametrize("tab", ["trends", "language"])
def test_a_saved_segment_is_counted_in_its_own_window_and_it_says_so(run, own, tab):
    named = run(own, **HERE, tab=tab, of="@early")
    spelled = run(own, **HERE, tab=tab, of=FANS, from_=str(week(0)), to=str(week(7)))
    assert headline(named) == headline(spelled)
    assert named.dataframe[0].value.equals(spelled.dataframe[0].value)
    assert text("demand_own_window", "en") in page(named).split("</section>")[0]
    assert "from" not in named.query_params
    asked = run(own, **HERE, tab=tab, of="@early", from_=str(week(0)), to=str(week(9)))
    assert text("demand_own_window", "en") not in page(asked)


@pytest.mark.parametrize("tab", ["trends", "language"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "there is no saved segment &#x27;our fan&#x27;"),
        ("zh", "没有已保存的人群包“our fan”"),
    ],
)
def test_a_saved_segment_that_is_not_there_is_named_with_the_nearest(run, own, tab, language, said):
    app = run(own, **{**HERE, "lang": language}, tab=tab, of='@"our fan"')
    assert said in page(app)
    assert "our fans" in page(app)
    assert str(own) not in page(app)
    assert not app.dataframe
    assert app.selectbox(key="demand_of").value == '@"our fan"'


def test_a_saved_segment_is_compared_with(run, own):
    named = run(own, **HERE, tab="trends", of="interest:hiking", beside="@early", measure="users")
    spelled = run(own, **HERE, tab="trends", of="interest:hiking", beside=FANS, measure="users")
    assert not named.warning
    assert named.dataframe[0].value.equals(spelled.dataframe[0].value)


def test_what_cannot_be_compared_with_is_said_in_the_language_of_the_page(run, exact):
    here = {**HERE, "lang": "zh"}
    app = run(exact, **here, tab="trends", of="interest:hiking", beside="interest:climbin")
    (warning,) = app.warning
    assert "没有人群" in warning.value
    assert "there is no" not in warning.value


# --- language ---------------------------------------------------------------------------------


def test_the_words_of_the_selected_opening_are_the_answer(run, exact):
    app = run(exact, **HERE, tab="language", opening="climbing")
    found = with_odds(language(panel(exact), FANS))
    over = found.filter(pl.col("direction") == "over")
    assert over["term"][0] == "grip"
    assert headline(app) == "Users of tea &amp; climbing say grip far more than the rest of tea"
    shown = app.dataframe[0].value
    assert list(shown["term"]) == over["term"].to_list()
    assert list(shown["odds"]) == pytest.approx(np.exp(over["log_odds"]).to_list())
    columns = list(shown)
    assert columns.index("adjusted_share_of_rest") == columns.index("share_of_rest") + 1
    assert "at most 5% are luck" in page(app)


def test_a_word_is_found_with_its_odds_and_who_says_it_on_either_side(run, exact):
    app = run(exact, **HERE, tab="language", of=FANS, word="non-slip")
    row = language(panel(exact), FANS).filter(pl.col("term") == "non-slip").row(0, named=True)
    assert row["direction"] == "under"
    for users in ("users", "rest_users"):
        assert f"{row[users]:,.0f} (exact)" in page(app)
    assert f"{np.exp(row['log_odds']):.2f}×" in page(app)
    adjusted = percent(row["adjusted_share_of_rest"])
    assert text("demand_adjusted", "en", share=adjusted) in page(app)
    assert html.escape(text("demand_all_posts", "en")) in page(app)
    app.selectbox(key="demand_word").set_value("grip").run()
    assert app.query_params["word"] == "grip"
    assert "<h2>grip</h2>" in page(app)


def test_a_word_that_nobody_says_is_said_with_the_nearest_in_chinese(run, exact):
    app = run(exact, **{**HERE, "lang": "zh"}, tab="language", of=FANS, word="gripp")
    assert "这里没有人说“gripp”。是否想找“grip”？" in page(app)


def test_a_word_that_nobody_says_is_said(run, exact):
    app = run(exact, **HERE, tab="language", of=FANS, word="kettel")
    assert "Nobody here says “kettel”." in page(app)
    assert "kettle" in page(app)


def test_words_can_be_copied_as_lines(run, exact):
    app = run(exact, **HERE, tab="language", of=FANS)
    over = language(panel(exact), FANS).filter(pl.col("direction") == "over")["term"]
    assert "\n".join(over) in copyable(app)


def test_a_store_without_terms_says_how_to_have_them(run, tmp_path):
    store = write_store(tmp_path / "store", [row for row in ROWS if row[0] != "term"])
    app = run(store, **HERE, tab="language")
    assert "does not know what people say" in page(app)
    assert "--terms" in app.code[0].value
    assert "only interests were looked at" in page(run(store, **HERE))


# --- the map ----------------------------------------------------------------------------------


def test_the_map_says_how_many_communities_there_are(run, exact):
    app = run(exact, **HERE, tab="map")
    found = needs_map(panel(exact), category="tea")
    names = list(app.dataframe[0].value["name"])
    assert names == found.nodes["name"].to_list()
    assert f"{len(names)} audiences gather in {len(found.communities)} communit" in headline(app)
    assert list(app.dataframe[1].value["overlap_users"]) == found.edges["overlap_users"].to_list()


def test_the_audience_of_the_link_is_selected_with_its_community(run, exact):
    app = run(exact, **HERE, tab="map", node="interest:hiking")
    assert "<h2>hiking</h2>" in page(app)
    assert "<li>climbing</li>" in page(app)
    assert "TGI" in page(app).split("Strongest links")[1]
    app.button(key="demand_to_trend").click().run()
    assert app.query_params["of"] == "category:tea & interest:hiking"


def test_kinds_of_the_map_are_chosen(run, exact):
    app = run(exact, **HERE, tab="map", kinds="term,nothing")
    found = needs_map(panel(exact), category="tea", kinds=("term",))
    assert list(app.dataframe[0].value["name"]) == found.nodes["name"].to_list()


def test_below_the_floor_nothing_is_on_any_part(run, exact):
    for tab in ("trends", "language", "map"):
        app = run(exact, floor=100_000, **HERE, tab=tab)
        assert "100,000" in page(app) or "100000" in page(app)
        assert not app.dataframe
        assert not app.get("plotly_chart")
    app = run(exact, floor=100_000, **HERE)
    assert not app.dataframe
    assert not app.get("plotly_chart")


# --- all parts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [{"need": "term:gone"}, {"tab": "trends", "of": "term:new", "measure": "share"},
     {"tab": "language", "of": FANS, "word": "grip"}, {"tab": "map", "node": "interest:hiking"}],
    ids=["needs", "trends", "language", "map"],
)  # fmt: skip
def test_changing_the_language_keeps_everything_else(run, exact, asked):
    app = run(exact, **HERE, **asked)
    before = app.session_state["view"]
    assert dict(before.asked) == asked
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.session_state["view"] == replace(before, language="zh")
    assert {name: app.query_params[name] for name in asked} == asked
    assert text("say_exact", "zh") in page(app)


def test_a_store_without_categories_is_looked_at_as_a_whole(run, tmp_path):
    store = write_store(tmp_path / "store", [row for row in ROWS if row[0] != "category"])
    assert "on the whole platform" in headline(run(store, at="demand", lang="en"))
    app = run(store, at="demand", lang="en", tab="trends")
    assert "Choose whom to look at" in page(app)


# --- charts -----------------------------------------------------------------------------------


def test_the_selected_need_stands_on_a_tinted_ground(exact):
    found = needs(panel(exact), category="tea")
    grounds = [
        [s.y0 for s in charts.needs_list(found, "en", selected=chosen).layout.shapes
         if s.fillcolor == OPENING]
        for chosen in (None, ("term", "gone"))
    ]  # fmt: skip
    assert grounds == [[], [1]]


def test_points_of_lines_and_bars_of_needs_name_their_need(exact):
    figure = charts.needs_list(needs(panel(exact), category="tea"), "en")
    told = {tuple(data[:2]) for trace in figure.data for data in trace.customdata}
    assert told == {("term", "new"), ("term", "gone")}


def test_the_selected_audience_of_a_map_and_the_selected_word_have_a_ring(exact):
    found = needs_map(panel(exact))
    rings = [t for t in charts.map_picture(found, "en", "hiking").data
             if t.mode == "markers" and t.marker.color == SELECTED]  # fmt: skip
    row = found.nodes.filter(pl.col("name") == "hiking").row(0, named=True)
    assert [(t.x[0], t.y[0]) for t in rings] == [(row["x"], row["y"])]
    words = language(panel(exact), FANS)
    ring = charts.language_words(words, "en", selected="grip").data[-1]
    assert ring.y[0] == words.filter(pl.col("term") == "grip")["z"][0]


def test_compared_trends_have_a_line_each_with_the_values_of_whole_periods(exact, sampled):
    both = [trends(panel(store), "interest:climbing") for store in (exact, sampled)]
    figure = charts.trends_compared(both, ["<a>", "b"], "en", "share")
    lines = [trace for trace in figure.data if trace.name]
    assert [line.name for line in lines] == ["&lt;a&gt;", "b"]
    for line, frame in zip(lines, both, strict=True):
        whole = frame.filter(pl.col("whole"))
        assert list(line.y) == whole["share"].to_list()
    bands = [trace for trace in figure.data if trace.fill]
    assert len(bands) == 1
    assert list(bands[0].y[: len(both[1])]) == both[1]["share_high"].to_list()
