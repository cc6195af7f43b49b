"""Find the audiences that overlap your category far more than chance would have it.

import overlap

store = overlap.open("store")
store.size("category:TV & interest:gaming")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overlap.api import OpenStore, open
    from overlap.model import DataError, Estimate, OverlapError, UsageError, Window
    from overlap.segments import ExportOptions

__version__ = "0.1.0"

__all__ = [
    "DataError",
    "Estimate",
    "ExportOptions",
    "OpenStore",
    "OverlapError",
    "UsageError",
    "Window",
    "open",
]

_HOMES = {"OpenStore": "api", "open": "api", "ExportOptions": "segments"}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: the command line and its help must not wait for what they don't use.
    if name not in __all__:
        raise AttributeError(f"module 'overlap' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"overlap.{_HOMES.get(name, 'model')}"), name)
