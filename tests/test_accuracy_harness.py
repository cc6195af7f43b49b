"""The simulations behind docs/accuracy.md err as published, as the packages and as the product."""

import io

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy import published, simulate
from benchmarks.accuracy.builds import Built
from benchmarks.accuracy.bytemodel import expected_bytes
from benchmarks.accuracy.defaults import RULES, smallest_seen
from benchmarks.accuracy.encodings import gaps, packed_registers, places
from benchmarks.accuracy.peers import measured_roaring, roaring_bytes
from benchmarks.accuracy.platforms import FINER, Allocation, Platform, Rule, settle, zipf
from benchmarks.accuracy.simulate import Pair, relative_rmse
from benchmarks.accuracy.stored import measure, simulate_kept
from overlap import estimates, kernels, sketches
from overlap.model import NO_PERIOD, UNIVERSE, SketchSpec, memberships_schema
from overlap.panel import Panel

ENOUGH = 4.5
"""Standard errors that chance may take two root mean squares apart; 1 in 100,000 goes beyond."""


def apart(one: float, runs: int, other: float, other_runs: int = 0) -> float:
    spread = np.sqrt(1 / (2 * runs) + (1 / (2 * other_runs) if other_runs else 0))
    return abs(one / other - 1) / float(spread)


# --- published numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("p", published.HLL_P)
def test_hyperloglog_errs_by_1_04_over_the_root_of_its_registers(p: int) -> None:
    assert abs(published.hll(p, 400).deviation) < ENOUGH


@pytest.mark.parametrize("k", published.THETA_K)
def test_theta_errs_by_1_over_the_root_of_k_less_one(k: int) -> None:
    # The formula leaves out that k of a million users are all known: by k/n at most.
    assert abs(published.theta(k, 5_000).deviation) < ENOUGH


@pytest.mark.parametrize(("jaccard", "error"), published.MINHASH)
def test_minhash_errs_as_a_thousand_published_runs_did(jaccard: float, error: float) -> None:
    assert abs(published.minhash(jaccard, error, 1_000).deviation) < ENOUGH


@pytest.mark.parametrize(("jaccard", "error"), published.MINHASH)
def test_minhash_errs_as_its_theory_says(jaccard: float, error: float) -> None:
    found = published.minhash(jaccard, error, 2_000).ours
    assert apart(found, 2_000, published.minhash_theory(jaccard)) < ENOUGH


def test_the_published_minhash_errors_do_not_come_from_a_known_union() -> None:
    jaccard, error = published.MINHASH[-1]
    known = np.sqrt((1 - jaccard) / (jaccard * published.PERMUTATIONS))
    assert apart(error, published.MINHASH_RUNS, float(known)) > ENOUGH


# --- against real packages ------------------------------------------------------------------------


def test_simulated_registers_are_distributed_as_those_of_real_hashes() -> None:
    rng = np.random.default_rng(1)
    runs, users, p = 60, 3_000, 8
    real = np.zeros((runs, 1 << p), dtype=np.int8)
    for run in range(runs):
        hashes = rng.integers(0, 1 << 63, users, dtype=np.uint64)
        kernels.update_registers(hashes, np.full(users, run), real, p)
    ours = simulate.hll_registers(users, p, runs, rng)
    at = np.arange(20)
    counts = np.array([np.bincount(x.ravel(), minlength=64)[at] for x in (real, ours)])
    # Two samples of one distribution: their difference is at most a few roots of their sum.
    assert np.all(np.abs(counts[0] - counts[1]) < 5 * np.sqrt(counts.sum(axis=0)) + 1)


def test_theta_pairs_err_as_apache_datasketches_do() -> None:
    datasketches = pytest.importorskip("datasketches", reason="needs the extra 'exchange'")
    pair, lg_k, runs = Pair("", 3_000, 5_000, 1_000), 8, 150
    answers = []
    for run in range(runs):
        start = run * 20_000
        both = []
        for low, high in ((0, pair.a), (pair.a - pair.both, pair.a - pair.both + pair.b)):
            sketch = datasketches.update_theta_sketch(lg_k)
            for user in range(start + low, start + high):
                sketch.update(user)
            sketch.trim()
            both.append(sketch.compact())
        intersection = datasketches.theta_intersection()
        for sketch in both:
            intersection.update(sketch)
        answers.append(intersection.get_result().get_estimate())
    theirs = relative_rmse(np.array(answers), pair.both)
    ours = simulate.kept_pair(pair, 1 << lg_k, 4_000, np.random.default_rng(2))
    assert apart(relative_rmse(ours, pair.both), 4_000, theirs, runs) < ENOUGH
    assert abs(ours.mean() / pair.both - 1) < ENOUGH * relative_rmse(ours, pair.both) / np.sqrt(4e3)


def test_minhash_pairs_err_as_datasketch_affine64_does() -> None:
    pair, permutations, runs = Pair("", 2_000, 2_000, 800), 128, 150
    rng = np.random.default_rng(3)
    answers = []
    for run in range(runs):
        users = rng.integers(0, 1 << 63, pair.union, dtype=np.uint64).tolist()
        both = []
        for members in (users[: pair.a], users[pair.a - pair.both :]):
            signature = MinHash(permutations, seed=run + 1, hashfunc=int, scheme="affine64")
            signature.update_batch(members)
            both.append(signature)
        found = both[0].jaccard(both[1])
        answers.append((pair.a + pair.b) * found / (1 + found))
    theirs = relative_rmse(np.array(answers), pair.both)
    ours = relative_rmse(simulate.minhash_pair(pair, permutations, 4_000, rng), pair.both)
    assert apart(ours, 4_000, theirs, runs) < ENOUGH


@pytest.mark.parametrize(
    ("users", "span"), [(200_000, 200_000_000), (200_000, 4_000_000), (900_000, 2_000_000)]
)
def test_the_bytes_of_roaring_bitmaps_follow_their_formula(users: int, span: int) -> None:
    # A number drawn twice is in the bitmap once.
    distinct = span * (1 - np.exp(-users / span))
    expected = float(roaring_bytes(np.array([distinct]), span)[0])
    assert measured_roaring(users, span) == pytest.approx(expected, rel=0.03)


# --- against the product --------------------------------------------------------------------------


def memberships(first: int, second: range, extra: int, rng: np.random.Generator) -> pl.DataFrame:
    """Users 0..first of one audience, those of `second` of another, and `extra` only of all."""
    ids = rng.integers(-(1 << 62), 1 << 62, max(first, second.stop) + extra)
    rows = [("interest", "a", ids[:first]), ("interest", "b", ids[second.start : second.stop])]
    rows.append((UNIVERSE.kind, UNIVERSE.name, ids))
    return pl.concat(
        pl.DataFrame({"user": np.unique(users)}).select(
            kind=pl.lit(kind), name=pl.lit(name), period=pl.lit(NO_PERIOD), user="user",
            events=pl.lit(1),
        )
        for kind, name, users in rows
    ).cast(dict(memberships_schema("integer")))  # fmt: skip


@pytest.mark.parametrize("budget", [3_000, 1_200])
def test_the_product_errs_as_its_simulation(budget: int) -> None:
    pair, extra, k, runs = Pair("", 1_500, 2_500, 700), 500, 256, 100
    rng = np.random.default_rng(budget)
    spec = SketchSpec("integer", k=k, budget=budget, hll_p=0)
    answers, floors = [], set()
    for run in range(runs):
        rows = memberships(
            pair.a, range(pair.a - pair.both, pair.a - pair.both + pair.b), extra, rng
        )
        built = sketches.build(rows.lazy(), spec, source=str(run))
        floors.add((built.floor_rate, built.k))
        answers.append(Panel(built).size("interest:a & interest:b").value)
    simulated = [
        relative_rmse(simulate.kept_pair(pair, kept, 4_000, rng, floor=floor), pair.both)
        for floor, kept in floors
    ]
    found = relative_rmse(np.array(answers), pair.both)
    # Hashes settle the floor, so stores next to a step differ; they lie between their simulations.
    assert apart(found, runs, max(simulated)) < ENOUGH or min(simulated) < found < max(simulated)


def test_sizes_of_kept_sets_are_those_of_the_product_at_every_rate() -> None:
    rng = np.random.default_rng(5)
    for n, floor in ((200, 0.01), (1_000, 0.2), (1_000, 0.25), (1_000, 0.3), (100_000, 0.05)):
        hits, rate = simulate.kept_size(n, 256, 4_000, rng, floor=floor)
        found = estimates.counts(hits, rate).value
        spread = np.sqrt((1 / rate.mean() - 1) / n / 4_000)
        assert abs(found.mean() / n - 1) <= ENOUGH * spread


@pytest.mark.parametrize("budget", [100_000, 30_000, 9_000, 2_500])
def test_the_rule_in_use_is_the_one_that_builds_use(budget: int) -> None:
    rng = np.random.default_rng(6)
    platform = Platform(20_000, np.array([9_000, 4_000, 2_000, 700, 300, 90]))
    rows = [
        pl.DataFrame({"user": rng.permutation(platform.users)[:size]}).select(
            kind=pl.lit(UNIVERSE.kind if number == 0 else "interest"),
            name=pl.lit(UNIVERSE.name if number == 0 else f"i{number}"),
            period=pl.lit(NO_PERIOD), user="user", events=pl.lit(1),
        )
        for number, size in enumerate(platform.everything.tolist())
    ]  # fmt: skip
    built = sketches.build(
        pl.concat(rows).cast(dict(memberships_schema("integer"))).lazy(),
        SketchSpec("integer", k=1_024, budget=budget),
        source="",
    )
    expected = settle(platform, budget, 1_024)
    assert built.floor_rate == pytest.approx(expected.floor, rel=1e-12)
    assert built.k == expected.k


@pytest.mark.parametrize(
    "kept", [Allocation(1 / 32, 512, 512), Allocation(1 / 4, 64, 64), Allocation(1 / 64, 512, 128)]
)
def test_the_model_of_bytes_follows_real_stores(kept: Allocation) -> None:
    platform = zipf(4_000_000, 200, 2_000_000, 500)
    real = measure(simulate_kept(platform, kept))
    model = expected_bytes(platform, kept)
    assert real.memberships == pytest.approx(kept.kept(platform), rel=0.02)
    assert real.users == pytest.approx(model.users, rel=0.02)
    assert real.bytes == pytest.approx(model.total, rel=0.06)


# --- rules ----------------------------------------------------------------------------------------

sizes = st.lists(st.integers(1, 100_000), min_size=1, max_size=12)


@given(sizes, sizes, st.integers(50, 200_000), st.sampled_from([16, 256, 4096]))
def test_no_rule_cuts_a_part_deeper_than_its_whole(
    part: list[int], more: list[int], budget: int, k: int
) -> None:
    grown = [*part, *[0] * (len(more) - len(part))]
    for place, users in enumerate(more):
        grown[place] += users
    small = Platform(sum(part), np.array(part))
    whole = Platform(sum(grown), np.array(grown))
    for rule in (*RULES, Rule("", 0.5, FINER, spare=True, divisor=4)):
        before, after = settle(small, budget, k, rule), settle(whole, budget, k, rule)
        assert before.floor >= after.floor
        assert before.k >= after.k
        assert before.least >= after.least


@given(sizes, st.integers(50, 200_000), st.sampled_from([16, 256, 4096]))
def test_no_rule_keeps_more_than_its_budget(each: list[int], budget: int, k: int) -> None:
    platform = Platform(sum(each), np.array(each))
    for rule in RULES:
        kept = settle(platform, budget, k, rule)
        # One user of each audience may be more than the budget has room for.
        if kept.k > 1:
            assert kept.kept(platform) <= budget * (1 + 1e-9)


def test_the_smallest_overlap_seen_is_where_its_error_is_that_large() -> None:
    n = round(smallest_seen(1 / 64, 0.1))
    found = simulate.sampled(n, 1 / 64, 20_000, np.random.default_rng(7))
    assert apart(relative_rmse(found, n), 20_000, 0.1) < ENOUGH


# --- encodings ------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(0, 5_000), min_size=1, unique=True), min_size=1, max_size=5))
def test_gaps_turn_back_into_the_places_they_came_from(audiences: list[list[int]]) -> None:
    audience = np.repeat(np.arange(len(audiences), dtype=np.uint32), [len(a) for a in audiences])
    place = np.concatenate([np.sort(np.array(a, dtype=np.int64)) for a in audiences])
    column = pa.array(gaps(audience, place))
    file = io.BytesIO()
    pq.write_table(
        pa.table({"gap": column}),
        file,
        compression="zstd",
        use_dictionary=False,
        column_encoding={"gap": "BYTE_STREAM_SPLIT"},
    )
    file.seek(0)
    read = pl.read_parquet(file)["gap"].to_numpy()
    assert places(audience, read).tolist() == place.tolist()


def test_registers_in_four_bits_lose_only_the_few_that_are_counted() -> None:
    registers = simulate.hll_registers(100_000, 10, 20, np.random.default_rng(8))
    packed, lost = packed_registers([row.tobytes() for row in registers])
    raw = np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(len(registers), -1)
    above = np.stack([raw >> 4, raw & 15], axis=2).reshape(registers.shape)
    found = above + registers.min(axis=1, keepdims=True)
    assert np.count_nonzero(found != registers) <= lost < 20


def test_memberships_of_several_periods_begin_at_their_first() -> None:
    empty = np.zeros(4, dtype=np.uint32)
    built = Built(
        "", {}, None, None,  # type: ignore[arg-type]
        audience=np.array([0, 0, 0, 1], dtype=np.uint32), user=np.array([3, 3, 5, 5]),
        period=np.array([0, 2, 1, 1]), events=empty,
    )  # fmt: skip
    assert built.first.tolist() == [True, False, True, True]
    assert built.periods == 3
