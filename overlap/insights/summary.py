"""What a store holds and how far its numbers can be trusted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from overlap.estimates import count, smallest_overlap
from overlap.expressions import Audience
from overlap.insights.wording import users
from overlap.model import FORMAT_VERSION, UNIVERSE
from overlap.panel import Panel
from overlap.store import Store, shared_times


def summary(store: Store, panel: Panel) -> dict[str, Any]:
    """Return the facts of `overlap info --json`: spec, users, periods, rows, sizes, precision."""
    records = list(store.provenance.values())
    rejected: dict[str, int] = {}
    for record in records:
        for reason, n in record.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + n
    firsts = [r.first_event for r in records if r.first_event]
    lasts = [r.last_event for r in records if r.last_event]
    size = panel.size(Audience(UNIVERSE.kind, UNIVERSE.name))
    untagged = count(store.sketches.untagged(), panel.floor_rate)
    floor, least = store.policy.display_floor, smallest_overlap(panel.floor_rate)
    return {
        "store": str(store.path),
        "format_version": FORMAT_VERSION,
        "snapshot": store.snapshot,
        "spec": asdict(panel.spec),
        "floor_rate": panel.floor_rate,
        "k": panel.k,
        "users": size.value,
        "users_estimate": size,
        # Too few of them may not be shown.
        "untagged_users": None if 0 < untagged.value < floor else untagged.value,
        "untagged_estimate": None if 0 < untagged.value < floor else untagged,
        "audiences": {kind: len(names) for kind, names in panel.known.items()},
        "periods": len(panel.periods),
        "first_period": panel.periods[0] if panel.periods else None,
        "last_period": panel.periods[-1] if panel.periods else None,
        "first_event": min(firsts, default=None),
        "last_event": max(lasts, default=None),
        "rows_read": sum(r.rows_read for r in records),
        "rows_rejected": sum(r.rows_rejected for r in records),
        "rejected": rejected,
        "memberships": panel.memberships,
        "entries": panel.entries,
        "bytes": store.bytes,
        "bytes_per_membership": store.bytes / max(panel.memberships, 1),
        "parts": len(store.parts),
        "smallest_overlap": least,
        "precision": "everything is exact: every user was kept"
        if least == 1
        else f"overlaps from about {users(least)} users are seen within 20% (standard error)",
        "sources": sorted({source for r in records for source in r.sources}),
        "roles": [asdict(r.roles) for r in records if r.roles][:1],
        "notes": list(dict.fromkeys(note for r in records for note in r.notes)),
        "policy": asdict(store.policy),
        "shared_times": shared_times(store.provenance),
    }
