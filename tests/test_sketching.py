"""However events are read, the sketches are the same bits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap import audiences, events, sketches, sketching
from overlap.audiences import Definitions, parse_definitions
from overlap.events import Events, count_rows, read_events
from overlap.model import DataError, PeriodUnit, SketchSpec, TagColumn
from overlap.sketches import SketchBuilder

TAGS = st.sampled_from(["tv", " tv", "游戏", "coffee ", "", "  ", None])
USERS = st.sampled_from(
    ["u1", " u1", "u2", "用户", "u3 ", "", None, "\u3000u2", "long-user-name-17"]
)
TIMES = st.none() | st.integers(0, 60).map(lambda d: datetime(2026, 1, 1) + timedelta(days=d))
DEFINITIONS = parse_definitions(
    """
    [rename.interest]
    "游戏" = "games"
    "coffee" = "games"
    [kinds]
    category = { drop = ["tv"] }
    [[audience]]
    kind = "interest"
    name = "fans"
    tags = { interest = ["tv"] }
    min_events = 2
    """
)

rows = st.lists(st.tuples(USERS, TIMES, TAGS, TAGS, st.sampled_from([None, "", "hi"])), max_size=60)


def read(file: Path, period: PeriodUnit, *, same_kind: bool) -> Events:
    tags = (TagColumn("a", "interest"), TagColumn("b", "interest" if same_kind else "category"))
    return read_events([str(file)], user="user", tags=tags, time="time", text="text", period=period)


def outcome(read_: Events, definitions: Definitions, spec: SketchSpec) -> object:
    try:
        built, counts = sketching.sketch(read_, definitions, spec)
    except DataError as error:
        return error.what
    return built.fingerprint(), counts


@settings(max_examples=60)
@given(
    rows,
    st.sampled_from(["none", "week", "month"]),
    st.sampled_from([Definitions(), DEFINITIONS]),
    st.booleans(),
    st.integers(1, 30),
)
def test_row_groups_and_lazy_frames_and_memberships_give_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory,
    events_: list[tuple[object, ...]],
    period: PeriodUnit,
    definitions: Definitions,
    same_kind: bool,
    group: int,
) -> None:
    if definitions is DEFINITIONS and same_kind:
        definitions = Definitions()
    file = tmp_path_factory.mktemp("rows") / "events.parquet"
    schema = {"user": pl.String, "time": pl.Datetime("ms"), "a": pl.String, "b": pl.String,
              "text": pl.String}  # fmt: skip
    pl.DataFrame(events_, schema=schema, orient="row").write_parquet(file, row_group_size=group)
    spec = SketchSpec("text", period=period, k=4, budget=40, hll_p=4)
    columnar = read(file, period, same_kind=same_kind)
    assert columnar.columnar is not None
    fast = outcome(columnar, definitions, spec)
    assert fast == outcome(replace(columnar, columnar=None), definitions, spec)
    if isinstance(fast, tuple):
        frame = audiences.memberships(columnar, definitions)
        plain = sketches.build(frame, spec, source="x")
        assert plain.fingerprint() == fast[0]
        assert fast[1] == count_rows(columnar)


def test_integer_ids_categories_and_many_row_groups_are_read_as_they_lie(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user_id": [i % 700 for i in range(5000)]}).with_columns(
        tag=pl.Series([f"t{i % 37}" for i in range(5000)], dtype=pl.Categorical),
        time=pl.datetime(2026, 1, 1) + pl.duration(hours=pl.int_range(5000)),
    )
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=999)
    found = events.read_events([str(tmp_path)], period="day")
    assert found.columnar is not None
    assert len(found.columnar.groups) == 6
    spec = SketchSpec("integer", period="day", k=16, budget=2000, hll_p=4)
    fast = outcome(found, Definitions(), spec)
    assert isinstance(fast, tuple)
    assert fast == outcome(replace(found, columnar=None), Definitions(), spec)


@pytest.mark.parametrize("column", ["lists", "numbers"])
def test_tags_that_are_not_plain_text_go_through_lazy_frames(tmp_path: Path, column: str) -> None:
    cells = [["a", "b"], ["b"]] if column == "lists" else [1, 2]
    pl.DataFrame({"user_id": [1, 2], "tag": cells}).write_parquet(tmp_path / "a.parquet")
    found = read_events([str(tmp_path / "a.parquet")])
    assert found.columnar is None
    built, counts = sketching.sketch(found, Definitions(), SketchSpec("integer"))
    assert len(built.audiences) == 3
    assert counts.rows_read == 2


@pytest.mark.parametrize("budget", [60, 200, 2_000, 100_000])
def test_what_is_kept_is_at_least_what_was_forecast(tmp_path: Path, budget: int) -> None:
    frame = pl.DataFrame({"user_id": range(4000), "tag": [f"t{i % 9}" for i in range(4000)]})
    frame.write_parquet(tmp_path / "a.parquet")
    told: list[sketching.Forecast] = []
    spec = SketchSpec("integer", budget=budget, k=4, hll_p=4)
    read_ = read_events([str(tmp_path / "a.parquet")])
    built, _ = sketching.sketch(read_, Definitions(), spec, expect=told.append)
    assert told == [sketching.forecast(4000, 1, spec)]
    # No row repeats another here, so the worst case is about the case.
    assert told[0].floor_rate <= built.floor_rate <= 2 * told[0].floor_rate
    assert (told[0].smallest_overlap == 1) == (budget == 100_000)


def test_a_column_of_ids_given_as_tags_is_stopped_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame({"user_id": range(300), "tag": [f"id-{i}" for i in range(300)]})
    frame.write_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(SketchBuilder.__init__, "__defaults__", (1000, 200))
    with pytest.raises(DataError, match="more than 200 audiences") as error:
        sketching.sketch(
            read_events([str(tmp_path / "a.parquet")]), Definitions(), SketchSpec("integer")
        )
    assert "--audiences" in error.value.cure


def test_one_audience_may_be_half_of_all_rows_and_ids_may_be_long(tmp_path: Path) -> None:
    users = [f"{i:05d}" + "x" * (10_000 if i % 7 == 0 else 3) for i in range(400)]
    tags = ["big" if i % 2 else f"t{i % 20}" for i in range(400)]
    pl.DataFrame({"user_id": users, "tag": tags}).write_parquet(
        tmp_path / "a.parquet", row_group_size=1
    )
    found = read_events([str(tmp_path / "a.parquet")])
    spec = SketchSpec("text", k=16, budget=200, hll_p=4)
    fast = outcome(found, Definitions(), spec)
    assert isinstance(fast, tuple)
    assert fast == outcome(replace(found, columnar=None), Definitions(), spec)
