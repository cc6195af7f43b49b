"""Two kinds of audiences across each other, cell by cell, and the pair behind a cell."""

from overlap.insights.matrix.cells import MATRIX_TABLE, best_cell, matrix
from overlap.insights.matrix.pair import PARTS_TABLE, Brand, Pair, pair
from overlap.insights.matrix.sides import MOST, Side

__all__ = [
    "MATRIX_TABLE",
    "MOST",
    "PARTS_TABLE",
    "Brand",
    "Pair",
    "Side",
    "best_cell",
    "matrix",
    "pair",
]
