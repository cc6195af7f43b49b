"""The segments of a workspace: saved, changed, found again, and nothing ever lost."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, insert, or_, select, update

from overlap.model import UsageError, nearest
from overlap.workspace import rows, schema
from overlap.workspace.database import Database
from overlap.workspace.failures import DuplicateError
from overlap.workspace.naming import (
    clean_name,
    clean_note,
    clean_text,
    fold,
    free_name,
    system_user,
)
from overlap.workspace.records import (
    Action,
    ConflictError,
    Draft,
    NameTakenError,
    SavedSegment,
    Version,
    contents,
)

D = TypeVar("D", bound=Draft)


class Workspace:
    """Saved segments in a database, safe to share between threads and programs.

    Every change adds a version and none is ever overwritten. Names are unique, whatever their
    case or width. All operations raise DataError where the database cannot be read or written, or
    is written by others for too long; what `which` names is a segment's id or its name, and
    UsageError is raised where there is none. `author` is who sits at this machine unless given.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"Workspace({self.where!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def where(self) -> str:
        """The address, without its password."""
        return self._database.shown

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    # --- finding ------------------------------------------------------------------------------

    def segments(
        self, *, owner: str | None = None, text: str | None = None, key: str | None = None
    ) -> tuple[SavedSegment, ...]:
        """Return the present segments by name: all, or those of an owner, with a text, of a key.

        `text` is looked for in name, note and expression, whatever its case.
        """
        with self._database.reading() as connection:
            found = rows.present(connection) if connection is not None else ()
        return tuple(
            segment
            for segment in found
            if (owner is None or fold(segment.owner) == fold(owner))
            and (key is None or segment.key == key)
            and (text is None or _mentions(segment, fold(text)))
        )

    def removed(self) -> tuple[SavedSegment, ...]:
        """Return the segments that were removed, the last one first; `restore` takes their ids."""
        with self._database.reading() as connection:
            return rows.removed(connection) if connection is not None else ()

    def get(self, which: str, version: int | None = None) -> SavedSegment:
        """Return a segment as it is now; with a version as it was then, also when removed since."""
        with self._database.reading() as connection:
            connection, found = self._find(connection, which, removed=version is not None)
            if version is None:
                return rows.current(connection, found).segment
            history = rows.history(connection, found)
        for entry in history:
            if entry.segment.version == version:
                return entry.segment
        raise UsageError(
            f"{which!r} has no version {version}",
            where=self.where,
            cure=f"its versions are 1 to {len(history)}",
        )

    def history(self, which: str) -> tuple[Version, ...]:
        """Return all versions of a segment, the first one first, also when it was removed."""
        with self._database.reading() as connection:
            connection, found = self._find(connection, which, removed=True)
            return rows.history(connection, found)

    # --- changing -----------------------------------------------------------------------------

    def save(self, draft: Draft, *, author: str | None = None) -> SavedSegment:
        """Save a new segment; raises NameTakenError where another has the name."""
        draft, author = _checked(draft), _author(author)
        moment, new = schema.now(), secrets.token_hex(8)
        with self._racing(draft.name), self._database.writing() as connection:
            self._check_free(connection, draft.name)
            connection.execute(
                insert(schema.segments).values(
                    id=new, name_key=fold(draft.name), current=1, created=moment
                )
            )
            rows.write(connection, new, 1, Action.SAVE, draft, author, moment)
        return rows.saved(draft, new, author, moment, moment, 1)

    def update(self, changed: SavedSegment, *, author: str | None = None) -> SavedSegment:
        """Save a segment as changed by `dataclasses.replace` or `redraft`, as a new version.

        Where somebody changed or removed it since `changed.version`, raises ConflictError with
        both; the change is then kept as a version of its own beside theirs. What changes nothing
        saves nothing. Raises NameTakenError.
        """
        author, changed = _author(author), _checked(changed)
        with self._racing(changed.name), self._database.writing() as connection:
            _, found = self._find(connection, changed.id, removed=True)
            removed = rows.lock(connection, found)
            latest = rows.current(connection, found)
            now = latest.segment
            if not removed and contents(changed) == contents(now):
                return now
            kept_aside = removed or changed.version != now.version
            action = Action.ASIDE if kept_aside else Action.UPDATE
            new = self._add(connection, now, changed, action, author)
        if kept_aside:
            raise ConflictError(new, now, latest.action, changed.version, self.where)
        return new

    def rename(self, which: str, name: str, *, author: str | None = None) -> SavedSegment:
        """Give a segment another name; raises NameTakenError where another has it."""
        new = clean_name(name)
        return self._change(which, Action.RENAME, new, author)

    def remove(self, which: str, *, author: str | None = None) -> SavedSegment:
        """Take a segment out of the list and free its name; `restore` brings it back."""
        return self._change(which, Action.REMOVE, None, author)

    def restore(
        self, which: str, *, name: str | None = None, author: str | None = None
    ) -> SavedSegment:
        """Bring a removed segment back, under another name if one is given.

        Of several removed under one name it is the last. Raises NameTakenError where another has
        the name now.
        """
        new = None if name is None else clean_name(name)
        return self._change(which, Action.RESTORE, new, author)

    def _change(
        self, which: str, action: Action, name: str | None, author: str | None
    ) -> SavedSegment:
        author = _author(author)
        back = action is Action.RESTORE
        with self._racing(name or which), self._database.writing() as connection:
            _, found = self._find(connection, which, removed=back, present=not back)
            if rows.lock(connection, found) is not back:
                # Somebody else removed or restored it between the two statements.
                raise self._unknown(connection, which)
            now = rows.current(connection, found).segment
            return self._add(connection, now, replace(now, name=name or now.name), action, author)

    def _add(
        self,
        connection: Connection,
        now: SavedSegment,
        changed: SavedSegment,
        action: Action,
        author: str,
    ) -> SavedSegment:
        """Add a version, and make it the current one unless it is kept aside."""
        moment, number = schema.now(), rows.next_version(connection, now.id)
        if action is not Action.ASIDE:
            taken = action is not Action.REMOVE
            if taken:
                self._check_free(connection, changed.name, apart_from=now.id)
            connection.execute(
                update(schema.segments)
                .where(schema.segments.c.id == now.id)
                .values(current=number, name_key=fold(changed.name) if taken else None)
            )
        rows.write(connection, now.id, number, action, changed, author, moment)
        created = now.created.replace(tzinfo=None)
        return rows.saved(changed, now.id, author, created, moment, number)

    # --- names --------------------------------------------------------------------------------

    @contextmanager
    def _racing(self, name: str) -> Iterator[None]:
        """Say who has a name when its row came between our look and our write."""
        try:
            yield
        except DuplicateError:
            with self._database.reading() as connection:
                if connection is not None:
                    self._check_free(connection, name)
            raise

    def _check_free(self, connection: Connection, name: str, apart_from: str = "") -> None:
        taken = rows.names(connection)
        holder = taken.get(fold(name), apart_from)
        if holder != apart_from:
            theirs = rows.current(connection, holder).segment
            raise NameTakenError(name, theirs, free_name(name, taken), self.where)

    def _find(
        self, connection: Connection | None, which: str, *, removed: bool, present: bool = True
    ) -> tuple[Connection, str]:
        """Return the id of a segment by its id or name, with the connection that is there then."""
        if connection is not None:
            table = schema.segments.c
            asked = connection.execute(
                select(table.id, table.name_key).where(
                    or_(table.id == which.strip(), table.name_key == fold(which))
                )
            ).all()
            # An id first, so that nobody can take a link's place by a name.
            for found, key in sorted(asked, key=lambda row: row[0] != which.strip()):
                if present if key is not None else removed:
                    return connection, found
            if removed:
                for segment in rows.removed(connection):
                    if fold(segment.name) == fold(which):
                        return connection, segment.id
        raise self._unknown(connection, which)

    def _unknown(self, connection: Connection | None, which: str) -> UsageError:
        here = rows.present(connection) if connection is not None else ()
        gone = rows.removed(connection) if connection is not None else ()
        cures = [
            f"{segment.author} removed it on {segment.updated:%Y-%m-%d %H:%M} UTC, and "
            f"`overlap segments remove STORE {segment.id} --undo` brings it back"
            for segment in gone
            if segment.id == which or fold(segment.name) == fold(which)
        ][:1]
        near = nearest(which, [segment.name for segment in here])
        cures += ["did you mean " + " or ".join(map(repr, near)) + "?"] if near else []
        return UsageError(
            f"there is no saved segment {which!r}",
            where=self.where,
            cure="; ".join(cures) or "`overlap segments list STORE` shows every saved segment",
        )


def _mentions(segment: SavedSegment, folded: str) -> bool:
    texts = (segment.name, segment.note, segment.expression)
    return any(folded in fold(text) for text in texts)


def _author(author: str | None) -> str:
    return clean_text(author or system_user(), "the author")


def _checked(draft: D) -> D:
    for what, text in (
        ("the expression", draft.expression),
        ("the key", draft.key),
        ("the store", draft.store),
    ):
        clean_text(text, what)
    return replace(
        draft,
        name=clean_name(draft.name),
        note=clean_note(draft.note),
        owner=clean_text(draft.owner.strip(), "the owner") or system_user(),
    )
