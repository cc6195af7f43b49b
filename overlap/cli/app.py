"""The application object, and the options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from overlap.model import UsageError

app = typer.Typer(
    name="overlap",
    help="Find the audiences that overlap your category far more than chance would have it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StorePath = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of the store.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
CsvFile = Annotated[
    Optional[Path],  # noqa: UP045  (typer reads the annotation at run time)
    typer.Option("--csv", metavar="FILE", help="Write the table as UTF-8 CSV with BOM."),
]


def _workbook(file: Path | None) -> Path | None:
    if file is not None and file.suffix.lower() != ".xlsx":
        raise UsageError(
            f"{file.name!r} is no name of an Excel workbook",
            where="--excel",
            cure=f"let it end in .xlsx, as in {file.stem}.xlsx",
        )
    return file


ExcelFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--excel",
        metavar="FILE.xlsx",
        help="Write the table as an Excel workbook, with a sheet that explains it.",
        callback=_workbook,
    ),
]
ParquetFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--parquet", metavar="FILE", help="Write the table as Parquet."),
]
Baseline = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="EXPR", help="Audience to compare with; all users unless given."),
]
From = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--from", metavar="P", help="First period, as 2026-05-04, 2026-05 or 2026-W19."),
]
To = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--to", metavar="P", help="Last period, included."),
]
MinUsers = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="N", help="Show nothing below so many users; not less than the store's."),
]
