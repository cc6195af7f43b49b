"""Who carries a need, and in which words: audiences that its users are in more than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from overlap import estimates
from overlap.insights.needs.people import Crowd, People, plain
from overlap.model import TERM_KIND, UNIVERSE_KIND, AudienceKey, Window
from overlap.panel import CoOccurrence, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_CARRIERS = 10
MOST_WORDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """Finds the audiences of several kinds that go with bursts; remembers what they compare with.

    Carriers are standing members of an audience, counted among the burst's users and among all of
    the crowd who did anything while it lasted; words are what they said in that time. Only
    over-representation that is a discovery at `fdr` counts, ranked by the lower end of its shrunk
    TGI, and only overlaps of at least `floor` users.
    """

    who: Crowd
    floor: float
    fdr: float
    _compared: dict[tuple[str, Window, Window, int], CoOccurrence] = field(default_factory=dict)

    def carriers(self, of: People, but: set[AudienceKey]) -> list[dict[str, Any]]:
        """Return the audiences that carry a burst as {kind, name, users, tgi and ends}, at most 10.

        Terms and the universe are no carriers.
        """
        kinds = [k for k in self.who.panel.known if k not in (TERM_KIND, UNIVERSE_KIND)]
        rows = self._beside(of, kinds, self.who.ever, but)
        return rows[:MOST_CARRIERS]

    def words(self, of: People, but: set[AudienceKey]) -> list[dict[str, Any]]:
        """Return the terms that go with a burst as {name, users, tgi and ends}, at most 8.

        Of a word and its hashtag only the first stays, and none of the texts in `but`.
        """
        if TERM_KIND not in self.who.panel.known:
            return []
        texts = {plain(key.name) for key in but}
        out = []
        for row in self._beside(of, [TERM_KIND], of.window, but):
            del row["kind"]
            text = plain(row["name"])
            if text not in texts:
                texts.add(text)
                out.append(row)
        return out[:MOST_WORDS]

    def _beside(
        self, of: People, kinds: Sequence[str], window: Window, but: set[AudienceKey]
    ) -> list[dict[str, Any]]:
        panel, base = self.who.panel, self.who.members(of.window)
        theta = min(of.users.theta, base.theta)
        # Whoever carries is compared with those who were there, and is one of them.
        anchor = Sample(panel.below(of.users, theta).users & panel.below(base, theta).users, theta)
        parts = []
        for kind in kinds:
            # Inside the anchor itself, all that is counted is the anchor's: cheap at any size.
            near = panel.cooccurrence(anchor, kind, anchor, window)
            far = self._far(base, kind, of.window, window, theta)
            parts.append(
                [
                    x.astype(float)
                    for x in (
                        near.both[:, 0],
                        near.anchor[:, 0],
                        far.both[:, 0],
                        far.anchor[:, 0],
                        near.rate,
                    )
                ]
            )
        if not parts:
            return []
        s, a, b, n, rate = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        names = [panel.names(kind) for kind in kinds]
        starts = np.cumsum([0, *(len(part) for part in names)])
        other = np.ones(len(s), dtype=bool)
        for kind, start in zip(kinds, starts.tolist(), strict=False):
            known = panel.known[kind]
            first = min(known.values())
            other[[start + known[k.name] - first for k in but if k.kind == kind]] = False

        def key(place: int) -> AudienceKey:
            i = int(np.searchsorted(starts, place, side="right")) - 1
            return AudienceKey(kinds[i], names[i][place - int(starts[i])])

        found, columns = self._found(other, s, a, b, n, rate)
        return _told([key(place) for place in found.tolist()], columns)

    def _far(
        self, base: Sample, kind: str, when: Window, window: Window, theta: int
    ) -> CoOccurrence:
        key = (kind, when, window, theta)
        if key not in self._compared:
            everybody = self.who.panel.below(base, theta)
            self._compared[key] = self.who.panel.cooccurrence(everybody, kind, everybody, window)
        return self._compared[key]

    def _found(
        self, other: NDArray[np.bool_], s: Floats, a: Floats, b: Floats, n: Floats, rate: Floats
    ) -> tuple[NDArray[np.int64], dict[str, Floats]]:
        """Return the places of the discoveries among cells, and their numbers."""
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(n > 0, a * b / n, np.nan)
        large = (b / rate >= self.floor) & other & (b > 0)
        seen = large & (s / rate >= max(self.floor, 1)) & (s > expected)
        p = np.where(large, 1.0, np.nan)
        p[seen] = estimates.chance_p(s[seen], a[seen], b[seen], n[seen], rate[seen])
        q = estimates.false_discovery_rates(p)
        seen &= q <= self.fdr
        shrunk = np.full(len(s), np.nan)
        if seen.any():
            # Fitting its prior takes longer than all the rest.
            shrunk[large] = estimates.shrunk_tgi(s[large], expected[large]).low
        found = np.flatnonzero(seen & (shrunk > 100))
        if not len(found):
            return found, {}
        tgi = estimates.tgi(s[found], a[found], b[found], n[found], rate[found])
        users = estimates.counts(s[found], rate[found])
        return found, {
            "users": users.value,
            "users_low": users.low,
            "users_high": users.high,
            "tgi": tgi.value,
            "tgi_low": tgi.low,
            "tgi_high": tgi.high,
            "tgi_shrunk_low": shrunk[found],
        }


def _told(keys: list[AudienceKey], columns: dict[str, Floats]) -> list[dict[str, Any]]:
    """Return the audiences with their numbers as rows, the highest cautious TGI first."""
    rows = [
        {"kind": key.kind, "name": key.name,
         **{name: float(values[i]) for name, values in columns.items()}}
        for i, key in enumerate(keys)
    ]  # fmt: skip
    return sorted(rows, key=lambda r: (-r["tgi_shrunk_low"], r["kind"], r["name"]))
