"""New words are found by how users use them, and a lexicon is learnt from them."""

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from overlap.model import UsageError
from overlap.terms import DISCOVERED, Lexicon, discover, learn, terms_of
from overlap.terms.sampling import sample

Post = tuple[int, str]

AROUND = "山水风云花鸟鱼虫春夏秋冬东西南北红黄蓝绿金木土火"
WORDS = ["river", "stone", "cloud", "paper", "green", "house", "quiet", "early", "winter", "bread"]


def chinese(coined: str, users: int, seed: int = 1) -> list[Post]:
    """Return posts of random characters, with a coinage among them."""
    rng = random.Random(seed)

    def some() -> str:
        return "".join(rng.choice(AROUND) for _ in range(rng.randint(1, 4)))

    return [(user, some() + coined + some()) for user in range(users)]


def english(coined: str, users: int, seed: int = 1) -> list[Post]:
    rng = random.Random(seed)

    def some() -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))

    return [(user, f"{some()} {coined} {some()}") for user in range(users)]


def crowd() -> list[Post]:
    """Return posts of other users, with no word in common but those that stand around."""
    posts = chinese("", 3000, seed=11) + english("and", 3000, seed=12)
    return [(1_000_000 + i, text) for i, (_, text) in enumerate(posts)]


CROWD = crowd()


def columns(posts: list[Post]) -> tuple[pl.Series, pl.Series]:
    return (
        pl.Series("text", [text for _, text in posts], dtype=pl.String),
        pl.Series("user", [user for user, _ in posts], dtype=pl.Int64),
    )


def found(posts: list[Post], least: int = 20) -> dict[str, int]:
    words = discover(*columns(posts + CROWD), least=least)
    return dict(words.select("word", "users").iter_rows())


def test_a_coinage_and_an_expression_are_found_whole_and_nothing_else() -> None:
    assert found(chinese("遛弯局", 200) + english("city walk", 200)) == {
        "遛弯局": 200, "city walk": 200,
    }  # fmt: skip


def test_words_and_numbers_may_be_part_of_a_coinage() -> None:
    assert found(chinese("4毫秒响应", 150) + english("hdmi 2.1", 150)) == {
        "4毫秒响应": 150, "hdmi 2.1": 150,
    }  # fmt: skip


def test_a_word_of_the_dictionary_or_the_lexicon_is_not_new() -> None:
    posts = chinese("电视", 200) + english("city walk", 200)
    texts, users = columns(posts + CROWD)
    assert discover(texts, users, lexicon=Lexicon().with_words("city walk")).is_empty()


def test_an_expression_is_spelled_as_most_people_do() -> None:
    posts = english("co-op", 120) + english("co op", 80, seed=2) + english("low latency", 120)
    assert set(found(posts)) == {"co-op", "low latency"}


def test_no_expression_begins_or_ends_with_a_stop_word() -> None:
    assert found(english("of the", 200)) == {}
    assert found(english("pay to win", 200)) == {"pay to win": 200}


def test_a_user_is_one_voice_however_often_they_repeat_it() -> None:
    loud = [(0, text) for _, text in chinese("遛弯局", 5000)]
    quiet = [(user + 1, text) for user, text in chinese("", 200, seed=2)]
    assert found(loud + quiet) == {}
    same = [(0, "山水遛弯局风云")] * 100_000
    assert found(same + chinese("遛弯局", 30, seed=3), least=20) == {"遛弯局": 30}


def test_what_too_few_users_say_is_not_found() -> None:
    posts = chinese("遛弯局", 19) + [(u + 19, t) for u, t in chinese("", 300, seed=2)]
    assert found(posts) == {}
    assert found(posts, least=19) == {"遛弯局": 19}


def test_a_sentence_that_is_only_repeated_as_a_whole_is_no_word() -> None:
    posts = [(user, "遛弯局上见") for user in range(500)] + chinese("", 300)
    assert found(posts) == {}


def test_without_users_every_distinct_text_is_one() -> None:
    posts = chinese("遛弯局", 200)
    texts, _ = columns(posts + posts + CROWD)
    words = discover(texts)
    assert words["word"].to_list() == ["遛弯局"]
    assert words["users"].item() == len({text for _, text in posts})


def test_texts_may_come_in_parts_and_in_any_order() -> None:
    posts = chinese("遛弯局", 300) + english("city walk", 300) + CROWD
    texts, users = columns(posts)
    whole = discover(texts, users)
    assert whole.schema == DISCOVERED
    assert len(whole) == 2

    def parts(column: pl.Series) -> Iterator[pl.Series]:
        for first in range(0, len(column), 700):
            yield column.slice(first, 700)

    assert_frame_equal(discover(parts(texts), parts(users)), whole)
    random.Random(3).shuffle(posts)
    assert_frame_equal(discover(*columns(posts)), whole)


def test_nothing_is_found_in_nothing() -> None:
    for texts in ([], [None, ""], ["😂", "。"], ["电视"]):
        words = discover(pl.Series(texts, dtype=pl.String))
        assert words.is_empty()
        assert words.schema == DISCOVERED


def test_wrong_requests_are_refused() -> None:
    texts, users = columns([(1, "电视")])
    with pytest.raises(UsageError, match="least is 1"):
        discover(texts, users, least=1)
    with pytest.raises(UsageError, match="1 texts and 0 users"):
        discover(texts, users.head(0))
    with pytest.raises(UsageError, match="texts are Int64"):
        discover(users)
    with pytest.raises(UsageError, match="most_bytes is 10"):
        discover(texts, users, most_bytes=10)
    with pytest.raises(UsageError, match="most_share is 0"):
        learn(texts, users, most_share=0)


# --- the statistics, by hand ----------------------------------------------------------------------


def by_hand(posts: list[Post], word: str) -> tuple[int, float, float, float]:
    """Return users, cohesion and both entropies of a word, from Python sets."""
    having: dict[str, set[int]] = defaultdict(set)
    before: dict[str, set[int]] = defaultdict(set)
    after: dict[str, set[int]] = defaultdict(set)
    letters: set[tuple[str, int]] = set()
    for user, text in posts:
        letters |= {(letter, user) for letter in text}
        for i in range(len(text)):
            for n in range(1, len(word) + 1):
                having[text[i : i + n]].add(user)
            if text[i : i + len(word)] == word:
                if i:
                    before[text[i - 1]].add(user)
                if i + len(word) < len(text):
                    after[text[i + len(word)]].add(user)
    count = len(having[word])
    low = count - 1.96 * math.sqrt(count)
    cohesion = min(
        math.log(low * len(letters) / (len(having[word[:k]]) * len(having[word[k:]])))
        for k in range(1, len(word))
    )

    def entropy(sides: dict[str, set[int]]) -> float:
        counts = Counter({letter: len(users) for letter, users in sides.items()})
        return -sum(c / counts.total() * math.log(c / counts.total()) for c in counts.values())

    return count, cohesion, entropy(before), entropy(after)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.sampled_from(["遛弯局", "口袋片儿", "拖影"]), st.integers(30, 300))
def test_cohesion_and_entropy_are_those_of_plain_sets(seed: int, word: str, users: int) -> None:
    posts = [(user % (users - 5), text) for user, text in chinese(word, users, seed)] + CROWD
    posts = [(user, text) for user, text in posts if not text.isascii()]
    # What is said three times running is squeezed to two.
    posts = [(user, text) for user, text in posts if not re.search(r"(.)\1\1", text)]
    row = discover(*columns(posts)).filter(pl.col("word") == word).row(0, named=True)
    count, cohesion, left, right = by_hand(posts, word)
    assert row["users"] == count
    assert row["cohesion"] == pytest.approx(cohesion)
    assert row["left_entropy"] == pytest.approx(left)
    assert row["right_entropy"] == pytest.approx(right)
    assert row["score"] == pytest.approx(cohesion * math.log(count))


# --- the sample -----------------------------------------------------------------------------------


def test_the_sample_is_of_whole_users_and_does_not_depend_on_order() -> None:
    rng = random.Random(5)
    posts = [(rng.randrange(4000), f"{'x' * 300} {i}") for i in range(12_000)]
    drawn = sample(*columns(posts), most_bytes=1_000_000)
    rng.shuffle(posts)
    again = sample(*columns(posts), most_bytes=1_000_000)
    assert drawn.texts.to_list() == again.texts.to_list()
    assert drawn.users.tolist() == again.users.tolist()
    assert drawn.rate == 0.25
    assert drawn.texts.str.len_bytes().sum() <= 1_000_000
    assert len(set(drawn.users.tolist())) == pytest.approx(0.25 * 4000, rel=0.1)


def test_who_posts_most_does_not_crowd_out_the_others() -> None:
    bot = [(0, f"{'spam ' * 20}{i}") for i in range(50_000)]
    posts = bot + [(user + 1, text) for user, text in chinese("遛弯局", 200)]
    drawn = sample(*columns(posts), most_bytes=1_000_000)
    assert drawn.rate == 1
    assert len(set(drawn.users.tolist())) == 201
    assert (drawn.texts.str.starts_with("spam")).sum() < 100
    assert found(posts) == {"遛弯局": 200}


# --- learning -------------------------------------------------------------------------------------


def test_a_lexicon_learns_coinages_hashtags_and_what_everybody_says() -> None:
    tagged = [(user + 500, f"{text} #没人的街#") for user, text in chinese("", 30, seed=2)]
    rare = [(user + 900, f"{text} #路上#") for user, text in chinese("", 19, seed=3)]
    long = [
        (user + 900, f"{text} #这样的一句话不是一个词#") for user, text in chinese("", 30, seed=4)
    ]
    lexicon = learn(*columns(chinese("遛弯局", 200) + tagged + rare + long + CROWD))
    assert lexicon.words == ("没人的街", "遛弯局")
    read = terms_of(pl.Series(["电视遛弯局，没人的街上"]), lexicon).to_list()[0]
    assert read == ["电视", "遛弯局", "没人的街"]


def test_a_word_that_most_users_have_becomes_a_stop_word() -> None:
    posts = [(user, f"电视，{text}") for user, text in english("city walk", 400) + CROWD]
    lexicon = learn(*columns(posts), base=Lexicon(words=("green",)), most_share=0.3)
    assert "电视" in lexicon.stop
    assert lexicon.words == ("city walk", "green")
    assert "电视" not in learn(*columns(posts), most_share=1.0).stop
    always = learn(*columns(posts), base=Lexicon(words=("电视",)), most_share=0.3)
    assert "电视" in always.words


SLOGAN = "限时直播间里领取优惠券，买手柄送耳机，数量有限先到先得"


def test_a_text_that_many_users_post_word_for_word_has_no_terms() -> None:
    slogan = [(user + 500, f"{SLOGAN} https://t.cn/{user}") for user in range(30)]
    rare = [(user + 600, SLOGAN[::-1]) for user in range(19)]
    short = [(user + 700, "手柄很好") for user in range(30)]
    one = [(800, english("pad", 1)[0][1] + " and so on, over and over again")] * 30
    lexicon = learn(*columns(slogan + rare + short + one + CROWD))
    assert len(lexicon.copied) == 1
    texts = [f"@somebody {SLOGAN}", SLOGAN + "！真的", SLOGAN[::-1], "手柄很好", one[0][1], None]
    terms = terms_of(pl.Series(texts), lexicon).to_list()
    assert [bool(found) for found in terms] == [False, True, True, True, True, False]
    plain = terms_of(pl.Series(texts), replace(lexicon, copied=())).to_list()
    assert plain[1:] == terms[1:]
    assert plain[0]


def test_learning_twice_adds_nothing() -> None:
    columns_ = columns(chinese("遛弯局", 200) + english("city walk", 200) + CROWD)
    once = learn(*columns_, most_share=1.0)
    assert once.words == ("city walk", "遛弯局")
    assert learn(*columns_, base=once, most_share=1.0) == once
