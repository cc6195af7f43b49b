"""A store loses nothing and is never half written."""

import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from overlap import store as st
from overlap.model import (
    DataError,
    EventRoles,
    Policy,
    Provenance,
    SketchSpec,
    TagColumn,
    memberships_schema,
)
from overlap.sketches import Sketches, build, merge
from overlap.store import reading

WEEKS = [date(2026, 1, 5), date(2026, 1, 12)]
SPEC = SketchSpec("integer", period="week", k=16, budget=200, hll_p=6)


def sketch(start: int, source: str, spec: SketchSpec = SPEC, n: int = 150) -> Sketches:
    rows = [
        (kind, name, WEEKS[user % 2], user, 1 + user % 5)
        for user in range(start, start + n)
        for kind, name in [("category", "电视 TV"), ("interest", "gaming"), ("interest", "茶")]
    ]
    schema = memberships_schema(spec.id_type)
    return build(pl.DataFrame(rows, schema=schema, orient="row").lazy(), spec, source=source)


def provenance(sketches: Sketches, source: str, **more: object) -> dict[str, Provenance]:
    (leaf,) = sketches.lineage
    return {leaf: Provenance(sources=(source,), rows_read=7, **more)}  # type: ignore[arg-type]


def add(path: Path, start: int, source: str, **more: object) -> Path:
    part = sketch(start, source)
    return st.add_part(path, part, provenance(part, source, **more))


def files(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in path.rglob("*") if f.is_file()}


def test_what_is_read_is_what_was_written_bit_for_bit(tmp_path: Path) -> None:
    part = sketch(0, "a")
    st.add_part(tmp_path / "s", part, provenance(part, "a"))
    store = st.read_store(tmp_path / "s")
    assert store.sketches.fingerprint() == part.fingerprint()
    assert store.sketches.lineage == part.lineage
    assert store.sketches.totals["registers"].null_count() == 0


def test_provenance_comes_back_as_it_went_in(tmp_path: Path) -> None:
    part = sketch(0, "a")
    record = Provenance(
        sources=("a.parquet", "b.csv"),
        rows_read=1000,
        rejected={"no_tags": 3},
        roles=EventRoles("uid", (TagColumn("标签", "interest"),), time="t"),
        notes=("time read as ISO dates",),
        definitions="[rename]",
        first_event=datetime(2026, 1, 5, 10),
        last_event=datetime(2026, 1, 18),
        policy=Policy(0, 50),
    )
    (leaf,) = part.lineage
    st.add_part(tmp_path / "s", part, {leaf: record})
    store = st.read_store(tmp_path / "s")
    assert store.provenance == {leaf: record}
    assert store.policy == Policy(0, 50)


def test_adding_a_week_adds_files_and_changes_none(tmp_path: Path) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    before = files(path)
    add(path, 100, "week 2")
    after = files(path)
    assert len(after) == 2 * len(before)
    assert {name: after[name] for name in before} == before
    expected = merge([sketch(0, "week 1"), sketch(100, "week 2")])
    assert st.read_store(path).sketches.fingerprint() == expected.fingerprint()


def test_a_retry_harms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    before = files(path)
    add(path, 0, "week 1")
    assert files(path) == before


def test_the_same_source_read_differently_is_refused_unless_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    other = sketch(50, "week 1")
    with pytest.raises(DataError, match="week 1 is in this store already") as error:
        st.add_part(path, other, provenance(other, "week 1"))
    assert "--replace" in error.value.cure
    st.add_part(path, other, provenance(other, "week 1"), replace_sources=True)
    assert st.read_store(path).sketches.fingerprint() == other.fingerprint()


def test_compacting_keeps_every_number_and_remembers_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for i in range(3):
        add(path, i * 60, f"week {i}")
    before = st.read_store(path)
    st.compact(path)
    after = st.read_store(path)
    assert len(after.parts) == 1
    assert after.sketches.fingerprint() == before.sketches.fingerprint()
    assert after.snapshot == before.snapshot
    assert after.provenance == before.provenance


def test_parts_merged_one_by_one_for_memory_give_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for start, source in ((0, "a"), (100, "b")):
        add(tmp_path / "s", start, source)
    whole = st.read_store(tmp_path / "s")
    compacted = tmp_path / "t"
    shutil.copytree(tmp_path / "s", compacted)
    st.compact(compacted)
    add(compacted, 200, "c")
    # Parts that the compacted one holds already are not merged before it.
    st.merge_stores([tmp_path / "s"], compacted)
    expected = merge([whole.sketches, sketch(200, "c")]).fingerprint()
    assert st.read_store(compacted).sketches.fingerprint() == expected
    monkeypatch.setattr(reading, "ENTRIES_AT_ONCE", 10)
    assert st.read_store(compacted).sketches.fingerprint() == expected
    assert st.read_store(tmp_path / "s").sketches.fingerprint() == whole.sketches.fingerprint()


def test_a_part_merged_twice_counts_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        add(tmp_path / name, 0, "shared")
    add(tmp_path / "b", 60, "more")
    st.merge_stores([tmp_path / "a", tmp_path / "b"], tmp_path / "both")
    both, b = st.read_store(tmp_path / "both"), st.read_store(tmp_path / "b")
    assert both.sketches.fingerprint() == b.sketches.fingerprint()
    assert len(both.parts) == 2
    st.compact(tmp_path / "b")
    st.merge_stores([tmp_path / "b", tmp_path / "a"], tmp_path / "again")
    assert st.read_store(tmp_path / "again").sketches.fingerprint() == b.sketches.fingerprint()


def test_stores_with_different_seeds_are_not_merged_and_nothing_is_written(tmp_path: Path) -> None:
    add(tmp_path / "a", 0, "a")
    other = sketch(0, "b", SketchSpec("integer", period="week", k=16, budget=200, hll_p=6, seed=1))
    st.add_part(tmp_path / "b", other, provenance(other, "b"))
    with pytest.raises(DataError, match="different hash seed cannot be merged: 9001 and 1"):
        st.merge_stores([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    assert not (tmp_path / "c").exists()
    with pytest.raises(DataError, match="different hash seed"):
        st.add_part(tmp_path / "a", other, provenance(other, "b"))


def test_a_folder_without_a_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no store") as error:
        st.read_store(tmp_path)
    assert "overlap build" in error.value.cure
    with pytest.raises(DataError, match="no store here"):
        st.read_store(tmp_path / "nowhere")


def test_a_store_of_another_format_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    meta = add(tmp_path / "s", 0, "a") / "part.json"
    raw = json.loads(meta.read_text("utf-8"))
    meta.write_text(json.dumps({**raw, "format_version": 99}), "utf-8")
    with pytest.raises(DataError, match="format version 99, and this program reads 1"):
        st.read_store(tmp_path / "s")


@pytest.mark.parametrize(
    "name", ["part.json", "users.parquet", "entries.parquet", "audiences.parquet", "totals.parquet"]
)
@pytest.mark.parametrize("damage", ["cut", "gone", "rubbish"])
def test_a_damaged_file_is_named_and_not_a_traceback(
    tmp_path: Path, name: str, damage: str
) -> None:
    part = add(tmp_path / "s", 0, "a")
    file = part / name
    if damage == "gone":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    else:
        file.write_bytes(b"\x00rubbish" * 20)
    with pytest.raises(DataError, match="cannot be read") as error:
        st.read_store(tmp_path / "s")
    assert part.name in error.value.where


def test_a_disk_that_fills_while_writing_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    before = files(path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(DataError, match="the disk is full") as error:
        add(path, 100, "week 2")
    assert "the store is as it was" in error.value.cure
    assert files(path) == before
    with pytest.raises(DataError, match="the disk is full"):
        add(tmp_path / "new", 0, "week 1")
    assert not (tmp_path / "new").exists()


def test_a_real_file_size_limit_while_writing_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    before = files(path)
    code = f"""
        import resource, signal, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        import test_store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
        try:
            test_store.add(Path({str(path)!r}), 100, "week 2")
        except test_store.DataError as error:
            sys.exit(0 if "the store is as it was" in error.cure else 3)
        sys.exit(4)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert done.returncode == 0
    assert files(path) == before


def test_an_interrupt_while_writing_leaves_no_half_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    add(path, 0, "week 1")
    before = files(path)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add(path, 100, "week 2")
    assert files(path) == before


def test_what_a_killed_build_left_behind_is_not_read(tmp_path: Path) -> None:
    part = add(tmp_path / "s", 0, "a")
    expected = st.read_store(tmp_path / "s").sketches.fingerprint()
    shutil.copytree(part, part.parent / ".tmp-1-abc")
    assert st.read_store(tmp_path / "s").sketches.fingerprint() == expected


def test_the_files_of_a_part_are_pinned(tmp_path: Path) -> None:
    part = add(tmp_path / "s", 0, "pinned")
    assert part.name == "dcc3a262ac546b4d"
    layout: dict[str, object] = {
        f.name: pl.read_parquet_schema(f) for f in sorted(part.glob("*.parquet"))
    }
    layout["part.json"] = sorted(json.loads((part / "part.json").read_text("utf-8")))
    assert layout == {
        "audiences.parquet": {"kind": pl.String, "name": pl.String, "theta": pl.UInt64},
        "entries.parquet": {
            "audience": pl.UInt32, "user": pl.UInt32, "period": pl.Date, "events": pl.UInt32,
        },
        "part.json": ["floor", "format", "format_version", "k", "lineage", "provenance", "spec"],
        "totals.parquet": {
            "audience": pl.UInt32, "period": pl.Date, "events": pl.UInt64, "registers": pl.Binary,
        },
        "users.parquet": {"hash": pl.UInt64},
    }  # fmt: skip
