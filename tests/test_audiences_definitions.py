"""The definitions file: what it says, and where it is wrong."""

from datetime import date
from pathlib import Path

import pytest

from overlap.audiences import (
    AudienceDefinition,
    Definitions,
    KindRule,
    load_definitions,
    parse_definitions,
)
from overlap.model import AudienceKey, DataError, UsageError

FULL = """\
[[audience]]
kind = "interest"
name = " esports fans "
tags = { interest = ["gaming", "esports", "gaming"], category = "gaming chairs" }
actions = ["buy", "review"]
min_events = 3
window = { from = "2026-01-01", to = 2026-06-30 }

[[audience]]
kind = "兴趣"
name = "城市漫步"
window = { last_days = 90 }

[rename.category]
"LCD TV" = "television"
"OLED TV" = " television "

[kinds]
brand = false
interest = { drop = ["unknown"] }
"""


def test_a_full_file_is_read_into_records(tmp_path: Path) -> None:
    path = tmp_path / "audiences.toml"
    path.write_text(FULL, encoding="utf-8-sig")
    definitions = load_definitions(path)
    assert definitions == Definitions(
        audiences=(
            AudienceDefinition(
                AudienceKey("interest", "esports fans"),
                {"interest": ("gaming", "esports"), "category": ("gaming chairs",)},
                ("buy", "review"),
                3,
                date(2026, 1, 1),
                date(2026, 6, 30),
            ),
            AudienceDefinition(AudienceKey("兴趣", "城市漫步"), last_days=90),
        ),
        rename={"category": {"LCD TV": "television", "OLED TV": "television"}},
        kinds={"brand": KindRule(defaults=False), "interest": KindRule(drop=("unknown",))},
        text=FULL,
        where=str(path),
    )
    assert parse_definitions(definitions.text, definitions.where) == definitions


def test_an_empty_file_defines_nothing() -> None:
    assert parse_definitions("") == Definitions()


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("min_events = 3", "min_event = 3", "unknown key 'min_event'", 6),
        ("min_events = 3", "min_events = 0", "min_events is 0", 6),
        ("min_events = 3", 'min_events = "3"', "min_events is '3'", 6),
        ("min_events = 3", "min_events = true", "min_events is True", 6),
        ('kind = "interest"', 'kind = "two words"', "cannot be a kind", 2),
        ('kind = "interest"', 'kind = "universe"', "is taken", 2),
        ('kind = "interest"', "kind = 1", "1 is not a name", 2),
        ('kind = "interest"\n', "", "'kind' is missing", 1),
        ('" esports fans "', '" "', "' ' is not a name", 3),
        ('"gaming chairs"', "[]", "[] is not a list of names", 4),
        ('"gaming chairs"', "[3]", "3 is not a name", 4),
        ('tags = { interest = ["gaming", "esports", "gaming"], category = "gaming chairs" }',
         'tags = ["gaming"]', "'tags' is ['gaming'], not a table", 4),
        ('["buy", "review"]', "7", "7 is not a list of names", 5),
        ('from = "2026-01-01"', 'from = "January"', "from is 'January'", 7),
        ('from = "2026-01-01"', 'from = "2026-07-01"', "before it begins", 7),
        ('from = "2026-01-01"', "last_days = 3", "not both", 7),
        ('from = "2026-01-01"', "start = 3", "unknown key 'start'", 7),
        ("last_days = 90", "last_days = -1", "last_days is -1", 12),
        ("window = { last_days = 90 }", "", "would hold everybody", 11),
        ("window = { last_days = 90 }", "window = {}", "would hold everybody", 11),
        ('kind = "兴趣"\nname = "城市漫步"', 'kind = "interest"\nname = "esports fans"',
         "interest:esports fans is defined twice", 11),
        ('"LCD TV" = "television"', '"LCD TV" = ""', "'' is not a name", 15),
        ("[rename.category]", "[rename.universe]", "is taken", 14),
        ("brand = false", "brand = 3", "kinds.brand is 3", 19),
        ('drop = ["unknown"]', 'drops = ["unknown"]', "unknown key 'drops'", 20),
        ('drop = ["unknown"]', 'drop = ["a"], keep = ["b"]', "both keep and drop", 20),
        ("[kinds]", "[kind]", "unknown key 'kind'", 18),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_a_cure(
    old: str, new: str, said: str, line: int
) -> None:
    assert FULL.count(old) == 1
    with pytest.raises(UsageError) as caught:
        parse_definitions(FULL.replace(old, new), "mine.toml")
    assert said in str(caught.value)
    assert caught.value.where.startswith(f"mine.toml, line {line}"), caught.value.where
    assert caught.value.cure


def test_an_unknown_key_names_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_definitions('[[audience]]\nkind = "a"\nname = "b"\naction = ["x"]')
    assert "did you mean 'actions'" in caught.value.cure
    assert "min_events" in caught.value.cure


@pytest.mark.parametrize(
    "toml", ["audience = 3", "[audience]\nname = 'x'", "rename = 3", "kinds = 1"]
)
def test_a_table_of_the_wrong_shape_is_refused(toml: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_definitions(toml, "mine.toml")
    assert "mine.toml" in caught.value.where


def test_what_is_not_toml_points_at_the_line() -> None:
    with pytest.raises(DataError, match="line 2"):
        parse_definitions("[kinds]\nbrand = nope\n")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*none\.toml"):
        load_definitions(tmp_path / "none.toml")
    with pytest.raises(DataError, match="cannot be read"):
        load_definitions(tmp_path)
    path = tmp_path / "gb.toml"
    path.write_bytes("# 电竞\n".encode("gb18030"))
    with pytest.raises(DataError, match="is not UTF-8"):
        load_definitions(path)
