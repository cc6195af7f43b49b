"""Ready-made definitions that a file takes in by name: `include = ["intents/zh", "intents/en"]`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from importlib import resources

from overlap.audiences.keywords import TextRule
from overlap.model import UsageError, nearest

INCLUDABLE = ("intents/en", "intents/zh")
"""What can be included; each is a TOML file of this package."""

_LINE = re.compile(r"""(?m)^[ \t]*include[ \t]*=[ \t]*(?:\[[^\]]*\]|"[^"\n]*"|'[^'\n]*')[^\n]*""")


def included_text(name: str) -> str:
    """Return the TOML of a ready-made file, to be copied and changed.

    Raises UsageError for a name that is not among `INCLUDABLE`.
    """
    if name not in INCLUDABLE:
        close = nearest(name, INCLUDABLE, n=1)
        raise UsageError(
            f"there is nothing called {name!r} to include",
            cure=f"{f'did you mean {close[0]!r}? ' if close else ''}"
            f"there are: {', '.join(INCLUDABLE)}",
        )
    return resources.files("overlap.audiences").joinpath(f"{name}.toml").read_text("utf-8")


def joined(rules: Sequence[TextRule]) -> TextRule:
    """Return the rule of an audience that several files define: their keywords together."""
    lists = {
        part: tuple(dict.fromkeys(word for rule in rules for word in getattr(rule, part)))
        for part in ("any", "all", "none")
    }
    return TextRule(**lists)


def written_out(text: str, names: Sequence[str], blocks: Sequence[str]) -> str | None:
    """Return the text of a file with what it includes in place of the `include`.

    None where the `include` or the audiences are not written plainly enough for that. A store
    records this text, so that a later version with other keywords does not change who is found.
    """
    line = _LINE.search(text)
    if line is None:
        return None
    told = f"# included below: {', '.join(names)}" + "\n" * line[0].count("\n")
    without = text[: line.start()] + told + text[line.end() :]
    wanted = {key: value for key, value in tomllib.loads(text).items() if key != "include"}
    whole = "\n".join([without.rstrip(), *blocks]) + "\n"
    try:
        plain = tomllib.loads(without) == wanted
        tomllib.loads(whole)
    except tomllib.TOMLDecodeError:
        return None
    return whole if plain else None


def block(kind: str, name: str, rule: TextRule) -> str:
    """Return an audience with a text rule as TOML."""
    lists = {part: getattr(rule, part) for part in ("any", "all", "none")}
    quoted = {part: json.dumps(words, ensure_ascii=False) for part, words in lists.items() if words}
    return "\n".join(
        [
            "\n[[audience]]",
            f"kind = {json.dumps(kind, ensure_ascii=False)}",
            f"name = {json.dumps(name, ensure_ascii=False)}",
            "[audience.text]",
            *(f"{part} = {words}" for part, words in quoted.items()),
        ]
    )
