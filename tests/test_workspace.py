"""Saved segments are found again, compared with today, and never lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, random_rows, week
from dashboards import write_store
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from overlap import estimates
from overlap import workspace as work
from overlap.cli import main
from overlap.model import DataError, Estimate, Policy, UsageError, Window
from overlap.panel import open_panel
from overlap.store import compact, merge_stores, read_store
from overlap.workspace import Draft, naming, schema
from overlap.workspace.files import _is_shared

LOOK_ALIKE = "ＴＶ  Gamers "
NASTY = [
    "plain",
    "Robert'); DROP TABLE overlap_segments;--",
    "quotes \" and ' and ` and \\",
    "电视 × 电竞 🎮",
    "👩‍👩‍👧 family",
    "100%_[a-z]* ?1 :name %s %(x)s {y}",
    "naïve Ω ﷺ ß",
    "x" * naming.LONGEST_NAME,
]


def draft(name: str = "gamers", **fields: Any) -> Draft:
    made = Draft(
        name=name,
        expression="interest:gaming - brand:acme",
        key="n1",
        window=Window(week(0).replace(day=1), None),
        note="for the summer",
        owner="Li",
        store="/stores/main",
        snapshot="abc123",
        users=Estimate(1234.5, 1 / 3, 1e17, False, 321, 0.26),
        floor=100,
    )
    return replace(made, **fields)


class Claims:
    """What holds whatever database keeps the workspace; `place` names a new, empty one."""

    @pytest.fixture
    def kept(self, place: str) -> Iterator[work.Workspace]:
        with work.open_workspace(place) as kept:
            yield kept

    # --- one person -----------------------------------------------------------------------------

    def test_an_empty_workspace_has_no_segments_and_finds_none(self, kept: work.Workspace) -> None:
        assert kept.segments() == ()
        with pytest.raises(UsageError, match="no saved segment 'gamers'"):
            kept.get("gamers")
        with pytest.raises(UsageError):
            kept.history("gamers")

    def test_what_was_saved_is_found_by_id_and_by_any_spelling_of_its_name(
        self, kept: work.Workspace, place: str
    ) -> None:
        saved = kept.save(draft("TV gamers"), author="Wang")
        assert (saved.version, saved.author, saved.owner) == (1, "Wang", "Li")
        assert saved.created == saved.updated
        with work.open_workspace(place) as again:
            for which in (saved.id, "TV gamers", LOOK_ALIKE, "tv GAMERS\n"):
                assert again.get(which) == saved

    def test_names_and_notes_of_any_kind_come_back_as_they_were(self, kept: work.Workspace) -> None:
        notes = ["", "line\nline\r\n\ttab", "说明" * 2500 + "🎯", *NASTY]
        saved = [kept.save(draft(name, note=notes[i])) for i, name in enumerate(NASTY)]
        assert kept.segments() == tuple(sorted(saved, key=lambda s: naming.fold(s.name)))
        for segment, name in zip(saved, NASTY, strict=True):
            assert kept.get(name) == segment
        long = kept.save(draft("long", note="ü" * 10_000, expression=" | ".join(["a:b"] * 10_000)))
        assert kept.get("long") == long

    def test_a_clash_of_names_says_whose_it_is_and_offers_a_free_one(
        self, kept: work.Workspace
    ) -> None:
        kept.save(draft("TV gamers", owner="Li"))
        kept.save(draft("tv gamers 2"))
        with pytest.raises(work.NameTakenError, match="already, of Li") as caught:
            kept.save(draft(LOOK_ALIKE))
        assert caught.value.suggestion == "ＴＶ Gamers 3"
        kept.save(draft(caught.value.suggestion))
        assert len(kept.segments()) == 3

    def test_an_update_adds_a_version_and_keeps_the_one_before(self, kept: work.Workspace) -> None:
        first = kept.save(draft())
        second = kept.update(replace(first, note="for autumn"), author="Wang")
        assert (second.version, second.note, second.author) == (2, "for autumn", "Wang")
        assert second.created == first.created <= second.updated
        assert kept.get("gamers") == second
        assert kept.get("gamers", 1) == first
        with pytest.raises(UsageError, match="no version 3"):
            kept.get("gamers", 3)

    def test_a_change_of_nothing_saves_nothing(self, kept: work.Workspace) -> None:
        first = kept.save(draft())
        assert kept.update(first) == first
        assert len(kept.history("gamers")) == 1

    def test_the_list_is_narrowed_by_owner_text_and_key(self, kept: work.Workspace) -> None:
        a = kept.save(draft("a", owner="Li", note="Größe", key="k1"))
        b = kept.save(draft("b", owner="王", expression="interest:GRÖSSE", key="k2"))
        c = kept.save(draft("grösse", owner="Li", key="k1"))
        assert kept.segments(owner="LI") == (a, c)
        assert kept.segments(text="größe") == (a, b, c)
        assert kept.segments(text="größe", owner="王") == (b,)
        assert kept.segments(key="k1") == (a, c)
        assert kept.segments(text="nowhere") == ()

    def test_a_renamed_segment_keeps_its_id_and_frees_its_old_name(
        self, kept: work.Workspace
    ) -> None:
        first = kept.save(draft("old"))
        other = kept.save(draft("other"))
        renamed = kept.rename("OLD", " new\tname ")
        assert (renamed.id, renamed.name, renamed.version) == (first.id, "new name", 2)
        assert kept.rename("new name", "New Name").name == "New Name"
        with pytest.raises(work.NameTakenError):
            kept.rename("other", "NEW name")
        assert kept.get("other") == other
        kept.save(draft("old"))

    def test_a_removed_segment_frees_its_name_and_comes_back(self, kept: work.Workspace) -> None:
        first = kept.save(draft())
        kept.remove("gamers", author="Wang")
        assert kept.segments() == ()
        with pytest.raises(UsageError, match=f"Wang removed it.*{first.id} --undo"):
            kept.get("gamers")
        second = kept.save(draft())
        with pytest.raises(work.NameTakenError):
            kept.restore(first.id)
        back = kept.restore("gamers", name="gamers of spring")
        assert (back.id, back.name) == (first.id, "gamers of spring")
        assert kept.segments() == (second, back)
        assert [v.action.value for v in kept.history(first.id)] == ["saved", "removed", "restored"]
        with pytest.raises(UsageError):
            kept.restore("gamers of spring")
        with pytest.raises(UsageError):
            kept.remove("never there")

    # --- several people -------------------------------------------------------------------------

    def test_of_two_who_save_on_the_same_version_both_are_kept_and_both_are_shown(
        self, kept: work.Workspace
    ) -> None:
        basis = kept.save(draft())
        theirs = kept.update(replace(basis, note="theirs"), author="Wang")
        with pytest.raises(work.ConflictError) as caught:
            kept.update(replace(basis, note="mine", name="my name"), author="Li")
        message = str(caught.value)
        assert "'gamers' was changed by Wang after version 1" in message
        assert "theirs, version 2 of Wang: name 'gamers', note 'theirs'" in message
        assert "yours, version 3 of Li: name 'my name', note 'mine'" in message
        assert caught.value.theirs == theirs == kept.get("gamers")
        assert caught.value.yours == kept.get("gamers", 3)
        merged = kept.update(replace(caught.value.yours, version=2, note="both", name="gamers"))
        assert (merged.version, kept.get("gamers").note) == (4, "both")
        assert [(v.action.value, v.current) for v in kept.history("gamers")] == [
            ("saved", False), ("changed", False), ("kept aside", False), ("changed", True)
        ]  # fmt: skip

    def test_who_changes_what_somebody_else_removed_loses_nothing(
        self, kept: work.Workspace
    ) -> None:
        basis = kept.save(draft())
        kept.remove("gamers", author="Wang")
        with pytest.raises(work.ConflictError, match="removed by Wang") as caught:
            kept.update(replace(basis, note="mine"))
        assert kept.segments() == ()
        assert kept.get(basis.id, 3) == caught.value.yours
        assert caught.value.yours.note == "mine"

    def test_threads_that_save_at_once_lose_nothing(self, kept: work.Workspace) -> None:
        barrier = Barrier(3)

        def person(who: str) -> None:
            barrier.wait()
            for i in range(100):
                kept.save(draft(f"{who} {i}"), author=who)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(person, ["Li", "Wang", "Zhao"]))
        found = kept.segments()
        assert {s.name for s in found} == {f"{w} {i}" for w in ("Li", "Wang", "Zhao")
                                           for i in range(100)}  # fmt: skip
        assert len({s.id for s in found}) == 300

    def test_threads_that_change_one_segment_at_once_lose_no_change(
        self, kept: work.Workspace
    ) -> None:
        first = kept.save(draft(note="start"))
        barrier = Barrier(2)

        def person(who: str) -> int:
            barrier.wait()
            conflicts = 0
            for i in range(50):
                try:
                    kept.update(replace(kept.get(first.id), note=f"{who} {i}"), author=who)
                except work.ConflictError:
                    conflicts += 1
            return conflicts

        with ThreadPoolExecutor(2) as pool:
            conflicts = sum(pool.map(person, ["Li", "Wang"]))
        history = kept.history(first.id)
        assert [v.segment.version for v in history] == list(range(1, 102))
        assert {v.segment.note for v in history} == {"start"} | {
            f"{who} {i}" for who in ("Li", "Wang") for i in range(50)
        }
        assert sum(v.action is work.Action.ASIDE for v in history) == conflicts
        assert [v.current for v in history].count(True) == 1

    def test_of_many_who_want_one_name_one_gets_it_and_the_rest_hear_so(
        self, kept: work.Workspace
    ) -> None:
        barrier = Barrier(4)

        def person(who: str) -> str:
            barrier.wait()
            try:
                kept.save(draft("the name", owner=who))
            except work.NameTakenError as error:
                return error.taken_by.owner
            return who

        with ThreadPoolExecutor(4) as pool:
            said = set(pool.map(person, ["a", "b", "c", "d"]))
        assert said == {s.owner for s in kept.segments()}
        assert len(said) == 1

    def test_two_programs_that_save_at_once_lose_nothing(self, place: str) -> None:
        programs = [person_program(place) for _ in range(2)]
        for program in programs:
            assert program.stdout.readline() == "ready\n"
        for i, program in enumerate(programs):
            program.stdin.write(f"program {i}\n")
            program.stdin.flush()
        for program in programs:
            out, err = program.communicate(timeout=120)
            assert (program.returncode, out, err) == (0, "done\n", "")
        with work.open_workspace(place) as kept:
            names = {s.name for s in kept.segments()}
            shared = kept.history("shared")
        assert names == {"shared"} | {f"program {p} {i}" for p in (0, 1) for i in range(100)}
        assert {v.segment.note for v in shared} >= {
            f"program {p} note {i}" for p in (0, 1) for i in range(20)
        }

    # --- schemas --------------------------------------------------------------------------------

    def test_a_workspace_of_a_newer_program_is_refused_with_the_cure(
        self, kept: work.Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept.save(draft())
        with kept._database.writing() as connection:
            connection.execute(
                text("INSERT INTO overlap_schema (number, since) VALUES (99, :now)"),
                {"now": schema.now()},
            )
        for act in (kept.segments, lambda: kept.save(draft("other"))):
            with pytest.raises(DataError, match=r"schema 99.*up to 1") as caught:
                act()
            assert "update overlap" in caught.value.cure

    def test_an_older_workspace_becomes_one_of_today_at_its_first_use(
        self, kept: work.Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved = kept.save(draft())

        def briefs(connection: Any) -> None:
            connection.execute(text("CREATE TABLE overlap_briefs (id INTEGER PRIMARY KEY)"))

        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, briefs))
        assert kept.segments() == (saved,)
        with kept._database.reading() as connection:
            assert schema.number(connection, "") == 2
            assert connection.scalar(text("SELECT count(*) FROM overlap_briefs")) == 0
        assert kept.update(replace(saved, note="new")).version == 2


PERSON = """
import sys
from dataclasses import replace
import test_workspace as tests
from overlap import workspace as work
kept = work.open_workspace(sys.stdin.readline().strip(), patience=60)
print("ready", flush=True)
who = sys.stdin.readline().strip()
try:
    kept.save(tests.draft("shared"))
except work.NameTakenError:
    pass
for i in range(100):
    kept.save(tests.draft(f"{who} {i}"))
for i in range(20):
    try:
        kept.update(replace(kept.get("shared"), note=f"{who} note {i}"))
    except work.ConflictError:
        pass
print("done")
"""


def person_program(place: str) -> Any:
    program = subprocess.Popen(
        [sys.executable, "-c", PERSON], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    program.stdin.write(place + "\n")
    program.stdin.flush()
    return program


# --- SQLite -----------------------------------------------------------------------------------


class TestSqlite(Claims):
    @pytest.fixture
    def place(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/a folder/ws ?%#é.sqlite".replace("%", "%25")

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        (tmp_path / "a folder").mkdir()


@pytest.fixture
def kept(tmp_path: Path) -> work.Workspace:
    return work.open_workspace(tmp_path, patience=0.05)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / work.FILE


def test_looking_makes_no_file_and_saving_leaves_one(kept: work.Workspace, file: Path) -> None:
    assert kept.segments() == ()
    assert not file.exists()
    kept.save(draft())
    assert [f.name for f in file.parent.iterdir()] == [work.FILE]


def test_readers_do_not_wait_for_a_writer(kept: work.Workspace, file: Path) -> None:
    saved = kept.save(draft())
    with writing_elsewhere(file):
        assert kept.segments() == (saved,)


def test_a_workspace_that_another_program_writes_for_long_says_so_and_loses_nothing(
    kept: work.Workspace, file: Path
) -> None:
    first = kept.save(draft())
    with writing_elsewhere(file):
        for act in (lambda: kept.save(draft("b")), lambda: kept.remove("gamers")):
            with pytest.raises(DataError, match="somebody else is writing") as caught:
                act()
            assert "nothing was saved" in caught.value.what
            assert "try again" in caught.value.cure
    assert kept.segments() == (first,)
    kept.save(draft("b"))


@contextmanager
def writing_elsewhere(file: Path) -> Iterator[None]:
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
    finally:
        holder.communicate()


def test_a_read_only_folder_is_read_and_saving_says_how_to_go_on() -> None:
    with a_folder_of_somebody_else() as (folder, not_ours):
        saved = work.open_workspace(folder).save(draft())
        with not_ours():
            there = work.open_workspace(folder)
            assert there.segments() == (saved,)
            assert there.get("gamers") == saved
            for act in (lambda: there.save(draft("b")), lambda: there.remove("gamers")):
                with pytest.raises(DataError, match="read-only for you; nothing was saved") as e:
                    act()
                assert "--workspace" in e.value.cure
                assert work.SETTING in e.value.cure
        assert work.open_workspace(folder).segments() == (saved,)


def test_a_store_that_only_others_may_write_can_be_asked_and_says_that_saving_is_not_for_us() -> (
    None
):
    with a_folder_of_somebody_else() as (folder, not_ours), not_ours():
        there = work.open_workspace(folder)
        assert there.segments() == ()
        with pytest.raises(DataError, match="read-only for you; nothing was saved"):
            there.save(draft())
    assert not folder.exists()


@contextmanager
def a_folder_of_somebody_else() -> Iterator[tuple[Path, Callable[[], Any]]]:
    """Yield a folder, and what makes it read-only, also for root: root steps down meanwhile."""
    # pytest's own folders cannot be entered by others.
    folder = Path(tempfile.mkdtemp(prefix="overlap-"))
    folder.chmod(0o755)

    @contextmanager
    def not_ours() -> Iterator[None]:
        for entry in (*folder.iterdir(), folder):
            entry.chmod(stat.S_IMODE(entry.stat().st_mode) & ~0o222)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            if user == 0:
                os.seteuid(0)
            folder.chmod(0o755)

    try:
        yield folder, not_ours
    finally:
        shutil.rmtree(folder)


def test_a_workspace_opened_as_read_only_is_read_and_not_written(
    kept: work.Workspace, file: Path
) -> None:
    saved = kept.save(draft())
    there = work.open_workspace(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert there.segments() == (saved,)
    with pytest.raises(DataError, match="read-only for you; nothing was saved"):
        there.save(draft("b"))


def test_changes_that_are_still_in_the_log_are_not_passed_over(
    kept: work.Workspace, file: Path
) -> None:
    kept.save(draft())
    holder = sqlite3.connect(file)
    holder.execute("SELECT * FROM overlap_segments").fetchone()
    second = kept.save(draft("b"))
    assert file.with_name(file.name + "-wal").stat().st_size > 0
    assert second in kept.segments()
    holder.close()


def test_a_log_that_cannot_be_read_stops_the_reading_instead_of_hiding_the_last_save(
    kept: work.Workspace, file: Path
) -> None:
    kept.save(draft())
    holder = sqlite3.connect(file)
    holder.execute("SELECT * FROM overlap_segments").fetchone()
    kept.save(draft("only in the log"))
    with a_folder_of_somebody_else() as (folder, not_ours):
        for name in (file.name, file.name + "-wal"):
            shutil.copy(file.with_name(name), folder)
        with not_ours(), pytest.raises(DataError, match=r"cannot be (read|opened)"):
            work.open_workspace(folder).segments()
        names = {s.name for s in work.open_workspace(folder).segments()}
    holder.close()
    assert names == {"gamers", "only in the log"}


@pytest.mark.parametrize("damage", ["text", "middle"])
def test_a_damaged_file_says_so_and_is_left_as_it_is(
    kept: work.Workspace, file: Path, damage: str
) -> None:
    if damage == "text":
        file.write_text("this is no database\n" * 200)
    else:
        for i in range(50):
            kept.save(draft(f"n {i}", note="x" * 500))
        raw = file.read_bytes()
        file.write_bytes(raw[:5000] + b"\xff" * (len(raw) - 5000))
    before = file.read_bytes()
    for act in (kept.segments, lambda: kept.save(draft("new"))):
        with pytest.raises(DataError) as caught:
            act()
        assert "this workspace is damaged" in caught.value.what
        assert "from a copy" in caught.value.cure
    assert file.read_bytes() == before


@pytest.mark.parametrize(("column", "value"), [("saved", "yesterday"), ("action", "painted")])
def test_a_row_that_nobody_understands_is_an_error_with_a_cure(
    kept: work.Workspace, file: Path, column: str, value: str
) -> None:
    kept.save(draft())
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE overlap_segment_versions SET {column} = ?", (value,))
    with pytest.raises(DataError, match="a row of this workspace cannot be read") as caught:
        kept.history("gamers")
    assert value in caught.value.what
    assert str(file) == caught.value.where


def test_an_empty_file_is_an_empty_workspace(kept: work.Workspace, file: Path) -> None:
    file.touch()
    assert kept.segments() == ()
    assert kept.save(draft()) == kept.get("gamers")


def test_a_folder_that_is_not_there_and_a_folder_in_the_files_place_are_named(
    tmp_path: Path, kept: work.Workspace, file: Path
) -> None:
    for act in ("segments", "save"):
        there = work.open_workspace(tmp_path / "nowhere")
        with pytest.raises(DataError, match="no folder for this workspace"):
            there.save(draft()) if act == "save" else there.segments()
    assert not (tmp_path / "nowhere").exists()
    file.mkdir()
    with pytest.raises(DataError, match="this is a folder"):
        kept.segments()


def test_a_file_on_a_network_drive_goes_without_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: work.Workspace, file: Path
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("overlap.workspace.files._MOUNTS", mounts)
    assert _is_shared(file)
    assert not _is_shared(Path("/elsewhere/file"))
    kept.save(draft())
    assert sqlite3.connect(file).execute("PRAGMA journal_mode").fetchone() == ("delete",)
    monkeypatch.setattr("overlap.workspace.files._MOUNTS", tmp_path / "none")
    kept.save(draft("b"))
    assert sqlite3.connect(file).execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert len(kept.segments()) == 2


# --- addresses --------------------------------------------------------------------------------


def test_the_option_goes_before_the_setting_and_the_setting_before_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(work.SETTING, raising=False)
    assert work.choose(tmp_path) == tmp_path
    monkeypatch.setenv(work.SETTING, "sqlite:///team.sqlite")
    assert work.choose(tmp_path) == "sqlite:///team.sqlite"
    assert work.choose(tmp_path, "other.db") == "other.db"
    monkeypatch.setenv(work.SETTING, "")
    assert work.choose(tmp_path) == tmp_path


@pytest.mark.parametrize(
    "place", ["{}/x.sqlite", "sqlite:///{}/x.sqlite", "sqlite+pysqlite:///{}/x.sqlite"]
)
def test_a_file_may_be_given_by_its_path_or_as_a_url(tmp_path: Path, place: str) -> None:
    there = work.open_workspace(place.format(tmp_path))
    there.save(draft())
    assert (tmp_path / "x.sqlite").is_file()
    assert there.where == str(tmp_path / "x.sqlite")


@pytest.mark.parametrize(
    ("url", "pieces"),
    [
        ("mysql://li:hush%40@h/d", ["'MySQLdb' is not installed", "pip install 'mysqlclient'"]),
        ("oracle+oracledb://li:hush%40@h/d", ["pip install 'oracledb'"]),
        ("redis://li:hush%40@h/d", ["no database 'redis'", "postgresql+psycopg://"]),
        ("postgresql+asyncpg://li:hush%40@h/d", ["asynchronous", "postgresql+psycopg"]),
        ("postgresql://li:hush%40:@h:x/d", ["cannot be read", "%40"]),
        ("postgresql://h:1x/d?password=hush%40", ["cannot be read"]),
        ("sqlite://", ["in memory would be lost"]),
        ("sqlite:///:memory:", ["in memory would be lost"]),
        ("sqlite:///file:x?mode=memory&uri=true", ["in memory would be lost"]),
    ],
)
def test_an_address_that_cannot_be_used_is_named_without_its_password(
    url: str, pieces: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        work.open_workspace(url)
    message = f"{caught.value} {caught.value.__cause__!r}"
    assert "hush" not in message
    for piece in pieces:
        assert piece in message


def test_a_server_that_does_not_answer_is_named_without_its_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    url = "postgresql+psycopg://li:hush%40@127.0.0.1:1/d?sslpassword=whisper"
    there = work.open_workspace(url)
    with pytest.raises(DataError, match="cannot be reached") as caught:
        there.segments()
    told = f"{there!r} {there.where} {caught.value} {caught.value.__cause__} {caplog.text}"
    assert "hush" not in told
    assert "whisper" not in told
    assert "127.0.0.1" in str(caught.value)


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "  \n", "\u200b", "a\x00b", "bell\x07", "\ud800", "x" * 201, "ﷺ" * 60]
)
def test_a_name_that_no_list_could_show_is_refused(kept: work.Workspace, name: str) -> None:
    with pytest.raises(UsageError):
        kept.save(draft(name))
    assert kept.segments() == ()


@pytest.mark.parametrize("field", ["note", "owner", "expression", "store"])
def test_a_text_that_some_database_cannot_hold_is_refused(kept: work.Workspace, field: str) -> None:
    for bad in ("a\0b", "\udcff"):
        with pytest.raises(UsageError, match="no character of a text"):
            kept.save(draft(**{field: bad}))
    with pytest.raises(UsageError, match="at most"):
        kept.save(draft(note="x" * 100_001))


@given(st.text(max_size=40))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert naming.fold(naming.fold(name)) == naming.fold(name)


@given(st.text(min_size=1, max_size=210), st.sets(st.integers(2, 12)))
def test_a_suggested_name_is_free_and_a_name(name: str, numbers: set[int]) -> None:
    try:
        name = naming.clean_name(name)
    except UsageError:
        return
    taken = {naming.fold(name)} | {naming.fold(f"{name} {n}") for n in numbers}
    free = naming.free_name(name, taken)
    assert naming.fold(free) not in taken
    assert naming.clean_name(free) == free


# --- @name ------------------------------------------------------------------------------------


def test_a_saved_name_stands_for_its_expression(kept: work.Workspace) -> None:
    a = kept.save(draft("core TV", expression="a:b | c:d"))
    b = kept.save(draft("电竞", expression="e:f"))
    found = work.find(kept, '@"Core tv" - (@电竞 & "x@y")')
    assert found.expression == '(a:b | c:d) - ((e:f) & "x@y")'
    assert found.segments == (a, b)
    assert work.find(kept, f"＠{b.id}").expression == "(e:f)"
    assert work.find(kept, "＠“core TV”").expression == "(a:b | c:d)"
    assert work.mentions("@电竞")
    assert not work.mentions('a:b & "x@y"')


def test_text_without_a_saved_name_is_left_alone(kept: work.Workspace) -> None:
    for plain in ("", 'interest:"a@b" - c:d', '"never closed @x'):
        assert work.find(kept, plain) == work.Found(plain, Window())


def test_the_window_of_a_saved_segment_comes_along_unless_one_is_given(
    kept: work.Workspace,
) -> None:
    spring, all_time = Window(week(0), week(9)), Window()
    kept.save(draft("spring", window=spring))
    kept.save(draft("spring too", window=spring))
    kept.save(draft("all", window=all_time))
    assert work.find(kept, '@spring & @"spring too"').window == spring
    assert work.find(kept, "@spring", all_time).window == all_time
    assert work.find(kept, "@spring & @all", spring).window == spring
    with pytest.raises(UsageError, match="different windows") as caught:
        work.find(kept, "@spring & @all")
    assert "--from" in caught.value.cure


@pytest.mark.parametrize(
    ("expression", "piece"),
    [("a:b & @", "expected the name"), ("@ x", "expected the name"), ('@""', "expected the name"),
     ('@"x', "never closed"), ('@"', "never closed"), ("a:b | @gamres", "did you mean 'gamers'")],
)  # fmt: skip
def test_a_reference_that_names_nothing_points_at_the_place(
    kept: work.Workspace, expression: str, piece: str
) -> None:
    kept.save(draft("gamers"))
    with pytest.raises(UsageError) as caught:
        work.find(kept, expression)
    assert piece in str(caught.value)
    assert "^" in caught.value.where


@given(st.text(min_size=1, max_size=30))
def test_any_name_can_be_referred_to_in_quotes(name: str) -> None:
    try:
        name = naming.clean_name(name)
    except UsageError:
        return

    class One:
        def get(self, which: str) -> Any:
            assert which == name
            return replaced

    replaced = work.SavedSegment(
        **{f: getattr(draft(), f) for f in Draft.__dataclass_fields__} | {"expression": "a:b"},
        id="1", author="", created=None, updated=None, version=1,  # type: ignore[arg-type]
    )  # fmt: skip
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    assert work.find(One(), f'c:d - @"{quoted}"').expression == "c:d - (a:b)"  # type: ignore[arg-type]


# --- then and now -----------------------------------------------------------------------------


def members(interest: str, users: range, weeks: range) -> list[Row]:
    return [("interest", interest, week(w), u, 1) for u in users for w in weeks]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("stores")
    then = members("gaming", range(1000), range(4)) + members("food", range(500, 2000), range(2))
    now = members("gaming", range(1600), range(8)) + members("cooking", range(50), range(8))
    tiny = members("gaming", range(60), range(8)) + members("food", range(2000), range(8))
    rows = random_rows(7, users=4000)
    later = [r for r in rows if r[3] % 10] + members("gaming", range(4000, 4300), range(8))
    return {
        "then": write_store(folder / "then", then, Policy(0, 0)),
        "now": write_store(folder / "now", now, Policy(0, 0)),
        "tiny": write_store(folder / "tiny", tiny, Policy()),
        "sampled": write_store(folder / "sampled", rows, Policy(0, 0), k=64, rate=0.25),
        "later": write_store(folder / "later", later, Policy(0, 0), k=64, rate=0.25),
    }


@pytest.fixture
def save_in(
    stores: dict[str, Path], tmp_path: Path
) -> Callable[..., tuple[work.Workspace, work.SavedSegment]]:
    def save(store: str, expression: str, **options: Any) -> Any:
        kept = work.open_workspace(tmp_path)
        new = work.draft(*open_panel(stores[store]), expression, name="saved", **options)
        return kept, kept.save(new)

    return save


def test_a_draft_knows_its_size_its_key_and_its_store(stores: dict[str, Path]) -> None:
    opened, panel = open_panel(stores["then"])
    made = work.draft(
        opened, panel, "food & gaming", name=" a  b ", window=Window(week(0), week(1))
    )
    assert made.name == "a b"
    assert made.expression == "interest:food & interest:gaming"
    assert made.key == work.draft(opened, panel, "gaming & food", name="x").key
    assert (made.users.value, made.users.exact) == (500, True)
    assert (made.store, made.snapshot) == (str(stores["then"]), opened.snapshot)
    with pytest.raises(UsageError, match="no audience 'knitting'"):
        work.draft(opened, panel, "knitting", name="x")


def test_a_redrawn_segment_keeps_what_was_not_changed(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    kept, saved = save_in("then", "gaming", note="note", owner="Li", window=Window(week(0), None))
    opened, panel = open_panel(stores["now"])
    changed = work.redraft(saved, opened, panel, "gaming - cooking")
    new = kept.update(changed)
    assert (new.id, new.owner, new.note, new.window) == (saved.id, "Li", "note", saved.window)
    assert (new.users.value, new.snapshot) == (1550, opened.snapshot)


def test_the_size_of_today_stands_beside_the_size_it_was_saved_with(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    _, saved = save_in("then", "gaming")
    frame = work.compare(saved, [open_panel(stores["then"]), open_panel(stores["now"])])
    assert dict(frame.schema) == dict(work.COMPARISON_TABLE)
    same, grown = frame.iter_rows(named=True)
    assert (same["saved_users"], same["users"], same["change"]) == (1000, 1000, 0)
    assert same["verdict"] == "same data"
    assert (grown["users"], grown["low"], grown["high"], grown["exact"]) == (1600, 1600, 1600, True)
    assert grown["change"] == grown["change_low"] == grown["change_high"] == pytest.approx(0.6)
    assert grown["verdict"] == "grew"
    assert grown["saved_snapshot"] != grown["snapshot"]
    _, fallen = work.compare(
        replace(saved, users=Estimate(2000, 2000, 2000, True, 2000, 1.0)),
        [open_panel(stores["then"]), open_panel(stores["now"])],
    )["verdict"]
    assert fallen == "fell"


def test_sampled_sizes_are_compared_with_an_interval_that_holds_the_truth(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    _, saved = save_in("sampled", "gaming & food")
    row = work.revisit([saved], *open_panel(stores["later"])).row(0, named=True)
    assert row["exact"] is False
    rows = random_rows(7, users=4000)
    sets = {n: {r[3] for r in rows if r[1] == n} for n in ("gaming", "food")}
    before = len(sets["gaming"] & sets["food"])
    after = len({u for u in sets["gaming"] & sets["food"] if u % 10})
    assert row["saved_low"] <= before <= row["saved_high"]
    assert row["low"] <= after <= row["high"]
    assert row["change_low"] <= after / before - 1 <= row["change_high"]
    assert row["verdict"] == "flat"


def test_an_audience_that_is_gone_is_named_with_the_nearest_and_stops_nobody_else(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    kept, saved = save_in("then", "food - gaming")
    other = kept.save(work.draft(*open_panel(stores["then"]), "gaming", name="other"))
    frame = work.revisit(kept.segments(), *open_panel(stores["now"]))
    assert frame["id"].to_list() == [other.id, saved.id]
    fine, gone = frame.iter_rows(named=True)
    assert (fine["users"], fine["problem"]) == (1600, None)
    assert gone["verdict"] == "not comparable"
    assert "there is no audience 'interest:food'" in gone["problem"]
    assert gone["users"] is gone["low"] is gone["change"] is gone["exact"] is None
    assert gone["saved_users"] == 1000
    typo = replace(saved, expression="interest:gamign & brand:acme")
    problem = work.revisit([typo], *open_panel(stores["now"]))["problem"][0]
    assert "did you mean interest:gaming?" in problem
    assert "no kind of audience 'brand'" in problem
    many = replace(saved, expression=" | ".join(f"interest:x{i}" for i in range(300)))
    problem = work.revisit([many], *open_panel(stores["now"]))["problem"][0]
    assert "295 more audiences are gone" in problem


def test_an_expression_this_program_cannot_read_is_a_problem_of_its_row(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    _, saved = save_in("then", "gaming")
    odd = replace(saved, expression="interest:gaming ^ interest:food")
    row = work.revisit([odd, saved], *open_panel(stores["now"])).row(0, named=True)
    assert "cannot read the expression" in row["problem"]
    assert row["users"] is None


def test_a_window_without_data_is_a_problem_and_not_a_size_of_zero(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    _, saved = save_in("now", "gaming", window=Window(week(6), week(7)))
    row = work.revisit([saved], *open_panel(stores["then"])).row(0, named=True)
    assert row["users"] is None
    assert (
        f"no data in the periods {week(6)} to {week(7)}; it has {week(0)} to {week(3)}"
        in (row["problem"])
    )


def test_numbers_below_the_floor_are_not_shown_then_or_now(
    stores: dict[str, Path], save_in: Callable[..., Any]
) -> None:
    kept, saved = save_in("tiny", "gaming")
    assert saved.users.value == 60
    listed = work.listing(kept.segments()).row(0, named=True)
    assert dict(work.listing([]).schema) == dict(work.SEGMENTS_TABLE)
    assert [listed[c] for c in ("users", "low", "high")] == [None, None, None]
    assert listed["suppressed"] == "fewer than 100 users"
    row = work.revisit([saved], *open_panel(stores["now"])).row(0, named=True)
    assert (row["saved_users"], row["users"], row["change"]) == (None, 1600, None)
    assert row["suppressed"] == "fewer than 100 users"
    large = replace(saved, users=Estimate(2000, 2000, 2000, True, 2000, 1.0))
    row = work.revisit([large], *open_panel(stores["tiny"])).row(0, named=True)
    assert (row["saved_users"], row["users"], row["change"]) == (2000, None, None)
    assert row["suppressed"] == "fewer than 100 users"


def test_a_change_from_nobody_or_to_nobody_is_said_without_a_ratio() -> None:
    nobody, some = Estimate(0, 0, 7, False, 0, 0.5), Estimate(40, 29, 56, False, 20, 0.5)
    assert work.change(some, nobody) == work.Change()
    assert work.change(nobody, some) == work.Change(-1.0, -1.0, 7 / 29 - 1)
    few = Estimate(2, 0, 9, False, 1, 0.5)
    assert work.change(some, few).high is None
    assert work.change(few, some).low == -1


@pytest.mark.parametrize("users", [20, 400, 5000])
@pytest.mark.parametrize("rate", [0.01, 0.3])
def test_the_interval_of_a_change_holds_it_at_least_as_often_as_it_says(
    users: int, rate: float
) -> None:
    rng = np.random.default_rng(users)
    stay, come = users // 2, users
    both = rng.binomial(stay, rate, 1500)
    before = both + rng.binomial(users - stay, rate, 1500)
    after = both + rng.binomial(come, rate, 1500)
    truth = (stay + come) / users - 1
    then, now = estimates.counts(before, rate), estimates.counts(after, rate)
    held = known = 0
    for i in range(1500):
        found = work.change(now.at(i), then.at(i))
        if found.value is not None:
            known += 1
            held += found.low <= truth and (found.high is None or truth <= found.high)
    assert held >= 0.95 * known


# --- beside the store ---------------------------------------------------------------------------


def test_a_store_is_read_merged_compacted_and_copied_with_a_workspace_in_it(
    tmp_path: Path, stores: dict[str, Path]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(stores["then"], store)
    before = read_store(store)
    saved = work.open_workspace(store).save(draft())
    assert read_store(store).snapshot == before.snapshot
    assert read_store(store).bytes == before.bytes
    compact(store)
    assert work.open_workspace(store).segments() == (saved,)
    copied = Path(shutil.copytree(store, tmp_path / "copy"))
    assert work.open_workspace(copied).segments() == (saved,)
    merge_stores([store], tmp_path / "merged")
    assert not (tmp_path / "merged" / work.FILE).exists()


# --- commands ---------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.delenv(work.SETTING, raising=False)
    monkeypatch.setenv("LOGNAME", "li")

    def once(*argv: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["overlap", "segments", *map(str, argv)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return once


@pytest.fixture
def store(tmp_path: Path, stores: dict[str, Path]) -> Path:
    return Path(shutil.copytree(stores["then"], tmp_path / "store"))


def test_a_segment_is_saved_listed_shown_renamed_removed_and_brought_back(
    run: Any, store: Path, tmp_path: Path
) -> None:
    code, out, err = run("save", store, "gaming - food", "--name", "pure gamers", "--note", "=1+1",
                         "--from", week(0), "--to", week(1), "--json")  # fmt: skip
    assert (code, err) == (0, "")
    row = json.loads(out)
    assert list(row) == work.SEGMENTS_TABLE.names()
    assert (row["users"], row["exact"], row["owner"]) == (500, True, "li")
    assert row["window_to"] == str(week(1))
    csv = tmp_path / "list.csv"
    code, out, _ = run("list", store, "--csv", csv, "--json")
    assert [r["name"] for r in json.loads(out)] == ["pure gamers"]
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf")
    frame = pl.read_csv(csv)
    assert frame.columns == work.SEGMENTS_TABLE.names()
    assert frame["note"][0] == "'=1+1"
    assert run("rename", store, "pure GAMERS", "gamers only")[0] == 0
    code, out, _ = run("remove", store, "gamers only")
    assert code == 0
    assert json.loads(run("list", store, "--json")[1]) == []
    assert "no such segment is saved" in run("list", store)[1]
    assert run("remove", store, row["id"], "--undo")[0] == 0
    shown = json.loads(run("show", store, "gamers only", "--json")[1])
    assert shown["expression"] == "interest:gaming - interest:food"
    assert [v["action"] for v in shown["history"]] == ["saved", "renamed", "removed", "restored"]
    assert json.loads(run("show", store, "gamers only", "--version", 1, "--json")[1])["name"] == (
        "pure gamers"
    )
    code, out, _ = run("show", store, "gamers only")
    assert "500 (exact)" in out
    assert "restored" in out


def test_a_segment_is_built_on_a_saved_one_and_told_when_it_is_the_same(
    run: Any, store: Path
) -> None:
    run("save", store, "gaming & food", "--name", "both", "--from", week(1), "--owner", "Wang")
    code, out, err = run("save", store, "@both - gaming>=3", "--name", "less", "--json")
    assert (code, err) == (0, "")
    row = json.loads(out)
    assert row["expression"] == "(interest:gaming & interest:food) - interest:gaming>=3"
    assert row["window_from"] == str(week(1))
    code, _, err = run("save", store, "food & gaming", "--name", "twin", "--from", week(1))
    assert "the same users are saved as 'both'" in err
    code, out, err = run("save", store, "gaming", "--name", "BOTH")
    assert (code, out) == (2, "")
    assert "of Wang" in err
    assert "'BOTH 2' is free" in err


def test_a_change_on_an_old_version_is_kept_aside_and_ends_with_one(run: Any, store: Path) -> None:
    run("save", store, "gaming", "--name", "g", "--note", "keep")
    assert run("save", store, "food", "--name", "g", "--change", 1)[0] == 0
    code, out, err = run("save", store, "gaming - food", "--name", "g", "--change", 1)
    assert (code, out) == (1, "")
    assert "yours is kept as version 3" in err
    assert "Traceback" not in err
    shown = json.loads(run("show", store, "g", "--json")[1])
    assert (shown["expression"], shown["note"]) == ("interest:food", "keep")
    assert run("save", store, "food", "--name", "g", "--change", 9)[0] == 2


def test_a_segment_is_compared_over_two_stores(
    run: Any, store: Path, stores: dict[str, Path], tmp_path: Path
) -> None:
    run("save", store, "gaming", "--name", "g")
    code, out, err = run("compare", store, "g", "--with", stores["now"], "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert list(rows[0]) == work.COMPARISON_TABLE.names()
    assert [r["users"] for r in rows] == [1000, 1600]
    code, out, _ = run("compare", store, "g", "--with", stores["now"])
    assert "+60.0%" in out
    run("save", store, "food", "--name", "f")
    code, out, _ = run("compare", stores["now"], "f", "--workspace", store / work.FILE)
    assert code == 0
    assert "there is no audience 'interest:food'" in out
    code, _, err = run("compare", store, "nothing")
    assert code == 2
    for option, file in (("--excel", "c.xlsx"), ("--parquet", "c.parquet")):
        assert run("compare", store, "g", option, tmp_path / file)[0] == 0
        assert run("list", store, option, tmp_path / f"l{file}")[0] == 0
        assert (tmp_path / file).stat().st_size > 0


def test_the_workspace_may_be_elsewhere_by_option_or_setting(
    run: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/team.db"
    assert run("save", store, "gaming", "--name", "g", "--workspace", url)[0] == 0
    assert not (store / work.FILE).exists()
    assert json.loads(run("list", store, "--json")[1]) == []
    monkeypatch.setenv(work.SETTING, url)
    assert [r["name"] for r in json.loads(run("list", store, "--json")[1])] == ["g"]


def test_mistakes_of_the_command_line_end_in_one_message(run: Any, store: Path) -> None:
    for argv, code, piece in [
        (("save", store, "gaming & nothing", "--name", "x"), 2, "no audience 'nothing'"),
        (("save", store, "@nobody", "--name", "x"), 2, "no saved segment 'nobody'"),
        (("save", store, "gaming", "--name", " "), 2, "no name for a segment"),
        (("show", store, "x"), 2, "no saved segment 'x'"),
        (("list", store / "no"), 1, "no folder for this workspace"),
        (("list", store, "--workspace", "redis://u:hush@h"), 2, "no database 'redis'"),
        (("list", store, "--workspace", "postgresql://u:hush@127.0.0.1:1/d"), 1, "reached"),
    ]:
        ran = run(*argv)
        assert ran[:2] == (code, ""), ran
        assert piece in ran[2]
        assert "Traceback" not in ran[2]
        assert "hush" not in ran[2]


def test_what_needs_no_workspace_does_not_load_sqlalchemy(store: Path) -> None:
    code = (
        "import sys, overlap, overlap.workspace; from overlap.cli import main; "
        "sys.argv = ['overlap', 'size', sys.argv[1], 'gaming']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('sqlalchemy', 'sqlite3')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=True
    )
    assert "1,000 (exact)" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_python_of_the_page_runs(
    tmp_path: Path, stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "workspace.md").read_text("utf-8")
    block = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert block is not None
    shutil.copytree(stores["sampled"], tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(block[1], names)
    assert names["found"].expression == "(category:tv & interest:gaming) - brand:acme"
    assert names["workspace"].get("TV gamers").note == "for the summer"
