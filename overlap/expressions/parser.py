"""Text → expression tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from overlap.expressions.place import point
from overlap.expressions.tree import (
    MOST_EVENTS,
    And,
    Audience,
    Expression,
    Minus,
    Or,
    is_bare,
)
from overlap.model import UsageError

_FULL_WIDTH = str.maketrans("＆｜－（）：＞＝＂“", '&|-():>=""')
_CLOSING = {'"': '"', "＂": "＂", "“": "”"}
_EXAMPLE = "for example: category:TV & interest:gaming - brand:acme"
_WORDS = {"and": "&", "or": "|", "not": "-", "minus": "-"}


class _Token(NamedTuple):
    sign: str
    start: int
    end: int
    audience: Audience | None = None


class _Scanner:
    """Cuts a text into audiences, signs and one closing token with the empty sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def mistake(self, start: int, end: int, what: str, cure: str) -> UsageError:
        return UsageError(
            f"cannot read the expression: {what}", where=point(self.text, start, end), cure=cure
        )

    def peek(self) -> str:
        """Skip white space and return the next sign in its half-width form, "" at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1].translate(_FULL_WIDTH)

    def next(self) -> _Token:
        sign, start = self.peek(), self.at
        if sign == "" or sign in "&|-()":
            self.at += len(sign)
            return _Token(sign, start, self.at)
        kind: str | None = None
        word = self._word(colons=False)
        end = self.at
        if self.peek() == ":":
            self.at += 1
            self.peek()
            kind, word = word, self._word(colons=True)
            end = self.at
        least = 1
        if self.peek() in (">", "=", "<"):
            least = self._intensity()
            end = self.at
        return _Token("audience", start, end, Audience(kind, word, least))

    def _word(self, *, colons: bool) -> str:
        start = self.at
        opening = self.text[start : start + 1]
        if opening in _CLOSING:
            return self._quoted(_CLOSING[opening])
        while self.at < len(self.text) and (
            is_bare(self.text[self.at]) or (colons and self.text[self.at] in ":：")
        ):
            self.at += 1
        if self.at > start:
            return self.text[start : self.at]
        wanted = "the name after the colon" if colons else "an audience"
        if opening == "" or opening.translate(_FULL_WIDTH) in "&|-():>=":
            found = "the end" if opening == "" else repr(opening)
            raise self.mistake(start, start + 1, f"expected {wanted}, found {found}", _EXAMPLE)
        if opening in "!~^":
            raise self.mistake(
                start, start + 1, f"there is no sign {opening!r}",
                "to leave users out, subtract them: universe:all - interest:gaming",
            )  # fmt: skip
        raise self.mistake(
            start, start + 1, f"expected {wanted}, found {opening!r}",
            'put a name with such characters in double quotes: interest:"city walk!"',
        )  # fmt: skip

    def _quoted(self, closing: str) -> str:
        start = self.at
        chars: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == closing:
                self.at += 1
                if not chars:
                    raise self.mistake(
                        start, self.at, "the name between the quotes is empty", _EXAMPLE
                    )
                return "".join(chars)
            if char == "\\":
                self.at += 1
                char = self.text[self.at : self.at + 1]
                if char not in ("\\", '"', closing):
                    raise self.mistake(
                        self.at - 1, self.at + 1, f"unknown escape {chr(92) + char!r}",
                        r'inside quotes write \" for a quote and \\ for a backslash',
                    )  # fmt: skip
            chars.append(char)
            self.at += 1
        raise self.mistake(
            start, start + 1, "this quote is never closed", f"add {closing} after the name"
        )

    def _intensity(self) -> int:
        start = self.at
        first = self.peek()
        self.at += 1
        if first != ">" or self.text[self.at : self.at + 1].translate(_FULL_WIDTH) != "=":
            raise self.mistake(
                start, self.at, "an intensity is written >=",
                "for example interest:gaming>=3, at least 3 events",
            )  # fmt: skip
        self.at += 1
        self.peek()
        digits = self.at
        while self.at < len(self.text) and self.text[self.at].isdecimal():
            self.at += 1
        shown = self.text[digits : self.at]
        if not 0 < len(shown) <= len(str(MOST_EVENTS)) or not 1 <= int(shown) <= MOST_EVENTS:
            raise self.mistake(
                digits, max(self.at, digits + 1), "expected a number of events after >=",
                f"give a whole number from 1 to {MOST_EVENTS}",
            )  # fmt: skip
        return int(shown)


@dataclass(slots=True)
class _Level:
    """What has been read inside one pair of parentheses."""

    opened: _Token | None = None
    alternatives: list[Expression] = field(default_factory=list)
    factors: list[Expression] = field(default_factory=list)
    chain: Expression | None = None

    def operand(self, value: Expression) -> None:
        self.chain = value if self.chain is None else Minus(self.chain, value)

    def operator(self, sign: str) -> None:
        # The chain stays open after a minus: the next operand is subtracted from it.
        if sign == "-" or self.chain is None:
            return
        self.factors.append(self.chain)
        self.chain = None
        if sign == "&":
            return
        factors = self.factors
        self.alternatives.append(factors[0] if len(factors) == 1 else And(tuple(factors)))
        self.factors = []

    def close(self) -> Expression:
        self.operator("|")
        found = self.alternatives
        return found[0] if len(found) == 1 else Or(tuple(found))


def parse(text: str) -> Expression:
    r"""Read an expression; bare names keep kind None until `resolve` gives them theirs.

    `-` binds tighter than `&`, `&` tighter than `|`; equal signs group from the left; parentheses
    group. An audience is `kind:name` or a bare name, with `>=m` for at least m events. A word
    without quotes holds letters and digits of any script and `_ . / # + % '`; any other name goes
    in double quotes, with `\"` and `\\`. `-` is always the operator, so `city-walk` subtracts and
    the audience is written `"city-walk"`. The first colon outside quotes ends the kind. Full-width
    signs （ ） ＆ ｜ － ： and “quotes” count as their ASCII forms. Depth and length are unlimited.
    Raises UsageError that points at the place.
    """
    scanner = _Scanner(text)
    if scanner.peek() == "":
        raise UsageError("cannot read the expression: it is empty", cure=_EXAMPLE)
    levels = [_Level()]
    before: _Token | None = None
    wants_operand = True
    while True:
        token = scanner.next()
        if wants_operand:
            if token.sign == "(":
                levels.append(_Level(token))
            elif token.audience is not None:
                levels[-1].operand(token.audience)
                wants_operand = False
            else:
                raise _no_operand(scanner, token, before)
        elif token.sign in ("&", "|", "-"):
            levels[-1].operator(token.sign)
            wants_operand = True
        elif token.sign == ")" and len(levels) > 1:
            value = levels.pop().close()
            levels[-1].operand(value)
        elif token.sign == "":
            opened = levels[-1].opened
            if opened is not None:
                raise scanner.mistake(
                    opened.start, opened.end, "this ( is never closed", "add the )"
                )
            return levels[-1].close()
        else:
            raise _no_operator(scanner, token, before)
        before = token


def _no_operand(scanner: _Scanner, token: _Token, before: _Token | None) -> UsageError:
    found = "the end" if token.sign == "" else repr(token.sign)
    cure = _EXAMPLE
    if before is not None and before.sign == token.sign and token.sign in ("&", "|"):
        cure = f"write {token.sign} once"
    elif token.sign == "-" and (before is None or before.sign != "-"):
        cure = "a minus needs something to subtract from: universe:all - interest:gaming"
    return scanner.mistake(
        token.start, max(token.end, token.start + 1), f"expected an audience, found {found}", cure
    )


def _no_operator(scanner: _Scanner, token: _Token, before: _Token | None) -> UsageError:
    if token.sign == ")":
        return scanner.mistake(
            token.start, token.end, "this ) closes nothing", "remove it, or add a ("
        )
    audience = token.audience
    cure = "put &, | or - between two audiences"
    if audience is None:
        cure += "; a name with parentheses in it goes in quotes"
    elif audience.kind is None and audience.name.lower() in _WORDS:
        cure = f"write {_WORDS[audience.name.lower()]} for {audience.name!r}"
    elif before is not None and before.audience is not None:
        whole = Audience(before.audience.kind, f"{before.audience.name} {audience.name}")
        cure += f"; if it is one name, put it in quotes: {whole}"
    found = scanner.text[token.start : token.end]
    return scanner.mistake(token.start, token.end, f"expected &, | or - before {found!r}", cure)
