"""Events → sketches in memory bounded by the budget: hash the users, number the audiences."""

from __future__ import annotations

from collections.abc import Callable

from overlap.audiences import Definitions, occurrences
from overlap.events import Events, RowCounts, check_rows, count_rows, no_audience
from overlap.model import UNIVERSE, SketchSpec
from overlap.sketches import SketchBuilder, Sketches
from overlap.sketching.batches import feed_batch
from overlap.sketching.forecasts import TERMS_A_POST, Forecast, forecast
from overlap.sketching.groups import feed_groups
from overlap.sketching.posts import feed_posts, learn_lexicon
from overlap.terms import Lexicon

__all__ = ["BATCH", "Forecast", "forecast", "learn_lexicon", "sketch"]

BATCH = 1_000_000
"""Rows of events worked on at once."""


def sketch(
    events: Events,
    definitions: Definitions,
    spec: SketchSpec,
    *,
    key: bytes | None = None,
    lexicon: Lexicon | None = None,
    progress: Callable[[str], None] = lambda _: None,
    expect: Callable[[Forecast], None] = lambda _: None,
) -> tuple[Sketches, RowCounts]:
    """Build the sketches of all audiences in memory bounded by the budget and a batch per core.

    Row groups of Parquet files are read as they lie; anything else goes through a lazy frame.
    With a `lexicon` the terms of posts become audiences too. `expect` is told the precision to
    expect before the work starts. Returns the sketches and what became of the rows. Raises
    DataError when no row can be used, none makes an audience, or the budget is too small for them,
    UsageError for definitions that ask for what the events do not have.
    """
    builder = SketchBuilder(spec)
    main, *defined = occurrences(events, definitions)
    columns = len(main.kinds) + (TERMS_A_POST if lexicon is not None else 0)
    if events.columnar is not None:
        total = sum(group.rows for group in events.columnar.groups)
        expect(forecast(total, columns, spec))
        rows = feed_groups(builder, events, events.columnar, definitions, key, progress)
        check_rows(rows, events)
    else:
        rows = count_rows(events)
        check_rows(rows, events)
        expect(forecast(rows.rows_used, columns, spec))
        defined.insert(0, main)
    for part in defined:
        done = 0
        for batch in part.frame.collect_batches(chunk_size=BATCH, maintain_order=False):
            feed_batch(builder, part, batch, key)
            done += len(batch)
            progress(f"sketching audiences, {done:,} rows")
    if lexicon is not None:
        # Last, because by then the floor has fallen and most posts need not be read.
        builder.settle()
        feed_posts(builder, events, lexicon, definitions, key, progress)
    built = builder.finish("\n".join(events.sources))
    if built.audiences["kind"].unique().to_list() == [UNIVERSE.kind]:
        raise no_audience(events)
    return built, rows
