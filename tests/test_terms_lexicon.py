"""A lexicon is brought to one form, written to JSON and read back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.model import DataError, UsageError
from overlap.terms import LANGUAGES, Lexicon, stop_words

text = st.text(st.sampled_from("电视开黑abcXYZ 12-'ＡＢ"), min_size=1, max_size=12).filter(
    lambda word: any(c.isalnum() for c in word)
)


@given(st.lists(text, max_size=8), st.lists(text, max_size=8))
def test_what_is_written_reads_back_the_same(words: list[str], stop: list[str]) -> None:
    lexicon = Lexicon(words=tuple(words), stop=tuple(stop))
    again = Lexicon.from_json(lexicon.to_json())
    assert again == lexicon
    assert again.fingerprint == lexicon.fingerprint
    assert not set(lexicon.words) & set(lexicon.stop)


def test_a_lexicon_written_before_copied_texts_were_known_is_read() -> None:
    old = {k: v for k, v in json.loads(Lexicon().to_json()).items() if k != "copied"}
    assert Lexicon.from_json(json.dumps(old)) == Lexicon()


def test_words_have_one_form_whatever_way_they_are_given() -> None:
    lexicon = Lexicon(words=("ＨＤＭＩ  2.1", "hdmi 2.1", "冲冲冲冲", "AAA", "Players’"))
    assert lexicon.words == ("aaa", "hdmi 2.1", "players'", "冲冲")
    assert Lexicon(words=lexicon.words) == lexicon
    assert Lexicon(words=("b", "a")).fingerprint == Lexicon(words=("a", "b")).fingerprint
    assert Lexicon(words=("a",)).fingerprint != Lexicon().fingerprint
    assert Lexicon(shortest=3).fingerprint != Lexicon().fingerprint


def test_a_word_added_is_no_stop_word_and_a_word_taken_out_is_one() -> None:
    lexicon = Lexicon().with_words("so", "city walk")
    assert "so" in Lexicon().stop
    assert "so" not in lexicon.stop
    without = lexicon.without("City Walk")
    assert without.words == ("so",)
    assert "city walk" in without.stop


def test_both_languages_have_stop_words() -> None:
    assert LANGUAGES == ("zh", "en")
    assert {"的", "我们"} <= set(stop_words(["zh"]))
    assert {"the", "don't"} <= set(stop_words(["en"]))
    assert set(stop_words()) == set(stop_words(["zh"])) | set(stop_words(["en"]))


def test_what_is_no_lexicon_is_refused() -> None:
    with pytest.raises(UsageError, match="'。！' is no word"):
        Lexicon(words=("。！",))
    with pytest.raises(UsageError, match="no stop words for the language 'fr'"):
        Lexicon(languages=("fr",))
    with pytest.raises(UsageError, match="shortest is 0"):
        Lexicon(shortest=0)
    with pytest.raises(DataError, match="not JSON"):
        Lexicon.from_json("{")
    with pytest.raises(DataError, match="has the fields"):
        Lexicon.from_json("[]")
    with pytest.raises(UsageError, match="'0x1' is no digest"):
        Lexicon(copied=("0x1",))
    whole = json.loads(Lexicon().to_json())
    with pytest.raises(DataError, match="has the fields"):
        Lexicon.from_json(json.dumps({k: v for k, v in whole.items() if k != "stop"}))
    for field, value in (("words", "tv"), ("characters", "9"), ("segmenter", 1), ("rules", True)):
        with pytest.raises(DataError, match=f"{field} is"):
            Lexicon.from_json(json.dumps({**whole, field: value}))
