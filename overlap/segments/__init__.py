"""Segments handed over: exact members of an expression, and files that platforms take.

A sketch tells how many fit an expression; the events tell who. They are read again with the roles
and definitions that the store recorded, and the report holds both counts side by side.
"""

from __future__ import annotations

from overlap.segments.exporting import BelowFloorError, export
from overlap.segments.formats import FORMATS
from overlap.segments.gathering import ExactMembers, Limits, members
from overlap.segments.holdout import held_out
from overlap.segments.judging import Count
from overlap.segments.records import (
    DEFAULT_SALT,
    ExportOptions,
    ExportReport,
    FormatName,
    HashName,
    Mismatch,
)

__all__ = [
    "DEFAULT_SALT",
    "FORMATS",
    "BelowFloorError",
    "Count",
    "ExactMembers",
    "ExportOptions",
    "ExportReport",
    "FormatName",
    "HashName",
    "Limits",
    "Mismatch",
    "export",
    "held_out",
    "members",
]
