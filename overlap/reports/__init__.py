"""Tables as files for people and programs: CSV, Excel workbooks and Parquet."""

from __future__ import annotations

from overlap.reports.about import About, about_store
from overlap.reports.columns import column_of, counts
from overlap.reports.excel import MOST_ROWS, excel_bytes
from overlap.reports.meanings import COLUMNS
from overlap.reports.measures import Column, Measure
from overlap.reports.text import csv_bytes
from overlap.reports.writing import write_csv, write_excel, write_parquet

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "About",
    "Column",
    "Measure",
    "about_store",
    "column_of",
    "counts",
    "csv_bytes",
    "excel_bytes",
    "write_csv",
    "write_excel",
    "write_parquet",
]
