"""Files and addresses of events → clean events and rejected rows, lazily.

What a row must have: a user; a time, if periods are wanted. A row that lacks one is rejected with a
reason, never dropped in silence; a row without a tag still counts its user among all users. Clean
events keep the data's own values: tags are trimmed and otherwise left as they stand.
"""

from __future__ import annotations

from overlap.events.columnar import Chunk, Columnar, RowGroup, TagCodes
from overlap.events.failures import reading
from overlap.events.layout import LaidOut, Layout, first_rows, lay_out
from overlap.events.reader import (
    Events,
    RowCounts,
    check_rows,
    count_rows,
    no_audience,
    read_events,
)
from overlap.events.roles import check_kind, parse_tag_option
from overlap.events.sources import ENDINGS
from overlap.events.times import parse_period, period_end, period_start

__all__ = [
    "ENDINGS",
    "Chunk",
    "Columnar",
    "Events",
    "LaidOut",
    "Layout",
    "RowCounts",
    "RowGroup",
    "TagCodes",
    "check_kind",
    "check_rows",
    "count_rows",
    "first_rows",
    "lay_out",
    "no_audience",
    "parse_period",
    "parse_tag_option",
    "period_end",
    "period_start",
    "read_events",
    "reading",
]
