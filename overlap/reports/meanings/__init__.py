"""What every column of a report means, in English and Chinese: a module for each group of lists.

A meaning that a column has in one table only stands under `table.column`.
"""

from __future__ import annotations

from collections.abc import Mapping

from overlap.reports.meanings.language import LANGUAGE
from overlap.reports.meanings.lists import LISTS
from overlap.reports.meanings.matrix import MATRIX
from overlap.reports.meanings.needs import NEEDS
from overlap.reports.meanings.segments import SEGMENTS
from overlap.reports.meanings.stores import STORES
from overlap.reports.meanings.trends import TRENDS
from overlap.reports.measures import Column

COLUMNS: Mapping[str, Column] = {
    **LANGUAGE,
    **LISTS,
    **MATRIX,
    **NEEDS,
    **SEGMENTS,
    **STORES,
    **TRENDS,
}
"""Every column of the lists that commands give, by its name there."""
