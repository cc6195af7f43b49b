"""The language of a segment: counted in users, told from luck, and matched to selling points."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import MONDAY, Row, panel, week
from dashboards import write_store
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.events import read_events
from overlap.insights.language import (
    EXAMPLES_TABLE,
    LANGUAGE_TABLE,
    MATCHES_TABLE,
    examples,
    keyness,
    language,
    matches,
    panel_members,
    sides,
)
from overlap.insights.language.examples import LONGEST, masked
from overlap.insights.language.voices import listen
from overlap.model import DataError, Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel
from overlap.reports import column_of
from overlap.terms import Lexicon, term_rows

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "sample_data" / "events.parquet"
GAMES = ROOT.parent / "shared" / "data" / "game_reviews.parquet"
TRUTHS: dict[str, Any] = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))
PLANTED = TRUTHS["language"]
TV, ESPORTS = f'category:"{PLANTED["category"]}"', f'interest:"{PLANTED["interest"]}"'
SEGMENT = f"{TV} & {ESPORTS}"
NO_FLOOR = Policy(0, 0)
TAGS = tuple(TagColumn(kind, kind) for kind in ("category", "interest", "brand"))


def sample_options(**more: Any) -> BuildOptions:
    return BuildOptions(
        user="user_id", tags=TAGS, time="time", text="text", period="week", terms=True, **more
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("language") / "store"
    build([str(EVENTS)], path, sample_options())
    return path


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


@pytest.fixture(scope="module")
def lexicon(store: Path) -> Lexicon:
    (record,) = open_panel(store)[0].provenance.values()
    return Lexicon.from_json(record.lexicon)


@pytest.fixture(scope="module")
def said(lexicon: Lexicon) -> pl.DataFrame:
    """Return every user with each of their terms, and the day of it, from the posts alone."""
    posts = pl.read_parquet(EVENTS).filter(pl.col("text").is_not_null())
    rows = term_rows(posts["text"], lexicon).join(posts.with_row_index("row"), on="row")
    return rows.select("term", user=pl.col("user_id"), day=pl.col("time").dt.date())


@pytest.fixture(scope="module")
def groups() -> tuple[set[int], set[int]]:
    """Return users of TV & e-sports, and of TV without e-sports."""
    rows = pl.read_parquet(EVENTS, columns=["user_id", "category", "interest"])
    tv = set(rows.filter(pl.col("category") == PLANTED["category"])["user_id"])
    players = rows.filter(pl.col("interest").list.contains(PLANTED["interest"]))["user_id"]
    return tv & set(players), tv - set(players)


def by_term(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["term"]: row for row in frame.iter_rows(named=True)}


def folded(frame: pl.DataFrame) -> set[str]:
    """Return the terms that rows stand for beside their own."""
    listed = pl.concat([frame["variants"], frame["said_with"]]).drop_nulls()
    return {term for terms in listed for term in terms.split(", ")}


# --- exact --------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_week", [None, 20], ids=["all", "window"])
def test_users_of_every_term_equal_exact_polars(sample, said, groups, from_week) -> None:
    window, rows = Window(), said
    ours, others = groups
    if from_week is not None:
        start = date(2025, 12, 29) + (week(from_week) - MONDAY)
        window, rows = Window(start=start), said.filter(pl.col("day") >= start)
        events = pl.read_parquet(EVENTS).filter(pl.col("time").dt.date() >= start)
        tv = set(events.filter(pl.col("category") == PLANTED["category"])["user_id"])
        play = events.filter(pl.col("interest").list.contains(PLANTED["interest"]))["user_id"]
        ours, others = tv & set(play), tv - set(play)
    frame = language(sample, SEGMENT, window=window, policy=NO_FLOOR)
    assert frame.schema == LANGUAGE_TABLE
    assert frame["exact"].all()
    for side, name, speakers in ((ours, "users", "segment"), (others, "rest_users", "rest")):
        inside = rows.filter(pl.col("user").is_in(list(side)))
        count = dict(inside.group_by("term").agg(pl.col("user").n_unique()).iter_rows())
        shown = dict(frame.select("term", name).iter_rows())
        assert shown == {term: count.get(term, 0) for term in shown}
        assert set(count) - set(shown) <= {"电竞", "#电竞", "电视", "#电视"} | folded(frame)
        assert frame[f"{speakers}_speakers"].unique().to_list() == [inside["user"].n_unique()]


def test_the_planted_words_come_out_on_top_with_their_users(sample) -> None:
    frame = language(sample, SEGMENT, policy=NO_FLOOR)
    assert frame["rest"][0] == f"{TV} - {ESPORTS}"
    words = [pair["word"] for pair in PLANTED["pairs"]]
    assert set(frame["term"].head(4)) == set(words)
    rows = by_term(frame)
    for pair in PLANTED["pairs"]:
        word, point = rows[pair["word"]], rows[pair["selling_point"].lower()]
        assert (word["users"], word["rest_users"]) == (
            pair["word_segment_users"], pair["word_rest_users"],
        )  # fmt: skip
        assert (point["users"], point["rest_users"]) == (
            pair["selling_point_segment_users"], pair["selling_point_rest_users"],
        )  # fmt: skip
        assert (word["direction"], point["direction"]) == ("over", "under")
    assert rows[PLANTED["hashtag"]]["variants"] == f"#{PLANTED['hashtag']}"


def test_planted_words_stay_on_top_where_the_rest_may_not_be_shown(sample) -> None:
    frame = language(sample, SEGMENT, policy=Policy(100, 100))
    top = frame.head(4)
    assert set(top["term"]) == {pair["word"] for pair in PLANTED["pairs"]}
    assert top["rest_users"].is_null().all()
    assert (top["suppressed"] == "fewer than 100 users in the rest").all()


def test_numbers_of_a_sampled_store_agree_with_the_exact_ones(tmp_path, sample) -> None:
    build([str(EVENTS)], tmp_path / "store", sample_options(rate=0.25, k=16))
    sampled = open_panel(tmp_path / "store")[1]
    exact = by_term(language(sample, SEGMENT, policy=NO_FLOOR))
    frame = language(sampled, SEGMENT, policy=NO_FLOOR)
    assert not frame["exact"].any()
    inside = [
        row["users_low"] <= exact[row["term"]]["users"] <= row["users_high"]
        for row in frame.iter_rows(named=True) if row["term"] in exact
    ]  # fmt: skip
    assert np.mean(inside) > 0.93
    words = {pair["word"] for pair in PLANTED["pairs"]}
    assert words <= set(frame.filter(pl.col("direction") == "over")["term"].head(6))


# --- what is compared ---------------------------------------------------------------------------


def small(rows: list[Row] | None = None, **spec: Any) -> Panel:
    """Return 400 users of tv, half of them gamers, who say a common word; gamers say another."""
    base: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(400)]
    base += [("interest", "gaming", MONDAY, u, 1) for u in range(200)]
    base += [("interest", "gaming", MONDAY, u, 1) for u in range(400, 500)]
    base += [("term", "screen", MONDAY, u, 1) for u in range(500)]
    base += [("term", "smooth", MONDAY, u, 1) for u in range(150)]
    base += [("term", "bright", MONDAY, u, 1) for u in range(200, 350)]
    return panel(base + (rows or []), **spec)


@pytest.mark.parametrize(
    ("asked", "segment", "rest"),
    [
        ({}, "category:tv & interest:gaming", "category:tv - interest:gaming"),
        ({}, "interest:gaming", "universe:all - interest:gaming"),
        ({}, "category:tv", "universe:all - category:tv"),
        ({"category": "category:tv"}, "interest:gaming", "category:tv - interest:gaming"),
        ({"rest": "category:tv"}, "interest:gaming", "category:tv - interest:gaming"),
        ({}, "category:tv & interest:gaming - term:smooth",
         "category:tv - (interest:gaming - term:smooth)"),
    ],
    ids=["in a category", "interest", "category", "category given", "rest given", "minus"],
)  # fmt: skip
def test_a_segment_is_compared_with_its_category_outside_of_it(asked, segment, rest) -> None:
    found = sides(small(), segment, **asked)
    assert str(found.rest) == rest
    assert not found.ours.users & found.others.users


def test_a_rest_apart_from_the_segment_stays_as_it_was_asked_for() -> None:
    found = sides(small(), "interest:gaming", rest="category:tv - interest:gaming")
    assert str(found.rest) == "category:tv - interest:gaming"


def test_one_user_who_repeats_a_word_a_million_times_changes_nothing() -> None:
    loud = [("term", "smooth", MONDAY, 3, 1_000_000), ("term", "screen", MONDAY, 3, 1_000_000)]
    plain, noisy = (
        language(p, "category:tv & interest:gaming", policy=NO_FLOOR)
        for p in (small(), small(loud))
    )
    assert plain.equals(noisy)


def test_who_writes_more_does_not_make_every_word_their_own() -> None:
    """Players write five times as much, of the same words with the same habits."""
    rng = np.random.default_rng(5)
    share = rng.beta(0.6, 12, 150)
    rows: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(3000)]
    rows += [("interest", "gaming", MONDAY, u, 1) for u in range(1000)]
    for user in range(3000):
        posts = rng.poisson(10 if user < 1000 else 2) + 1
        for term in np.flatnonzero(rng.random((posts, 150)) < share) % 150:
            rows.append(("term", f"w{term}", MONDAY, user, 1))
    frame = language(panel(rows), "category:tv & interest:gaming", policy=NO_FLOOR)
    naive = frame.filter(pl.col("share_of_segment") > 1.5 * pl.col("share_of_rest"))
    assert len(naive) > 100
    assert len(frame.filter(pl.col("direction") != "as expected")) <= 8


def of_two_eras(seed: int, *, taste: bool = False, users: int = 3000) -> Panel:
    """Return users of 60 weeks whose words rise or fall with time; the segment is mostly early.

    With taste, the segment says a word two and a half times as often as anybody at its time does.
    """
    rng = np.random.default_rng(seed)
    share = rng.beta(0.6, 14, 120)
    share[-1] = 0.02
    trend = np.repeat([2.5, -2.5, 0.0], 40)
    centre, span = rng.random(users), rng.gamma(1.0, 0.15, users)
    segment = rng.random(users) < np.where(centre < 0.4, 0.45, 0.05)
    rows: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(users)]
    rows += [("interest", "gaming", MONDAY, int(u), 1) for u in np.flatnonzero(segment)]
    writer = np.repeat(np.arange(users), rng.poisson(rng.gamma(1.2, 6, users)) + 1)
    when = centre[writer] + span[writer] * (rng.random(len(writer)) - 0.5)
    when = np.clip(when, 0, 0.999)
    says = share * np.exp(np.outer(when - 0.5, trend))
    if taste:
        says[segment[writer], -1] *= 2.5
    post, term = np.nonzero(rng.random(says.shape) < says)
    for p, t in zip(post.tolist(), term.tolist(), strict=True):
        rows.append(("term", f"w{t}", week(int(60 * when[p])), int(writer[p]), 1))
    return panel(rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_words_of_the_time_in_which_a_segment_lived_are_not_its_own(seed) -> None:
    frame = language(of_two_eras(seed), "category:tv & interest:gaming", policy=NO_FLOOR)
    ratio = pl.col("share_of_segment") / pl.col("share_of_rest")
    assert len(frame.filter((ratio > 1.5) | (ratio < 1 / 1.5))) > 50
    assert len(frame.filter(pl.col("direction").is_in(["over", "under"]))) <= 2
    assert frame["segment_compared"][0] > 0.95


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_word_of_taste_is_found_among_those_of_the_time(seed) -> None:
    frame = language(
        of_two_eras(seed, taste=True), "category:tv & interest:gaming", policy=NO_FLOOR
    )
    assert frame.filter(pl.col("direction") == "over")["term"].to_list() == ["w119"]


def test_the_adjusted_share_goes_with_the_odds_where_the_counted_one_does_not() -> None:
    frame = language(of_two_eras(1), "category:tv & interest:gaming", policy=NO_FLOOR)
    early = frame.filter(
        (pl.col("share_of_segment") > 1.5 * pl.col("share_of_rest")) & (pl.col("users") > 300)
    )
    assert len(early) > 3
    ours, rest, adjusted, odds = (
        early[name].to_numpy()
        for name in ("share_of_segment", "share_of_rest", "adjusted_share_of_rest", "log_odds")
    )
    plain = np.log(ours / (1 - ours)) - np.log(rest / (1 - rest))
    close = np.log(ours / (1 - ours)) - np.log(adjusted / (1 - adjusted))
    assert (np.abs(close - odds) < 0.15).all()
    assert (plain - odds > 0.3).all()


def test_sides_of_different_times_are_said_to_have_nobody_to_compare() -> None:
    rows: list[Row] = []
    for user in range(600):
        early = user < 300
        rows.append(("interest", "gaming" if early else "film", MONDAY, user, 1))
        at = week(user % 10 + (0 if early else 50))
        rows += [("term", f"w{t}", at, user, 1) for t in range(user % 7 + 1)]
    frame = language(panel(rows), "interest:gaming", policy=NO_FLOOR)
    assert frame["segment_compared"].unique().to_list() == [0.0]
    assert frame["segment_speakers"][0] == 300


def test_the_segments_own_names_are_no_news(sample) -> None:
    assert not {"电竞", "#电竞", "电视"} & set(language(sample, SEGMENT, policy=NO_FLOOR)["term"])
    frame = language(small(), "term:smooth", policy=NO_FLOOR)
    assert "smooth" not in set(frame["term"])
    assert "screen" in set(frame["term"])


def test_silent_users_are_no_speakers() -> None:
    silent: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(1000, 3000)]
    frame = language(small(silent), "category:tv & interest:gaming", policy=NO_FLOOR)
    assert frame["segment_speakers"].unique().to_list() == [200]
    assert frame["rest_speakers"].unique().to_list() == [200]


def test_a_limit_leaves_so_many_of_each_direction(sample) -> None:
    frame = language(sample, SEGMENT, limit=5)
    whole = language(sample, SEGMENT)
    assert frame["direction"].to_list() == ["over"] * 5 + ["under"] * 5
    for way in ("over", "under"):
        wanted = whole.filter(pl.col("direction") == way).head(5)
        assert frame.filter(pl.col("direction") == way).equals(wanted)


# --- floors -------------------------------------------------------------------------------------


def test_terms_below_the_floor_show_no_number_of_that_side(sample) -> None:
    exact = by_term(language(sample, SEGMENT, policy=NO_FLOOR))
    for row in language(sample, SEGMENT, policy=Policy(100, 0)).iter_rows(named=True):
        # A word that is not sure under the floor cannot stand for others, nor they for it.
        if (true := exact.get(row["term"])) is None:
            continue
        ours, others = true["users"] < 100, true["rest_users"] < 100
        for hidden, names in (
            (ours, ("users", "users_low", "users_high", "share_of_segment")),
            (others, ("rest_users", "rest_users_high", "share_of_rest", "expected_users")),
            (ours and others, ("log_odds", "z", "p_value", "q_value", "direction")),
        ):
            for name in names:
                assert (row[name] is None) == hidden or (name in ("log_odds", "z") and not hidden)
        assert (row["suppressed"] is not None) == (ours or others)
        if row["direction"] in ("over", "under"):
            assert row["direction"] == true["direction"]
            assert abs(row["log_odds"]) <= abs(true["log_odds"]) + 1e-9


def test_what_is_shown_of_a_hidden_side_does_not_depend_on_its_number() -> None:
    def shown(n: int) -> dict[str, Any]:
        more = [("term", "smooth", MONDAY, u, 1) for u in range(200, 200 + n)]
        # Whoever does not say it says something else, so that everybody has as many terms.
        more += [("term", "filler", MONDAY, u, 1) for u in range(200 + n, 400)]
        frame = language(small(more), "category:tv & interest:gaming", policy=Policy(50, 0))
        return {k: v for k, v in by_term(frame)["smooth"].items() if k not in ("q_value",)}

    assert shown(0) == shown(20) == shown(49)
    assert shown(49)["rest_users"] is None
    assert shown(50)["rest_users"] == 50


def test_a_side_that_may_not_be_shown_is_refused() -> None:
    with pytest.raises(UsageError, match=r"segment.* has fewer than 250 users"):
        language(small(), "category:tv & interest:gaming", policy=Policy(250, 0))
    with pytest.raises(UsageError, match=r"rest.* has no user"):
        language(small(), "category:tv & interest:gaming", rest="interest:gaming & category:tv")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"fdr": 0.0}, "false discovery rate of 0"),
        ({"limit": 0}, "0 terms are no list"),
        ({"category": "category:tv", "rest": "category:tv"}, "both say what to compare with"),
        ({"category": "category:radio"}, "radio"),
    ],
    ids=["fdr", "limit", "both", "unknown"],
)
def test_what_cannot_be_asked_is_refused(more, message) -> None:
    with pytest.raises(UsageError, match=message):
        language(small(), "interest:gaming", policy=NO_FLOOR, **more)


def test_a_store_without_terms_says_how_to_get_them() -> None:
    bare = panel([("category", "tv", MONDAY, u, 1) for u in range(300)])
    with pytest.raises(UsageError, match="no terms") as error:
        language(bare, "category:tv")
    assert "--terms" in error.value.cure


# --- luck ---------------------------------------------------------------------------------------


def test_log_odds_of_one_stratum_are_those_of_the_formula() -> None:
    users = np.array([[[30.0], [50.0]]])
    speakers = np.array([[200.0], [800.0]])
    p = 80.5 / 1001
    a, b = 100 * p, 100 * (1 - p)
    found = keyness.log_odds(users, speakers)
    value = np.log((30 + a) / (170 + b)) - np.log((50 + a) / (750 + b))
    variance = 1 / (30 + a) + 1 / (170 + b) + 1 / (50 + a) + 1 / (750 + b)
    assert found.value[0] == pytest.approx(value)
    assert found.error[0] == pytest.approx(np.sqrt(variance))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 200), st.data())
def test_p_values_of_one_stratum_are_close_to_fishers(part, having, more, data) -> None:
    whole = max(part, having) + more
    low, high = max(0, part + having - whole), min(part, having)
    both = data.draw(st.integers(low, high))
    found = keyness.together(
        np.array([float(both)]), np.array([[float(having)]]), np.array([float(part)]),
        np.array([float(whole)]),
    )  # fmt: skip
    exact = stats.hypergeom(whole, having, part)
    p = min(1.0, 2 * min(exact.cdf(both), exact.sf(both - 1)))
    assert found.expected[0] == pytest.approx(exact.mean())
    if np.isnan(found.p[0]):
        assert low == high
        return
    assert found.deviation[0] == pytest.approx(exact.std())
    if p < 0.2:
        assert found.p[0] == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("rate", [1.0, 0.3], ids=["whole", "sampled"])
def test_where_both_sides_speak_alike_next_to_nothing_is_called_a_difference(rate) -> None:
    """In 60 communities without a difference, any discovery at all is false."""
    rng = np.random.default_rng(11)
    wrong, deviations = 0, []
    terms, users = 120, 1600
    for _ in range(60):
        share = rng.beta(0.5, 8, terms)
        talk = rng.gamma(1.5, 1.0, users)
        odds = share / (1 - share)
        says = rng.random((users, terms)) < talk[:, None] * odds / (1 + talk[:, None] * odds)
        kept = rng.random(users) < rate
        segment = rng.random(users) < 0.2
        said = says.sum(axis=1)
        step = np.minimum((np.log(np.maximum(said, 1)) / np.log(1.3)).astype(int), 11)
        counts = np.zeros((terms, 2, 12))
        speakers = np.zeros((2, 12))
        for side, who in ((0, segment), (1, ~segment)):
            for stratum in range(12):
                inside = kept & who & (said > 0) & (step == stratum)
                speakers[side, stratum] = inside.sum()
                counts[:, side, stratum] = says[inside].sum(axis=0)
        both = counts[:, 0].sum(axis=1)
        found = keyness.together(both, counts.sum(axis=1), speakers[0], speakers.sum(axis=0))
        p = found.p[~np.isnan(found.p)]
        order = np.sort(p) * len(p) / np.arange(1, len(p) + 1)
        wrong += bool((order <= 0.05).any())
        deviations.append(keyness.log_odds(counts, speakers).z)
    # All nulls are true, so the chance of any discovery is the false discovery rate itself.
    assert wrong <= 8
    z = np.concatenate(deviations)
    assert 0.6 < z.std() < 1.05
    assert (np.abs(z) > 3).mean() < 0.005


@pytest.mark.parametrize("spec", [{}, {"rate": 0.4, "k": 16}], ids=["whole", "sampled"])
def test_random_halves_of_a_real_community_have_no_words_of_their_own(spec, said) -> None:
    users = said.select("user", "term").unique().filter(pl.col("user") % 4 == 0)
    rng = np.random.default_rng(3)
    everybody = users["user"].unique().sort().to_numpy()
    talk: list[Row] = [("term", t, MONDAY, u, 1) for u, t in users.iter_rows()]
    wrong = 0
    for _ in range(3):
        half = rng.choice(everybody, len(everybody) // 4, replace=False)
        rows = talk + [("interest", "half", MONDAY, int(u), 1) for u in half]
        frame = language(panel(rows, **spec), "interest:half", policy=Policy(20, 0))
        wrong += int(frame["direction"].is_in(["over", "under"]).sum())
    assert wrong <= 2


def test_voices_count_as_plain_sets_do() -> None:
    shop = small()
    voices = listen(shop, shop.sample("interest:gaming"), shop.sample("category:tv"))
    # Shared users belong to the segment: 200 of both, 100 gamers alone, 200 of tv alone.
    assert voices.speakers.sum(axis=1).tolist() == [300, 200]
    assert voices.users[voices.terms.index("smooth")].sum(axis=1).tolist() == [150, 0]
    assert len(voices.who("bright")) == 150
    among = voices.among(voices.who("smooth"))
    assert among.sum(axis=1).tolist() == [0, 150, 150]


# --- selling points -----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [NO_FLOOR, Policy(100, 100)], ids=["no floor", "floor"])
def test_each_planted_selling_point_meets_its_word(sample, lexicon, said, groups, policy) -> None:
    pairs = {pair["selling_point"]: pair["word"] for pair in PLANTED["pairs"]}
    frame = matches(sample, SEGMENT, list(pairs), policy=policy, lexicon=lexicon)
    assert frame.schema == MATCHES_TABLE
    first = frame.filter(pl.col("place") == 1)
    assert dict(first.select("selling_point", "word").iter_rows()) == pairs
    assert first["mutual"].all()
    assert (first["margin"] > 3).all()
    everybody = said.filter(pl.col("user").is_in(list(groups[0] | groups[1])))
    for row in first.iter_rows(named=True):
        point, word = (
            set(everybody.filter(pl.col("term") == text)["user"])
            for text in (row["selling_point"].lower(), row["word"])
        )
        assert row["both_users"] == len(point & word)
        assert row["either_users"] == len(point | word)
        assert row["affinity"] == pytest.approx(100 * len(point & word) / row["expected_users"])


def test_without_selling_points_the_rests_own_words_are_matched(sample, lexicon) -> None:
    frame = matches(sample, SEGMENT, lexicon=lexicon)
    pairs = {pair["selling_point"].lower(): pair["word"] for pair in PLANTED["pairs"]}
    found = dict(frame.filter(pl.col("place") == 1).select("selling_point", "word").iter_rows())
    assert found.items() >= pairs.items()
    # What has no counterpart is said to have none.
    assert frame.filter(pl.col("selling_point") == "周末")["word"].to_list() == [None]


def test_words_that_nobody_says_together_are_not_matched() -> None:
    frame = matches(small(), "category:tv & interest:gaming", ["bright"], policy=NO_FLOOR)
    assert frame.select("word", "place", "suppressed").rows() == [(None, None, None)]


def test_pairs_that_too_few_say_are_not_shown(sample, lexicon) -> None:
    frame = matches(sample, SEGMENT, ["120Hz"], policy=Policy(140, 0), lexicon=lexicon)
    assert frame.select("word", "both_users", "suppressed").rows() == [
        (None, None, "fewer than 140 users say both")
    ]


def test_a_selling_point_nobody_says_is_refused_with_what_comes_near(sample, lexicon) -> None:
    with pytest.raises(UsageError, match="nobody in this store says '4毫秒'") as error:
        matches(sample, SEGMENT, ["4毫秒"], lexicon=lexicon)
    assert "4毫秒响应" in error.value.cure


# --- examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("加我微信：abc_12345 一起开黑", "加我微信：[id] 一起开黑"),
        ("打 138-0013-8000 或 +86 13800138000", "打 [number] 或 [number]"),
        ("１３８００１３８０００ 联系", "[number] 联系"),
        ("看 https://a.cn/x?u=1，很好", "看 [link]，很好"),
        ("看 youtu.be/abc_1，example.co.uk/x 很好", "看 [link]，[link] 很好"),
        ("mail me: jo.doe+x@mail.example.org!", "mail me: [email]!"),
        ("回复@小明同学: 同意", "@…: 同意"),
        ("4毫秒响应、120Hz、HDMI 2.1，3999元", "4毫秒响应、120Hz、HDMI 2.1，3999元"),
        ("两\n行\u200b\u202e字\x1b[31m", "两 行 字 [31m"),
    ],
    ids=[
        "account",
        "phone",
        "wide digits",
        "link",
        "bare links",
        "mail",
        "name",
        "specs",
        "controls",
    ],
)
def test_what_names_or_reaches_a_person_is_masked(text: str, shown: str) -> None:
    assert pl.DataFrame({"t": [text]}).select(masked(pl.col("t"))).item() == shown


def test_examples_come_from_the_segment_one_per_user_and_say_the_term(
    store, sample, lexicon
) -> None:
    terms = [pair["word"] for pair in PLANTED["pairs"]]
    events = read_events([str(EVENTS)], user="user_id", tags=TAGS, time="time", text="text")
    found = sides(sample, SEGMENT)
    frame = examples([events], terms, panel_members(sample, found.ours), lexicon=lexicon, most=5)
    assert frame.schema == EXAMPLES_TABLE
    assert frame["term"].value_counts()["count"].to_list() == [5] * 4
    rows = pl.read_parquet(EVENTS).filter(pl.col("text").is_not_null())
    ids = {str(user) for user in rows["user_id"]}
    writers: list[set[int]] = []
    for term, _, post in frame.iter_rows():
        assert term in post
        assert len(post) <= LONGEST
        assert not any(part in ids for part in post.split())
        same = rows.filter(pl.col("text").str.replace_all(r"\s+", " ").str.strip_chars() == post)
        writers.append(set(same["user_id"]))
    assert all(writers)
    assert frame["post"].n_unique() == 20
    single = [next(iter(who)) for who in writers if len(who) == 1]
    assert len(single) == len(set(single))
    again = examples([events], terms, panel_members(sample, found.ours), lexicon=lexicon, most=5)
    assert again.equals(frame)


def test_nobody_outside_the_segment_is_an_example(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {"who": range(8), "tag": ["in"] * 3 + ["out"] * 5,
         "text": ["smooth screen"] * 2 + ["smooth " + "very " * 100 + "end"]
         + [f"smooth outside {i}" for i in range(5)]}
    )  # fmt: skip
    rows.write_parquet(tmp_path / "e.parquet")
    options = BuildOptions(user="who", tags=(TagColumn("tag", "tag"),), text="text", terms=True)
    build([str(tmp_path / "e.parquet")], tmp_path / "store", options)
    shop = open_panel(tmp_path / "store")[1]
    events = read_events([str(tmp_path / "e.parquet")], user="who", tags=options.tags, text="text")
    frame = examples([events], ["smooth"], panel_members(shop, shop.sample("tag:in")), most=10)
    # Two users wrote the same words: that is one example.
    assert len(frame) == 2
    assert not frame["post"].str.contains("outside").any()
    assert sorted(frame["post"].str.len_chars()) == [13, LONGEST - 1]
    assert frame["post"].str.ends_with("…").sum() == 1


def test_keyed_stores_do_not_tell_members_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef")
    pl.DataFrame({"who": range(30), "tag": "in", "text": "smooth"}).write_parquet(
        tmp_path / "e.parquet"
    )
    options = BuildOptions(
        user="who", tags=(TagColumn("tag", "tag"),), text="text", terms=True,
        key_file=tmp_path / "key",
    )  # fmt: skip
    build([str(tmp_path / "e.parquet")], tmp_path / "store", options)
    shop = open_panel(tmp_path / "store")[1]
    with pytest.raises(DataError, match="secret key"):
        panel_members(shop, shop.sample("tag:in"))
    belongs = panel_members(shop, shop.sample("tag:in"), b"0123456789abcdef")
    assert belongs(pl.Series([0, 29, 30, 31])).tolist() == [True, True, False, False]


# --- the command --------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, capsys, *args: object) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["overlap", "language", *map(str, args)])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    return (code, *capsys.readouterr())


def test_the_command_gives_the_table_in_every_form(monkeypatch, capsys, store, tmp_path) -> None:
    files = {ending: tmp_path / f"t.{ending}" for ending in ("csv", "xlsx", "parquet")}
    code, out, _ = run(
        monkeypatch, capsys, store, SEGMENT, "--json", "--csv", files["csv"],
        "--excel", files["xlsx"], "--parquet", files["parquet"],
    )  # fmt: skip
    assert code == 0
    rows = json.loads(out)
    whole = language(open_panel(store)[1], SEGMENT)
    assert [row["term"] for row in rows] == whole["term"].to_list()
    assert list(rows[0]) == LANGUAGE_TABLE.names()
    assert files["csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_parquet(files["parquet"]).equals(whole)
    assert pl.read_excel(files["xlsx"], engine="openpyxl").columns == LANGUAGE_TABLE.names()


def test_the_command_shows_the_first_terms_and_tells_of_the_others(
    monkeypatch, capsys, store
) -> None:
    code, out, _ = run(monkeypatch, capsys, store, SEGMENT, "--top", 4)
    assert code == 0
    assert all(pair["word"] in out for pair in PLANTED["pairs"])
    assert "封神" not in out
    count = language(open_panel(store)[1], SEGMENT)["direction"].value_counts()
    over, under = (dict(count.iter_rows())[way] for way in ("over", "under"))
    assert f"{over} terms over, {under} under" in " ".join(out.split())


def test_the_command_matches_selling_points_and_shows_posts(monkeypatch, capsys, store) -> None:
    says = [arg for pair in PLANTED["pairs"] for arg in ("--say", pair["selling_point"])]
    code, out, _ = run(
        monkeypatch, capsys, store, SEGMENT, *says, "--events", EVENTS, "--posts", 2, "--json"
    )
    assert code == 0
    first = [row for row in json.loads(out) if row["place"] == 1]
    assert [row["word"] for row in first] == [pair["word"] for pair in PLANTED["pairs"]]
    for row in first:
        assert len(row["examples"]) == 2
        assert all(row["word"] in post for post in row["examples"])


def test_posts_of_a_keyed_store_are_those_of_exact_members(monkeypatch, capsys, tmp_path) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef")
    rows = pl.DataFrame(
        {"who": range(1000), "tag": ["in"] * 200 + ["out"] * 800,
         "text": [f"smooth {i}" for i in range(200)] + [f"bright w{i % 7}" for i in range(800)]}
    )  # fmt: skip
    rows.write_parquet(tmp_path / "e.parquet")
    options = BuildOptions(
        user="who", tags=(TagColumn("tag", "tag"),), text="text", terms=True,
        key_file=tmp_path / "key",
    )  # fmt: skip
    build([str(tmp_path / "e.parquet")], tmp_path / "store", options)
    code, out, err = run(
        monkeypatch, capsys, tmp_path / "store", "tag:in", "--events", tmp_path / "e.parquet",
        "--json", "--top", 1,
    )  # fmt: skip
    assert code == 0, err
    (over, *_) = json.loads(out)
    assert over["term"] == "smooth"
    assert len(over["examples"]) == 3


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--say", "120Hz", "--points", "3"], "both name selling points"),
        (["--points", "0"], "0 selling points"),
        (["--top", "0"], "--top 0"),
        (["--posts", "0"], "--posts 0"),
        (["--language", "fr"], "no language 'fr'"),
        (["--min-users", "5"], "below this store's floor"),
    ],
    ids=["both", "points", "top", "posts", "language", "floor"],
)
def test_wrong_options_are_refused_in_words(monkeypatch, capsys, store, args, message) -> None:
    code, out, err = run(monkeypatch, capsys, store, SEGMENT, *args)
    assert code == 2
    assert not out
    assert message in err
    assert "Traceback" not in err


def test_the_command_refuses_a_store_without_terms(monkeypatch, capsys, tmp_path) -> None:
    path = write_store(tmp_path / "s", [("category", "tv", MONDAY, u, 1) for u in range(300)])
    code, _, err = run(monkeypatch, capsys, path, "category:tv")
    assert code == 2
    assert "--terms" in err


@pytest.mark.parametrize(
    ("table", "schema"), [("language", LANGUAGE_TABLE), ("selling points", MATCHES_TABLE)],
    ids=["language", "selling points"],
)  # fmt: skip
def test_every_column_is_explained(table: str, schema: pl.Schema) -> None:
    for name, dtype in [*schema.items(), ("examples", pl.List(pl.String))]:
        known = column_of(name, dtype, table)
        assert known.meaning_in("en").endswith("."), name
        assert known.meaning_in("zh").endswith("。"), name
    assert "spoke" in column_of("expected_users", pl.Float64(), "language").meaning_in("en")


# --- real data ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not GAMES.exists(), reason="needs game_reviews.parquet in ../shared/data")
def test_genres_have_the_words_of_their_games(tmp_path: Path) -> None:
    options = BuildOptions(
        user="user_id", tags=(TagColumn("genres", "genre"),), text="text", terms=True,
        policy=Policy(20, 20),
    )  # fmt: skip
    build([str(GAMES)], tmp_path / "store", options)
    opened, shop = open_panel(tmp_path / "store")
    for genre, words in (
        ("Strategy", {"rts", "war", "ai"}),
        ("RPG", {"minecraft", "terraria"}),
        ("Racing", {"cars"}),
    ):
        frame = language(shop, f"genre:{genre}", policy=opened.policy)
        over = frame.filter(pl.col("direction") == "over")["term"].to_list()
        assert words <= set(over), genre
