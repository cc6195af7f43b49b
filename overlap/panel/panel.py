"""A store's kept users × audiences, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from pyroaring import BitMap

from overlap import estimates, expressions, sketches
from overlap.events import period_end
from overlap.expressions import Audience, Expression
from overlap.members import ALL_PERIODS, Members
from overlap.model import (
    FULL_THETA,
    NOBODY,
    UNIVERSE,
    AudienceKey,
    Estimate,
    UsageError,
    Window,
    nearest,
)
from overlap.panel.records import CoOccurrence, Kept, Sample, bitmap_of
from overlap.panel.sizes import Sizes
from overlap.store import Store, read_store

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOWED = 256
"""Audiences within a window that are remembered: one bit a user each, or less."""


def open_panel(path: Path) -> tuple[Store, Panel]:
    """Read a store and return it with its panel; raises DataError when it cannot be read."""
    opened = read_store(path)
    records = opened.provenance.values()
    firsts = [r.first_event for r in records if r.first_event]
    lasts = [r.last_event for r in records if r.last_event]
    span = (min(firsts), max(lasts)) if firsts and lasts else None
    return opened, Panel(opened.sketches, span)


class Panel:
    """All kept users × audiences of a store, read-only and safe to share between threads.

    `span` is the time of the first and of the last event, which tells whole periods from partly
    covered ones; without it every period counts as whole. `k` is the number of users up to which
    an audience was kept whole, which is less than the spec's where the budget left no more.
    """

    def __init__(
        self, sk: sketches.Sketches, span: tuple[datetime, datetime] | None = None
    ) -> None:
        self.spec = sk.spec
        self._span = span
        self.floor_rate = sk.floor_rate
        self.k = sk.k
        self._theta = sk.audiences["theta"].to_numpy()
        self._keys = [AudienceKey(k, n) for k, n in sk.audiences.select("kind", "name").rows()]
        self._code = {key: code for code, key in enumerate(self._keys)}
        self._members = Members(sk)
        self._sizes = Sizes(sk, self._members)
        self._bitmaps: dict[int, BitMap] = {}
        # A trend asks for everybody and the category period by period, and so does the next one.
        # Without this panel in it, which would then hold itself.
        self._windowed = lru_cache(maxsize=_WINDOWED)(partial(_counted, self._members))

    # --- what there is ------------------------------------------------------------------------

    @property
    def keys(self) -> tuple[AudienceKey, ...]:
        """Every audience, sorted by kind and name."""
        return tuple(self._keys)

    @property
    def rates(self) -> NDArray[np.float64]:
        """The share of its users that every audience was kept at, in the order of `keys`."""
        rates: NDArray[np.float64] = self._theta / FULL_THETA
        return rates

    @cached_property
    def known(self) -> Mapping[str, Mapping[str, int]]:
        """The names of the audiences of each kind, in order, with their codes."""
        known: dict[str, dict[str, int]] = {}
        for code, key in enumerate(self._keys):
            known.setdefault(key.kind, {})[key.name] = code
        return known

    @property
    def periods(self) -> tuple[date, ...]:
        """First days of the periods that have data, ascending."""
        return self._members.periods

    @cached_property
    def activity(self) -> NDArray[np.int64]:
        """The kept users of the universe who did anything in each period, int64[periods]."""
        return self._members.by_period(self._code[UNIVERSE])

    def is_whole(self, period: date) -> bool:
        """Whether the data reach from the first to the last day of a period."""
        if self._span is None:
            return True
        first, last = (moment.date() for moment in self._span)
        return first <= period and last >= period_end(period, self.spec.period)

    def until(self, period: date) -> date:
        """Return the last day of a period, or of the data where they end within it."""
        end = period_end(period, self.spec.period)
        return end if self._span is None else max(period, min(end, self._span[1].date()))

    @property
    def memberships(self) -> int:
        """Number of kept memberships (user × audience)."""
        return len(self._members.user)

    @property
    def entries(self) -> int:
        """Number of kept entries (user × audience × period)."""
        return len(self._members.entry_events)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind's audiences; raises UsageError when there is no such kind."""
        if kind not in self.known:
            kinds = ", ".join(self.known)
            close = nearest(kind, list(self.known))
            raise UsageError(
                f"no audience has the kind {kind!r}",
                where=f"the kinds here are: {kinds}",
                cure=f"did you mean {close[0]!r}?" if close else "choose one of these kinds",
            )
        return tuple(self.known[kind])

    def resolve(
        self, expression: str | Expression, told: Callable[[Audience], str] = str
    ) -> Expression:
        """Return the tree of an expression with every audience found; raises UsageError.

        `told` writes the audiences that a name may be in the message where it is not clear which.
        """
        tree = expressions.parse(expression) if isinstance(expression, str) else expression
        return expressions.resolve(tree, self.known, told)

    # --- samples ------------------------------------------------------------------------------

    def sample(self, expression: str | Expression, window: Window = ALL_PERIODS) -> Sample:
        """Evaluate an expression user by user at the smallest rate among its audiences."""
        tree = self.resolve(expression)
        codes = [self._code[AudienceKey(a.kind or "", a.name)] for a in expressions.leaves(tree)]
        theta = min(int(self._theta[code]) for code in codes)

        def leaf(audience: Audience) -> BitMap:
            code = self._code[AudienceKey(audience.kind or "", audience.name)]
            return self._bitmap(code, audience.at_least, window)

        users = expressions.fold(
            tree,
            leaf,
            lambda operands: BitMap.intersection(*operands),
            lambda operands: BitMap.union(*operands),
            lambda left, right: left - right,
        )
        return self.below(Sample(users, FULL_THETA), theta)

    def below(self, sample: Sample, theta: int) -> Sample:
        """Return a sample cut to a smaller threshold."""
        if theta >= sample.theta and sample.theta < FULL_THETA:
            return sample
        theta = min(theta, sample.theta)
        if theta == FULL_THETA:
            return sample
        return Sample(sample.users & BitMap(range(self._prefix(theta))), theta)

    def universe(self, window: Window = ALL_PERIODS) -> Sample:
        """Return the sample of all users."""
        return self.sample(Audience(UNIVERSE.kind, UNIVERSE.name), window)

    # --- sizes --------------------------------------------------------------------------------

    def size(self, expression: str | Expression, window: Window = ALL_PERIODS) -> Estimate:
        """Estimate the number of users of an expression."""
        tree = self.resolve(expression)
        if isinstance(tree, Audience) and tree.at_least == 1:
            code = self._code[AudienceKey(tree.kind or "", tree.name)]
            return self._sizes.of(np.array([code]), window).at(0)
        sample = self.sample(tree, window)
        if not sample.hits and expressions.is_empty(tree):
            return NOBODY
        return estimates.count(sample.hits, sample.rate)

    def size_of(self, sample: Sample, inside: Sample) -> Estimate:
        """Estimate the number of users of one sample that are in another."""
        theta = min(sample.theta, inside.theta)
        both = self.below(sample, theta).users & self.below(inside, theta).users
        return estimates.count(len(both), theta / FULL_THETA)

    def table(self, kind: str | None = None, window: Window = ALL_PERIODS) -> pl.DataFrame:
        """Return the size of every audience, or of a kind's, as model.LIST_TABLE."""
        if kind is not None:
            self.names(kind)
        table = self._sizes.table(window)
        return table if kind is None else table.filter(pl.col("kind") == kind)

    # --- counting together --------------------------------------------------------------------

    def cooccurrence(
        self,
        anchor: Sample,
        kind: str,
        baseline: Sample | None = None,
        window: Window = ALL_PERIODS,
        groups: int = 1,
    ) -> CoOccurrence:
        """Count an anchor against every audience of a kind inside a baseline, in one pass.

        Without a baseline it is the universe, which holds everybody and so takes nothing from the
        pair's own rate. Users fall into `groups` by the remainder of their hashes: random groups
        of equal size.
        """
        names = self.names(kind)
        audiences = self._codes(kind)
        theta = np.minimum(self._theta[audiences], np.uint64(anchor.theta))
        if baseline is not None:
            theta = np.minimum(theta, np.uint64(baseline.theta))
            baseline = self.below(baseline, anchor.theta)
            anchor = Sample(anchor.users & baseline.users, min(anchor.theta, baseline.theta))
        prefix = self._prefixes(theta)
        group = self._members.groups(groups)
        used = self._members.used(window)
        if baseline is None:
            whole, base_limit = self._everybody(window)
        else:
            whole, base_limit = _array(baseline), baseline.theta
        base_theta = np.minimum(theta, np.uint64(base_limit))
        base = _prefix_counts(whole, group, groups, self._prefixes(base_theta))
        inside = _array(anchor)
        return CoOccurrence(
            names=names,
            rate=theta / FULL_THETA,
            both=self._members.tally(inside, group, groups, used)[audiences],
            anchor=_prefix_counts(inside, group, groups, prefix),
            audience=self._members.tally_below(audiences, prefix, group, groups, used)
            if baseline is None
            else self._members.tally(whole, group, groups, used)[audiences],
            baseline=base * (theta / base_theta)[:, None],
            baseline_rate=base_theta / FULL_THETA,
        )

    def all_pairs(self, rows: str, columns: str, first: int | None = None) -> NDArray[np.int64]:
        """Count the kept users in both, for every audience of a kind against every one of another.

        Returns int64[rows, columns] in the order of `names`, each at the smaller of the two rates;
        `first` takes only so many of either.
        """
        self.names(rows), self.names(columns)
        a, b = self._codes(rows), self._codes(columns)
        if first is not None:
            a, b = (slice(s.start, min(s.stop, s.start + first)) for s in (a, b))
        return self._members.tally_pairs(a, b)

    def by_period(self, anchor: Sample, kind: str) -> NDArray[np.int64]:
        """Count the anchor's users active in each audience of a kind in each period.

        Returns int64[audiences, periods] at the rates of `cooccurrence` with this anchor.
        """
        self.names(kind)
        audiences = self._codes(kind)
        theta = np.minimum(self._theta[audiences], np.uint64(anchor.theta))
        return self._members.tally_periods(_array(anchor), audiences, self._prefixes(theta))

    # --- inside -------------------------------------------------------------------------------

    def _codes(self, kind: str) -> slice:
        codes = self.known[kind].values()
        return slice(min(codes), max(codes) + 1)

    def _everybody(self, window: Window) -> tuple[NDArray[np.uint32], int]:
        """Return the kept users of the universe, ascending, and its threshold."""
        code = self._code[UNIVERSE]
        return self._members.users_of(code, 1, window), int(self._theta[code])

    def _bitmap(self, code: int, at_least: int, window: Window) -> BitMap:
        if at_least > 1 or window != ALL_PERIODS:
            return self._windowed(code, at_least, window)
        if code not in self._bitmaps:
            self._bitmaps[code] = _counted(self._members, code, at_least, window)
        return self._bitmaps[code]

    def _prefix(self, theta: int) -> int:
        return int(self._prefixes(np.array([theta], dtype=np.uint64))[0])

    def _prefixes(self, thetas: NDArray[np.uint64]) -> NDArray[np.int64]:
        return np.searchsorted(self._members.hash, thetas).astype(np.int64)

    # --- as arrays ----------------------------------------------------------------------------

    def kept(self, kind: str, window: Window = ALL_PERIODS) -> Kept:
        """Return the kept users of a kind's audiences, without a copy of them for all periods.

        Raises UsageError when there is no such kind.
        """
        names, codes, members = self.names(kind), self._codes(kind), self._members
        bounds = members.of[codes.start : codes.stop + 1]
        users = members.user[bounds[0] : bounds[-1]]
        used = members.used(window)[bounds[0] : bounds[-1]]
        bounds = bounds - bounds[0]
        if len(used):
            users, bounds = users[used], np.concatenate([[0], np.cumsum(used)])[bounds]
        return Kept(
            names=names,
            theta=self._theta[codes],
            bounds=bounds,
            users=users,
            hashes=members.hash,
        )

    def times(
        self, kind: str, window: Window = ALL_PERIODS
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return when each kept user was active in a kind: mean period and spread, float64[users].

        In periods since the first, as `Members.times` counts them.
        """
        codes, of = self._codes(kind), self._members.of
        return self._members.times(slice(int(of[codes.start]), int(of[codes.stop])), window)


def _counted(members: Members, code: int, at_least: int, window: Window) -> BitMap:
    return bitmap_of(members.users_of(code, at_least, window))


def _array(sample: Sample) -> NDArray[np.uint32]:
    return np.asarray(sample.users.to_array(), dtype=np.uint32)


def _prefix_counts(
    users: NDArray[np.uint32], group: NDArray[np.uint8], groups: int, prefix: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count per group the ascending users below each prefix, int64[len(prefix), groups]."""
    if groups == 1:
        return np.searchsorted(users, prefix)[:, None]
    limits, which = np.unique(prefix, return_inverse=True)
    ends = np.searchsorted(users, limits)
    pieces = np.split(group[users[: ends[-1]]], ends[:-1]) if len(ends) else []
    counts = np.array([np.bincount(piece, minlength=groups) for piece in pieces])
    below: NDArray[np.int64] = np.cumsum(counts, axis=0)[which]
    return below
