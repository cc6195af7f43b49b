"""Example posts of a segment's words, without anything that names their writers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.events import Events, reading
from overlap.hashing import hash_users
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE_KIND, DataError, Window, user_dtype
from overlap.panel import Panel, Sample
from overlap.terms import LINK, Lexicon, term_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Belongs = Callable[[pl.Series], NDArray[np.bool_]]

EXAMPLES_TABLE = pl.Schema({"term": pl.String, "example": pl.Int64, "post": pl.String})

LONGEST = 200
"""Characters of a post that are shown."""

_POSTS = 100_000
"""Posts read at a time."""
_SPARE = 20
"""Posts that are remembered for each example asked for, in case others take their writers."""

_INVISIBLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{FE00}-\x{FE0F}]+"
_NARROW = [chr(c) for c in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x40, 0x2E)]
_WIDE = [chr(ord(c) + 0xFEE0) for c in _NARROW]
_MASKS = (
    (r"<[^<>]{0,500}>", " "),
    (r"[a-zA-Z0-9_.+-]{1,64}\s?@\s?[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63})+", "[email]"),
    (LINK, "[link]"),
    (r"(?i)\b(?:https?://|ftp://|www\.)[^\s，。！？、）】》\"'<>]*", "[link]"),
    (r"(?i)(?-u:\b)(?:[a-z0-9-]{1,63}\.)+(?:com|cn|net|org|io|me|tv|cc|gg|ly|co|top|xyz|info)"
     r"(?-u:\b)(?:/[^\s，。！？、）】》\"'<>]*)?", "[link]"),
    (r"(?:回复|//)?@[\w\-.·]{1,30}", "@…"),
    (r"(?i)\b(?:u|user)/[\w-]{2,30}", "@…"),
    (r"(?i)((?:微信号?|wechat|weixin|wx|vx|v信|薇信|qq群?|q群|telegram|tg|whatsapp|line id|discord)"
     r"\s?(?:号|id)?\s?[:：是为]?\s?)[a-zA-Z0-9_#-]{5,}", "${1}[id]"),
    (r"\+?\d[\d\s().\-–]{5,}\d[xX]?", "[number]"),
)  # fmt: skip


def panel_members(panel: Panel, segment: Sample, key: bytes | None = None) -> Belongs:
    """Return what tells of user ids whether the panel keeps them in a segment's sample.

    Hashes ids as the store does, with its secret `key` if it has one. Raises DataError where the
    store's ids are keyed and no key is given.
    """
    spec = panel.spec
    if spec.key_id is not None and key is None:
        raise DataError(
            "user ids of this store are hashed with a secret key",
            where=f"key {spec.key_id}",
            cure="give the key, or tell members by their ids",
        )
    kept = panel.kept(UNIVERSE_KIND).hashes
    ours = np.sort(kept[np.asarray(segment.users.to_array(), dtype=np.int64)])

    def belongs(users: pl.Series) -> NDArray[np.bool_]:
        if not len(ours):
            return np.zeros(len(users), dtype=bool)
        ids = users.cast(user_dtype(spec.id_type))
        hashes = hash_users(ids, seed=spec.seed, key=key)
        place = np.minimum(np.searchsorted(ours, hashes), len(ours) - 1)
        found: NDArray[np.bool_] = ours[place] == hashes
        return found

    return belongs


def examples(
    events: Sequence[Events],
    terms: Sequence[str],
    belongs: Belongs,
    *,
    lexicon: Lexicon | None = None,
    window: Window = ALL_PERIODS,
    most: int = 3,
) -> pl.DataFrame:
    """Return up to `most` posts for each term as EXAMPLES_TABLE, in the order of the terms.

    Posts are those of users who belong, within the window, read by the lexicon that made the terms;
    give only terms that may be shown. Ids of users are not in them, and @names, links, addresses,
    accounts and long numbers are masked; no user and no text appears twice, and of a long post the
    LONGEST characters around the term are shown. Which posts are taken depends on what they say
    alone, not on their order. Raises DataError for events that cannot be read.
    """
    found = pl.DataFrame(
        schema={"term": pl.String, "user": pl.String, "text": pl.String, "draw": pl.UInt64}
    )
    keep = most * _SPARE
    for each in events:
        with reading(*each.sources):
            for batch in _posts(each, window):
                part = _matching(batch, terms, belongs, lexicon)
                found = _drawn(pl.concat([found, part]), keep)
    return _chosen(found, terms, most)


def masked(text: pl.Expr) -> pl.Expr:
    """Return text without what may name or reach a person, on one line."""
    out = text.str.replace_many(_WIDE, _NARROW).str.replace_all(_INVISIBLE, " ")
    for pattern, instead in _MASKS:
        out = out.str.replace_all(pattern, instead)
    return out.str.replace_all(r"\s+", " ").str.strip_chars()


def _posts(events: Events, window: Window) -> Iterator[pl.DataFrame]:
    frame = events.clean.filter(pl.col("text").is_not_null()).select("user", "period", "text")
    if window.start is not None:
        frame = frame.filter(pl.col("period") >= window.start)
    if window.end is not None:
        frame = frame.filter(pl.col("period") <= window.end)
    return frame.collect_batches(chunk_size=_POSTS, maintain_order=False)


def _matching(
    batch: pl.DataFrame, terms: Sequence[str], belongs: Belongs, lexicon: Lexicon | None
) -> pl.DataFrame:
    """Return the posts of a batch that have one of the terms and a writer who belongs."""
    inside = pl.Series(belongs(batch["user"]))
    rows = term_rows(batch["text"], lexicon, rows=inside)
    rows = rows.filter(pl.col("term").is_in(list(terms)))
    picked = batch[rows["row"]]
    return pl.DataFrame(
        {
            "term": rows["term"],
            "user": picked["user"].cast(pl.String),
            "text": picked["text"],
            "draw": hash_users(picked["text"]) if len(picked) else pl.Series([], dtype=pl.UInt64),
        }
    )


def _drawn(found: pl.DataFrame, keep: int) -> pl.DataFrame:
    """Return the first posts of each term in the order of their draw, one per user and text."""
    return (
        found.sort("term", "draw", "user")
        .unique(["term", "user"], keep="first", maintain_order=True)
        .unique(["term", "text"], keep="first", maintain_order=True)
        .group_by("term", maintain_order=True)
        .head(keep)
        .select(found.columns)
    )


def _chosen(found: pl.DataFrame, terms: Sequence[str], most: int) -> pl.DataFrame:
    shown = found.with_columns(post=masked(pl.col("text"))).filter(pl.col("post") != "")
    taken: set[str] = set()
    texts: set[str] = set()
    rows: dict[str, list[str]] = {term: [] for term in terms}
    by_term = {name: part for (name,), part in shown.partition_by("term", as_dict=True).items()}
    # Who has few posts to choose from chooses first.
    for term in sorted(rows, key=lambda t: (len(by_term.get(t, ())), t)):
        for user, post in by_term.get(term, shown.head(0)).select("user", "post").iter_rows():
            if len(rows[term]) < most and user not in taken and post not in texts:
                taken.add(user)
                texts.add(post)
                rows[term].append(_excerpt(post, term))
    flat = [(term, i, post) for term, posts in rows.items() for i, post in enumerate(posts, 1)]
    return pl.DataFrame(flat, schema=EXAMPLES_TABLE, orient="row")


def _excerpt(post: str, term: str) -> str:
    """Return LONGEST characters of a post around a term, with … where it was cut."""
    if len(post) <= LONGEST:
        return post
    at = max(post.casefold().find(term.removeprefix("#").casefold()), 0)
    room = LONGEST - 2
    start = max(0, min(at - room // 3, len(post) - room))
    end = min(len(post), start + room)
    return ("…" if start else "") + post[start:end] + ("…" if end < len(post) else "")
