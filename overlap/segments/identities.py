"""Where members' identities are: columns of the events, a file of their own, or the ids themselves.

A source of identities is read as events are (any format, any encoding), each identity column as a
column of tags: blanks are nothing, lists hold several, several rows a user are fine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import hashing
from overlap.events import Events, read_events
from overlap.events.opening import open_sources
from overlap.model import (
    TAG_PREFIX,
    EventRoles,
    IdType,
    TagColumn,
    UsageError,
    nearest,
    user_dtype,
)
from overlap.segments import kernels
from overlap.segments.formats import Format
from overlap.segments.gathering import ExactMembers
from overlap.segments.records import ExportOptions
from overlap.segments.sources import open_columns
from overlap.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INTEGER = r"^(?:0|-?[1-9][0-9]{0,18})$"
_KIND = "identity"


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Members' distinct rows of `user` and one String column for each of `keys`, lazily."""

    rows: pl.LazyFrame
    keys: tuple[str, ...]
    where: str
    names: tuple[str, ...] = ()
    opened: tuple[Events, ...] = ()

    def close(self) -> None:
        """Remove temporary copies of the sources."""
        for events in self.opened:
            events.close()


def find_identities(
    store: Store,
    found: ExactMembers,
    events: Sequence[str],
    form: Format,
    options: ExportOptions,
) -> Identities:
    """Return where the members' identities are, settled but not read.

    Without a mapping, columns of an identity file that are named as the format's fields are taken.
    Raises UsageError for fields or columns that do not exist, DataError for sources that cannot be
    read.
    """
    if options.identities is not None:
        return _from_file(found, form, options, options.identities)
    if not options.identity:
        raise UsageError(
            f"{form.name} needs to know where the identities are",
            where="--identity",
            cure=f"name columns of the events, as in --identity {form.fields[0].key}=COLUMN, "
            "or a file of its own with --identities FILE",
        )
    columns = _by_field(form, options.identity)
    if all(names == [found.user_column] for names in columns.values()):
        text = pl.col("user").cast(pl.String).str.strip_chars()
        cells = {key: pl.when(text != "").then(text) for key in columns}
        return Identities(found.users.select("user", **cells), tuple(columns), "the user ids")
    wanted = dict.fromkeys(name for names in columns.values() for name in names)
    tags = tuple(TagColumn(name, _KIND) for name in wanted)
    with _asked_for("--identity"):
        opened = open_columns(store, events, tags, options.query)
    return _flat(opened, columns, found, "these events")


def _from_file(
    found: ExactMembers, form: Format, options: ExportOptions, source: str
) -> Identities:
    schemas = [table.schema for table in open_sources([source]).tables]
    there = list(dict.fromkeys(name for schema in schemas for name in schema))
    user = options.id_column or found.user_column
    if user not in there:
        close = nearest(user, there)
        raise UsageError(
            f"{source} has no column {user!r} of user ids",
            where=f"columns: {', '.join(there[:40])}",
            cure="name it with --id-column COLUMN" + (f"; {close[0]!r} perhaps" if close else ""),
        )
    mapping = options.identity or tuple(
        (field.key, name)
        for name in there
        for field in form.fields
        if name.casefold() in (field.key, field.header.casefold()) and name != user
    )
    if form.single and not options.identity:
        mapping = mapping[:1]
    if not mapping:
        raise UsageError(
            f"no column of {source} is named as a field of {form.name}",
            where=f"columns: {', '.join(there[:40])}",
            cure=f"say which is which, as in --identity {form.fields[0].key}=COLUMN; "
            f"fields: {', '.join(field.key for field in form.fields)}",
        )
    columns = _by_field(form, mapping)
    wanted = dict.fromkeys(name for names in columns.values() for name in names)
    roles = EventRoles(user, tuple(TagColumn(name, _KIND) for name in wanted))
    with _asked_for("--identity"):
        opened = (read_events([source], roles),)
    return _flat(opened, columns, found, source)


def _by_field(form: Format, mapping: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for key, column in mapping:
        names = columns.setdefault(form.field(key).key, [])
        if column not in names:
            names.append(column)
    return columns


def _flat(
    opened: Sequence[Events], columns: dict[str, list[str]], found: ExactMembers, where: str
) -> Identities:
    """Return members' rows of single values: the first of each field, the second, and so on."""
    frames = []
    for events in opened:
        cells = {
            key: pl.concat_list(pl.col(TAG_PREFIX + name).fill_null([]) for name in names)
            for key, names in columns.items()
        }
        frames.append(
            events.clean.select(_as_stored(events.id_type, found.id_type).alias("user"), **cells)
        )
    several = pl.max_horizontal(pl.col(key).list.len() for key in columns)
    rows = (
        pl.concat(frames)
        # Most rows are nobody's: they are let go before a join would hold them.
        .filter(pl.col("user").map_batches(_among(found), pl.Boolean, is_elementwise=True))
        .join(found.users, on="user", how="semi")
        .with_columns(pl.int_ranges(0, several).alias("+row"))
        .explode("+row")
        # A shorter list says its first again: a name goes with each of two addresses.
        .select(
            "user",
            *(
                pl.col(key)
                .list.get(pl.col("+row"), null_on_oob=True)
                .fill_null(pl.col(key).list.get(0, null_on_oob=True))
                for key in columns
            ),
        )
        .unique()
    )
    names = tuple(name for events in opened for name in events.sources)
    return Identities(rows, tuple(columns), where, names, tuple(opened))


def _among(found: ExactMembers) -> Callable[[pl.Series], pl.Series]:
    """Return a look at users that tells which may be members; of integers, which are."""
    keys = np.empty(found.count, dtype=np.uint64)
    at = 0
    for users in found.batches():
        keys[at : at + len(users)] = _keys(users)
        at += len(users)
    size = 1 << (2 * found.count).bit_length()
    slot_key, slot = np.empty(size, dtype=np.uint64), np.zeros(size, dtype=np.int32)
    scratch = np.empty(found.count, dtype=np.int32), np.empty(found.count, dtype=np.int32)
    kernels.number_words(keys, slot_key, slot, *scratch)

    def look(users: pl.Series) -> pl.Series:
        there = users.is_not_null()
        among = np.empty(int(there.sum()), dtype=np.bool_)
        kernels.among(_keys(users.drop_nulls()), slot_key, slot, among)
        return there.scatter(there.arg_true(), pl.Series(among))

    return look


def _keys(users: pl.Series) -> NDArray[np.uint64]:
    if users.dtype == pl.Int64:
        return hashing.remix(users.to_numpy().view(np.uint64))
    return hashing.hash_users(users)


def _as_stored(read: IdType, stored: IdType) -> pl.Expr:
    """Return user ids as the store has them, null where they cannot be one of its."""
    user = pl.col("user")
    if read == stored:
        return user
    if stored == "text":
        return user.cast(pl.String)
    return pl.when(user.str.contains(_INTEGER)).then(user).cast(user_dtype(stored), strict=False)


@contextmanager
def _asked_for(option: str) -> Iterator[None]:
    """Name the option that a missing column was asked for with."""
    try:
        yield
    except UsageError as error:
        what = error.what.replace("--tags", option)
        raise UsageError(what, where=error.where, cure=error.cure) from error
