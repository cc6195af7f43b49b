"""The algebra of kept sets: merging parts is building the whole, bit for bit."""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from datasketch import HyperLogLogPlusPlus
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from overlap.hashing import hash_users, remix
from overlap.model import FULL_THETA, AudienceKey, DataError, SketchSpec, memberships_schema
from overlap.sketches import Sifted, SketchBuilder, Sketches, build, merge, merge_registers

WEEKS = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
SCHEMA = memberships_schema("integer")

row = st.tuples(
    st.sampled_from(["category", "interest", "term"]),
    st.sampled_from(["tv", "游戏", "coffee"]),
    st.sampled_from(WEEKS),
    st.integers(0, 60),
    st.integers(1, 3),
)
specs = st.builds(
    SketchSpec,
    id_type=st.just("integer"),
    period=st.just("week"),
    k=st.integers(1, 12),
    budget=st.integers(10, 150),
    rate=st.sampled_from([1.0, 0.5, 0.3]),
    hll_p=st.sampled_from([0, 4, 6]),
)


def frame(rows: list[tuple[str, str, date, int, int]]) -> pl.LazyFrame:
    """Memberships as audiences.memberships makes them: summed, one row per key."""
    return (
        pl.DataFrame(rows, schema=SCHEMA, orient="row")
        .lazy()
        .group_by("kind", "name", "period", "user")
        .agg(pl.col("events").sum())
    )


def built(rows: list[tuple[str, str, date, int, int]], spec: SketchSpec, source: str) -> Sketches:
    return build(frame(rows), spec, source=source)


@settings(max_examples=120)
@given(
    st.lists(row, max_size=150),
    specs,
    st.lists(st.integers(0, 3), min_size=150, max_size=150),
)
def test_a_merge_of_parts_equals_a_build_of_the_whole_bit_for_bit(
    rows: list[tuple[str, str, date, int, int]], spec: SketchSpec, split: list[int]
) -> None:
    assume(rows)
    groups = [[r for r, s in zip(rows, split, strict=False) if s == i] for i in range(4)]
    try:
        whole = built(rows, spec, "whole")
    except DataError:
        with pytest.raises(DataError, match="budget"):
            merge(built(g, spec, f"part {i}") for i, g in enumerate(groups) if g)
        return
    parts = [built(g, spec, f"part {i}") for i, g in enumerate(groups) if g]
    assert merge(parts).fingerprint() == whole.fingerprint()


@settings(max_examples=120)
@given(st.lists(row, max_size=150), specs, st.integers(1, 40), st.integers(1, 40))
def test_a_stream_builds_the_same_bits_whatever_its_batches_and_buffer(
    rows: list[tuple[str, str, date, int, int]], spec: SketchSpec, batch: int, buffer: int
) -> None:
    occurrences = [r for r in rows for _ in range(r[4])]
    builder = SketchBuilder(spec, buffer)
    users = pl.Series([r[3] for r in occurrences], dtype=pl.Int64)
    hashes = hash_users(users)

    def streamed() -> str:
        # Held back until later ones were added, as it happens where threads sift.
        waiting: list[tuple[Sifted, np.ndarray[tuple[int], np.dtype[np.int32]]]] = []
        for at in range(0, len(occurrences), batch):
            piece = occurrences[at : at + batch]
            codes = [builder.code(AudienceKey(kind, name)) for kind, name, *_ in piece]
            periods = [builder.period((r[2] - date(1970, 1, 1)).days) for r in piece]
            index = np.arange(len(piece), dtype=np.int32)
            audience = np.array([*codes, -1], np.int32)
            sieve = builder.sieve(audience)
            period = np.array(periods, np.int32)
            waiting.append((sieve.sift(hashes[at : at + batch], index, period), audience))
            if len(waiting) > 2:
                builder.add(*waiting.pop(0))
        for sifted in waiting:
            builder.add(*sifted)
        return builder.finish("x").fingerprint()

    try:
        expected = built(rows, spec, "x").fingerprint()
    except DataError:
        with pytest.raises(DataError, match="budget"):
            streamed()
        return
    assert streamed() == expected


@settings(max_examples=40)
@given(st.lists(st.lists(row, min_size=1, max_size=50), min_size=3, max_size=3), specs)
def test_merging_is_associative_commutative_and_idempotent(
    groups: list[list[tuple[str, str, date, int, int]]], spec: SketchSpec
) -> None:
    try:
        a, b, c = (built(g, spec, str(i)) for i, g in enumerate(groups))
        once = merge([a, b, c])
    except DataError:
        assume(False)
    assert merge([merge([a, b]), c]).fingerprint() == once.fingerprint()
    assert merge([a, merge([b, c])]).fingerprint() == once.fingerprint()
    assert merge([c, b, a]).fingerprint() == once.fingerprint()
    assert merge([a, a]).fingerprint() == a.fingerprint()
    assert merge([once, b]).fingerprint() == once.fingerprint()
    assert merge([once, once]).lineage == a.lineage | b.lineage | c.lineage


@settings(max_examples=40)
@given(st.lists(row, min_size=1, max_size=150), specs)
def test_a_kept_set_holds_everybody_below_its_threshold_and_nobody_else(
    rows: list[tuple[str, str, date, int, int]], spec: SketchSpec
) -> None:
    try:
        sketches = built(rows, spec, "x")
    except DataError:
        assume(False)
    exact = frame(rows).collect()
    for code, (kind, name, theta) in enumerate(sketches.audiences.iter_rows()):
        members = exact.filter(pl.col("kind") == kind, pl.col("name") == name)
        expected = {
            (h, p, e)
            for h, p, e in zip(
                hash_users(members["user"]).tolist(), members["period"], members["events"],
                strict=True,
            )
            if h < theta
        }  # fmt: skip
        kept = sketches.entries.filter(pl.col("audience") == code)
        assert set(kept.select("hash", "period", "events").iter_rows()) == expected
        users = members["user"].n_unique()
        if kind == "term":
            continue
        assert len({h for h, _, _ in expected}) >= min(sketches.k, users)
        if users <= sketches.k:
            assert theta == FULL_THETA


@settings(max_examples=40)
@given(st.lists(row, min_size=1, max_size=150), specs)
def test_the_budget_bounds_what_is_kept_and_little_of_it_is_left(
    rows: list[tuple[str, str, date, int, int]], spec: SketchSpec
) -> None:
    try:
        sketches = built(rows, spec, "x")
    except DataError:
        assume(False)
    assert sketches.memberships <= spec.budget
    members = frame(rows).collect().select("kind", "name", "user").unique()
    hashes = hash_users(members["user"])
    sizes = members.group_by("kind", "name").len()["len"].to_numpy()
    kept_all = spec.rate == 1 and len(members) <= spec.budget
    assert (sketches.floor == FULL_THETA) == kept_all
    least = np.minimum(sizes, sketches.k).sum()
    if sketches.k == spec.k and not kept_all and sketches.floor < int(spec.rate * FULL_THETA):
        # One step up the floor alone would no longer fit, let alone with the smallest hashes.
        higher = int(sketches.floor * 2 ** (1 / 8)) + 10**12
        assert np.count_nonzero(hashes < higher) + least > spec.budget
    if sketches.k < spec.k:
        assert np.minimum(sizes, sketches.k * 2 ** (1 / 8) + 2).sum() > spec.budget // 4


def test_registers_are_those_datasketch_itself_would_have() -> None:
    rows = [("interest", "tv", week, user, 1) for week in WEEKS for user in range(3000)]
    spec = SketchSpec("integer", period="week", k=16, budget=100, hll_p=10)
    sketches = built(rows, spec, "x")
    theirs = HyperLogLogPlusPlus(p=10, hashfunc=lambda h: int(remix(np.array([h], np.uint64))[0]))
    for h in hash_users(pl.Series(range(3000), dtype=pl.Int64)):
        theirs.update(h)
    ours = [np.frombuffer(r, np.int8) for r in sketches.totals["registers"]]
    assert len(ours) == 3
    for registers in ours:
        assert np.array_equal(registers, theirs.reg)
    count = HyperLogLogPlusPlus(reg=merge_registers(sketches.totals["registers"])).count()
    assert count == theirs.count()
    assert abs(count / 3000 - 1) < 4 * 1.04 / 2**5


def test_an_exact_audience_stores_no_registers() -> None:
    rows = [("interest", "tv", WEEKS[0], user, 1) for user in range(100)]
    sketches = built(rows, SketchSpec("integer", budget=1000), "x")
    assert sketches.totals["registers"].null_count() == 1


def test_the_same_people_are_followed_through_all_periods() -> None:
    rows = [("interest", "tv", week, user, 1) for week in WEEKS for user in range(2000)]
    sketches = built(rows, SketchSpec("integer", period="week", k=16, budget=300), "x")
    by_week = sketches.entries.group_by("period").agg(pl.col("hash").sort())
    kept = [set(h) for h in by_week["hash"]]
    assert len(kept) == 3
    assert all(a == b for a, b in pairwise(kept))


def test_events_add_up_over_parts_and_totals_count_every_event() -> None:
    spec = SketchSpec("integer")
    a = built([("interest", "tv", WEEKS[0], 7, 2)], spec, "a")
    b = built([("interest", "tv", WEEKS[0], 7, 3)], spec, "b")
    both = merge([a, b])
    assert both.entries["events"].to_list() == [5]
    assert both.totals["events"].to_list() == [5]


@pytest.mark.parametrize(
    ("change", "word"),
    [({"seed": 1}, "hash seed"), ({"id_type": "text"}, "id type"), ({"k": 99}, "k"),
     ({"period": "day"}, "period"), ({"key_id": "abc"}, "secret key"), ({"budget": 5}, "budget")],
)  # fmt: skip
def test_sketches_of_different_specs_are_not_merged_and_the_message_says_why(
    change: dict[str, object], word: str
) -> None:
    a = built([("interest", "tv", WEEKS[0], 7, 2)], SketchSpec("integer"), "a")
    b = Sketches(
        SketchSpec(**{"id_type": "integer", **change}),  # type: ignore[arg-type]
        a.floor, a.k, a.audiences, a.entries, a.totals, frozenset({"b"}),
    )  # fmt: skip
    with pytest.raises(DataError, match=f"different {word} cannot be merged"):
        merge([a, b])


def test_sketches_that_share_only_some_parts_are_not_merged() -> None:
    spec = SketchSpec("integer")
    a, b, c = (built([("interest", "tv", WEEKS[0], i, 1)], spec, str(i)) for i in range(3))
    with pytest.raises(DataError, match="share some of their parts"):
        merge([merge([a, b]), merge([b, c])])


def test_a_small_budget_keeps_fewer_of_each_audience() -> None:
    rows = [("interest", name, WEEKS[0], user, 1) for name in "abc" for user in range(50)]
    sketches = built(rows, SketchSpec("integer", k=16, budget=40), "x")
    assert sketches.k == 3
    assert sketches.memberships <= 40


def test_a_budget_too_small_names_the_budget_that_is_needed() -> None:
    rows = [("interest", str(name), WEEKS[0], user, 1) for name in range(30) for user in range(5)]
    with pytest.raises(DataError, match="too small for 30 audiences") as error:
        built(rows, SketchSpec("integer", k=16, budget=40), "x")
    assert "at least 60" in error.value.cure
    built(rows, SketchSpec("integer", k=16, budget=60), "x")


def test_the_content_of_a_sketch_is_pinned() -> None:
    rows = [
        (kind, name, WEEKS[user % 3], user * 7919 % 5000, 1 + user % 4)
        for user in range(4000)
        for kind, name in [("category", "电视 TV"), ("interest", "gaming")]
        if kind == "category" or user % 3
    ]
    sketches = built(rows, SketchSpec("integer", period="week", k=64, budget=500), "pinned")
    assert sketches.fingerprint() == (
        "722ce491c60ef886b0d1b8d1f7092d8317675b03cb3a384dccd2b77b2ee689af"
    )


def test_times_misread_as_tens_of_thousands_of_periods_are_refused() -> None:
    builder = SketchBuilder(SketchSpec("integer", "day"))
    for day in range(20_000):
        builder.period(day)
    with pytest.raises(DataError, match="more than 20,000 periods, from 1970-01-01 to 2024-10-04"):
        builder.period(20_000)


@settings(max_examples=60)
@given(st.lists(row, min_size=1, max_size=150), specs)
def test_terms_hold_everybody_below_the_floor_and_nobody_else(
    rows: list[tuple[str, str, date, int, int]], spec: SketchSpec
) -> None:
    try:
        sketches = built(rows, spec, "x")
    except DataError:
        return
    below = {u for u, h in enumerate(hash_users(pl.Series(range(61), dtype=pl.Int64)).tolist())
             if h < sketches.floor}  # fmt: skip
    for code, (kind, name, theta) in enumerate(sketches.audiences.iter_rows()):
        if kind == "term":
            kept = sketches.entries.filter(pl.col("audience") == code)["hash"].n_unique()
            assert theta == sketches.floor
            assert kept == len({r[3] for r in rows if r[:2] == (kind, name)} & below)
            assert sketches.totals.filter(pl.col("audience") == code)["registers"].is_null().all()
