"""What holds for saved segments in a file holds in a real PostgreSQL, and what only it can do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import postgres
import pytest
from test_workspace import Claims, draft

from overlap import workspace as work
from overlap.model import DataError


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def place(server: postgres.Postgres) -> str:
    return server.database()


class TestPostgres(Claims):
    """Every claim of test_workspace, over the network."""


def test_looking_makes_no_table(server: postgres.Postgres, place: str) -> None:
    assert work.open_workspace(place).segments() == ()
    with server.connect(_name(place)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'overlap%'")
        assert found.fetchone() == (0,)


def test_several_who_come_first_make_the_tables_once(place: str) -> None:
    barrier = Barrier(6)

    def person(number: int) -> None:
        with work.open_workspace(place) as kept:
            barrier.wait()
            kept.save(draft(f"n {number}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(person, range(6)))
    assert len(work.open_workspace(place).segments()) == 6


def test_a_table_that_somebody_holds_for_long_says_so_and_loses_nothing(
    server: postgres.Postgres, place: str
) -> None:
    kept = work.open_workspace(place, patience=0.1)
    first = kept.save(draft())
    with server.connect(_name(place)) as connection, connection.transaction():
        connection.execute("LOCK TABLE overlap_segments IN EXCLUSIVE MODE")
        with pytest.raises(DataError, match=r"somebody else is writing.*nothing was saved"):
            kept.save(draft("b"))
        with pytest.raises(DataError, match="somebody else is writing"):
            kept.remove("gamers")
        assert kept.segments() == (first,)
    kept.save(draft("b"))


@pytest.mark.parametrize("why", ["no right to write", "a server that only reads"])
def test_who_may_only_read_reads_and_hears_how_to_go_on(
    server: postgres.Postgres, place: str, why: str
) -> None:
    saved = work.open_workspace(place).save(draft())
    reader = f"reader_{_name(place)}"
    with server.connect(_name(place)) as connection:
        connection.execute(f"CREATE USER {reader} PASSWORD 'hush'")
        rights = "SELECT" if why == "no right to write" else "ALL"
        connection.execute(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {reader}")
        if why != "no right to write":
            connection.execute(f"ALTER USER {reader} SET default_transaction_read_only = on")
    there = work.open_workspace(server.url(_name(place), reader, "hush"))
    assert there.segments() == (saved,)
    for act in (lambda: there.save(draft("b")), lambda: there.remove("gamers")):
        with pytest.raises(DataError, match="read-only for you; nothing was saved") as caught:
            act()
        assert "--workspace" in caught.value.cure
    assert there.segments() == (saved,)


def test_a_wrong_password_and_a_wrong_database_are_named_without_secrets(
    server: postgres.Postgres, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for url, piece in [
        (server.url(_name(place), password="hush-hush"), "password authentication failed"),
        (server.url("nowhere"), 'database "nowhere" does not exist'),
    ]:
        there = work.open_workspace(url)
        with pytest.raises(DataError, match=piece) as caught:
            there.segments()
        told = f"{caught.value} {caught.value.__cause__!r} {there!r} {caplog.text}"
        assert "hush" not in told
        assert postgres.PASSWORD not in told
        assert "s3cret" not in told


def test_a_connection_that_the_server_dropped_is_made_anew(
    server: postgres.Postgres, place: str
) -> None:
    kept = work.open_workspace(place)
    saved = kept.save(draft())
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (_name(place),),
        )
    assert kept.segments() == (saved,)


def test_the_short_forms_of_the_address_reach_the_same_database(place: str) -> None:
    saved = work.open_workspace(place).save(draft())
    for scheme in ("postgresql", "postgres"):
        short = place.replace("postgresql+psycopg", scheme)
        assert work.open_workspace(short).segments() == (saved,)


def _name(place: str) -> str:
    return place.rpartition("/")[2]
