"""What became of the saved segments, in a sentence, and of one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from overlap.dashboard.pages.saved.rows import change_ends, key_of, signed, why_not
from overlap.dashboard.texts import day, text
from overlap.insights import wording

Row = Mapping[str, Any]


def headline(frame: pl.DataFrame, other: str | None, language: str) -> str:
    """Say how many segments grew and fell; `other` is the store they are compared with."""
    counts = Counter(key_of(row) for row in frame.iter_rows(named=True))
    grew, fell = counts["grew"], counts["fell"]
    known = sum(counts[key] for key in ("grew", "fell", "flat", "same"))
    key = (
        "both" if grew and fell else "grew" if grew else "fell" if fell
        else "none" if not known else "same" if counts["same"] == known else "flat"
    )  # fmt: skip
    since = text("saved_since" if other is None else "saved_from", language, store=other or "")
    values = {"grew": f"{grew:,}", "fell": f"{fell:,}", "all": f"{len(frame):,}", "since": since}
    return text(f"saved_answer_{key}", language, **values)


def sentences(frame: pl.DataFrame, exact: bool, language: str) -> list[str]:
    """Say which segment moved most, what could not be compared, and how far numbers carry."""
    rows = frame.to_dicts()
    moved = [row for row in rows if key_of(row) in ("grew", "fell") and row["change"] is not None]
    told = []
    if moved:
        first = moved[0]
        told.append(
            text("saved_most", language, name=first["name"], change=signed(first["change"]))
        )
    unknown = sum(key_of(row) in ("unknown", "hidden") for row in rows)
    if unknown:
        told.append(text("saved_some_unknown", language, n=f"{unknown:,}"))
    both = exact and bool(frame["saved_exact"].fill_null(True).all())
    told.append(text("saved_exact" if both else "saved_sampled", language))
    return told


def sentence(row: Row, before: str, now: str, language: str) -> str:
    """Say what a segment was and is; `before` and `now` say where the two sizes are from."""
    key = key_of(row)
    if key == "hidden":
        return text("saved_say_hidden", language, why=why_not(row, language))
    if key == "unknown":
        return text("saved_say_unknown", language, why=why_not(row, language))
    sizes = text(
        "saved_say_sizes", language,
        before=users(row["saved_users"], language, exact=bool(row["saved_exact"])), then=before,
        now=users(row["users"], language, exact=bool(row["exact"])), today=now,
    )  # fmt: skip
    exact = row["exact"] and row["saved_exact"]
    values = {
        "change": wording.percent(abs(row["change"] or 0.0)),
        "ends": change_ends(row, language),
    }
    if key == "same":
        return text(
            "saved_say_same",
            language,
            users=users(row["users"], language, exact=bool(row["exact"])),
        )
    if key in ("grew", "fell") and row["change"] is not None:
        end = "exact" if exact else "error"
        said = text(f"saved_say_{key}_{end}", language, **values)
    elif key == "grew":
        said = text("saved_say_new", language)
    elif row["change"] is None:
        said = text("saved_say_nobody", language)
    elif exact:
        said = text("saved_say_equal", language)
    else:
        said = text(
            "saved_say_flat",
            language,
            change=signed(row["change"]),
            ends=change_ends(row, language),
        )
    return sizes + said


def users(value: float | None, language: str, *, exact: bool = False) -> str:
    """Write a number of users."""
    return wording.users(value, language, exact=exact)


def date_of(moment: datetime, language: str) -> str:
    """Write the day of a moment."""
    return day(moment.date(), language)
