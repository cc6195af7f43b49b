"""Exact members are those that plain sets give, however events are read and partitioned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap import audiences, expressions, hashing
from overlap.building import BuildOptions, build
from overlap.events import read_events
from overlap.expressions import And, Audience, Expression, Minus, Or
from overlap.members import ALL_PERIODS
from overlap.model import (
    FULL_THETA,
    UNIVERSE,
    DataError,
    PeriodUnit,
    TagColumn,
    UsageError,
    Window,
)
from overlap.panel import open_panel
from overlap.segments import ExactMembers, Limits, kernels, members
from overlap.segments.judging import _numbered
from overlap.segments.spool import Pairs

DEFINITIONS = """
[rename.interest]
"tea" = "drinks"
"coffee" = "drinks"
[kinds]
category = { drop = ["toys"] }
[[audience]]
kind = "interest"
name = "fans"
tags = { interest = ["tv"], category = ["toys"] }
min_events = 2
[[audience]]
kind = "interest"
name = "buyers"
actions = ["buy"]
window = { from = "2026-01-10" }
[[audience]]
kind = "brand"
name = "late"
tags = { interest = ["drinks", "tv"] }
min_events = 2
window = { last_days = 20 }
[[audience]]
kind = "interest"
name = "tv"
tags = { interest = ["tv"] }
actions = ["buy", "view"]
"""
KEEP = """
[kinds]
interest = { keep = ["tv", "tea"] }
category = false
[[audience]]
kind = "category"
name = "toys"
tags = { category = ["toys"] }
"""
TAGS = st.sampled_from(["tv", " tv", "tea", "coffee ", "toys", "游戏", "", None])
DAYS = st.integers(0, 59).map(lambda d: datetime(2026, 1, 1) + timedelta(days=d)) | st.none()
ACTIONS = st.sampled_from(["buy", "view", None])
TEXT_USERS = st.sampled_from(["u1", " u1", "u2", "用户", "u3 ", "", None, "long-user-name-17"])
NUMBERS = st.sampled_from([0, 1, -1, 2, 3, 4, 2**53 + 1, -(2**63), 2**63 - 1, None])
LEAST = st.sampled_from([1, 1, 1, 2, 3])


def events_of(users: st.SearchStrategy[object]) -> st.SearchStrategy[list[tuple[object, ...]]]:
    return st.lists(st.tuples(users, DAYS, TAGS, TAGS, ACTIONS), min_size=1, max_size=60)


def trees(keys: list[tuple[str, str]]) -> st.SearchStrategy[Expression]:
    leaves = st.builds(lambda key, m: Audience(*key, m), st.sampled_from(keys), LEAST)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a: And(tuple(a)), st.lists(inner, min_size=2, max_size=3)),
            st.builds(lambda a: Or(tuple(a)), st.lists(inner, min_size=2, max_size=3)),
            st.builds(Minus, inner, inner),
        ),
        max_leaves=6,
    )


def by_sets(
    memberships: pl.DataFrame, tree: Expression, window: Window = ALL_PERIODS
) -> set[object]:
    """Evaluate an expression over memberships with plain sets."""

    def leaf(audience: Audience) -> set[object]:
        events: Counter[object] = Counter()
        for kind, name, period, user, n in memberships.rows():
            after = window.start is None or period >= window.start
            inside = after and (window.end is None or period <= window.end)
            if inside and (kind, name) == (audience.kind, audience.name):
                events[user] += n
        return {user for user, n in events.items() if n >= audience.at_least}

    return expressions.fold(
        tree,
        leaf,
        lambda parts: set.intersection(*parts),
        lambda parts: set.union(*parts),
        lambda left, right: left - right,
    )


def found_in(
    store: Path,
    tree: str | Expression,
    sources: list[str],
    window: Window = ALL_PERIODS,
    limits: Limits | None = None,
) -> list[object]:
    opened, panel = open_panel(store)
    with members(opened, panel, tree, sources, window, limits=limits) as found:
        users = found.users.collect()["user"].to_list()
        assert found.count == len(users)
        return users


Write = Callable[[pl.DataFrame, Path], Path]


def parquet(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_parquet(folder / "events.parquet", row_group_size=7)
    return folder / "events.parquet"


def csv(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_csv(folder / "events.csv")
    return folder / "events.csv"


def ndjson(frame: pl.DataFrame, folder: Path) -> Path:
    frame.with_columns(pl.col("time").cast(pl.String)).write_ndjson(folder / "events.ndjson")
    return folder / "events.ndjson"


def lists(frame: pl.DataFrame, folder: Path) -> Path:
    both = pl.concat_list("a", "b").alias("a")
    return parquet(frame.with_columns(both), folder)


SCHEMA = {"user": pl.String, "time": pl.Datetime("us"), "a": pl.String, "b": pl.String,
          "action": pl.String}  # fmt: skip


@settings(max_examples=60)
@given(
    st.data(),
    st.sampled_from([parquet, csv, ndjson, lists]),
    st.sampled_from(["none", "week", "month", "day"]),
    st.sampled_from(["", DEFINITIONS, KEEP]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0, 3]),
    st.sampled_from([1 << 30, 1, 300]),
)
def test_members_are_those_of_plain_sets_and_of_the_panel(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    write: Write,
    period: PeriodUnit,
    definitions: str,
    text: bool,
    same_kind: bool,
    bits: int | None,
    memory: int,
) -> None:
    folder = tmp_path_factory.mktemp("members")
    rows = data.draw(events_of(TEXT_USERS if text else NUMBERS))
    schema = {**SCHEMA, "user": pl.String if text else pl.Int64}
    source = str(write(pl.DataFrame(rows, schema=schema, orient="row"), folder))
    (folder / "audiences.toml").write_text(definitions, "utf-8")
    if same_kind and definitions:
        same_kind = False
    tags = (TagColumn("a", "interest"), TagColumn("b", "interest" if same_kind else "category"))
    roles = {"user": "user", "time": "time", "action": "action", "tags": tags}
    try:
        read = read_events([source], period=period, **roles)  # type: ignore[arg-type]
        build(
            [source],
            folder / "store",
            BuildOptions(**roles, period=period, definitions=folder / "audiences.toml"),  # type: ignore[arg-type]
        )
    except DataError:
        # Not one usable row, or no way to tell what the times are: no store, and no members.
        return
    exact = audiences.memberships(read, audiences.parse_definitions(definitions)).collect()
    keys = sorted({(kind, name) for kind, name in exact.select("kind", "name").rows()})
    tree = data.draw(trees(keys))
    window = ALL_PERIODS
    if period != "none":
        ends = data.draw(st.tuples(*[st.none() | st.sampled_from(exact["period"].to_list())] * 2))
        window = Window(*ends)
    found = found_in(folder / "store", tree, [source], window, Limits(memory=memory, bits=bits))
    assert len(found) == len(set(found))
    assert set(found) == by_sets(exact, tree, window)
    _, panel = open_panel(folder / "store")
    assert panel.sample(tree, window).hits == len(found)


@pytest.fixture
def community(tmp_path: Path) -> tuple[Path, Path]:
    """Return a sampled store of 20,000 text users and its source."""
    rng = np.random.default_rng(5)
    n = 120_000
    frame = pl.DataFrame(
        {
            "user": pl.Series(rng.integers(0, 20_000, n)).cast(pl.String) + "@id",
            "tag": pl.Series(["tv", "games", "tea", "rare"]).gather(
                rng.choice(4, n, p=[0.5, 0.3, 0.1999, 0.0001])
            ),
            "time": datetime(2026, 1, 1) + pl.Series(rng.integers(0, 90, n)) * timedelta(days=1),
        }
    )
    source = tmp_path / "events.parquet"
    frame.write_parquet(source, row_group_size=10_000)
    tags = (TagColumn("tag", "interest"),)
    build([str(source)], tmp_path / "store", BuildOptions(tags=tags, period="week", budget=8_000))
    return tmp_path / "store", source


def exact_sets(source: Path) -> dict[str, set[str]]:
    frame = pl.read_parquet(source)
    return {tag: set(frame.filter(pl.col("tag") == tag)["user"]) for tag in frame["tag"].unique()}


def test_a_sampled_store_still_gives_every_member(community: tuple[Path, Path]) -> None:
    store, source = community
    sets = exact_sets(source)
    found = found_in(store, "tv & games - tea | rare", [str(source)])
    assert set(found) == (sets["tv"] & sets["games"]) - sets["tea"] | sets["rare"]


def test_partitions_and_scratch_files_change_neither_members_nor_their_order(
    community: tuple[Path, Path], tmp_path: Path
) -> None:
    store, source = community
    opened, panel = open_panel(store)

    def run(limits: Limits) -> tuple[list[object], int]:
        with members(opened, panel, "universe:all - tea>=2", [str(source)], limits=limits) as m:
            return m.users.collect()["user"].to_list(), m.spilled

    whole, spilled = run(Limits(bits=0))
    assert spilled == 0
    assert len(whole) > 10_000
    for limits in (Limits(bits=6), Limits(bits=4, memory=100_000), Limits(bits=0, memory=1)):
        users, spilled = run(limits)
        assert users == whole
        assert (spilled > 1) == (limits.memory < 1 << 20)


def test_the_order_of_members_does_not_depend_on_that_of_the_events(
    community: tuple[Path, Path], tmp_path: Path
) -> None:
    store, source = community
    shuffled = tmp_path / "again" / "events.parquet"
    shuffled.parent.mkdir()
    pl.read_parquet(source).sample(fraction=1, shuffle=True, seed=3).write_parquet(shuffled)
    assert found_in(store, "tv - games", [str(source)]) == found_in(
        store, "tv - games", [str(shuffled)]
    )


def test_scratch_files_are_gone_when_members_are_closed(
    community: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, source = community
    opened, panel = open_panel(store)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    limits = Limits(memory=1000, scratch=scratch)
    with members(opened, panel, "tv", [str(source)], limits=limits) as found:
        assert found.file.exists()
        assert sum(len(batch) for batch in found.batches(500)) == found.count
    assert list(scratch.iterdir()) == []

    def interrupted(*_: object, **__: object) -> None:
        assert len(list(scratch.iterdir())) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr("overlap.segments.gathering.Judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        members(opened, panel, "tv", [str(source)], limits=limits)
    assert list(scratch.iterdir()) == []


def test_what_the_events_say_of_each_audience_is_what_its_sketch_kept(
    community: tuple[Path, Path],
) -> None:
    store, source = community
    opened, panel = open_panel(store)
    with members(opened, panel, "tv & games>=2 - tea", [str(source)]) as found:
        pass
    assert found.whole.theta < FULL_THETA
    assert found.whole.kept == panel.sample("tv & games>=2 - tea").hits
    sets = exact_sets(source)
    for leaf, count in found.leaves.items():
        assert count.kept == panel.sample(leaf).hits
        if leaf.at_least == 1:
            assert count.users == len(sets[leaf.name])


def test_texts_that_share_a_hash_are_two_users() -> None:
    texts = pa.array(["ann", "bob", "ann", "bo", "bob"], pa.large_string())
    same = np.full(5, 8, dtype=np.uint64)
    number, first = _numbered(Pairs(same, np.zeros(5, dtype=np.int32), texts))
    assert number.tolist() == [0, 1, 0, 2, 1]
    assert first.tolist() == [0, 1, 3]


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_integer_ids_come_back_from_their_keys(ids: list[int]) -> None:
    users = np.array(ids, dtype=np.int64)
    out = np.empty(len(ids), dtype=np.uint64)
    kernels.unmix(hashing.remix(users.view(np.uint64)), out)
    assert out.view(np.int64).tolist() == ids


# --- several parts ----------------------------------------------------------------------------


WEEKLY = """
[[audience]]
kind = "interest"
name = "regulars"
tags = { interest = ["tv"] }
min_events = 2
"""


def weekly(folder: Path, names: list[str]) -> list[str]:
    """Write weeks in which user 1 is seen once each, user 2 twice in the first, and build them."""
    sources = []
    (folder / "regulars.toml").write_text(WEEKLY, "utf-8")
    for week, name in enumerate(names):
        users = [1, 2, 2] if week == 0 else [1, 3]
        day = date(2026, 1, 5) + timedelta(weeks=week)
        pl.DataFrame(
            {"user": users, "tag": ["tv"] * len(users), "day": [day] * len(users)}
        ).write_csv(folder / name)
        sources.append(str(folder / name))
        build(
            sources[-1:],
            folder / "store",
            BuildOptions(
                user="user", tags=(TagColumn("tag", "interest"),), time="day", period="week",
                definitions=folder / "regulars.toml",
            ),
        )  # fmt: skip
    return sources


def test_minimum_events_count_within_the_part_that_they_were_built_in(tmp_path: Path) -> None:
    sources = weekly(tmp_path, ["w1.csv", "w2.csv"])
    assert found_in(tmp_path / "store", "regulars", sources) == [2]
    assert set(found_in(tmp_path / "store", "tv>=2", sources)) == {1, 2}


def test_files_that_moved_are_known_by_their_last_names(tmp_path: Path) -> None:
    weekly(tmp_path, ["w1.csv", "w2.csv"])
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("w1.csv", "w2.csv"):
        (tmp_path / name).rename(moved / name)
    assert found_in(tmp_path / "store", "regulars", [str(moved)]) == [2]


def test_files_of_unknown_names_count_together_and_it_is_said(tmp_path: Path) -> None:
    sources = weekly(tmp_path, ["w1.csv", "w2.csv"])
    other = tmp_path / "both.csv"
    rows = [line for s in sources for line in Path(s).read_text().splitlines()[1:]]
    other.write_text("\n".join(["user,tag,day", *rows]), "utf-8")
    opened, panel = open_panel(tmp_path / "store")
    with members(opened, panel, "regulars", [str(other)]) as found:
        assert set(found.users.collect()["user"]) == {1, 2}
        assert "none of the store's sources" in found.notes[0]


def test_parts_of_other_columns_need_their_files_by_name(tmp_path: Path) -> None:
    pl.DataFrame({"user": [1, 2], "tag": ["tv", "tv"]}).write_csv(tmp_path / "a.csv")
    pl.DataFrame({"user": [2, 3], "topic": ["tv", "tv"]}).write_csv(tmp_path / "b.csv")
    for name, column in (("a.csv", "tag"), ("b.csv", "topic")):
        options = BuildOptions(user="user", tags=(TagColumn(column, "interest"),))
        build([str(tmp_path / name)], tmp_path / "store", options)
    both = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    assert set(found_in(tmp_path / "store", "tv", both)) == {1, 2, 3}
    assert found_in(tmp_path / "store", "tv>=2", both) == [2]
    (tmp_path / "a.csv").rename(tmp_path / "c.csv")
    with pytest.raises(UsageError, match=r"c\.csv is none of the sources"):
        found_in(tmp_path / "store", "tv", [str(tmp_path / "c.csv")])


# --- what cannot be ---------------------------------------------------------------------------


def test_unknown_names_are_answered_with_the_nearest(community: tuple[Path, Path]) -> None:
    store, source = community
    with pytest.raises(UsageError) as caught:
        found_in(store, "interest:gamse", [str(source)])
    assert "games" in caught.value.cure


def test_events_without_the_columns_of_the_store_are_refused(
    community: tuple[Path, Path], tmp_path: Path
) -> None:
    store, source = community
    other = tmp_path / "other.parquet"
    pl.read_parquet(source).rename({"tag": "topic"}).write_parquet(other)
    with pytest.raises(UsageError, match="there is no column 'tag', which this store was built"):
        found_in(store, "tv", [str(other)])


def test_text_ids_where_the_store_has_integers_are_refused(tmp_path: Path) -> None:
    pl.DataFrame({"user": [1, 2], "tag": ["tv", "tv"]}).write_csv(tmp_path / "a.csv")
    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),))
    build([str(tmp_path / "a.csv")], tmp_path / "store", options)
    pl.DataFrame({"user": ["x", "2"], "tag": ["tv", "tv"]}).write_csv(tmp_path / "b.csv")
    with pytest.raises(DataError, match="text in these events and integers in the store"):
        found_in(tmp_path / "store", "tv", [str(tmp_path / "b.csv")])


def test_integers_read_where_the_store_has_text_are_that_text(tmp_path: Path) -> None:
    rows = "".join(f"{user},tv\n" for user in ("1", "2", "x"))
    (tmp_path / "a.csv").write_text("user,tag\n" + rows, "utf-8")
    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),))
    build([str(tmp_path / "a.csv")], tmp_path / "store", options)
    (tmp_path / "a.csv").write_text("user,tag\n1,tv\n2,tv\n", "utf-8")
    assert set(found_in(tmp_path / "store", "tv", [str(tmp_path / "a.csv")])) == {"1", "2"}


def test_a_store_of_foreign_sketches_says_that_it_has_no_members(
    community: tuple[Path, Path], tmp_path: Path
) -> None:
    from overlap import exchange

    store, source = community
    opened, _ = open_panel(store)
    table = exchange.sketch_table(opened, form="theta", kinds=(), period="all")
    exchange.write_sketches(table.rows, tmp_path / "sketches.parquet", replace=False)
    options = exchange.ImportOptions(id_type="text")
    exchange.import_sketches([str(tmp_path / "sketches.parquet")], tmp_path / "imported", options)
    with pytest.raises(DataError, match="made of sketches"):
        found_in(tmp_path / "imported", "interest:tv", [str(source)])


def test_a_universe_beside_others_needs_no_counting_and_changes_nothing(
    community: tuple[Path, Path],
) -> None:
    store, source = community
    opened, panel = open_panel(store)
    universe = Audience(UNIVERSE.kind, UNIVERSE.name)
    with members(opened, panel, "universe:all & tv", [str(source)]) as found:
        assert universe not in found.leaves
        assert set(found.users.collect()["user"]) == exact_sets(source)["tv"]
    with members(opened, panel, "universe:all & tv>=2 | universe:all>=9", [str(source)]) as found:
        counted = (
            pl.read_parquet(source)
            .group_by("user")
            .agg(pl.len(), (pl.col("tag") == "tv").sum().alias("tv"))
        )
        wanted = counted.filter((pl.col("tv") >= 2) | (pl.col("len") >= 9))["user"]
        assert set(found.users.collect()["user"]) == set(wanted)


def test_the_frame_of_members_has_raw_ids(community: tuple[Path, Path]) -> None:
    store, source = community
    opened, panel = open_panel(store)
    found: ExactMembers = members(opened, panel, "rare", [str(source)])
    assert found.users.collect_schema() == {"user": pl.String}
    assert found.user_column == "user"
    found.close()
    assert not found.file.exists()
