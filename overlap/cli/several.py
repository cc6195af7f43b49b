"""Options that take several values at once."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

_SEVERAL = ("--events", "--identity")


class Several(TyperCommand):
    """Takes several values after one option, as a shell writes them for a pattern of files."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each of its values, once STORE and EXPR have been given."""
        return super().parse_args(ctx, repeated(args))


def repeated(args: list[str]) -> list[str]:
    """Return arguments with the option written before each of its values."""
    out: list[str] = []
    loose, option, values = 0, "", 0
    for place, arg in enumerate(args):
        if arg == "--":
            return out + args[place:]
        if arg.startswith("-") and arg != "-":
            option, values = arg.partition("=")[0], int("=" in arg)
        elif option in _SEVERAL and (values == 0 or loose >= 2):
            if values:
                out.append(option)
            values += 1
        elif option and values == 0 and option not in _FLAGS:
            values += 1
        else:
            loose += 1
        out.append(arg)
    return out


_FLAGS = ("--force", "--strict", "--json", "-h", "--help")
