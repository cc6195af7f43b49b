"""The command about what a segment says: `language`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Optional

import polars as pl
import typer

from overlap.cli.app import (
    CsvFile,
    ExcelFile,
    From,
    Json,
    MinUsers,
    ParquetFile,
    StorePath,
    To,
    app,
)
from overlap.cli.formats import CHANCE, EXACT, TEXT, USERS
from overlap.cli.giving import Columns, asked, give
from overlap.cli.output import progress
from overlap.cli.several import Several
from overlap.insights import wording
from overlap.insights.language import NEARLY_ALL, TYPICAL, examples, matches, panel_members, sides
from overlap.insights.language import language as find_language
from overlap.model import UsageError, Window
from overlap.panel import Panel, open_panel
from overlap.reports import about_store
from overlap.segments import members
from overlap.segments.sources import close, open_sources
from overlap.store import Store
from overlap.terms import Lexicon

if TYPE_CHECKING:
    from overlap.insights.language import Sides

_NUMBER: Callable[[Any], str] = lambda z: f"{z:+.1f}"  # noqa: E731
_BEST: Callable[[Any], str] = lambda mutual: "mutual" if mutual else ""  # noqa: E731

_SHOWN = 20
"""Terms of each direction that people are shown, and that examples are looked for, unless asked."""


@app.command("language", cls=Several)
def language_of(
    store: StorePath,
    expression: Annotated[
        str, typer.Argument(metavar="EXPR", help="Expression of the segment.", show_default=False)
    ],
    category: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="EXPR", help="Compare with everybody else in it; its own, if one."),
    ] = None,
    rest: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="EXPR", help="Compare with these instead."),
    ] = None,
    say: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="TEXT", help="Selling point to find the segment's word for; several."),
    ] = None,
    points: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="N", help="Find words for the rest's N most typical terms."),
    ] = None,
    events: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="SOURCE...", help="Take example posts from these events."),
    ] = None,
    posts: Annotated[int, typer.Option(metavar="N", help="Example posts of a term.")] = 3,
    query: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="SQL", help="What to ask a database among the sources."),
    ] = None,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
    top: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="N", help="At most so many terms over and so many under."),
    ] = None,
    fdr: Annotated[
        float,
        typer.Option(metavar="RATE", help="Share of the discoveries that may be luck."),
    ] = 0.05,
    language: Annotated[str, typer.Option(help="Language of explanations: en or zh.")] = "en",
) -> None:
    """Compare what a segment says with the rest of its category: words over, then under.

    With --say or --points: the segment's own words for selling points.
    """
    language = wording.language(language)
    if say and points is not None:
        raise UsageError("--say and --points both name selling points", cure="give one of them")
    if posts < 1:
        raise UsageError(f"--posts {posts} asks for no example", cure="ask for 1 or more")
    opened, panel = open_panel(store)
    periods, expression, (category, rest) = asked(
        opened, panel, from_, to, expression, category, rest
    )
    lexicon = _lexicon(opened)
    question = {
        "category": category, "rest": rest, "window": periods, "policy": opened.policy,
        "min_users": min_users, "fdr": fdr,
    }  # fmt: skip
    words = bool(say) or points is not None
    if words:
        most = TYPICAL if points is None else points
        frame = matches(panel, expression, say or (), lexicon=lexicon, points=most, **question)  # type: ignore[arg-type]
        columns, more, term = _WORDS, _matched(frame), "word"
    else:
        frame = find_language(panel, expression, **question)  # type: ignore[arg-type]
        more, term = _told(frame, fdr), "term"
        columns = _TERMS
        files = json or csv or excel or parquet
        if top is not None or not files:
            frame = _first(frame, _SHOWN if top is None else top)
    both = sides(panel, expression, category, rest, periods)
    if events:
        frame = _with_examples(
            frame, term, (opened, panel), both, events, (lexicon, periods, posts, query)
        )
        more = "\n".join([*_posts(frame, term), more])
    segment, others = (str(both.segment), str(both.rest))
    about = about_store(
        opened, "selling points" if words else "language",
        {"expression": segment, "compared with": others},
        window=periods, language=language,
    )  # fmt: skip
    give(frame, json, csv, columns, more, excel=excel, parquet=parquet, about=about)


_TERMS: Columns = {
    "term": ("term", TEXT), "direction": ("", TEXT), "z": ("z", _NUMBER),
    "log_odds": ("log-odds", _NUMBER), "q_value": ("q", CHANCE),
    "users": ("users", USERS), "users_low": ("low", USERS), "users_high": ("high", USERS),
    "exact": ("", EXACT), "share_of_segment": ("of segment", wording.percent),
    "expected_users": ("expected", USERS), "rest_users": ("of the rest", USERS),
    "share_of_rest": ("share", wording.percent),
    "adjusted_share_of_rest": ("adjusted", wording.percent), "suppressed": ("", TEXT),
    "variants": ("also", TEXT), "said_with": ("said by the same users", TEXT),
}  # fmt: skip
_WORDS: Columns = {
    "selling_point": ("selling point", TEXT), "selling_point_users": ("users", USERS),
    "word": ("word", TEXT), "word_users": ("users", USERS), "both_users": ("say both", USERS),
    "both_users_low": ("low", USERS), "both_users_high": ("high", USERS), "exact": ("", EXACT),
    "either_users": ("either", USERS), "expected_users": ("by chance", USERS),
    "affinity": ("affinity", wording.index), "z": ("z", _NUMBER), "margin": ("ahead", _NUMBER),
    "q_value": ("q", CHANCE), "mutual": ("", _BEST), "suppressed": ("", TEXT),
}  # fmt: skip


def _lexicon(store: Store) -> Lexicon | None:
    recorded = sorted(record.lexicon for record in store.provenance.values())
    known = next(filter(None, recorded), None)
    return Lexicon.from_json(known) if known is not None else None


def _first(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    if most < 1:
        raise UsageError(f"--top {most} leaves no term", cure="ask for 1 or more")
    found = pl.col("direction").is_in(["over", "under"])
    return frame.filter(found & (pl.int_range(pl.len()).over("direction") < most))


def _told(frame: pl.DataFrame, fdr: float) -> str:
    count = {way: (frame["direction"] == way).sum() for way in ("over", "under", "as expected")}
    hidden = frame["direction"].is_null().sum()
    rest = frame["rest"][0] if len(frame) else "the rest"
    compared = frame["segment_compared"][0] if len(frame) else 1.0
    limit = (
        ""
        if compared >= NEARLY_ALL
        else f" Only {wording.percent(compared, 0)} of the segment have such users in the rest; "
        "the others are counted, not compared."
        if compared
        else " The two sides are too small, or wrote at too different times, to be matched so: a "
        "difference may be one of the time or of how much they wrote."
    )
    return (
        f"Compared with {rest} at equal activity and period, that is among users with about as "
        f"many terms at about the same time, in all their posts: {count['over']} terms over, "
        f"{count['under']} under, {count['as expected']} as expected, {hidden} not shown. Of those "
        f"called over or under at most {wording.percent(fdr, 0)} are luck, on average. Log-odds "
        "and the adjusted share are at equal activity and period; shares are as counted."
        + limit
        + _copied(frame)
    )


def _copied(frame: pl.DataFrame) -> str:
    texts = frame.filter(pl.col("said_with").is_not_null() & (pl.col("direction") == "over"))
    if texts.is_empty():
        return ""
    first = texts.row(0, named=True)
    return (
        f" {first['term']}, {first['said_with']} come from the same users, perhaps out of one "
        f"copied text, and stand as one term. Groups of such terms among those over: {len(texts)}."
    )


def _matched(frame: pl.DataFrame) -> str:
    points = frame["selling_point"].n_unique()
    found = frame.filter(pl.col("word").is_not_null())["selling_point"].n_unique()
    return (
        f"{found} of {points} selling points have a word of the segment whose users say both far "
        "more often than chance gives; without such users no word can be told."
    )


def _with_examples(
    frame: pl.DataFrame,
    term: str,
    opened: tuple[Store, Panel],
    both: Sides,
    sources: Sequence[str],
    asked: tuple[Lexicon | None, Window, int, str | None],
) -> pl.DataFrame:
    """Add a column `examples` of posts to the terms of the segment that may be shown."""
    store, panel = opened
    lexicon, periods, most, query = asked
    shown = frame.filter(pl.col(term).is_not_null())
    if "direction" in frame.columns:
        over = (pl.col("direction") == "over") & pl.col("users").is_not_null()
        shown = shown.filter(over).head(_SHOWN)
    terms = shown[term].unique(maintain_order=True).to_list()
    with progress() as step:
        if panel.spec.key_id is None:
            belongs = panel_members(panel, both.ours)
        else:
            with members(
                store, panel, both.segment, sources, periods, query=query, progress=step
            ) as exact:
                ids = exact.users.collect()["user"]
            belongs = lambda users: users.is_in(ids.implode()).to_numpy()  # noqa: E731
        step("looking for example posts")
        readings, _ = open_sources(store, sources, query)
        try:
            found = examples(
                [each.events for each in readings], terms, belongs,
                lexicon=lexicon, window=periods, most=most,
            )  # fmt: skip
        finally:
            close(readings)
    by_term = found.group_by("term").agg(examples=pl.col("post")).rename({"term": term})
    empty = pl.lit([], dtype=pl.List(pl.String))
    joined = frame.join(by_term, on=term, how="left", maintain_order="left")
    return joined.with_columns(pl.col("examples").fill_null(empty))


def _posts(frame: pl.DataFrame, term: str) -> list[str]:
    lines: list[str] = []
    each = frame.unique(term, keep="first", maintain_order=True)
    for name, posts in each.select(term, "examples").iter_rows():
        if posts:
            lines += [f"{name}:", *(f"    {post}" for post in posts)]
    return [*lines, ""] if lines else []
