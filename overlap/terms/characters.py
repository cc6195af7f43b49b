"""Which class every character is of: letter, digit, mark, Chinese character, hiragana, space."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from overlap.terms import scanning

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAST = 0x323B0
"""No character beyond belongs to a word."""
_HAN = ((0x3005, 0x3008), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, _LAST))
_HIRAGANA = (0x3041, 0x30A0)


@cache
def classes() -> NDArray[np.uint8]:
    """Return the class of every character, uint8[0x110000], as `scanning` numbers them."""
    table = np.full(0x110000, scanning.OTHER, dtype=np.uint8)
    by_category = {
        "L": scanning.LETTER,
        "M": scanning.MARK,
        "Nd": scanning.DIGIT,
        "Z": scanning.SPACE,
    }
    for code in range(_LAST):
        category = unicodedata.category(chr(code))
        table[code] = by_category.get(category, by_category.get(category[0], scanning.OTHER))
    table[[0x09, 0x0A, 0x0D]] = scanning.SPACE
    for first, end in _HAN:
        span = table[first:end]
        span[(span != scanning.OTHER) & (span != scanning.SPACE)] = scanning.HAN
    table[0x3007] = scanning.HAN
    span = table[slice(*_HIRAGANA)]
    span[span == scanning.LETTER] = scanning.KANA
    return table


def is_han(text: str) -> bool:
    """Whether a text is made of Chinese characters alone."""
    table = classes()
    return bool(text) and all(table[ord(c)] == scanning.HAN for c in text)
