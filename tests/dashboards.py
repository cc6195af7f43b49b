"""Stores for tests of the dashboard, and what its page says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from community import Row, sketched, with_universe

from overlap.model import Policy, Provenance
from overlap.store import add_part

ROOT = Path(__file__).parents[1]


def write_store(path: Path, rows: Iterable[Row], policy: Policy | None = None, **spec: Any) -> Path:
    """Write a store of the given memberships, as `overlap build` would."""
    sketches = sketched(with_universe(rows), **spec)
    (leaf,) = sketches.lineage
    add_part(path, sketches, {leaf: Provenance(policy=policy or Policy())})
    return path


def page(app: Any) -> str:
    """Return all HTML of a page run by AppTest, without the style sheet."""
    return "\n".join(h.proto.body for h in app.get("html") if "<style>" not in h.proto.body)
