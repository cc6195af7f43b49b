"""Posts to terms: megabytes and posts a second, against the bare segmenter in a Python loop."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import rjieba

from overlap.terms import Lexicon, discover, learn, terms_of

SAMPLE = Path(__file__).parents[1] / "sample_data" / "events.parquet"
POSTS = 300_000
FLOOR = 1 / 16
THREADS = 2
_READ = "reading the file with polars"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the clock and of the cores."""

    seconds: float
    cpu: float


def repeated(events: pl.DataFrame, posts: int = POSTS) -> pl.DataFrame:
    """Return the sample community's posts, some times over: clauses come again and again."""
    said = events.filter(pl.col("text").is_not_null()).select("user_id", "text")
    times = -(-posts // len(said))
    return pl.concat([said] * times).head(posts)


def varied(events: pl.DataFrame, posts: int = POSTS, seed: int = 5) -> pl.DataFrame:
    """Return posts of the same words in random order: hardly any clause comes twice."""
    rng = np.random.default_rng(seed)
    texts = events["text"].drop_nulls()
    words = [w for w in rjieba.cut("\n".join(texts.head(20_000)), hmm=False) if w.isalpha()]
    draws = random.Random(seed)
    clauses = rng.integers(1, 5, posts)
    made = [
        "，".join("".join(draws.choices(words, k=draws.randint(3, 8))) for _ in range(n))
        for n in clauses.tolist()
    ]
    return pl.DataFrame({"user_id": rng.integers(0, posts // 4, posts), "text": made})


def lines() -> list[str]:
    """Return Markdown lines: text to terms, ours and the bare segmenter's, and learning."""
    events = pl.read_parquet(SAMPLE)
    lexicon = learn(events["text"], events["user_id"])
    rows = []
    learning = []
    for name, frame in (
        ("the sample's posts, clauses repeated", repeated(events)),
        ("the same words in random order", varied(events)),
    ):
        rows += _reading(name, frame, lexicon)
        learning += _learning(name, frame)
    return [
        f"{POSTS:,} Chinese posts each, a lexicon of {len(lexicon.words)} learnt words. The loop "
        "calls rjieba's `cut` once per post and does nothing else: no cleaning, hashtags, English, "
        "stop words, or distinct terms. Best of three in turn; CPU seconds count all threads.",
        "",
        "| posts | who | MB/s | posts/s | CPU seconds | time against overlap | against reading |",
        "|---|---|---:|---:|---:|---:|---:|",
        *rows,
        "",
        "| posts | what | MB/s | CPU seconds | words |",
        "|---|---|---:|---:|---:|",
        *learning,
        "",
    ]


def _reading(name: str, frame: pl.DataFrame, lexicon: Lexicon) -> list[str]:
    texts, users = frame["text"], frame["user_id"]
    # Any even share of users will do here; a build takes those whose hash is below the floor.
    floor = users.hash(seed=1) < int(FLOOR * 2**64)
    part = -(-len(texts) // THREADS)

    def threads() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            slices = [texts.slice(i * part, part) for i in range(THREADS)]
            list(pool.map(lambda piece: terms_of(piece, lexicon), slices))

    folder = tempfile.TemporaryDirectory()
    file = Path(folder.name) / "posts.parquet"
    frame.write_parquet(file)
    tasks: dict[str, Callable[[], object]] = {
        "overlap": lambda: terms_of(texts, lexicon),
        _READ: lambda: pl.read_parquet(file),
        f"overlap, {THREADS} threads": threads,
        f"overlap, 1 user in {round(1 / FLOOR)}": lambda: terms_of(texts, lexicon, rows=floor),
        "rjieba in a loop": lambda: [rjieba.cut(text) for text in texts],
        "rjieba in a loop, no guessing": lambda: [rjieba.cut(text, hmm=False) for text in texts],
    }
    with folder:
        took = _in_turn(tasks)
    megabytes = texts.str.len_bytes().sum() / 1e6
    ours, read = took["overlap"].seconds, took[_READ].seconds
    return [
        f"| {name if who == 'overlap' else ''} | {who} | {megabytes / t.seconds:,.1f} "
        f"| {len(texts) / t.seconds:,.0f} | {t.cpu:.2f} | {t.seconds / ours:.2f}× "
        f"| {t.seconds / read:.1f}× |"
        for who, t in took.items()
    ]


def _learning(name: str, frame: pl.DataFrame) -> list[str]:
    texts, users = frame["text"], frame["user_id"]
    megabytes = texts.str.len_bytes().sum() / 1e6
    found = len(discover(texts, users))
    took = _in_turn({"discover": lambda: discover(texts, users)})["discover"]
    return [f"| {name} | discover | {megabytes / took.seconds:,.1f} | {took.cpu:.2f} | {found} |"]


def _in_turn(tasks: dict[str, Callable[[], object]], runs: int = 3) -> dict[str, Took]:
    """Return the best of some runs of each task, run one after the other."""
    seen: dict[str, list[Took]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            seconds, cpu = time.perf_counter(), time.process_time()
            task()
            seen[name].append(Took(time.perf_counter() - seconds, time.process_time() - cpu))
    return {name: min(all_, key=lambda t: t.seconds) for name, all_ in seen.items()}


if __name__ == "__main__":
    print("\n".join(lines()))
