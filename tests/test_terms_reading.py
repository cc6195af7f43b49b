"""Texts become terms: words, expressions and hashtags, each once per text."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from overlap.model import UsageError
from overlap.terms import Lexicon, reading, stop_words, term_rows, terms_of

LEXICON = Lexicon().with_words(
    "小众遛弯", "开黑", "跟手", "低延迟", "不拖影", "4毫秒响应", "HDMI 2.1", "city walk",
    "low latency", "co-op", "冲冲冲", "猫", "of course",
)  # fmt: skip
STOP = set(stop_words())


def read(text: str | None, lexicon: Lexicon = LEXICON) -> list[str]:
    return terms_of(pl.Series([text], dtype=pl.String), lexicon).to_list()[0]


def read_all(texts: Iterable[str | None], lexicon: Lexicon = LEXICON) -> list[list[str]]:
    return terms_of(pl.Series(list(texts), dtype=pl.String), lexicon).to_list()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("参数表写着4毫秒响应和HDMI 2.1", ["参数表", "4毫秒响应", "hdmi 2.1"]),
        ("14毫秒响应，4毫秒", ["14毫秒", "响应", "4毫秒"]),
        ("HDMI2.1，hdmi  2.1，ＨＤＭＩ　２．１", ["hdmi 2.1"]),
        ("120Hz 120 Hz １２０ｈｚ 120 hzz", ["120hz", "hzz"]),
        ("85寸的4K电视，128GB", ["85寸", "4k", "电视", "128gb"]),
        ("很跟手，跟手机玩", ["跟手", "手机"]),
        ("爱上小众遛弯，不拖影", ["小众遛弯", "不拖影"]),
        ("City walks and a City-Walk", ["city", "walks", "city walk"]),
        ("low-latency or Low Latency, low: latency", ["low latency", "low", "latency"]),
        ("co op, Co-Op, coop", ["co-op", "coop"]),
        ("free-to-play wi-fi, R&B, C++", ["free-to-play", "wi-fi", "r&b"]),
        ("the player's choice, players’ choice, don’t", ["player", "choice", "players"]),
        ("soooo goooood, AAA games, AAAAA", ["soo", "good", "aaa", "games", "aa"]),
        ("哈哈哈哈哈 冲冲冲冲 看猫", ["冲冲", "猫"]),
        ("2024-05-01 1000000 3.5 10%", []),
        ("of course", ["of course"]),
        ("的 了 the of", []),
    ],
)
def test_words_units_and_expressions_are_read(text: str, terms: list[str]) -> None:
    assert read(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("#小众遛弯# #城市漫步#", ["#小众遛弯", "小众遛弯", "#城市漫步", "城市", "漫步"]),
        ("真好#露营#周末去", ["#露营", "露营", "周末"]),
        ("#露营[话题]# #徒步", ["#露营", "露营", "#徒步", "徒步"]),
        ("＃ＣｉｔｙＷａｌｋ＃", ["#citywalk", "citywalk"]),
        ("#city walk# nice", ["#city walk", "city walk", "nice"]),
        ("#tag1 love #tag2_x, #1 #", ["#tag1", "tag1", "love", "#tag2_x", "tag2"]),
        ("#one,#two", ["#one", "#two"]),
        ("##露营##", ["#露营", "露营"]),
        (
            "#co-op #hdmi2.1. #city walk",
            ["#co-op", "co-op", "#hdmi2.1", "hdmi2.1", "#city", "city", "walk"],
        ),
        ("#的 #a", ["#的", "#a"]),
    ],
)
def test_a_hashtag_is_a_term_and_its_text_is_read_like_any_other(
    text: str, terms: list[str]
) -> None:
    assert read(text, Lexicon(words=("小众遛弯", "city walk"))) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("<p>电视<br/>好看</p><script>var tv = 1</script>", ["电视", "好看"]),
        ("电视&amp;手机&#30005;&#x8111;&nbsp;tv&lt;3", ["电视", "手机", "电脑", "tv"]),
        ("<!-- secret --><a href='http://x.cn'>tablet</a>", ["tablet"]),
        ("看http://t.cn/AbC?x=1手机 www.taobao.com/tv HTTPS://X.Y/z", ["手机"]),
        ("mail me@example.com or example.com/phone", ["mail"]),
        ("@小明 电视 //@张三:手机 回复@a-b:平板", ["电视", "手机", "平板"]),
        ("电视[doge][允悲][笑哭R] [b]bold[/b] [url=x.cn/y]tv[/url]", ["电视", "bold", "tv"]),
        ("tv[捂脸哭][tv_doge][doge金箍][打call] :kappa: 电视", ["tv", "电视"]),
        (r"\[doge\]电视 [spoilers] [PS5] 12:30:45", ["电视", "spoilers", "ps5"]),
        ("see example.co.uk/path, youtu.be/xyz or t.me/abc手机", ["手机"]),
        ("bbc.co.uk twitch.tv docs.google.com amazon.de my.host:8080/x tablet", ["tablet"]),
        ("love tablets.It is v1.2/3.4 and node.js", ["love", "tablets", "v1.2", "node", "js"]),
        (
            r"\[best guide\](http://x.cn/a_b) [tv](www.x.cn) [wiki](/r/games/)",
            ["best", "guide", "tv", "wiki"],
        ),
        ("[tablet (pc)](https://a.org/wiki/Tablet_(pc)) [a](b) phone", ["tablet", "pc", "phone"]),
        ("![img](emote|t5_2qh|3) ![gif](giphy|abc) tablet", ["tablet"]),
        ("tv &amp;amp; phone&amp;#x200B;s &amp;lt;p&amp;gt;tablet", ["tv", "phones", "tablet"]),
        ("u/some_one, /u/Other-One and user/x_y: menu/item", ["menu", "item"]),
        ("[removed]", []),
        (" Deleted. ", []),
        ("removed by moderator", []),
        (r"\[deleted by user\] tablet [ Removed by Reddit ]", ["tablet"]),
        ("they removed tablets", ["removed", "tablets"]),
        ("电视😂👍🏽❤️1️⃣👨‍👩‍👧手机", ["电视", "手机"]),
        ("电\u200b视 sm\u00adart TV™", ["电视", "smart", "tv"]),
        ("\ufffd\ufffd电视\ufffdtv\x00phone", ["电视", "tv", "phone"]),
    ],
)
def test_markup_links_names_and_emoji_are_left_out(text: str, terms: list[str]) -> None:
    assert read(text, Lexicon()) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ゲームが大好き かわいい", ["ゲーム", "大好", "かわいい"]),
        ("한국어 텍스트를 읽다", ["한국어", "텍스트를", "읽다"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("สวัสดีครับ สบายดี", ["สวัสดีครับ", "สบายดี"]),
        ("Привет МИР", ["привет", "мир"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("Niño über İstanbul", ["niño", "über", "i̇stanbul"]),
    ],
)
def test_other_scripts_are_not_broken(text: str, terms: list[str]) -> None:
    assert read(text, Lexicon()) == terms


def test_texts_without_words_have_no_terms() -> None:
    assert read_all([None, "", " ", "。。。", "😂", "12 34", "<br>", "的"]) == [[]] * 8
    assert terms_of(pl.Series([], dtype=pl.String), LEXICON).dtype == pl.List(pl.String)
    assert read_all([]) == []
    assert terms_of(pl.Series([None, None]), LEXICON).to_list() == [[], []]


def test_of_a_megabyte_only_the_beginning_is_read() -> None:
    long = "电视 " * 400_000 + "手机"
    short = Lexicon(characters=6)
    assert read_all([long, "x" * 1_000_000, "平板电脑手机"], LEXICON) == [
        ["电视"], ["xx"], ["平板", "电脑", "手机"],
    ]  # fmt: skip
    assert read("电视 电视 手机", short) == ["电视"]


def test_an_id_is_no_word() -> None:
    assert read("a1b2c3d4e5" * 5 + " tv " + "x-y" * 20) == ["tv"]


def test_rows_that_are_not_chosen_have_no_terms() -> None:
    texts = pl.Series("t", ["电视", "手机", None, "平板"])
    rows = pl.Series([True, False, True, None])
    assert terms_of(texts, rows=rows).to_list() == [["电视"], [], [], []]
    assert term_rows(texts, rows=pl.Series([False, True, True, True])).rows() == [
        (1, "手机"), (3, "平板"),
    ]  # fmt: skip


def test_wrong_columns_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="texts are Int64") as raised:
        terms_of(pl.Series("likes", [1, 2]))
    assert "'likes'" in str(raised.value)
    with pytest.raises(UsageError, match="rows are 1 of Boolean for 2 texts"):
        terms_of(pl.Series(["a", "b"]), rows=pl.Series([True]))


def test_rows_carry_on_over_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"电视{i % 7}寸 hdmi 2.1 #tag{i % 5}" if i % 3 else None for i in range(100)]
    whole = read_all(texts)
    monkeypatch.setattr(reading, "BATCH_BYTES", 100)
    monkeypatch.setattr(reading, "BATCH_ROWS", 9)
    assert read_all(texts) == whole


def test_threads_read_the_same() -> None:
    texts = pl.Series([f"很跟手的电视{i}寸 hdmi 2.1 #电竞电视# city walk" for i in range(3000)])
    alone = terms_of(texts, LEXICON).to_list()
    with ThreadPoolExecutor(4) as pool:
        for other in pool.map(lambda _: terms_of(texts, LEXICON).to_list(), range(8)):
            assert other == alone


# --- against plain ways, and algebra --------------------------------------------------------------

words = st.text(st.sampled_from("abcxyzABCXYZ"), min_size=1, max_size=8)
plain = st.lists(words | st.sampled_from(["the", "and", "12", "of"]), max_size=12).map(" ".join)
PIECES = [
    "电视", "手机的", "跟手", "小众遛弯", "4毫秒响应", "哈哈哈哈", "HDMI 2.1", "120 Hz",
    "low-latency", "the", "Don't", "co op", "的", "了", "不拖影", "#露营#", "#a_b", "😂", "ゲーム",
    "Привет", "é", "3", "85寸", "r&b", "@小明", "www.x.cn/y", "，", "。", " ", " ", "-", "'", "x",
    "猫",
]  # fmt: skip
posts = st.lists(st.sampled_from(PIECES) | words, max_size=12).map("".join)


def distinct(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(terms))


@given(plain)
def test_english_words_are_those_a_plain_pattern_finds(text: str) -> None:
    found = (re.sub(r"(.)\1{2,}", r"\1\1", w) if len(w) != 3 else w
             for w in re.findall(r"[a-z]+", text.lower()))  # fmt: skip
    expected = distinct(w for w in found if len(w) > 1 and w not in STOP)
    assert read(text, Lexicon()) == expected


@given(
    st.text(st.sampled_from("电视手机的了小众遛弯城市漫步低延迟响应速度很快开黑。，"), max_size=40)
)
def test_chinese_words_are_those_of_the_plain_segmenter(text: str) -> None:
    squeezed = re.sub(r"(.)\1{2,}", r"\1\1", text)
    cut = [w for run in re.split("[。，]", squeezed) for w in rjieba.cut(run, hmm=False)]
    expected = distinct(w for w in cut if len(w) > 1 and w not in STOP)
    assert read(text, Lexicon()) == expected


@given(posts, posts)
def test_lines_are_read_one_by_one(first: str, second: str) -> None:
    assert read(f"{first}\n{second}") == distinct([*read(first), *read(second)])


@given(posts)
def test_case_and_width_do_not_matter(text: str) -> None:
    wide = text.translate({c: c + 0xFEE0 for c in range(ord("A"), ord("z") + 1)
                           if chr(c).isalpha()})  # fmt: skip
    links = "www" in text or "@" in text
    assert read(text.upper()) == read(text.lower()) == read(text)
    assert links or read(wide) == read(text)


@given(posts)
def test_terms_read_again_are_the_same_terms(text: str) -> None:
    terms = read(text)
    again = "\n".join(f"{term}#" if term.startswith("#") else term for term in terms)
    assert read(again) == terms


@given(st.text(max_size=200))
def test_whatever_is_written_every_term_is_clean(text: str) -> None:
    for term in read(text):
        assert term
        assert term not in LEXICON.stop
        assert not term.isdecimal()
        assert not re.search(r"[\n\r\t<>@\[\]]", term) or term.startswith("#")
        assert "😂" not in term or term.startswith("#")


tags = st.text(st.sampled_from("abc露营电竞_1的a"), min_size=1, max_size=20).filter(
    lambda tag: any(c not in "_1" for c in tag)
)


@given(posts, tags, st.booleans())
def test_hashtags_are_always_returned(text: str, tag: str, closed: bool) -> None:
    squeezed = re.sub(r"([^\d])\1{2,}", r"\1\1", tag)
    if re.search(r"(?<![a-z0-9])([a-z])\1\1(?![a-z0-9])", tag):
        return
    assert f"#{squeezed}" in read(f"{text} \n#{tag}{'#' if closed else ''}")
