"""Audiences by what people write: keywords, phrases and hashtags, against a naive reading."""

import html
import json
import re
import shlex
import sys
import tempfile
import tomllib
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.audiences import (
    AudienceDefinition,
    Definitions,
    TextRule,
    load_definitions,
    memberships,
    occurrences,
    parse_definitions,
)
from overlap.audiences.fields import TextColumns
from overlap.audiences.folding import UNUSUAL, fold, hashtag_name, hashtags, plain_run
from overlap.audiences.keywords import forms
from overlap.audiences.matching import fulfilled
from overlap.cli import main
from overlap.events import Events, parse_tag_option, read_events
from overlap.model import AudienceKey, TagColumn, UsageError

SAMPLE = Path(__file__).parents[1] / "sample_data"
REVIEWS = Path(__file__).parents[2] / "shared" / "data" / "game_reviews.parquet"
TRUTHS: dict[str, Any] = tomllib.loads((SAMPLE / "truths.toml").read_text("utf-8"))
WORDS = AudienceKey("need", "words")


def opened(folder: Path, frame: pl.DataFrame, **options: Any) -> Events:
    path = folder / "events.parquet"
    frame.write_parquet(path)
    return read_events([str(path)], user="user", **options)


def posts(texts: list[str | None], **columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(
        {"user": range(len(texts)), "text": pl.Series(texts, dtype=pl.String)} | columns
    )


def counted(frame: pl.LazyFrame) -> dict[tuple[str, str, date, Any], int]:
    rows = frame.collect(engine="streaming").iter_rows()
    return {(kind, name, period, user): events for kind, name, period, user, events in rows}


def built(events: Events, definitions: Definitions) -> dict[tuple[str, str, date, Any], int]:
    """Count what the builder is fed with."""
    found: Counter[tuple[str, str, date, Any]] = Counter()
    for part in occurrences(events, definitions):
        for batch in part.frame.collect_batches():
            for row in batch.iter_rows(named=True):
                for key in part.always:
                    found[key.kind, key.name, row["period"], row["user"]] += 1
                for column, kind in part.kinds.items():
                    for name in row[column] or []:
                        found[kind, name, row["period"], row["user"]] += 1
    return dict(found)


def rows_with(texts: list[str | None], rule: TextRule, **columns: list[Any]) -> list[int]:
    """Return the places of the texts that fulfil a rule, by both ways there are."""
    definitions = Definitions((AudienceDefinition(WORDS, text=rule),))
    tags = tuple(TagColumn(name, "hashtag" if name == "topics" else name) for name in columns)
    with tempfile.TemporaryDirectory() as folder:
        events = opened(Path(folder), posts(texts, **columns), tags=tags, text="text")
        one = counted(memberships(events, definitions))
        assert one == built(events, definitions)
    return sorted(user for kind, _, _, user in one if kind == WORDS.kind)


def has(text: str, keyword: str, **rule: Any) -> bool:
    return rows_with([text], TextRule(any=(keyword,), **rule)) == [0]


# --- a naive reading ------------------------------------------------------------------------------

_WORD = "0-9a-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u07ff\u0900-\u0dff\u1e00-\u1fff"


def naive_fold(text: str) -> str:
    text = re.sub(
        r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});",
        lambda m: html.unescape(m[0]),
        text,
    )
    text = re.sub(r"(?i)</?(em|b|a|span)(\s[^<>]*)?/?>", "", text)
    text = re.sub(r"(?i)</?(br|p|div|li)(\s[^<>]*)?/?>", "\n", text)
    text = re.sub(r"(?i:https?://|ftp://|www\.)[!-;=?-~]+", " ", text)
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("[\u200b\u2060\ufeff\u00ad\ufe0e\ufe0f]", "", text)
    return text.replace("’", "'").replace("‘", "'").replace("ʼ", "'").replace("ς", "σ")


def naive_pattern(keyword: str) -> str:
    """Return a regular expression: words whole, blanks elastic, Chinese and signs anywhere."""
    pieces = re.findall(rf"[{_WORD}]+|[^{_WORD}\s]+|\s+", naive_fold(keyword).strip())
    found = ""
    for before, piece, after in zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False):
        if piece.isspace():
            word = [bool(re.match(f"[{_WORD}]", p[0])) for p in (before, after)]
            found += r"\s+" if word[0] == word[1] else r"\s*"
            continue
        is_word = bool(re.match(f"[{_WORD}]", piece[0]))
        if before and not before.isspace():
            found += r"\s*"
        found += rf"(?<![{_WORD}]){re.escape(piece)}(?![{_WORD}])" if is_word else re.escape(piece)
    return found


def naive_hashtags(text: str) -> set[str]:
    found = re.findall(
        r"#([^#\s](?:[^#\r\n]{0,38}[^#\s])?)#|#([\w\u0300-\u036f]+)", naive_fold(text)
    )
    return {naive_name(a or b) for a, b in found}


def naive_name(tag: str) -> str:
    tag = re.sub(r"\s*\[[^\[\]]*\]$", "", tag.strip("# "))
    tag = re.sub(rf"([{_WORD}])([^{_WORD}\s])", r"\1 \2", tag)
    tag = re.sub(rf"([^{_WORD}\s])([{_WORD}])", r"\1 \2", tag)
    return re.sub(r"\s+", " ", tag).strip()


def naive_meets(
    keyword: str, text: str | None, titles: list[str], topics: list[str], fields: tuple[str, ...]
) -> bool:
    folded = naive_fold(keyword).strip()
    is_tag = folded.startswith("#")
    met = False
    if not is_tag:
        texts = ([text] if "text" in fields and text else []) + (
            titles if "title" in fields else []
        )
        met = any(re.search(naive_pattern(keyword), naive_fold(t)) for t in texts)
    if is_tag or "hashtags" in fields:
        tags = {naive_name(naive_fold(t)) for t in topics} | naive_hashtags(text or "")
        met |= naive_name(folded) in tags
    return met


PIECES = [
    "tv", "TV", "ｔｖ", "native", "Native", "城市", "漫步", "市", "手机", "手机壳", "壳", "4k",
    "4K", "８５寸", "85", " ", " ", "\n", "　", "，", "。", ".", "'", "’", "-", "<br>", "<em>",
    "</em>", "<EM class='x'>", "&amp;", "&#22478;", "&nbsp;", "https://t.cn/tv",
    "www.tv.com/手机", "#", "#", "＃", "🔥", "❤️", "❤", "\u200b", "\ufe0f", "é", "É",
    "e\u0301", "ß", "İ", "Σ", "ς", "К", "_", "[话题]", "ｶﾞ", "が", "か\u3099", "㎡", "city",
    "walk",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
KEYWORDS = st.one_of(
    st.sampled_from(
        ["tv", "TV", "手机", "手机壳", "城市漫步", "city walk", "City  Walk", "4K电视", "4k 城市",
         "é", "市漫", "#tv", "#城市漫步#", "＃手机", "🔥", "❤️", "native", "85寸", "tv手机",
         "#city walk#", "が", "ß", "e-city", "don't", "walk'", "m2", "城市 漫步", "к", "σ"]
    ),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
)  # fmt: skip


def usable(keyword: str) -> bool:
    return bool(keyword.strip()) and forms([keyword])[0] != ""


RULES = st.builds(
    TextRule,
    any=st.lists(KEYWORDS.filter(usable), max_size=3).map(tuple),
    all=st.lists(KEYWORDS.filter(usable), max_size=2).map(tuple),
    none=st.lists(KEYWORDS.filter(usable), max_size=2).map(tuple),
    fields=st.sampled_from(
        [("text", "hashtags"), ("text",), ("hashtags",), ("title",), ("text", "title"),
         ("title", "hashtags")]
    ),
).filter(lambda rule: rule.any or rule.all or rule.none)  # fmt: skip


ROWS = st.tuples(
    st.one_of(st.none(), TEXTS.filter(str.strip)),
    st.lists(TEXTS.filter(str.strip), max_size=2),
    st.lists(st.sampled_from(["TV", "#tv#", "城市漫步[话题]", "City Walk", "手机"]), max_size=2),
)


def naive_fits(rule: TextRule, row: tuple[str | None, list[str], list[str]]) -> bool:
    def met(keyword: str) -> bool:
        return naive_meets(keyword, *row, rule.fields)

    asked = (not rule.any or any(map(met, rule.any))) and all(map(met, rule.all))
    return asked and not any(map(met, rule.none))


COLUMNS = TextColumns("text", ("topics",), {"title": ("title",)})


@settings(max_examples=100)
@given(rows=st.lists(ROWS, min_size=1, max_size=10), rules=st.lists(RULES, min_size=1, max_size=4))
def test_matching_equals_a_naive_reading(
    rows: list[tuple[str | None, list[str], list[str]]], rules: list[TextRule]
) -> None:
    frame = pl.DataFrame(
        rows,
        schema={"text": pl.String, "title": pl.List(pl.String), "topics": pl.List(pl.String)},
        orient="row",
    )
    found = frame.select(fulfilled(dict(enumerate(rules)), COLUMNS)).to_series().to_list()
    assert found == [[i for i, rule in enumerate(rules) if naive_fits(rule, row)] for row in rows]


@given(
    st.lists(st.sampled_from(["tv", "TV", "城市", "漫步", " ", "\n", "4k", "，", "s"]), max_size=8)
)
def test_phrases_equal_a_naive_reading(pieces: list[str]) -> None:
    keywords = ["tv", "tv tv", "城市漫步", "城市 漫步", "4k城市", "tv，tv", "tv 4k 漫步", "，"]
    rules = {i: TextRule(any=(word,)) for i, word in enumerate(keywords) if usable(word)}
    text = "".join(pieces)
    frame = pl.DataFrame({"text": [text]})
    found = frame.select(fulfilled(rules, TextColumns("text", (), {}))).item().to_list()
    assert found == [
        i for i, rule in rules.items() if naive_meets(rule.any[0], text, [], [], ("text",))
    ]


@settings(max_examples=25)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), ROWS, st.integers(0, 40)), min_size=1, max_size=8),
    rules=st.lists(st.tuples(RULES, st.integers(1, 2), st.booleans()), min_size=1, max_size=4),
)
def test_memberships_and_what_the_builder_is_fed_equal_a_naive_count(
    rows: list[tuple[int, tuple[str | None, list[str], list[str]], int]],
    rules: list[tuple[TextRule, int, bool]],
) -> None:
    origin = datetime(2026, 1, 1)
    frame = pl.DataFrame(
        [(user, *row, origin + timedelta(days=day), "a") for user, row, day in rows],
        schema={"user": pl.Int64, "text": pl.String, "title": pl.List(pl.String)}
        | {"topics": pl.List(pl.String), "time": pl.Datetime("us"), "always": pl.String},
        orient="row",
    )
    definitions = Definitions(
        tuple(
            AudienceDefinition(
                AudienceKey("need", str(i)),
                min_events=least,
                start=date(2026, 1, 20) if late else None,
                text=rule,
            )
            for i, (rule, least, late) in enumerate(rules)
        )
    )
    expected: Counter[tuple[str, str, date, int]] = Counter()
    for i, (rule, least, late) in enumerate(rules):
        mine: Counter[tuple[date, int]] = Counter()
        for user, (text, titles, topics), day in rows:
            when = origin + timedelta(days=day)
            fits = naive_fits(rule, (text, [title.strip() for title in titles], topics))
            if fits and (not late or when.date() >= date(2026, 1, 20)):
                mine[when.date().replace(day=1), user] += 1
        totals: Counter[int] = Counter()
        for (_, user), n in mine.items():
            totals[user] += n
        for (month, user), n in mine.items():
            if totals[user] >= least:
                expected["need", str(i), month, user] += n
    tags = [TagColumn("title", "title"), TagColumn("topics", "hashtag"), TagColumn("always", "x")]
    with tempfile.TemporaryDirectory() as folder:
        events = opened(Path(folder), frame, tags=tags, text="text", time="time", period="month")
        everything = counted(memberships(events, definitions))
        assert {k: n for k, n in everything.items() if k[0] == "need"} == dict(expected)
        assert built(events, definitions) == everything


# --- folding --------------------------------------------------------------------------------------


def test_what_is_left_alone_cannot_fold_to_a_keyword() -> None:
    every = pl.Series([chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000])
    usual = every.filter(~every.str.contains(UNUSUAL))
    assert len(usual) > 30_000
    for char, folded in zip(usual, fold(usual), strict=True):
        assert folded in (char, char.lower()) or plain_run(folded) is None, hex(ord(char))
        if plain_run(char) is not None:
            assert folded == (char.lower() if char.isascii() else char), hex(ord(char))


@given(TEXTS)
def test_folding_equals_a_naive_folding(text: str) -> None:
    assert fold(pl.Series([text])).item() == naive_fold(text)
    names = hashtags(fold(pl.Series([text]))).explode(empty_as_null=False)
    assert set(hashtag_name(names)) == naive_hashtags(text)


@pytest.mark.parametrize(
    ("text", "keyword", "found"),
    [
        ("a native speaker", "tv", False),
        ("I love my TV.", "tv", True),
        ("ＴＶ好看", "tv", True),
        ("买tv了", "tv", True),
        ("tv_fan", "tv", False),
        ("my tvs", "tv", False),
        ("the player's choice", "player", True),
        ("新手机壳到了", "手机", True),
        ("新手机壳到了", "手机壳", True),
        ("city\n walk", "City Walk", True),
        ("city　walk", "city walk", True),
        ("citywalk", "city walk", False),
        ("city, walk", "city walk", False),
        ("this city walks", "city walk", False),
        ("4K 电视", "4k电视", True),
        ("4K电视", "4k 电视", True),
        ("14K电视", "4k电视", False),
        ("标称14毫秒响应", "4毫秒响应", False),
        ("标称4毫秒响应", "4毫秒响应", True),
        ("c++11", "C++", True),
        ("城市 漫步", "城市漫步", False),
        ("城市<em>漫步</em>", "城市漫步", True),
        ("城市<br>漫步", "城市漫步", False),
        ("city<br/>walk", "city walk", True),
        ("Q&amp;A", "q&a", True),
        ("Q&A", "q&amp;a", True),
        ("&#22478;&#x5e02;", "城市", True),
        ("&lt;br&gt;城市", "br", False),
        ("a <3 b", "3", True),
        ("see https://shop.cn/tv?x=tv", "tv", False),
        ("https://t.cn/abc城市漫步", "城市漫步", True),
        ("www.tv.com", "tv", False),
        ("I don’t recommend it", "don't recommend", True),
        ("城\u200b市", "城市", True),
        ("爱了❤️", "❤", True),
        ("爱了❤", "❤️", True),
        ("太好吃了🔥🔥", "🔥", True),
        ("Καλός δρόμος", "ΔΡΌΜΟΣ", True),
        ("новый телевизор", "Телевизор", True),
        ("телевизоры", "телевизор", False),
        ("게임을 샀다", "게임", True),
        ("テレビゲーム", "ゲーム", True),
        ("ｹﾞｰﾑ", "ゲーム", True),
        ("#城市漫步# 今天", "城市漫步", True),
        ("#城市漫步# 今天", "#城市漫步", True),
        ("#城市漫步路线#", "#城市漫步", False),
        ("城市漫步", "#城市漫步", False),
        ("#城市漫步[话题]#", "#城市漫步#", True),
        ("＃城市漫步＃", "#城市漫步", True),
        ("#a##城市漫步#", "#城市漫步", True),
        ("so good #CityWalk #tv", "#citywalk", True),
        ("so good#citywalk, yes", "#citywalk", True),
        ("#citywalks", "#citywalk", False),
        ("#City  Walk#", "#city walk", True),
        ("https://x.cn/#tv", "#tv", False),
        ("C# and F# are", "#and", False),
    ],
)
def test_a_keyword_is_found_or_not(text: str, keyword: str, found: bool) -> None:
    assert has(text, keyword) is found


def test_hashtags_as_a_field_are_met_as_wholes_in_texts_and_in_tag_columns() -> None:
    rule = TextRule(any=("城市漫步",), fields=("hashtags",))
    texts = ["城市漫步", "#城市漫步#", "#城市漫步路线#", None, "x", "x"]
    topics = [None, None, None, ["#城市漫步#"], ["城市漫步路线"], ["城市漫步[话题]", "b"]]
    assert rows_with(texts, rule, topics=topics) == [1, 3, 5]
    plain = TextRule(any=("城市漫步",))
    assert rows_with(texts, plain, topics=topics) == [0, 1, 2, 3, 5]
    text_alone = TextRule(any=("城市漫步",), fields=("text",))
    assert rows_with(texts, text_alone, topics=topics) == [0, 1, 2]


def test_a_tag_column_of_titles_is_a_field_by_its_kind() -> None:
    texts = ["city", "walk", "x"]
    titles = ["a walk", "city", "walk"]
    both = TextRule(all=("city", "walk"), fields=("text", "title"))
    assert rows_with(texts, both, title=titles) == [0, 1]
    assert rows_with(texts, TextRule(any=("walk",), fields=("title",)), title=titles) == [0, 2]
    phrase = TextRule(any=("city walk",), fields=("text", "title"))
    assert rows_with(["city"], phrase, title=["walk"]) == []
    assert rows_with(["x"], phrase, title=[["city", "walk"]]) == []


def test_titles_are_searched_without_being_audiences_themselves(tmp_path: Path) -> None:
    events = opened(
        tmp_path, posts(["x", None], title=["walks", "City Walk!"]), text="text",
        tags=[parse_tag_option("title=title")],
    )  # fmt: skip
    definitions = parse_definitions(
        '[[audience]]\nkind = "need"\nname = "walk"\ntext = { any = ["city walk"] }\n'
        'fields = ["title", "text"]\n[kinds]\ntitle = false\n'
    )
    found = counted(memberships(events, definitions))
    assert built(events, definitions) == found
    assert {key[0] for key in found} == {"universe", "need"}
    assert [user for kind, _, _, user in found if kind == "need"] == [1]


def test_none_looks_into_every_field_and_alone_only_excludes() -> None:
    texts = ["tv", "tv 广告", None, "广告"]
    titles = ["x", "x", "x", "x"]
    rule = TextRule(any=("tv", "x"), none=("广告",), fields=("text", "title"))
    assert rows_with(texts, rule, title=titles) == [0, 2]
    assert rows_with(texts, TextRule(none=("广告",)), title=titles) == [0, 2]


def test_keywords_that_fold_alike_are_one_and_all_of_them_are_met_at_once() -> None:
    assert rows_with(["my tv", "x"], TextRule(all=("TV", "tv", "ｔｖ"))) == [0]


def test_a_user_counts_once_and_minimum_events_count_rows_not_words(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"user": [1, 1, 2, 3, 3], "text": ["tv tv 电视", "tv", "tv 电视 tv", "电视", "x"]}
    )
    toml = (
        '[[audience]]\nkind = "need"\nname = "{}"\n'
        'text = {{ any = ["tv", "电视"] }}\nmin_events = {}\n'
    )
    definitions = parse_definitions(toml.format("one", 1) + toml.format("two", 2))
    found = counted(memberships(opened(tmp_path, frame, text="text"), definitions))
    assert {(k[1], k[3]): n for k, n in found.items() if k[0] == "need"} == {
        ("one", 1): 2, ("one", 2): 1, ("one", 3): 1, ("two", 1): 2,
    }  # fmt: skip


def test_a_text_rule_goes_with_tags_actions_and_windows(tmp_path: Path) -> None:
    rows = [
        (1, "新tv", "tv", "post", datetime(2026, 2, 1)),
        (2, "新tv", "phone", "post", datetime(2026, 2, 1)),
        (3, "新tv", "tv", "view", datetime(2026, 2, 1)),
        (4, "新tv", "tv", "post", datetime(2026, 1, 1)),
        (5, "手机", "tv", "post", datetime(2026, 2, 1)),
        (6, "新tv", None, "post", None),
    ]
    frame = pl.DataFrame(
        rows,
        schema={"user": pl.Int64, "text": pl.String, "category": pl.String}
        | {"action": pl.String, "time": pl.Datetime("us")},
        orient="row",
    )
    definitions = parse_definitions(
        """
        [[audience]]
        kind = "need"
        name = "all of it"
        text = { any = ["tv"] }
        tags = { category = ["tv"] }
        actions = ["post"]
        window = { last_days = 10 }
        [[audience]]
        kind = "need"
        name = "text alone"
        text = { any = ["tv"] }
        [[audience]]
        kind = "tagged"
        name = "tags alone"
        tags = { category = ["tv"] }
        """
    )
    events = opened(
        tmp_path, frame, text="text", action="action", time="time",
        tags=[parse_tag_option("category=category")],
    )  # fmt: skip
    found = counted(memberships(events, definitions))
    assert built(events, definitions) == found
    users = {
        name: {k[3] for k in found if k[1] == name}
        for name in ("all of it", "text alone", "tags alone")
    }
    assert users == {"all of it": {1}, "text alone": {1, 2, 3, 4, 6}, "tags alone": {1, 3, 4, 5}}


# --- bad input ------------------------------------------------------------------------------------


def test_a_post_of_a_megabyte_is_searched_to_its_end() -> None:
    long = "城市 walk " * 80_000
    texts = [long + "口袋纪录片", long, long + "<br>&amp;" * 10_000 + "#口袋纪录片#"]
    assert len(texts[0].encode()) > 900_000
    assert rows_with(list(texts), TextRule(any=("口袋纪录片",))) == [0, 2]


def test_texts_in_gb18030_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    lines = ["user,text", "1,去城市漫步", "2,别的", "3,城市漫步"]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    definitions = Definitions((AudienceDefinition(WORDS, text=TextRule(any=("城市漫步",))),))
    events = read_events([str(path)], user="user", text="text")
    try:
        found = counted(memberships(events, definitions))
    finally:
        events.close()
    assert {k[3] for k in found if k[0] == "need"} == {1, 3}


def test_an_escaped_surrogate_pair_in_ndjson_is_its_character(tmp_path: Path) -> None:
    path = tmp_path / "posts.ndjson"
    path.write_text(
        '{"user": 1, "text": "tv \\ud83d\\ude00"}\n{"user": 2, "text": "no"}\n', "utf-8"
    )
    definitions = Definitions((AudienceDefinition(WORDS, text=TextRule(any=("😀",))),))
    events = read_events([str(path)], user="user", text="text")
    assert {k[3] for k in counted(memberships(events, definitions)) if k[0] == "need"} == {1}


def test_an_entity_for_no_character_does_no_harm() -> None:
    assert has("tv &#xD800; &#0; &#9999999; &bogus;", "tv")


AUDIENCE = """\
[[audience]]
kind = "need"
name = "walks"
fields = ["text"]
[audience.text]
any = [
    "城市漫步",
    "city walk",
]
none = ["广告"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ('"city walk"', '""', "'' is not a keyword", 6),
        ('"city walk"', '" "', "' ' is not a keyword", 8),
        ('"city walk"', "7", "7 is not a keyword", 6),
        ('"city walk"', '"！？"', "'！？' has no letter, digit or emoji", 8),
        ('"city walk"', '"##"', "'##' has no letter, digit or emoji", 8),
        ('"city walk"', '"<br>"', "'<br>' has no letter, digit or emoji", 8),
        ('"city walk"', '"https://a.cn"', "'https://a.cn' is a link", 8),
        ('none = ["广告"]', 'none = ["City  Walk"]',
         "'city walk' is in any and in none (as 'City  Walk')", 10),
        ('none = ["广告"]', 'none = ["城市漫步"]', "'城市漫步' is in any and in none\n", 10),
        ('none = ["广告"]', "none = []", "none = [] is not a list of keywords", 10),
        ('none = ["广告"]', "none = 3", "none = 3 is not a list of keywords", 10),
        ('none = ["广告"]', 'non = ["广告"]', "unknown key 'non'", 10),
        ('fields = ["text"]', "fields = []", "[] is not a list of names", 4),
    ],
)  # fmt: skip
def test_a_mistake_in_a_text_rule_is_named_with_its_line_and_a_cure(
    old: str, new: str, said: str, line: int
) -> None:
    assert AUDIENCE.count(old) == 1
    with pytest.raises(UsageError) as caught:
        parse_definitions(AUDIENCE.replace(old, new), "mine.toml")
    assert said in str(caught.value)
    assert caught.value.where.startswith(f"mine.toml, line {line}"), caught.value.where
    assert caught.value.cure


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("text = {}", "'text' is empty"),
        ('text = ["tv"]', "not a table"),
        ("text = { any = [] }", "any = [] is not a list of keywords"),
        ('fields = ["text"]', "fields, and no text to look for"),
        ('text = { none = ["tv"] }', "would hold nearly everybody"),
        ('text = { all = ["tv"], none = ["ＴＶ"] }', "'tv' is in all and in none (as 'ＴＶ')"),
    ],
)
def test_a_text_rule_that_asks_for_nothing_is_refused(body: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_definitions(f'[[audience]]\nkind = "need"\nname = "a"\n{body}\n')
    assert said in str(caught.value)


def test_keywords_are_read_trimmed_and_each_once_however_it_is_written() -> None:
    head = '[[audience]]\nkind = "need"\nname = "a"\n'
    toml = head + 'text = { any = [" TV ", "ｔｖ", "tv"], all = "x" }'
    rule = parse_definitions(toml).audiences[0].text
    assert rule == TextRule(any=("TV",), all=("x",))


@pytest.mark.parametrize(
    ("fields", "columns", "said"),
    [
        ("", ["category"], "--text COLUMN"),
        ('fields = ["hashtags"]', ["category"], "--text COLUMN"),
        ('fields = ["categry"]', ["category", "text"], "did you mean 'category'"),
        ('fields = ["title"]', ["category", "text"], "--tags COLUMN=title"),
        ('fields = ["texts"]', ["category", "text"], "did you mean 'text'"),
    ],
)
def test_fields_that_the_events_lack_are_refused_with_a_cure(
    tmp_path: Path, fields: str, columns: list[str], said: str
) -> None:
    frame = pl.DataFrame({"user": [1], "category": ["tv"], "text": ["tv"]}).select("user", *columns)
    events = opened(tmp_path, frame, tags=[parse_tag_option("category=category")])
    toml = f'[[audience]]\nkind = "need"\nname = "a"\ntext = {{ any = ["tv"] }}\n{fields}\n'
    for ask in (memberships, occurrences):
        with pytest.raises(UsageError) as caught:
            ask(events, parse_definitions(toml, "mine.toml"))
        assert said in str(caught.value)
        assert "need:a" in caught.value.where


# --- real and planted -----------------------------------------------------------------------------


def sample_events() -> Events:
    return read_events(
        [str(SAMPLE / "events.parquet")],
        user="user_id",
        tags=[parse_tag_option(f"{kind}={kind}") for kind in ("category", "interest", "brand")],
        time="time",
        text="text",
        action="action",
        period="week",
    )


def weekly(frame: pl.DataFrame, name: str) -> list[int]:
    weeks = frame.filter(pl.col("name") == name).group_by("period").len().sort("period")
    return weeks["len"].to_list()


def test_the_planted_words_and_hashtags_are_counted_exactly() -> None:
    burst, need, language = TRUTHS["burst"], TRUTHS["word_need"], TRUTHS["language"]
    keywords = {"burst": burst["word"], "need": need["word"]}
    for pair in language["pairs"]:
        keywords |= {pair["word"]: pair["word"], pair["selling_point"]: pair["selling_point"]}
    in_tv = {*keywords} - {"burst", "need"}
    tags = f'tags = {{ category = ["{language["category"]}"] }}\n'
    toml = "".join(
        f'[[audience]]\nkind = "need"\nname = "{name}"\ntext = {{ any = ["{word}"] }}\n'
        + (tags if name in in_tv else "")
        for name, word in keywords.items()
    )
    hashtags = [f"#{tag}" for tag in burst["hashtags"]]
    toml += f'[[audience]]\nkind = "need"\nname = "tags"\ntext = {{ any = {hashtags} }}\n'
    events, definitions = sample_events(), parse_definitions(toml)
    found = memberships(events, definitions)
    frame = found.filter(pl.col("kind") == "need").collect(engine="streaming")
    assert [n for n in burst["weekly_word_users"] if n] == weekly(frame, "burst")
    assert [n for n in need["weekly_word_users"] if n] == weekly(frame, "need")
    users = dict(frame.group_by("name").agg(pl.col("user").n_unique()).iter_rows())
    assert users["need"] == need["users"]
    for pair in language["pairs"]:
        for part in ("word", "selling_point"):
            told = pair[f"{part}_segment_users"] + pair[f"{part}_rest_users"]
            assert users[pair[part]] == told, pair[part]
    raw = pl.read_parquet(SAMPLE / "events.parquet", columns=["user_id", "text"])
    either = "|".join(f"#{tag}#" for tag in burst["hashtags"])
    tagged = raw.filter(pl.col("text").str.contains(either))
    assert users["tags"] == tagged["user_id"].n_unique()
    (part,) = occurrences(events, definitions)[1:]
    fed = part.frame.explode("kind:need").rename({"kind:need": "name"})
    counts = fed.group_by("name", "period", "user").agg(events=pl.len()).collect()
    columns = ["name", "period", "user", "events"]
    assert counts.select(columns).sort(columns).equals(frame.select(columns).sort(columns))


@pytest.mark.skipif(not REVIEWS.exists(), reason="../shared/data/game_reviews.parquet is absent")
def test_keyword_audiences_of_game_reviews_equal_plain_polars(tmp_path: Path) -> None:
    keywords = {
        "zombies": r"(?i)(?-u:\b)zombies?(?-u:\b)",
        "free to play": r"(?i)(?-u:\b)free\s+to\s+play(?-u:\b)",
        "vr": r"(?i)(?-u:\b)vr(?-u:\b)",
        "pay to win": r"(?i)(?-u:\b)pay\s+to\s+win(?-u:\b)",
    }
    toml = "".join(
        f'[[audience]]\nkind = "need"\nname = "{name}"\n'
        f"text = {{ any = {['zombie', 'zombies'] if name == 'zombies' else [name]} }}\n"
        for name in keywords
    )
    path = tmp_path / "definitions.toml"
    path.write_text(toml, "utf-8")
    events = read_events(
        [str(REVIEWS)], user="user_id", text="text", tags=[parse_tag_option("genres=genre")]
    )
    found = memberships(events, load_definitions(path))
    counts = dict(
        found.filter(pl.col("kind") == "need").group_by("name").len().collect().iter_rows()
    )
    raw = pl.read_parquet(REVIEWS, columns=["user_id", "text"])
    for name, pattern in keywords.items():
        # Boundaries of ASCII: "从zombie" has the word, though Chinese is right before it.
        expected = raw.filter(pl.col("text").str.contains(pattern))["user_id"].n_unique()
        assert counts[name] == expected > 5, name


def test_the_text_definitions_in_the_docs_build_and_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "audiences.md").read_text("utf-8")
    part = page.partition("## Audiences out of raw text")[2]
    toml, shell, include = re.findall(r"```(?:toml|sh)\n(.*?)```", part, re.S)
    (tmp_path / "audiences.toml").write_text(include + toml, "utf-8")
    (tmp_path / "sample_data").symlink_to(SAMPLE)
    monkeypatch.chdir(tmp_path)

    def run(*argv: str) -> str:
        monkeypatch.setattr("sys.argv", ["overlap", *argv])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            sys.exit(main())
        out, err = capsys.readouterr()
        assert not stop.value.code, err
        return out

    for command in shell.replace("\\\n", " ").splitlines():
        run(*shlex.split(command)[1:])
    listed = json.loads(run("list", "store", "--kind", "intent", "--json"))
    assert {row["name"] for row in listed} == {"advice", "compare", "bought"}
    raw = pl.read_parquet(SAMPLE / "events.parquet")
    text = pl.col("text")
    walks = raw.filter(text.str.contains("小众遛弯|#城市漫步#"))
    gamers = raw.filter(
        pl.col("category") == "电视 TV",
        text.str.contains("电竞") & text.str.contains("低延迟|4毫秒响应|120Hz"),
    )
    for name, expected in (("city walk", walks), ("low latency", gamers)):
        users = expected["user_id"].n_unique()
        size = json.loads(run("size", "store", f'need:"{name}"', "--json"))
        assert size["users"] == users >= 100
