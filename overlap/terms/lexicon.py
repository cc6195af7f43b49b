"""What a reading of texts goes by: added words, stop words and limits; a store records it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import polars as pl

from overlap.model import DataError, UsageError
from overlap.terms.cleaning import clean

RULES = 2
"""Raised whenever the same lexicon would read other terms out of the same text."""

LANGUAGES = ("zh", "en")
"""Languages that have stop words here and whose new words can be discovered."""

MOST_CHARACTERS = 10_000
"""Of a longer post, only the beginning is read."""

_DIGEST = re.compile(r"[0-9a-f]{16}")
_REPEATED = re.compile(r"(?!(?<![a-z0-9])([a-z])\1\1(?![a-z0-9]))([^\d])\2{2,}")

LONGEST_WORD = 200
"""Characters an added word may have."""


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the words of one of the package's lists, in the order they stand in."""
    text = files("overlap.terms").joinpath("stopwords", f"{name}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(word for line in lines for word in line.split())


def stop_words(languages: Iterable[str] = LANGUAGES) -> tuple[str, ...]:
    """Return the stop words of some languages, sorted."""
    return tuple(sorted({word for name in languages for word in word_list(name)}))


def _segmenter() -> str:
    return f"rjieba {version('rjieba')}"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What decides which terms a text has.

    `words` are added to those the segmenter knows: Chinese coinages, and expressions of several
    words, parts or numbers ("city walk", "hdmi 2.1", "4毫秒响应"), written as they shall be shown.
    `stop` words are no terms; a word that stands in both is a term. `languages` are those whose new
    words `learn` looks for. `characters` of each post are read, and a term has at least `shortest`
    characters. `segmenter` and `rules` say what read the texts. `copied` are the
    digests of texts that many users posted word for word (copies.digests): they have no terms.
    Raises UsageError for a word that
    has no letter, or limits below 1.
    """

    words: tuple[str, ...] = ()
    stop: tuple[str, ...] = field(default_factory=stop_words)
    languages: tuple[str, ...] = LANGUAGES
    characters: int = MOST_CHARACTERS
    shortest: int = 2
    segmenter: str = field(default_factory=_segmenter)
    rules: int = RULES
    copied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Bring words to the form that texts are read in, each once, sorted."""
        unknown = [name for name in self.languages if name not in LANGUAGES]
        if unknown:
            raise UsageError(
                f"no stop words for the language {unknown[0]!r}",
                where="lexicon, languages",
                cure=f"languages here: {', '.join(LANGUAGES)}",
            )
        for name in ("characters", "shortest"):
            if getattr(self, name) < 1:
                raise UsageError(
                    f"{name} is {getattr(self, name)}",
                    where=f"lexicon, {name}",
                    cure="give 1 or more",
                )
        words = _plain(self.words, "words")
        object.__setattr__(self, "words", words)
        stop = set(_plain(self.stop, "stop")) - set(words)
        object.__setattr__(self, "stop", tuple(sorted(stop)))
        object.__setattr__(self, "languages", tuple(self.languages))
        for digest in self.copied:
            if not _DIGEST.fullmatch(digest):
                raise UsageError(
                    f"{digest!r} is no digest of a text",
                    where="lexicon, copied",
                    cure="give 16 hexadecimal digits, as learn wrote them",
                )
        object.__setattr__(self, "copied", tuple(sorted(set(self.copied))))

    def with_words(self, *words: str) -> Lexicon:
        """Return the lexicon with words added; they are terms even if they were stop words."""
        return replace(self, words=(*self.words, *words))

    def without(self, *words: str) -> Lexicon:
        """Return the lexicon in which these are stop words, and no added words."""
        gone = _plain(words, "stop")
        kept = tuple(word for word in self.words if word not in gone)
        return replace(self, words=kept, stop=(*self.stop, *gone))

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that differ where two lexicons may read different terms."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return the lexicon as one JSON document; equal lexicons give equal text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1)

    @staticmethod
    def from_json(text: str, where: str = "lexicon") -> Lexicon:
        """Read what `to_json` wrote.

        Raises DataError where it is not JSON, lacks or adds a field, or holds another type.
        """
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise DataError(
                f"a lexicon is not JSON: {error.msg} in line {error.lineno}",
                where=where,
                cure="take the text that Lexicon.to_json wrote",
            ) from error
        names = {f.name for f in fields(Lexicon)}
        # Lexicons of older stores know of no copied texts.
        if not isinstance(found, dict) or {"copied", *found} != names:
            seen = sorted(found) if isinstance(found, dict) else type(found).__name__
            raise DataError(
                f"a lexicon has the fields {', '.join(sorted(names))}, not {seen}",
                where=where,
                cure="take the text that Lexicon.to_json wrote",
            )
        values: dict[str, tuple[str, ...] | int | str] = {}
        for name, value in found.items():
            values[name] = _typed(name, value, where)
        return Lexicon(**values)  # type: ignore[arg-type]


def _typed(name: str, value: object, where: str) -> tuple[str, ...] | int | str:
    if name in ("words", "stop", "languages", "copied"):
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        wanted = "a list of texts"
    elif name == "segmenter":
        if isinstance(value, str):
            return value
        wanted = "a text"
    else:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        wanted = "a whole number"
    raise DataError(
        f"{name} is {value!r}, not {wanted}",
        where=f"{where}, {name}",
        cure="take the text that Lexicon.to_json wrote",
    )


def _plain(words: Iterable[str], where: str) -> tuple[str, ...]:
    given = list(dict.fromkeys(words))
    if not given:
        return ()
    cleaned = clean(pl.Series("text", given, dtype=pl.String), LONGEST_WORD).to_list()
    plain = [_REPEATED.sub(r"\2\2", " ".join(word.split())) for word in cleaned]
    for word, raw in zip(plain, given, strict=True):
        if not any(c.isalnum() for c in word):
            raise UsageError(
                f"{raw!r} is no word", where=f"lexicon, {where}", cure="give letters or digits"
            )
    return tuple(sorted(set(plain)))
