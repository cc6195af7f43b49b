"""Audiences that hold each other are found: all of them by counting, most by signatures."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from community import Row, panel, sketched, week, with_universe
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from overlap import discovery
from overlap.discovery import DiscoveryIndex, containments, cooccurrence_with, discover, signatures
from overlap.hashing import hash_users
from overlap.insights.pairs import pairs
from overlap.model import FULL_THETA, Policy, UsageError
from overlap.panel import Panel

Sets = dict[str, set[int]]


def rows_of(sets: Sets, kind: str = "term") -> list[Row]:
    return [(kind, name, week(0), user, 1) for name, users in sets.items() for user in users]


def planted(seed: int, parts: int = 60, users: int = 20_000) -> tuple[Sets, dict[str, str]]:
    """Unrelated terms, and terms 60–95% of whose users come from a term 1 to 6 times as large."""
    rng = np.random.default_rng(seed)
    sets: Sets = {}
    truth: dict[str, str] = {}
    for i in range(parts):
        size = int(rng.integers(80, 300))
        whole = rng.choice(users, int(size * rng.uniform(1, 6)), replace=False)
        inside = rng.choice(whole, int(size * rng.uniform(0.6, 0.95)), replace=False)
        outside = rng.choice(users, size - len(inside), replace=False)
        sets[f"whole{i:03d}"] = set(whole.tolist())
        sets[f"part{i:03d}"] = set(inside.tolist()) | set(outside.tolist())
        truth[f"part{i:03d}"] = f"whole{i:03d}"
    return sets, truth


PLANTED, TRUTH = planted(3)
EXACT = panel(rows_of(PLANTED))
INDEX = DiscoveryIndex.build(EXACT, "term")
SAMPLED = panel(rows_of(PLANTED), k=32, budget=len(rows_of(PLANTED)) // 4)


def expected_pairs(sets: Sets, threshold: float, least: int) -> set[tuple[str, str, int]]:
    return {
        (a, b, len(sets[a] & sets[b]))
        for a in sets
        for b in sets
        if a != b
        and len(sets[a] & sets[b]) >= least
        and len(sets[a] & sets[b]) >= threshold * len(sets[a])
    }


def kept_sets(sampled: Panel) -> dict[str, tuple[set[int], int]]:
    kept = sampled.kept("term")
    return {
        name: (set(kept.hashes[kept.users[kept.bounds[i] : kept.bounds[i + 1]]].tolist()), theta)
        for i, (name, theta) in enumerate(zip(kept.names, kept.theta.tolist(), strict=True))
    }


# --- all pairs ------------------------------------------------------------------------------------


def test_all_pairs_are_the_containments_of_plain_sets() -> None:
    found = containments(EXACT, "term", threshold=0.5, least=10)
    triples = set(found.select("part", "whole", "overlap_users").iter_rows())
    assert triples == expected_pairs(PLANTED, 0.5, 10)
    assert {(part, whole) for part, whole, _ in triples} >= set(TRUTH.items())
    assert found["exact"].all()
    assert (found["overlap_low"] == found["overlap_users"]).all()


small_sets = st.dictionaries(
    st.sampled_from([f"t{i}" for i in range(8)]),
    st.sets(st.integers(0, 60), min_size=1, max_size=40),
    min_size=1,
)


@settings(max_examples=40, deadline=None)
@given(small_sets, st.floats(0.01, 1.0), st.integers(1, 5))
def test_any_threshold_splits_pairs_as_plain_sets_do(
    sets: Sets, threshold: float, least: int
) -> None:
    found = containments(panel(rows_of(sets)), "term", threshold=threshold, least=least)
    triples = set(found.select("part", "whole", "overlap_users").iter_rows())
    assert triples == expected_pairs(sets, threshold, least)


@settings(max_examples=20, deadline=None)
@given(small_sets, st.integers(4, 12))
def test_sampled_pairs_are_counted_at_the_smaller_rate_of_the_two(sets: Sets, k: int) -> None:
    sampled = panel(rows_of(sets), k=k, budget=10 * 2 * 9)
    found = containments(sampled, "term", threshold=0.3, least=1)
    kept = kept_sets(sampled)
    expected = set()
    for a, (users_a, theta_a) in kept.items():
        for b, (users_b, theta_b) in kept.items():
            below = {h for h in users_a if h < min(theta_a, theta_b)}
            both = len(users_a & users_b)
            if a != b and both >= 1 and both >= 0.3 * len(below):
                rate = min(theta_a, theta_b) / FULL_THETA
                expected.add((a, b, both / rate, both / len(below)))
    rows = found.select("part", "whole", "overlap_users", "share_of_part").iter_rows()
    assert set(rows) == expected


def test_a_sampled_share_lies_in_its_interval_and_says_that_it_is_not_exact() -> None:
    assert SAMPLED.floor_rate < 1
    found = containments(SAMPLED, "term", threshold=0.3, least=5)
    truth = pl.Series(
        "truth",
        [
            len(PLANTED[part] & PLANTED[whole]) / len(PLANTED[part])
            for part, whole in found.select("part", "whole").iter_rows()
        ],
    )
    inside = found.with_columns(truth).select(
        pl.col("truth").is_between("share_of_part_low", "share_of_part_high")
    )
    assert not found["exact"].all()
    assert len(inside) > 20
    assert inside.to_series().mean() > 0.9  # type: ignore[operator]


def test_affinity_tells_a_niche_from_a_term_that_everybody_uses() -> None:
    everyday = set(range(1000))
    niche = set(range(40))
    inner = set(range(20))
    sets = {"everyday": everyday, "niche": niche, "inner": inner, "rest": set(range(900, 1100))}
    found = containments(panel(rows_of(sets)), "term", threshold=0.5)
    tgi = {(p, w): t for p, w, t in found.select("part", "whole", "tgi").iter_rows()}
    assert tgi["inner", "everyday"] == pytest.approx(110)
    assert tgi["inner", "niche"] == pytest.approx(2750)


def test_the_largest_lower_bound_comes_first() -> None:
    found = containments(SAMPLED, "term", threshold=0.3, least=5)
    assert found["share_of_part_low"].is_sorted(descending=True)


def test_no_pair_at_all_gives_an_empty_table_with_its_columns() -> None:
    found = containments(panel(rows_of({"a": {1, 2}, "b": {3, 4}})), "term")
    assert found.schema == discovery.CONTAINMENTS
    assert found.is_empty()


def test_more_pairs_than_fit_the_room_are_all_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overlap.discovery.containment._ROWS", 1)
    monkeypatch.setattr("overlap.discovery.containment._PIECES", 2)
    sets = {f"t{i:02d}": set(range(30)) for i in range(40)}
    assert len(containments(panel(rows_of(sets)), "term")) == 40 * 39


# --- one anchor -----------------------------------------------------------------------------------


def test_an_anchor_meets_what_holds_it_and_what_it_holds() -> None:
    sets = {
        "niche": set(range(100)), "wider": set(range(20, 500)), "core": set(range(30)),
        "other": set(range(90, 400)), "two": {1, 2},
    }  # fmt: skip
    found = discover(panel(rows_of(sets)), "term:niche", "term")
    rows = {r["name"]: r for r in found.iter_rows(named=True)}
    assert set(rows) == {"wider", "core"}
    assert rows["wider"]["share_of_anchor"] == 0.8
    assert rows["core"]["share_of_audience"] == 1.0
    assert found["name"].to_list() == ["core", "wider"]


def test_discovered_numbers_are_those_of_the_table_of_pairs() -> None:
    for source in (EXACT, SAMPLED):
        found = discover(source, "term:part007", "term", threshold=0.2, least=3)
        assert len(found) > 0
        same = pairs(source, "term:part007", "term", policy=Policy(0, 0))
        shared = ["name", "overlap_users", "overlap_low", "overlap_high", "exact",
                  "share_of_anchor", "share_of_audience", "tgi", "tgi_low", "tgi_high"]  # fmt: skip
        assert_frame_equal(
            found.select(shared).sort("name"),
            same.filter(pl.col("name").is_in(found["name"].to_list())).select(shared).sort("name"),
        )


def test_an_anchor_may_be_an_expression_of_other_kinds() -> None:
    rows = rows_of({"a": set(range(60)), "b": set(range(50, 200))})
    rows += rows_of({"tv": set(range(40)), "radio": set(range(30, 50))}, kind="category")
    found = discover(panel(rows), "category:tv - category:radio", "term")
    assert found.select("name", "overlap_users", "share_of_anchor").rows() == [("a", 30.0, 1.0)]


# --- signatures -----------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=50), min_size=1, max_size=6),
    st.integers(2, 70),
)
def test_signatures_are_what_datasketch_makes_of_each_set(
    sets: list[list[int]], num_perm: int
) -> None:
    bounds = np.cumsum([0, *(len(s) for s in sets)])
    flat = np.array([h for s in sets for h in s], dtype=np.uint64)
    made = signatures(flat, bounds, num_perm)
    for i, hashes in enumerate(sets):
        single = MinHash(num_perm, scheme="affine64", hashfunc=int)
        single.update_batch(hashes)
        assert made[i].tolist() == single.hashvalues.tolist()


def test_sets_larger_than_a_batch_have_the_same_signatures() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, FULL_THETA, 150_000, dtype=np.uint64)
    bounds = np.array([0, 3, 3, 70_000, 149_999, 150_000])
    together = signatures(hashes, bounds, 8)
    for i, (begin, end) in enumerate(pairwise(bounds)):
        alone = signatures(hashes[begin:end], np.array([0, end - begin]), 8)
        assert together[i].tolist() == alone[0].tolist()


def test_the_index_finds_nearly_all_planted_wholes_among_few_candidates() -> None:
    found, many = 0, 0
    for part, whole in TRUTH.items():
        names = INDEX.candidates(EXACT.sample(f"term:{part}"))
        found += whole in names
        many += len(names)
    assert found >= 0.95 * len(TRUTH)
    assert many < 0.5 * len(TRUTH) * len(PLANTED)


@pytest.mark.parametrize("seed", [11, 12])
def test_other_plantings_are_found_as_well(seed: int) -> None:
    sets, truth = planted(seed, parts=40)
    source = panel(rows_of(sets))
    index = DiscoveryIndex.build(source, "term")
    found = sum(w in index.candidates(source.sample(f"term:{p}")) for p, w in truth.items())
    assert found >= 0.95 * len(truth)


@pytest.mark.parametrize("source", [EXACT, SAMPLED], ids=["exact", "sampled"])
def test_candidates_are_counted_as_in_the_pass_over_all(source: Panel) -> None:
    names = source.names("term")
    for anchor in ("term:part001", "term:whole002 - term:part002"):
        sample = source.sample(anchor)
        whole = source.cooccurrence(sample, "term")
        chosen = np.array([5, 2, 80, 3])
        some = cooccurrence_with(source, sample, "term", tuple(names[i] for i in chosen))
        for column in ("rate", "both", "anchor", "audience", "baseline", "baseline_rate"):
            expected = getattr(whole, column)[chosen]
            assert np.array_equal(getattr(some, column), expected), column


def test_no_candidate_gives_empty_counts() -> None:
    counts = cooccurrence_with(EXACT, EXACT.sample("term:part001"), "term", ())
    assert counts.both.shape == (0, 1)


def test_rows_found_through_the_index_are_rows_of_the_exact_table() -> None:
    for part, whole in list(TRUTH.items())[:10]:
        exact = discover(EXACT, f"term:{part}", "term")
        found = discover(EXACT, f"term:{part}", "term", index=INDEX)
        assert whole in found["name"].to_list()
        kept = exact.filter(pl.col("name").is_in(found["name"].to_list()))
        assert_frame_equal(found, kept)


def test_all_pairs_past_the_crossover_are_a_subset_with_nearly_all_planted() -> None:
    exact = containments(EXACT, "term")
    asked = containments(EXACT, "term", crossover=len(PLANTED))
    assert_frame_equal(asked, exact.join(asked, on=["part", "whole"], how="semi"))
    pairs_asked = set(asked.select("part", "whole").iter_rows())
    assert len(pairs_asked & set(TRUTH.items())) >= 0.95 * len(TRUTH)


def test_audiences_too_small_for_a_signature_are_compared_with_all() -> None:
    """At this floor rate few of a part's users are left, and the wholes are kept at theirs."""
    exact = containments(SAMPLED, "term", least=5)
    asked = containments(SAMPLED, "term", least=5, crossover=1)
    index = DiscoveryIndex.build(SAMPLED, "term")
    small = {SAMPLED.names("term")[i] for i in range(len(PLANTED))}
    small -= {SAMPLED.names("term")[i] for i in index.asked}
    assert small
    assert len(small) < len(PLANTED)
    of_small = pl.col("part").is_in(list(small))
    assert_frame_equal(asked.filter(of_small), exact.filter(of_small))
    tiny = next(name for name in sorted(small))
    assert index.candidates(SAMPLED.sample(f"term:{tiny}")) == SAMPLED.names("term")


def test_nobody_below_the_floor_rate_leaves_every_audience_to_counting() -> None:
    sets = {f"t{i}": {2 * i, 2 * i + 1} for i in range(3)}
    rows = rows_of(sets)
    hashes = np.sort(hash_users(pl.Series(range(6), dtype=pl.Int64)))
    rate = float(hashes[0] / FULL_THETA / 2)
    source = Panel(sketched(with_universe(rows), rate=rate, k=16))
    index = DiscoveryIndex.build(source, "term")
    assert index.candidates(source.sample("term:t0")) == ("t0", "t1", "t2")
    assert containments(source, "term", crossover=1).is_empty()


# --- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5, float("nan")])
def test_a_threshold_that_is_no_share_is_refused(threshold: float) -> None:
    for ask in (
        lambda: containments(EXACT, "term", threshold=threshold),
        lambda: discover(EXACT, "term:part001", "term", threshold=threshold),
        lambda: DiscoveryIndex.build(EXACT, "term", threshold=threshold),
    ):
        with pytest.raises(UsageError, match=str(threshold)):
            ask()


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'trem'"):
        containments(EXACT, "trem")
