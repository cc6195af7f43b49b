"""Saved segments then and now: found, compared, changed, and nothing lost between two visitors."""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import replace

import polars as pl
import pytest
from community import Row, random_rows, week
from dashboards import copyable, opener, page, write_store

from overlap import workspace as work
from overlap.dashboard.pages.saved import kept
from overlap.dashboard.pages.saved.answer import headline, sentence
from overlap.dashboard.pages.saved.detail import Sides
from overlap.insights import wording
from overlap.model import DataError, Estimate, Policy, Window
from overlap.panel import open_panel

BEFORE = random_rows(3, users=1200)
SIDES = Sides(("Before", "Now"), ("before", "now"))


def grown(rows: list[Row]) -> list[Row]:
    """The same community with new TV viewers, and without most of those who like food."""
    added = [("category", "tv", week(7), user, 1) for user in range(5000, 5400)]
    added += [("interest", "gaming", week(7), user, 1) for user in range(5000, 5400)]
    return [row for row in rows if row[1] != "food" or row[3] % 4 == 0] + added


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    old = write_store(folder / "old", BEFORE)
    now = write_store(folder / "now", grown(BEFORE))
    (then, people), (today, panel) = open_panel(old), open_panel(now)
    with work.open_workspace(now) as workspace:
        for name, expression in (
            ("viewers", "category:tv & interest:gaming"),
            ("cooks", "interest:food"),
            ("phones", "category:phone"),
        ):
            draft = work.draft(then, people, expression, name=name, note=f"for {name}")
            workspace.save(draft, author="Li")
        workspace.save(work.draft(today, panel, "brand:acme", name="fresh"), author="Wang")
        lost = work.draft(then, people, "brand:acme", name="lost")
        workspace.save(replace(lost, expression="brand:acmee & category:tv"))
        gone = workspace.save(work.draft(then, people, "interest:knitting", name="gone"))
        workspace.remove(gone.id, author="Wang")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """Two snapshots of a community; five segments are saved beside the later one."""
    for name in ("old", "now"):
        shutil.copytree(made / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def now(folder):
    return folder / "now"


@pytest.fixture
def run(monkeypatch):
    opened = opener(monkeypatch)
    return lambda store, **how: opened(store, at="saved", **how)


def table(app) -> pl.DataFrame:
    return pl.from_pandas(app.dataframe[0].value)


def column(app, name: str) -> dict[str, object]:
    shown = table(app)
    return dict(zip(shown["name"], shown[name], strict=True))


def headed(app) -> str:
    return re.search(r"<h1>(.*?)</h1>", page(app))[1]


def told(app) -> str:
    said = re.search(r'<div role="status" aria-live="polite"[^>]*>(.*?)</div>\Z|'
                     r'<div role="status" aria-live="polite"[^>]*>(.*)', page(app))  # fmt: skip
    return re.sub("<[^>]+>", " ", said[1] or said[2])


def plain(shown) -> str:
    return shown.value.replace("\\", "")


def within(store):
    return work.open_workspace(store)


# --- then and now -----------------------------------------------------------------------------


def test_the_first_sentence_says_what_grew_and_fell(run, now):
    app = run(now)
    assert headed(app) == "1 of 5 saved segments grew and 1 fell since they were saved"
    assert "viewers moved most" in page(app)
    assert "For 1 there is no answer" in page(app)


def test_sizes_are_those_of_the_saving_and_of_today(run, folder, now):
    app = run(now)
    with within(now) as workspace:
        segments = workspace.segments()
    expected = work.revisit(segments, *open_panel(now))
    for row in expected.iter_rows(named=True):
        assert column(app, "saved_users")[row["name"]] == row["saved_users"]
        if row["users"] is not None:
            assert column(app, "users")[row["name"]] == row["users"]
            assert column(app, "change")[row["name"]] == pytest.approx(row["change"], abs=5e-4)
    old = open_panel(folder / "old")[1]
    assert column(app, "saved_users")["cooks"] == old.size("interest:food").value


def test_verdicts_are_words_and_the_most_telling_come_first(run, now):
    app = run(now)
    verdicts = column(app, "verdict")
    assert verdicts == {"viewers": "Grew", "cooks": "Fell", "phones": "Flat",
                        "fresh": "Same data", "lost": "Not comparable"}  # fmt: skip
    assert list(verdicts) == ["viewers", "cooks", "phones", "fresh", "lost"]
    assert column(app, "author")["viewers"] == "Li"
    assert column(app, "note")["viewers"] == "for viewers"


def test_exact_sizes_have_no_intervals(run, now):
    app = run(now)
    assert "between" not in table(app).columns
    assert "All sizes are exact" in page(app)
    assert "exact both times" in page(app)


def test_sampled_sizes_have_intervals(run, tmp_path):
    before = write_store(tmp_path / "old", BEFORE, Policy(0, 0), k=64, budget=900)
    store = write_store(tmp_path / "now", grown(BEFORE), Policy(0, 0), k=64, budget=900)
    then, people = open_panel(before)
    with within(store) as workspace:
        workspace.save(work.draft(then, people, "category:tv", name="viewers"))
    app = run(store)
    size = people.size("category:tv")
    assert size.low < size.value < size.high
    assert table(app)["saved_between"][0] == wording.interval(size.low, size.high)
    assert "95% intervals" in page(app)


def test_a_click_shows_the_segment_and_the_link_names_it(run, now):
    app = run(now, name="cooks")
    assert "<h2>cooks</h2>" in page(app)
    assert "interest:food" in copyable(app)
    names = table(app)["name"].to_list()
    assert app.session_state["saved_table"]["selection"]["rows"] == [names.index("cooks")]


def test_a_segment_that_cannot_be_sized_says_why(run, now):
    app = run(now, name="lost")
    assert "It cannot be compared: there is no audience" in page(app)
    assert "did you mean brand:acme" in page(app)
    assert "没有人群“brand:acmee”" in page(run(now, name="lost", lang="zh"))


def test_a_name_that_is_gone_is_said_with_the_nearest(run, now):
    app = run(now, name="cook")
    assert "No segment “cook” is saved here. Did you mean cooks?" in (plain(app.warning[0]))
    assert "<h2>viewers</h2>" in page(app)


def test_the_language_changes_nothing_else(run, now):
    app = run(now, name="cooks", against="old")
    view = app.session_state["view"]
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.session_state["view"] == replace(view, language="zh")
    assert "<h2>cooks</h2>" in page(app)
    assert headed(app) == "与 old 相比，5 个已保存人群包中有 1 个增长、1 个下降"
    assert column(app, "verdict")["cooks"] == "下降"


def test_names_that_look_like_markup_stay_text(run, now):
    name = '<img src=x onerror="alert(1)">'
    with within(now) as workspace:
        workspace.update(replace(workspace.get("cooks"), name=name, note=name))
    assert "<img" not in page(run(now, name=name))


# --- another store ----------------------------------------------------------------------------


def test_another_store_of_the_folder_is_compared_with(run, folder, now):
    app = run(now, against="old")
    assert headed(app) == "1 of 5 saved segments grew and 1 fell compared with old"
    with within(now) as workspace:
        segments = workspace.segments()
    then, today = open_panel(folder / "old"), open_panel(now)
    for segment in segments:
        if segment.name == "lost":
            continue
        before, after = (pair[1].size(segment.expression).value for pair in (then, today))
        assert column(app, "saved_users")[segment.name] == before
        assert column(app, "users")[segment.name] == after
        assert column(app, "change")[segment.name] == pytest.approx(after / before - 1, abs=5e-4)


def test_the_choice_of_a_store_goes_into_the_link(run, now):
    app = run(now)
    app.selectbox(key="saved_against").set_value("old").run()
    assert app.session_state["view"].asked["against"] == "old"
    app.selectbox(key="saved_against").set_value("").run()
    assert "against" not in app.session_state["view"].asked


def test_a_store_that_is_gone_is_said(run, now):
    app = run(now, against="older")
    assert "There is no store “older” here any more" in plain(app.warning[0])
    assert headed(app).endswith("since they were saved")


def test_a_store_that_cannot_be_opened_is_said(run, folder, now):
    write_store(folder / "broken", BEFORE)
    for file in (folder / "broken").rglob("*.parquet"):
        file.write_bytes(b"no")
    app = run(now, against="broken")
    assert "broken cannot be opened" in app.error[0].value
    assert "this part of the store cannot be read" in plain(app.error[0])


def test_stores_that_count_differently_are_told_apart(run, folder, now):
    days = [(kind, name, day.replace(day=1), user, n) for kind, name, day, user, n in BEFORE]
    write_store(folder / "months", days, period="month", seed=7)
    with within(now) as workspace:
        segment = workspace.get("cooks")
        workspace.update(replace(segment, window=Window(week(0), None)))
    app = run(now, against="months", name="cooks")
    said = " ".join(warning.value for warning in app.warning)
    assert "the same person cannot be found in both" in said
    assert "The periods are months there and weeks here" in said
    assert "a window is not the same in periods of a month and of a week" in page(app)
    assert column(app, "verdict")["cooks"] == "Not comparable"
    assert column(app, "verdict")["phones"] != "Not comparable"


def test_without_another_store_the_page_says_what_would_be_one(run, tmp_path):
    store = write_store(tmp_path / "only", BEFORE)
    opened, panel = open_panel(store)
    with within(store) as workspace:
        workspace.save(work.draft(opened, panel, "category:tv", name="viewers"))
    app = run(store)
    assert "A second store at hand" in app.caption[0].value
    assert headed(app).startswith("Saved segments have not changed")


# --- what may not be shown --------------------------------------------------------------------


def test_below_the_floor_nothing_is_shown(run, now):
    app = run(now, floor=100_000, name="cooks")
    assert set(column(app, "verdict").values()) == {"Below the floor"}
    assert table(app)["saved_users"].null_count() == len(table(app))
    assert table(app)["users"].null_count() == len(table(app))
    assert "Not shown: fewer than 100000 users" in page(app)
    assert "ov-bars" not in page(app)
    history = pl.from_pandas(app.dataframe[1].value)
    assert history["users"].null_count() == len(history)
    assert "不足 100000 人" in page(run(now, floor=100_000, name="cooks", lang="zh"))


# --- nothing there ----------------------------------------------------------------------------


def test_a_workspace_without_segments_says_how_to_save_one(run, tmp_path):
    app = run(write_store(tmp_path / "store", BEFORE))
    assert headed(app) == "No segment is saved yet"
    assert [link.proto.label for link in app.get("page_link")][-1] == "Build a segment"
    assert not (tmp_path / "store" / work.FILE).exists()


def test_a_damaged_workspace_is_a_sentence(run, now, caplog):
    (now / work.FILE).write_bytes(b"no database at all" * 200)
    app = run(now, lang="zh")
    assert headed(app) == "无法读取已保存的人群包"
    assert "此工作区已损坏" in page(app)
    assert "请从备份恢复" in page(app)
    assert "while reading the workspace" in caplog.text


def test_a_workspace_that_cannot_be_written_is_a_sentence(run, now, monkeypatch):
    app = run(now, name="cooks")
    monkeypatch.setenv(work.SETTING, f"sqlite:///file:{now / work.FILE}?mode=ro&uri=true")
    app.button(key="saved_remove").click().run()
    assert "read-only for you" in plain(app.error[0])
    assert "cooks" in table(app)["name"].to_list()


def test_a_workspace_that_somebody_else_writes_is_a_sentence(run, now, monkeypatch):
    monkeypatch.setattr(kept, "PATIENCE", 0.01)
    app = run(now, name="cooks")
    with sqlite3.connect(now / work.FILE) as other:
        other.execute("BEGIN IMMEDIATE")
        app.button(key="saved_remove").click().run()
    assert "somebody else is writing" in app.error[0].value
    assert "cooks" in table(app)["name"].to_list()


# --- changes ----------------------------------------------------------------------------------


def write(app, name: str | None = None, note: str | None = None):
    if name is not None:
        app.text_input[0].set_value(name)
    if note is not None:
        app.text_area[0].set_value(note)
    return app.button(key="saved_keep").click().run()


def test_a_new_name_and_note_are_saved_and_the_link_follows(run, now):
    app = write(run(now, name="cooks"), "home cooks", "for autumn")
    assert "“home cooks” is saved." in told(app)
    assert app.session_state["view"].asked["name"] == "home cooks"
    with within(now) as workspace:
        segment = workspace.get("home cooks")
    assert (segment.note, segment.version) == ("for autumn", 2)
    assert "<h2>home cooks</h2>" in page(app)


def test_saving_nothing_new_saves_nothing(run, now):
    app = write(run(now, name="cooks"))
    assert "Nothing was different" in told(app)
    with within(now) as workspace:
        assert workspace.get("cooks").version == 1


def test_a_name_that_is_taken_is_explained_with_a_free_one(run, now):
    app = write(run(now, name="cooks"), "Viewers")
    assert "there is a saved segment" in app.error[0].value
    assert "Viewers 2" in app.error[0].value
    with within(now) as workspace:
        assert workspace.get("cooks").version == 1
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert "已有名为“viewers”的人群包" in app.error[0].value


def test_a_blank_name_is_explained(run, now):
    assert "is no name for a segment" in write(run(now, name="cooks"), "   ").error[0].value


def test_todays_size_can_be_saved(run, now):
    app = run(now, name="cooks")
    app.button(key="saved_resize").click().run()
    assert "saved with its size today" in told(app)
    assert column(app, "verdict")["cooks"] == "Same data"
    assert app.button(key="saved_resize").disabled


def test_what_is_removed_can_be_brought_back(run, now):
    app = run(now, name="cooks")
    app.button(key="saved_remove").click().run()
    assert "“cooks” is removed." in told(app)
    assert "cooks" not in table(app)["name"].to_list()
    app.button(key="saved_undo").click().run()
    assert "“cooks” is back." in told(app)
    assert "<h2>cooks</h2>" in page(app)
    with within(now) as workspace:
        assert [v.action for v in workspace.history("cooks")] == [
            work.Action.SAVE, work.Action.REMOVE, work.Action.RESTORE,
        ]  # fmt: skip


def test_removed_segments_are_listed_and_brought_back(run, now):
    app = run(now)
    assert app.expander[-1].label == "Removed segments: 1"
    (back,) = [b for b in app.button if (b.key or "").startswith("saved_restore_")]
    back.click().run()
    assert "gone" in table(app)["name"].to_list()
    assert not [e for e in app.expander if e.label.startswith("Removed")]


def test_removing_the_last_one_leaves_the_way_back(run, tmp_path):
    store = write_store(tmp_path / "store", BEFORE)
    opened, panel = open_panel(store)
    with within(store) as workspace:
        workspace.save(work.draft(opened, panel, "category:tv", name="viewers"))
    app = run(store)
    app.button(key="saved_remove").click().run()
    assert headed(app) == "No segment is saved yet"
    app.button(key="saved_undo").click().run()
    assert "<h2>viewers</h2>" in page(app)


def test_a_name_taken_meanwhile_is_brought_back_under_another(run, now):
    with within(now) as workspace:
        opened, panel = open_panel(now)
        workspace.save(work.draft(opened, panel, "category:tv", name="gone"))
    app = run(now)
    (back,) = [b for b in app.button if (b.key or "").startswith("saved_restore_")]
    back.click().run()
    assert "there is a saved segment" in app.error[0].value
    (other,) = [b for b in app.button if (b.key or "").startswith("saved_restore_as_")]
    other.click().run()
    assert {"gone", "gone 2"} <= set(table(app)["name"])


def test_an_earlier_version_is_put_back_as_a_new_one(run, now):
    write(run(now, name="cooks"), note="second thoughts")
    app = run(now, name="cooks", version="1")
    app.button(key="saved_put_back").click().run()
    assert "again as in version 1" in told(app)
    with within(now) as workspace:
        segment = workspace.get("cooks")
        assert (segment.note, segment.version) == ("for cooks", 3)
        assert len(workspace.history("cooks")) == 3


def test_the_links_of_a_segment_carry_its_expression_and_window(run, now):
    with within(now) as workspace:
        segment = workspace.get("cooks")
        workspace.update(replace(segment, window=Window(week(1), week(6))))
    app = run(now, name="cooks", category="tv")
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    builder, trend = links["Open in builder"], links["Trend"]
    for link, said in ((builder, "expr=interest%3Afood"), (trend, "of=interest%3Afood")):
        query = link.query_string
        assert said in query
        assert "from=2026-01-12" in query
    assert "saved=cooks" in builder.query_string


# --- two visitors at once ------------------------------------------------------------------------


def test_who_writes_on_top_of_somebody_else_sees_both_and_loses_nothing(run, now):
    app = run(now, name="cooks")
    with within(now) as workspace:
        workspace.update(replace(workspace.get("cooks"), note="hers"), author="Wang")
    write(app, note="mine")
    assert "Wang changed “cooks” while you were writing. Nothing is lost" in told(app)
    assert "hers" in told(app)
    assert "mine" in told(app)
    with within(now) as workspace:
        assert workspace.get("cooks").note == "hers"
        assert workspace.get("cooks", 3).note == "mine"
    app.button(key="saved_take_mine").click().run()
    with within(now) as workspace:
        assert workspace.get("cooks").note == "mine"
        assert len(workspace.history("cooks")) == 4


def test_theirs_can_be_kept(run, now):
    app = run(now, name="cooks")
    with within(now) as workspace:
        workspace.update(replace(workspace.get("cooks"), note="hers"), author="Wang")
    write(app, note="mine")
    app.button(key="saved_take_theirs").click().run()
    assert "while you were writing" not in page(app)
    with within(now) as workspace:
        assert workspace.get("cooks").note == "hers"


def test_who_writes_on_a_removed_one_can_bring_it_back_as_written(run, now):
    app = run(now, name="cooks")
    with within(now) as workspace:
        workspace.remove("cooks", author="Wang")
    write(app, note="mine")
    assert "Wang removed “cooks” while you were writing" in told(app)
    app.button(key="saved_take_mine").click().run()
    with within(now) as workspace:
        assert workspace.get("cooks").note == "mine"


def test_what_changed_meanwhile_is_not_removed_unseen(run, now):
    app = run(now, name="cooks")
    with within(now) as workspace:
        workspace.update(replace(workspace.get("cooks"), note="hers"), author="Wang")
    app.button(key="saved_remove").click().run()
    assert "Wang changed “cooks” while you looked at it, so it was not removed" in told(app)
    assert "hers" in page(app)


# --- the workspace behind it ------------------------------------------------------------------


def test_between_two_stores_equals_the_sizes_in_each(now):
    with within(now) as workspace:
        segments = workspace.segments()
        assert [s.name for s in workspace.removed()] == ["gone"]
    then, today = open_panel(now.parent / "old"), open_panel(now)
    rows = work.between(segments, then, today)
    for row, segment in zip(rows.iter_rows(named=True), segments, strict=True):
        if segment.name == "lost":
            assert row["problem"].startswith("in old: there is no audience")
            assert row["saved_users"] is row["users"] is row["change"] is None
            continue
        before = then[1].size(segment.expression)
        after = today[1].size(segment.expression)
        assert (row["saved_users"], row["users"]) == (before.value, after.value)
        assert row["change"] == work.change(after, before).value
    assert set(work.between(segments, today, today)["verdict"]) == {"same data", "not comparable"}


def test_a_floor_hides_both_sizes(now):
    with within(now) as workspace:
        segments = [workspace.get("cooks")]
    then, today = open_panel(now.parent / "old"), open_panel(now)
    for rows in (
        work.revisit(segments, *today, floor=50_000),
        work.between(segments, then, today, floor=50_000),
    ):
        row = rows.row(0, named=True)
        assert row["suppressed"] == "fewer than 50000 users"
        assert row["users"] is row["saved_users"] is row["change"] is None


def test_the_page_does_not_swallow_what_is_no_mistake_of_a_visitor(now):
    with pytest.raises(DataError):
        kept.read(now / "nowhere" / "at" / "all")


def row_of(verdict: work.Verdict, **fields: object) -> dict[str, object]:
    size = Estimate(100, 90, 110, False, 50, 0.5)
    return {
        "name": "x", "verdict": verdict.value, "suppressed": None, "problem": None,
        "saved_users": size.value, "users": size.value, "change": 0.0, "change_low": -0.1,
        "change_high": 0.1, "exact": False, "saved_exact": False, **fields,
    }  # fmt: skip


SENTENCES = {
    "grew": (row_of(work.Verdict.GREW, change=0.12, change_low=0.08), "grew by 12%, more than"),
    "fell": (row_of(work.Verdict.FELL, change=-0.12, change_high=-0.1), "fell by 12%, more than"),
    "flat": (row_of(work.Verdict.FLAT, change=0.012), "flat; the change of +1.2% is within"),
    "same": (row_of(work.Verdict.SAME), "nothing has changed"),
    "new": (row_of(work.Verdict.GREW, saved_users=0, change=None), "there was nobody before"),
    "nobody": (row_of(work.Verdict.FLAT, saved_users=0, change=None), "no percentage of growth"),
    "equal": (row_of(work.Verdict.FLAT, exact=True, saved_exact=True), "no change, exact both"),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_change_is_said_in_a_sentence(name):
    row, said = SENTENCES[name]
    assert said in sentence(row, *SIDES.said, "en")
    assert not re.search("[a-z]{4,}", sentence(row, "那时", "现在", "zh"))


HEADLINES = {
    ("grew", "fell"): "1 of 2 saved segments grew and 1 fell since they were saved",
    ("grew", "flat"): "1 of 2 saved segments grew since they were saved",
    ("fell",): "1 of 1 saved segments fell since they were saved",
    ("flat", "same data"): "No saved segment grew or fell beyond the error since they were saved",
    ("same data",): "Saved segments have not changed: the data are the same since they were saved",
    ("not comparable",): "None of the saved segments can be compared since they were saved",
}


@pytest.mark.parametrize("verdicts", HEADLINES, ids="-".join)
def test_the_headline_counts_verdicts(verdicts):
    frame = pl.DataFrame([row_of(work.Verdict(verdict)) for verdict in verdicts], strict=False)
    assert headline(frame, None, "en") == HEADLINES[verdicts]
