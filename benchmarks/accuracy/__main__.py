"""Write docs/accuracy.md and its pictures."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy import report

DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    page = report.lines(DOCS / "images")
    target = DOCS / "accuracy.md"
    target.write_text("\n".join(page) + "\n", "utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
