"""Posts → a builder: audiences of words, of those users only whom the floor keeps."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import tee
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from overlap import hashing
from overlap.audiences import Definitions
from overlap.events import Events, TagCodes
from overlap.model import TERM_KIND
from overlap.sketches import SketchBuilder
from overlap.sketching.numbering import Names, periods, used
from overlap.terms import Lexicon, learn, term_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSTS = 100_000
"""Posts worked on at once."""


def learn_lexicon(events: Events) -> Lexicon:
    """Return the lexicon of a sample of the events' posts."""
    texts, users = tee(_posts(events))
    return learn((batch["text"] for batch in texts), (batch["user"] for batch in users))


class _Read(NamedTuple):
    hashes: NDArray[np.uint64]
    days: NDArray[np.int32]
    terms: TagCodes


def feed_posts(
    builder: SketchBuilder,
    events: Events,
    lexicon: Lexicon,
    definitions: Definitions,
    key: bytes | None,
    progress: Callable[[str], None],
) -> None:
    """Read the posts of users below the floor, as it falls, and add the terms to the builder."""
    names = Names(builder, TERM_KIND, definitions)

    def read(batch: pl.DataFrame, floor: int) -> _Read:
        hashes = hashing.hash_users(batch["user"], seed=builder.spec.seed, key=key)
        below = pl.Series(hashes < np.uint64(floor))
        found = term_rows(batch["text"], lexicon, rows=below)
        row = found["row"].to_numpy()
        # A dictionary of the batch's own: polars' categories would grow with every word ever met.
        coded = found["term"].to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
        index = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        days = batch["period"].to_physical().to_numpy()
        return _Read(hashes[row], days[row], TagCodes(pl.Series(coded.dictionary), index))

    def add(made: _Read) -> None:
        if len(made.hashes):
            period = periods(builder, made.days)
            table = names.numbers(made.terms, used(made.terms))
            builder.add(builder.sieve(table).sift(made.hashes, made.terms.index, period), table)

    workers = os.cpu_count() or 1
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting: deque[Future[_Read]] = deque()
            for batch in _posts(events):
                waiting.append(pool.submit(read, batch, builder.floor))
                done += len(batch)
                progress(f"reading posts, {done:,}")
                if len(waiting) > workers:
                    add(waiting.popleft().result())
            while waiting:
                add(waiting.popleft().result())
        finally:
            pool.shutdown(cancel_futures=True)


def _posts(events: Events) -> Iterator[pl.DataFrame]:
    posts = events.clean.select("user", "period", "text").filter(pl.col("text").is_not_null())
    return posts.collect_batches(chunk_size=POSTS, maintain_order=False)
