"""The page of all tables and pictures."""

from __future__ import annotations

from pathlib import Path

from benchmarks import claims
from benchmarks.accuracy import (
    builds,
    defaults,
    encodings,
    equal_bytes,
    pictures,
    published,
    shrunk,
)

HEAD = """# Accuracy

Written by `python -m benchmarks.accuracy`; every number is simulated or measured in that run, with
fixed seeds. Errors are root mean square errors as a share of the truth."""

EQUAL = """## Error at equal stored bytes

200 million users; sizes fall from 100 million to 1,000 as a power of the rank. All methods get the
bytes of Apache theta sketches with k = 4,096 (HyperLogLog++ is held at p = 14 and takes less). Only
what is kept is simulated. Bytes of a store are those of overlap.store by a model of its encodings,
events and registers included, which is set against real stores below. Beside the rule in use stand
other ways to settle a budget: *halving, half for k*, F and k halve until half of the budget holds
each; *half for k*, not a quarter; and *k/4 beyond k*, whole up to k users, at least a quarter of k
above.

A user sample is the floor alone: the same estimate from the same kind of hits. It can be beaten
only where it has nothing to say, among small audiences, and only by keeping more of those; whatever
is spent on them is missing from the floor. So the goals are read against three sets of peers: the
sketches of fixed size; these and the sample that keeps as much as a store does (keys, so that next
week can be added, and events); and these and bare bitmaps of users who are dense integers already.
Where an audience lies wholly inside another (last pair), HyperLogLog's errors cancel and the
overlap is as good as a size."""

DEFAULTS = """## Defaults of k, of the budget and of its split"""

BYTES = """## Bytes per kept membership"""

SHRUNK = """## The interval of an index, and its shrunk range"""

PUBLISHED = """## Published numbers"""


def lines(images: Path) -> list[str]:
    """Run everything, write the pictures to `images`, and return the page as Markdown."""
    small = equal_bytes.compare(1_000)
    large = equal_bytes.compare(10_000, known=small.errors)
    drawn = pictures.draw_all(images, small)
    shown = {
        name: f"![{text.split(':')[0].split(';')[0]}](images/{name})\n\n*{text}*"
        for name, text in drawn.items()
    }
    return [
        HEAD,
        "",
        shown["accuracy-sizes.png"],
        "",
        shown["accuracy-overlaps.png"],
        "",
        EQUAL,
        "",
        shown["accuracy-equal-bytes.png"],
        "",
        *equal_bytes.lines([small, large]),
        "",
        DEFAULTS,
        "",
        *defaults.lines(),
        "",
        BYTES,
        "",
        *encodings.lines(builds.build_all()),
        "",
        SHRUNK,
        "",
        *shrunk.lines(),
        "",
        PUBLISHED,
        "",
        *published.lines(),
        "",
        *claims.lines(),
    ]
