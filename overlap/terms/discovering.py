"""New words in a sample of posts: coinages and expressions that cohere and stand in many places.

Everything is counted in distinct users, so a post repeated a million times is one voice. Of a
sequence w of parts (Chinese characters, or words), with c(w) users out of N voices in all,

    cohesion(w) = min over w = ab of ln( c⁻(w) · N / (c(a) · c(b)) )

is the pointwise mutual information of its weakest split (Church & Hanks 1990; the minimum as in
Sun, Shen & Tsou 1998), where c⁻ = c − 1.96 √c so that rare sequences do not win by luck. The
boundary entropy (Harris 1955; Huang & Powers 2003) of the neighbours on each side, in nats, says in
how many different places it stands. Sentences that are repeated as a whole have no neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.hashing import distinct
from overlap.model import UsageError
from overlap.terms import counting, scanning
from overlap.terms.lexicon import Lexicon, word_list
from overlap.terms.sampling import MOST_BYTES, Sample, sample
from overlap.terms.segmenting import is_known
from overlap.terms.tokens import Codes, Tokens, chosen, room, strings, tokenise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Ids = NDArray[np.int32]
    Mask = NDArray[np.bool_]

DISCOVERED = pl.Schema(
    {"word": pl.String, "users": pl.UInt32, "cohesion": pl.Float64, "left_entropy": pl.Float64,
     "right_entropy": pl.Float64, "score": pl.Float64}
)  # fmt: skip

LEAST_USERS = 20
LEAST_COHESION = {"zh": 3.0, "en": 4.0}
"""Nats; e³ = 20 times as often as chance. English words cohere by grammar alone up to some 3.5."""
LEAST_ENTROPY = 1.0
"""Nats on either side: as free as after three neighbours in equal shares."""
LONGEST = {"zh": 6, "en": 4}
"""Chinese characters, or words, that a new word may have."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """The smallest parts of texts: Chinese characters, words and numbers, in order.

    `code` int32 numbers the distinct ones, whose texts are `names`; `user` int32; `kind` and
    `joint` uint8 as `scanning` numbers them.
    """

    code: Ids
    user: Ids
    kind: NDArray[np.uint8]
    joint: NDArray[np.uint8]
    names: pl.Series


@dataclass(frozen=True, slots=True)
class Grams:
    """Sequences of n atoms: the one that begins at each atom, −1 if too few users have it.

    `at` int32 by atom; `users` int64 by sequence.
    """

    at: Ids
    users: Ints


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sequences of n atoms that cohere: number, a place each begins at, cohesion and spelling."""

    n: int
    ids: Ints
    cohesion: NDArray[np.float64]
    words: list[str]


def discover(
    texts: pl.Series | Iterable[pl.Series],
    users: pl.Series | Iterable[pl.Series] | None = None,
    *,
    lexicon: Lexicon | None = None,
    least: int = LEAST_USERS,
    most_bytes: int = MOST_BYTES,
) -> pl.DataFrame:
    """Return new words of the lexicon's languages, best first: columns as in `DISCOVERED`.

    `texts` are Strings, one series or several with `users` alike; without users each distinct text
    is a user. Chinese coinages have 2 to 6 parts, of which one at least is a character and the
    others may be words or numbers ("4毫秒响应"), and are no word of the segmenter's dictionary.
    Expressions have 2 to 4 words or numbers, begin and end with no stop word, and are spelled with
    hyphens where most people do. Kept is what at least `least` users have, with enough cohesion and
    boundary entropy. Score is cohesion · ln(users). At most some `most_bytes` of text are looked
    at, of a random share of users, who are then counted as they are. Raises UsageError as `sample`
    does, or if `least` is below 2.
    """
    if least < 2:
        raise UsageError(
            f"least is {least} users", where="discover, least", cure="give 2 users or more"
        )
    return discover_in(sample(texts, users, most_bytes=most_bytes), lexicon or Lexicon(), least)


def discover_in(found: Sample, lexicon: Lexicon, least: int) -> pl.DataFrame:
    """Return what `discover` does, from a sample that has been drawn."""
    atoms = _atoms(found, lexicon)
    parts = [pl.DataFrame(schema=DISCOVERED)]
    for language in lexicon.languages:
        levels = _grams(atoms, language, least)
        for n in range(2, len(levels) + 1):
            candidates = _cohering(atoms, levels, n, language, lexicon)
            parts.append(_free(atoms, levels[n - 1], candidates))
    known = pl.Series(lexicon.words, dtype=pl.String)
    words = pl.concat(parts).filter(~pl.col("word").is_in(known.implode()))
    return words.sort("score", "word", descending=[True, False])


def _atoms(found: Sample, lexicon: Lexicon) -> Atoms:
    tokens = tokenise(found.texts, lexicon.characters)
    own = tokens.kind != scanning.HASHTAG
    tokens = Tokens(tokens.data, *chosen(tokens.arrays, own))
    out = room(int((tokens.end - tokens.start).sum()))
    n = counting.characters(tokens.data, *tokens.arrays, scanning.RUN, scanning.ATTACHED, out)
    start, end, row, kind, joint = chosen(out, slice(n))
    codes = Codes(n)
    code = codes.add(tokens.data, start, end).astype(np.int32)
    names = strings(tokens.data, codes.start[: codes.n], codes.end[: codes.n])
    return Atoms(code, found.users[row], kind.copy(), joint.copy(), names)


def _voices(ids: Ids, users: Ids, count: int) -> Ints:
    """Return how many distinct users have each id, int64[count]; −1 is no id."""
    has = ids >= 0
    pairs = distinct(ids[has].astype(np.uint64) << np.uint64(32) | users[has].astype(np.uint64))
    return np.bincount((pairs >> np.uint64(32)).astype(np.int64), minlength=count)


def _number(left: Ids, right: Ids, joined: Mask) -> tuple[Ids, int]:
    """Return a number for each distinct pair of ids that are joined, and how many there are."""
    some = int(np.count_nonzero((left >= 0) & (right >= 0) & joined))
    slots = np.full(1 << max(4, (2 * some).bit_length()), -1, dtype=np.int32)
    out = np.empty(len(left), dtype=np.int32)
    keys = np.empty(some, dtype=np.uint64)
    return out, counting.number_pairs(left, right, joined, slots, keys, out)


def _grams(atoms: Atoms, language: str, least: int) -> list[Grams]:
    """Return the sequences of 1, 2, … atoms; a longer one can be frequent only if its parts are."""
    if language == "zh":
        joined = atoms.joint == scanning.ATTACHED
    else:
        joined = (atoms.joint == scanning.SPACED) | (atoms.joint == scanning.HYPHENED)
    levels = [_frequent(atoms.code, atoms.user, len(atoms.names), least)]
    for n in range(2, min(LONGEST[language], len(atoms.code)) + 1):
        at = levels[-1].at
        on = joined[1:] if n == 2 else np.ones(len(at) - 1, dtype=np.bool_)
        ids, count = _number(at[:-1], at[1:], on)
        levels.append(_frequent(np.append(ids, np.int32(-1)), atoms.user, count, least))
    return levels


def _frequent(ids: Ids, users: Ids, count: int, least: int) -> Grams:
    voices = _voices(ids, users, count)
    kept = np.append(voices >= least, False)  # the last is for −1
    return Grams(np.where(kept[ids], ids, -1).astype(np.int32), voices)


def _cohering(
    atoms: Atoms, levels: list[Grams], n: int, language: str, lexicon: Lexicon
) -> Candidates:
    """Return the sequences of n atoms that cohere and may be words of a language."""
    level = levels[n - 1]
    total = np.log(max(int(levels[0].users.sum()), 1))
    where = np.flatnonzero(level.at >= 0)
    first = np.full(len(level.users), -1, dtype=np.int64)
    first[level.at[where[::-1]]] = where[::-1]
    ids = np.flatnonzero(first >= 0)
    first = first[ids]
    users = level.users[ids]
    # Below four users the lower bound is no positive number.
    own = np.log(np.maximum(users - 1.96 * np.sqrt(users), 0.1)) + total
    cohesion = np.full(len(ids), np.inf)
    for k in range(1, n):
        a = levels[k - 1].users[levels[k - 1].at[first]]
        b = levels[n - k - 1].users[levels[n - k - 1].at[first + k]]
        cohesion = np.minimum(cohesion, own - np.log(a) - np.log(b))
    cohere = cohesion >= LEAST_COHESION[language]
    ids, first, cohesion = ids[cohere], first[cohere], cohesion[cohere]
    place = first[:, None] + np.arange(n)
    parts = atoms.names.to_numpy()[atoms.code[place]].tolist()
    kinds = atoms.kind[place]
    if language == "zh":
        words = ["".join(part) for part in parts]
        never = frozenset(word_list("never_first")), frozenset(word_list("never_last"))
        may = (kinds == scanning.RUN).any(axis=1)
    else:
        words = [" ".join(part) for part in parts]
        outside = frozenset((*lexicon.stop, *word_list("never_outside")))
        never = outside, outside
        may = kinds[:, 0] != scanning.NUMBER
        _hyphenate(atoms, level, ids, n, words)
    fine = [
        part[0] not in never[0] and part[-1] not in never[1] and not is_known(word)
        for part, word in zip(parts, words, strict=True)
    ]
    may &= np.array(fine, dtype=np.bool_)
    kept = [word for word, ok in zip(words, may, strict=True) if ok]
    return Candidates(n, ids[may], cohesion[may], kept)


def _hyphenate(atoms: Atoms, level: Grams, ids: Ints, n: int, words: list[str]) -> None:
    """Spell with hyphens the expressions that are spelled so more often than not."""
    where = np.flatnonzero(level.at >= 0)
    hyphened = np.ones(len(where), dtype=np.bool_)
    for k in range(1, n):
        hyphened &= atoms.joint[where + k] == scanning.HYPHENED
    at = level.at[where]
    often = np.bincount(at, minlength=len(level.users))
    so = np.bincount(at[hyphened], minlength=len(level.users))
    for i in np.flatnonzero(2 * so[ids] > often[ids]):
        words[i] = words[i].replace(" ", "-")


def _free(atoms: Atoms, level: Grams, found: Candidates) -> pl.DataFrame:
    """Return the candidates with various neighbours on both sides, scored."""
    group = np.full(len(level.users) + 1, -1, dtype=np.int32)
    group[found.ids] = np.arange(len(found.ids))
    own = group[level.at]
    where = np.flatnonzero(own >= 0)
    own, users = own[where], atoms.user[where]
    before = _entropy(atoms, where - 1, where, own, users, len(found.ids))
    after = _entropy(atoms, where + found.n, where + found.n, own, users, len(found.ids))
    voices = level.users[found.ids]
    frame = pl.DataFrame(
        {
            "word": found.words,
            "users": voices,
            "cohesion": found.cohesion,
            "left_entropy": before,
            "right_entropy": after,
            "score": found.cohesion * np.log(voices),
        },
        schema_overrides=DISCOVERED,
    )
    least = pl.min_horizontal("left_entropy", "right_entropy")
    return frame.filter(least >= LEAST_ENTROPY)


def _entropy(
    atoms: Atoms, neighbour: Ints, joint: Ints, own: Ids, users: Ids, count: int
) -> NDArray[np.float64]:
    """Return the entropy of the neighbours of each sequence, counted in users.

    `neighbour` is the place of an occurrence's neighbour, `joint` the place whose joint tells
    whether they stand together.
    """
    inside = (neighbour >= 0) & (joint < len(atoms.code))
    on = inside.copy()
    on[inside] = atoms.joint[joint[inside]] != scanning.BREAK
    beside = atoms.code[np.where(on, neighbour, 0)]
    pairs, n = _number(own, beside, on)
    owner = np.zeros(n, dtype=np.int64)
    owner[pairs[on]] = own[on]
    out: NDArray[np.float64] = counting.entropy(owner, _voices(pairs, users, n), count)
    return out
