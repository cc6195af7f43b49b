"""One idea once: rows of a word's other forms, and of words that the same users say, become one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.insights.language.voices import Voices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Users = NDArray[np.uint32]

FOLDED = {"variants": pl.String, "said_with": pl.String}
"""Other terms that a row stands for, separated by commas; null where there is none."""

COPIED = 3
"""Words said by the same users, from which on it may be a copied text: of two, one may be an
expression, or a subject."""

_SAME = 0.8
"""Share of the users of either of two words who say both, from which on they come together."""
_LEAST_SAME = 10
"""Kept users; of fewer it cannot be told."""
_FIRST = 3
"""Words that come together share one of their first users, by hash, in 99 cases of 100."""
_LIFT = 5.0
"""Times chance that users of an expression say its word too, if both are one idea."""

_NO_PLURALS = frozenset(
    ("arms", "customs", "does", "goods", "lens", "means", "news", "thanks", "this", "works")
)
_SHORT = frozenset(("ad", "cd", "pc", "tv"))
"""Words of two letters that have a plural; others of three with an s are no plurals: his, gps."""


@dataclass(slots=True)
class _Row:
    """A row that stays, with the terms it stands for."""

    term: str
    users: Users
    variants: list[str] = field(default_factory=list)
    said_with: list[_Row] = field(default_factory=list)

    def copied(self) -> list[str]:
        """Return the words that the same users say, with what these stand for."""
        return [term for row in self.said_with for term in (row.term, *row.variants)]


def fold(frame: pl.DataFrame, voices: Voices) -> pl.DataFrame:
    """Return rows over and under with each idea once, and with FOLDED beside.

    Takes rows in their order, the surest first, each of which stays or is one with a row that
    stays: with another form of its word (plurals, the hashtag, an expression whose users say the
    word five times as often as chance gives), or with a word that the same users say, four fifths
    in common, if there are COPIED of them, as where a text is copied. Words stay rather than their
    hashtags. Numbers are those of the term that stays; rows as expected are left alone.
    """
    number = {term: i for i, term in enumerate(voices.terms)}
    stays: list[_Row] = []
    gone: set[str] = set()
    for way in ("over", "under"):
        terms = frame.filter(pl.col("direction") == way)["term"].to_list()
        there = set(terms)
        terms.sort(key=lambda term: term.startswith("#"))
        kept = list(_folded(terms, voices, number))
        gone |= there - {row.term for row in kept}
        stays += kept
    also = pl.DataFrame(
        [(row.term, _listed(row.variants), _listed(row.copied())) for row in stays],
        schema={"term": pl.String, **FOLDED}, orient="row",
    )  # fmt: skip
    left = frame.filter(~pl.col("term").is_in(list(gone)))
    return left.join(also, on="term", how="left", maintain_order="left")


def stands_for(frame: pl.DataFrame, term: str) -> str:
    """Return the term of the row that a term is folded into, or the term itself."""
    wanted = pl.lit(term)
    inside = pl.any_horizontal(
        wanted.is_in(pl.col(name).fill_null("").str.split(", ")) for name in FOLDED
    )
    found = frame.filter(inside)["term"]
    return term if term in frame["term"] or found.is_empty() else str(found[0])


def _folded(terms: list[str], voices: Voices, number: dict[str, int]) -> Iterator[_Row]:
    """Yield the rows that stay of one direction."""
    by_form: dict[str, _Row] = {}
    by_word: dict[str, list[_Row]] = {}
    by_user: dict[int, list[_Row]] = {}
    kept: list[_Row] = []
    speakers = int(voices.speakers.sum())
    for term in terms:
        users = voices.who_of(number[term])
        own = forms(term)
        row = next((by_form[form] for form in own if form in by_form), None)
        row = row or _of_one_idea(own, users, by_word, speakers)
        if row is not None:
            row.variants.append(term)
            continue
        row = _Row(term, users)
        first = users[:_FIRST].tolist()
        near = {id(row): row for user in first for row in by_user.get(user, ())}
        same = next((other for other in near.values() if _together(other.users, users)), None)
        if same is not None:
            same.said_with.append(row)
        else:
            kept.append(row)
            for user in first:
                by_user.setdefault(user, []).append(row)
        for word in _words(own):
            by_word.setdefault(word, []).append(row)
        for form in own:
            by_form.setdefault(form, row)
    for row in kept:
        if len(row.said_with) + 1 < COPIED:
            yield from row.said_with
            row.said_with.clear()
        yield row


def _of_one_idea(
    own: list[str], users: Users, by_word: dict[str, list[_Row]], speakers: int
) -> _Row | None:
    """Return the row of an expression's word, or of the word's expression, if it is one idea."""
    words = _words(own)
    for row in (row for word in words for row in by_word.get(word, ())):
        if (" " in row.term) == (" " in own[0]):
            continue
        both = len(np.intersect1d(users, row.users, assume_unique=True))
        if both * speakers >= _LIFT * len(users) * len(row.users):
            return row
    return None


def _together(one: Users, other: Users) -> bool:
    small, large = sorted((len(one), len(other)))
    if small < max(_LEAST_SAME, _SAME * large):
        return False
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both >= _SAME * (small + large - both)


def _words(found: list[str]) -> set[str]:
    """Return the words of some forms of a term."""
    return {word for form in found for word in form.split(" ")}


def forms(term: str) -> list[str]:
    """Return a term without its #, and what it may be the plural of."""
    plain = term.removeprefix("#")
    if plain.endswith("们"):
        return [plain, plain[:-1]] if len(plain) > 2 else [plain]
    start, space, word = plain.rpartition(" ")
    return [plain, *(start + space + single for single in _singulars(word))]


def _singulars(word: str) -> list[str]:
    if not word.endswith("s") or word.endswith("ss") or word in _NO_PLURALS:
        return []
    if len(word) < 4 and word[:-1] not in _SHORT:
        return []
    found = [word[:-1]]
    if word.endswith("ies") and len(word) > 4:
        found.append(word[:-3] + "y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found.append(word[:-2])
    if word.endswith("ves"):
        found += [word[:-3] + "f", word[:-3] + "fe"]
    return found


def _listed(terms: list[str]) -> str | None:
    return ", ".join(terms) or None
