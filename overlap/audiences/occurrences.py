"""Events and definitions → occurrences: who bore which audience when, row by row, uncounted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from overlap.audiences.definitions import AudienceDefinition, Definitions
from overlap.audiences.fields import tag_columns, text_columns
from overlap.audiences.matching import fulfilled
from overlap.audiences.memberships import (
    check_definitions,
    conditions,
    kind_tags,
    with_last_day,
)
from overlap.events import Events
from overlap.model import UNIVERSE, AudienceKey

_NUMBERS = "+audiences"
"""Places of the defined audiences in their file: List(UInt32), or one by one where exploded."""
_SAID = "+said"


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

    The first holds every clean row, the universe and the default audiences. Another follows for
    the defined audiences, however many, and one more for those with minimum events. Raises
    UsageError as `memberships` does.
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
    numbered = dict(enumerate(wanted.audiences))
    once = {n: audience for n, audience in numbered.items() if audience.min_events == 1}
    often = {n: audience for n, audience in numbered.items() if audience.min_events > 1}
    defined = []
    if once:
        defined.append(_named(_bearing(events, once, wanted), once))
    if often:
        defined.append(_named(_frequent(_bearing(events, often, wanted), often), often))
    return (main, *defined)


def _bearing(
    events: Events, audiences: Mapping[int, AudienceDefinition], definitions: Definitions
) -> pl.LazyFrame:
    """Return `user`, `period` and the numbers of the audiences each row fits, if it fits any."""
    clean = with_last_day(events.clean, audiences.values())
    rules = {n: audience.text for n, audience in audiences.items() if audience.text is not None}
    if rules:
        clean = clean.with_columns(fulfilled(rules, text_columns(events)).alias(_SAID))
    # Audiences often share their tags, actions and window: each such condition is looked at once.
    alike: dict[str, tuple[pl.Expr | None, list[int]]] = {}
    for number, audience in audiences.items():
        fits = conditions(events, audience, definitions)
        condition = repr(replace(audience, key=UNIVERSE, text=None, min_events=1))
        alike.setdefault(condition, (fits, []))[1].append(number)
    parts = []
    for fits, numbers in alike.values():
        silent = [n for n in numbers if n not in rules]
        spoken = [n for n in numbers if n in rules]
        part = _list(silent) if silent else None
        if spoken:
            said = pl.col(_SAID)
            if len(spoken) < len(rules):
                said = said.list.eval(pl.element().filter(pl.element().is_in(spoken)))
            part = said if part is None else pl.concat_list(part, said)
        assert part is not None
        parts.append(part if fits is None else pl.when(fits).then(part))
    lists = [part.fill_null([]) for part in parts]
    found = lists[0] if len(lists) == 1 else pl.concat_list(lists)
    return clean.select("user", "period", found.alias(_NUMBERS)).filter(
        pl.col(_NUMBERS).list.len() > 0
    )


def _list(numbers: list[int]) -> pl.Expr:
    return pl.lit(pl.Series([numbers], dtype=pl.List(pl.UInt32))).first()


def _frequent(rows: pl.LazyFrame, audiences: Mapping[int, AudienceDefinition]) -> pl.LazyFrame:
    """Return rows with one number each, of users with the minimum events of that audience."""
    single = rows.explode(_NUMBERS)
    least = pl.col(_NUMBERS).replace_strict(
        list(audiences),
        [audience.min_events for audience in audiences.values()],
        return_dtype=pl.UInt32,
    )
    often = single.group_by("user", _NUMBERS).len("events").filter(pl.col("events") >= least)
    kept = single.join(often, on=["user", _NUMBERS], how="semi")
    return kept.with_columns(pl.concat_list(_NUMBERS))


def _named(rows: pl.LazyFrame, audiences: Mapping[int, AudienceDefinition]) -> Occurrences:
    """Return occurrences with a column of names for each kind of the numbered audiences."""
    kinds: dict[str, dict[int, str]] = {}
    for number, audience in audiences.items():
        kinds.setdefault(audience.key.kind, {})[number] = audience.key.name
    names = [
        pl.col(_NUMBERS)
        .list.eval(
            pl.element()
            .replace_strict(list(named), list(named.values()), default=None, return_dtype=pl.String)
            .drop_nulls()
        )
        .alias(f"kind:{kind}")
        for kind, named in kinds.items()
    ]
    return Occurrences(
        rows.select("user", "period", *names), {f"kind:{kind}": kind for kind in kinds}, ()
    )
