"""Are these the events that the store was built from? Counts of both, where they differ."""

from __future__ import annotations

from datetime import datetime

from overlap import estimates
from overlap.expressions import Audience, Expression
from overlap.model import FULL_THETA, Window
from overlap.panel import Panel
from overlap.segments.gathering import ExactMembers
from overlap.segments.judging import Count
from overlap.segments.records import Mismatch
from overlap.store import Store

_LEVEL = 1 - 1e-9
"""Beyond this interval a count cannot be the sketch's."""


def mismatches(
    store: Store, panel: Panel, found: ExactMembers, window: Window
) -> tuple[Mismatch, ...]:
    """Return what the store and the events that members were found in do not agree on.

    Rows read and rejected, first and last event; then of each audience of the expression, and of
    the expression, the users below the sketch's threshold, which must be exactly those it kept.
    Where the store's ids are keyed, which of them it kept cannot be told, and the count must lie in
    an interval of 1 − 10⁻⁹. Counts below the store's display floor are not told.
    """
    records = store.provenance.values()
    firsts = [r.first_event for r in records if r.first_event]
    lasts = [r.last_event for r in records if r.last_event]
    rows = found.rows
    compared = [
        ("rows read", f"{sum(r.rows_read for r in records):,}", f"{rows.rows_read:,}"),
        (
            "rows rejected",
            f"{sum(r.rows_rejected for r in records):,}",
            f"{sum(rows.rejected.values()):,}",
        ),
        ("first event", _moment(min(firsts, default=None)), _moment(rows.first_event)),
        ("last event", _moment(max(lasts, default=None)), _moment(rows.last_event)),
    ]
    differing = [Mismatch(*each) for each in compared if each[1] != each[2]]
    floor = store.policy.display_floor
    counts: list[tuple[Expression, Count]] = [*found.leaves.items()]
    if not isinstance(found.expression, Audience):
        counts.append((found.expression, found.whole))
    for tree, count in counts:
        if (strange := _strange(panel, tree, count, window, floor)) is not None:
            differing.append(strange)
    return tuple(differing)


def _strange(
    panel: Panel, tree: Expression, count: Count, window: Window, floor: int
) -> Mismatch | None:
    hits = panel.sample(tree, window).hits
    text = str(tree)
    shown = text if len(text) <= 80 else text[:80] + "…"
    if count.theta >= FULL_THETA:
        if hits == count.users:
            return None
        return Mismatch(f"users of {shown}", _users(hits, floor), _users(count.users, floor))
    rate = count.theta / FULL_THETA
    wide = estimates.count(hits, rate, _LEVEL)
    if not wide.low <= count.users <= wide.high:
        about = f"about {_users(round(hits / rate), floor)}"
        return Mismatch(f"users of {shown}", about, _users(count.users, floor))
    if count.kept is None or count.kept == hits:
        return None
    return Mismatch(
        f"users of {shown} in the sample of the store",
        _users(hits, floor),
        _users(count.kept, floor),
    )


def _users(count: int, floor: int) -> str:
    return f"{count:,}" if count >= floor or not count else f"fewer than {floor:,}"


def _moment(moment: datetime | None) -> str:
    return str(moment) if moment else "undated"
