"""Texts → terms: the words, expressions and hashtags people use, and the new words among them.

A lexicon is learnt from a sample of posts and then reads all of them; a store records it, so that
later parts are read alike.
"""

from overlap.terms.cleaning import LINK
from overlap.terms.discovering import DISCOVERED, LEAST_USERS, discover
from overlap.terms.learning import learn
from overlap.terms.lexicon import LANGUAGES, Lexicon, stop_words
from overlap.terms.reading import TERM_ROWS, term_rows, terms_of

__all__ = [
    "DISCOVERED",
    "LANGUAGES",
    "LEAST_USERS",
    "LINK",
    "TERM_ROWS",
    "Lexicon",
    "discover",
    "learn",
    "stop_words",
    "term_rows",
    "terms_of",
]
