"""Typed reading of a TOML document whose complaints point at the line, table and key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from overlap.events import check_kind
from overlap.model import UsageError, nearest


@dataclass(frozen=True, slots=True)
class Place:
    """A table, its number where there are several of it, a key in it and a value of the key."""

    table: str = ""
    number: int = 0
    key: str = ""
    value: str = ""

    def at(self, key: str) -> Place:
        """Return the place of a key in the same table."""
        return replace(self, key=key, value="")

    def of(self, value: object) -> Place:
        """Return the place of one of the texts that the key has."""
        return replace(self, value=str(value))

    def __str__(self) -> str:
        table = f"[[{self.table}]] number {self.number}" if self.number else f"[{self.table}]"
        parts = [table if self.table else "", f"key {self.key!r}" if self.key else ""]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values out of one document; every method raises UsageError for a value it refuses."""

    document: str
    where: str

    def wrong(self, what: str, place: Place, cure: str) -> UsageError:
        """Return the error for something in a place, with the line where it is found."""
        line = self._line(place)
        spots = [self.where, f"line {line}" if line else "", str(place)]
        return UsageError(what, where=", ".join(spot for spot in spots if spot), cure=cure)

    def check_keys(self, table: Mapping[str, object], known: Sequence[str], place: Place) -> None:
        """Refuse keys that are not known, naming those that are."""
        for key in table:
            if key in known:
                continue
            close = nearest(key, known, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise self.wrong(
                f"unknown key {key!r}", place.at(key), f"{hint}known keys: {', '.join(known)}"
            )

    def tables(self, document: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
        """Return an array of tables, empty where there is none."""
        value = document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.wrong(
                f"{key!r} must be a list of tables", Place(key), f"begin each with [[{key}]]"
            )
        return value

    def table(self, parent: Mapping[str, object], key: str, place: Place) -> Mapping[str, object]:
        """Return a table, empty where there is none."""
        value = parent.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong(
                f"{key!r} is {value!r}, not a table", place.at(key), f"write {key} = {{ … }}"
            )
        return value

    def name(self, table: Mapping[str, object], key: str, place: Place) -> str:
        """Return a name that must be there and not be blank, trimmed."""
        if key not in table:
            raise self.wrong(f"{key!r} is missing", place, f'add {key} = "…"')
        return self.trimmed(table[key], place.at(key))

    def trimmed(self, value: object, place: Place) -> str:
        """Return a name that must not be blank, trimmed."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{value!r} is not a name", place, 'write a text, as in "gaming"')
        return value.strip()

    def names(self, value: object, place: Place) -> tuple[str, ...]:
        """Return a list of names, or the one name, each trimmed and once."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not values:
            raise self.wrong(
                f"{value!r} is not a list of names", place, 'write a list, as in ["gaming"]'
            )
        return tuple(dict.fromkeys(self.trimmed(v, place) for v in values))

    def kind(self, name: str, place: Place) -> str:
        """Return the name of a kind: one word, not the universe's."""
        check_kind(name, self.wrong("", place, "").where)
        return name

    def count(self, table: Mapping[str, object], key: str, place: Place) -> int | None:
        """Return a whole number of at least 1, or None where there is none."""
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.wrong(
                f"{key} is {value!r}", place.at(key), "write a whole number of at least 1"
            )
        return value

    def day(self, table: Mapping[str, object], key: str, place: Place) -> date | None:
        """Return a date, written as one or as text, or None where there is none."""
        value = table.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise self.wrong(
                f"{key} is {value!r}, which is no day", place, 'write it as "2026-05-04"'
            ) from error

    def _line(self, place: Place) -> int | None:
        lines = self.document.splitlines()
        start, stop = 0, len(lines)
        if not place.table and place.key:
            openers = (f"[{place.key}]", f"[[{place.key}]]")
            heads = [i for i, line in enumerate(lines) if _bare(line) in openers]
            if heads:
                return heads[0] + 1
        if place.table:
            opener = f"[[{place.table}]]" if place.number else f"[{place.table}]"
            heads = [i for i, line in enumerate(lines) if _bare(line) == opener]
            if len(heads) >= max(place.number, 1):
                start = heads[max(place.number, 1) - 1]
                inner = (f"[{place.table}.", f"[[{place.table}.")
                after = (
                    i
                    for i in range(start + 1, len(lines))
                    if lines[i].startswith("[") and not _bare(lines[i]).startswith(inner)
                )
                stop = next(after, len(lines))
            elif not place.key:
                return None
        if place.key:
            key = re.compile(rf"""(^|[\s{{,\[."'])["']?{re.escape(place.key)}["']?\s*[=\].]""")
            hits = (i for i in range(start, stop) if key.search(lines[i]))
            start = next(hits, start)
            quoted = [f"{quote}{place.value}{quote}" for quote in "\"'" if place.value]
            values = (i for i in range(start, stop) if any(q in lines[i] for q in quoted))
            return next(values, start) + 1
        return start + 1 if place.table else None


def _bare(line: str) -> str:
    return line.partition("#")[0].replace(" ", "").replace('"', "")
