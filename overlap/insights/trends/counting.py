"""Kept users of a trend, period by period: who was active, in the baseline, in the category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap.expressions import Expression
from overlap.insights.trends.axis import Axis
from overlap.model import FULL_THETA
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Active:
    """Kept users by period of an audience inside its baseline, and who stayed from the one before.

    `users` at `rate` and `base` at `base_rate`, int64[periods], where `base_rate` is at most
    `rate`; `others` are those of the baseline who are not in the audience; `stayed` and
    `base_stayed` were there in the period before as well. `mixed` are those of this period's
    audience in the last one's baseline, `mixed_back` the other way round; both only count where the
    rates are one. `samples` and `bases` are the users themselves.
    """

    rate: float
    base_rate: float
    users: Counts
    base: Counts
    others: Counts
    stayed: Counts
    base_stayed: Counts
    mixed: Counts
    mixed_back: Counts
    samples: tuple[Sample, ...]
    bases: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """Kept users by period of an audience within a standing one, all int64[periods] but the rates.

    `both` at `rate` are the audience's active users among the standing members. At the smaller
    `common` rate of the baseline, `own` are the audience's, `members` the standing members who did
    anything, `everybody` the baseline's, `both_common` the overlap.
    """

    rate: float
    common: float
    both: Counts
    both_common: Counts
    own: Counts
    members: Counts
    everybody: Counts
    samples: tuple[Sample, ...]
    standing: tuple[Sample, ...]


def active(
    panel: Panel, tree: Expression, base: Expression | None, axis: Axis, stop: int
) -> Active:
    """Count an expression and its baseline (None: everybody) in the first `stop` periods.

    Every audience of the expression is taken within the period: a user is active in A & B when
    active in both in that period, and `>=m` asks for m events in it.
    """
    windows = axis.windows[:stop]
    samples = [panel.sample(tree, w) for w in windows]
    bases = [panel.universe(w) if base is None else panel.sample(base, w) for w in windows]
    theta = min(samples[0].theta, FULL_THETA if base is None else bases[0].theta)
    bases = [panel.below(s, theta) for s in bases]
    if base is not None:
        samples = [
            Sample(panel.below(a, theta).users & n.users, theta)
            for a, n in zip(samples, bases, strict=True)
        ]
    same = samples[0].theta == bases[0].theta
    return Active(
        rate=samples[0].rate,
        base_rate=bases[0].rate,
        users=_hits(samples),
        base=_hits(bases),
        others=_hits(bases) - _hits([panel.below(a, bases[0].theta) for a in samples]),
        stayed=_shared(samples[1:], samples),
        base_stayed=_shared(bases[1:], bases),
        mixed=_shared(samples[1:], bases) if same else np.zeros(stop, dtype=np.int64),
        mixed_back=_shared(bases[1:], samples) if same else np.zeros(stop, dtype=np.int64),
        samples=tuple(samples),
        bases=tuple(bases),
    )


def within(panel: Panel, found: Active, standing: Sample) -> Inside:
    """Count the active users among the standing members of another audience."""
    samples = [_meet(panel, a, standing) for a in found.samples]
    members = [_meet(panel, n, standing) for n in found.bases]
    common = members[0].theta
    return Inside(
        rate=samples[0].rate,
        common=members[0].rate,
        both=_hits(samples),
        both_common=_hits([panel.below(s, common) for s in samples]),
        own=_hits([panel.below(a, common) for a in found.samples]),
        members=_hits(members),
        everybody=_hits([panel.below(n, common) for n in found.bases]),
        samples=tuple(samples),
        standing=tuple(members),
    )


def part_of(
    panel: Panel, samples: tuple[Sample, ...], part: Sample
) -> tuple[Counts, Counts, float]:
    """Return kept users of each sample in another, all of each, and their common rate."""
    inside = [_meet(panel, sample, part) for sample in samples]
    whole = [panel.below(sample, inside[0].theta) for sample in samples]
    return _hits(inside), _hits(whole), inside[0].rate


def _meet(panel: Panel, a: Sample, b: Sample) -> Sample:
    theta = min(a.theta, b.theta)
    return Sample(panel.below(a, theta).users & panel.below(b, theta).users, theta)


def _hits(samples: list[Sample] | tuple[Sample, ...]) -> Counts:
    return np.array([s.hits for s in samples], dtype=np.int64)


def _shared(later: list[Sample], before: list[Sample]) -> Counts:
    shared = [
        a.users.intersection_cardinality(b.users) for a, b in zip(later, before, strict=False)
    ]
    return np.array([0, *shared], dtype=np.int64)
