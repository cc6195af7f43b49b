"""What is asked of a panel, checked before it is answered: names and windows that leave doubt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from overlap import expressions
from overlap.events import parse_period
from overlap.expressions import Audience
from overlap.members import ALL_PERIODS
from overlap.model import NO_PERIOD, UsageError, Window
from overlap.panel.panel import Panel


def window(panel: Panel, start: str | None, end: str | None) -> Window:
    """Return the window from one period to another, "2026-05", "2026-W19" or a date.

    Raises UsageError for no period, a reversed window and one in which there are no data.
    """
    unit = panel.spec.period
    found = Window(
        parse_period(start, unit) if start else None,
        parse_period(end, unit, end=True) if end else None,
    )
    check(panel, found)
    return found


def check(panel: Panel, asked: Window) -> None:
    """Raise UsageError for a window that ends before it begins or lies outside the data."""
    periods = _periods(panel)
    if asked == ALL_PERIODS or not periods:
        return
    if asked.start and asked.end and asked.start > asked.end:
        raise UsageError(
            "the window ends before it begins",
            where=f"from {asked.start} to {asked.end}",
            cure=f"exchange the two: from {asked.end} to {asked.start}",
        )
    if (asked.start or periods[0]) > periods[-1] or (asked.end or periods[-1]) < periods[0]:
        raise UsageError(
            "there are no data in this window",
            where=f"from {asked.start or 'the first period'} to {asked.end or 'the last'}",
            cure=f"the data have periods from {periods[0]} to {periods[-1]}",
        )


def uncovered(panel: Panel, asked: Window) -> str | None:
    """Say where a window reaches beyond the data, None where it does not."""
    periods = _periods(panel)
    if not periods:
        return None
    first, last = periods[0], periods[-1]
    if not ((asked.start and asked.start < first) or (asked.end and asked.end > last)):
        return None
    return (
        f"the window from {asked.start or first} to {asked.end or last} reaches beyond the data: "
        f"its periods from {max(asked.start or first, first)} to "
        f"{min(asked.end or last, last)} are covered"
    )


def spelled(panel: Panel, kind: str, given: str | None) -> str | None:
    """Return a plain name of a kind as an expression, which needs no quotes then."""
    if given is not None and given in panel.known.get(kind, {}):
        return str(Audience(kind, given))
    return given


def named(panel: Panel, texts: Iterable[str], floor: int) -> list[str]:
    """Say which bare names of expressions may be another audience than the one that is taken.

    Sizes below `floor` are not said. Raises UsageError where it cannot be told which is meant.
    """

    def told(audience: Audience) -> str:
        users = panel.size(Audience(audience.kind, audience.name)).value
        size = f"{users:,.0f}" if users >= floor else f"fewer than {floor:,}"
        return f"{audience} ({size} users)"

    notes: dict[str, None] = {}
    for text in texts:
        tree = expressions.parse(text)
        panel.resolve(tree, told)
        for doubt in expressions.doubts(tree, panel.known):
            notes[
                f"{doubt.name!r} is read as {told(doubt.taken)}; "
                f"it may be {' or '.join(map(told, doubt.others))} as well: write that for it"
            ] = None
    return list(notes)


def _periods(panel: Panel) -> list[date]:
    return [period for period in panel.periods if period != NO_PERIOD]
