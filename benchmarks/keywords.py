"""5,000 keywords over posts, against reading the file and against a search per audience.

`python -m benchmarks.keywords` prints the tables; it takes a few minutes.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from overlap.audiences import AudienceDefinition, Definitions, TextRule, occurrences
from overlap.audiences.folding import fold, space
from overlap.events import Events, read_events
from overlap.model import AudienceKey

SAMPLE = Path(__file__).parents[1] / "sample_data" / "events.parquet"
REVIEWS = Path(__file__).parents[2] / "shared" / "data" / "game_reviews.parquet"
POSTS = {"Chinese": 1_000_000, "English": 500_000}
KEYWORDS, AUDIENCES, FEW = 5_000, 500, 5
MEASURED = 10
"""Searches of one audience each that are measured; the rest would take as long each."""


class Corpus(NamedTuple):
    """A file of posts by `user` with their `text`, and what to look for in them."""

    name: str
    file: Path
    keywords: list[str]


def chinese(folder: Path, seed: int = 4) -> Corpus:
    """Put posts together from two to six of the sample's, and keywords from pieces of them."""
    rng = np.random.default_rng(seed)
    texts = pl.read_parquet(SAMPLE, columns=["text"])["text"].drop_nulls()
    pieces = rng.choice(texts.to_numpy(), (POSTS["Chinese"], 6))
    lengths = rng.integers(2, 7, POSTS["Chinese"])
    posts = [" ".join(row[:n]) for row, n in zip(pieces, lengths, strict=True)]
    # A platform's keywords are mostly about something else than the post at hand: one in a hundred
    # is a piece of these posts, the others are made of their characters.
    runs = texts.str.extract_all(r"\p{Han}{2,}").explode().drop_nulls().unique(maintain_order=True)
    characters = np.array(sorted(set("".join(runs))))
    real = [run[:4] for run in rng.choice(runs.to_numpy(), KEYWORDS // 100)]
    made = ["".join(rng.choice(characters, n)) for n in rng.integers(2, 5, KEYWORDS * 2)]
    return _corpus("Chinese", folder, posts, [*real, *made])


def english(folder: Path, seed: int = 4) -> Corpus:
    """Put posts together from two reviews, and take keywords from their rarer words and pairs."""
    rng = np.random.default_rng(seed)
    texts = pl.read_parquet(REVIEWS, columns=["text"])["text"].drop_nulls()
    pairs = rng.choice(texts.to_numpy(), (POSTS["English"], 2))
    posts = [" ".join(pair) for pair in pairs]
    words = texts.str.to_lowercase().str.extract_all(r"[a-z]{4,}( [a-z]{4,})?").explode()
    counts = words.drop_nulls().value_counts().sort("text")
    rare = counts.filter(pl.col("count") <= 5)["text"].to_numpy()
    return _corpus("English", folder, posts, rng.choice(rare, KEYWORDS * 2).tolist())


def _corpus(name: str, folder: Path, posts: list[str], keywords: list[str]) -> Corpus:
    file = folder / f"{name}.parquet"
    users = np.random.default_rng(1).integers(0, len(posts) // 4, len(posts))
    pl.DataFrame({"user": users, "text": posts}).write_parquet(file, row_group_size=100_000)
    return Corpus(name, file, list(dict.fromkeys(keywords))[:KEYWORDS])


def lines() -> list[str]:
    """Return Markdown lines: seconds and megabytes a second, ours and the peers'."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        made = [chinese(Path(folder))]
        if REVIEWS.exists():
            made.append(english(Path(folder)))
        for corpus in made:
            found += _table(corpus)
    return found


def _table(corpus: Corpus) -> list[str]:
    events = read_events([str(corpus.file)], user="user", text="text")
    size = pl.scan_parquet(corpus.file).select(
        posts=pl.len(), megabytes=pl.col("text").str.len_bytes().sum() / 1e6
    )
    posts, megabytes = size.collect().row(0)
    each = KEYWORDS // AUDIENCES
    groups = [corpus.keywords[i * each : (i + 1) * each] for i in range(AUDIENCES)]
    met = _pass(events, groups)
    reading = _median(lambda: _read(corpus.file))
    rows = [
        ("reading users and texts with polars", reading),
        (f"{KEYWORDS:,} keywords of {AUDIENCES} audiences", _median(lambda: _pass(events, groups))),
        (
            f"{FEW * each} keywords of {FEW} audiences",
            _median(lambda: _pass(events, groups[:FEW])),
        ),
        ("folding every text, no search", _median(lambda: _fold(corpus.file))),
        (
            f"polars `contains_any` per audience, nothing folded ({MEASURED} of {AUDIENCES} "
            "measured)",
            _median(lambda: _search_each(corpus.file, groups[:MEASURED]), 1) * AUDIENCES / MEASURED,
        ),
    ]
    return [
        f"{posts:,} {corpus.name} posts, {megabytes:,.0f} MB of text; {met / posts:.0%} have one "
        f"of the {KEYWORDS:,} keywords.",
        "",
        "| what | seconds | MB/s | posts/s | against reading |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {what} | {seconds:,.2f} | {megabytes / seconds:,.0f} | {posts / seconds:,.0f} "
            f"| {seconds / reading:,.1f}× |"
            for what, seconds in rows
        ),
        "",
    ]


def _pass(events: Events, groups: list[list[str]]) -> int:
    """Return the number of posts that bear an audience."""
    definitions = Definitions(
        tuple(
            AudienceDefinition(AudienceKey("need", f"n{i}"), text=TextRule(any=tuple(group)))
            for i, group in enumerate(groups)
        )
    )
    _, part = occurrences(events, definitions)
    return sum(len(batch) for batch in part.frame.collect_batches(maintain_order=False))


def _read(file: Path) -> pl.DataFrame:
    read = pl.scan_parquet(file).select(pl.col("user").max(), pl.col("text").str.len_bytes().sum())
    return read.collect(engine="streaming")


def _fold(file: Path) -> pl.DataFrame:
    folded = pl.col("text").map_batches(
        lambda text: space(fold(text)), return_dtype=pl.String, is_elementwise=True
    )
    sizes = pl.scan_parquet(file).select(folded.str.len_bytes().sum())
    return sizes.collect(engine="streaming")


def _search_each(file: Path, groups: list[list[str]]) -> list[int]:
    posts = pl.scan_parquet(file)
    return [
        posts.filter(pl.col("text").str.contains_any(group))
        .select(pl.col("user").n_unique())
        .collect(engine="streaming")
        .item()
        for group in groups
    ]


def _median(work: Callable[[], object], runs: int = 3) -> float:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    print("\n".join(lines()))
