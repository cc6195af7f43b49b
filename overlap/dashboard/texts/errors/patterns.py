"""English sentences with values in them, found again and said in Chinese.

A template is an English sentence as the code writes it, with a field where a value stands:

    {x}      any text                    {x:n}  a number
    {x!r}    a text as Python quotes it  {x:q}  several of those  {x!a}  one left as it is
    {x:o}    things joined by "or"       {x:s}  a sentence that is a template itself
    {x:w}    a word of WORDS, or any other

The Chinese template has the same fields, without what is behind their names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter

_QUOTED = r"""b?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_GROUPS: Mapping[str, str] = {
    "": r".*?\S",
    "s": r".*?\S",
    "w": r".*?\S",
    "o": r".*?\S",
    "r": _QUOTED,
    "a": _QUOTED,
    "q": rf"{_QUOTED}(?:(?:, | or | and ){_QUOTED})*",
    "n": r"[-+]?(?:[\d,]*\.?\d+(?:e[-+]?\d+)?|inf|nan)",
}
SEMICOLON = "; "
"""Stands between sentences that are joined to one."""
_OR = re.compile(r""" or (?=(?:[^"]*"[^"]*")*[^"]*$)""")


@dataclass(frozen=True, slots=True)
class Rule:
    """A template as a regular expression, and what it is in Chinese."""

    english: str
    pattern: re.Pattern[str]
    kinds: Mapping[str, str]
    chinese: str
    weight: int


def rule(english: str, chinese: str) -> Rule:
    """Return the rule of a template; the more of it is literal, the more it weighs."""
    parts: list[str] = []
    kinds: dict[str, str] = {}
    weight = 0
    for literal, name, spec, conversion in Formatter().parse(english):
        parts.append(re.escape(literal))
        weight += len(literal)
        if name is None:
            continue
        kind = conversion or spec or ""
        parts.append(f"(?P={name})" if name in kinds else f"(?P<{name}>{_GROUPS[kind]})")
        kinds[name] = kind
    return Rule(english, re.compile("".join(parts), re.DOTALL), kinds, chinese, weight)


class Phrases:
    """All templates of the areas, the most literal first."""

    def __init__(self, areas: Sequence[Mapping[str, str]], words: Mapping[str, str]) -> None:
        rules = [rule(english, chinese) for area in areas for english, chinese in area.items()]
        self.rules = sorted(rules, key=lambda each: each.weight, reverse=True)
        self._words = words
        self.translate = cache(self._translate)

    def _translate(self, english: str) -> str | None:
        """Return a sentence in Chinese, None where a part of it is not known.

        Of several sentences joined by semicolons each is looked for by itself, before one of them
        is taken for a value of another.
        """
        joined: str | None = None
        for each in self.rules:
            found = each.pattern.fullmatch(english)
            said = self._filled(each, found) if found else None
            if said is None or found is None:
                continue
            if not any(joints(value) for name, value in found.groupdict().items()
                       if each.kinds[name] not in ("r", "a", "q", "s")):  # fmt: skip
                return said
            joined = joined or said
        for at in joints(english):
            first = self.translate(english[:at])
            rest = self.translate(english[at + len(SEMICOLON) :]) if first is not None else None
            if first is not None and rest is not None:
                return self._joined(first, rest)
        return joined

    def _joined(self, first: str, rest: str) -> str:
        """Return two sentences as one."""
        return f"{first}{'' if first.endswith('？') else '；'}{rest}"

    def _filled(self, each: Rule, found: re.Match[str]) -> str | None:
        values: dict[str, str] = {}
        for name, kind in each.kinds.items():
            said = self._value(found[name], kind)
            if said is None:
                return None
            values[name] = said
        return each.chinese.format(**values)

    def _value(self, value: str, kind: str) -> str | None:
        match kind:
            case "r":
                return _unquoted(value)
            case "q":
                return "、".join(f"“{_unquoted(one)}”" for one in re.findall(_QUOTED, value))
            case "o":
                return _OR.sub(" 或 ", value)
            case "s":
                return self.translate(value)
            case "w":
                return self._words.get(value, value)
            case _:
                return value


def joints(text: str) -> list[int]:
    """Return where sentences are joined: at semicolons outside of double quotes."""
    return [
        found.start()
        for found in re.finditer(SEMICOLON, text)
        if text.count('"', 0, found.start()) % 2 == 0
    ]


def _unquoted(value: str) -> str:
    try:
        return str(ast.literal_eval(value))
    except (ValueError, SyntaxError):
        return value[1:-1]
