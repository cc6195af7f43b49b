"""The TOML file that defines audiences → frozen records.

    [[audience]]                        # one for each audience
    kind = "interest"
    name = "esports fans"
    tags = { interest = ["gaming", "esports"], category = ["gaming chairs"] }   # any of these
    actions = ["buy", "review"]         # any of these; all actions if left out
    min_events = 3                      # such events of a user within the window
    window = { from = "2026-01-01", to = "2026-06-30" }   # either may be left out
    # window = { last_days = 90 }       # the days up to the last event of the data being built
    text = { any = ["e-sports", "开黑"], all = ["TV"], none = ["广告"] }   # what its texts say
    fields = ["text", "hashtags"]       # where: this if left out; also kinds of tag columns

    [rename.category]                   # value = new name; several to one name groups them
    "LCD TV" = "television"
    "OLED TV" = "television"

    [kinds]
    brand = false                       # no audiences of this kind by default
    interest = { drop = ["unknown"] }   # or keep = [...]: only these

and, before the first table, ready-made definitions to take in:

    include = ["intents/zh", "intents/en"]

Tags in a definition may be values as they stand in the data or the names they are renamed to;
`keep` and `drop` go by the new names. A definition takes the place of a default audience that has
its kind and name, and of one that is included.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from overlap.audiences.included import block, included_text, joined, written_out
from overlap.audiences.keywords import TextRule, read_text_rule
from overlap.audiences.toml import Place, Reader
from overlap.model import AudienceKey, DataError, UsageError

_AUDIENCE_KEYS = ("kind", "name", "tags", "actions", "min_events", "window", "text", "fields")


@dataclass(frozen=True, slots=True)
class AudienceDefinition:
    """An audience of users with at least `min_events` events that fit.

    An event fits if it has any of the `tags` (kind → values), any of the `actions`, fulfils the
    `text` rule, and falls into the window: from `start` to `end`, both included, or the `last_days`
    up to the last event. What is empty or None does not restrict.
    """

    key: AudienceKey
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    min_events: int = 1
    start: date | None = None
    end: date | None = None
    last_days: int | None = None
    text: TextRule | None = None

    @property
    def windowed(self) -> bool:
        """Whether the definition asks when an event was."""
        return self.start is not None or self.end is not None or self.last_days is not None


@dataclass(frozen=True, slots=True)
class KindRule:
    """Which default audiences of a kind are made: none, only `keep`, or all but `drop`."""

    defaults: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything one file says; `text` is the file itself, so that a store can record it."""

    audiences: tuple[AudienceDefinition, ...] = ()
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, KindRule] = field(default_factory=dict)
    text: str = ""
    where: str = "definitions"

    def rule(self, kind: str) -> KindRule:
        """Return what is said about the default audiences of a kind."""
        return self.kinds.get(kind, KindRule())


def load_definitions(path: Path) -> Definitions:
    """Read a definitions file.

    Raises UsageError where there is no such file or it asks for what cannot be, pointing at the
    line, table and key; DataError where it cannot be read or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no file {str(path)!r}", where="--audiences", cure="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is not UTF-8 (byte {error.start:,} does not fit)",
            where=str(path),
            cure="save it as UTF-8",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}", where=str(path), cure="give a TOML file"
        ) from error
    return parse_definitions(text, str(path))


def parse_definitions(text: str, where: str = "definitions") -> Definitions:
    """Read definitions from TOML text; `where` names it in messages. Raises as the file would."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            f"{where} is not TOML: {error}", where=where, cure="mend the line it points at"
        ) from error
    reader = Reader(text, where)
    reader.check_keys(document, ("include", "audience", "rename", "kinds"), Place())
    audiences = [
        _audience(reader, table, Place("audience", number))
        for number, table in enumerate(reader.tables(document, "audience"), start=1)
    ]
    seen: set[AudienceKey] = set()
    for number, audience in enumerate(audiences, start=1):
        if audience.key in seen:
            raise reader.wrong(
                f"the audience {audience.key} is defined twice",
                Place("audience", number, "name"),
                "give one of them another name",
            )
        seen.add(audience.key)
    names = reader.names(document["include"], Place(key="include")) if "include" in document else ()
    added = [audience for audience in _included(reader, names) if audience.key not in seen]
    return Definitions(
        audiences=(*audiences, *added),
        rename=_renames(reader, document),
        kinds=_kinds(reader, document),
        text=_written_out(reader, names, added) if names else text,
        where=where,
    )


def _included(reader: Reader, names: Sequence[str]) -> list[AudienceDefinition]:
    """Return the audiences of ready-made files; what several of them define has all keywords."""
    rules: dict[AudienceKey, list[TextRule]] = {}
    for name in names:
        try:
            audiences = parse_definitions(included_text(name), name).audiences
        except UsageError as error:
            raise reader.wrong(error.what, Place(key="include", value=name), error.cure) from error
        for audience in audiences:
            rules.setdefault(audience.key, []).extend([audience.text] if audience.text else [])
    return [AudienceDefinition(key, text=joined(found)) for key, found in rules.items()]


def _written_out(reader: Reader, names: Sequence[str], added: Sequence[AudienceDefinition]) -> str:
    blocks = [block(a.key.kind, a.key.name, a.text) for a in added if a.text is not None]
    text = written_out(reader.document, names, blocks)
    if text is None:
        raise reader.wrong(
            "what is included cannot be written into this file",
            Place(key="include"),
            'write include = ["intents/zh"] on a line at its head, and begin audiences with '
            "[[audience]]",
        )
    return text


def _audience(reader: Reader, table: Mapping[str, object], place: Place) -> AudienceDefinition:
    reader.check_keys(table, _AUDIENCE_KEYS, place)
    kind = reader.kind(reader.name(table, "kind", place), place.at("kind"))
    key = AudienceKey(kind, reader.name(table, "name", place))
    tags = {
        reader.kind(tagged, place.at("tags")): reader.names(values, place.at("tags"))
        for tagged, values in reader.table(table, "tags", place).items()
    }
    actions = reader.names(table["actions"], place.at("actions")) if "actions" in table else ()
    start, end, last_days = _window(reader, table, place)
    min_events = reader.count(table, "min_events", place) or 1
    text = read_text_rule(reader, table, place)
    definition = AudienceDefinition(key, tags, actions, min_events, start, end, last_days, text)
    asks = bool(tags or actions) or (text is not None and text.positive)
    if not asks and min_events == 1 and not definition.windowed:
        raise reader.wrong(
            f"the audience {key} would hold {'nearly ' if text else ''}everybody",
            place.at("name"),
            "say what its users have: text, tags, actions, min_events or window",
        )
    return definition


def _window(
    reader: Reader, table: Mapping[str, object], place: Place
) -> tuple[date | None, date | None, int | None]:
    window, here = reader.table(table, "window", place), place.at("window")
    if "window" in table:
        reader.check_keys(window, ("from", "to", "last_days"), here)
    start, end = reader.day(window, "from", here), reader.day(window, "to", here)
    last_days = reader.count(window, "last_days", here)
    if last_days is not None and (start or end):
        raise reader.wrong(
            "a window has either last_days or from and to, not both", here, "take one of them out"
        )
    if start and end and start > end:
        raise reader.wrong(
            f"a window ends ({end}) before it begins ({start})", here, "swap from and to"
        )
    return start, end, last_days


def _renames(reader: Reader, document: Mapping[str, object]) -> dict[str, dict[str, str]]:
    renames: dict[str, dict[str, str]] = {}
    for kind in reader.table(document, "rename", Place()):
        place = Place(f"rename.{kind}")
        reader.kind(kind, place)
        table = reader.table(reader.table(document, "rename", Place()), kind, place)
        renames[kind] = {
            reader.trimmed(value, place): reader.name(table, value, place) for value in table
        }
    return renames


def _kinds(reader: Reader, document: Mapping[str, object]) -> dict[str, KindRule]:
    rules: dict[str, KindRule] = {}
    for kind, value in reader.table(document, "kinds", Place()).items():
        place = Place("kinds", key=reader.kind(kind, Place("kinds")))
        if isinstance(value, bool):
            rules[kind] = KindRule(defaults=value)
            continue
        if not isinstance(value, Mapping):
            raise reader.wrong(
                f"kinds.{kind} is {value!r}, neither true, false nor a table",
                place,
                'write false, or { drop = ["a value"] }, or { keep = ["a value"] }',
            )
        reader.check_keys(value, ("keep", "drop"), place)
        lists = {key: reader.names(names, place) for key, names in value.items()}
        rules[kind] = KindRule(keep=lists.get("keep", ()), drop=lists.get("drop", ()))
        if len(lists) == 2:
            raise reader.wrong(
                f"kinds.{kind} has both keep and drop", place, "take one of them out"
            )
    return rules
