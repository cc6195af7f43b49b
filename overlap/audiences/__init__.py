"""Clean events → memberships: who belongs to which audience, how often, in which period.

Every distinct value of a tag column is an audience of the column's kind; definitions in a TOML file
add audiences by tags, actions, windows and what people write, rename or group values, and drop what
is not wanted. The universe, everybody seen, is an audience too.
"""

from __future__ import annotations

from overlap.audiences.definitions import (
    AudienceDefinition,
    Definitions,
    KindRule,
    load_definitions,
    parse_definitions,
)
from overlap.audiences.fields import tag_columns
from overlap.audiences.included import INCLUDABLE, included_text
from overlap.audiences.keywords import TextRule
from overlap.audiences.memberships import (
    check_definitions,
    default_names,
    memberships,
)
from overlap.audiences.occurrences import Occurrences, occurrences

__all__ = [
    "INCLUDABLE",
    "AudienceDefinition",
    "Definitions",
    "KindRule",
    "Occurrences",
    "TextRule",
    "check_definitions",
    "default_names",
    "included_text",
    "load_definitions",
    "memberships",
    "occurrences",
    "parse_definitions",
    "tag_columns",
]
