"""Sketches go to Apache DataSketches and datasketch and come back, hash for hash."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import random_rows, sketched, week, with_universe
from datasketch import HyperLogLogPlusPlus
from datasketches import (
    compact_theta_sketch,
    hll_sketch,
    theta_intersection,
    theta_union,
    update_theta_sketch,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from overlap.exchange import (
    SKETCH_TABLE,
    Gathering,
    ImportOptions,
    Theta,
    from_bytes,
    import_sketches,
    parse_period_option,
    seed_hash,
    sketch_table,
    to_bytes,
    write_sketches,
)
from overlap.hashing import hash_users, remix
from overlap.model import (
    FULL_THETA,
    NO_PERIOD,
    UNIVERSE,
    AudienceKey,
    DataError,
    Policy,
    Provenance,
    SketchSpec,
    UsageError,
)
from overlap.panel import Panel, open_panel
from overlap.sketches import Sketches, merge
from overlap.store import Store, merge_stores, read_store

DATA = Path(__file__).parents[2] / "shared" / "data"
NO_FLOOR = Policy(0, 0)
INTEGER = ImportOptions("integer", policy=NO_FLOOR)


def hashed(users: Iterable[int] | Iterable[str], seed: int = 9001) -> np.ndarray[Any, Any]:
    ids = list(users)
    dtype = pl.String if ids and isinstance(ids[0], str) else pl.Int64
    return np.unique(hash_users(pl.Series(ids, dtype=dtype), seed=seed))


def apache(
    users: Iterable[int] | Iterable[str], lg_k: int = 12, p: float = 1.0, seed: int = 9001
) -> update_theta_sketch:
    sketch = update_theta_sketch(lg_k, p, seed)
    for user in users:
        sketch.update(user)
    return sketch


def store_of(sketches: Sketches, policy: Policy = NO_FLOOR) -> Store:
    return Store(Path("store"), sketches, {"x": Provenance(policy=policy)}, ("x",))


def exported(sketches: Sketches, **options: Any) -> dict[str, bytes]:
    rows = sketch_table(store_of(sketches), **options).rows
    return {f"{row['kind']}:{row['name']}": row["sketch"] for row in rows.iter_rows(named=True)}


def members(sketches: Sketches, key: AudienceKey) -> tuple[int, set[tuple[int, date]]]:
    """The threshold of an audience, and its kept (hash, period)s."""
    coded = sketches.audiences.with_row_index("audience")
    row = coded.row(by_predicate=(pl.col("kind") == key.kind) & (pl.col("name") == key.name))
    kept = sketches.entries.filter(pl.col("audience") == row[0])
    return row[3], set(kept.select("hash", "period").iter_rows())


# --- bytes ------------------------------------------------------------------------------------


@given(st.integers(0, 2**63 - 1))
def test_the_seed_hash_is_apaches(seed: int) -> None:
    assert seed_hash(seed) == update_theta_sketch(5, 1.0, seed).get_seed_hash()


@pytest.mark.parametrize("trimmed", [False, True], ids=["as it is", "trimmed to k"])
@pytest.mark.parametrize("seed", [9001, 1])
@pytest.mark.parametrize("p", [1.0, 0.5, 0.01])
@pytest.mark.parametrize(("lg_k", "users"), [(5, 0), (5, 1), (5, 2), (5, 32), (5, 33), (5, 2000),
                                             (12, 4096), (12, 9000)])  # fmt: skip
def test_the_bytes_are_those_that_apache_writes(
    lg_k: int, users: int, p: float, seed: int, trimmed: bool
) -> None:
    theirs = apache(range(users), lg_k, p, seed)
    if trimmed:
        theirs.trim()
    theta = theirs.theta64 if users and theirs.theta64 < FULL_THETA - 1 else FULL_THETA
    everybody = hashed(range(users), seed) if users else np.empty(0, np.uint64)
    kept = everybody[everybody < theta]
    assert to_bytes(kept, theta, seed) == theirs.compact().serialize()


def test_bytes_of_a_sampled_set_with_nobody_kept_are_apaches() -> None:
    meeting = theta_intersection()
    meeting.update(apache(range(2000), 5))
    meeting.update(apache(range(5000, 9000), 5))
    nobody = meeting.get_result()
    assert nobody.num_retained == 0
    assert not nobody.is_empty()
    assert to_bytes(np.empty(0, np.uint64), nobody.theta64) == nobody.serialize()


def test_the_bytes_are_pinned() -> None:
    kept = hashed(range(3))
    assert to_bytes(kept[:0], FULL_THETA).hex() == "01030300001ecc93"
    assert to_bytes(hashed([1]), FULL_THETA).hex() == "01030300001acc9315f97dcbbd86a105"
    assert to_bytes(kept, FULL_THETA).hex() == (
        "02030300001acc93030000000000000015f97dcbbd86a105" + "c397fc1281709d1e" + "e56b61eec8804420"
    )
    assert to_bytes(hashed(["用户甲", "b"]), FULL_THETA).hex() == (
        "02030300001acc930200000000000000" + "857f40b689c7e534" + "cfa161e9bff4ee51"
    )
    assert to_bytes(hashed([1, 2]), FULL_THETA // 2).hex() == (
        "03030300001acc9302000000000000000000000000000040" + "15f97dcbbd86a105" + "c397fc1281709d1e"
    )


@pytest.mark.parametrize("lg_k", [5, 9, 12])
@pytest.mark.parametrize("users", [0, 1, 2, 40, 3000])
def test_what_apache_writes_is_read_in_any_form(lg_k: int, users: int) -> None:
    sketch = apache(range(users), lg_k)
    whole = sketch.theta64 == FULL_THETA - 1
    kept = np.array(sorted(sketch), dtype=np.uint64)
    for data in (
        sketch.compact().serialize(),
        sketch.compact(False).serialize(),
        sketch.compact().serialize(True),
    ):
        read = from_bytes(data)
        assert read.theta == (FULL_THETA if whole else sketch.theta64)
        assert np.array_equal(read.hashes, kept)


@pytest.mark.parametrize("version", [1, 2])
def test_old_serial_versions_are_read(version: int) -> None:
    sketch = apache(range(500), 5)
    data = bytearray(sketch.compact().serialize())
    data[1] = version
    data[5] = 0
    read = from_bytes(bytes(data))
    assert read.theta == sketch.theta64
    assert read.hashes.tolist() == sorted(sketch)


def test_javas_empty_and_single_sketches_are_read() -> None:
    assert len(from_bytes(bytes([1, 3, 3, 0, 0, 0x1E, 0, 0])).hashes) == 0
    single = bytearray(to_bytes(hashed([7]), FULL_THETA))
    single[5] |= 0x20
    assert from_bytes(bytes(single)).hashes.tolist() == hashed([7]).tolist()


@given(
    st.sets(st.integers(1, 2**63 - 2), max_size=60),
    st.one_of(st.just(FULL_THETA), st.integers(1, FULL_THETA - 2)),
)
def test_any_set_and_threshold_come_back_from_both_libraries(hashes: set[int], theta: int) -> None:
    kept = np.array(sorted(h for h in hashes if h < theta), dtype=np.uint64)
    data = to_bytes(kept, theta)
    assert compact_theta_sketch.deserialize(data).serialize() == data
    read = from_bytes(data)
    assert read.theta == theta
    assert np.array_equal(read.hashes, kept)
    theirs = compact_theta_sketch.deserialize(data)
    assert list(theirs) == kept.tolist()
    compressed = from_bytes(theirs.serialize(True))
    assert compressed.theta == theta
    assert np.array_equal(compressed.hashes, kept)
    assert theirs.get_estimate() == pytest.approx(len(kept) / (theta / FULL_THETA))


@given(st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    sketch = apache(range(data.draw(st.sampled_from([0, 1, 40, 300]))), 5).compact()
    raw = bytearray(sketch.serialize(data.draw(st.booleans())))
    raw[1] = data.draw(st.sampled_from([raw[1], raw[1], 1, 2]))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, min(len(raw), 40) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    try:
        read = from_bytes(bytes(raw[:cut]))
    except DataError:
        return
    assert np.all(read.hashes[1:] > read.hashes[:-1])
    assert not len(read.hashes) or read.hashes[-1] < read.theta


def changed(at: int, value: int, users: int = 300) -> bytes:
    raw = bytearray(apache(range(users), 5).compact().serialize())
    raw[at] = value
    return bytes(raw)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "0 bytes are too few"),
        (b"\x01\x03\x03\x00", "4 bytes are too few"),
        (b"no sketch at all", "no theta sketch"),
        (hll_sketch(5).serialize_compact(), "an HLL sketch"),
        (changed(2, 2), "an update sketch"),
        (changed(1, 9), "serial version is 9"),
        (changed(0, 4), "preamble has 4 longs"),
        (changed(5, 0x1B), "big-endian"),
        (changed(8, 200), "200 hashes do not fit"),
        (changed(23, 0x80), "theta is"),
        (changed(23, 0), "outside of its theta"),
        (changed(31, 0x7F), "not in order"),
        (changed(6, 0), "0x9300, and 0x93cc was expected (seed 9001)"),
        (apache(range(300), 5).compact().serialize()[:20], "cut short"),
        (apache(range(300), 5).compact().serialize(True)[:-3], "hashes do not fit"),
        (b"\1\4\3\x40\1\x1a\xcc\x93" + bytes(99), "differences have 64 bits"),
    ],
)
def test_bytes_that_are_no_sketch_are_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(DataError) as error:
        from_bytes(data)
    assert said in error.value.what
    assert error.value.cure


def test_another_seed_is_refused_with_the_seed_hash_that_was_expected() -> None:
    sketch = apache(range(10), seed=1).compact()
    for data in (sketch.serialize(), sketch.serialize(True)):
        with pytest.raises(DataError, match="0xc44a, and 0x93cc was expected"):
            from_bytes(data)
        assert len(from_bytes(data, seed=1).hashes) == 10


def test_no_sketch_needs_apaches_library_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, compressed = (apache(range(300), 5).compact().serialize(c) for c in (False, True))
    monkeypatch.setitem(sys.modules, "datasketches", None)
    assert compressed[1] == 4
    assert from_bytes(compressed).hashes.tolist() == from_bytes(plain).hashes.tolist()


# --- out --------------------------------------------------------------------------------------


def test_an_audience_leaves_as_apaches_own_bottom_k_sketch() -> None:
    rows = [
        ("interest", name, week(0), user, 1)
        for name, users in {"big": 4000, "middle": 500, "small": 32, "one": 1}.items()
        for user in range(users)
    ]
    sketches = sketched(rows, k=32, rate=2.0**-20)
    ours = exported(sketches)
    for name, users in {"big": 4000, "middle": 500, "small": 32, "one": 1}.items():
        theirs = apache(range(users), 5)
        theirs.trim()
        assert ours[f"interest:{name}"] == theirs.compact().serialize()


def test_an_audience_cut_at_the_floor_leaves_as_apaches_sample() -> None:
    rows = [("interest", "tv", week(0), user, 1) for user in range(4000)]
    sketches = sketched(rows, k=16, rate=0.125)
    assert sketches.floor_rate == 0.125
    theirs = apache(range(4000), 20, p=0.125)
    assert exported(sketches)["interest:tv"] == theirs.compact().serialize()


@pytest.mark.parametrize("budget", [100_000, 6000, 1500], ids=["exact", "floor", "small"])
def test_apache_counts_on_our_bytes_what_the_panel_counts(budget: int) -> None:
    sketches = sketched(with_universe(random_rows(3)), budget=budget, k=256)
    panel = Panel(sketches)
    theirs = {n: compact_theta_sketch.deserialize(b) for n, b in exported(sketches).items()}
    assert len(theirs) == 7
    for a, b in combinations(theirs, 2):
        meeting, union = theta_intersection(), theta_union(20)
        for name in (a, b):
            meeting.update(theirs[name])
            union.update(theirs[name])
        both, either = panel.sample(f"{a} & {b}"), panel.sample(f"{a} | {b}")
        assert meeting.get_result().get_estimate() == pytest.approx(both.hits / both.rate)
        assert union.get_result().get_estimate() == pytest.approx(either.hits / either.rate)


def test_the_table_says_what_each_sketch_says() -> None:
    sketches = sketched(with_universe(random_rows(4)), budget=6000, k=256)
    table = sketch_table(store_of(sketches)).rows
    assert table.schema == SKETCH_TABLE
    assert table["period"].null_count() == table["key_id"].null_count() == len(table) == 7
    assert not table["rate"].is_between(0.999, 1.1).all()
    for row in table.iter_rows(named=True):
        theirs = compact_theta_sketch.deserialize(row["sketch"])
        assert row["rate"] == pytest.approx(theirs.theta)
        assert row["users"] == pytest.approx(theirs.get_estimate())
        assert row["low"] <= row["users"] <= row["high"]


def test_one_period_or_each_leaves_with_only_its_users() -> None:
    rows = random_rows(5, users=600, weeks=4)
    sketches = sketched(with_universe(rows), budget=3000, k=64)
    one = exported(sketches, period=week(2))
    each = sketch_table(store_of(sketches), period="each").rows
    assert each["period"].n_unique() == 4
    assert dict(each.filter(period=week(2)).select("name", "sketch").iter_rows()) == {
        name.partition(":")[2]: data for name, data in one.items()
    }
    for name, data in one.items():
        kind, _, bare = name.partition(":")
        users = {u for k, n, p, u, _ in with_universe(rows) if (k, n, p) == (kind, bare, week(2))}
        read = from_bytes(data)
        everybody = hashed(users)
        assert read.hashes.tolist() == everybody[everybody < read.theta].tolist()


def test_audiences_below_the_export_floor_are_left_out_and_counted() -> None:
    rows = [("interest", "small", week(0), user, 1) for user in range(99)]
    rows += [("interest", "large", week(0), user, 1) for user in range(100)]
    table = sketch_table(store_of(sketched(rows), Policy(0, 100)))
    assert table.rows["name"].to_list() == ["large"]
    assert (table.left_out, table.export_floor) == (1, 100)


def test_registers_leave_as_datasketch_serializes_them() -> None:
    rows = [("interest", "sampled", week(w), user, 1) for w in (0, 1) for user in range(w, 5000)]
    rows += [("interest", "whole", week(w), user, 1) for w in (0, 1) for user in range(9 * w, 20)]
    sketches = sketched(rows, k=64, budget=2000, hll_p=10)
    ours = sketch_table(store_of(sketches), form="hll").rows
    assert ours["rate"].null_count() == 2
    for name, users in (("sampled", 5000), ("whole", 20)):
        theirs = HyperLogLogPlusPlus(
            p=10, hashfunc=lambda h: int(remix(np.array([h], np.uint64))[0])
        )
        for h in hashed(range(users)):
            theirs.update(h)
        buffer = bytearray(theirs.bytesize())
        theirs.serialize(buffer)
        row = ours.row(by_predicate=pl.col("name") == name, named=True)
        assert row["sketch"] == bytes(buffer)
        back = HyperLogLogPlusPlus.deserialize(bytearray(row["sketch"]))
        assert back == theirs
        assert row["users"] == theirs.count()
        assert row["low"] < users < row["high"]
    week_1 = exported(sketches, form="hll", period=week(1))
    each = sketch_table(store_of(sketches), form="hll", period="each").rows
    assert each.filter(period=week(1), name="whole")["sketch"][0] == week_1["interest:whole"]
    merged = HyperLogLogPlusPlus.union(
        *(
            HyperLogLogPlusPlus.deserialize(bytearray(b))
            for b in each.filter(name="whole")["sketch"]
        )
    )
    assert merged == HyperLogLogPlusPlus.deserialize(bytearray(ours["sketch"][1]))


# --- in ---------------------------------------------------------------------------------------


def warehouse(
    memberships: pl.DataFrame, lg_k: int = 12, compress: bool = False, ordered: bool = True
) -> pl.DataFrame:
    """One theta sketch per group, as `GROUP BY` with a sketch aggregate makes it."""
    keys = [c for c in memberships.columns if c != "user"]
    groups = memberships.group_by(keys, maintain_order=True).agg("user")
    return groups.with_columns(
        pl.Series(
            "sketch",
            [apache(users, lg_k).compact(ordered).serialize(compress) for users in groups["user"]],
            dtype=pl.Binary,
        )
    ).drop("user")


def imported(table: pl.DataFrame, folder: Path, options: ImportOptions = INTEGER) -> Sketches:
    file = folder / f"{len(list(folder.iterdir()))}.parquet"
    table.write_parquet(file)
    store = folder / f"{file.stem}-store"
    import_sketches([str(file)], store, options)
    return read_store(store).sketches


def sets_of(rows: Iterable[Any]) -> dict[str, set[Any]]:
    sets: dict[str, set[Any]] = {}
    for kind, name, user in rows:
        sets.setdefault(f"{kind}:{name}", set()).add(user)
    return sets


@pytest.mark.parametrize("ids", ["integer", "text"])
def test_a_warehouses_sketches_become_a_store_that_agrees_with_it_and_with_the_truth(
    ids: str, tmp_path: Path
) -> None:
    rng = np.random.default_rng(8)
    sizes = [20_000, 15_000, 9000, 6000, 5000, 4500, 3000, 800, 120, 9]
    community = [(f"t{i}", rng.choice(25_000, size, replace=False)) for i, size in enumerate(sizes)]
    memberships = pl.concat(
        pl.DataFrame({"kind": "interest", "name": name, "user": users}) for name, users in community
    )
    if ids == "text":
        memberships = memberships.with_columns(pl.format("用户-{}", "user").alias("user"))
    everybody = memberships.select(pl.lit("universe").alias("kind"), pl.lit("all").alias("name"),
                                   pl.col("user").unique(maintain_order=True))  # fmt: skip
    table = warehouse(pl.concat([memberships, everybody]))
    options = ImportOptions(ids, policy=NO_FLOOR)  # type: ignore[arg-type]
    sketches = imported(table, tmp_path, options)
    panel = Panel(sketches)
    truth = sets_of(memberships.iter_rows())
    theirs = {
        f"{kind}:{name}": compact_theta_sketch.deserialize(sketch)
        for kind, name, sketch in table.select("kind", "name", "sketch").iter_rows()
    }
    inside = []
    for name, users in truth.items():
        size = panel.size(name)
        assert size.value == pytest.approx(theirs[name].get_estimate())
        assert size.exact != theirs[name].is_estimation_mode()
        inside.append(size.low <= len(users) <= size.high)
    for a, b in combinations(truth, 2):
        meeting = theta_intersection()
        meeting.update(theirs[a])
        meeting.update(theirs[b])
        size = panel.size(f"{a} & {b}")
        assert size.value == pytest.approx(meeting.get_result().get_estimate())
        inside.append(size.low <= len(truth[a] & truth[b]) <= size.high)
    assert np.mean(inside) >= 0.9
    size = panel.size("universe:all")
    assert size.low <= everybody.height <= size.high


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project")
@pytest.mark.parametrize(
    ("file", "user", "tag"),
    [("retail_transactions.parquet", "household_id", "product_category"),
     ("game_reviews.parquet", "user_id", "genres")],
)  # fmt: skip
@pytest.mark.parametrize("lg_k", [7, 12])
def test_sketches_of_real_data_answer_with_the_exact_overlap_inside(
    file: str, user: str, tag: str, lg_k: int, tmp_path: Path
) -> None:
    rows = pl.read_parquet(DATA / file, columns=[user, tag])
    if rows.schema[tag] == pl.List:
        rows = rows.explode(tag)
    rows = rows.drop_nulls().unique().select(pl.col(tag).alias("name"), pl.col(user).alias("user"))
    large = rows.group_by("name").len().filter(pl.col("len") >= 50).sort("len", "name")["name"]
    rows = rows.filter(pl.col("name").is_in(large[-24:].implode())).sort("name", "user")
    ids = "text" if rows.schema["user"] == pl.String else "integer"
    panel = Panel(imported(warehouse(rows, lg_k), tmp_path, ImportOptions(ids, policy=NO_FLOOR)))  # type: ignore[arg-type]
    truth = sets_of(("interest", *row) for row in rows.iter_rows())
    sizes = [
        (panel.size(f'"{a[9:]}" & "{b[9:]}"'), len(truth[a] & truth[b]))
        for a, b in combinations(truth, 2)
    ]
    assert len(sizes) > 100
    assert all(size.value == n for size, n in sizes if size.exact)
    assert lg_k == 12 or not all(size.exact for size, _ in sizes)
    assert np.mean([size.low <= n <= size.high for size, n in sizes]) >= 0.93


def test_what_was_exported_comes_back_hash_for_hash(tmp_path: Path) -> None:
    for number, budget in enumerate((100_000, 6000, 1500)):
        before = sketched(with_universe(random_rows(6)), budget=budget, k=256)
        (folder := tmp_path / str(number)).mkdir()
        table = sketch_table(store_of(before), period="each").rows
        options = ImportOptions(
            "integer", period_column="period", period="week", policy=NO_FLOOR
        )  # fmt: skip
        after = imported(table, folder, options)
        assert after.audiences.equals(before.audiences)
        assert after.entries.drop("events").equals(before.entries.drop("events"))
        assert set(after.entries["events"]) == {1}
        assert after.floor == after.audiences["theta"].min()
        assert exported(after) == exported(before)


def test_events_of_an_import_are_users(tmp_path: Path) -> None:
    rows = pl.DataFrame({"name": "tv", "user": range(5000)})
    sketches = imported(warehouse(rows), tmp_path)
    kept, theta = sketches.entries.filter(audience=0), sketches.audiences["theta"][0]
    assert sketches.totals["events"][0] == round(len(kept) / (theta / FULL_THETA))
    assert sketches.totals["registers"].null_count() == len(sketches.totals)


def test_an_audience_has_one_threshold_over_its_periods_and_pieces(tmp_path: Path) -> None:
    pieces = [
        ("tv", "2026-01-05", range(6000)), ("tv", "2026-01-12", range(5000, 5100)),
        ("tv", "2026-01-14", range(3000, 12_000)), ("tea", "2026-W03", range(40)),
    ]  # fmt: skip
    table = pl.concat(
        warehouse(pl.DataFrame({"name": name, "week": start, "user": users}))
        for name, start, users in pieces
    )
    thetas = [compact_theta_sketch.deserialize(s).theta64 for s in table["sketch"]]
    sketches = imported(table, tmp_path, ImportOptions("integer", period_column="week",
                                                       period="week", policy=NO_FLOOR))  # fmt: skip
    theta, kept = members(sketches, AudienceKey("interest", "tv"))
    assert theta == min(thetas)
    first, second = hashed(range(6000)), hashed(range(3000, 12_000))
    assert kept == {(int(h), date(2026, 1, 5)) for h in first if h < theta} | {
        (int(h), date(2026, 1, 12)) for h in second if h < theta
    }
    assert members(sketches, AudienceKey("interest", "tea"))[0] == FULL_THETA


def test_without_a_universe_it_is_the_union_at_the_smallest_rate(tmp_path: Path) -> None:
    users = {"a": range(9000), "b": range(8000, 14_000), "c": range(13_990, 14_020)}
    table = warehouse(pl.concat(pl.DataFrame({"name": n, "user": u}) for n, u in users.items()))
    sketches = imported(table, tmp_path)
    theta, kept = members(sketches, UNIVERSE)
    assert theta == sketches.audiences["theta"].min() == sketches.floor
    everybody = hashed(range(14_020))
    assert {h for h, _ in kept} == set(everybody[everybody < theta].tolist())


def test_a_named_universe_is_used_as_it_is_where_it_holds_everybody(tmp_path: Path) -> None:
    users = {"everybody": range(20_000), "a": range(9000), "c": range(30)}
    table = warehouse(pl.concat(pl.DataFrame({"name": n, "user": u}) for n, u in users.items()))
    options = ImportOptions("integer", universe="everybody", policy=NO_FLOOR)
    sketches = imported(table, tmp_path, options)
    given = compact_theta_sketch.deserialize(table.filter(name="everybody")["sketch"][0])
    theta, kept = members(sketches, UNIVERSE)
    assert theta == given.theta64
    assert {h for h, _ in kept} == set(given)
    assert sketches.audiences["name"].to_list() == ["a", "c", "all"]


def test_a_universe_that_lacks_somebody_is_completed_and_the_notes_say_so(tmp_path: Path) -> None:
    users = {"all": range(20_000), "a": range(19_000, 20_020)}
    rows = pl.concat(pl.DataFrame({"name": n, "user": u}) for n, u in users.items())
    table = warehouse(rows).with_columns(
        pl.when(name="all").then(pl.lit("universe")).otherwise(pl.lit("interest")).alias("kind")
    )
    sketches = imported(table, tmp_path)
    theta, kept = members(sketches, UNIVERSE)
    everybody = hashed(range(20_020))
    assert {h for h, _ in kept} == set(everybody[everybody < theta].tolist())
    strangers = np.count_nonzero(hashed(range(20_000, 20_020)) < np.uint64(theta))
    assert strangers
    store = next(p for p in tmp_path.iterdir() if p.is_dir())
    notes = [n for p in read_store(store).provenance.values() for n in p.notes]
    assert any(f"lacked {strangers} users" in note for note in notes)


def test_a_budget_cuts_an_import_and_every_set_stays_whole_below_its_threshold(
    tmp_path: Path,
) -> None:
    users = {name: range(i * 500, i * 500 + 3000) for i, name in enumerate("abcdefgh")}
    table = warehouse(pl.concat(pl.DataFrame({"name": n, "user": u}) for n, u in users.items()))
    options = ImportOptions("integer", budget=2000, policy=NO_FLOOR)
    sketches = imported(table, tmp_path, options)
    assert 500 < sketches.memberships <= 2000
    whole(sketches, {AudienceKey("interest", n): {(u, NO_PERIOD) for u in s}
                     for n, s in users.items()})  # fmt: skip


def test_whole_sketches_cut_to_a_budget_are_what_a_build_would_have_kept(tmp_path: Path) -> None:
    sizes = {"big": 4000, "middle": 900, "small": 60, "tiny": 3}
    rows = [("interest", n, NO_PERIOD, u, 1) for n, size in sizes.items() for u in range(size)]
    rows += [("universe", "all", NO_PERIOD, u, 1) for u in range(4000)]
    memberships = pl.DataFrame(rows, schema=["kind", "name", "period", "user", "e"], orient="row")
    table = warehouse(memberships.select("kind", "name", "user"), lg_k=16)
    for budget in (300, 1000, 3000):
        options = ImportOptions("integer", budget=budget, policy=NO_FLOOR)
        ours = imported(table, tmp_path, options)
        built = sketched(rows, period="none", k=ours.spec.k, budget=budget, hll_p=0)
        assert (ours.floor, ours.k) == (built.floor, built.k)
        assert ours.audiences.equals(built.audiences)
        assert ours.entries.equals(built.entries)


def whole(sketches: Sketches, truth: dict[AudienceKey, set[tuple[int, date]]]) -> None:
    """Every kept set is all of its audience's hashes below its threshold; F is below them all."""
    truth = {**truth, UNIVERSE: set().union(*truth.values())}
    found = {AudienceKey(k, n) for k, n in sketches.audiences.select("kind", "name").iter_rows()}
    assert found == set(truth)
    for key, rows in truth.items():
        theta, kept = members(sketches, key)
        hashes = dict(zip(users := sorted({u for u, _ in rows}), of(users), strict=True))
        assert kept == {(hashes[u], p) for u, p in rows if hashes[u] < theta}
        assert sketches.floor <= theta


def of(users: list[int]) -> list[int]:
    hashes: list[int] = hash_users(pl.Series(users, dtype=pl.Int64)).tolist()
    return hashes


cells = st.lists(
    st.tuples(
        st.sampled_from(["tv", "tea", "游戏"]),
        st.sampled_from([week(0), week(1)]),
        st.sets(st.integers(0, 400), max_size=120),
        st.integers(5, 7),
        st.sampled_from([1.0, 0.5, 0.2]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(
    st.lists(cells, min_size=1, max_size=3), st.sampled_from([60, 200, 10_000]), st.integers(1, 99)
)
def test_merged_imports_keep_every_set_whole_below_its_threshold(
    parts: list[list[tuple[str, date, set[int], int, float]]], budget: int, room: int
) -> None:
    spec = SketchSpec("integer", "week", k=40, budget=budget, hll_p=0)
    truth: dict[AudienceKey, set[tuple[int, date]]] = {}
    built = []
    for number, part in enumerate(parts):
        gathering = Gathering(budget, spec.k, room)
        for name, period, users, lg_k, p in part:
            sketch = from_bytes(apache(users, lg_k, p).compact().serialize())
            key = AudienceKey("interest", name)
            gathering.add(key, (period - date(1970, 1, 1)).days, sketch)
            truth.setdefault(key, set()).update((u, period) for u in users)
        try:
            built.append(gathering.finish(spec, str(number), None)[0])
        except DataError as error:
            assume("none of the sketches holds a user" not in error.what)
            raise
    merged = merge(built)
    whole(merged, truth)
    assert merged.memberships <= budget
    assert merge([merged, built[0]]).fingerprint() == merged.fingerprint()
    if len(built) > 1:
        whole(merge([merge(built[1:]), built[0]]), truth)
    Panel(merged).table()


def test_imports_of_two_months_merge_into_one_store(tmp_path: Path) -> None:
    truth: dict[AudienceKey, set[tuple[int, date]]] = {}
    for month in (1, 2):
        start = date(2026, month, 1)
        rows = []
        for name, users in {"a": range(month * 1000, month * 9000), "b": range(month, 50)}.items():
            rows.append(pl.DataFrame({"tag": name, "month": start, "user": users}))
            truth.setdefault(AudienceKey("interest", name), set()).update(
                (user, start) for user in users
            )
        warehouse(pl.concat(rows)).write_parquet(tmp_path / f"{month}.parquet")
        options = ImportOptions("integer", name="tag", period_column="month", period="month",
                                policy=NO_FLOOR)  # fmt: skip
        for store in (tmp_path / f"s{month}", tmp_path / "grown"):
            import_sketches([str(tmp_path / f"{month}.parquet")], store, options)
    merge_stores([tmp_path / "s1", tmp_path / "s2"], tmp_path / "merged")
    merged = read_store(tmp_path / "merged").sketches
    whole(merged, truth)
    assert merged.fingerprint() == read_store(tmp_path / "grown").sketches.fingerprint()
    panel = open_panel(tmp_path / "merged")[1]
    size = panel.size("a")
    assert size.low <= 17_000 <= size.high


# --- tables that are not as they should be -------------------------------------------------------


def small(**columns: Any) -> pl.DataFrame:
    return warehouse(
        pl.DataFrame({"name": ["a"] * 40 + ["b"] * 9, "user": range(49)})
    ).with_columns(**columns)


def test_rows_that_lack_something_are_rejected_and_counted(tmp_path: Path) -> None:
    good = small(kind=pl.lit("interest"), day=pl.lit("2026-03-01"))
    table = pl.concat(
        [
            good,
            good.with_columns(sketch=pl.lit(None, pl.Binary)),
            good.with_columns(name=pl.lit(" ")),
            good.with_columns(kind=pl.lit(None, pl.String)).head(1),
            good.with_columns(day=pl.lit("soon")).head(1),
            good.with_columns(day=pl.lit(None, pl.String)).head(1),
        ]
    )
    table.write_parquet(tmp_path / "t.parquet")
    options = ImportOptions("integer", period_column="day", period="day", policy=NO_FLOOR)
    report = import_sketches([str(tmp_path / "t.parquet")], tmp_path / "s", options)
    assert report.provenance.rows_read == 9
    assert report.provenance.rejected == {
        "missing_kind": 1, "missing_name": 2, "missing_sketch": 2, "missing_time": 1,
        "unparsable_time": 1,
    }  # fmt: skip
    assert report.audiences == 3


def test_base64_in_csv_is_read_like_binary(tmp_path: Path) -> None:
    table = small()
    binary = imported(table, tmp_path)
    coded = [base64.b64encode(sketch).decode() for sketch in table["sketch"]]
    table.with_columns(sketch=pl.Series(coded)).write_csv(tmp_path / "t.csv")
    import_sketches([str(tmp_path / "t.csv")], tmp_path / "s", INTEGER)
    assert read_store(tmp_path / "s").sketches.fingerprint() == binary.fingerprint()


@pytest.mark.parametrize(
    ("table", "options", "pieces"),
    [
        (small(), {"sketch": "sketches"}, ["no column 'sketches'", "--sketch", "'sketch'"]),
        (small(), {"sketch": "n"}, ["no column 'n'", "--sketch"]),
        (small(), {"name": "tag"}, ["no column 'tag'", "--name"]),
        (small(sketch=pl.lit(7)), {}, ["Int32", "--sketch", "binary"]),
        (small(sketch=pl.lit("???")), {}, ["not base64", "row 1 (interest:a)"]),
        (small(sketch=pl.lit(b"\1\3\3\0\0\x1a\0\0" * 2)), {},
         ["seed hash is 0x0000, and 0x93cc was expected (seed 9001)", "row 1 (interest:a)",
          "--seed"]),
        (pl.concat([small(), small(sketch=pl.col("sketch").bin.slice(0, 20)).tail(1)]), {},
         ["damaged", "row 3 (interest:b)"]),
        (small(sketch=pl.lit(None, pl.Binary)), {},
         ["all 2 rows were rejected", "missing_sketch 2"]),
        (small(sketch=pl.lit(to_bytes(np.empty(0, np.uint64), FULL_THETA))), {},
         ["none of the sketches holds a user"]),
        (small(kind=pl.lit("two words")), {}, ["'two words' cannot be a kind", "row 1"]),
        (small(), {"kind": "two words"}, ["'two words' cannot be a kind", "--kind"]),
        (small(), {"universe": "aa"}, ["no audience is named 'aa'", "'a'"]),
        (small(kind=pl.lit("universe")), {}, ["2 audiences could be the universe"]),
        (small(key_id=pl.col("name")), {}, ["different secret keys: 'a', 'b'"]),
        (small(), {"budget": 0}, ["--budget 0"]),
        (small(), {"budget": 3}, ["budget of 3 kept memberships is too small for 3 audiences"]),
        (small(), {"policy": Policy(-1, 0)}, ["--display-floor"]),
        (small(day=pl.lit(True)), {"period_column": "day", "period": "day"},
         ["Boolean", "--period"]),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_with_the_place_and_nothing_is_written(
    table: pl.DataFrame, options: dict[str, Any], pieces: list[str], tmp_path: Path
) -> None:
    table.write_parquet(tmp_path / "t.parquet")
    with pytest.raises((DataError, UsageError)) as error:
        import_sketches(
            [str(tmp_path / "t.parquet")], tmp_path / "s", ImportOptions("integer", **options)
        )
    for piece in pieces:
        assert piece in str(error.value)
    assert error.value.cure
    assert not (tmp_path / "s").exists()


def test_sketches_are_not_added_to_a_store_built_from_events(tmp_path: Path, run: Any) -> None:
    (tmp_path / "e.csv").write_text("user_id,tag\n" + "".join(f"{i},tv\n" for i in range(30)))
    small().write_parquet(tmp_path / "t.parquet")
    assert run("build", tmp_path / "e.csv", "--store", tmp_path / "s")[0] == 0
    with pytest.raises(DataError, match="built from events"):
        import_sketches([str(tmp_path / "t.parquet")], tmp_path / "s", INTEGER)


def test_the_same_table_again_changes_nothing_and_another_version_needs_replace(
    tmp_path: Path,
) -> None:
    file, store = tmp_path / "t.parquet", tmp_path / "s"
    small().write_parquet(file)
    for _ in range(2):
        import_sketches([str(file)], store, INTEGER)
    assert len(read_store(store).parts) == 1
    small().head(1).write_parquet(file)
    with pytest.raises(DataError, match="in this store already"):
        import_sketches([str(file)], store, INTEGER)
    import_sketches([str(file)], store, ImportOptions("integer", replace_sources=True))
    assert read_store(store).sketches.audiences["name"].to_list() == ["a", "all"]


@pytest.mark.parametrize("text", ["day", "day=", "=day", "day=year", ""])
def test_a_period_without_its_length_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="column of periods"):
        parse_period_option(text)


def test_a_period_option_names_a_column_and_its_length() -> None:
    assert parse_period_option("a=b=week") == ("a=b", "week")


# --- the command line ---------------------------------------------------------------------------


@pytest.fixture
def built(tmp_path: Path, run: Any) -> Path:
    rows = "".join(
        f"{i},{tag},2026-01-{1 + i % 28:02d}\n"
        for tag, size in (("tv", 900), ("tea", 300), ("few", 20))
        for i in range(size)
    )
    (tmp_path / "e.csv").write_text("user_id,tag,time\n" + rows)
    code, _, err = run("build", tmp_path / "e.csv", "--store", tmp_path / "store", "--period",
                       "week", "--budget", 1000)  # fmt: skip
    assert code == 0, err
    return tmp_path / "store"


def test_the_command_line_takes_sketches_out_and_in(run: Any, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.parquet"
    code, out, err = run("export-sketches", built, "--to", file, "--json")
    assert code == 0, err
    facts = json.loads(out)
    assert (facts["rows"], facts["left_out"], facts["key_id"]) == (3, 1, None)
    assert pl.read_parquet_schema(file) == SKETCH_TABLE
    code, out, err = run("import-sketches", file, "--store", tmp_path / "in", "--ids", "integer",
                         "--json")  # fmt: skip
    assert code == 0, err
    assert json.loads(out)["audiences"] == 3
    sizes = [
        [(row["name"], row["users"]) for row in json.loads(run("list", store, "--json")[1])
         if row["name"] != "few"]
        for store in (built, tmp_path / "in")
    ]  # fmt: skip
    assert dict(sizes[0]).keys() == dict(sizes[1]).keys()
    size = json.loads(run("size", tmp_path / "in", "tv & tea", "--json")[1])
    assert size["low"] <= 300 <= size["high"]
    assert "user counts as one event" in run("info", tmp_path / "in")[1]


def test_the_command_line_exports_kinds_periods_and_registers(
    run: Any, built: Path, tmp_path: Path
) -> None:
    file = tmp_path / "out.parquet"
    for argv, expected in [
        (["--kind", "interest"], {"tv", "tea"}),
        (["--period", "2026-W02"], {"tv", "all"}),
        (["--period", "each"], {"tv", "all"}),
        (["--as", "hll"], {"tv", "tea", "all"}),
    ]:
        code, out, err = run("export-sketches", built, "--to", file, "--replace", *argv)
        assert code == 0, err
        assert "left out" in out or "--kind" in argv
        assert set(pl.read_parquet(file)["name"]) == expected


def test_a_keyed_store_says_so_in_the_table_and_to_whoever_exports(
    run: Any, tmp_path: Path
) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef0123")
    (tmp_path / "e.csv").write_text("user_id,tag\n" + "".join(f"{i},tv\n" for i in range(200)))
    run("build", tmp_path / "e.csv", "--store", tmp_path / "s", "--key-file", tmp_path / "key")
    code, out, err = run("export-sketches", tmp_path / "s", "--to", tmp_path / "t.parquet")
    assert code == 0, err
    key_id = read_store(tmp_path / "s").sketches.spec.key_id
    assert key_id
    assert f"secret key {key_id}" in out
    assert pl.read_parquet(tmp_path / "t.parquet")["key_id"].to_list() == [key_id] * 2
    run("import-sketches", tmp_path / "t.parquet", "--store", tmp_path / "in", "--ids", "integer")
    assert read_store(tmp_path / "in").sketches.spec.key_id == key_id


@pytest.mark.parametrize(
    ("argv", "code", "piece"),
    [
        (["export-sketches", "STORE", "--to", "TMP/t.csv"], 2, "ends in .parquet"),
        (["export-sketches", "STORE", "--to", "TMP/e.parquet"], 2, "--replace"),
        (["export-sketches", "STORE", "--to", "TMP/no/t.parquet"], 1, "cannot be written"),
        (["export-sketches", "STORE", "--to", "TMP/t.parquet", "--kind", "intrest"], 2,
         "did you mean 'interest'"),
        (["export-sketches", "STORE", "--to", "TMP/t.parquet", "--period", "2025-01-06"], 2,
         "2026-01-26"),
        (["export-sketches", "STORE", "--to", "TMP/t.parquet", "--period", "soon"], 2, "'soon'"),
        (["export-sketches", "TMP/none", "--to", "TMP/t.parquet"], 1, "no store"),
        (["import-sketches", "TMP/none.parquet", "--store", "TMP/s", "--ids", "text"], 2,
         "no file or folder"),
        (["import-sketches", "TMP/e.parquet", "--store", "TMP/s"], 2, "--ids"),
        (["import-sketches", "TMP/e.parquet", "--store", "TMP/s", "--ids", "text", "--period",
          "day"], 2, "COLUMN=UNIT"),
        (["import-sketches", "TMP/e.parquet", "--store", "TMP/s", "--ids", "text"], 1,
         "Parquet"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message_with_its_exit_code(
    argv: list[str], code: int, piece: str, run: Any, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "e.parquet").write_text("this is no parquet")
    filled = [a.replace("STORE", str(built)).replace("TMP", str(tmp_path)) for a in argv]
    found, out, err = run(*filled)
    assert (found, out) == (code, "")
    assert piece in err
    assert "Traceback" not in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["e.csv", "e.parquet", "store"]


def test_a_store_without_periods_or_registers_says_so(run: Any, tmp_path: Path) -> None:
    small().write_parquet(tmp_path / "t.parquet")
    import_sketches([str(tmp_path / "t.parquet")], tmp_path / "s", INTEGER)
    to = ("--to", tmp_path / "o.parquet")
    for argv, piece in [
        (["--period", "each"], "no periods"), (["--period", "2026-01"], "no periods"),
        (["--as", "hll"], "no HyperLogLog registers"),
    ]:  # fmt: skip
        code, _, err = run("export-sketches", tmp_path / "s", *to, *argv)
        assert code == 2
        assert piece in err


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "t.parquet"
    file.write_bytes(b"old")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(DataError, match="No space left"):
        write_sketches(pl.DataFrame(schema=SKETCH_TABLE), file, replace=True)
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_the_page_about_exchange_does_what_it_shows(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "exchange.md").read_text("utf-8")
    sample = Path(__file__).parents[1] / "sample_data" / "events.parquet"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.parquet").symlink_to(sample)
    blocks = [b.partition("\n") for b in page.split("```")[1::2]]
    shown = [(kind, text) for kind, _, text in blocks if kind in ("python", "sh")]
    assert {kind for kind, _ in shown} == {"python", "sh"}
    for kind, text in shown:
        if kind == "python":
            exec(compile(text, "docs/exchange.md", "exec"), {})
            continue
        for line in text.replace("\\\n", " ").strip().splitlines():
            program, *argv = shlex.split(line)
            assert program == "overlap"
            code, _, err = run(*argv)
            assert code == 0, err


def test_hashes_that_apache_reserves_are_left_out() -> None:
    edges = np.array([0, 5, FULL_THETA - 1], dtype=np.uint64)
    assert from_bytes(to_bytes(edges, FULL_THETA)).hashes.tolist() == [5]
    assert isinstance(from_bytes(to_bytes(edges, FULL_THETA)), Theta)
