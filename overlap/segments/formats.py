"""What each platform takes: its fields, their headers, what is hashed and with what.

Meta: "How to format a customer list", and the customer information parameters of its developers'
documentation. Google: the Customer Match file guidelines, and the formatting page of the Data
Manager API. Tencent: "客户文件人群" of its Marketing API. Ocean Engine: the data types of its DMP
(IMEI_MD5, IDFA_MD5, OAID_MD5, MOBILE_HASH_SHA256).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from overlap.model import UsageError, nearest
from overlap.segments import cleaning
from overlap.segments.cleaning import Field
from overlap.segments.records import FormatName, HashName


@dataclass(frozen=True, slots=True)
class Format:
    """A platform's file: its fields in the order of its columns.

    A row is of use where all fields of one of `enough` are there. `identifying` fields tell one
    person: nobody who shares one with the holdout may be in the file. With `single` a file has one
    field, one value a line and no header.
    """

    name: FormatName
    fields: tuple[Field, ...]
    enough: tuple[tuple[str, ...], ...]
    identifying: tuple[str, ...]
    single: bool = False
    hashes: tuple[HashName, ...] = ("sha256",)

    def field(self, key: str) -> Field:
        """Return a field by its key or its header; raises UsageError with the nearest."""
        wanted = _folded(key)
        for field in self.fields:
            if wanted in (_folded(field.key), _folded(field.header)):
                return field
        keys = [field.key for field in self.fields]
        close = nearest(key, keys, n=1)
        raise UsageError(
            f"{self.name} takes no field {key!r}",
            where="--identity",
            cure=(f"did you mean {close[0]}? " if close else "") + f"fields: {', '.join(keys)}",
        )


def _folded(name: str) -> str:
    return name.casefold().replace(" ", "").replace("_", "")


_META = Format(
    FormatName.META,
    (
        Field("email", "email", cleaning.email, "sha256"),
        Field("phone", "phone", cleaning.phone_digits, "sha256"),
        Field("madid", "madid", cleaning.uuid_lower, None),
        Field("fn", "fn", cleaning.name_bare, "sha256"),
        Field("ln", "ln", cleaning.name_bare, "sha256"),
        Field("zip", "zip", cleaning.postcode, "sha256"),
        Field("ct", "ct", cleaning.place, "sha256"),
        Field("st", "st", cleaning.place, "sha256"),
        Field("country", "country", cleaning.country_lower, "sha256"),
        Field("dob", "dob", cleaning.birthday, "sha256"),
        Field("doby", "doby", cleaning.birth_year, "sha256"),
        Field("gen", "gen", cleaning.gender, "sha256"),
        Field("uid", "uid", cleaning.digits_only, None, takes_hashed=False),
    ),
    enough=(("email",), ("phone",), ("madid",), ("uid",), ("fn", "ln")),
    identifying=("email", "phone", "madid", "uid"),
)
_GOOGLE = Format(
    FormatName.GOOGLE,
    (
        Field("email", "Email", cleaning.email_google, "sha256"),
        Field("phone", "Phone", cleaning.phone_plus, "sha256"),
        Field("fn", "First Name", cleaning.name_spaced, "sha256"),
        Field("ln", "Last Name", cleaning.name_spaced, "sha256"),
        Field("country", "Country", cleaning.country_upper, None, takes_hashed=False),
        Field("zip", "Zip", cleaning.postcode_plain, None, takes_hashed=False),
    ),
    enough=(("email",), ("phone",), ("fn", "ln", "country", "zip")),
    identifying=("email", "phone"),
)
_DEVICES = (
    Field("imei", "imei", cleaning.imei, "md5"),
    Field("idfa", "idfa", cleaning.uuid_upper, "md5"),
    Field("oaid", "oaid", cleaning.oaid, "md5", any_hex=True),
)
_TENCENT_FIELDS = (
    Field("phone", "phone", cleaning.phone_mainland, "md5"),
    *_DEVICES,
    Field("mac", "mac", cleaning.mac, "md5"),
    Field("qq", "qq", cleaning.digits_only, "md5"),
)
_OCEAN_FIELDS = (Field("phone", "phone", cleaning.phone_mainland, "sha256"), *_DEVICES)


def _single(name: FormatName, fields: tuple[Field, ...]) -> Format:
    keys = tuple(field.key for field in fields)
    return Format(name, fields, tuple((key,) for key in keys), keys, True, ("sha256", "md5"))


FORMATS = {
    f.name: f
    for f in (
        _META,
        _GOOGLE,
        _single(FormatName.TENCENT, _TENCENT_FIELDS),
        _single(FormatName.OCEANENGINE, _OCEAN_FIELDS),
    )
}


def check_hash(form: Format, function: HashName | None) -> None:
    """Raise UsageError where a platform does not take ids hashed with a function."""
    if function is not None and function not in form.hashes:
        raise UsageError(
            f"{form.name} compares ids hashed with {form.hashes[0]} only, not {function}",
            where="--hash",
            cure="leave --hash out",
        )


def check_single(form: Format, keys: Sequence[str]) -> None:
    """Raise UsageError where a file of one field is asked for several."""
    if form.single and len(set(keys)) > 1:
        raise UsageError(
            f"a file for {form.name} has one kind of id, and {len(set(keys))} were asked for: "
            + ", ".join(dict.fromkeys(keys)),
            where="--identity",
            cure="export each into a file of its own",
        )


def check_enough(form: Format, keys: Sequence[str]) -> None:
    """Raise UsageError where fields together tell no platform who is meant."""
    if any(all(key in keys for key in need) for need in form.enough):
        return
    raise UsageError(
        f"{form.name} finds nobody by {', '.join(dict.fromkeys(keys))} alone",
        where="--identity",
        cure="add " + ", or ".join(" with ".join(need) for need in form.enough),
    )
