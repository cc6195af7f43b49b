"""Names of saved segments, and texts that every database can hold."""

from __future__ import annotations

import getpass
import re
import unicodedata
from collections.abc import Container

from overlap.model import UsageError

LONGEST_NAME = 200
LONGEST_KEY = 600
"""Characters; folding makes a few signs longer, and databases bound what they index."""
LONGEST_NOTE = 100_000

_NUMBERED = re.compile(r"(.*\S) (\d{1,9})", re.DOTALL)


def clean_name(name: str) -> str:
    """Return a name trimmed, each run of white space one space; raises UsageError for no name."""
    cleaned = clean_text(" ".join(name.split()), "a name")
    bad = [c for c in cleaned if unicodedata.category(c) == "Cc"]
    if bad:
        raise UsageError(
            f"the name {cleaned!r} has a control character, {bad[0]!r}", cure="leave it out"
        )
    folded = fold(cleaned)
    if not folded:
        raise UsageError(
            f"{name!r} is no name for a segment", cure="give at least one visible character"
        )
    if len(cleaned) > LONGEST_NAME or len(folded) > LONGEST_KEY:
        raise UsageError(
            f"the name {cleaned[:40] + '…'!r} has {len(cleaned)} characters",
            cure=f"give at most {LONGEST_NAME}; there is room for more in the note",
        )
    return cleaned


def fold(name: str) -> str:
    """Return what two names that a reader takes for the same have in common.

    Case, full and half width, white space around and signs without width make no difference.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join(seen.split())


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name with the first number from 2 on whose fold is not taken."""
    numbered = _NUMBERED.fullmatch(name)
    stem, number = (numbered[1], int(numbered[2]) + 1) if numbered else (name, 2)
    while True:
        end = f" {number}"
        candidate = stem[: LONGEST_NAME - len(end)].rstrip() + end
        if fold(candidate) not in taken:
            return candidate
        number += 1


def clean_note(note: str) -> str:
    """Return a note as it is; raises UsageError where it is too long or no text."""
    if len(note) > LONGEST_NOTE:
        raise UsageError(
            f"the note has {len(note):,} characters", cure=f"give at most {LONGEST_NOTE:,}"
        )
    return clean_text(note, "a note")


def clean_text(text: str, what: str) -> str:
    """Return a text as it is; raises UsageError for what not every database can hold."""
    bad = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise UsageError(
            f"{what} holds {bad!r}, which is no character of a text",
            cure="leave it out; texts are UTF-8",
        )
    return text


def system_user() -> str:
    """Return the name of the person at this machine, who owns what nobody else is named for."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run under a number that has no name.
        return "unknown"
    return user.encode("utf-8", "replace").decode("utf-8")
