"""Which columns of events hold the tags, the texts and the hashtags that definitions ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from overlap.audiences.keywords import HASHTAGS_FIELD, TEXT_FIELD, TextRule
from overlap.events import Events
from overlap.model import TAG_PREFIX, AudienceKey, UsageError, nearest

HASHTAG_NAMES = frozenset({"hashtag", "hashtags", "话题", "话题标签"})
"""Kinds and names of tag columns that hold hashtags."""


@dataclass(frozen=True, slots=True)
class TextColumns:
    """Clean columns by field: that of the posts, lists of hashtags, and lists by kind of tag."""

    text: str | None
    hashtags: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]

    def of(self, field: str) -> tuple[str, ...]:
        """Return the columns whose texts a field means."""
        if field == HASHTAGS_FIELD:
            return ()
        if field == TEXT_FIELD:
            return (self.text,) if self.text is not None else ()
        return self.kinds[field]


def tag_columns(events: Events) -> dict[str, list[str]]:
    """Return the clean tag columns of each kind."""
    columns: dict[str, list[str]] = {}
    for tag in events.roles.tags:
        columns.setdefault(tag.kind, []).append(TAG_PREFIX + tag.column)
    return columns


def text_columns(events: Events) -> TextColumns:
    """Return the columns that text rules can search."""
    tagged = (
        TAG_PREFIX + tag.column
        for tag in events.roles.tags
        if {tag.kind.casefold(), tag.column.casefold()} & HASHTAG_NAMES
    )
    return TextColumns(
        text="text" if events.roles.text is not None else None,
        hashtags=tuple(dict.fromkeys(tagged)),
        kinds={kind: tuple(columns) for kind, columns in tag_columns(events).items()},
    )


def check_fields(events: Events, key: AudienceKey, rule: TextRule, where: str) -> None:
    """Raise UsageError where a rule searches fields that the events lack."""
    columns = text_columns(events)
    for field in rule.fields:
        if field in (TEXT_FIELD, HASHTAGS_FIELD) or field in columns.kinds:
            continue
        known = [TEXT_FIELD, HASHTAGS_FIELD, *columns.kinds]
        close = nearest(field, known, n=1)
        also = f"did you mean {close[0]!r}? " if close else ""
        raise UsageError(
            f"the audience {key} searches the field {field!r}, and no tag column is of that kind",
            where=where,
            cure=f"{also}fields here: {', '.join(known)}; another column of texts becomes one "
            f"with --tags COLUMN={field}, and [kinds] {field} = false keeps its texts from being "
            "audiences",
        )
    if columns.text is None and (TEXT_FIELD in rule.fields or not columns.hashtags):
        raise UsageError(
            f"the audience {key} searches texts, and no column holds them",
            where=where,
            cure="name it with --text COLUMN",
        )
