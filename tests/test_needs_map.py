"""The needs map links what belongs together, by exact counts, and keeps everything in its place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, panel, random_rows, week
from dashboards import write_store
from hypothesis import given
from hypothesis import strategies as st

from overlap.cli import main
from overlap.cli.serving import sample_store
from overlap.insights.needs_map import (
    COMMUNITIES_TABLE,
    EDGES_TABLE,
    NODES_TABLE,
    NeedsMap,
    needs_map,
    read_map,
)
from overlap.insights.needs_map.communities import communities, numbered
from overlap.insights.needs_map.layout import Graph, layout
from overlap.model import DataError, Policy, UsageError, Window
from overlap.panel import Panel, open_panel

NO_FLOOR = Policy(0, 0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("map") / "store")


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


def blocks(groups: int = 3, each: int = 5, users: int = 6000, seed: int = 1) -> list[Row]:
    """A community of groups of interests; people of a group like most of it and little else."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, users)
    rows: list[Row] = []
    for g in range(groups):
        for i in range(each):
            likes = rng.random(users) < np.where(group == g, 0.4, 0.05)
            rows += [("interest", f"g{g}i{i}", week(0), int(u), 1) for u in np.flatnonzero(likes)]
        says = rng.random(users) < np.where(group == g, 0.5, 0.02)
        rows += [("term", f"word{g}", week(0), int(u), 1) for u in np.flatnonzero(says)]
    rows += [("term", "everyone", week(0), u, 1) for u in range(users)]
    return rows


def places(found: NeedsMap) -> dict[tuple[str, str], tuple[float, float]]:
    rows = found.nodes.select("kind", "name", "x", "y").iter_rows()
    return {(kind, name): (x, y) for kind, name, x, y in rows}


def moved(before: NeedsMap, after: NeedsMap) -> np.ndarray:
    a, b = places(before), places(after)
    return np.array([np.hypot(*np.subtract(a[key], b[key])) for key in a.keys() & b.keys()])


def groups_of(found: NeedsMap) -> set[frozenset[str]]:
    named = found.nodes.drop_nulls("community").group_by("community").agg("name")
    return {frozenset(names) for names in named["name"]}


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", [None, "category:tv"])
def test_every_link_is_an_exact_count(category: str | None) -> None:
    rows = random_rows(3, users=2500)
    found = needs_map(
        panel(rows), category=category, kinds=("interest", "brand"), policy=NO_FLOOR, least_tgi=100
    )
    base = {u for k, n, _, u, _ in rows if category is None or f"{k}:{n}" == category}
    of: dict[tuple[str, str], set[int]] = {}
    for kind, name, _, user, _ in rows:
        if user in base:
            of.setdefault((kind, name), set()).add(user)
    assert len(found.edges) >= 1
    for row in found.nodes.to_dicts():
        assert row["users"] == row["users_low"] == len(of[row["kind"], row["name"]])
    for row in found.edges.to_dicts():
        a, b = of[row["kind"], row["name"]], of[row["other_kind"], row["other"]]
        assert row["exact"]
        assert row["overlap_users"] == row["overlap_low"] == len(a & b)
        assert row["expected_users"] == pytest.approx(len(a) * len(b) / len(base))
        assert row["tgi"] == pytest.approx(100 * len(a & b) * len(base) / (len(a) * len(b)))
        assert row["tgi_shrunk_low"] > 100
        assert row["weight"] == pytest.approx(np.log(row["tgi_shrunk_low"] / 100))
        assert row["q_value"] <= 0.05


def test_a_window_counts_within_it() -> None:
    rows = random_rows(3, users=2500)
    found = needs_map(panel(rows), window=Window(week(2), week(4)), policy=NO_FLOOR)
    for row in found.nodes.to_dicts():
        users = {u for k, n, p, u, _ in rows if n == row["name"] and week(2) <= p <= week(4)}
        assert row["users"] == len(users)


def test_independent_audiences_have_no_link() -> None:
    rng = np.random.default_rng(7)
    with_links = 0
    for _ in range(5):
        rows: list[Row] = [
            ("interest", f"i{i}", week(0), int(u), 1)
            for i in range(60)
            for u in np.flatnonzero(rng.random(3000) < rng.uniform(0.02, 0.3))
        ]
        with_links += len(needs_map(panel(rows), policy=NO_FLOOR, least_tgi=100).edges) > 0
    assert with_links <= 1


def test_in_a_sample_the_intervals_hold_the_true_overlaps() -> None:
    rows = blocks(users=20_000)
    truth = needs_map(panel(rows))
    part = needs_map(panel(rows, budget=30_000, k=300))
    both = part.edges.join(truth.edges, on=["kind", "name", "other_kind", "other"], suffix="_true")
    assert len(both) >= 25
    assert not both["exact"].any()
    for low, high, true in (("overlap_low", "overlap_high", "overlap_users_true"),
                            ("tgi_low", "tgi_high", "tgi_true")):  # fmt: skip
        assert both.select(pl.col(true).is_between(low, high).mean()).item() >= 0.9
    assert groups_of(part) == groups_of(truth)


def test_below_the_floor_there_is_no_node_and_no_link() -> None:
    rows = blocks()
    rows += [("interest", "tiny", week(0), u, 1) for u in range(60)]
    rows += [("interest", "small", week(0), u, 1) for u in range(150)]
    found = needs_map(panel(rows))
    assert "tiny" not in found.nodes["name"]
    assert found.hidden == 1
    assert "tiny" not in json.dumps(found.to_dict())
    assert (found.edges["overlap_users"] >= 100).all()
    assert (found.nodes["users"] >= 100).all()


def test_only_the_largest_are_taken_and_the_others_counted() -> None:
    found = needs_map(panel(blocks()), most=4)
    everyone = needs_map(panel(blocks()))
    assert len(found.nodes) == 4
    assert found.left_out == 11
    assert found.nodes["name"].to_list() == everyone.nodes["name"].head(4).to_list()


def test_what_a_category_is_made_of_is_not_on_its_own_map(sample: Panel) -> None:
    shoes = 'category:"运动鞋 Sneakers"'
    found = needs_map(sample, category=shoes, kinds=("category", "interest"))
    assert found.inside == shoes
    assert "运动鞋 Sneakers" not in found.nodes["name"]


# --- communities --------------------------------------------------------------------------------


def test_planted_groups_are_the_communities_named_by_their_words() -> None:
    found = needs_map(panel(blocks()))
    assert groups_of(found) == {frozenset(f"g{g}i{i}" for i in range(5)) for g in range(3)}
    for row in found.communities.to_dicts():
        group = row["largest"][0][:2]
        assert row["name"] == f"word{group[1]}"
        assert row["audiences"] == 5
    assert "everyone" not in " ".join(found.communities["name"])


def test_without_words_communities_go_by_their_largest_audiences() -> None:
    rows = [row for row in blocks() if row[0] != "term"]
    found = needs_map(panel(rows))
    for row in found.communities.to_dicts():
        assert row["name"] == " · ".join(row["largest"][:2])
        assert row["terms"] == []


def test_the_core_of_a_community_is_in_two_of_its_audiences() -> None:
    rows = blocks()
    found = needs_map(panel(rows))
    for row in found.communities.to_dicts():
        members = set(found.nodes.filter(pl.col("community") == row["community"])["name"])
        times: dict[int, int] = {}
        for _, name, _, user, _ in rows:
            if name in members:
                times[user] = times.get(user, 0) + 1
        assert row["core_users"] == sum(n >= 2 for n in times.values())


def test_communities_keep_their_numbers_when_they_stay() -> None:
    found = np.array([4, 4, 9, 9, 9, -1])
    users = [10.0, 10.0, 30.0, 30.0, 30.0, 5.0]
    assert numbered(found, users, [None] * 6).tolist() == [1, 1, 0, 0, 0, -1]
    assert numbered(found, users, [0, 0, 5, 5, None, 3]).tolist() == [0, 0, 5, 5, 5, -1]
    # Two halves of what was one: the larger keeps the number.
    assert numbered(found, users, [2] * 6).tolist() == [0, 0, 2, 2, 2, -1]


# --- places -------------------------------------------------------------------------------------


def test_the_same_data_in_any_order_are_the_same_map() -> None:
    rows = blocks()
    shuffled = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    one, two = (needs_map(panel(r)) for r in (rows, shuffled))
    assert one.to_dict() == two.to_dict()


def test_a_week_more_moves_little(sample: Panel) -> None:
    end = sample.periods[-1] - timedelta(weeks=1)
    for kinds, median, most in ((("interest",), 0.02, 0.15),
                                (("category", "interest", "brand"), 0.02, 0.15)):  # fmt: skip
        before = needs_map(sample, kinds=kinds, window=Window(None, end))
        after = needs_map(sample, kinds=kinds, previous=before)
        steps = moved(before, after)
        assert np.median(steps) < median
        assert steps.max() < most
        kept = before.nodes.join(after.nodes, on=["kind", "name"], suffix="_after")
        same = (kept["community"] == kept["community_after"]).mean()
        assert same >= 0.9


def test_the_same_data_again_stand_still(sample: Panel) -> None:
    before = needs_map(sample)
    assert moved(before, needs_map(sample, previous=before)).max() < 0.02


def test_a_new_audience_stands_among_those_it_is_linked_to(sample: Panel) -> None:
    rows = blocks()
    before = needs_map(panel(rows))
    fans = [u for k, n, _, u, _ in rows if n in ("g0i0", "g0i1")]
    after = needs_map(
        panel([*rows, *(("interest", "new", week(0), u, 1) for u in set(fans))]), previous=before
    )
    at = places(after)
    middle = {g: np.mean([at["interest", f"g{g}i{i}"] for i in range(5)], axis=0) for g in range(3)}
    away = {g: np.hypot(*(middle[g] - at["interest", "new"])) for g in middle}
    assert min(away, key=away.__getitem__) == 0
    assert moved(before, after).max() < 0.2


def test_groups_stand_apart() -> None:
    at = places(needs_map(panel(blocks())))
    groups = [np.array([at["interest", f"g{g}i{i}"] for i in range(5)]) for g in range(3)]
    for i, group in enumerate(groups):
        own = np.hypot(*(group - group.mean(axis=0)).T).max()
        for other in groups[i + 1 :]:
            assert np.hypot(*(group.mean(axis=0) - other.mean(axis=0))) > own


@pytest.mark.parametrize("audiences", [1, 2, 5, 30])
def test_without_a_link_everything_still_has_its_place(audiences: int) -> None:
    rng = np.random.default_rng(5)
    rows: list[Row] = [
        ("interest", f"i{i}", week(0), int(u), 1)
        for i in range(audiences)
        for u in rng.choice(4000, 300, replace=False)
    ]
    found = needs_map(panel(rows), least_tgi=10_000)
    assert found.edges.is_empty()
    assert found.communities.is_empty()
    assert found.nodes["community"].null_count() == audiences
    assert len(set(places(found).values())) == audiences
    again = needs_map(panel(rows), least_tgi=10_000, previous=found)
    assert moved(found, again).max() == 0


@pytest.mark.slow
def test_five_hundred_audiences_have_a_map() -> None:
    rng = np.random.default_rng(11)
    group = rng.integers(0, 12, 20_000)
    rows: list[Row] = []
    for i in range(500):
        likes = rng.random(20_000) < np.where(group == i % 12, 0.12, 0.01)
        rows += [("interest", f"i{i}", week(0), int(u), 1) for u in np.flatnonzero(likes)]
    found = needs_map(panel(rows), most=500, policy=Policy(10, 10))
    assert len(found.nodes) == 500
    assert found.nodes.select(pl.col("x", "y").is_finite().all()).row(0) == (True, True)
    assert {frozenset(int(n[1:]) % 12 for n in names) for names in groups_of(found)} == {
        frozenset([g]) for g in range(12)
    }


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes = draw(st.integers(1, 12))
    pairs = [(i, j) for i in range(nodes) for j in range(i + 1, nodes)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    weights = draw(st.lists(st.floats(0.01, 3), min_size=len(chosen), max_size=len(chosen)))
    i, j = (np.array([pair[end] for pair in chosen], dtype=np.int64) for end in (0, 1))
    return Graph(nodes, i, j, np.array(weights, dtype=np.float64))


@given(graphs())
def test_any_graph_has_places_that_are_its_own(graph: Graph) -> None:
    at = layout(graph)
    assert at.shape == (graph.nodes, 2)
    assert np.isfinite(at).all()
    assert np.array_equal(at, layout(graph))
    assert len({tuple(place) for place in np.round(at, 9).tolist()}) == graph.nodes


@given(graphs(), st.floats(0, 6.28), st.booleans(), st.floats(0.2, 5))
def test_a_map_that_was_turned_mirrored_and_scaled_keeps_its_places(
    graph: Graph, angle: float, mirrored: bool, size: float
) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    before = size * layout(graph) @ turn * (np.array([-1, 1]) if mirrored else 1) + 0.5
    after = layout(graph, before)
    linked = np.zeros(graph.nodes, dtype=bool)
    linked[graph.i], linked[graph.j] = True, True
    if linked.any():
        steps = np.hypot(*(after - before)[linked].T)
        assert steps.max() <= 0.2 * size


def test_communities_do_not_depend_on_the_order_of_links() -> None:
    rng = np.random.default_rng(2)
    i, j = np.triu_indices(30, 1)
    keep = rng.random(len(i)) < np.where(i // 10 == j // 10, 0.8, 0.05)
    i, j, weight = i[keep], j[keep], rng.random(keep.sum()) + 0.1
    order = rng.permutation(len(i))
    one = communities(Graph(30, i, j, weight))
    two = communities(Graph(30, i[order], j[order], weight[order]))
    assert one.tolist() == two.tolist()
    assert len(set(one.tolist())) == 3


# --- files and mistakes -------------------------------------------------------------------------


def test_a_map_survives_its_file(tmp_path: Path) -> None:
    found = needs_map(panel(blocks()))
    file = tmp_path / "map.json"
    file.write_text(json.dumps(found.to_dict(), ensure_ascii=False), "utf-8")
    again = read_map(file)
    assert again.to_dict() == found.to_dict()
    assert again.nodes.schema == NODES_TABLE
    assert again.edges.schema == EDGES_TABLE
    assert again.communities.schema == COMMUNITIES_TABLE


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"nodes": 3}', '{"nodes": [{"kind": "a"}], "edges": [], "communities": []}',
     '{"inside": "x", "hidden": 0, "left_out": 0, "edges": [], "communities": [],'
     ' "nodes": [{"kind": "a", "name": "b", "x": "left", "y": 1}]}', "\x00"],
    ids=["empty", "list", "nothing", "number", "placeless", "wordy", "binary"],
)  # fmt: skip
def test_a_file_that_is_no_map_is_told_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "map.json"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError, match="no needs map"):
        read_map(file)
    with pytest.raises(DataError, match="cannot be read"):
        read_map(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fdr": 1}, "rate of 1"),
        ({"least_tgi": 80}, "TGI of 80"),
        ({"most": 0}, "map of 0"),
        ({"most": 100_000}, "100,000 audiences"),
        ({"kinds": ("colour",)}, "kind 'colour'"),
        ({"kinds": ()}, "no kind"),
        ({"category": "coffee"}, "coffee"),
        ({"category": "term:word0 - term:everyone"}, "no user"),
        ({"min_users": 3}, "below this store's floor"),
    ],
    ids=["fdr", "tgi", "none", "most", "kind", "kinds", "category", "nobody", "floor"],
)
def test_a_wrong_request_is_told_what_is_wrong(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        needs_map(panel(blocks(users=2000)), **asked)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["overlap", *map(str, arguments)])
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        out = capsys.readouterr()
        return int(code or 0), out.out, out.err

    return call


def test_the_command_prints_a_map_that_the_next_one_starts_from(run: Run, tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", blocks())
    code, out, _ = run("map", store, "--json")
    assert code == 0
    file = tmp_path / "map.json"
    file.write_text(out, "utf-8")
    csv = tmp_path / "nodes.csv"
    code, out, err = run("map", store, "--previous", file, "--csv", csv)
    assert (code, out) == (0, "")
    assert "wrote 15 rows" in err
    nodes = pl.read_csv(csv)
    assert [name.lstrip("\ufeff") for name in nodes.columns] == NODES_TABLE.names()
    before = {row["name"]: row["x"] for row in json.loads(file.read_text("utf-8"))["nodes"]}
    for name, x in nodes.select("name", "x").iter_rows():
        assert x == pytest.approx(before[name], abs=0.02)
    code, out, _ = run("map", store)
    assert code == 0
    assert "15 audiences, " in out
    assert "word0" in out


def test_the_command_refuses_a_file_that_is_no_map(run: Run, tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", blocks(users=2000))
    code, out, err = run("map", store, "--previous", store / "nothing.json")
    assert (code, out) == (1, "")
    assert "cure" in err
