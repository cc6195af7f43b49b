"""Identities as people write them → as platforms compare them; what is none gets a reason.

Each takes text without blanks around it and the default calling code; null is no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import polars as pl

from overlap.model import UsageError
from overlap.segments.records import HashName

Clean = Callable[[pl.Series, str | None], pl.Series]
"""From texts and the default calling code to values, null where there is none."""

HEX_DIGITS: dict[HashName, int] = {"sha256": 64, "md5": 32}

_LONGEST_NATIONAL = {
    "1": 10, "7": 10, "33": 9, "34": 9, "39": 11, "44": 10, "49": 11, "55": 11, "60": 10, "61": 9,
    "62": 12, "63": 10, "65": 8, "66": 9, "81": 10, "82": 10, "84": 10, "86": 11, "91": 10,
    "852": 8, "853": 8, "886": 9,
}  # fmt: skip
"""Digits of a number without its calling code, at most: longer ones begin with the code."""

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_BLANK_ID = r"^[0-]+$"
_HASH_OF_NOTHING = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "d41d8cd98f00b204e9800998ecf8427e",
)
"""What an empty cell becomes where somebody hashed without looking."""

_EMAIL = r'^[^@\s"(),:;<>\[\]\\]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$'
_MARKS = r"[\p{P}\p{S}]"


@dataclass(frozen=True, slots=True)
class Field:
    """A platform's field: its key in `--identity`, its column header and how its values are made.

    `hash` is what they are hashed with, None for plain text. `takes_hashed` recognises values that
    are hashed already; with `any_hex` those of another length are plain ids of hexadecimal digits.
    """

    key: str
    header: str
    clean: Clean
    hash: HashName | None
    takes_hashed: bool = True
    any_hex: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """Values ready to upload, and reasons where there was none; both null where a cell was empty.

    `already_hashed` counts values passed on as they were.
    """

    values: pl.Series
    reasons: pl.Series
    already_hashed: int


def cleaned(
    values: pl.Series, field: Field, function: HashName | None, country: str | None
) -> Cleaned:
    """Clean and hash the values of a field, String without blanks.

    Reasons: `other_hash` for a value hashed with another function, `phone_without_country`, else
    `invalid_<field>`.
    """
    none = pl.Series([False]).new_from_index(0, len(values))
    passed, strange = none, none
    if field.takes_hashed:
        size = values.str.len_bytes()
        sizes = list(HEX_DIGITS.values()) if function is None else [HEX_DIGITS[function]]
        digests = size.is_in(list(HEX_DIGITS.values())) & values.str.contains("^[0-9a-fA-F]+$")
        nothing = values.str.to_lowercase().is_in(_HASH_OF_NOTHING) | values.str.contains("^0+$")
        passed = (digests & size.is_in(sizes) & ~nothing).fill_null(False)
        if not field.any_hex:
            strange = (digests & ~size.is_in(sizes)).fill_null(False)
    plain = field.clean(values, country).set(passed | strange, None)
    upload = values.str.to_lowercase().zip_with(passed, _hashed(plain, function))
    wrong = values.is_not_null() & upload.is_null()
    reasons = _reason(values, field, country).set(strange, "other_hash").set(~wrong, None)
    return Cleaned(upload, reasons, int(passed.sum()))


def check_country(country: str | None) -> str | None:
    """Return a calling code as digits; raises UsageError for what is none."""
    if country is None:
        return None
    digits = country.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 1 <= len(digits) <= 3 and digits[0] != "0"):
        raise UsageError(
            f"{country!r} is no calling code",
            where="--country",
            cure="give digits, as in --country 86 for China or --country 1 for North America",
        )
    return digits


def _hashed(values: pl.Series, function: HashName | None) -> pl.Series:
    if function is None:
        return values
    make = hashlib.sha256 if function == "sha256" else hashlib.md5
    digests = [None if v is None else make(v.encode()).hexdigest() for v in values]
    return pl.Series(values.name, digests, dtype=pl.String)


def _reason(values: pl.Series, field: Field, country: str | None) -> pl.Series:
    reasons = pl.Series([f"invalid_{field.key}"]).new_from_index(0, len(values))
    if country is not None or field.clean not in (phone_digits, phone_plus):
        return reasons
    # Worth telling apart: an option mends these.
    as_if = phone_digits(values, "86").is_not_null() | phone_digits(values, "1").is_not_null()
    return reasons.set(as_if, "phone_without_country")


def _by_expression(function: Callable[[pl.Expr], pl.Expr]) -> Clean:
    @wraps(function)
    def clean(text: pl.Series, _: str | None) -> pl.Series:
        return text.alias("text").to_frame().select(function(pl.col("text"))).to_series()

    return clean


def _if(value: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(value.str.contains(pattern)).then(value)


def _kept(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)


# --- addresses and numbers ----------------------------------------------------------------------


@_by_expression
def email(text: pl.Expr) -> pl.Expr:
    """Trim and lower-case; full-width letters become plain ones."""
    return _if(text.str.normalize("NFKC").str.strip_chars().str.to_lowercase(), _EMAIL)


@_by_expression
def email_google(text: pl.Expr) -> pl.Expr:
    """As `email`, without any blanks, and without the dots that Gmail ignores."""
    plain = text.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
    name, domain = plain.str.extract(r"^(.*)@"), plain.str.extract(r"@([^@]*)$")
    dotless = pl.concat_str(name.str.replace_all(".", "", literal=True), pl.lit("@"), domain)
    gmail = domain.is_in(["gmail.com", "googlemail.com"])
    return _if(pl.when(gmail).then(dotless).otherwise(plain), _EMAIL)


def phone_digits(text: pl.Series, country: str | None) -> pl.Series:
    """Digits with the calling code and nothing else.

    A number that begins with + or 00 has its code; another gets the default one, unless it is too
    long to be without it. Without a default its country cannot be told, and it is none.
    """
    # Step by step: as one expression every step would be done anew wherever it is used.
    plain = text.str.normalize("NFKC").str.strip_chars().str.to_lowercase()
    plain = plain.str.replace(r"^tel:\s*", "").str.replace(r"^([0-9]+)\.0$", "${1}")
    plain = plain.str.replace("(0)", "", literal=True)
    digits = plain.str.replace_all(r"[^0-9]", "")
    number = digits.str.strip_chars_start("0")
    coded = plain.str.contains(r"^\(?\s*(?:\+|00)")
    if country is not None:
        longest = _LONGEST_NATIONAL.get(country, 10)
        long = number.str.starts_with(country) & (number.str.len_chars() > longest)
        coded |= long & ~digits.str.starts_with("0")
        full = number.zip_with(coded, country + number)
    else:
        full = number.set(~coded, None)
    valid = full.str.contains(r"^[1-9][0-9]{6,14}$") & ~plain.str.contains(r"\p{L}")
    # Mobile numbers of mainland China have one length.
    valid &= full.str.contains(r"^861[3-9][0-9]{9}$") | ~full.str.starts_with("861")
    return full.set(~valid.fill_null(False), None)


def phone_plus(text: pl.Series, country: str | None) -> pl.Series:
    """E.164: a plus and the digits."""
    return "+" + phone_digits(text, country)


def phone_mainland(text: pl.Series, country: str | None) -> pl.Series:
    """The 11 digits of a mobile number of mainland China."""
    full = phone_digits(text, country or "86")
    return full.set(~full.str.starts_with("861").fill_null(False), None).str.slice(2)


# --- devices ------------------------------------------------------------------------------------


def _uuid(text: pl.Expr) -> pl.Expr:
    value = _if(text.str.strip_chars().str.to_lowercase(), _UUID)
    return pl.when(~value.str.contains(_BLANK_ID)).then(value)


@_by_expression
def uuid_lower(text: pl.Expr) -> pl.Expr:
    """An advertiser id in lower case; that of people who opted out, all zeros, is none."""
    return _uuid(text)


@_by_expression
def uuid_upper(text: pl.Expr) -> pl.Expr:
    """An advertiser id in upper case, with its dashes."""
    return _uuid(text).str.to_uppercase()


@_by_expression
def imei(text: pl.Expr) -> pl.Expr:
    """14 or 15 digits, or letters a to f, in lower case."""
    value = _if(
        text.str.replace_all(r"[\s-]", "").str.to_lowercase().str.replace(r"\.0$", ""),
        r"^[0-9a-f]{14,15}$",
    )
    return pl.when(~value.str.contains(_BLANK_ID)).then(value)


@_by_expression
def oaid(text: pl.Expr) -> pl.Expr:
    """The device's own id as it is."""
    value = _if(text.str.strip_chars(), r"^[0-9A-Za-z-]{8,64}$")
    return pl.when(~value.str.contains(_BLANK_ID)).then(value)


@_by_expression
def mac(text: pl.Expr) -> pl.Expr:
    """Twelve hexadecimal digits in upper case, without separators."""
    return _if(text.str.replace_all(r"[\s:.-]", "").str.to_uppercase(), r"^[0-9A-F]{12}$")


@_by_expression
def digits_only(text: pl.Expr) -> pl.Expr:
    """A number that a platform gave."""
    return _if(text.str.strip_chars(), r"^[1-9][0-9]{3,19}$")


# --- people -------------------------------------------------------------------------------------


@_by_expression
def name_bare(text: pl.Expr) -> pl.Expr:
    """Lower case, without punctuation; blanks inside are single."""
    plain = text.str.normalize("NFC").str.to_lowercase().str.replace_all(_MARKS, "")
    return _kept(plain.str.replace_all(r"\s+", " ").str.strip_chars())


@_by_expression
def name_spaced(text: pl.Expr) -> pl.Expr:
    """Lower case; blanks inside are single."""
    plain = text.str.normalize("NFC").str.to_lowercase()
    return _kept(plain.str.replace_all(r"\s+", " ").str.strip_chars())


@_by_expression
def place(text: pl.Expr) -> pl.Expr:
    """Lower case, without punctuation and blanks."""
    plain = text.str.normalize("NFC").str.to_lowercase()
    return _kept(plain.str.replace_all(r"[\p{P}\p{S}\s]", ""))


@_by_expression
def postcode(text: pl.Expr) -> pl.Expr:
    """Lower case without blanks and dashes; of ZIP+4 the first five digits."""
    plain = text.str.strip_chars().str.to_lowercase().str.replace(r"^(\d{5})-\d{4}$", "${1}")
    return _if(plain.str.replace_all(r"[\s-]", ""), r"^[0-9a-z]{2,12}$")


@_by_expression
def postcode_plain(text: pl.Expr) -> pl.Expr:
    """Upper case; blanks inside are single."""
    plain = text.str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return _if(plain, r"^[0-9A-Z][0-9A-Z -]{1,11}$")


def _country(text: pl.Expr) -> pl.Expr:
    return _if(text.str.strip_chars().str.to_lowercase(), "^[a-z]{2}$")


@_by_expression
def country_lower(text: pl.Expr) -> pl.Expr:
    """Two letters of ISO 3166."""
    return _country(text)


@_by_expression
def country_upper(text: pl.Expr) -> pl.Expr:
    """Two letters of ISO 3166 in upper case."""
    return _country(text).str.to_uppercase()


@_by_expression
def gender(text: pl.Expr) -> pl.Expr:
    """m or f."""
    known = {"m": "m", "male": "m", "男": "m", "f": "f", "female": "f", "女": "f"}
    plain = text.str.strip_chars().str.to_lowercase()
    return plain.replace_strict(list(known), list(known.values()), default=None)


@_by_expression
def birthday(text: pl.Expr) -> pl.Expr:
    """YYYYMMDD."""
    formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
    plain = text.str.strip_chars()
    day = pl.coalesce(plain.str.to_date(form, strict=False) for form in formats)
    return _if(day.dt.strftime("%Y%m%d"), "^(?:19|20)")


@_by_expression
def birth_year(text: pl.Expr) -> pl.Expr:
    """YYYY."""
    return _if(text.str.strip_chars(), r"^(?:19|20)\d{2}$")
