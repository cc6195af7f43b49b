"""Identities become what the platforms document: their own published examples, and bad cells."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.hashing import hash_users
from overlap.model import FULL_THETA, UsageError
from overlap.segments import FORMATS, FormatName, HashName, held_out
from overlap.segments.cleaning import check_country, cleaned
from overlap.segments.formats import check_enough, check_hash, check_single
from overlap.segments.holdout import check_rate

META, GOOGLE = FORMATS[FormatName.META], FORMATS[FormatName.GOOGLE]
TENCENT, OCEAN = FORMATS[FormatName.TENCENT], FORMATS[FormatName.OCEANENGINE]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def upload(
    format_: FormatName,
    field: str,
    value: str,
    country: str | None = None,
    function: HashName | None = None,
) -> tuple[str | None, str | None]:
    spec = FORMATS[format_].field(field)
    used = (function or spec.hash) if spec.hash else None
    found = cleaned(pl.Series([value]), spec, used, country)
    return found.values[0], found.reasons[0]


@pytest.mark.parametrize(
    ("field", "given", "country", "wanted"),
    [
        ("email", "John_Smith@gmail.com", None,
         "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),
        ("phone", "(650)555-1212", "1",
         "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("fn", "Mary", None, "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
        ("fn", "정", None, "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"),
        ("fn", "Valéry", None, "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
    ],
)  # fmt: skip
def test_the_examples_that_meta_publishes(
    field: str, given: str, country: str | None, wanted: str
) -> None:
    assert upload(FormatName.META, field, given, country) == (wanted, None)


@pytest.mark.parametrize(
    ("field", "given", "wanted"),
    [
        ("idfa", "FF1999CD-7177-4937-A474-74937A102630", "2c010ed96aef2fc34983e1e7e9176b7e"),
        ("idfa", "ff1999cd-7177-4937-a474-74937a102630", "2c010ed96aef2fc34983e1e7e9176b7e"),
        ("imei", "a000002c9060f7", "f2d5a650733ca8c27d502b1c08da14e5"),
        ("imei", "A000002C9060F7", "f2d5a650733ca8c27d502b1c08da14e5"),
        ("mac", "02:00:00:00:00:00", "e3f5536a141811db40efd6400f1d0a4e"),
        ("oaid", "1fe9a970-efbb-29e0-0bdd-f5dbbf751ab5", "83e9158a4fb54c0e1ef0b238639a23ae"),
    ],
)
def test_the_examples_that_tencent_publishes(field: str, given: str, wanted: str) -> None:
    assert upload(FormatName.TENCENT, field, given) == (wanted, None)


@pytest.mark.parametrize(
    ("format_", "field", "given", "country", "plain"),
    [
        ("meta", "email", "  User.Name@Example.COM ", None, "user.name@example.com"),
        ("meta", "email", "ｕｓｅｒ＠example.com", None, "user@example.com"),
        ("meta", "phone", "+44 844 412 4653", None, "448444124653"),
        ("meta", "phone", "1-234-567-8910", "1", "12345678910"),
        ("meta", "phone", "001 (650) 555-1212", None, "16505551212"),
        ("meta", "phone", "138 0013 8000", "86", "8613800138000"),
        ("meta", "phone", "8613800138000", "86", "8613800138000"),
        ("meta", "phone", "１３８００１３８０００", "86", "8613800138000"),
        ("meta", "phone", "13800138000.0", "86", "8613800138000"),
        ("meta", "phone", "+44 (0)20 7183 8750", "86", "442071838750"),
        ("meta", "phone", "020 7183 8750", "44", "442071838750"),
        ("meta", "ln", "  O'Brien-Smith ", None, "obriensmith"),
        ("meta", "ct", "New York", None, "newyork"),
        ("meta", "st", " CA ", None, "ca"),
        ("meta", "zip", "94025-1234", None, "94025"),
        ("meta", "zip", "M1 1AE", None, "m11ae"),
        ("meta", "country", " US ", None, "us"),
        ("meta", "dob", "1997/2/16", None, "19970216"),
        ("meta", "doby", "1986", None, "1986"),
        ("meta", "gen", "女", None, "f"),
        ("google", "email", " Jef.Fer gu.son@Gmail.com ", None, "jefferguson@gmail.com"),
        ("google", "email", "a.b@googlemail.com", None, "ab@googlemail.com"),
        ("google", "email", "A.B@example.com", None, "a.b@example.com"),
        ("google", "phone", "(800)555-0100", "1", "+18005550100"),
        ("google", "phone", "1-800-888-8888", "1", "+18008888888"),
        ("google", "fn", "  Anna   Maria ", None, "anna maria"),
        ("tencent", "phone", "+86 138-0013-8000", None, "13800138000"),
        ("tencent", "qq", "10001", None, "10001"),
        ("oceanengine", "phone", "13800138000", None, "13800138000"),
    ],
)  # fmt: skip
def test_values_are_brought_to_one_form_before_they_are_hashed(
    format_: FormatName, field: str, given: str, country: str | None, plain: str
) -> None:
    digest = md5 if format_ == "tencent" else sha256
    assert upload(format_, field, given, country) == (digest(plain), None)


@pytest.mark.parametrize(
    ("format_", "field", "given", "wanted"),
    [
        ("meta", "madid", "AECE52E7-03EE-455A-B3C4-E57283966239",
         "aece52e7-03ee-455a-b3c4-e57283966239"),
        ("google", "country", "us", "US"),
        ("google", "zip", "wc2h  8lg ", "WC2H 8LG"),
        ("google", "zip", "94016", "94016"),
    ],
)  # fmt: skip
def test_some_fields_are_not_hashed(
    format_: FormatName, field: str, given: str, wanted: str
) -> None:
    assert upload(format_, field, given) == (wanted, None)


@pytest.mark.parametrize(
    ("format_", "field", "given", "country", "reason"),
    [
        ("meta", "email", "nobody", None, "invalid_email"),
        ("meta", "email", "a b@example.com", None, "invalid_email"),
        ("meta", "email", "a@b", None, "invalid_email"),
        ("meta", "email", "a@@b.com", None, "invalid_email"),
        ("meta", "phone", "13800138000", None, "phone_without_country"),
        ("meta", "phone", "call me", None, "invalid_phone"),
        ("meta", "phone", "1-800-FLOWERS", "1", "invalid_phone"),
        ("meta", "phone", "123", "86", "invalid_phone"),
        ("meta", "phone", "1380013800", "86", "invalid_phone"),
        ("meta", "phone", "+1234567890123456", None, "invalid_phone"),
        ("meta", "madid", "00000000-0000-0000-0000-000000000000", None, "invalid_madid"),
        ("meta", "country", "Germany", None, "invalid_country"),
        ("meta", "dob", "1997-02-30", None, "invalid_dob"),
        ("meta", "gen", "x", None, "invalid_gen"),
        ("meta", "email", "d41d8cd98f00b204e9800998ecf8427e", None, "other_hash"),
        ("meta", "email", sha256(""), None, "invalid_email"),
        ("meta", "email", "0" * 64, None, "invalid_email"),
        ("google", "zip", "?", None, "invalid_zip"),
        ("tencent", "phone", "+1 650 555 1212", None, "invalid_phone"),
        ("tencent", "phone", "010 8888 8888", None, "invalid_phone"),
        ("tencent", "imei", "000000000000000", None, "invalid_imei"),
        ("tencent", "oaid", "00000000-0000-0000-0000-000000000000", None, "invalid_oaid"),
        ("tencent", "phone", sha256("13800138000"), None, "other_hash"),
    ],
)  # fmt: skip
def test_what_is_no_identity_gets_a_reason(
    format_: FormatName, field: str, given: str, country: str | None, reason: str
) -> None:
    assert upload(format_, field, given, country) == (None, reason)


@pytest.mark.parametrize(
    ("format_", "field", "function", "digest"),
    [
        ("meta", "email", None, sha256("a@b.com")),
        ("google", "phone", None, sha256("+18005550100")),
        ("tencent", "phone", None, md5("13800138000")),
        ("tencent", "phone", "sha256", sha256("13800138000")),
        ("oceanengine", "phone", None, sha256("13800138000")),
        ("oceanengine", "imei", None, md5("a000002c9060f7")),
    ],
)
def test_what_is_hashed_already_is_passed_on_in_lower_case_and_counted(
    format_: FormatName, field: str, function: HashName | None, digest: str
) -> None:
    spec = FORMATS[format_].field(field)
    values = pl.Series([digest.upper(), None, digest], dtype=pl.String)
    found = cleaned(values, spec, function or spec.hash, None)
    assert found.values.to_list() == [digest, None, digest]
    assert found.reasons.null_count() == 3
    assert found.already_hashed == 2


def test_an_oaid_of_64_digits_is_no_hash_where_ids_are_hashed_with_md5() -> None:
    raw = "ab" * 32
    assert upload(FormatName.TENCENT, "oaid", raw) == (md5(raw), None)


def test_the_asked_hash_is_used() -> None:
    assert upload(FormatName.TENCENT, "phone", "13800138000", None, "sha256") == (
        sha256("13800138000"), None,
    )  # fmt: skip


@given(st.text(max_size=30))
def test_any_cell_either_becomes_a_value_or_gets_a_reason(text: str) -> None:
    for format_ in FORMATS.values():
        for spec in format_.fields:
            found = cleaned(pl.Series([text]), spec, spec.hash, "86")
            assert (found.values[0] is None) == (found.reasons[0] is not None)


def test_fields_are_known_by_their_headers_and_unknown_ones_by_the_nearest() -> None:
    assert GOOGLE.field("First Name").key == "fn"
    assert META.field("EMAIL").key == "email"
    with pytest.raises(UsageError, match="takes no field 'emial'") as caught:
        META.field("emial")
    assert "did you mean email?" in caught.value.cure


def test_what_a_platform_cannot_take_is_refused() -> None:
    with pytest.raises(UsageError, match="sha256 only, not md5"):
        check_hash(META, "md5")
    check_hash(TENCENT, "sha256")
    with pytest.raises(UsageError, match="2 were asked for: phone, imei"):
        check_single(OCEAN, ["phone", "imei"])
    with pytest.raises(UsageError, match="finds nobody by fn, zip alone"):
        check_enough(GOOGLE, ["fn", "zip"])
    check_enough(GOOGLE, ["zip", "country", "ln", "fn"])


@pytest.mark.parametrize("code", ["", "0", "086", "1234", "CN", "８６"])
def test_a_calling_code_is_up_to_three_digits(code: str) -> None:
    with pytest.raises(UsageError, match="is no calling code"):
        check_country(code)


def test_a_calling_code_may_have_its_plus() -> None:
    assert check_country("+86") == "86"


# --- holdout ----------------------------------------------------------------------------------


USERS = pl.Series(np.random.default_rng(1).permutation(1_000_000)[:200_000])


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("users", [USERS, USERS.cast(pl.String)], ids=["integer", "text"])
def test_the_holdout_has_its_share(users: pl.Series, rate: float) -> None:
    held = int(held_out(users, rate, "spring").sum())
    spread = 4.5 * (len(users) * rate * (1 - rate)) ** 0.5
    assert abs(held - rate * len(users)) < spread


def test_the_holdout_is_the_same_in_any_order_and_company() -> None:
    held = set(USERS.filter(pl.Series(held_out(USERS, 0.1, "spring"))))
    some = USERS.sample(fraction=0.3, shuffle=True, seed=2)
    again = set(some.filter(pl.Series(held_out(some, 0.1, "spring"))))
    assert again == held & set(some)


def test_a_smaller_holdout_is_part_of_a_larger_one() -> None:
    small, large = (held_out(USERS, rate, "spring") for rate in (0.1, 0.3))
    assert not (small & ~large).any()


def test_another_salt_draws_others_independently() -> None:
    first, second = held_out(USERS, 0.2, "spring"), held_out(USERS, 0.2, "autumn")
    both = int((first & second).sum())
    assert abs(both - 0.04 * len(USERS)) < 4.5 * (0.04 * 0.96 * len(USERS)) ** 0.5


@pytest.mark.parametrize("users", [USERS, USERS.cast(pl.String)], ids=["integer", "text"])
def test_the_holdout_has_nothing_to_do_with_what_a_sketch_keeps(users: pl.Series) -> None:
    kept = hash_users(users) < FULL_THETA // 20
    held = held_out(users, 0.1, "overlap holdout")[kept]
    assert abs(int(held.sum()) - 0.1 * len(held)) < 4.5 * (0.09 * len(held)) ** 0.5


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
def test_a_share_that_leaves_nobody_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="share of members to hold out"):
        check_rate(rate)
