"""What may not be looked into: segments of nobody, or of too few to be shown."""

from __future__ import annotations

from overlap.model import UsageError


def require_users(users: float, floor: int, *, what: str, where: str) -> None:
    """Raise UsageError where nobody is in `what`, or fewer users than may be shown."""
    cure = "widen it or the window; `overlap size` shows how many users each part of it has"
    if users <= 0:
        raise UsageError(f"the {what} has no user in the data", where=where, cure=cure)
    if users < floor:
        raise UsageError(
            f"the {what} has fewer than {floor} users, so nothing of it may be shown",
            where=where,
            cure=cure,
        )
