"""The page answers, or says what to do: every state of it, run without a browser."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from community import random_rows, week
from dashboards import copyable, opener, page, write_store

from overlap.dashboard.data import open_store
from overlap.dashboard.router import PAGES, Entry
from overlap.insights.openings import scored
from overlap.insights.wording import users
from overlap.model import Policy, Window

ROWS = random_rows(3)
WITHOUT = {
    kind: [row for row in ROWS if row[0] != kind] for kind in ("category", "interest", "brand")
}


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("exact") / "store", ROWS)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampled") / "store"
    return write_store(path, ROWS, Policy(0, 0), k=64, budget=2500)


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


def rows(store, **how):
    panel = open_store(store, None).panel
    return scored(panel, how.pop("category", "tv"), **{"policy": Policy(), **how})


def warnings(app):
    return [w.value.replace("\\", "") for w in app.warning]


# --- answers ----------------------------------------------------------------------------------


def test_a_newcomer_sees_an_opening_with_its_reason(run, exact):
    app = run(exact)
    assert app.query_params["category"] in ("tv", "phone")
    view = {name: app.query_params.get(name) for name in ("category", "brand")}
    first = rows(exact, **view).row(0, named=True)
    assert first["reason"].replace("'", "&#x27;") in page(app)
    assert first["interest"] in page(app).split("</h1>")[0]


def test_an_exact_store_says_exact_and_shows_no_intervals(run, exact):
    app = run(exact, category="tv")
    assert "Counts are exact" in page(app)
    assert "interval" not in app.dataframe[0].value.columns


def test_a_sampled_store_says_its_rate_and_shows_intervals(run, sampled):
    app = run(sampled, category="tv")
    assert "Counts are estimated from a sample of at least" in page(app)
    assert "95%" in page(app)
    first = rows(sampled, policy=Policy(0, 0)).row(0, named=True)
    assert first["overlap_low"] < first["overlap_users"] < first["overlap_high"]
    shown = app.dataframe[0].value
    assert shown["interval"][0] == f"{users(first['overlap_low'])}–{users(first['overlap_high'])}"


def test_the_table_shows_what_the_insight_returns(run, exact):
    app = run(exact, category="tv", brand="acme", show="all")
    ranked = rows(exact, brand="acme", policy=Policy(0, 0)).filter(pl.col("suppressed").is_null())
    shown = app.dataframe[0].value
    assert list(shown["interest"]) == ranked["interest"].to_list()
    assert list(shown["overlap_users"]) == ranked["overlap_users"].to_list()
    assert list(shown["tgi"]) == pytest.approx(ranked["tgi"].to_list())


def test_without_a_brand_there_is_no_gap_and_the_page_asks_for_one(run, exact):
    app = run(exact, category="tv")
    assert "Choose a brand" in page(app)
    assert "gap_users" not in app.dataframe[0].value.columns
    assert "share_of_category" in app.dataframe[0].value.columns


def test_the_opening_of_the_link_is_on_the_card(run, exact):
    app = run(exact, category="tv", opening="food")
    reason = rows(exact).filter(pl.col("interest") == "food")["reason"][0]
    assert reason in page(app)
    assert copyable(app) == [reason, "category:tv & interest:food"]


def test_the_window_and_the_baseline_of_the_link_are_used(run, exact):
    app = run(exact, category="tv", baseline="category:phone", from_="2026-01-12", to="2026-02-02")
    window = Window(date(2026, 1, 12), date(2026, 2, 2))
    expected = rows(exact, baseline="category:phone", window=window)
    expected = expected.filter(pl.col("score").is_not_null())
    assert list(app.dataframe[0].value["overlap_users"]) == expected["overlap_users"].to_list()
    assert not app.warning


def test_choosing_in_the_bar_changes_the_address(run, exact):
    app = run(exact, category="tv", opening="food")
    app.selectbox(key="bar_brand").select("acme").run()
    assert app.query_params["brand"] == "acme"
    assert app.query_params["opening"] == "food"
    app.selectbox(key="bar_category").select("phone").run()
    assert app.query_params["category"] == "phone"
    assert "opening" not in app.query_params


def test_an_address_gone_back_to_is_shown(run, exact):
    app = run(exact, category="tv", opening="food")
    app.query_params["opening"] = "gaming"
    app.run()
    assert app.session_state["view"].opening == "gaming"


def test_a_choice_wins_over_an_address_the_browser_has_not_heard_of(run, exact):
    app = run(exact, category="tv")
    app.query_params["brand"] = "nobody"
    app.selectbox(key="bar_brand").select("acme").run()
    assert app.query_params["brand"] == "acme"
    assert not app.warning


def test_changing_the_language_keeps_everything_else(run, exact):
    app = run(exact, category="tv", brand="acme", baseline="category:phone", from_="2026-01-12",
              opening="food")  # fmt: skip
    before = app.session_state["view"]
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.session_state["view"] == replace(before, language="zh")
    assert app.query_params["lang"] == "zh"
    assert "机会" in page(app)
    assert "Where the openings are" not in page(app)
    app.segmented_control(key="bar_language").set_value("en").run()
    assert app.session_state["view"] == before


def test_a_name_with_spaces_can_be_typed_as_the_baseline_without_quotes(run, tmp_path):
    renamed = [(k, "mobile phone" if n == "phone" else n, *rest) for k, n, *rest in ROWS]
    app = run(write_store(tmp_path / "store", renamed), category="tv", baseline="mobile phone")
    assert app.query_params["baseline"] == 'category:"mobile phone"'
    assert not app.warning


def test_an_expression_can_be_the_baseline(run, exact):
    app = run(exact, category="tv", baseline="phone | interest:food")
    assert app.query_params["baseline"] == "category:phone | interest:food"
    assert not app.warning


# --- what may not be shown -----------------------------------------------------------------------


def test_rows_below_the_floor_are_named_without_numbers(run, exact):
    app = run(exact, floor=200, category="tv", opening="knitting")
    row = rows(exact, policy=Policy(0, 0)).filter(pl.col("interest") == "knitting")
    assert 0 < row["overlap_users"][0] < 200
    assert "fewer than 200 users" in page(app)
    assert any("knitting" in m.value for m in app.markdown)
    card = page(app).split("ov-card")[1].split("</section>")[0]
    assert f"{row['overlap_users'][0]:,.0f}" not in card
    assert "ov-figures" not in card
    for table in app.dataframe:
        assert "knitting" not in list(table.value["interest"])
    for chart in app.get("plotly_chart"):
        assert "knitting" not in chart.proto.spec


def test_when_everything_is_below_the_floor_the_page_says_so(run, exact):
    app = run(exact, floor=100_000, category="tv")
    assert "below the floor of 100,000 users" in page(app)
    assert not app.dataframe
    assert not app.get("plotly_chart")


def test_a_floor_of_0_shows_everything(run, exact):
    app = run(exact, floor=0, category="tv", show="all")
    shown = {name for table in app.dataframe for name in table.value["interest"]}
    assert shown == {"gaming", "food", "knitting"}


def test_a_floor_that_is_no_number_is_explained(run, exact):
    assert "“many”, which is not a number of users" in page(run(exact, floor="many"))


# --- nothing to show ---------------------------------------------------------------------------


def test_without_a_store_the_page_says_how_to_open_one(run):
    app = run(None)
    assert "There is no store to show" in page(app)
    assert "overlap demo" in app.code[0].value


def test_a_folder_that_is_no_store_is_explained_by_its_name_and_logged_in_full(
    run, tmp_path, caplog
):
    app = run(tmp_path, lang="zh")
    assert "无法打开此数据" in page(app)
    assert f"位置：{tmp_path.name}<" in page(app)
    assert str(tmp_path) not in page(app)
    number = page(app).split("服务器日志中的编号为 ")[1].split("。")[0]
    (told,) = [r.getMessage() for r in caplog.records if number in r.getMessage()]
    assert f"where: {tmp_path}\n" in told


def test_a_damaged_store_is_explained_with_its_cure(run, exact, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(exact, broken)
    for file in broken.rglob("*.parquet"):
        file.write_bytes(file.read_bytes()[:50])
    app = run(broken)
    assert "This store cannot be opened" in page(app)
    assert "What to do" in page(app)
    assert "Traceback" not in page(app)


def test_a_store_that_is_replaced_while_open_is_read_again(run, exact, tmp_path):
    changing = tmp_path / "changing"
    shutil.copytree(exact, changing)
    app = run(changing, category="tv")
    before = app.dataframe[0].value
    shutil.rmtree(changing)
    write_store(changing, random_rows(4))
    app.run()
    assert not app.exception
    assert not app.dataframe[0].value.equals(before)
    assert list(app.dataframe[0].value["overlap_users"]) == (
        rows(changing).filter(pl.col("score").is_not_null())["overlap_users"].to_list()
    )


@pytest.mark.parametrize("kind", ["category", "interest"])
def test_a_store_without_the_kinds_of_openings_says_which_option_is_missing(run, tmp_path, kind):
    app = run(write_store(tmp_path / "store", WITHOUT[kind]))
    assert f"--tags COLUMN={kind}" in app.code[0].value
    assert "brand" in page(app)


def test_a_store_without_brands_offers_none_and_ranks_without(run, tmp_path):
    app = run(write_store(tmp_path / "store", WITHOUT["brand"]))
    assert app.selectbox(key="bar_brand").disabled
    assert len(app.dataframe[0].value)


def test_a_store_without_periods_has_no_window(run, tmp_path):
    timeless = [(kind, name, date(1970, 1, 1), user, 1) for kind, name, _, user, _ in ROWS]
    app = run(write_store(tmp_path / "store", timeless, period="none"), category="tv")
    assert [box.key for box in app.selectbox] == ["bar_category", "bar_brand", "bar_baseline"]
    assert len(app.dataframe[0].value)


def test_a_window_without_users_of_the_category_offers_the_whole_time(run, tmp_path):
    late = [row for row in ROWS if row[1] != "tv" or row[2] >= week(4)]
    app = run(write_store(tmp_path / "store", late), category="tv", to="2026-01-19")
    assert "No tv user was active in this window" in page(app)
    app.button[0].click().run()
    assert "to" not in app.query_params
    assert len(app.dataframe[0].value)


def test_when_nothing_stands_out_the_page_says_what_to_try(run, tmp_path):
    by_chance = [("category", "tv", week(0), u, 1) for u in range(0, 4000, 2)]
    by_chance += [("interest", "food", week(0), u, 1) for u in range(4000) if u % 5 == 0]
    everybody = [("interest", "rest", week(0), u, 1) for u in range(4000)]
    app = run(write_store(tmp_path / "store", by_chance + everybody), category="tv")
    assert "No overlap with tv can be told from chance" in page(app)
    assert {"food", "rest"} == set(app.dataframe[0].value["interest"])
    assert set(app.dataframe[0].value["why"]) == {"Not reliably above chance"}


# --- links that do not fit -----------------------------------------------------------------------


def test_a_link_to_what_is_not_there_says_so_and_shows_something(run, exact):
    app = run(exact, category="tb", brand="acmee", opening="gamng", baseline="interest:foo",
              from_="2026-01-14", lang="en")  # fmt: skip
    said = " ".join(warnings(app))
    for wanted in ("“tb”", "“acmee”", "“gamng”", "“interest:foo”", "2026-01-14"):
        assert wanted in said or wanted == "“gamng”"
    assert "Did you mean acme?" in said
    assert len(app.dataframe[0].value)


def test_an_unknown_opening_falls_back_to_the_first(run, exact):
    app = run(exact, category="tv", opening="gamng")
    assert "“gamng” is not among the interests here" in warnings(app)[0]
    assert rows(exact)["reason"][0] in page(app)
    assert "opening" not in app.query_params


def test_a_category_compared_with_itself_is_explained(run, exact):
    app = run(exact, category="tv", baseline="category:tv")
    assert "every TGI is 100" in warnings(app)[0]
    assert "baseline" not in app.query_params


def test_a_note_goes_when_the_visitor_does_something(run, exact):
    app = run(exact, category="tv", brand="nobody")
    assert app.warning
    app.run()
    assert app.warning
    app.selectbox(key="bar_brand").select("acme").run()
    assert not app.warning


def test_names_that_look_like_markup_stay_text(run, tmp_path):
    name = '<img src=x onerror="alert(1)">'
    renamed = [(k, name if n == "gaming" else n, p, u, e) for k, n, p, u, e in ROWS]
    app = run(write_store(tmp_path / "store", renamed), category="tv", opening=name)
    assert "<img src=x" not in page(app)
    assert "&lt;img src=x" in page(app)


def test_an_error_nobody_thought_of_is_a_sentence_with_a_number(run, exact, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("inner detail")

    monkeypatch.setitem(PAGES, "openings", Entry(broken))
    app = run(exact, category="tv")
    assert "Something went wrong" in page(app)
    assert "inner detail" not in page(app)
    number = page(app).split("under ")[1][:8]
    assert number in caplog.text
