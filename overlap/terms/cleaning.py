"""Raw posts → plain text: no markup, no links, no names; one form for what reads the same."""

from __future__ import annotations

import html

import polars as pl

_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
_SCRIPT = r"(?is)<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|<!--.*?(?:-->|$)"
_MARKUP = r"</?[a-zA-Z][^<>]{0,500}>"
# Unicode's \b and \w are an order of magnitude slower than ASCII's, and links are ASCII.
_EDGE = r"(?-u:\b)"
_LINK = (
    rf"(?i){_EDGE}(?:https?://|ftp://|www\.)[!#-;=?-Z_a-~]*"
    rf"|{_EDGE}[a-z0-9_.+-]{{1,64}}@[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{1,4}}"
    rf"|{_EDGE}(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:com|cn|net|org){_EDGE}(?:/[!#-;=?-Z_a-~]*)?"
)
_MENTION = r"@[\w\-]{1,30}"
_TOPIC_MARK = r"\[(?:话题|超话)\]"
_EMOTICON = r"\[\p{Han}{1,4}[a-zA-Z]?\]|(?i)\[/?(?:[a-z]{1,7}|h\d|\*)(?:=[^\[\]]{0,300})?\]"
_INVISIBLE = r"[\p{Cf}\x{FE00}-\x{FE0F}™®©℠]"
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "‐": "-"}
_UNIT = (
    r"([0-9]) +("
    r"(?:[km]?bps|[kmg]?hz|[kmgt]b|[kmg]?w|[km]?wh|m?ah|[mcdk]?m|ms|m?l|[km]?g|lbs?|oz|mp|fps|nits?"
    rf"|px|ppi|dpi|db|inch|kpa|rpm){_EDGE}"
    r"|毫秒|英寸|寸|厘米|毫米|公里|公斤|千克|毫升|千瓦|毫安|赫兹|尼特|分贝|流明|像素|帧)"
)


def clean(texts: pl.Series, longest: int) -> pl.Series:
    """Return the plain text of posts, as long as before; null is the empty text.

    At most `longest` characters of each are read. Entities are resolved and tags, scripts, links,
    addresses, @names and [emoticons] taken out; compatibility forms (full-width letters, ligatures,
    half-width kana) and case are folded; invisible characters go; a number is brought together
    with the unit after it.
    """
    column = pl.col("text")
    frame = texts.alias("text").to_frame().select(column.fill_null("").str.head(longest))

    # Most posts hold none of these, and looking for one character costs next to nothing.
    def holds(mark: str) -> bool:
        return bool(frame.select(column.str.contains(mark, literal=True).any()).item())

    if holds("&"):
        found = frame.select(column.str.extract_all(_ENTITY).explode().drop_nulls().unique())
        entities = found.to_series().sort().to_list()
        if entities:
            plain = [html.unescape(entity) for entity in entities]
            frame = frame.select(column.str.replace_many(entities, plain, leftmost=True))
    steps = column
    if holds("<"):
        steps = steps.str.replace_all(_SCRIPT, "\n").str.replace_all(_MARKUP, "\n")
    steps = steps.str.replace_all(_LINK, "\n")
    if holds("@"):
        steps = steps.str.replace_all(_MENTION, "\n")
    if holds("["):
        steps = steps.str.replace_all(_TOPIC_MARK, "").str.replace_all(_EMOTICON, "\n")
    steps = steps.str.replace_all(_INVISIBLE, "").str.normalize("NFKC").str.to_lowercase()
    steps = steps.str.replace_many(list(_QUOTES), list(_QUOTES.values()))
    return frame.select(steps.str.replace_all(_UNIT, "${1}${2}")).to_series()
