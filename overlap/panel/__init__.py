"""The kept users of a store in memory: evaluates expressions, counts co-occurrence.

Users are numbered in the order of their hashes, so that a rate is a prefix of the numbers; each
audience is a Roaring bitmap of the numbers it keeps. What a panel returns are counts at a rate;
overlap.estimates makes numbers with intervals of them.
"""

from overlap.panel import asking
from overlap.panel.panel import Panel, open_panel
from overlap.panel.records import CoOccurrence, Kept, Sample

__all__ = ["CoOccurrence", "Kept", "Panel", "Sample", "asking", "open_panel"]
