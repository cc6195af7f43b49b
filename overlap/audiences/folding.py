"""Text as people write it → text as it is compared: folded, freed of markup and links, spaced.

Keywords and texts go through the same functions, so that what is folded alike is found.
"""

from __future__ import annotations

import html
import re
from functools import cache

import polars as pl

WORD = (
    r"0-9a-z_\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{7ff}"
    r"\x{900}-\x{dff}\x{1e00}-\x{1fff}"
)
"""Folded characters of scripts that part words by blanks: Latin, Greek, Cyrillic, Hebrew, Arabic,
those of India. Chinese, Japanese, Korean and Thai have no such boundaries."""

BETWEEN = "\x1f"
"""Stands between two texts that are searched as one, so that no phrase reaches from one to the
other."""

LINK = r"(?i:https?://|ftp://|www\.)[!-;=?-~]+"
"""A link ends where ASCII does: Chinese goes on right behind it."""

_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
_INSIDE_LINE = (
    r"(?i)</?(?:a|abbr|b|big|code|em|font|i|mark|s|small|span|strike|strong|sub|sup|u)"
    r"(?:\s[^<>]*)?/?>"
)
_BREAKING = (
    r"(?i)</?(?:blockquote|body|br|center|dd|div|dl|dt|figure|h[1-6]|hr|html|img|li|ol|p|pre|"
    r"section|table|tbody|td|th|thead|tr|ul|video)(?:\s[^<>]*)?/?>|<!--[^<>]*-->"
)
# Zero-width blanks, soft hyphens and the selectors of an emoji's looks say nothing.
_INVISIBLE = r"[\x{200b}\x{2060}\x{feff}\x{ad}\x{fe0e}\x{fe0f}]"
_ALIKE = {"’": "'", "‘": "'", "ʼ": "'", "ς": "σ"}

_AFTER_WORD = rf"([{WORD}])([^{WORD}\s])"
_BEFORE_WORD = rf"([^{WORD}\s])([{WORD}])"
_BLANKS = r"\s{2,}|[^\S ]"

_HASHTAG = r"#[^#\s](?:[^#\r\n]{0,38}[^#\s])?#|#\w+"
_NOTE = r"\s*\[[^\[\]]*\]$"
"""What some platforms put behind a topic, as in `#城市漫步[话题]#`."""

# Letters and signs that folding leaves as they are, but for the case of ASCII.
_PLAIN = (
    r"0-9a-zA-Z_\x{df}-\x{f6}\x{f8}-\x{ff}\x{3041}-\x{3096}\x{30a1}-\x{30fa}\x{30fc}"
    r"\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}"
)
_SIGNS = r"\x{2600}-\x{27bf}\x{1f300}-\x{1faff}"
# Punctuation that folds to punctuation or a blank, so that it cannot become part of a plain run.
_QUIET = (
    r"\x{00}-\x{7f}\x{a0}-\x{a7}\x{a9}\x{ab}\x{ae}\x{b0}\x{b1}\x{b7}\x{bb}\x{2012}-\x{2016}\x{2018}-\x{201f}\x{2022}\x{2026}\x{3000}-\x{3003}\x{3008}-"
    r"\x{3011}\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff20}\x{ff3b}-\x{ff3d}\x{ff5b}-\x{ff65}\x{fe0f}"
)
UNUSUAL = rf"[^{_PLAIN}{_SIGNS}{_QUIET}]|[{_PLAIN}]\x{{fe0f}}|&[a-zA-Z#]|<[!a-zA-Z/]"
"""What may fold to letters that do not stand in the text: see `plain_run`."""


def fold(text: pl.Series) -> pl.Series:
    """Return texts without markup and links, in one case and width; line breaks stay.

    HTML entities are decoded, tags inside a line vanish, others break it, links become a blank.
    Full-width and other forms are folded as Unicode's NFKC does, invisible characters are dropped.
    """
    # In most texts only single characters fold, which a table does several times as fast.
    folded = text.str.replace_all(LINK, " ").str.replace_many(*_table())
    strange = text.str.contains(UNUSUAL).fill_null(False)
    if not strange.any():
        return folded
    return folded.scatter(strange.arg_true(), _fold_strange(text.filter(strange)))


def _fold_strange(text: pl.Series) -> pl.Series:
    folded = (
        _decoded(text)
        .str.replace_all(_INSIDE_LINE, "")
        .str.replace_all(_BREAKING, "\n")
        .str.replace_all(LINK, " ")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_INVISIBLE, "")
    )
    return folded.str.replace_many(list(_ALIKE), list(_ALIKE.values()))


@cache
def _table() -> tuple[list[str], list[str]]:
    """Return the characters that are not `UNUSUAL` and yet fold, and what they fold to."""
    usual = re.compile(f"[{_python(_PLAIN + _SIGNS + _QUIET)}]")
    every = (chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    chars = pl.Series([char for char in every if usual.match(char)])
    folds = chars.to_frame("from").with_columns(_fold_strange(chars).alias("to"))
    changed = folds.filter(pl.col("from") != pl.col("to"))
    return changed["from"].to_list(), changed["to"].to_list()


def space(folded: pl.Series) -> pl.Series:
    """Return folded texts with one blank around every run of `WORD`, and for any white space.

    A blank between a Chinese and a Latin word is there or not as the writer likes; so it always is.
    """
    return (
        " "
        + folded.str.replace_all(_AFTER_WORD, "$1 $2")
        .str.replace_all(_BEFORE_WORD, "$1 $2")
        .str.replace_all(_BLANKS, " ")
        + " "
    )


def hashtags(folded: pl.Series) -> pl.Series:
    """Return the hashtags of folded texts, List(String): `#话题#` and `#tag` alike, without signs.

    Where a sign could close one or open the next, it closes: `#a#b` is the hashtag a before a b.
    """
    return folded.str.extract_all(_HASHTAG)


def hashtag_name(folded: pl.Series) -> pl.Series:
    """Return folded hashtags as they are compared: no signs, notes or blanks at the ends."""
    bare = folded.str.strip_chars("# ").str.replace(_NOTE, "")
    return space(bare).str.strip_chars(" ")


def plain_run(form: str) -> str | None:
    """Return a piece of a folded keyword that every text with it holds, None if there is none.

    A text holds the piece as it stands, but for the case of ASCII, or else something `UNUSUAL`.
    """
    runs: list[str] = _RUN.findall(form)
    if runs:
        return max(runs, key=lambda run: len(run.encode()))
    signs = _SIGN.search(form)
    return signs[0] if signs else None


def _python(ranges: str) -> str:
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: re.escape(chr(int(code[1], 16))), ranges)


_RUN = re.compile(f"[{_python(_PLAIN)}]+")
_SIGN = re.compile(f"[{_python(_SIGNS)}]")
WORD_CHARACTER = re.compile(f"[{_python(WORD)}]")
"""`WORD` for Python's own expressions."""


def _decoded(text: pl.Series) -> pl.Series:
    coded = text.str.contains(_ENTITY).fill_null(False)
    if not coded.any():
        return text
    entity = re.compile(_ENTITY)
    decoded = [entity.sub(lambda m: html.unescape(m[0]), cell) for cell in text.filter(coded)]
    return text.clone().scatter(coded.arg_true(), pl.Series(decoded, dtype=pl.String))
