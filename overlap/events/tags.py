"""Tag cells of any type → lists of non-empty, trimmed, distinct strings."""

from __future__ import annotations

import polars as pl

from overlap.model import TagColumn, UsageError

# Exactly what the decoder accepts: one cell that it refuses would fail the whole column.
_ESCAPE = (
    r'\\["\\/bfnrt]|\\u(?:[0-9a-cefA-CEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})'
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_VALUE = (
    rf'(?:"(?:[^"\\\x00-\x1f]|{_ESCAPE})*"|-?(?:0|[1-9][0-9]{{0,15}})(?:\.[0-9]{{1,15}})?'
    r"|true|false|null)"
)
_JSON_LIST = rf"^\[[ \t\r\n]*(?:{_VALUE}[ \t\r\n]*(?:,[ \t\r\n]*{_VALUE}[ \t\r\n]*)*)?\]$"


def read_tags(tag: TagColumn, dtype: pl.DataType, *, textual: bool) -> pl.Expr:
    """Return the column as List(String), null where a cell holds no tag.

    Text, categories, numbers and truth values are one tag each, list columns several; a separator
    parts text. In textual sources a cell that is a JSON list of plain values is that list. Values
    are trimmed and otherwise left as they stand: neither case nor full-width forms are folded.
    Raises UsageError for a type that holds no tags.
    """
    raw = pl.col(tag.column)
    if isinstance(dtype, (pl.List, pl.Array)):
        inner = dtype.inner
        if inner is None or inner.is_nested():
            raise _unusable(tag, dtype)
        lists = raw.arr.to_list() if isinstance(dtype, pl.Array) else raw
        return _distinct(lists.cast(pl.List(pl.String)))
    if dtype.is_nested() or isinstance(dtype, (pl.Object, pl.Duration)):
        raise _unusable(tag, dtype)
    text = _as_text(raw, dtype).str.strip_chars()
    if tag.separator is not None:
        cell = _distinct(text.str.split(tag.separator))
    else:
        single = pl.when(text != "").then(text)
        cell = pl.when(single.is_not_null()).then(pl.concat_list(single))
    if not textual:
        return cell
    is_list = text.str.contains(_JSON_LIST)
    decoded = pl.when(is_list).then(text).str.json_decode(pl.List(pl.String))
    return pl.when(is_list).then(_distinct(decoded)).otherwise(cell)


def clean_text(values: pl.Series) -> pl.Series:
    """Return single tags of a text column as `read_tags` would, null where there is none."""
    text = values.cast(pl.String).str.strip_chars()
    return text.set(text == "", None) if (text == "").any() else text


def _as_text(raw: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_float():
        # Tables with gaps turn whole numbers into floats: 12.0 names the audience 12.
        whole = raw.cast(pl.Int64, strict=False)
        return pl.when(raw == whole).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))
    return raw.cast(pl.String, strict=False)


def _distinct(lists: pl.Expr) -> pl.Expr:
    tag = pl.element().str.strip_chars()
    kept = lists.list.eval(tag.filter(tag != "").unique(maintain_order=True))
    return pl.when(kept.list.len() > 0).then(kept)


def _unusable(tag: TagColumn, dtype: pl.DataType) -> UsageError:
    return UsageError(
        f"column {tag.column!r} is of type {dtype}, which holds no tags",
        where="--tags",
        cure="name a column of text, numbers or truth values, or of lists of them",
    )
