"""The keywords of a text rule: as written, as compared, and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from overlap.audiences.folding import LINK, WORD_CHARACTER, fold, hashtag_name, space
from overlap.audiences.toml import Place, Reader

TEXT_FIELD = "text"
HASHTAGS_FIELD = "hashtags"

_LINK = re.compile(LINK)


@dataclass(frozen=True, slots=True)
class TextRule:
    """What a row's texts must hold: any of some keywords, all of others, none of the rest.

    A keyword that begins with # is a hashtag, to be met as a whole. `fields` are the texts that
    are searched: `text`, `hashtags`, or kinds of tag columns, whose values are then texts too.
    What is empty does not restrict.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    fields: tuple[str, ...] = (TEXT_FIELD, HASHTAGS_FIELD)

    @property
    def positive(self) -> bool:
        """Whether the rule asks for something, and does not only exclude."""
        return bool(self.any or self.all)


def forms(keywords: Sequence[str]) -> list[str]:
    """Return keywords as they are compared, in their order; "" for one that has nothing to find.

    A hashtag is `#` and its name. A keyword begins or ends with a blank where a word does: folded
    texts have blanks around words (`folding.space`), so that it is met only as a whole word there.
    """
    folded = fold(pl.Series(keywords, dtype=pl.String)).str.strip_chars()
    spaced = space(folded).str.strip_chars(" ")
    names = hashtag_name(folded)
    found = []
    for plain, word, name in zip(folded, spaced, names, strict=True):
        if not _searchable(name):
            found.append("")
        elif plain.startswith("#"):
            found.append(f"#{name}")
        else:
            found.append(
                f"{' ' * bool(WORD_CHARACTER.match(word[0]))}{word}"
                f"{' ' * bool(WORD_CHARACTER.match(word[-1]))}"
            )
    return found


def read_text_rule(reader: Reader, table: Mapping[str, object], place: Place) -> TextRule | None:
    """Read `text` and `fields` of an audience; None where it asks for no text.

    Raises UsageError for lists without keywords, keywords with nothing to find or that exclude one
    another, and fields without keywords, pointing at the line.
    """
    if "text" not in table:
        if "fields" in table:
            raise reader.wrong(
                "there are fields, and no text to look for in them",
                place.at("fields"),
                'add text = { any = ["a keyword"] }',
            )
        return None
    text, here = reader.table(table, "text", place), place.at("text")
    reader.check_keys(text, ("any", "all", "none"), here)
    if not text:
        raise reader.wrong(
            "'text' is empty", here, 'say any, all or none, as in { any = ["city walk"] }'
        )
    lists = {key: _keywords(reader, text[key], here.at(key)) for key in text}
    _check_exclusions(reader, lists, here)
    plain = {key: tuple(written.values()) for key, written in lists.items()}
    fields = reader.names(table["fields"], place.at("fields")) if "fields" in table else ()
    rule = TextRule(plain.get("any", ()), plain.get("all", ()), plain.get("none", ()))
    return TextRule(rule.any, rule.all, rule.none, fields) if fields else rule


def _keywords(reader: Reader, value: object, place: Place) -> dict[str, str]:
    """Return form → keyword; the first of those that are compared alike."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values:
        raise reader.wrong(
            f"{place.key} = {value!r} is not a list of keywords",
            place,
            f'write {place.key} = ["a keyword"], or leave {place.key} out',
        )
    for keyword in values:
        if not isinstance(keyword, str) or not keyword.strip():
            raise reader.wrong(
                f"{keyword!r} is not a keyword",
                place.of(keyword),
                'write a text, as in "city walk"',
            )
    found: dict[str, str] = {}
    for keyword, form in zip(values, forms(values), strict=True):
        if _LINK.search(keyword):
            raise reader.wrong(
                f"the keyword {keyword!r} is a link, and links are not searched",
                place.of(keyword),
                "write the words that people use",
            )
        if not form:
            raise reader.wrong(
                f"the keyword {keyword!r} has no letter, digit or emoji",
                place.of(keyword),
                "take it out",
            )
        found.setdefault(form, keyword.strip())
    return found


def _check_exclusions(reader: Reader, lists: Mapping[str, Mapping[str, str]], place: Place) -> None:
    """Refuse keywords that are asked for and excluded at once."""
    none = lists.get("none", {})
    for key in ("any", "all"):
        for form, keyword in lists.get(key, {}).items():
            if form in none:
                also = "" if none[form] == keyword else f" (as {none[form]!r})"
                raise reader.wrong(
                    f"the keyword {keyword!r} is in {key} and in none{also}",
                    place.at("none").of(none[form]),
                    "take it out of one of the two lists",
                )


def _searchable(name: str) -> bool:
    """Whether there is a letter, a digit or a sign that is no ASCII."""
    kinds = ((unicodedata.category(c)[0], c) for c in name)
    return any(kind in "LNM" or (kind == "S" and not c.isascii()) for kind, c in kinds)
