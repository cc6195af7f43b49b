"""The card says what stands behind an opening, and the list ranks by any measure."""

from __future__ import annotations

from datetime import date
from html import unescape
from urllib.parse import parse_qsl

import numpy as np
import polars as pl
import pytest
from community import random_rows, week
from dashboards import opener, page, write_store

from overlap.dashboard.data import open_store
from overlap.dashboard.pages.openings import tables
from overlap.insights import wording
from overlap.insights.language import language
from overlap.insights.openings import SCORED_TABLE, scored
from overlap.insights.profile import profile
from overlap.insights.trends import trends
from overlap.model import Policy

ROWS = random_rows(3)
TIMELESS = [(kind, name, date(1970, 1, 1), user, 1) for kind, name, _, user, _ in ROWS]
IN_BOTH = {u for k, n, _, u, _ in ROWS if n == "tv"} & {
    u for k, n, _, u, _ in ROWS if n == "gaming"
}
IN_TV = {u for k, n, _, u, _ in ROWS if n == "tv"}


def said() -> list[tuple[str, str, date, int, int]]:
    """Words of which one is the gamers' own, and one is everybody's."""
    words = [("term", "lag", week(u % 8), u, 1) for u in IN_BOTH]
    words += [("term", "#lag", week(u % 8), u, 1) for u in IN_BOTH if u % 2]
    words += [("term", "nice", week(u % 8), u, 1) for u in IN_TV]
    # What a lone word would hide: that others wrote something too.
    return [*words, *(("term", "lag", week(0), u, 1) for u in IN_TV - IN_BOTH if u % 4 == 0)]


def market() -> list[tuple[str, str, date, int, int]]:
    """A category of which seven interests are drawn, each differently, and a brand in it."""
    rng = np.random.default_rng(5)
    rows = [("category", "tv", week(u % 8), u, 1) for u in range(2000)]
    rows += [("interest", "all", week(u % 8), u, 1) for u in range(8000)]
    rows += [("brand", "acme", week(u % 8), u, 1) for u in range(0, 2000, 4)]
    for i in range(7):
        drawn = rng.random(2000) < rng.uniform(0.1, 0.5)
        own = rng.random(2000) < np.where(np.arange(2000) % 4, 1.0, rng.uniform(0.2, 1.2))
        inside = np.flatnonzero(drawn & own)
        outside = 2000 + np.flatnonzero(rng.random(6000) < rng.uniform(0.02, 0.08))
        for user in np.concatenate([inside, outside]).tolist():
            weeks = rng.integers(4 if i == 3 else 0, 8, 2)
            rows += [("interest", f"i{i}", week(int(w)), user, 1) for w in weeks]
    return rows


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("ranks") / "store", market(), Policy(0, 0))


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("exact") / "store", ROWS)


@pytest.fixture(scope="module")
def wordy(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("wordy") / "store", ROWS + said())


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampled") / "store"
    return write_store(path, ROWS + said(), Policy(0, 0), k=64, budget=2500)


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


def links(app) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the links on the page: the page they lead to and what they ask it for."""
    return {
        link.proto.label: (link.proto.page, dict(parse_qsl(link.proto.query_string)))
        for link in app.get("page_link")
    }


# --- what stands behind an opening --------------------------------------------------------------


def test_the_trend_on_the_card_is_that_of_the_insight(run, exact):
    app = run(exact, category="tv", opening="gaming")
    frame = trends(open_store(exact, None).panel, "interest:gaming", category="category:tv",
                   policy=Policy())  # fmt: skip
    last = frame.row(-1, named=True)
    for end in ("growth_low", "growth_high"):
        assert wording.change(last[end]) in page(app)
    assert f"{frame['whole'].sum()} weeks" in page(app)
    assert page(app).count('class="ov-spark"') == 1


def test_growth_is_the_same_number_in_table_card_and_trend(run, exact):
    app = run(exact, category="tv", opening="gaming", show="all")
    panel = open_store(exact, None).panel
    row = scored(panel, "tv").filter(pl.col("interest") == "gaming").row(0, named=True)
    frame = trends(panel, "interest:gaming", category="category:tv", policy=Policy())
    last = frame.row(-1, named=True)
    for name in ("growth", "growth_low", "growth_high"):
        assert row[name] == pytest.approx(last[name], rel=1e-9)
    assert row["growth_periods"] == frame["whole"].sum()
    table = app.dataframe[0].value
    shown = table["growth"][list(table["interest"]).index("gaming")]
    assert shown == wording.growth(last)


def test_without_periods_there_is_no_trend_and_it_says_what_one_needs(run, tmp_path):
    app = run(write_store(tmp_path / "store", TIMELESS, period="none"), category="tv")
    assert "needs two whole periods" in page(app)
    assert len(app.get("plotly_chart")) == 1


def test_the_words_are_the_discoveries_of_the_insight_each_with_its_odds(run, wordy):
    app = run(wordy, category="tv", opening="gaming")
    found = language(open_store(wordy, None).panel, "category:tv & interest:gaming",
                     category="category:tv", policy=Policy())  # fmt: skip
    lag = found.filter(pl.col("term") == "lag")
    assert lag["direction"][0] == "over"
    chips = page(app).split("Own words")[1].split("Also in")[0]
    assert chips.count("ov-chip") == 1
    assert ">lag</span>" in chips
    assert f"{lag.select(pl.col('log_odds').exp()).item():.1f}"[:2] in chips
    assert links(app)["Language"] == (
        "demand",
        {"category": "tv", "opening": "gaming", "lang": "en", "tab": "language",
         "of": "category:tv & interest:gaming"},
    )  # fmt: skip


def test_a_store_without_words_says_how_to_get_some(run, exact):
    app = run(exact, category="tv")
    assert "no words in this store: build it with --text COLUMN" in page(app)
    assert "Language" not in links(app)


def test_too_few_who_wrote_are_said_to_be_too_few(run, tmp_path):
    few = [("term", "hm", week(0), u, 1) for u in sorted(IN_BOTH)[:5]]
    app = run(write_store(tmp_path / "store", ROWS + few), category="tv", opening="gaming")
    assert "too few users of one side wrote anything" in page(app)


def test_words_that_everybody_says_set_nobody_apart(run, tmp_path):
    nice = [("term", "nice", week(0), u, 1) for u in IN_TV]
    app = run(write_store(tmp_path / "store", ROWS + nice), category="tv", opening="gaming")
    assert "no word sets them apart beyond luck" in page(app)


def test_the_carriers_are_what_the_profile_finds_over(run, exact):
    phone = run(exact, category="phone", opening="gaming")
    panel = open_store(exact, None).panel
    found = profile(panel, "category:phone & interest:gaming", "interest",
                    baseline="category:phone", policy=Policy())  # fmt: skip
    over = found.filter(pl.col("direction") == "over")["name"].to_list()
    chips = unescape(page(phone).split("Also in")[1].split("</div>")[0])
    assert [name for name in ("food", "knitting") if name in chips] == sorted(over)
    assert over or "no other interest more than all phone users" in chips


def test_a_sampled_store_shows_the_card_with_intervals(run, sampled):
    app = run(sampled, category="tv", opening="gaming")
    assert "95%:" in page(app)
    assert "against the category in" in page(app)


def test_below_the_floor_nothing_stands_behind_a_row(run, exact):
    app = run(exact, floor=200, category="tv", opening="knitting")
    assert "Own words" not in page(app)
    assert "Also in" not in page(app)
    assert len(app.get("plotly_chart")) == 1


# --- where to go on -------------------------------------------------------------------------------


def test_the_segment_is_of_the_people_to_win(run, exact):
    app = run(exact, category="tv", brand="acme", opening="food")
    shared = {"category": "tv", "brand": "acme", "opening": "food", "lang": "en"}
    win = "category:tv & interest:food - brand:acme"
    assert open_store(exact, None).panel.size(win).value == pytest.approx(
        scored(open_store(exact, None).panel, "tv", brand="acme", policy=Policy(0, 0)).filter(
            pl.col("interest") == "food"
        )["unreached_users"][0]
    )
    to = links(app)
    page_of, asked = to["Build segment"]
    assert page_of == "segment"
    assert open_store(exact, None).panel.size(asked["expr"]) == (
        open_store(exact, None).panel.size(win)
    )
    assert {name: asked[name] for name in shared} == shared
    assert to["Plan reach"] == ("segment", {**asked, "tab": "reach"})
    assert to["Show overlap"] == (
        "overlaps", {**shared, "a": "category:tv", "b": "interest:food"},
    )  # fmt: skip


def test_without_a_brand_the_segment_is_everybody_in_both(run, exact):
    app = run(exact, category="tv", opening="food")
    assert links(app)["Build segment"][1]["expr"] == "category:tv & interest:food"


def test_names_that_would_break_an_expression_are_quoted_in_links(run, tmp_path):
    odd = {"gaming": 'e - "sports" & co', "tv": "t v"}
    rows = [(k, odd.get(n, n), *rest) for k, n, *rest in ROWS]
    store = write_store(tmp_path / "store", rows)
    app = run(store, category="t v", opening='e - "sports" & co')
    panel = open_store(store, None).panel
    asked = links(app)["Build segment"][1]["expr"]
    assert panel.size(asked).value == len(IN_BOTH)
    overlap = links(app)["Show overlap"][1]
    assert panel.size(f"({overlap['a']}) & ({overlap['b']})").value == len(IN_BOTH)


# --- the ranking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "column", "descending"), [
    ("size", "overlap_users", True), ("excess", "excess_users", True), ("tgi", "tgi", True),
    ("fair", "fair_share_index", False), ("gap", "gap_users", True),
    ("unreached", "unreached_users", True), ("growth", "growth", True),
])  # fmt: skip
def test_a_link_can_rank_by_any_single_measure(run, ranks, by, column, descending):
    app = run(ranks, category="tv", brand="acme", by=by, show="all")
    ranked = scored(open_store(ranks, None).panel, "tv", brand="acme", policy=Policy(0, 0))
    assert len(ranked) == 8
    if by == "growth":
        flat = (pl.col("growth_low") <= 0) & (pl.col("growth_high") >= 0)
        ranked = ranked.with_columns(pl.when(flat).then(0.0).otherwise("growth").alias("growth"))
    expected = ranked.sort(column, descending=descending, maintain_order=True)["interest"].to_list()
    assert expected != ranked["interest"].to_list()
    shown = app.dataframe[0].value
    assert list(shown["interest"]) == expected
    places = [rank for rank in shown["rank"] if rank == rank]
    assert places == list(range(1, 1 + (ranked["verdict"] == "opening").sum()))


def test_rows_without_the_measure_come_last_whichever_end_is_first():
    rows = pl.DataFrame(
        {"interest": ["a", "b", "c"], "fair_share_index": [None, 90.0, 40.0],
         "tgi": [120.0, None, 150.0]},
        schema={name: SCORED_TABLE[name] for name in ("interest", "fair_share_index", "tgi")},
    )  # fmt: skip
    assert tables.by(rows, "fair")["interest"].to_list() == ["c", "b", "a"]
    assert tables.by(rows, "tgi")["interest"].to_list() == ["c", "a", "b"]


def test_another_measure_is_one_click_away_and_stays_in_the_link(run, exact):
    app = run(exact, category="tv", brand="acme")
    app.segmented_control(key="openings_by").set_value("tgi").run()
    assert app.query_params["by"] == "tgi"
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert app.query_params["by"] == "tgi"
    assert app.segmented_control(key="openings_by").value == "tgi"
    app.segmented_control(key="openings_by").set_value("score").run()
    assert "by" not in app.query_params


def test_without_a_brand_nothing_of_a_brand_can_be_ranked_by(run, exact):
    app = run(exact, category="tv", by="gap")
    offered = app.segmented_control(key="openings_by").options
    assert "TGI" in offered
    assert not {"Missing", "Fair share", "Not reached"} & set(offered)
    assert app.segmented_control(key="openings_by").value == "score"
