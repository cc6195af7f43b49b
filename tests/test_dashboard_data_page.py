"""The page on data: stores at hand, what is in one, how small it sees, and what words mean."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

import polars as pl
import pytest
from community import random_rows, sketched, with_universe
from dashboards import opener, page, write_store

from overlap.dashboard.data import open_store
from overlap.dashboard.pages.data.glossary import GLOSSARY_TABLE, entries, matching
from overlap.dashboard.texts import text
from overlap.insights.contents import (
    KINDS_TABLE,
    REJECTS_TABLE,
    SOURCES_TABLE,
    STORES_TABLE,
    audiences,
    kinds,
    rejects,
    share_rejected,
    sources,
    store_row,
)
from overlap.insights.contents import matching as audiences_with
from overlap.insights.precision import pair_precision, precision, store_precision
from overlap.insights.wording import users
from overlap.model import LIST_TABLE, EventRoles, Policy, Provenance, TagColumn
from overlap.reports import COLUMNS
from overlap.store import add_part, read_outline, read_store

ROWS = random_rows(3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with an exact, a sampled, a damaged and a half-written store."""
    here = tmp_path_factory.mktemp("stores")
    write_store(here / "sampled", ROWS, Policy(0, 0), k=64, budget=2500)
    write_store(here / "exact", ROWS)
    shutil.copytree(here / "sampled", here / "broken")
    for file in (here / "broken").rglob("entries.parquet"):
        file.write_bytes(file.read_bytes()[:50])
    (here / "empty" / "parts").mkdir(parents=True)
    (here / "not a store").mkdir()
    return here


@pytest.fixture
def run(monkeypatch):
    go = opener(monkeypatch)
    return lambda store, **how: go(store, at="data", **how)


def button(app, label: str, name: str):
    """Return the button of a store in the list."""
    (found,) = [b for b in app.button if b.label == label and f"“{name}”" in f"“{name_of(b)}”"]
    return found


def name_of(b) -> str:
    return b.proto.help.removeprefix("Look at ").removesuffix(" on all pages")


def table_of(app, key: str):
    """Return the table that has a column of this name."""
    return next(t.value for t in app.dataframe if key in t.value.columns)


# --- stores -------------------------------------------------------------------------------------


def test_the_open_store_is_told_in_a_sentence(run, folder):
    app = run(folder / "exact")
    headline = page(app).split("</h1>")[0]
    panel = open_store(folder / "exact", None).panel
    assert f"exact holds {panel.size('universe:all').value:,.0f} users" in headline
    assert "every number in it is exact" in headline


def test_a_sampled_store_says_its_interval_and_its_rate(run, folder):
    app = run(folder / "sampled")
    panel = open_store(folder / "sampled", None).panel
    size = panel.size("universe:all")
    assert f"about {users(size.value)} users" in page(app).split("</h1>")[0]
    assert f"Between {users(size.low)} and {users(size.high)} users (95%)" in page(app)
    assert f"keeps at least {100 * panel.floor_rate:.1f}% of its users" in page(app)


def test_all_stores_at_hand_are_listed_and_the_damaged_ones_with_their_reason(run, folder):
    app = run(folder / "exact")
    said = page(app)
    assert "Stores at hand (4)" in said
    for name in ("exact", "sampled", "broken", "empty"):
        assert f"<b>{name}</b>" in said
    assert "<b>not a store</b>" not in said
    assert said.count("Cannot be opened") == 2
    assert "this folder holds no store" in said
    assert [name_of(b) for b in app.button if b.label == "Open"].count("exact") == 0


def test_a_store_is_opened_by_its_button_and_leaves_names_of_the_other_behind(run, folder):
    app = run(folder / "exact", category="tv", brand="acme", baseline="phone", from_="2026-01-12")
    button(app, "Open", "sampled").click().run()
    assert not app.exception
    assert app.query_params["store"] == "sampled"
    view = app.session_state["view"]
    assert (view.baseline, view.opening, view.start, view.end) == (None,) * 4
    assert "sampled holds about" in page(app)
    button(app, "Open", "exact").click().run()
    assert "store" not in app.query_params
    assert "exact holds" in page(app)


def test_files_that_were_read_are_named_without_the_folders_of_the_server(run, tmp_path):
    sketches = sketched(with_universe(ROWS))
    (leaf,) = sketches.lineage
    record = Provenance(sources=("/srv/drop/may.csv", "june.csv"), rows_read=9)
    add_part(tmp_path / "told", sketches, {leaf: record})
    app = run(tmp_path / "told")
    assert list(table_of(app, "sources")["sources"]) == ["may.csv, june.csv"]
    assert "/srv" not in page(app)


def test_a_row_of_the_list_is_what_the_store_holds(folder):
    for name in ("exact", "sampled"):
        row, opened = store_row(folder / name), read_store(folder / name)
        assert pl.DataFrame([row], schema=STORES_TABLE).schema == STORES_TABLE
        assert row["snapshot"] == opened.snapshot == read_outline(folder / name).snapshot
        assert row["bytes"] == opened.bytes
        assert row["floor_rate"] == opened.sketches.floor_rate
        everybody = len({user for *_, user, _ in ROWS})
        assert row["low"] <= everybody <= row["high"]
        assert row["exact"] == (name == "exact")
    assert store_row(folder / "exact")["users"] == everybody


def test_users_below_the_floor_of_a_store_are_not_told(tmp_path):
    row = store_row(write_store(tmp_path / "few", ROWS, Policy(100_000, 0)))
    assert row["users"] is None
    assert row["problem"] is None


def test_many_stores_are_found_by_typing(run, folder, tmp_path):
    for number in range(11):
        shutil.copytree(folder / "exact", tmp_path / f"store-{number}")
    app = run(tmp_path / "store-3")
    assert len([b for b in app.button if b.label == "Open"]) == 7
    box = app.selectbox(key="data_find_store")
    assert len(box.options) == 11
    box.select("store-9").run()
    assert app.query_params["store"] == "store-9"
    assert "store-9 holds" in page(app)


def test_a_damaged_store_of_a_link_leaves_the_others_to_choose_from(run, folder):
    app = run(folder / "exact", store_="broken")
    assert "This store cannot be opened" in page(app)
    button(app, "Open", "sampled").click().run()
    assert "sampled holds about" in page(app)


def test_a_store_that_is_gone_is_named_and_the_nearest_offered(run, folder):
    app = run(folder / "exact", store_="sampeld")
    said = app.warning[0].value.replace("\\", "")
    assert "“sampeld”" in said
    assert "Did you mean sampled?" in said
    assert "exact holds" in page(app)
    assert "store" not in app.query_params


def test_without_a_store_there_are_those_of_the_folder(run, folder, monkeypatch):
    monkeypatch.setenv("OVERLAP_STORES", str(folder))
    app = run(None, store_="gone")
    assert "“gone”" in app.warning[0].value.replace("\\", "")
    assert "There is no store to show" in page(app)
    button(app, "Open", "exact").click().run()
    assert app.query_params["store"] == "exact"
    assert "exact holds" in page(app)


def test_a_store_replaced_while_open_is_read_again(run, folder, tmp_path):
    shutil.copytree(folder / "exact", tmp_path / "changing")
    app = run(tmp_path / "changing")
    before = page(app)
    shutil.rmtree(tmp_path / "changing")
    write_store(tmp_path / "changing", random_rows(4, users=2000))
    app.run()
    assert not app.exception
    assert page(app) != before
    held = open_store(tmp_path / "changing", None).facts
    assert held["snapshot"] in page(app)


def test_what_is_saved_beside_the_parts_does_not_open_a_store_anew(folder, tmp_path):
    path = tmp_path / "store"
    shutil.copytree(folder / "exact", path)
    before = open_store(path, None)
    (path / "notes.txt").write_text("saved")
    assert open_store(path, None) is before


# --- what is in it ------------------------------------------------------------------------------


def test_the_tables_show_what_the_insight_returns(run, folder):
    app = run(folder / "exact")
    opened = open_store(folder / "exact", None)
    by_kind, every = kinds(opened.panel, Policy()), audiences(opened.panel, Policy())
    assert (by_kind.schema, every.schema) == (KINDS_TABLE, LIST_TABLE)
    shown = table_of(app, "largest")
    assert list(shown["audiences"]) == by_kind["audiences"].to_list()
    assert list(shown["largest_users"]) == by_kind["largest_users"].to_list()
    shown = table_of(app, "events")
    assert list(shown["name"]) == every["name"].to_list()
    assert "low" not in shown
    assert dict(zip(by_kind["kind"], by_kind["audiences"], strict=True)) == {
        "category": 2, "interest": 3, "brand": 1,
    }  # fmt: skip


def test_audiences_below_the_floor_have_no_numbers(run, folder):
    opened = open_store(folder / "exact", None)
    sizes = dict(opened.panel.table().select("name", "users").iter_rows())
    floor = int(sizes["food"])
    app = run(folder / "exact", floor=floor)
    shown = table_of(app, "events")
    numbers = dict(zip(shown["name"], shown["users"], strict=True))
    assert numbers["phone"] == sizes["phone"]
    for name in ("tv", "knitting", "acme"):
        assert sizes[name] < floor
        assert numbers[name] is None or numbers[name] != numbers[name]
    by_kind = kinds(opened.panel, Policy(floor, floor)).filter(pl.col("kind") == "brand")
    assert by_kind.select("hidden_audiences", "largest", "smallest_users").row(0) == (1, None, None)
    for table in app.dataframe:
        assert sizes["knitting"] not in table.value.to_numpy().ravel().tolist()


def test_typing_finds_audiences_and_the_link_keeps_what_was_typed(run, folder):
    app = run(folder / "exact")
    app.text_input(key="data_find").set_value("NIT").run()
    assert list(table_of(app, "events")["name"]) == ["knitting"]
    assert app.query_params["find"] == "NIT"
    again = run(folder / "exact", find="o", kind="interest")
    assert set(table_of(again, "events")["name"]) == {"food"}
    assert again.selectbox(key="data_kind").value == "interest"
    again.segmented_control(key="bar_language").set_value("zh").run()
    assert set(table_of(again, "events")["name"]) == {"food"}
    nothing = run(folder / "exact", find="(xyz")
    assert "(xyz" in nothing.info[0].value.replace("\\", "")


def test_every_word_of_a_search_must_be_there():
    table = pl.DataFrame(
        {"kind": ["a", "a", "b"], "name": ["City walk", "walk", "city WALK 2"]},
        schema={"kind": pl.String, "name": pl.String},
    )
    assert audiences_with(table, " walk  CITY ")["name"].to_list() == ["City walk", "city WALK 2"]
    assert audiences_with(table, "walk", "a")["name"].to_list() == ["City walk", "walk"]
    assert len(audiences_with(table, "")) == 3


RECORDS = {
    "one": Provenance(
        sources=("a.csv",), rows_read=90, rejected={"missing_user": 4, "no_tags": 6},
        first_event=datetime(2026, 2, 1), last_event=datetime(2026, 2, 7),
        roles=EventRoles("id", (TagColumn("tags", "interest", "|"),), time="at"),
        notes=("Times are read as ISO dates.",),
    ),
    "two": Provenance(sources=("b.csv", "c.csv"), rows_read=10, rejected={"no_tags": 1},
                      first_event=datetime(2026, 1, 1), last_event=datetime(2026, 1, 7)),
}  # fmt: skip


def test_rejected_rows_are_counted_by_reason_and_by_source():
    frame = rejects(RECORDS)
    assert frame.schema == REJECTS_TABLE
    assert frame.rows() == [("no_tags", 7, 0.07), ("missing_user", 4, 0.04)]
    assert share_rejected(RECORDS) == 0.11
    came = sources(RECORDS)
    assert came.schema == SOURCES_TABLE
    assert came.select("part", "sources", "rows_rejected", "no_tags").rows() == [
        ("two", "b.csv, c.csv", 1, 1),
        ("one", "a.csv", 10, 6),
    ]
    assert rejects({}).is_empty()
    assert share_rejected({}) == 0


def test_rejected_rows_columns_and_settings_are_explained(run, folder, tmp_path):
    path = tmp_path / "store"
    shutil.copytree(folder / "exact", path)
    (meta,) = path.glob("parts/*/part.json")
    raw = json.loads(meta.read_text("utf-8"))
    (record,) = raw["provenance"].values()
    record |= {"rows_read": 90, "rejected": {"missing_user": 4, "no_tags": 5}}
    tag = {"column": "tags", "kind": "interest", "separator": "|"}
    record["roles"] = {"user": "id", "tags": [tag], "time": "at", "text": None, "action": None}
    meta.write_text(json.dumps(raw), "utf-8")
    said = page(run(path))
    assert "90 rows were read, of which 9 (10%) were rejected" in said
    assert "5 rows (5.6%)" in said
    assert "None of the columns that name audiences had a value." in said
    assert "Audiences of the kind “interest”" in said
    assert "parted by “|”" in said
    for setting in ("Floor rate, F", "Budget", "MurmurHash3, seed 9001", "4,096 users"):
        assert setting in said
    assert "九千" not in said
    chinese = page(run(path, lang="zh"))
    assert "其中剔除 9 行（10%）" in chinese
    assert "无人群" in chinese


# --- precision ----------------------------------------------------------------------------------


def test_an_exact_store_needs_no_table_of_precision(run, folder):
    app = run(folder / "exact", tab="precision")
    assert "Every number here is exact" in page(app)
    assert not app.dataframe
    assert not app.get("plotly_chart")


def test_the_smallest_overlap_of_a_sampled_store_is_that_of_the_insight(run, folder):
    app = run(folder / "sampled", tab="precision")
    panel = open_store(folder / "sampled", None).panel
    found = store_precision(panel, Policy(0, 0))
    assert f"you can trust here is {users(found.anywhere)} users" in page(app)
    table = precision(panel, Policy(0, 0))
    assert list(app.dataframe[0].value["trusted_from"]) == table["trusted_from"].to_list()
    assert len(app.get("plotly_chart")) == 1


def test_a_floor_above_the_sample_is_what_decides(run, folder):
    app = run(folder / "sampled", floor=900, tab="precision")
    assert "trust here is 900 users" in page(app)
    assert "nothing below 900 may be shown" in page(app)


def test_two_audiences_of_the_link_are_judged(run, folder):
    app = run(folder / "sampled", tab="precision", a="category:phone", b="interest:food")
    panel = open_store(folder / "sampled", None).panel
    found = pair_precision(panel, "category:phone", "interest:food", Policy(0, 0))
    said = page(app)
    assert f"trust an overlap of {users(found.trusted_from)} users or more" in said
    assert f"They share {users(found.overlap.value)} users" in said
    app.selectbox(key="data_pair_b").select("interest:gaming").run()
    assert app.query_params["b"] == "interest:gaming"
    assert "gaming" in page(app)


def test_a_pair_below_the_floor_and_one_with_a_typo_are_explained(run, folder):
    app = run(folder / "exact", floor=500, tab="precision", a="category:tv", b="interest:knitting")
    assert "What they share is not shown: fewer than 500 users." in page(app)
    app = run(folder / "exact", tab="precision", a="category:tv", b="interest:knittn")
    assert "cannot be compared" in app.warning[0].value
    assert "knitting" in app.warning[0].value


# --- glossary -----------------------------------------------------------------------------------


def test_every_column_of_the_reports_and_every_term_is_in_the_glossary():
    every = entries()
    assert {entry.key for entry in every if entry.group == "column"} == set(COLUMNS)
    named = {entry.title_zh for entry in every if entry.group == "term"}
    assert {"行为", "大盘", "人群", "归属", "摘要", "重合人数", "占比", "期望重合", "TGI 指数",
            "超额重合", "人群渗透率", "公平份额指数", "机会缺口人数", "机会人群", "人群包", "深度",
            "战役简报"} <= named  # fmt: skip
    assert list(GLOSSARY_TABLE) == list(type(every[0]).__dataclass_fields__)


@pytest.mark.parametrize("wanted", ["tgi", "TGI 指数", "Affinity Index, TGI"])
def test_a_term_is_found_by_any_of_its_names(wanted):
    assert matching(entries(), wanted)[0].key == "tgi"


def test_a_link_to_a_term_shows_its_formula_in_the_language_asked_for(run, folder):
    app = run(folder / "exact", tab="glossary", term="gap users", lang="zh")
    assert "机会缺口人数（gap users）" in page(app).split("</h1>")[0]
    assert "n · max(0, p₀ − p)" in page(app)
    app.segmented_control(key="bar_language").set_value("en").run()
    assert "gap users (机会缺口人数)" in page(app).split("</h1>")[0]
    assert app.text_input(key="data_glossary_find").value == "gap users"


def test_a_term_that_is_not_there_says_what_to_try(run, folder):
    app = run(folder / "exact", tab="glossary", term="<b>lift off")
    assert "&lt;b&gt;lift off" in page(app)
    assert text("data_glossary_none_cure", "en") in page(app)
    app.text_input(key="data_glossary_find").set_value("jaccard").run()
    assert app.query_params["term"] == "jaccard"
    assert "n / (A + B − n)" in page(app)


def test_all_parts_of_the_page_open_in_both_languages(run, folder):
    for tab in ("stores", "precision", "glossary", "upload"):
        for language in ("en", "zh"):
            app = run(folder / "sampled", tab=tab, lang=language)
            assert not app.exception
            assert app.query_params.get("tab", "stores") == tab
            assert "Something went wrong" not in page(app)
