"""A sample of posts → the lexicon to read the others with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from overlap.model import UsageError
from overlap.terms import scanning
from overlap.terms.copies import copied_in
from overlap.terms.discovering import LEAST_USERS, discover_in
from overlap.terms.lexicon import Lexicon
from overlap.terms.reading import term_rows
from overlap.terms.sampling import MOST_BYTES, Sample, sample
from overlap.terms.segmenting import is_known
from overlap.terms.tokens import strings, tokenise

MOST_SHARE = 0.25
"""Share of users from which on a word tells nothing about anybody."""

LONGEST_HASHTAG = 8
"""Characters of a hashtag that is taken for a word; longer ones are slogans."""


def learn(
    texts: pl.Series | Iterable[pl.Series],
    users: pl.Series | Iterable[pl.Series] | None = None,
    *,
    base: Lexicon | None = None,
    least: int = LEAST_USERS,
    most_share: float = MOST_SHARE,
    most_bytes: int = MOST_BYTES,
) -> Lexicon:
    """Return `base` with the words of a sample: `texts` and `users` as in `discover`.

    Added are the words that `discover` finds and the texts of hashtags that at least `least` users
    set, so that they are found in running text too. Words that more than `most_share` of the users
    have become stop words, unless `base` added them. Texts that at least `least` users posted word
    for word become copied ones, which have no terms. Raises UsageError as `discover` does, or if
    `most_share` is not in (0, 1].
    """
    if not 0 < most_share <= 1:
        raise UsageError(
            f"most_share is {most_share}",
            where="learn, most_share",
            cure="give a share of users above 0, at most 1",
        )
    known = base or Lexicon()
    if least < 2:
        raise UsageError(
            f"least is {least} users", where="learn, least", cure="give 2 users or more"
        )
    found = sample(texts, users, most_bytes=most_bytes)
    copied = copied_in(found.texts, found.users, known.characters, least)
    known = replace(known, copied=(*known.copied, *copied))
    new = [*discover_in(found, known, least)["word"], *_hashtags(found, known, least)]
    new = [word for word in new if word not in known.stop]
    learnt = known.with_words(*new)
    common = _common(found, learnt, most_share) - set(known.words)
    words = tuple(word for word in learnt.words if word not in common)
    return replace(learnt, words=words, stop=(*learnt.stop, *sorted(common)))


def _hashtags(found: Sample, lexicon: Lexicon, least: int) -> list[str]:
    """Return the texts of hashtags that enough users set and that are more than one word."""
    tokens = tokenise(found.texts, lexicon.characters)
    tags = tokens.kind == scanning.HASHTAG
    texts = strings(tokens.data, tokens.start[tags] + 1, tokens.end[tags])
    set_by = pl.DataFrame({"word": texts, "user": found.users[tokens.row[tags]]})
    often = set_by.unique().group_by("word").len().filter(pl.col("len") >= least)
    words = often.filter(
        pl.col("word").str.len_chars().is_between(2, LONGEST_HASHTAG)
        | pl.col("word").str.contains(r"^[\x21-\x7e]+(?: [\x21-\x7e]+){1,3}$")
    )
    return [word for word in words["word"].sort() if not is_known(word)]


def _common(found: Sample, lexicon: Lexicon, share: float) -> set[str]:
    """Return the terms, hashtags aside, that more than a share of the users have."""
    rows = term_rows(found.texts, lexicon)
    voices = pl.DataFrame({"term": rows["term"], "user": found.users[rows["row"].to_numpy()]})
    most = share * len(np.unique(found.users))
    often = voices.unique().group_by("term").len().filter(pl.col("len") > most)
    return {term for term in often["term"] if not term.startswith("#")}
