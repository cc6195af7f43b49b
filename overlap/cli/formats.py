"""How cells of a table are written for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overlap.insights import wording

Write = Callable[[Any], str]

TEXT: Write = str
USERS: Write = wording.users


def _exact(exact: bool) -> str:
    return "exact" if exact else "95%"


def _chance(q: float) -> str:
    return "<0.0001" if q < 0.0001 else f"{q:.4f}"


EXACT: Write = _exact
CHANCE: Write = _chance
