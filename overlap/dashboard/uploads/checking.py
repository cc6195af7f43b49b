"""What still keeps a draft from being built, and what its first rows look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import polars as pl

from overlap.dashboard.uploads import places
from overlap.dashboard.uploads.drafts import SINGLE, TAGS, Draft
from overlap.events import check_kind, first_rows
from overlap.model import EventRoles, OverlapError, PeriodUnit, TagColumn, UsageError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend before the build: a key, and the values of its sentence."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


def problems(draft: Draft) -> list[Problem]:
    """Return what keeps a draft from being built, the columns first; empty where nothing does."""
    return [*column_problems(draft), *_name_problems(draft)]


def column_problems(draft: Draft) -> list[Problem]:
    """Return what is wrong with the parts that were chosen for the columns."""
    found: list[Problem] = []
    columns = draft.columns
    if len(columns) == 1:
        return [Problem("one_column", {"column": columns[0].name, "file": draft.files[0].name})]
    for part in SINGLE:
        chosen = draft.chosen(part)
        if len(chosen) > 1:
            found.append(Problem(f"two_{part}", {"columns": _listed(chosen)}))
    if not draft.chosen("user"):
        found.append(Problem("no_user"))
    for column, kind, _ in draft.tags():
        try:
            check_kind(kind, column)
        except UsageError:
            found.append(Problem("bad_kind", {"kind": kind, "column": column}))
    if not draft.tags():
        text = draft.chosen("text")
        if not text:
            found.append(Problem("no_tags"))
        elif not draft.terms:
            found.append(Problem("no_terms", {"column": text[0]}))
    if draft.period != "none" and not draft.chosen("time"):
        found.append(Problem("no_time"))
    used = [name for name in draft.parts if draft.parts[name]]
    for file in draft.files:
        has = {column.name for column in file.layout.columns}
        lacking = [name for name in used if name not in has]
        if lacking:
            found.append(Problem("lacks", {"file": file.name, "columns": _listed(lacking)}))
    return found


def _name_problems(draft: Draft) -> list[Problem]:
    problem = places.name_problem(draft.name)
    return [Problem(f"name_{problem}", {"name": draft.name})] if problem else []


def roles(draft: Draft) -> EventRoles | None:
    """Return the roles of a draft, None while they are not settled."""
    if column_problems(draft):
        return None
    first = {part: next(iter(draft.chosen(part)), None) for part in SINGLE}
    user = first["user"]
    assert user is not None
    return EventRoles(
        user,
        tuple(TagColumn(*tag) for tag in draft.tags()),
        time=first["time"],
        text=first["text"],
        action=first["action"],
    )


def preview(draft: Draft) -> pl.DataFrame:
    """Return the first rows of all files, `file`, `row` and `reason` first, columns as text.

    `reason` is why a row would be rejected, null where it would be used or the roles are not
    settled. Raises DataError or UsageError where the rows cannot be read as the roles say.
    """
    settled = roles(draft)
    frames = [
        first_rows(draft.head(file), settled, cast("PeriodUnit", draft.period))
        .drop("source")
        .with_columns(pl.lit(file.name).alias("source"))
        for file in draft.files
    ]
    rows = pl.concat(frames, how="diagonal")
    return rows.select("source", "row", "reason", pl.exclude("source", "row", "reason"))


def doubts(draft: Draft) -> OverlapError | None:
    """Return why the first rows cannot be read as was chosen, None where they can."""
    try:
        preview(draft)
    except OverlapError as error:
        return error
    return None


def parted(part: str) -> tuple[str, str]:
    """Return what a column was chosen for as part and kind, the kind empty but for tags."""
    return ("tags", part.removeprefix(TAGS)) if part.startswith(TAGS) else (part, "")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} …"
