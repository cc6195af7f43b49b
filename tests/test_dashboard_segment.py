"""The segment builder: its text is the one truth, and every state of it says what to do."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from community import random_rows
from dashboards import opener, page, write_store

from overlap.dashboard.data import open_store
from overlap.insights.planner import plan
from overlap.insights.profile import profile
from overlap.insights.sizing import PARTS_TABLE, parts, sizing
from overlap.model import Policy, Window
from overlap.panel import open_panel
from overlap.reports import column_of
from overlap.workspace import draft, open_workspace, redraft

ROWS = random_rows(3)
PAIR = "category:tv & interest:gaming"
USERS = {
    name: {user for kind, n, _, user, _ in ROWS if n == name}
    for name in ("tv", "phone", "gaming", "food", "knitting", "acme")
}


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("exact") / "store", ROWS)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampled") / "store"
    return write_store(path, ROWS, Policy(0, 0), k=64, budget=2500)


@pytest.fixture
def own(exact, tmp_path):
    """A store of one's own, beside which a workspace may be written."""
    return shutil.copytree(exact, tmp_path / "store")


@pytest.fixture
def run(monkeypatch):
    start = opener(monkeypatch)
    return lambda store, floor=None, **query: start(store, floor, "segment", **query)


def picked(app, key):
    return app.multiselect(key=f"segment_{key}").value


def expression(app):
    return app.query_params.get("expr")


def head(app):
    return page(app).split("</h1>")[0].split("<h1>")[-1]


def buttons(app):
    return {button.key for button in app.button}


def saved(store, text=PAIR, name="core", **how):
    opened, panel = open_panel(store)
    with open_workspace(store) as workspace:
        return workspace.save(draft(opened, panel, text, name=name, **how))


# --- the answer -----------------------------------------------------------------------------------


def test_the_first_sentence_is_the_exact_size_and_who_they_are(run, exact):
    app = run(exact, floor=0, expr=PAIR, category="tv", brand="acme")
    both = USERS["tv"] & USERS["gaming"]
    assert head(app) == f"{len(both):,} users (exact) are in tv and gaming"
    said = page(app).split("</section>")[0]
    everybody = set().union(*USERS.values())
    for part, whole in ((both, everybody), (both, USERS["tv"]), (both & USERS["acme"], both),
                        (USERS["tv"] & USERS["acme"], USERS["tv"])):  # fmt: skip
        assert f"{100 * len(part) / len(whole):.1f}%" in said
    assert f"{len(USERS['tv']) * len(USERS['gaming']) / len(everybody):,.0f}" in said


def test_a_sampled_size_has_its_interval_and_its_rate(run, sampled):
    app = run(sampled, expr=PAIR, category="tv")
    size = sizing(open_panel(sampled)[1], PAIR, category="tv", policy=Policy(0, 0))
    assert not size.users.exact
    assert f"{size.users.value:,.0f} users ({size.users.low:,.0f}–{size.users.high:,.0f})" in head(
        app
    )
    assert "with 95% intervals" in page(app)


def test_the_window_of_the_bar_counts(run, exact):
    app = run(exact, expr=PAIR, category="tv", from_="2026-01-19", to="2026-01-26")
    window = Window(date(2026, 1, 19), date(2026, 1, 26))
    within = {
        name: {u for _, n, p, u, _ in ROWS if n == name and window.start <= p <= window.end}
        for name in ("tv", "gaming")
    }
    assert head(app).startswith(f"{len(within['tv'] & within['gaming']):,} users (exact)")


def test_parts_are_shown_with_what_would_be_without_them(run, exact):
    app = run(exact, expr=f"{PAIR} - brand:acme", category="tv")
    table = page(app).split("ov-parts")[1].split("</table>")[0]
    for users in (USERS["tv"], USERS["gaming"], USERS["acme"], USERS["tv"] & USERS["gaming"],
                  USERS["gaming"] - USERS["acme"], USERS["tv"] - USERS["acme"]):  # fmt: skip
        assert f"<td>{len(users):,}<small>exact</small></td>" in table
    for name in ("part", "part_users", "without_users"):
        column = column_of(name, PARTS_TABLE[name], "parts")
        assert f'title="{column.meaning_in("en")}">{column.title_in("en")}</th>' in table


def test_below_the_floor_no_number_is_shown_and_it_says_so(run, exact):
    text = "category:tv & interest:knitting"
    few = len(USERS["tv"] & USERS["knitting"])
    assert 0 < few < 60
    for tab in ("profile", "reach", "export"):
        app = run(exact, floor=60, expr=text, category="tv", tab=tab)
        assert head(app) == "Fewer than 60 users are in tv and knitting: too few to be shown"
        assert f">{few}" not in page(app)
        assert not app.get("plotly_chart")
        assert not app.dataframe
    app.button(key="segment_looser_0").click().run()
    assert expression(app) == "category:tv"


def test_a_contradiction_says_so_and_what_to_loosen(run, exact):
    app = run(exact, expr=f"{PAIR} - category:tv", category="tv")
    assert "it contradicts itself" in head(app)
    assert not app.get("plotly_chart")
    said = [app.button(key=f"segment_looser_{i}").label.replace("\\", "") for i in range(2)]
    assert said == [
        f"without tv: {len(USERS['gaming'] - USERS['tv'])} users (exact)",
        f"let in tv: {len(USERS['tv'] & USERS['gaming'])} users (exact)",
    ]
    app.button(key="segment_looser_1").click().run()
    assert expression(app) == PAIR


def test_a_segment_of_nobody_in_the_data_is_no_contradiction(run, exact):
    app = run(exact, expr="interest:knitting>=1000 & category:tv", category="tv")
    assert "Nobody seen in the data is in" in head(app)
    assert "segment_looser_0" in buttons(app)


# --- lists and text -------------------------------------------------------------------------------


def test_the_lists_are_filled_from_the_text(run, exact):
    app = run(exact, expr="tv & (gaming | food>=2) - acme", category="tv")
    assert picked(app, "include") == ["category:tv"]
    assert picked(app, "any_0") == ["interest:gaming", "interest:food>=2"]
    assert picked(app, "exclude") == ["brand:acme"]


def test_choosing_in_the_lists_rewrites_the_text(run, exact):
    app = run(exact, category="tv")
    app.multiselect(key="segment_include").set_value(["category:tv"]).run()
    assert expression(app) == "category:tv"
    app.multiselect(key="segment_any_0").set_value(["interest:gaming"]).run()
    assert expression(app) == PAIR
    assert picked(app, "include") == ["category:tv"]
    assert picked(app, "any_0") == ["interest:gaming"]
    app.multiselect(key="segment_any_0").set_value(["interest:gaming", "interest:food"]).run()
    app.multiselect(key="segment_exclude").set_value(["brand:acme"]).run()
    assert expression(app) == "(category:tv & (interest:gaming | interest:food)) - brand:acme"
    assert app.text_area(key="segment_text").value == expression(app)


def test_there_can_be_several_groups(run, exact):
    app = run(exact, expr="category:tv & (interest:gaming | interest:food)", category="tv")
    app.button(key="segment_more").click().run()
    app.multiselect(key="segment_any_1").set_value(["brand:acme", "category:phone"]).run()
    assert expression(app) == (
        "category:tv & (interest:gaming | interest:food) & (brand:acme | category:phone)"
    )


def test_editing_the_text_refills_the_lists(run, exact):
    app = run(exact, expr=PAIR, category="tv")
    app.text_area(key="segment_text").set_value("phone - (gaming | acme)").run()
    assert expression(app) == "phone - (gaming | acme)"
    assert picked(app, "include") == ["category:phone"]
    assert picked(app, "exclude") == ["interest:gaming", "brand:acme"]
    assert head(app).startswith(f"{len(USERS['phone'] - USERS['gaming'] - USERS['acme']):,} users")


def test_a_depth_is_set_for_one_audience(run, exact):
    app = run(exact, expr=PAIR, category="tv")
    app.number_input(key="segment_depth_1").set_value(4).run()
    assert expression(app) == "category:tv & interest:gaming>=4"
    events = {}
    for _, name, _, user, count in ROWS:
        events[name, user] = events.get((name, user), 0) + count
    core = {u for u in USERS["tv"] if events.get(("gaming", u), 0) >= 4}
    assert head(app).startswith(f"{len(core):,} users (exact)")


def test_a_name_typed_into_a_list_needs_no_kind(run, exact):
    app = run(exact, expr="category:tv", category="tv")
    app.multiselect(key="segment_exclude").set_value(["acme"]).run()
    assert expression(app) == "category:tv - brand:acme"


def test_an_expression_richer_than_the_lists_is_kept_and_counted(run, exact):
    rich = "tv & gaming | phone & food"
    app = run(exact, expr=rich, category="tv")
    assert "richer than the lists can show" in page(app)
    assert not app.multiselect
    users = (USERS["tv"] & USERS["gaming"]) | (USERS["phone"] & USERS["food"])
    assert head(app).startswith(f"{len(users):,} users (exact)")
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert expression(app) == rich


def test_a_language_switch_and_a_fresh_browser_keep_everything(run, exact):
    app = run(exact, expr=f"{PAIR} - brand:acme", category="tv", tab="reach", order="reach",
              target="50%", steps="3", using="interest")  # fmt: skip
    before = app.session_state["view"]
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.session_state["view"] == replace(before, language="zh")
    assert "人（精确）" in head(app)
    fresh = run(exact, **{n.replace("from", "from_"): v for n, v in app.query_params.items()})
    assert page(fresh) == page(app)


# --- mistakes -------------------------------------------------------------------------------------


def test_a_typo_is_marked_and_corrected_by_a_click(run, exact):
    app = run(exact, expr="category:tv & interest:gamin", category="tv")
    assert head(app) == "There is no audience interest:gamin in this store"
    assert "<mark>interest:gamin</mark>" in page(app)
    app.button(key="segment_meant_0").click().run()
    assert expression(app) == PAIR
    assert head(app).startswith(f"{len(USERS['tv'] & USERS['gaming']):,} users")


def test_while_a_text_is_wrong_the_last_answer_stays(run, exact):
    app = run(exact, expr=PAIR, category="tv")
    app.text_area(key="segment_text").set_value("category:tv & & interest:food").run()
    assert head(app) == "An audience is missing here"
    assert "<mark>&amp;</mark>" in page(app)
    assert f"Still shown: {PAIR.replace('&', '&amp;')}" in page(app)
    assert f"{len(USERS['tv'] & USERS['gaming']):,} users (exact)" in page(app)
    assert app.get("plotly_chart")
    assert app.text_area(key="segment_text").value == "category:tv & & interest:food"
    app.button(key="segment_back").click().run()
    assert expression(app) == PAIR


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("tv and gaming", "tv & gaming"),
        ("(tv | gaming", "(tv | gaming)"),
        ("tv & gaming)", "(tv & gaming)"),
        ("tv & gaming>3", "tv & gaming>=3"),
        ("intrest:gaming & tv", "interest:gaming & tv"),
        ("tv &", "tv"),
    ],
)
def test_what_was_meant_is_offered(run, exact, wrong, right):
    app = run(exact, expr=wrong, category="tv")
    app.button(key="segment_meant_0").click().run()
    assert expression(app) == right
    assert "users (exact)" in head(app)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text", ["tv & (", "tv gaming", "(tv", "tv)", '"tv', "tv<3", "tvv", "k:tv"]
)
def test_a_mistake_is_a_sentence_in_the_language_of_the_page(run, exact, text, language):
    app = run(exact, expr=text, category="tv", lang=language)
    assert "cannot read" not in head(app)
    assert (max(head(app)) > "一") == (language == "zh")
    assert "segment_take_0" in buttons(app)


def test_names_that_look_like_markup_stay_text(run, tmp_path):
    name = "<img src=x>"
    renamed = [(k, name if n == "gaming" else n, *rest) for k, n, *rest in ROWS]
    store = write_store(tmp_path / "store", renamed)
    for text in (f'tv & interest:"{name}"', f'tv & interest:"{name}y"', f'tv & & "{name}"'):
        app = run(store, expr=text, category="tv")
        assert "<img" not in page(app)
        assert "&lt;img" in page(app)


# --- profile and reach ----------------------------------------------------------------------------


def test_the_profile_is_that_of_the_insight(run, exact):
    app = run(exact, floor=0, expr=PAIR, category="tv", baseline="category:phone")
    expected = profile(
        open_store(exact, None).panel, PAIR, baseline="category:phone", policy=Policy(0, 0)
    )
    shown = app.dataframe[0].value
    assert list(shown["name"]) == expected["name"].to_list()
    assert list(shown["tgi"]) == pytest.approx(expected["tgi"].to_list())


@pytest.mark.parametrize(
    ("button", "text"),
    [
        ("segment_add", f"{PAIR} & interest:food"),
        ("segment_leave_out", f"({PAIR}) - interest:food"),
    ],
)
def test_a_row_of_the_profile_narrows_the_segment(run, exact, button, text):
    app = run(exact, expr=PAIR, category="tv", row="food")
    app.button(key=button).click().run()
    assert expression(app) == text
    assert "row" not in app.query_params


def test_a_rich_expression_is_narrowed_as_a_whole(run, exact):
    app = run(exact, expr="tv & gaming | phone", category="tv", row="food")
    app.button(key="segment_leave_out").click().run()
    users = ((USERS["tv"] & USERS["gaming"]) | USERS["phone"]) - USERS["food"]
    assert head(app).startswith(f"{len(users):,} users (exact)")


@pytest.mark.parametrize("whom", ["segment", "category"])
def test_the_plan_is_that_of_the_insight_and_becomes_a_group(run, exact, whom):
    app = run(exact, floor=0, expr=PAIR, category="tv", tab="reach", whom=whom, order="reach",
              steps="2")  # fmt: skip
    goal = PAIR if whom == "segment" else "category:tv"
    panel = open_store(exact, None).panel
    expected = plan(panel, goal, order="reach", steps=2, policy=Policy(0, 0))
    shown = app.dataframe[0].value
    assert list(shown["audience"]) == expected["audience"].to_list()
    assert list(shown["cumulative_users"]) == expected["cumulative_users"].to_list()
    chart = next(c.proto.spec for c in app.get("plotly_chart") if "segment_reach" in c.proto.id)
    assert f"Users of the {whom} reached so far" in chart
    app.button(key="segment_take").click().run()
    names = [name.split(":")[1] for name in expected["audience"]]
    anybody = set().union(*(USERS[name] for name in names))
    inside = USERS["tv"] & (USERS["gaming"] if whom == "segment" else USERS["tv"])
    assert head(app).startswith(f"{len(inside & anybody):,} users (exact)")


def test_a_plan_is_told_in_chinese(run, exact):
    app = run(exact, floor=0, expr=PAIR, category="tv", tab="reach", order="reach", lang="zh")
    expected = plan(open_store(exact, None).panel, PAIR, order="reach", policy=Policy(0, 0))
    names = {"core": "核心", "likely": "潜力", "broad": "泛人群"}
    shown = app.dataframe[0].value
    assert list(shown["tier"]) == [names[tier] for tier in expected["tier"]]
    chart = next(c.proto.spec for c in app.get("plotly_chart") if "segment_reach" in c.proto.id)
    assert "累计触达的人群包人数" in chart.encode().decode("unicode_escape") + chart


def test_a_target_that_is_none_is_explained(run, exact):
    app = run(exact, expr=PAIR, category="tv", tab="reach", target="lots")
    assert "is not a target" in page(app)
    app.selectbox(key="segment_target").set_value("50%").run()
    assert app.query_params["target"] == "50%"
    assert app.get("plotly_chart")


# --- saving ---------------------------------------------------------------------------------------


def save(app, name, button="segment_save_new"):
    app.text_input(key="segment_name").set_value(name)
    app.button(key=button).click().run()
    assert not app.exception
    return app


def test_a_segment_is_saved_with_its_note_and_window(run, own):
    app = run(own, expr="tv & gaming", category="tv", from_="2026-01-12")
    app.text_area(key="segment_note").set_value("for the launch")
    save(app, "TV gamers")
    assert app.success[0].value == "Saved as TV gamers\\."
    assert app.query_params["saved"] == "TV gamers"
    with open_workspace(own) as workspace:
        kept = workspace.get("TV gamers")
    assert (kept.expression, kept.note, kept.window.start) == (
        PAIR, "for the launch", date(2026, 1, 12),
    )  # fmt: skip
    assert kept.users.exact
    assert "This is “TV gamers”, version 1" in page(app)


def test_a_change_of_a_saved_segment_is_saved_over_it(run, own):
    saved(own)
    app = run(own, saved="core", category="tv")
    assert expression(app) == PAIR
    app.multiselect(key="segment_exclude").set_value(["brand:acme"]).run()
    assert "Changed from “core”, version 1" in page(app)
    save(app, "core", "segment_save_over")
    with open_workspace(own) as workspace:
        assert workspace.get("core").expression == f"({PAIR}) - brand:acme"
        assert workspace.get("core").version == 2


def test_a_taken_name_is_explained_and_a_free_one_offered(run, own):
    theirs = saved(own, "category:phone", owner="Mei")
    app = save(run(own, expr=PAIR, category="tv"), "Core")
    assert "Mei has a segment called core already" in app.error[0].value
    with open_workspace(own) as workspace:
        assert workspace.get("core") == theirs
    app.button(key="segment_save_free").click().run()
    with open_workspace(own) as workspace:
        assert workspace.get("Core 2").expression == PAIR


def test_a_change_by_somebody_else_is_never_overwritten_unseen(run, own):
    kept = saved(own)
    app = run(own, saved="core", category="tv")
    opened, panel = open_panel(own)
    with open_workspace(own) as workspace:
        workspace.update(redraft(kept, opened, panel, "category:phone"), author="Mei")
    app.multiselect(key="segment_exclude").set_value(["brand:acme"]).run()
    save(app, "core", "segment_save_over")
    assert "Mei saved core meanwhile" in app.error[0].value
    with open_workspace(own) as workspace:
        assert workspace.get("core").expression == "category:phone"
        assert workspace.history("core")[-1].segment.expression == f"({PAIR}) - brand:acme"
    save(app, "core", "segment_save_over")
    with open_workspace(own) as workspace:
        assert workspace.get("core").expression == f"({PAIR}) - brand:acme"


def test_without_a_name_nothing_is_saved(run, own):
    app = save(run(own, expr=PAIR, category="tv"), " ")
    assert "Give the segment a name" in app.error[0].value
    with open_workspace(own) as workspace:
        assert workspace.segments() == ()


def test_where_no_workspace_can_be_written_it_is_a_sentence(run, own, monkeypatch):
    folder = own.parent / "gone"
    monkeypatch.setenv("OVERLAP_WORKSPACE", str(folder / "segments.sqlite"))
    app = save(run(own, expr=PAIR, category="tv"), "mine")
    said = app.error[0].value.replace("\\", "")
    assert said.startswith("**Not saved**")
    assert "there is no folder for this workspace" in said
    assert "Where: segments.sqlite" in said
    assert str(folder) not in said
    assert expression(app) == PAIR
    app.segmented_control(key="bar_language").set_value("zh").run()
    said = app.error[0].value.replace("\\", "")
    assert said.startswith("**未能保存**")
    assert "此工作区的文件夹不存在" in said
    assert "there is" not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workspace_that_cannot_be_read_is_said_in_the_language_of_the_page(run, own, language):
    (own / "workspace.sqlite").write_bytes(b"this is no database" * 100)
    app = run(own, saved="core", expr=PAIR, category="tv", lang=language)
    (warning,) = app.warning
    said = warning.value.replace("\\", "")
    assert ("此工作区已损坏" if language == "zh" else "this workspace is damaged") in said
    assert "workspace.sqlite" in said
    assert str(own) not in said
    assert ("restore" in said) == (language == "en")
    assert str(len(USERS["tv"] & USERS["gaming"])) in head(app)


def test_a_mistake_without_words_of_its_own_is_said_in_the_language_of_the_page(run, own):
    (own / "workspace.sqlite").write_bytes(b"this is no database" * 100)
    app = run(own, expr="@core", category="tv", lang="zh")
    assert head(app).startswith("无法统计：此工作区已损坏")
    assert any("请从备份恢复 workspace" in c.value.replace("\\", "") for c in app.caption)
    assert str(own) not in page(app)


def test_a_saved_segment_that_is_gone_is_cured_in_the_words_of_the_page(run, own):
    app = run(own, expr="@qqqq", category="tv")
    assert head(app) == "There is no saved segment qqqq"
    assert any("the page Saved shows every" in caption.value for caption in app.caption)
    app = run(own, expr="@qqqq", category="tv", lang="zh")
    assert any("“已保存”页" in caption.value for caption in app.caption)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_sentence(run, own):
    own.chmod(0o555)
    try:
        app = save(run(own, expr=PAIR, category="tv"), "mine")
        assert "read\\-only" in app.error[0].value
    finally:
        own.chmod(0o755)


def test_a_saved_segment_stands_in_the_text_by_its_name(run, own):
    saved(own, name="tv gamers")
    app = run(own, expr='@"tv gamers" - acme', category="tv")
    users = (USERS["tv"] & USERS["gaming"]) - USERS["acme"]
    assert head(app).startswith(f"{len(users):,} users (exact)")
    assert picked(app, "include") == ['@"tv gamers"']
    app.multiselect(key="segment_exclude").set_value(["brand:acme", "interest:food"]).run()
    assert expression(app) == '@"tv gamers" - (brand:acme | interest:food)'


def test_a_saved_segment_that_is_gone_is_named_with_the_nearest(run, own):
    saved(own, name="gamers")
    app = run(own, saved="gamer", expr=PAIR, category="tv")
    assert "no saved segment gamer any more" in app.warning[0].value.replace("\\", "")
    assert "gamers" in app.warning[0].value
    assert head(app).startswith(f"{len(USERS['tv'] & USERS['gaming']):,} users")
    app = run(own, expr="@gamer", category="tv")
    assert head(app) == "There is no saved segment gamer"
    app.button(key="segment_meant_0").click().run()
    assert expression(app) == "@gamers"


# --- the beginning --------------------------------------------------------------------------------


def test_an_empty_page_starts_from_the_category_and_the_opening(run, exact):
    app = run(exact, category="tv", brand="acme", opening="food")
    assert head(app) == "Who do you want to reach?"
    assert f"{len(USERS['tv'] & USERS['food']):,} users (exact)" in page(app)
    app.button(key="segment_take_0").click().run()
    assert expression(app) == "category:tv & interest:food"
    app.button(key="segment_clear").click().run()
    assert "expr" not in app.query_params
    assert not picked(app, "include")


def test_a_store_without_categories_starts_from_the_largest_audiences(run, tmp_path):
    rows = [row for row in ROWS if row[0] != "category"]
    app = run(write_store(tmp_path / "store", rows))
    app.button(key="segment_take_0").click().run()
    assert expression(app) == "brand:acme"
    assert head(app).startswith(f"{len(USERS['acme']):,} users (exact)")


def test_a_store_that_is_replaced_while_open_is_counted_anew(run, own):
    app = run(own, expr=PAIR, category="tv")
    before = head(app)
    shutil.rmtree(own)
    write_store(own, [row for row in random_rows(4) if row[1] != "knitting"])
    app.run()
    assert "users (exact)" in head(app)
    assert head(app) != before
    shutil.rmtree(own)
    write_store(own, [row for row in random_rows(4) if row[1] != "gaming"])
    app.run()
    assert "There is no audience interest:gaming in" in head(app)
    assert "Still shown" not in page(app)


# --- the insight behind it ------------------------------------------------------------------------


def test_parts_below_the_floor_are_blank(exact):
    panel = open_panel(exact)[1]
    frame = parts(panel, "category:tv & interest:knitting", policy=Policy(10_000, 0))
    assert frame["suppressed"].null_count() == 0
    counts = frame.select(pl.col(pl.Float64))
    assert counts.null_count().row(0) == (len(frame),) * counts.width


def test_a_share_of_too_few_is_not_given_away(exact):
    panel = open_panel(exact)[1]
    few = len(USERS["knitting"] & USERS["tv"])
    found = sizing(panel, "interest:knitting", category="tv", policy=Policy(few + 1, 0))
    assert found.users is not None
    assert found.of_category is None
