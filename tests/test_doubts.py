"""What may be meant otherwise, or cannot be known, is said and not answered as if it were clear."""

from __future__ import annotations

import json
import warnings
from datetime import date, datetime

import polars as pl
import pytest
from dashboards import opener, page, write_store

import overlap
from overlap import expressions
from overlap.dashboard.state import Choices, View, choose
from overlap.expressions import Audience, doubts, parse, resolve
from overlap.model import OverlapWarning, Policy, Provenance, UsageError
from overlap.store import shared_times

WEEKS = (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19))
ESPORTS = "电竞 Esports"
ROWS = [
    *(("interest", ESPORTS, WEEKS[u % 3], u, 1) for u in range(60)),
    *(("term", "电竞", WEEKS[u % 3], u, 1) for u in range(7)),
    *(("category", "tv", WEEKS[u % 3], u, 1) for u in range(40)),
    *(("brand", "tv", WEEKS[u % 3], u, 1) for u in range(20, 50)),
    *(("term", "acme", WEEKS[u % 3], u, 1) for u in range(5)),
    *(("brand", "acme", WEEKS[u % 3], u, 1) for u in range(30)),
]
KNOWN = {"interest": {ESPORTS, "gaming"}, "category": {"tv"}, "term": {"电竞", "esports", "walk"}}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("doubts") / "store"
    return write_store(path, ROWS, Policy(0, 0), period="week")


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["电竞", "esports"])
def test_a_bare_name_that_is_a_tag_and_a_word_is_the_tag_and_leaves_a_doubt(name):
    tree = parse(f"category:tv & {name}>=2")
    taken, word = Audience("interest", ESPORTS, 2), Audience("term", name, 2)
    assert resolve(tree, KNOWN) == expressions.And((Audience("category", "tv"), taken))
    (doubt,) = doubts(tree, KNOWN)
    assert (doubt.name, doubt.taken, doubt.others) == (name, taken, (word,))


@pytest.mark.parametrize("text", ["term:电竞", "gaming", "walk", f'interest:"{ESPORTS}"'])
def test_a_name_that_can_be_one_audience_only_leaves_no_doubt(text):
    assert doubts(parse(text), KNOWN) == []


def test_a_bare_name_of_two_tags_is_refused_with_all_that_have_it():
    known = {**KNOWN, "brand": {"tv"}, "term": {"tv"}}
    with pytest.raises(UsageError) as raised:
        resolve(parse("tv"), known)
    assert all(choice in raised.value.cure for choice in ("brand:tv", "category:tv", "term:tv"))


def test_the_command_line_says_which_audience_it_took_and_how_large_the_others_are(run, store):
    code, out, err = run("size", store, "电竞", "--json")
    assert code == 0
    assert json.loads(out)["users"] == 60
    assert f'interest:"{ESPORTS}" (60 users)' in err
    assert "term:电竞 (7 users)" in err


def test_the_command_line_names_every_candidate_with_its_users(run, store):
    code, out, err = run("pairs", store, "--anchor", "tv", "--kind", "interest")
    assert (code, out) == (2, "")
    assert "category:tv (40 users)" in err
    assert "brand:tv (30 users)" in err


def test_sizes_below_the_floor_are_not_said_in_a_doubt(run, tmp_path):
    path = write_store(tmp_path / "s", ROWS, Policy(10, 10), period="week")
    _, _, err = run("size", path, "电竞")
    assert "term:电竞 (fewer than 10 users)" in err


def test_python_warns_of_a_name_in_doubt(store):
    opened = overlap.open(store)
    with pytest.warns(OverlapWarning, match="term:acme"):
        assert opened.size("acme").value == 30
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert opened.size("term:acme").value == 5


def test_the_segment_page_offers_the_other_audience_at_a_click(monkeypatch, store):
    app = opener(monkeypatch)(store, at="segment", expr="category:tv & 电竞")
    assert app.button(key="segment_doubt_0_0").label.endswith(f'"{ESPORTS}"')
    app.button(key="segment_doubt_0_1").click().run()
    assert app.query_params["expr"] in ("category:tv & term:电竞", ["category:tv & term:电竞"])
    assert not [b for b in app.button if (b.key or "").startswith("segment_doubt")]


@pytest.mark.parametrize(("at", "query"), [
    ("overlaps", {"tab": "sets", "sets": '["acme", "category:tv"]'}),
    ("demand", {"of": "acme", "tab": "trends"}),
    ("openings", {"baseline": "acme"}),
])  # fmt: skip
def test_a_page_says_which_audience_a_link_was_read_as(monkeypatch, store, at, query):
    app = opener(monkeypatch)(store, at="" if at == "openings" else at, **query)
    said = [w.value for w in app.warning if "brand:acme" in w.value.replace("\\", "")]
    assert said
    assert "term:acme" in said[0].replace("\\", "")


# --- windows ------------------------------------------------------------------------------------

COMMANDS = {
    "size": ("interest:x",),
    "pairs": ("--anchor", "category:tv", "--kind", "interest"),
    "openings": ("--category", "tv"),
    "profile": ("category:tv",),
    "plan": ("category:tv",),
    "regions": ("category:tv", "brand:acme"),
    "trends": ("category:tv",),
    "language": ("category:tv",),
    "needs": (),
    "map": (),
}
REVERSED, OUTSIDE = ("2026-01-19", "2026-01-05"), ("2020-01-06", "2020-06-01")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("window", [REVERSED, OUTSIDE])
def test_every_command_refuses_a_window_that_is_reversed_or_without_data(
    run, store, command, window
):
    start, end = window
    code, out, err = run(command, store, *COMMANDS[command], "--from", start, "--to", end)
    assert (code, out) == (2, "")
    assert start in err
    assert end in err


def test_no_segment_is_saved_in_a_window_without_data(run, tmp_path):
    path = write_store(tmp_path / "s", ROWS, Policy(0, 0), period="week")
    asked = ("segments", "save", path, "category:tv", "--name", "a")
    assert run(*asked, "--from", OUTSIDE[0], "--to", OUTSIDE[1])[0] == 2
    assert run(*asked, "--from", "2026-01-12")[0] == 0


@pytest.mark.parametrize("window", [REVERSED, OUTSIDE, ("2026-02-02", None), (None, "2025-12-01")])
def test_python_refuses_a_window_that_is_reversed_or_without_data(store, window):
    opened = overlap.open(store)
    start, end = window
    with pytest.raises(UsageError):
        opened.size("category:tv", start=start, end=end)
    with pytest.raises(UsageError):
        opened.audiences(start=start, end=end)
    with pytest.raises(UsageError):
        opened.trends("category:tv", start=start, end=end)


def test_a_window_that_reaches_beyond_the_data_says_what_is_covered(run, store):
    code, out, err = run("size", store, "category:tv", "--from", "2025-06", "--to", "2026-01-12",
                         "--json")  # fmt: skip
    assert code == 0
    assert json.loads(out)["users"] == 27
    assert "from 2026-01-05 to 2026-01-12" in err
    with pytest.warns(OverlapWarning, match="2026-01-05 to 2026-01-12"):
        overlap.open(store).size("category:tv", start="2025-06", end="2026-01-12")


CHOICES = Choices(("tv",), periods=WEEKS, last_day=date(2026, 1, 25))


@pytest.mark.parametrize(("start", "end", "window", "note"), [
    (date(2026, 1, 19), date(2026, 1, 12), (date(2026, 1, 12), None), "window_reversed"),
    (date(2026, 2, 2), None, (None, None), "window_outside"),
    (None, date(2025, 1, 1), (None, None), "window_outside"),
    (date(2020, 1, 6), date(2020, 2, 3), (None, None), "window_outside"),
    (date(2020, 1, 6), date(2026, 1, 12), (None, date(2026, 1, 12)), "window_beyond"),
    (date(2026, 1, 12), date(2027, 1, 1), (date(2026, 1, 12), None), "window_beyond"),
])  # fmt: skip
def test_a_link_with_a_strange_window_is_mended_and_said(start, end, window, note):
    view, notes = choose(View("tv", start=start, end=end), CHOICES, ("tv", None))
    assert (view.start, view.end) == window
    assert [n.key for n in notes] == [note]


def test_a_page_of_a_store_without_categories_mends_the_window_as_well(monkeypatch, tmp_path):
    rows = [row for row in ROWS if row[0] == "interest"]
    path = write_store(tmp_path / "s", rows, Policy(0, 0), period="week")
    run = opener(monkeypatch)
    app = run(path, at="segment", expr="universe:all", from_="2020-01-06", to="2020-02-03")
    assert app.warning
    assert "60" in page(app)


# --- times that two parts share -----------------------------------------------------------------


def days(file, *numbers):
    """Write what 300 users did with x at nine o'clock on some days of January 2024."""
    rows = [(u, "x", datetime(2024, 1, d, 9)) for u in range(300) for d in numbers]
    pl.DataFrame(rows, ["user_id", "interest", "time"], orient="row").write_parquet(file)
    return file


def built(run, folder, *sets):
    for i, numbers in enumerate(sets):
        file = days(folder / f"days{i}.parquet", *numbers)
        ran = run("build", file, "--store", folder / "store", "--tags", "interest=interest",
                  "--period", "day", "--json")  # fmt: skip
        assert ran[0] == 0
    return ran


def test_parts_with_a_day_in_common_are_warned_of_where_they_are_built_and_shown(
    run, tmp_path, monkeypatch
):
    _, out, err = built(run, tmp_path, (1, 2), (2, 3))
    _, size, _ = run("size", tmp_path / "store", "interest:x>=4", "--json")
    assert json.loads(size)["users"] == 300  # counted twice, and so
    for said in (err, run("info", tmp_path / "store")[1]):
        said = " ".join(said.split())
        assert all(word in said for word in (
            "days0.parquet", "days1.parquet", "2024-01-02 09:00:00", "--replace"
        ))  # fmt: skip
    (shared,) = json.loads(out)["shared"]
    assert (shared["start"][:10], shared["end"][:10]) == ("2024-01-02", "2024-01-02")
    assert len(json.loads(run("info", tmp_path / "store", "--json")[1])["shared_times"]) == 1
    app = opener(monkeypatch)(tmp_path / "store", at="data")
    assert "days1" in " ".join(warning.value for warning in app.warning)


def test_the_cure_that_is_named_counts_every_event_once(run, tmp_path):
    built(run, tmp_path, (1, 2), (2, 3))
    file = days(tmp_path / "days1.parquet", 3)
    code, out, err = run("build", file, "--store", tmp_path / "store", "--tags",
                         "interest=interest", "--period", "day", "--replace", "--json")  # fmt: skip
    assert (code, err, json.loads(out)["shared"]) == (0, "", [])
    _, size, _ = run("size", tmp_path / "store", "interest:x>=4", "--json")
    assert json.loads(size)["users"] == 0


def test_parts_of_days_apart_are_not_warned_of(run, tmp_path):
    _, out, err = built(run, tmp_path, (1, 2), (3, 4))
    assert (err, json.loads(out)["shared"]) == ("", [])


def test_stores_brought_together_and_made_one_still_say_what_they_share(run, tmp_path):
    for name, numbers in (("a", (1, 2)), ("b", (2, 3))):
        (tmp_path / name).mkdir()
        built(run, tmp_path / name, numbers)
    both = tmp_path / "both"
    merged = run("merge", tmp_path / "a" / "store", tmp_path / "b" / "store", "--store", both)
    assert merged[0] == 0
    assert "2024-01-02" in merged[2]
    assert "2024-01-02" in run("compact", both)[2]


def test_each_part_is_compared_with_the_one_that_reaches_furthest():
    def record(first, last):
        return Provenance(first_event=datetime(2024, 1, first), last_event=datetime(2024, 1, last))

    year = {"all": record(1, 30), "early": record(2, 3), "late": record(20, 31),
            "after": record(31, 31), "timeless": Provenance()}  # fmt: skip
    found = shared_times(year)
    assert [(each.parts, each.start.day, each.end.day) for each in found] == [
        (("all", "early"), 2, 3), (("all", "late"), 20, 30), (("late", "after"), 31, 31)
    ]  # fmt: skip
