"""Text rules over rows of events: all keywords of all rules in one pass over the texts.

Most rows are settled as they stand: a text with no piece of any keyword, and nothing that could
fold to one, is left alone. The others are folded and met with all keywords at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from overlap.audiences.fields import TextColumns
from overlap.audiences.folding import (
    BETWEEN,
    UNUSUAL,
    fold,
    hashtag_name,
    hashtags,
    plain_run,
    space,
)
from overlap.audiences.keywords import HASHTAGS_FIELD, TEXT_FIELD, TextRule, forms
from overlap.hashing import distinct
from overlap.model import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

AT_ONCE = 100_000
"""Rows that are folded at once."""

_ANY, _ALL, _NONE = range(3)


def fulfilled(rules: Mapping[int, TextRule], columns: TextColumns) -> pl.Expr:
    """Return the numbers of the rules that a row's texts fulfil: List(UInt32), empty for none.

    Numbers ascend. Every field of a rule must have its column.
    """
    matcher = _Matcher(rules, columns)
    return pl.map_batches(
        [pl.col(column) for column in matcher.columns],
        matcher.match,
        return_dtype=pl.List(pl.UInt32),
        is_elementwise=True,
    )


class _Met(NamedTuple):
    """Keywords that rows were found to have: parallel arrays of row and use."""

    row: Numbers
    use: Numbers


class _Lookup:
    """Distinct forms, and for each the uses that look for it."""

    def __init__(self, wanted: Sequence[tuple[str, int]]) -> None:
        uses: dict[str, list[int]] = {}
        for form, use in wanted:
            uses.setdefault(form, []).append(use)
        self.listed = pl.Series([list(uses)], dtype=pl.List(pl.String))
        self._enum = pl.Enum(list(uses))
        self._count = np.array([len(of) for of in uses.values()], dtype=np.int64)
        self._first = np.cumsum(self._count) - self._count
        self._use = np.array([use for of in uses.values() for use in of], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._count)

    def met(self, row: Numbers, found: pl.Series) -> _Met:
        """Return the uses of the forms found in rows; what is no form is left out."""
        codes = found.cast(self._enum, strict=False).to_physical()
        known = codes.is_not_null().to_numpy()
        code = codes.drop_nulls().to_numpy().astype(np.int64)
        count = self._count[code]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return _Met(
            np.repeat(row[known], count), self._use[np.repeat(self._first[code], count) + within]
        )


class _Searched:
    """A text column with the words and the hashtags to look for in it."""

    def __init__(self, words: list[tuple[str, int]], tags: list[tuple[str, int]]) -> None:
        self._words, self._tags = _Lookup(words), _Lookup(tags)

    def may_have(self, text: pl.Series, pieces: list[str] | None) -> NDArray[np.bool_]:
        """Return which texts could have a keyword; without pieces, all that there are."""
        if pieces is None:
            return text.is_not_null().to_numpy()
        if not pieces:
            return np.zeros(len(text), dtype=bool)
        some = text.str.contains_any(pieces, ascii_case_insensitive=True)
        return (some | text.str.contains(UNUSUAL)).fill_null(False).to_numpy()

    def find(self, row: Numbers, text: pl.Series) -> list[_Met]:
        """Return what the texts of some rows have."""
        folded = fold(text)
        met = []
        if len(self._words):
            found = space(folded).str.extract_many(self._words.listed, overlapping=True)
            met.append(self._words.met(_owners(row, found), _flat(found)))
        if len(self._tags):
            found = hashtags(folded)
            met.append(self._tags.met(_owners(row, found), hashtag_name(_flat(found))))
        return met


@dataclass(frozen=True, slots=True)
class _Use:
    """A keyword in a list of a rule, `rule` being its place in the order of numbers."""

    rule: int
    role: int
    form: str


class _Matcher:
    """Numbers the uses of keywords rule by rule, and gathers per row and rule what was met."""

    def __init__(self, rules: Mapping[int, TextRule], columns: TextColumns) -> None:
        self._number = np.array(sorted(rules), dtype=np.uint32)
        ordered = [rules[int(number)] for number in self._number]
        uses = _uses(ordered)
        self._rule_of = np.array([use.rule for use in uses], dtype=np.int64)
        self._role_of = np.array([use.role for use in uses], dtype=np.int64)
        self._positive = np.array([rule.positive for rule in ordered], dtype=bool)
        self._needs_any = np.array([bool(rule.any) for rule in ordered], dtype=bool)
        self._needs_all = np.bincount(self._rule_of[self._role_of == _ALL], minlength=len(ordered))
        self._pieces = _pieces(ordered, uses)
        words: dict[str, list[tuple[str, int]]] = {}
        written: list[tuple[str, int]] = []
        listed: list[tuple[str, int]] = []
        for number, use in enumerate(uses):
            fields, is_tag = ordered[use.rule].fields, use.form.startswith("#")
            for field in () if is_tag else fields:
                for column in columns.of(field):
                    words.setdefault(column, []).append((use.form, number))
            if is_tag or HASHTAGS_FIELD in fields:
                tag = (use.form.removeprefix("#").strip(), number)
                listed.append(tag)
                # A text with the hashtag has the word, too.
                if is_tag or TEXT_FIELD not in fields:
                    written.append(tag)
        if columns.text is not None and written:
            words.setdefault(columns.text, [])
        self._searched = {
            column: _Searched(found, written if column == columns.text else [])
            for column, found in words.items()
        }
        self._listed = _Lookup(listed)
        self._lists = columns.hashtags if listed else ()
        self.columns = list(dict.fromkeys([*self._searched, *self._lists]))

    def match(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return the numbers of the rules each row fulfils; columns as in `self.columns`."""
        height = len(columns[0])
        parts = [
            self._match(
                {
                    name: c.slice(start, AT_ONCE)
                    for name, c in zip(self.columns, columns, strict=True)
                }
            )
            for start in range(0, max(height, 1), AT_ONCE)
        ]
        return pl.concat(parts)

    def _match(self, columns: Mapping[str, pl.Series]) -> pl.Series:
        texts = {name: _joined(columns[name]) for name in self._searched}
        met = [self._in_list(columns[name]) for name in self._lists]
        height = len(next(iter(columns.values())))
        chosen = np.zeros(height, dtype=bool)
        for found in met:
            chosen[found.row] = True
        for name, searched in self._searched.items():
            chosen |= searched.may_have(texts[name], self._pieces)
        for name, searched in self._searched.items():
            row = np.flatnonzero(chosen & texts[name].is_not_null().to_numpy())
            met += searched.find(row, texts[name].gather(row))
        return self._gathered(height, met)

    def _in_list(self, lists: pl.Series) -> _Met:
        row, flat = _owners(np.arange(len(lists)), lists), _flat(lists)
        # The same few hashtags come again and again.
        names = flat.unique()
        folded = hashtag_name(fold(names))
        return self._listed.met(row, flat.replace_strict(names, folded, return_dtype=pl.String))

    def _gathered(self, height: int, met: Sequence[_Met]) -> pl.Series:
        """Return List(UInt32) of the rules whose any, all and none agree with what was met."""
        rules, uses = len(self._number), len(self._rule_of)
        row = np.concatenate([found.row for found in met]) if met else np.empty(0, np.int64)
        use = np.concatenate([found.use for found in met]) if met else np.empty(0, np.int64)
        key = distinct((row * uses + use).astype(np.uint64)).astype(np.int64)
        row, use = key // uses, key % uses
        rule, role = self._rule_of[use], self._role_of[use]
        # Uses are numbered rule by rule: those of a row and rule lie together.
        cell = row * rules + rule
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        if len(first):
            any_, all_, none = (np.add.reduceat(role == r, first, dtype=np.int64) for r in range(3))
            row, rule, cell = row[first], rule[first], cell[first]
        else:
            any_ = all_ = none = np.empty(0, dtype=np.int64)
        fits = (none == 0) & (all_ == self._needs_all[rule])
        fits &= self._positive[rule] & ((any_ > 0) | ~self._needs_any[rule])
        fitting = cell[fits]
        for excluding in np.flatnonzero(~self._positive):
            free = np.ones(height, dtype=bool)
            free[row[rule == excluding]] = False
            fitting = np.concatenate([fitting, np.flatnonzero(free) * rules + excluding])
        fitting = np.sort(fitting)
        counts = np.bincount(fitting // rules, minlength=height)
        ends = np.concatenate([[0], np.cumsum(counts)])
        lists = pa.LargeListArray.from_arrays(
            pa.array(ends, pa.int64()), pa.array(self._number[fitting % rules], pa.uint32())
        )
        return pl.Series(lists, dtype=pl.List(pl.UInt32))


def _uses(rules: Sequence[TextRule]) -> list[_Use]:
    listed = [
        (i, role, keyword)
        for i, rule in enumerate(rules)
        for role, keywords in ((_ANY, rule.any), (_ALL, rule.all), (_NONE, rule.none))
        for keyword in keywords
    ]
    found = dict.fromkeys(
        _Use(i, role, form)
        for (i, role, _), form in zip(listed, forms([word for *_, word in listed]), strict=True)
    )
    if any(not use.form for use in found):
        raise UsageError(
            "a keyword has no letter, digit or emoji", cure="take it out of the definition"
        )
    return list(found)


def _pieces(rules: Sequence[TextRule], uses: Sequence[_Use]) -> list[str] | None:
    """Return texts of which a row that fulfils a rule has one; None where there are no such."""
    by_rule: list[list[_Use]] = [[] for _ in rules]
    for use in uses:
        by_rule[use.rule].append(use)
    found = {piece for of_rule in by_rule for piece in _telling(of_rule)}
    return None if None in found else sorted(piece for piece in found if piece)


def _telling(of_rule: Sequence[_Use]) -> list[str | None]:
    runs: dict[int, list[str | None]] = {}
    for use in of_rule:
        runs.setdefault(use.role, []).append(plain_run(use.form))
    # What must all be there is told by one of them.
    longest = max((run for run in runs.get(_ALL, []) if run), key=len, default=None)
    if longest is not None:
        return [longest]
    return runs.get(_ANY) or runs.get(_ALL) or runs[_NONE]


def _joined(column: pl.Series) -> pl.Series:
    """Return texts, the values of a list being one text."""
    if column.dtype == pl.String:
        return column
    return column.list.join(f"\n{BETWEEN}\n")


def _owners(row: Numbers, lists: pl.Series) -> Numbers:
    return np.repeat(row, lists.list.len().fill_null(0).to_numpy())


def _flat(lists: pl.Series) -> pl.Series:
    return lists.explode(empty_as_null=False, keep_nulls=False)
