"""Equal segments have equal keys however they are written, and nothing changes its meaning."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from community import panel, week
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.expressions import (
    EMPTY,
    EVERYONE,
    And,
    Audience,
    Expression,
    Minus,
    Or,
    Parts,
    compose,
    decompose,
    fold,
    is_empty,
    key,
    leaves,
    normalise,
    parse,
    to_text,
    truth,
)
from overlap.model import UNIVERSE, Window

NAMES = [("interest", "apple"), ("brand", "apple"), (None, "a & (b | c) - d"), ("k:1", 'say "x"')]
"""Names that clash between kinds, and names made of operators and quotes."""
EVENTS = (0, 1, 2, 3)
USERS = list(itertools.product(EVENTS, repeat=len(NAMES)))
"""A user for every mix of events in the audiences: what holds for these holds for all."""
UNIVERSE_EVENTS = 3


def named(names: list[tuple[str | None, str]]) -> st.SearchStrategy[Expression]:
    audience = st.builds(
        lambda name, least: Audience(*name, least), st.sampled_from(names), st.integers(1, 3)
    )
    return st.one_of(audience, audience, audience, st.just(EVERYONE))


def trees_of(leaf: st.SearchStrategy[Expression], most: int) -> st.SearchStrategy[Expression]:
    def joined(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        many = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.one_of(st.builds(And, many), st.builds(Or, many), st.builds(Minus, inner, inner))

    return st.recursive(leaf, joined, max_leaves=most)


trees = trees_of(named(NAMES), 14)
small_trees = trees_of(named(NAMES[:2]), 5)


def members(tree: Expression) -> frozenset[tuple[int, ...]]:
    """Return who of USERS is in a segment; all of them have events in the universe."""
    index = {name: i for i, name in enumerate(NAMES)}

    def leaf(audience: Audience) -> frozenset[tuple[int, ...]]:
        name = (audience.kind, audience.name)
        if name == (UNIVERSE.kind, UNIVERSE.name):
            return frozenset(USERS)
        return frozenset(user for user in USERS if user[index[name]] >= audience.at_least)

    return fold(
        tree,
        leaf,
        lambda parts: frozenset.intersection(*parts),
        lambda parts: frozenset.union(*parts),
        lambda left, right: left - right,
    )


def shuffled(tree: Expression, rng: random.Random) -> Expression:
    """Return the tree with its operands in another order, and chains written otherwise."""

    def several(kind: Callable[[tuple[Expression, ...]], Expression]) -> Callable[..., Expression]:
        def join(parts: list[Expression]) -> Expression:
            parts = rng.sample(list(parts), len(parts)) + rng.sample(list(parts), 1)
            cut = rng.randrange(1, len(parts))
            groups = [parts[:cut], parts[cut:]]
            return kind(tuple(kind(tuple(g)) if len(g) > 1 else g[0] for g in groups))

        return join

    def minus(left: Expression, right: Expression) -> Expression:
        if isinstance(right, Or):
            for operand in rng.sample(right.operands, len(right.operands)):
                left = Minus(left, operand)
            return left
        return Minus(left, right)

    return fold(tree, lambda leaf: leaf, several(And), several(Or), minus)


# --- meaning ----------------------------------------------------------------------------------


@settings(max_examples=150)
@given(trees)
def test_the_normal_form_means_the_same_users(tree: Expression) -> None:
    assert members(normalise(tree)) == members(tree)


@settings(max_examples=150)
@given(trees)
def test_the_normal_form_of_a_normal_form_is_itself(tree: Expression) -> None:
    once = normalise(tree)
    assert normalise(once) == once
    assert parse(to_text(once)) == once
    assert key(once) == key(tree)


@settings(max_examples=150)
@given(trees)
def test_only_audiences_that_make_a_difference_are_left(tree: Expression) -> None:
    once = normalise(tree)
    for leaf in leaves(once):
        if leaf == EVERYONE:
            continue
        for instead in (EMPTY, EVERYONE):
            without = fold(
                once,
                lambda x, leaf=leaf, instead=instead: instead if x == leaf else x,
                lambda parts: And(tuple(parts)),
                lambda parts: Or(tuple(parts)),
                Minus,
            )
            if members(without) != members(once):
                break
        else:
            pytest.fail(f"{leaf} makes no difference to {once}")


@settings(max_examples=300)
@given(small_trees, small_trees)
def test_keys_are_equal_exactly_where_the_users_are(one: Expression, other: Expression) -> None:
    assert (key(one) == key(other)) == (members(one) == members(other))


@settings(max_examples=150)
@given(trees)
def test_a_segment_is_called_empty_exactly_where_nobody_can_be_in_it(tree: Expression) -> None:
    nobody = not members(tree)
    assert is_empty(tree) == nobody
    assert (normalise(tree) == EMPTY) == (key(tree) == "empty") == nobody
    everybody = len(members(tree)) == len(USERS)
    assert (normalise(tree) == EVERYONE) == (key(tree) == "everyone") == everybody


@settings(max_examples=150)
@given(trees, st.randoms(use_true_random=False))
def test_beyond_the_truth_table_order_and_grouping_still_do_not_matter(
    tree: Expression, rng: random.Random
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(truth, "MOST_CASES", 0)
        once, again = normalise(tree), normalise(shuffled(tree, rng))
        assert members(once) == members(tree)
        assert normalise(once) == once
        assert once == again
        assert key(tree) == key(once) == key(shuffled(tree, rng))


# --- laws -------------------------------------------------------------------------------------

LAWS = [
    ("a & b", "b & a"),
    ("a | b | a", "b | a"),
    ("a | a & b", "a"),
    ("a & (a | b)", "a"),
    ("a>=3 & a", "a>=3"),
    ("a>=3 | a", "a"),
    ("a>=3 & a>=5 & a>=2", "a>=5"),
    ("a - b - c", "a - (b | c)"),
    ("a & (b - c)", "(a & b) - c"),
    ("a - a", "b & c - b"),
    ("a>=5 - a>=3", "a - a"),
    ("a | (b - a)", "a | b"),
    ("a - (a - b)", "a & b"),
    ("universe:all & a", "a"),
    ("universe:all | a", "universe:all"),
    ("a - universe:all", "a - a"),
    ("universe:all - (universe:all - a)", "a"),
    ("universe:all - (a & b)", "(universe:all - a) | (universe:all - b)"),
    ('kind:"a" & "b"', "b & kind:a"),
]


DISTRIBUTION = [
    ("a - (b - c)", "a - b | a & c"),
    ("a - a>=3 | a>=2", "a"),
    ("a & b | a - b", "a"),
    ("a & (b | c)", "a & b | a & c"),
    ("(a | b) & (a | c)", "a | b & c"),
    ("a & b | b & c | c & a", "(a | b) & (b | c) & (c | a)"),
]


@pytest.mark.parametrize(("one", "other"), LAWS + DISTRIBUTION)
def test_the_laws_of_sets_hold_for_keys(one: str, other: str) -> None:
    assert key(parse(one)) == key(parse(other))


@pytest.mark.parametrize(("one", "other"), LAWS)
def test_all_laws_but_distribution_hold_for_keys_of_any_number_of_audiences(
    one: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(truth, "MOST_CASES", 0)
    assert key(parse(one)) == key(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - b", "b - a"),
        ("a", "a>=2"),
        ("interest:apple", "brand:apple"),
        ("apple", "interest:apple"),
        ('"a & b"', "a & b"),
        ("a | b", "a & b"),
        ("a - (b - c)", "a - b - c"),
        ("a>=2", "b>=2"),
        ("universe:all", "universe:all>=2"),
    ],
)
def test_different_segments_have_different_keys(one: str, other: str) -> None:
    assert key(parse(one)) != key(parse(other))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("c & b & a", "a & b & c"),
        ("x:b | a | x:a", "a | x:a | x:b"),
        ("a & (b - c)", "(a & b) - c"),
        ("(e | d) & a - c - b", "(a & (d | e)) - (b | c)"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - a", "universe:all - universe:all"),
        ("universe:all - b", "universe:all - b"),
        ("a | (universe:all - b)", "universe:all - (b - a)"),
        ("a & b - (c & d)", "(a & b) - (c & d)"),
    ],
)
def test_the_normal_form_reads_as_a_segment_is_built(text: str, plain: str) -> None:
    assert to_text(normalise(parse(text))) == plain


def test_keys_may_be_kept_they_are_the_same_for_ever_and_everywhere() -> None:
    kept = {
        "category:TV & interest:gaming": "tcdcc17721988ff8af927353cab5a20e5",
        " | ".join(f"term:词{i}>=2" for i in range(40)): "n9d891f25500fe96d50e076fa587e572b",
        "a - a": "empty",
        "universe:all | a": "everyone",
    }
    assert {text: key(parse(text)) for text in kept} == kept
    code = (
        "import sys; from overlap.expressions import key, parse; "
        "print(*(key(parse(text)) for text in sys.argv[1:]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, *kept], capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "77"},
    )  # fmt: skip
    assert other.stdout.split() == list(kept.values())


# --- size and depth ---------------------------------------------------------------------------

LONG = {
    "and": " & ".join(f"n{i}" for i in range(10_000)),
    "same": " & ".join(f"n{i % 7}" for i in range(10_000)),
    "minus chain": " - ".join(f"n{i}" for i in range(10_000)),
    "or of ands": " | ".join(f"n{i} & m{i}" for i in range(5_000)),
    "or of shared": " | ".join(f"n{i % 90} & m{i // 90}" for i in range(5_000)),
    "and-or nesting": "".join(f"(a{i} & (b{i} | " for i in range(5_000)) + "c" + "))" * 5_000,
    "minus nesting": "".join(f"a{i} - (" for i in range(10_000)) + "c" + ")" * 10_000,
    "few names nested": "".join("(a & (b - (" for _ in range(3_000)) + "c" + ")))" * 3_000,
    "parentheses": "(" * 100_000 + "a" + ")" * 100_000,
    "idle or": "".join(f"(a{i} & ((b - b) | " for i in range(3_333)) + "c" + "))" * 3_333,
    "one decides the next": " & ".join(f"(n{i} - (n{i} - n{i + 1}))" for i in range(2_500)),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_ten_thousand_terms_are_read_made_plain_keyed_written_and_counted(text: str) -> None:
    tree = parse(text)
    plain = normalise(tree)
    assert len(to_text(plain)) <= len(text) + 2
    assert key(tree) == key(parse(to_text(tree)))
    assert set(leaves(plain)) <= set(leaves(tree))


@pytest.mark.parametrize(
    ("text", "expected"),
    [(LONG["minus chain"], 7), (LONG["few names nested"], 3)],
    ids=["wide", "deep"],
)
def test_ten_thousand_terms_are_counted_as_written_and_as_made_plain(
    text: str, expected: int
) -> None:
    tree = parse(text)
    rows = [
        ("kind", leaf.name, week(0), user, 1)
        for i, leaf in enumerate(leaves(tree))
        for user in (range(10) if i == 0 else range(5, 8))
    ]
    whole = panel(rows)
    assert whole.size(tree).value == whole.size(normalise(tree)).value == expected


def test_nesting_a_hundred_thousand_deep_is_no_deeper_than_any() -> None:
    text = "".join("a - (" for _ in range(100_000)) + "b" + ")" * 100_000
    tree = parse(text)
    assert normalise(tree) == parse("a & b")
    assert decompose(tree) is None


# --- builder ----------------------------------------------------------------------------------

audiences = st.builds(
    Audience, st.sampled_from(["interest", "brand", None]), st.text(min_size=1, max_size=4),
    st.sampled_from([1, 1, 3]),
)  # fmt: skip
parts = st.builds(
    Parts,
    st.lists(audiences, max_size=4).map(tuple),
    st.lists(st.lists(audiences, min_size=2, max_size=3).map(tuple), max_size=3).map(tuple),
    st.lists(audiences, max_size=4).map(tuple),
)


@given(parts)
def test_what_was_composed_comes_apart_as_it_was_also_through_its_text(built: Parts) -> None:
    tree = compose(built.include, built.any_of, built.exclude)
    assert decompose(tree) == built
    assert decompose(parse(to_text(tree))) == built


@settings(max_examples=150)
@given(trees)
def test_an_expression_comes_apart_into_parts_that_mean_it_or_not_at_all(tree: Expression) -> None:
    found = decompose(tree)
    if found is not None:
        assert members(compose(found.include, found.any_of, found.exclude)) == members(tree)


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ("a", "a"),
        ("a - b & c - d", "a, c / / b, d"),
        ("a - b - (c | d)", "a / / b, c, d"),
        ("(a | b) & c & (d | e) - f", "c / a, b + d, e / f"),
        ("a | b | c", "/ a, b, c"),
        ("universe:all - a", "/ / a"),
        ("universe:all", ""),
        ("universe:all & a", "universe:all, a"),
        ("a | b & c", None),
        ("a - (b & c)", None),
        ("a - (b - c)", None),
        ("(a | b & c) & d", None),
    ],
)
def test_the_builder_opens_what_has_its_shape(text: str, built: str | None) -> None:
    found = decompose(parse(text))
    if built is None:
        assert found is None
        return
    lists = [*built.split("/"), "", ""][:3]
    include, groups, exclude = ([p for p in piece.split(sign) if p.strip()]
                                for piece, sign in zip(lists, ",+,", strict=True))  # fmt: skip
    read = [tuple(parse(name) for name in group.split(",")) for group in groups]
    assert found == Parts(tuple(map(parse, include)), tuple(read), tuple(map(parse, exclude)))


def test_a_group_of_one_is_included_and_an_empty_one_asks_for_nothing() -> None:
    a, b = parse("a"), parse("b")
    assert compose([a], [[b], []]) == parse("a & b")
    assert compose() == EVERYONE
    assert compose(exclude=[a]) == parse("universe:all - a")


# --- on a panel -------------------------------------------------------------------------------

KINDS = [("interest", "a"), ("brand", "a"), ("interest", 'b & "c"'), ("term", "d - (e)>=2")]


def community(seed: int, users: int) -> list[tuple[str, str, object, int, int]]:
    rng = np.random.default_rng(seed)
    rows = []
    for kind, name in KINDS:
        share = rng.choice([0.03, 0.2, 0.5, 0.9])
        for user in np.flatnonzero(rng.random(users) < share).tolist():
            rows += [(kind, name, week(w), user, int(rng.integers(1, 3)))
                     for w in range(2) if w == 0 or rng.random() < 0.4]  # fmt: skip
    return rows


def exactly(rows: list, tree: Expression, window: Window = Window()) -> set[int]:  # noqa: B008
    events: dict[tuple[str | None, str], dict[int, int]] = {}
    for kind, name, period, user, n in rows:
        if (window.start or period) <= period <= (window.end or period):
            for name_ in ((kind, name), (UNIVERSE.kind, UNIVERSE.name)):
                of = events.setdefault(name_, {})
                of[user] = of.get(user, 0) + n
    return fold(
        tree,
        lambda x: {u for u, n in events.get((x.kind, x.name), {}).items() if n >= x.at_least},
        lambda parts: set.intersection(*parts),
        lambda parts: set.union(*parts),
        lambda left, right: left - right,
    )


on_panel = trees_of(named(KINDS), 10)


@settings(max_examples=60)
@given(on_panel, st.integers(0, 1000), st.sampled_from([Window(), Window(week(1), week(1))]))
def test_a_random_expression_on_random_data_is_what_plain_sets_say(
    tree: Expression, seed: int, window: Window
) -> None:
    rows = [*community(seed, 60), ("brand", "a", week(0), 0, 1)]
    rows += [(kind, name, week(1), 1, 1) for kind, name in KINDS]
    whole = panel(rows)
    expected = len(exactly(rows, tree, window))
    for way in (tree, to_text(tree), normalise(tree)):
        size = whole.size(way, window)
        assert (size.value, size.low, size.high, size.exact) == (*[expected] * 3, True)


def test_the_complement_of_an_audience_and_of_everything_are_segments_like_any() -> None:
    rows = [("interest", "a", week(0), user, 1) for user in range(30)]
    rows += [("interest", "b", week(0), user, 1) for user in range(20, 50)]
    whole = panel(rows)
    rest = whole.size("universe:all - a")
    assert (rest.value, rest.exact) == (20, True)
    for text in ("universe:all - universe:all", "universe:all - (a | b)", "a & b - b"):
        nobody = whole.size(text)
        assert (nobody.value, nobody.low, nobody.high, nobody.exact) == (0, 0, 0, True)
    assert whole.resolve(to_text(EMPTY)) == EMPTY
    assert is_empty(whole.resolve("universe:all - universe:all"))
    assert not is_empty(whole.resolve("universe:all - (a | b)"))


TRIALS = 120


@pytest.mark.slow
def test_intervals_of_random_expressions_hold_the_exact_size_in_most_samples() -> None:
    rng = np.random.default_rng(5)
    rows = community(11, 4000)
    picked = st_examples(on_panel, 60)
    sizes = {to_text(tree): len(exactly(rows, tree)) for tree in picked}
    held = dict.fromkeys(sizes, 0)
    sampled = 0
    for _ in range(TRIALS):
        part = panel(rows, seed=int(rng.integers(1, 1 << 31)), k=32, budget=1200)
        for text, size in sizes.items():
            estimate = part.size(text)
            sampled += not estimate.exact
            held[text] += estimate.low <= size <= estimate.high
    assert sampled > 0.9 * TRIALS * len(sizes)
    assert sum(held.values()) >= 0.94 * TRIALS * len(sizes)
    # A single expression may be unlucky by three standard errors.
    assert min(held.values()) >= TRIALS * (0.95 - 3 * (0.95 * 0.05 / TRIALS) ** 0.5)


def st_examples(strategy: st.SearchStrategy[Expression], count: int) -> list[Expression]:
    """Return distinct expressions of a strategy, the same in every run."""
    found: dict[str, Expression] = {}

    @settings(max_examples=4 * count, database=None)
    @given(strategy)
    def gather(tree: Expression) -> None:
        if not is_empty(tree) and len(leaves(tree)) > 1:
            found.setdefault(to_text(tree), tree)

    gather()
    return list(found.values())[-count:]
