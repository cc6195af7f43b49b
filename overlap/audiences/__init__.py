"""Clean events → memberships: who belongs to which audience, how often, in which period.

Every distinct value of a tag column is an audience of the column's kind; definitions in a TOML file
add audiences, rename or group values, and drop what is not wanted. The universe, everybody seen,
is an audience too.
"""

from __future__ import annotations

from overlap.audiences.definitions import (
    AudienceDefinition,
    Definitions,
    KindRule,
    load_definitions,
    parse_definitions,
)
from overlap.audiences.memberships import (
    check_definitions,
    default_names,
    memberships,
    tag_columns,
)
from overlap.audiences.occurrences import Occurrences, occurrences

__all__ = [
    "AudienceDefinition",
    "Definitions",
    "KindRule",
    "Occurrences",
    "check_definitions",
    "default_names",
    "load_definitions",
    "memberships",
    "occurrences",
    "parse_definitions",
    "tag_columns",
]
