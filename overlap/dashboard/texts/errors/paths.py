"""Paths of the server in what errors say: visitors read the last part alone.

Who looks at a dashboard need not be who runs it, and is told which file it is, not where it lies.
"""

from __future__ import annotations

import re

_NAME = r"""[^\s'",;:/\\](?:[^\n'",;:/\\]*[^\s'",;:/\\])?"""
"""A folder on the way: spaces may be inside of its name, and are never at its ends."""
_PATH = re.compile(
    rf"""(?:(?<![\w/\\:.~*])|(?<=\bfile:)|(?<=sqlite:///))  # no part of an address or a name
         (?:~|[A-Za-z]:)?[/\\]+
         (?:{_NAME}[/\\]+)*
         (?=[^\s'",;:/\\])""",
    re.VERBOSE,
)
_AUDIENCES = re.compile(
    r"cannot read the expression|there is no (?:audience|kind of audience|saved segment) "
    r"|no audience has the kind |the name .* is that of \d"
)
"""What begins so is about names that the visitor gave, which may look like paths."""


def is_of_audiences(what: str) -> bool:
    """Whether an error is about the names of audiences, in which slashes are no paths."""
    return _AUDIENCES.match(what) is not None


def shortened(said: str) -> str:
    """Return a text with each path of the server by its last part alone."""
    return _PATH.sub("", said)
