"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(
    head: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[int] = (0,)
) -> list[str]:
    """Return the lines of a table; columns named in `text` by place stand left, others right."""
    left = {place % len(head) for place in text}
    rule = "|" + "|".join("---" if i in left else "---:" for i in range(len(head))) + "|"
    return [
        "| " + " | ".join(head) + " |",
        rule,
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def percent(error: float) -> str:
    """Return an error in per cent with two significant digits, and 'exact' for none."""
    if error == 0:
        return "exact"
    return f"{100 * error:,.0f}%" if error >= 0.1 else f"{100 * error:.2g}%"


def count(number: float) -> str:
    """Return users or memberships to three digits, as people write it: 400, 6.38 k, 1,180 M."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if number >= unit:
            return three_digits(number / unit) + name
    return three_digits(number)


def three_digits(number: float) -> str:
    """Return a number to three digits at least, whole from 100 on."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
