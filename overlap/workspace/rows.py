"""Rows of the tables ↔ records; every statement that is not a change of one row."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from overlap.model import Estimate, Window
from overlap.workspace.records import Action, Draft, SavedSegment, Version, contents
from overlap.workspace.schema import segments, versions


def saved(
    draft: Draft, segment_id: str, author: str, created: datetime, updated: datetime, version: int
) -> SavedSegment:
    """Return a draft as the segment it becomes, at times as they are stored."""
    return SavedSegment(
        **contents(draft),
        id=segment_id,
        author=author,
        created=created.replace(tzinfo=UTC),
        updated=updated.replace(tzinfo=UTC),
        version=version,
    )


def write(
    connection: Connection,
    segment_id: str,
    version: int,
    action: Action,
    draft: Draft,
    author: str,
    moment: datetime,
) -> None:
    """Add a version."""
    connection.execute(
        insert(versions).values(
            segment_id=segment_id,
            version=version,
            action=action.value,
            name=draft.name,
            expression=draft.expression,
            expression_key=draft.key,
            window_start=draft.window.start,
            window_end=draft.window.end,
            note=draft.note,
            owner=draft.owner,
            author=author,
            store=draft.store,
            snapshot=draft.snapshot,
            users=draft.users.value,
            users_low=draft.users.low,
            users_high=draft.users.high,
            users_exact=draft.users.exact,
            users_sample=draft.users.sample,
            users_rate=draft.users.rate,
            floor=draft.floor,
            saved=moment,
        )
    )


def present(connection: Connection) -> tuple[SavedSegment, ...]:
    """Return the segments that are not removed, by name."""
    query = _current().where(segments.c.name_key.is_not(None)).order_by(segments.c.name_key)
    return tuple(_segment(row) for row in connection.execute(query).mappings())


def removed(connection: Connection) -> tuple[SavedSegment, ...]:
    """Return the removed segments, the last one first."""
    query = _current().where(segments.c.name_key.is_(None)).order_by(versions.c.saved.desc())
    return tuple(_segment(row) for row in connection.execute(query).mappings())


def history(connection: Connection, segment_id: str) -> tuple[Version, ...]:
    """Return all versions of a segment, the first one first."""
    query = _all().where(segments.c.id == segment_id).order_by(versions.c.version)
    return tuple(_version(row) for row in connection.execute(query).mappings())


def current(connection: Connection, segment_id: str) -> Version:
    """Return the current version of a segment, also of one that is removed."""
    query = _current().where(segments.c.id == segment_id)
    return _version(connection.execute(query).mappings().one())


def names(connection: Connection) -> dict[str, str]:
    """Return the folded names that are taken, each with its segment's id."""
    query = select(segments.c.name_key, segments.c.id).where(segments.c.name_key.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query)}


def lock(connection: Connection, segment_id: str) -> bool:
    """Hold off other writers of a segment until the end, and return whether it is removed."""
    query = select(segments.c.name_key).where(segments.c.id == segment_id).with_for_update()
    return connection.execute(query).scalar_one() is None


def next_version(connection: Connection, segment_id: str) -> int:
    """Return the number that a segment's next version has."""
    query = select(func.max(versions.c.version)).where(versions.c.segment_id == segment_id)
    return int(connection.execute(query).scalar_one()) + 1


def _all() -> Select[*tuple[object, ...]]:
    return select(versions, segments.c.created, segments.c.current).join(
        segments, segments.c.id == versions.c.segment_id
    )


def _current() -> Select[*tuple[object, ...]]:
    return _all().where(versions.c.version == segments.c.current)


def _version(row: RowMapping) -> Version:
    return Version(Action(row["action"]), row["version"] == row["current"], _segment(row))


def _segment(row: RowMapping) -> SavedSegment:
    return SavedSegment(
        id=row["segment_id"],
        name=row["name"],
        expression=row["expression"],
        key=row["expression_key"],
        window=Window(row["window_start"], row["window_end"]),
        note=row["note"],
        owner=row["owner"],
        author=row["author"],
        store=row["store"],
        snapshot=row["snapshot"],
        users=Estimate(
            row["users"],
            row["users_low"],
            row["users_high"],
            row["users_exact"],
            row["users_sample"],
            row["users_rate"],
        ),
        floor=row["floor"],
        created=row["created"].replace(tzinfo=UTC),
        updated=row["saved"].replace(tzinfo=UTC),
        version=row["version"],
    )
