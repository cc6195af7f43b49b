"""What errors say, in the visitor's language."""

from overlap.dashboard.texts.errors.paths import shortened
from overlap.dashboard.texts.errors.places import Place, place
from overlap.dashboard.texts.errors.saying import Said, phrase, said

__all__ = ["Place", "Said", "phrase", "place", "said", "shortened"]
