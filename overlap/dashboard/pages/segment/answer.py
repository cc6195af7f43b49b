"""The first sentences of the page: who is in the segment, and how many that is."""

from __future__ import annotations

from collections.abc import Sequence

from overlap.dashboard.pages.segment.reading import SAVED, Reading
from overlap.dashboard.pages.segment.shape import Shape, audience_of, shape_of
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience
from overlap.insights import wording
from overlap.insights.sizing import Sizing
from overlap.model import Estimate

_MOST_WORDS = 130
"""A description of more characters is no headline; the text of the segment says it better."""


def headline(reading: Reading, size: Sizing, floor: int, language: str) -> str:
    """Say how many users are in a segment, and who they are."""
    who = described(reading, language)
    if size.users is None:
        return text("segment_below_floor", language, floor=f"{floor:,}", who=who)
    if size.contradictory:
        return text("segment_contradiction", language)
    if not size.users.value:
        return text("segment_nobody", language, who=who)
    return text("segment_answer", language, users=users(size.users, language), who=who)


def sentences(size: Sizing, view: View) -> list[str]:
    """Say what the size is beside: chance, all users, the category and the brand in both."""
    language, found = view.language, size.users
    said: list[str] = []
    if found is None or not found.value:
        return said
    if size.expected and size.expected >= 1:
        said.append(
            text(
                "segment_chance",
                language,
                times=wording.times(found.value / size.expected),
                expected=wording.users(size.expected, language),
            )
        )
    if size.of_all is not None and size.of_category is not None:
        said.append(
            text("segment_shares", language, all=share(size.of_all),
                 part=share(size.of_category), category=view.category or "")
        )  # fmt: skip
    elif size.of_all is not None:
        said.append(text("segment_share", language, all=share(size.of_all)))
    if size.brand_inside is not None and size.brand_in_category is not None:
        said.append(
            text("segment_brand", language, brand=view.brand or "", category=view.category or "",
                 p=share(size.brand_inside), p0=share(size.brand_in_category))
        )  # fmt: skip
    if not found.exact:
        said.append(text("segment_sampled", language, rate=wording.rate(found.rate)))
    return said


def users(size: Estimate, language: str) -> str:
    """Write a number of users with its interval, or the word exact."""
    return text(
        "segment_users_exact" if size.exact else "segment_users",
        language,
        users=wording.users(size.value, language, exact=size.exact),
        ends=wording.interval(size.low, size.high, language),
    )


def share(part: Estimate) -> str:
    """Write a share, with its interval where it is not exact."""
    said = wording.percent(part.value)
    if part.exact:
        return said
    return f"{said} ({wording.percent(part.low)}–{wording.percent(part.high)})"


def described(reading: Reading, language: str) -> str:
    """Say in words who is in a segment; a long one is "this segment"."""
    shape = shape_of(reading)
    said = text("segment_who_any", language) if shape is None else _said(shape, language)
    return said if len(said) <= _MOST_WORDS else text("segment_who_any", language)


def _said(shape: Shape, language: str) -> str:
    parts = []
    if len(shape.include) == 1:
        parts.append(text("segment_who_one", language, name=shown(shape.include[0], language)))
    elif shape.include:
        parts.append(
            text("segment_who_all", language, names=_names(shape.include, "and", language))
        )
    for group in shape.any_of:
        parts.append(text("segment_who_or", language, names=_names(group, "or", language)))
    if not parts:
        parts.append(text("segment_who_everybody", language))
    if shape.exclude:
        names = _names(shape.exclude, "nor", language)
        parts.append(text("segment_who_not", language, names=names))
    return text("segment_who_comma", language).join(parts)


def _names(values: Sequence[str], word: str, language: str) -> str:
    names = [shown(value, language) for value in values]
    if len(names) == 1:
        return names[0]
    comma = text("segment_comma", language)
    return comma.join(names[:-1]) + text(f"segment_{word}", language) + names[-1]


def shown(value: str, language: str) -> str:
    """Write an audience as a reader would call it: its name, with its depth."""
    audience = audience_of(value)
    return value if audience is None else named(audience, language)


def named(audience: Audience, language: str) -> str:
    """Write an audience as a reader would call it: its name, with its depth."""
    name = f"@{audience.name}" if audience.kind == SAVED else audience.name
    if audience.kind == "universe":
        name = text("everyone", language)
    quoted = text("segment_quoted", language, name=name)
    if audience.at_least == 1:
        return quoted
    return quoted + text("segment_deep", language, n=f"{audience.at_least:,}")
