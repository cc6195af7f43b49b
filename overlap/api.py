"""A store in Python: what the command line can do, as methods that return frames and estimates."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from overlap.insights import anchors
from overlap.insights.language import language
from overlap.insights.needs import needs
from overlap.insights.needs_map import NeedsMap, needs_map
from overlap.insights.openings import openings
from overlap.insights.pairs import pairs
from overlap.insights.planner import STEPS, plan
from overlap.insights.profile import profile
from overlap.insights.regions import incremental_reach, regions
from overlap.insights.trends import trends
from overlap.model import DataError, Estimate, OverlapWarning, Policy, Window
from overlap.panel import Panel, asking, open_panel
from overlap.segments import ExportOptions, ExportReport, export, members
from overlap.store import Store
from overlap.workspace import open_workspace, spell_out

if TYPE_CHECKING:
    from overlap.workspace import Workspace

    Moment = str | date | None


def open(path: str | Path, *, min_users: int | None = None) -> OpenStore:
    """Open a store; raises DataError when there is none or it cannot be read.

    `min_users` raises the store's own display floor, in users; it cannot lower it.
    """
    store, panel = open_panel(Path(path))
    policy = store.policy
    if min_users is not None:
        policy = replace(policy, display_floor=anchors.display_floor(policy, min_users))
    return OpenStore(store, panel, policy)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OpenStore:
    """A store and its panel in memory, read-only; safe to share between threads.

    Expressions are text as in `category:TV & interest:gaming>=3`, or `@name` for a saved segment
    of the store's workspace. `start` and `end` name periods, both included ("2026-05",
    "2026-W19", a date); without them every period counts. Numbers below the display floor are
    null in frames, and `suppressed` says why; a `policy` only raises the store's floors.
    Everything raises UsageError for unknown names, for a window that is reversed or outside the
    data, and warns (OverlapWarning) of a name that may be another audience as well and of a window
    that the data do not cover.
    """

    store: Store
    panel: Panel
    policy: Policy

    def __post_init__(self) -> None:
        # A floor can only be raised after the build.
        own = self.store.policy
        policy = Policy(
            max(self.policy.display_floor, own.display_floor),
            max(self.policy.export_floor, own.export_floor),
        )
        object.__setattr__(self, "policy", policy)

    def __repr__(self) -> str:
        kinds = ", ".join(f"{len(names):,} {kind}" for kind, names in self.panel.known.items())
        return f"OpenStore({str(self.store.path)!r}: {kinds}; snapshot {self.store.snapshot})"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of audiences."""
        return tuple(self.panel.known)

    def audiences(
        self, kind: str | None = None, *, start: Moment = None, end: Moment = None
    ) -> pl.DataFrame:
        """Return every audience, or a kind's, with its size as model.LIST_TABLE."""
        window = self._window(start, end)
        self._tell_beyond(window, 3)
        table = self.panel.table(kind, window)
        small = pl.col("users") < self.policy.display_floor
        return table.with_columns(pl.when(~small).then(pl.col("users", "low", "high", "events")))

    def size(self, expression: str, *, start: Moment = None, end: Moment = None) -> Estimate:
        """Return how many users an expression has.

        Raises DataError for fewer than may be shown.
        """
        text, _, window = self._asked(start, end, expression)
        size = self.panel.size(text, window)
        if 0 < size.value < self.policy.display_floor:
            raise DataError(
                f"the segment has fewer than {self.policy.display_floor} users",
                where=expression,
                cure="widen it, or build the store with --display-floor 0 if you may see so few",
            )
        return size

    def pairs(
        self, anchor: str, kind: str = "interest", *, baseline: str | None = None,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return an anchor against every audience of a kind; see `insights.pairs`."""
        text, (base,), window = self._asked(start, end, anchor, baseline)
        return pairs(
            self.panel, text, kind, baseline=base, window=window, policy=self.policy
        )  # fmt: skip

    def openings(
        self, category: str, *, brand: str | None = None, kind: str = "interest",
        baseline: str | None = None, start: Moment = None, end: Moment = None,
        language: Literal["en", "zh"] = "en",
    ) -> pl.DataFrame:  # fmt: skip
        """Return the audiences that are openings for a category; see `insights.openings`."""
        _, (base,), window = self._asked(start, end, "", baseline)
        return openings(
            self.panel, category, brand=brand, kind=kind, baseline=base,
            window=window, policy=self.policy, language=language,
        )  # fmt: skip

    def profile(
        self, expression: str, kind: str = "interest", *, baseline: str | None = None,
        fdr: float = 0.05, start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return what a segment has more and less of than its baseline; see `insights.profile`."""
        text, (base,), window = self._asked(start, end, expression, baseline)
        return profile(
            self.panel, text, kind, baseline=base, fdr=fdr, window=window, policy=self.policy
        )  # fmt: skip

    def plan(
        self, category: str, candidates: str | Sequence[str] = "interest", *,
        target: str | float | None = None, steps: int = STEPS,
        order: Literal["affinity", "reach"] = "affinity",
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return the audiences that reach a category, step by step; see `insights.planner`."""
        text, _, window = self._asked(start, end, category)
        return plan(
            self.panel, text, candidates, target=target, steps=steps, order=order,
            window=window, policy=self.policy,
        )  # fmt: skip

    def regions(
        self, *expressions: str, inside: str | None = None,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return who is in which of up to 12 segments at once; see `insights.regions`."""
        _, (within, *chosen), window = self._asked(start, end, "", inside, *expressions)
        return regions(
            self.panel, [text for text in chosen if text], inside=within,
            window=window, policy=self.policy,
        )  # fmt: skip

    def reach(
        self, *expressions: str, inside: str | None = None,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return what each segment adds to those before it; see `insights.regions`."""
        _, (within, *chosen), window = self._asked(start, end, "", inside, *expressions)
        return incremental_reach(
            self.panel, [text for text in chosen if text], inside=within,
            window=window, policy=self.policy,
        )  # fmt: skip

    def trends(
        self, expression: str, *, baseline: str | None = None, category: str | None = None,
        brand: str | None = None, every: str | None = None,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return an audience period by period; see `insights.trends`."""
        text, (base, within), window = self._asked(start, end, expression, baseline, category)
        return trends(
            self.panel, text, baseline=base, category=within, brand=brand, every=every,
            window=window, policy=self.policy,
        )  # fmt: skip

    def language(
        self, expression: str, *, category: str | None = None, rest: str | None = None,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return a segment's words against its category's; see `insights.language`."""
        text, (within, others), window = self._asked(start, end, expression, category, rest)
        return language(
            self.panel, text, category=within, rest=others, window=window, policy=self.policy
        )  # fmt: skip

    def needs(
        self, *, category: str | None = None, interest: str | None = None,
        start: Moment = None, end: Moment = None, language: Literal["en", "zh"] = "en",
    ) -> pl.DataFrame:  # fmt: skip
        """Return what has begun to be wanted, and by whom; see `insights.needs`."""
        _, (within, also), window = self._asked(
            start, end, "", asking.spelled(self.panel, "category", category),
            asking.spelled(self.panel, "interest", interest),
        )  # fmt: skip
        return needs(
            self.panel, category=within, interest=also, window=window, policy=self.policy,
            language=language,
        )  # fmt: skip

    def needs_map(
        self, *, category: str | None = None, kinds: Sequence[str] = ("interest",),
        start: Moment = None, end: Moment = None,
    ) -> NeedsMap:  # fmt: skip
        """Return which audiences belong together, laid out; see `insights.needs_map`."""
        within = asking.spelled(self.panel, "category", category)
        _, (within,), window = self._asked(start, end, "", within)
        return needs_map(
            self.panel, category=within, kinds=tuple(kinds), window=window, policy=self.policy
        )  # fmt: skip

    def members(
        self, expression: str, events: Sequence[str | Path], *,
        start: Moment = None, end: Moment = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return the exact members of an expression, one column `user`, from the events.

        `events` are the sources the store was built from. `overlap.segments.members` gives them
        piece by piece where they are more than memory holds. Raises DataError below the store's
        export floor.
        """
        text, _, window = self._asked(start, end, expression)
        sources = [str(source) for source in events]
        with members(self.store, self.panel, text, sources, window) as found:
            frame = found.users.collect()
        if len(frame) < self.policy.export_floor:
            raise DataError(
                f"the segment has fewer than {self.policy.export_floor} members, the store's "
                "export floor",
                where=expression,
                cure="widen it, or build the store with --export-floor 0 if you may list so few",
            )
        return frame

    def export(
        self, expression: str, events: Sequence[str | Path], target: str | Path,
        options: ExportOptions | None = None,
    ) -> ExportReport:  # fmt: skip
        """Write the exact members of an expression to a file; see `overlap.segments.export`."""
        options = options or ExportOptions()
        text, _, window = self._checked(options.window, expression)
        return export(
            (self.store, self.panel), text, [str(source) for source in events], Path(target),
            replace(options, window=window),
        )  # fmt: skip

    def workspace(self) -> Workspace:
        """Open the segments saved beside the store."""
        return open_workspace(self.store.path)

    def _asked(
        self, start: Moment, end: Moment, expression: str, *others: str | None
    ) -> tuple[str, list[str | None], Window]:
        """Return expressions with saved segments put in, None staying None, and the window."""
        return self._checked(self._window(start, end), expression, *others)

    def _checked(
        self, window: Window, expression: str, *others: str | None
    ) -> tuple[str, list[str | None], Window]:
        """Do as `_asked` in a window; what leaves doubt is an OverlapWarning."""
        window, first, rest = spell_out(self.store.path, window, expression, *others)
        asking.check(self.panel, window)
        texts = [text for text in (first, *rest) if text]
        for note in asking.named(self.panel, texts, self.policy.display_floor):
            warnings.warn(note, OverlapWarning, stacklevel=4)
        self._tell_beyond(window, 5)
        return first, rest, window

    def _tell_beyond(self, window: Window, level: int) -> None:
        beyond = asking.uncovered(self.panel, window)
        if beyond:
            warnings.warn(beyond, OverlapWarning, stacklevel=level)

    def _window(self, start: Moment, end: Moment) -> Window:
        first, last = (str(moment) if moment is not None else None for moment in (start, end))
        return asking.window(self.panel, first, last)
