"""Text and tree are two forms of one expression, at any length and depth."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.expressions import (
    And,
    Audience,
    Expression,
    Minus,
    Or,
    fold,
    leaves,
    parse,
    resolve,
    to_text,
)
from overlap.model import UsageError

A, B, C, D = (Audience(None, name) for name in "abcd")
KNOWN = {
    "category": {"TV", "电视", "a"},
    "interest": {"gaming", "电竞", "city-walk", "city walk", "R&B", "12:30", "apple", "b"},
    "brand": {"apple", "Acme", "c"},
}

names = st.one_of(
    st.text(min_size=1, max_size=6),
    st.text("abAB 1-&|()\":\\>=',_电竞（：”“", min_size=1, max_size=6),
    st.sampled_from(["gaming", "city-walk", "R&B", "电竞", "ＴＶ", "4%", "C#", "and", "🎮"]),
)
audiences = st.builds(
    Audience, st.one_of(st.none(), names), names, st.sampled_from([1, 1, 1, 2, 3, 4294967295])
)


def _joined(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    many = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(And, many), st.builds(Or, many), st.builds(Minus, inner, inner))


trees = st.recursive(audiences, _joined, max_leaves=12)


def message(text: str) -> str:
    with pytest.raises(UsageError) as raised:
        resolve(parse(text), KNOWN)
    assert raised.value.exit_code == 2
    return str(raised.value)


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def marked(text: str) -> str:
    """Return what stands above the carets of an error message, terminal column by column."""
    lines = message(text).splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip(" ^") == "" and "^" in line)
    start, stop = lines[at].index("^"), len(lines[at])
    column, out = 0, ""
    for char in lines[at - 1]:
        if start <= column < stop:
            out += char
        column += columns(char)
    return out


# --- reading and writing ----------------------------------------------------------------------


@given(trees)
def test_the_text_of_any_tree_reads_back_as_that_tree(tree: Expression) -> None:
    assert parse(to_text(tree)) == tree


@given(trees)
def test_equal_trees_hash_alike_and_their_text_is_canonical(tree: Expression) -> None:
    again = parse(to_text(tree))
    assert hash(again) == hash(tree)
    assert to_text(again) == to_text(tree)


@given(trees)
def test_white_space_and_extra_parentheses_change_nothing(tree: Expression) -> None:
    assert parse(f" (\n( {to_text(tree)}\t)) \u3000") == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a | b & c - d", Or((A, And((B, Minus(C, D)))))),
        ("a - b & c | d", Or((And((Minus(A, B), C)), D))),
        ("a - b - c", Minus(Minus(A, B), C)),
        ("a - (b - c)", Minus(A, Minus(B, C))),
        ("a - (b | c)", Minus(A, Or((B, C)))),
        ("(a | b) & c", And((Or((A, B)), C))),
        ("a & b & (c & d)", And((A, B, C, D))),
        ("a | (b | (c | d))", Or((A, B, C, D))),
        ("city-walk", Minus(Audience(None, "city"), Audience(None, "walk"))),
        ('"city-walk"', Audience(None, "city-walk")),
        ('interest:"city walk">=3', Audience("interest", "city walk", 3)),
        ('interest : "city walk" >= 3', Audience("interest", "city walk", 3)),
        ('"my kind":"a \\"b\\" \\\\ c"', Audience("my kind", 'a "b" \\ c')),
        ("term:12:30", Audience("term", "12:30")),
        ("L'Oréal", Audience(None, "L'Oréal")),
        ("v1.2/x#y+z%_", Audience(None, "v1.2/x#y+z%_")),
        ("电视 & 兴趣：“电竞”", And((Audience(None, "电视"), Audience("兴趣", "电竞")))),
        (
            "（ＴＶ｜a）＆b－c＞＝２",
            And(
                (Or((Audience(None, "ＴＶ"), A)), Minus(B, Audience(None, "c", 2))),
            ),
        ),
    ],
)
def test_expressions_group_as_python_groups_sets(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@given(st.data())
def test_grouping_agrees_with_python_on_real_sets(data: st.DataObject) -> None:
    sets = {name: frozenset(data.draw(st.sets(st.integers(0, 9)))) for name in "abcd"}
    text = data.draw(st.sampled_from("abcd"))
    for _ in range(data.draw(st.integers(0, 8))):
        text = data.draw(st.sampled_from(["{} {} {}", "({} {} {})", "({}) {} {}"])).format(
            text, data.draw(st.sampled_from("&|-")), data.draw(st.sampled_from("abcd"))
        )
    found = fold(
        parse(text),
        lambda leaf: sets[leaf.name],
        lambda parts: frozenset.intersection(*parts),
        lambda parts: frozenset.union(*parts),
        lambda left, right: left - right,
    )
    assert found == eval(text, {"__builtins__": {}}, dict(sets))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (And((A, Or((B, C)))), "a & (b | c)"),
        (Or((And((A, B)), C)), "a & b | c"),
        (Minus(And((A, B)), C), "(a & b) - c"),
        (And((A, Minus(B, C))), "a & b - c"),
        (Minus(Minus(A, B), C), "a - b - c"),
        (Minus(A, Minus(B, C)), "a - (b - c)"),
        (Audience("interest", "city walk", 3), 'interest:"city walk">=3'),
        (Audience(None, "12:30"), '"12:30"'),
        (Audience("term", "12:30"), "term:12:30"),
        (Audience("category", "电视"), "category:电视"),
    ],
)
def test_canonical_text_has_the_fewest_parentheses_and_quotes(tree: Expression, text: str) -> None:
    assert to_text(tree) == str(tree) == text


def test_a_tree_shows_itself_as_the_text_that_makes_it() -> None:
    tree = parse('a & (b | "c d")')
    assert eval(repr(tree), {"parse": parse}) == tree


def test_trees_of_different_operators_order_or_leaves_differ() -> None:
    different = [A, And((A, B)), Or((A, B)), Minus(A, B), Minus(B, A), And((A, B, C)), And((B, A))]
    assert len(set(different)) == len(different)
    assert And((A, B)) != "a & b"


def test_an_operator_without_two_operands_and_an_audience_without_a_name_are_refused() -> None:
    with pytest.raises(UsageError, match="at least two operands, got 1"):
        And((A,))
    with pytest.raises(UsageError, match="needs a name"):
        Audience("interest", "")
    with pytest.raises(UsageError, match="intensity 0"):
        Audience("interest", "gaming", 0)


# --- size and depth ---------------------------------------------------------------------------


def size(tree: Expression) -> int:
    return fold(tree, lambda _: 1, sum, sum, lambda left, right: left + right)


@pytest.mark.parametrize(
    "text",
    [
        " & ".join(f"n{i}" for i in range(10_000)),
        " - ".join(f"n{i}" for i in range(10_000)),
        " | ".join(f"n{i} & m{i}" for i in range(5_000)),
        "".join("(a & (b | " for _ in range(5_000)) + "c" + "))" * 5_000,
        "".join("a - (" for _ in range(10_000)) + "b" + ")" * 10_000,
        "(" * 10_000 + "a" + ")" * 10_000,
    ],
    ids=["and", "minus chain", "or of ands", "and-or nesting", "minus nesting", "parentheses"],
)
def test_ten_thousand_terms_and_levels_are_read_written_compared_and_resolved(text: str) -> None:
    tree = parse(text)
    again = parse(to_text(tree))
    assert again == tree
    assert hash(again) == hash(tree)
    assert repr(again) == repr(tree)
    found = leaves(tree)
    assert size(tree) == len(re.findall(r"[a-z]\d*", text))
    resolved = resolve(tree, {"kind": {leaf.name for leaf in found}})
    assert leaves(resolved) == tuple(Audience("kind", leaf.name) for leaf in found)


def test_trees_built_by_code_may_be_as_deep_as_those_read() -> None:
    tree: Expression = A
    for _ in range(1_000):
        tree = And((B, Or((C, Minus(D, tree)))))
    assert parse(to_text(tree)) == tree
    assert tree != And((B, tree))


# --- leaves and folding -----------------------------------------------------------------------


def test_leaves_are_distinct_and_in_order_of_appearance() -> None:
    assert leaves(parse("b & (a | b>=2) - a")) == (B, A, Audience(None, "b", 2))


def test_folding_visits_operands_from_left_to_right() -> None:
    tree = parse("d - a & (c | b)")
    said = fold(tree, lambda x: x.name, "&".join, "|".join, lambda a, b: f"{a}-{b}")
    assert said == "d-a&c|b"


# --- names ------------------------------------------------------------------------------------


def test_a_bare_name_gets_the_only_kind_that_has_it_and_keeps_its_intensity() -> None:
    assert to_text(resolve(parse("TV & 电竞>=3 - Acme"), KNOWN)) == (
        "category:TV & interest:电竞>=3 - brand:Acme"
    )


def test_names_may_be_given_as_lists() -> None:
    known = {kind: sorted(found) for kind, found in KNOWN.items()}
    assert resolve(parse("gaming"), known) == Audience("interest", "gaming")


def test_a_bare_name_of_several_kinds_is_refused_with_each_spelled_out() -> None:
    said = message("TV & apple>=2")
    assert "brand:apple>=2 or interest:apple>=2" in said
    assert marked("TV & apple>=2") == "apple>=2"


def test_an_unknown_name_is_answered_with_the_nearest_and_where_to_look() -> None:
    said = message("TV & gamin")
    assert "there is no audience 'gamin'" in said
    assert "did you mean interest:gaming?" in said
    assert "overlap list" in said
    assert marked("TV & gamin") == "gamin"
    assert "interest:电竞" in message("电竟")


def test_a_name_of_another_kind_is_pointed_out() -> None:
    assert "brand:Acme" in message("interest:Acme")


def test_an_unknown_kind_is_answered_with_the_kinds_there_are() -> None:
    said = message("intrest:gaming")
    assert "no kind of audience 'intrest'" in said
    assert "did you mean the kind 'interest'?" in said
    assert "brand, category, interest" in said


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("city-walk", 'interest:"city-walk"'),
        ("interest:city - walk & TV", 'interest:"city-walk"'),
        ("TV - city-walk", 'interest:"city-walk"'),
        ("R&B", 'interest:"R&B"'),
        ("12:30", "interest:12:30"),
    ],
)
def test_a_name_cut_up_by_its_operators_is_answered_with_the_whole_name(
    text: str, whole: str
) -> None:
    assert f"for the audience of that whole name write {whole}" in message(text)
    assert isinstance(resolve(parse(whole), KNOWN), Audience)


def test_a_whole_name_is_not_offered_where_the_text_does_not_hold_it() -> None:
    assert "whole name" not in message("city & TV")


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a && b", "&", "write & once"),
        ("a & | b", "|", "expected an audience, found '|'"),
        ("a &", "", "expected an audience, found the end"),
        ("- a", "-", "something to subtract from"),
        ("city walk", "walk", 'put it in quotes: "city walk"'),
        ("interest:city walk", "walk", 'put it in quotes: interest:"city walk"'),
        ("TV and gaming", "and", "write & for 'and'"),
        ("电视 & (电竞", "(", "never closed"),
        ("电视 & 电竞)", ")", "closes nothing"),
        ("电视（4K）", "（", "goes in quotes"),
        ("电视 & “电竞", "“", "never closed"),
        ('电视 & "a\\n"', "\\n", "unknown escape"),
        ('电视 & ""', '""', "is empty"),
        ("电视 & @x", "@", "in double quotes"),
        ("电视 - !a", "!", "subtract them"),
        ("interest:", "", "the name after the colon"),
        (":gaming", ":", "expected an audience"),
        ("电视>3", ">", "written >="),
        ("电视>=0", "0", "from 1 to 4294967295"),
        ("电视>=" + "9" * 5_000, "9", "from 1 to 4294967295"),
        ("电视>=many", "m", "expected a number"),
    ],
)
def test_a_mistake_is_pointed_at_in_terminal_columns(text: str, place: str, said: str) -> None:
    assert said in message(text)
    assert marked(text).startswith(place) if place else marked(text) == ""


@pytest.mark.parametrize("text", ["", "  ", "\n\u3000"])
def test_an_empty_expression_is_answered_with_an_example(text: str) -> None:
    assert "it is empty" in message(text)
    assert "category:TV & interest:gaming" in message(text)


def test_the_place_is_shown_in_one_line_of_a_terminal_however_long_the_text() -> None:
    text = "电视 & " * 2_000 + "& " + "电竞 | " * 2_000 + "x"
    lines = message(text).splitlines()
    assert max(map(columns, lines)) <= 90
    assert marked(text) == "&"


@given(st.text("abTV电 &|-()\"':>=3\\“”（", max_size=12))
def test_any_text_is_either_read_or_refused_with_a_usage_error(text: str) -> None:
    try:
        tree = parse(text)
    except UsageError:
        return
    assert parse(to_text(tree)) == tree
