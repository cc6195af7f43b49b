"""Selling points beside the words in which a segment says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import Expression
from overlap.insights.language import keyness
from overlap.insights.language.sides import texts
from overlap.insights.language.table import Compared, compare
from overlap.insights.language.voices import Voices
from overlap.members import ALL_PERIODS
from overlap.model import Policy, UsageError, Window, nearest
from overlap.panel import Panel
from overlap.terms import Lexicon, terms_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Users = NDArray[np.uint32]

MATCHES_TABLE = pl.Schema(
    {"segment": pl.String, "rest": pl.String, "selling_point": pl.String,
     "selling_point_users": pl.Float64, "place": pl.Int64, "word": pl.String,
     "word_users": pl.Float64, "both_users": pl.Float64, "both_users_low": pl.Float64,
     "both_users_high": pl.Float64, "exact": pl.Boolean, "either_users": pl.Float64,
     "expected_users": pl.Float64, "affinity": pl.Float64, "z": pl.Float64,
     "margin": pl.Float64, "p_value": pl.Float64, "q_value": pl.Float64, "mutual": pl.Boolean,
     "suppressed": pl.String}
)  # fmt: skip
"""Users of both sides together; null where not shown, and a null `word` where none was found.

`affinity` is 100 · both / expected; `margin` is how far z is above that of the next word; `mutual`
says that the word is the best for the selling point, and this one the best of the table for it.
"""

TYPICAL = 8
"""Selling points that are looked for where none is named: the rest's most typical terms."""


def matches(
    panel: Panel,
    segment: str | Expression,
    say: Sequence[str] = (),
    *,
    category: str | None = None,
    rest: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
    words: int = 3,
    points: int = TYPICAL,
    lexicon: Lexicon | None = None,
) -> pl.DataFrame:
    """Return selling points beside words of the segment that stand in their place.

    Takes what `language` takes and texts as the specification sheet has them (`say`), read by the
    store's `lexicon` like a post; a text of several terms stands for the users who have all of
    them. Without any, so many `points` are the terms that the rest has most over the segment.

    Candidates are the terms that the segment has over the rest. Evidence that a word says what a
    selling point says are people who say both: those that both sides speak to, who translate one
    for the other. A pair's number of such users is compared with what two unrelated terms would
    give among users of the same side with about as many terms at about the same time
    (`keyness.together`), and words are ranked by z, the excess in standard deviations. Words that
    only ever replace each other, and that nobody has both of, cannot be found in this way.

    Up to `words` rows a selling point, of words beyond luck at the false discovery rate `fdr` over
    all pairs, the best first; one row without a word where there is none. Rows whose `both_users`
    may not be shown are blank. Raises UsageError as `language` does, and for a text that nobody
    has.
    """
    for what, number in (("words", words), ("selling points", points)):
        if number < 1:
            raise UsageError(f"{number} {what} are no list", cure="ask for 1 or more")
    compared = compare(
        panel, segment, category=category, rest=rest, window=window, policy=policy,
        min_users=min_users, fdr=fdr,
    )  # fmt: skip
    frame = compared.frame
    who = (
        {text: _who(compared.voices, text, lexicon) for text in dict.fromkeys(say)}
        if say
        else {
            term: compared.voices.who(term)
            for term in frame.filter(pl.col("direction") == "under")["term"].head(points)
        }
    )
    over = frame.filter((pl.col("direction") == "over") & pl.col("users").is_not_null())
    candidates = over["term"].to_list()
    return _table(compared, who, candidates, words, fdr)


def _who(voices: Voices, text: str, lexicon: Lexicon | None) -> Users:
    """Return the kept users of both sides who say a text."""
    if text in voices.terms:
        return voices.who(text)
    read = terms_of(pl.Series("text", [text]), lexicon).to_list()[0]
    known = set(voices.terms)
    if not read or not known.issuperset(read):
        missing = next((term for term in read if term not in known), text)
        close = nearest(missing, voices.terms)
        raise UsageError(
            f"nobody in this store says {text!r}"
            + (f": {missing!r} is none of its terms" if missing != text else ""),
            where="--say",
            cure=f"did you mean {', '.join(map(repr, close))}?" if close
            else "see `overlap list STORE --kind term` for what is said",
        )  # fmt: skip
    users = voices.who(read[0])
    for term in read[1:]:
        users = np.intersect1d(users, voices.who(term), assume_unique=True)
    return users


def _table(
    compared: Compared, points: dict[str, Users], candidates: list[str], words: int, fdr: float
) -> pl.DataFrame:
    voices, rate = compared.voices, compared.voices.rate
    number = {term: i for i, term in enumerate(voices.terms)}
    chosen = np.array([number[term] for term in candidates], dtype=np.int64)
    saying = voices.users[chosen].reshape(len(chosen), voices.speakers.size).astype(np.float64)
    whole = voices.speakers.ravel().astype(np.float64)
    shape = (len(points), len(chosen))
    both, z, mean, p = (np.full(shape, np.nan) for _ in range(4))
    for i, (text, users) in enumerate(points.items()):
        both[i] = voices.among(users)[chosen].sum(axis=1)
        chance = keyness.together(both[i], saying, voices.cells_of(users).astype(float), whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            z[i] = (both[i] - chance.expected) / chance.deviation
        mean[i], p[i] = chance.expected, chance.p
        own = np.array([_contains(text, term) for term in candidates], dtype=bool)
        z[i, own] = p[i, own] = np.nan
    # A pair that may not be shown is a test that found nothing.
    few = both / rate < compared.floor
    tested = np.where(few & ~np.isnan(p), 1.0, p)
    q = estimates.false_discovery_rates(tested.ravel()).reshape(shape)
    q_all = estimates.false_discovery_rates(p.ravel()).reshape(shape)
    rows: list[Mapping[str, object]] = []
    for i, (text, users) in enumerate(points.items()):
        said = len(users) / rate
        start: dict[str, object] = {
            "selling_point": text,
            "selling_point_users": said if said >= compared.floor else None,
            "exact": rate >= 1,
        }
        if said < compared.floor:
            rows.append(start | {"suppressed": f"fewer than {compared.floor} users"})
            continue
        order = [j for j in np.argsort(-z[i], kind="stable") if not np.isnan(z[i, j])]
        found = [j for j in order if q[i, j] <= fdr and z[i, j] > 0][:words]
        for place, j in enumerate(found, start=1):
            after = order.index(j) + 1
            count = estimates.count(both[i, j], rate)
            rows.append(start | {
                "place": place,
                "word": candidates[j],
                "word_users": saying[j].sum() / rate,
                "both_users": count.value,
                "both_users_low": count.low,
                "both_users_high": count.high,
                "either_users": (len(users) + saying[j].sum() - both[i, j]) / rate,
                "expected_users": mean[i, j] / rate,
                "affinity": 100 * both[i, j] / mean[i, j],
                "z": z[i, j],
                "margin": z[i, j] - z[i, order[after]] if after < len(order) else None,
                "p_value": p[i, j],
                "q_value": q[i, j],
                "mutual": bool(place == 1 and z[i, j] >= np.nanmax(z[:, j])),
            })  # fmt: skip
        if not found:
            hidden = (few[i] & (q_all[i] <= fdr) & (z[i] > 0)).any()
            why = f"fewer than {compared.floor} users say both" if hidden else None
            rows.append(start | {"suppressed": why})
    segment, rest = texts(compared.sides)
    return pl.DataFrame(
        [{"segment": segment, "rest": rest, **row} for row in rows], schema=MATCHES_TABLE
    )


def _contains(text: str, term: str) -> bool:
    """Whether a word is the selling point itself, or a part of it."""
    plain, word = text.casefold(), term.removeprefix("#").casefold()
    return plain in word or word in plain
