"""Events and definitions → occurrences: who bore which audience when, row by row, uncounted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from overlap.audiences.definitions import Definitions
from overlap.audiences.memberships import check_definitions, kind_tags, matching_rows, tag_columns
from overlap.events import Events
from overlap.model import UNIVERSE, AudienceKey


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Rows of events with the audiences they bear.

    `frame` has `user`, `period`, a List(String) column of names for each of `kinds` (column →
    kind; null where a row bears none), and every row bears all of `always`.
    """

    frame: pl.LazyFrame
    kinds: Mapping[str, str]
    always: tuple[AudienceKey, ...]


def occurrences(events: Events, definitions: Definitions | None = None) -> tuple[Occurrences, ...]:
    """Return occurrences that `memberships` would count, in as few passes as can be.

    The first holds every clean row, the universe and the default audiences; one more follows for
    each defined audience. Raises UsageError as `memberships` does.
    """
    wanted = definitions or Definitions()
    check_definitions(events, wanted)
    kinds = {
        f"kind:{kind}": (kind, columns)
        for kind, columns in tag_columns(events).items()
        if wanted.rule(kind).defaults
    }
    names = [
        kind_tags(kind, columns, wanted).alias(column) for column, (kind, columns) in kinds.items()
    ]
    main = Occurrences(
        events.clean.select("user", "period", *names),
        {column: kind for column, (kind, _) in kinds.items()},
        (UNIVERSE,),
    )
    defined = [
        Occurrences(matching_rows(events, definition, wanted), {}, (definition.key,))
        for definition in wanted.audiences
    ]
    return (main, *defined)
