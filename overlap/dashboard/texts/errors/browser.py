"""English words for a browser, where those of an error are for a command line.

A template of an area on the left (see patterns), what visitors of the dashboard read on the right.
The Chinese templates are written for them to begin with.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from overlap.dashboard.texts.errors.patterns import SEMICOLON, Phrases, joints

PHRASES: Mapping[str, str] = {
    # expressions
    "`overlap list STORE` shows every audience":
        "type into any box of audiences to search all of them",
    # insights
    "widen it or the window; `overlap size` shows how many users each part of it has":
        "widen it or the window; the segment builder shows how many users each part of it has",
    "widen it, or build the store with --display-floor 0 if you may see so few":
        "widen it, or have the store built with a display floor of 0 if you may see so few",
    "widen it, or build the store with --export-floor 0 if you may list so few":
        "widen it, or have the store built with an export floor of 0 if you may list so few",
    "leave --from and --to out, or build with --period day, week or month":
        "choose the whole time, or build the store again by day, week or month",
    "build it with --period week (or day, month) and --time COLUMN":
        "build it again by week, day or month, with the column that holds the times",
    "choose {units}, or build the store with --period day":
        "choose {units}, or build the store again by day",
    "build it with the posts: overlap build ... --text COLUMN --terms":
        "build it again with the column that holds the posts, and with their words",
    "build it with --text COLUMN --terms, or name one of these kinds":
        "build it again with the column that holds the posts and with their words, or choose one "
        "of these kinds",
    "see `overlap list STORE --kind term` for what is said":
        "type into the box of words to search all that are said",
    "name a kind, as in --kind interest": "choose a kind, such as interest",
    "take 1 to {most:n}; `overlap pairs` lists one audience against all of a kind":
        "take 1 to {most}",
    # saved segments
    "`overlap segments list STORE` shows every saved segment":
        "the page Saved shows every saved segment",
    "{author} removed it on {day} UTC, and `overlap segments remove STORE {id} --undo` brings it "
    "back": "{author} removed it on {day} UTC, and the page Saved brings it back (number {id})",
    "nothing is lost, yours is kept as version {yours:n}; look at both, then save again on top of "
    "version {theirs:n} (--change {theirs:n})":
        "nothing is lost, yours is kept as version {yours}; look at both, then save again on top "
        "of version {theirs}",
    "give --from and --to": "choose a window with a beginning and an end",
    "ask for the right to write there, or save elsewhere: --workspace "
    "sqlite:///segments.sqlite, or the environment variable {setting}":
        "ask for the right to write there, or start the dashboard with another place in the "
        "environment variable {setting}, such as sqlite:///segments.sqlite",
    "{what:s}: {cure:s}": "{what}: {cure}",
    # stores and builds
    "make one with: overlap build SOURCE --store {path}":
        "upload a file on the page Data to make one",
    "is it a column of ids or of free text? Name another column with --tags, or keep only some "
    "of its values with --audiences FILE.toml":
        "is it a column of ids or of free text? Choose another column of tags, or build at a "
        "command line with a file of audiences that keeps only some of its values",
    "are the times in another unit or column? Or take longer ones with --period":
        "are the times in another unit or column? Or choose longer periods",
    # uploaded files
    "check the columns given as --user, --tags and --time; --rejects FILE shows the rows":
        "check the columns chosen as user, tags and time; the rejected rows can be downloaded",
    "give it as sqlite:///FILE with --query": "export its rows as CSV, and upload that",
    "there is no column {column!r} (asked for with {option:w})":
        "there is no column {column} (chosen as {option})",
    "say which with {option:w}": "choose which of them is the {option}",
    "name it with {option:w}": "choose which column is the {option}",
    "name it with {option:w}; {rest:s}": "choose which column is the {option}; {rest}",
    "name it with --tags COLUMN=KIND, as in --tags product_category=category":
        "choose a column of tags and its kind, such as category",
    "name another column with --user, or write the ids as integers or text":
        "choose another column of users, or write the ids as integers or text",
    "name it with --text COLUMN": "choose the column that holds the posts",
    "name it with --action COLUMN": "choose the column that holds the actions",
    "name it with --time COLUMN": "choose the column that holds the times",
    # exports
    "a build with --export-floor 0 lets analysts export any":
        "a store built with an export floor of 0 lets analysts export any",
    "--holdout is the share of members to hold out, from 0 to below 1, not {rate:n}":
        "the holdout is a share of the members, from 0 to below 1, not {rate}",
    "try --holdout 0.1 to hold out every tenth member":
        "try 10% to hold out every tenth member",
    "give the events it was built from, or build it again; without --strict the export goes on "
    "and says so": "give the events it was built from, or build it again",
    "build a store from events with: overlap build SOURCE --store DIR":
        "build a store from events on the page Data",
    "give events with the columns that `overlap info STORE` lists as roles":
        "give events with the columns that the page Data lists",
    "name columns of the events, as in --identity {key}=COLUMN, or a file of its own with "
    "--identities FILE":
        "choose the columns of the events that hold them, such as the one of {key}, or have the "
        "dashboard started with a file of identities",
    "name it with --id-column COLUMN; {close!r} perhaps":
        "have the dashboard started with the name of that column, {close} perhaps",
    "name it with --id-column COLUMN": "have the dashboard started with the name of that column",
    "say which is which, as in --identity {key}=COLUMN; fields: {fields}":
        "choose which column is which; fields: {fields}",
    "give digits, as in --country 86 for China or --country 1 for North America":
        "give digits, as 86 for China or 1 for North America",
    "check which columns --identity names; --country gives phone numbers their code":
        "check which columns were chosen; phone numbers may need the code of their country",
    "check that its column of ids (--id-column) holds the ids of the events":
        "check that its column of ids holds the ids of the events",
}  # fmt: skip

_WORDS: Mapping[str, str] = {
    "--user": "user",
    "--time": "time",
    "--text": "text",
    "--action": "action",
    "--tags": "tags",
}


def in_browser(english: str) -> str:
    """Return a sentence of an error in words for a browser, as it is where it has none."""
    found = _phrases().translate(english)
    if found is not None:
        return found
    at = next(iter(joints(english)), None)
    if at is None:
        return english
    return in_browser(english[:at]) + SEMICOLON + in_browser(english[at + len(SEMICOLON) :])


class _English(Phrases):
    """Templates whose values stay as they are."""

    def _value(self, value: str, kind: str) -> str | None:
        match kind:
            case "s":
                return in_browser(value)
            case "w":
                return self._words.get(value, value)
            case _:
                return value

    def _joined(self, first: str, rest: str) -> str:
        return first + SEMICOLON + rest


@cache
def _phrases() -> Phrases:
    return _English((PHRASES,), _WORDS)
