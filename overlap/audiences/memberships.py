"""Events and definitions → memberships, lazily."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import polars as pl

from overlap.audiences.definitions import AudienceDefinition, Definitions
from overlap.audiences.fields import check_fields, tag_columns, text_columns
from overlap.audiences.matching import fulfilled
from overlap.events import Events
from overlap.model import (
    UNIVERSE,
    AudienceKey,
    UsageError,
    memberships_schema,
    nearest,
)

LAST_DAY = "+last"
"""Column of the day of the last event."""


def memberships(events: Events, definitions: Definitions | None = None) -> pl.LazyFrame:
    """Return who belongs to which audience: one row per (kind, name, period, user).

    Columns as in `model.memberships_schema`; `events` counts the rows of the user in the period
    that bear the audience, a row with the same tag in two columns of a kind counting once. The
    universe counts every row. Minimum events of a definition are counted over its whole window;
    its memberships still come by period, within the window. Raises UsageError where a definition
    asks for kinds, actions, times or texts that the events do not have.
    """
    wanted = definitions or Definitions()
    check_definitions(events, wanted)
    clean = events.clean
    frames = [_counted(clean.select("period", "user"), UNIVERSE)]
    for kind, columns in tag_columns(events).items():
        rule = wanted.rule(kind)
        if rule.defaults:
            frames.append(_defaults(clean, kind, columns, wanted))
    frames += [_defined(events, definition, wanted) for definition in wanted.audiences]
    schema = memberships_schema(events.id_type)
    return pl.concat(frames).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def check_definitions(events: Events, definitions: Definitions) -> None:
    """Raise UsageError where definitions ask for columns that the events lack."""
    kinds = list(tag_columns(events))
    for kind in (*definitions.rename, *definitions.kinds):
        _check_kind(kind, kinds, definitions.where)
    for audience in definitions.audiences:
        where = f"{definitions.where}, audience {audience.key}"
        for kind in audience.tags:
            _check_kind(kind, kinds, where)
        if audience.text is not None:
            check_fields(events, audience.key, audience.text, where)
        if audience.actions and events.roles.action is None:
            raise UsageError(
                f"the audience {audience.key} asks for actions, and no column holds them",
                where=where,
                cure="name it with --action COLUMN",
            )
        if audience.windowed and events.roles.time is None:
            raise UsageError(
                f"the audience {audience.key} has a window, and no column holds times",
                where=where,
                cure="name it with --time COLUMN",
            )


def _check_kind(kind: str, kinds: list[str], where: str) -> None:
    if kind in kinds:
        return
    close = nearest(kind, kinds, n=1)
    raise UsageError(
        f"no tag column is of the kind {kind!r}",
        where=where,
        cure=f"did you mean {close[0]!r}? " if close else f"kinds here: {', '.join(kinds)}",
    )


def _tags(columns: Iterable[str]) -> pl.Expr:
    """Return the tags of a kind in each row, each once, from all its columns."""
    lists = [pl.col(column).fill_null([]) for column in columns]
    return pl.col(next(iter(columns))) if len(lists) == 1 else pl.concat_list(lists).list.unique()


def _counted(rows: pl.LazyFrame, key: AudienceKey) -> pl.LazyFrame:
    counted = rows.group_by("period", "user").agg(events=pl.len())
    return counted.select(
        pl.lit(key.kind).alias("kind"), pl.lit(key.name).alias("name"), "period", "user", "events"
    )


def kind_tags(kind: str, columns: list[str], definitions: Definitions) -> pl.Expr:
    """Return the names of a kind's default audiences in each row, renamed, less the unwanted."""
    rule, renames = definitions.rule(kind), definitions.rename.get(kind, {})
    tags = _tags(columns)
    if renames:
        # Two values of one row may get the same name: they are one event of that audience.
        renamed = pl.element().replace(list(renames), list(renames.values()))
        tags = tags.list.eval(renamed.unique())
    taken = [a.key.name for a in definitions.audiences if a.key.kind == kind]
    name = pl.element()
    if unwanted := [*rule.drop, *taken]:
        tags = tags.list.eval(name.filter(~name.is_in(unwanted)))
    if rule.keep:
        tags = tags.list.eval(name.filter(name.is_in(list(rule.keep))))
    return tags


def default_names(kind: str, values: pl.Series, definitions: Definitions) -> pl.Series:
    """Return the names of the default audiences of cleaned tags, null where one makes none."""
    if not definitions.rename.get(kind) and not _restricted(kind, definitions):
        return values
    lists = values.to_frame("tag").select(
        pl.when(pl.col("tag").is_not_null()).then(pl.concat_list("tag")).alias("tags")
    )
    return lists.select(kind_tags(kind, ["tags"], definitions).list.first()).to_series()


def _restricted(kind: str, definitions: Definitions) -> bool:
    rule = definitions.rule(kind)
    return bool(rule.keep or rule.drop or any(a.key.kind == kind for a in definitions.audiences))


def _defaults(
    clean: pl.LazyFrame, kind: str, columns: list[str], definitions: Definitions
) -> pl.LazyFrame:
    """Return the memberships of every value of a kind."""
    names = kind_tags(kind, columns, definitions).alias("name")
    rows = clean.select("period", "user", names).explode("name")
    kept = rows.filter(pl.col("name").is_not_null())
    counted = kept.group_by("name", "period", "user").agg(events=pl.len())
    return counted.select(pl.lit(kind).alias("kind"), "name", "period", "user", "events")


def _defined(
    events: Events, definition: AudienceDefinition, definitions: Definitions
) -> pl.LazyFrame:
    """Return the memberships of one defined audience."""
    return _counted(matching_rows(events, definition, definitions), definition.key)


def matching_rows(
    events: Events, definition: AudienceDefinition, definitions: Definitions
) -> pl.LazyFrame:
    """Return `user` and `period` of the rows that make a defined audience's memberships."""
    clean = with_last_day(events.clean, [definition])
    fits = conditions(events, definition, definitions)
    rows = clean if fits is None else clean.filter(fits)
    if definition.text is not None:
        said = fulfilled({0: definition.text}, text_columns(events))
        rows = rows.filter(said.list.len() > 0)
    rows = rows.select("user", "period")
    if definition.min_events == 1:
        return rows
    often = rows.group_by("user").len().filter(pl.col("len") >= definition.min_events)
    return rows.join(often.select("user"), on="user", how="semi")


def with_last_day(clean: pl.LazyFrame, audiences: Iterable[AudienceDefinition]) -> pl.LazyFrame:
    """Add the day of the last event as `LAST_DAY` where an audience looks back from it."""
    if all(audience.last_days is None for audience in audiences):
        return clean
    last = clean.select(pl.col("time").max().dt.date().alias(LAST_DAY))
    return clean.join(last, how="cross")


def conditions(
    events: Events, definition: AudienceDefinition, definitions: Definitions
) -> pl.Expr | None:
    """Return whether a row fits a definition's tags, actions and window; None where it has none."""
    columns = tag_columns(events)
    wanted: list[pl.Expr] = []
    if definition.tags:
        wanted.append(
            pl.any_horizontal(
                _has_any(columns[kind], _values(kind, values, definitions))
                for kind, values in definition.tags.items()
            )
        )
    if definition.actions:
        wanted.append(pl.col("action").is_in(list(definition.actions)))
    day = pl.col("time").dt.date()
    if definition.start is not None:
        wanted.append(day >= definition.start)
    if definition.end is not None:
        wanted.append(day <= definition.end)
    if definition.last_days is not None:
        wanted.append(day > pl.col(LAST_DAY) - timedelta(days=definition.last_days))
    return pl.all_horizontal(wanted).fill_null(False) if wanted else None


def _has_any(columns: list[str], values: list[str]) -> pl.Expr:
    return pl.any_horizontal(
        pl.col(column).list.set_intersection(values).list.len().fill_null(0) > 0
        for column in columns
    )


def _values(kind: str, values: tuple[str, ...], definitions: Definitions) -> list[str]:
    """Return the values in the data that a definition means by names before or after renaming."""
    renamed = definitions.rename.get(kind, {})
    return [*values, *(value for value, name in renamed.items() if name in values)]
