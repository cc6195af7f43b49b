"""Raw posts → plain text: no markup, no links, no names; one form for what reads the same."""

from __future__ import annotations

import html

import polars as pl

_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
_ESCAPED = 3
"""Times that an entity may have been escaped: &amp;amp;lt; is <."""
_SCRIPT = r"(?is)<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|<!--.*?(?:-->|$)"
_MARKUP = r"</?[a-zA-Z][^<>]{0,500}>"
# Unicode's \b and \w are an order of magnitude slower than ASCII's, and links are ASCII.
_EDGE = r"(?-u:\b)"
_LABELS = r"(?:[a-z0-9-]{1,63}\.){1,4}"
_PATH = r"[!#-;=?-Z_a-~]*"
# Without a path only endings that are no word of a language: "love it.It is" is no link.
_ENDINGS = (
    r"(?:com|net|org|gov|edu|ac|co)\.[a-z]{2}|com|cn|net|org|edu|gov|biz|tv|io|gg|uk|de|fr|ru|jp|kr"
    r"|hk|tw|nl|pl|eu|au|cz|dk|ly|xyz"
)
LINK = (
    rf"(?i){_EDGE}(?:https?://|ftp://|www\.){_PATH}"
    rf"|{_EDGE}[a-z0-9_.+-]{{1,64}}@[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{1,4}}"
    rf"|{_EDGE}{_LABELS}(?:[a-z]{{2,24}}(?::\d{{2,5}})?/{_PATH}|(?:{_ENDINGS}){_EDGE})"
)
# Markdown, escaped or not: a picture goes, of a link its text stays.
_PICTURE = r"\\?!\\?\[[^\[\]]{0,200}\]\\?\([^()\n]{0,500}\)"
_CAPTION = (
    r"\\?\[([^\[\]\n]{1,300}?)\\?\]\\?\("
    r"(?:(?:https?:|www\.|[/#])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s[^()\n]{0,200})?)\)"
)
_GONE = r"(?i)\\?\[\s?(?:removed|deleted)(?:\s+by\s+[a-z ]{1,20})?\s?\\?\]"
_NOTHING_LEFT = r"(?i)\A\s*(?:removed|deleted)(?:\s+by\s+[a-z]{1,20})?[\s.]*\z"
_MENTION = r"@[\w\-]{1,30}"
_USER = rf"(?i){_EDGE}u(?:ser)?/[a-z0-9_-]{{2,30}}{_EDGE}"
_TOPIC_MARK = r"\[(?:话题|超话)\]"
_EMOTICON = (
    r"\\?\[(?:[a-zA-Z]{0,5}\p{Han}{1,4}[a-zA-Z]{0,5}|[a-zA-Z0-9\p{Han}]{1,12}_[\w\p{Han}]{1,20})\\?\]"
    r"|(?i)\\?\[/?(?:[a-z]{1,7}|h\d|\*)(?:=[^\[\]]{0,300})?\\?\]"
)
_SHORTCODE = r"(?-u:\B):[a-z][a-z0-9_+\-]{1,30}:"
_MARKED = r"[<\[@]|[a-zA-Z0-9]\.[a-zA-Z]|://|[uUrR]/|:[a-zA-Z]|\A\s*[rRdD]e(?:moved|leted)"
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

    At most `longest` characters of each are read. Entities are resolved, escaped ones too, and
    tags, scripts, links, addresses, names of users, [stickers] and what stands for a removed post
    are taken out; of a link in Markdown its text stays. Compatibility forms (full-width letters,
    ligatures, half-width kana) and case are folded; invisible characters go; a number is brought
    together with the unit after it.
    """
    column = pl.col("text")
    plain = texts.alias("text").to_frame().select(column.fill_null("").str.head(longest))
    plain = _without_entities(plain)
    # Most posts hold none of what is taken out, and one look tells.
    marked = plain.select(column.str.contains(_MARKED).arg_true()).to_series()
    text = plain.to_series()
    if len(marked):
        text = text.scatter(marked, _without_marks(text.gather(marked)))
    steps = column.str.replace_all(_INVISIBLE, "").str.normalize("NFKC").str.to_lowercase()
    steps = steps.str.replace_many(list(_QUOTES), list(_QUOTES.values()))
    return text.to_frame().select(steps.str.replace_all(_UNIT, "${1}${2}")).to_series()


def _without_entities(frame: pl.DataFrame) -> pl.DataFrame:
    """Return texts with entities resolved, also such as were escaped several times."""
    column = pl.col("text")
    for _ in range(_ESCAPED):
        if not frame.select(column.str.contains("&", literal=True).any()).item():
            break
        found = frame.select(column.str.extract_all(_ENTITY).explode().drop_nulls().unique())
        entities = found.to_series().sort().to_list()
        if not entities:
            break
        plain = [html.unescape(entity) for entity in entities]
        frame = frame.select(column.str.replace_many(entities, plain, leftmost=True))
    return frame


def _without_marks(texts: pl.Series) -> pl.Series:
    """Return texts without markup, links, names of users, stickers and placeholders."""
    column = pl.col("text")

    # Looking for one character costs next to nothing.
    def holds(mark: str) -> bool:
        return bool(texts.str.contains(mark, literal=True).any())

    steps = column.str.replace_all(_NOTHING_LEFT, "")
    if holds("<"):
        steps = steps.str.replace_all(_SCRIPT, "\n").str.replace_all(_MARKUP, "\n")
    if holds("]"):
        steps = steps.str.replace_all(_GONE, "\n")
        if holds("](") or holds("]\\("):
            steps = steps.str.replace_all(_PICTURE, "\n").str.replace_all(_CAPTION, " ${1} ")
    steps = steps.str.replace_all(LINK, "\n")
    if holds("/"):
        steps = steps.str.replace_all(_USER, "\n")
    if holds("@"):
        steps = steps.str.replace_all(_MENTION, "\n")
    if holds("["):
        steps = steps.str.replace_all(_TOPIC_MARK, "").str.replace_all(_EMOTICON, "\n")
    if holds(":"):
        steps = steps.str.replace_all(_SHORTCODE, "\n")
    return texts.to_frame("text").select(steps).to_series()
