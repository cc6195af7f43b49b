"""What the columns of a matrix of audiences, and of the parts of a pair, mean."""

from __future__ import annotations

from collections.abc import Mapping

from overlap.reports.measures import Column, Measure, defined

_T, _U, _S, _R = Measure.TEXT, Measure.USERS, Measure.SHARE, Measure.RANK

MATRIX: Mapping[str, Column] = defined(
    ("row_kind", _T, "Kind of the row", "行人群类型",
     "Kind of the audience in the row.",
     "行人群的类型。"),
    ("row", _T, "Row", "行人群",
     "Audience in the row.",
     "位于行的人群。"),
    ("column_kind", _T, "Kind of the column", "列人群类型",
     "Kind of the audience in the column.",
     "列人群的类型。"),
    ("column", _T, "Column", "列人群",
     "Audience in the column.",
     "位于列的人群。"),
    ("row_users", _U, "Users of the row", "行人群人数",
     "Users of the row; inside the baseline, where one was chosen.",
     "行人群的用户数；若选择了基准，则为基准之内的人数。"),
    ("column_users", _U, "Users of the column", "列人群人数",
     "Users of the column; inside the baseline, where one was chosen.",
     "列人群的用户数；若选择了基准，则为基准之内的人数。"),
    ("share_of_row", _S, "Of the row", "占行人群",
     "Share of the row's users who are also in the column.",
     "行人群的用户中同属列人群的比例。"),
    ("share_of_column", _S, "Of the column", "占列人群",
     "Share of the column's users who are also in the row.",
     "列人群的用户中同属行人群的比例。"),
    ("matrix.direction", _T, "Against chance", "与随机相比",
     "Over or under chance beyond doubt, or as expected: then the cell is not told from chance.",
     "明显高于（over）或低于（under）随机，或与期望相符（as expected），即与随机无显著差异。"),
    ("row_place", _R, "Place of the row", "行次序",
     "Place of the row from 0, similar audiences standing together.",
     "行的排列次序，从 0 起；相似的人群相邻。"),
    ("column_place", _R, "Place of the column", "列次序",
     "Place of the column from 0, similar audiences standing together.",
     "列的排列次序，从 0 起；相似的人群相邻。"),
    # --- the parts of a pair
    ("part", _T, "Part", "部分",
     "All of one audience, only one of them, both, either, or both without the brand.",
     "某一人群全部、仅属一方、同属两者、属于任一方，或同属两者但未用该品牌。"),
    ("parts.users", _U, "Users", "人数",
     "Users of this part, inside the baseline where one was chosen.",
     "该部分的用户数；若选择了基准，则为基准之内的人数。"),
)  # fmt: skip
"""Columns of insights.matrix."""
