"""Every term and every column in both languages, with formulas; found by typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache

import polars as pl
import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.data import sections
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.texts.data_glossary import TERMS
from overlap.reports import COLUMNS

GLOSSARY_TABLE = pl.Schema(
    {"group": pl.String, "key": pl.String, "title_en": pl.String, "title_zh": pl.String,
     "meaning_en": pl.String, "meaning_zh": pl.String, "formula": pl.String}
)  # fmt: skip
_TERM, _COLUMN = "term", "column"

FORMULAS = {
    "share": "n / A",
    "expected": "E = A · B / N",
    "tgi": "TGI = 100 · n / E = 100 · n · N / (A · B)",
    "excess": "n − E",
    "jaccard": "n / (A + B − n)",
    "penetration": "p = n(brand & segment) / n(segment)",
    "fair_share": "100 · p / p₀",
    "gap": "n · max(0, p₀ − p)",
    "score": "100 · (S · A · H)^⅓ · M; S = log size, A = ln(low TGI / 100) / ln 3, "
    "H = 1 − p / p₀, M = 1 + 0.1 · trend z within 0.8–1.2",
    "sketch": "S = {h : h < T}, T = max(F, h₍k+1₎)",
    "overlap": "n ≈ s / T",
    "error": "√((1/T − 1) / n)",
    "smallest": "(1/T − 1) / 0.2²",
    "interval": "low = s + NB⁻¹(2.5%; s, T), high = s + NB⁻¹(97.5%; s + 1, T)",
    "intensity": "events ≥ m",
    "expected_users": "E = A · B / N",
    "excess_users": "n − E",
    "overlap_users": "n ≈ s / T",
    "fair_share_index": "100 · p / p₀",
    "gap_users": "n · max(0, p₀ − p)",
    "share_of_anchor": "n / A",
    "share_of_audience": "n / B",
    "share_of_category": "n / A",
    "share_of_interest": "n / B",
    "relative_error": "√((1/T − 1) / n)",
    "smallest_overlap": "(1/T − 1) / 0.2²",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A term or a column: a row of GLOSSARY_TABLE."""

    group: str
    key: str
    title_en: str
    title_zh: str
    meaning_en: str
    meaning_zh: str
    formula: str | None

    def in_language(self, language: str) -> tuple[str, str, str]:
        """Return the name in the language, the name in the other one, and the meaning."""
        if language == "zh":
            return self.title_zh, self.title_en, self.meaning_zh
        return self.title_en, self.title_zh, self.meaning_en

    @property
    def names(self) -> frozenset[str]:
        """All that the entry is called, in lower case."""
        return frozenset(name.lower() for name in (self.key, self.title_en, self.title_zh))

    @property
    def words(self) -> str:
        """All that is said of the entry, in lower case."""
        return " ".join(value for value in asdict(self).values() if value).lower()


@cache
def entries() -> tuple[Entry, ...]:
    """Return the terms in the order one needs them, then the columns by name."""
    terms = [
        Entry(_TERM, term, *_both(f"data_term_{term}"), *_both(f"data_term_{term}_about"),
              FORMULAS.get(term))
        for term in TERMS
    ]  # fmt: skip
    columns = [
        Entry(_COLUMN, name, *column.title, *column.meaning,
              FORMULAS.get(name))
        for name, column in sorted(COLUMNS.items(), key=_by_name)
    ]  # fmt: skip
    return (*terms, *columns)


def matching(every: Iterable[Entry], wanted: str) -> list[Entry]:
    """Return the entries that have all words of a text, those called so first."""
    words = wanted.lower().split()
    found = [entry for entry in every if all(word in entry.words for word in words)]
    whole = wanted.lower().strip()
    return sorted(
        found, key=lambda e: (whole not in e.names, not any(whole in name for name in e.names))
    )


def glossary(view: View) -> None:
    """Show the entries that are searched for, or all."""
    language, every = view.language, entries()
    wanted = view.asked.get("term", "")
    found = matching(every, wanted) if wanted else list(every)
    _answer(found, wanted, view)
    key = "data_glossary_find"
    st.session_state[key] = wanted
    st.text_input(
        text("data_glossary_find", language), key=key, type="search", live=True, width=420,
        placeholder=text("data_glossary_hint", language),
        on_change=lambda: session.ask(term=st.session_state[key].strip()),
    )  # fmt: skip
    terms, columns = ([e for e in found if e.group == group] for group in (_TERM, _COLUMN))
    _group(_TERM, terms, view)
    if wanted:
        _group(_COLUMN, columns, view)
    else:
        with st.expander(text("data_glossary_columns", language, n=f"{len(columns):,}")):
            _group(_COLUMN, columns, view)


def _answer(found: Sequence[Entry], wanted: str, view: View) -> None:
    language, every = view.language, entries()
    if not found:
        sections.answer(
            text("data_glossary_none", language, wanted=wanted),
            [text("data_glossary_none_cure", language)],
            view,
        )
        return
    headline = text("data_glossary", language, n=f"{len(every):,}")
    said = [text("data_glossary_say", language)]
    if wanted:
        name, other, meaning = found[0].in_language(language)
        headline = text("data_glossary_one", language, name=name, other=other)
        count = {"n": f"{len(found):,}", "all": f"{len(every):,}"}
        said = [meaning, text("data_glossary_found", language, wanted=wanted, **count)]
    sections.answer(headline, said, view)


def _group(group: str, found: Sequence[Entry], view: View) -> None:
    if not found:
        return
    key = f"data_glossary_{group}s"
    frame = pl.DataFrame([asdict(entry) for entry in found], schema=GLOSSARY_TABLE)
    sections.head(
        text(key, view.language, n=f"{len(found):,}"), view, key=key, frame=frame,
        file=f"glossary-{group}s",
    )  # fmt: skip
    cells = "".join(_entry(entry, view.language) for entry in found)
    block(f'<dl class="ov-words">{cells}</dl>')


def _entry(entry: Entry, language: str) -> str:
    title, other, meaning = entry.in_language(language)
    code = ""
    if entry.group == _COLUMN:
        table, _, column = entry.key.rpartition(".")
        code = f"<span><code>{safe(column)}</code>"
        code += f" {safe(text('data_glossary_table', language, table=table))}" if table else ""
        code += "</span>"
    formula = f'<br><span class="formula">{safe(entry.formula)}</span>' if entry.formula else ""
    return (
        f"<div><dt><b>{safe(title)}</b><span>{safe(other)}</span>{code}</dt>"
        f"<dd>{safe(meaning)}{formula}</dd></div>"
    )


def _both(key: str) -> tuple[str, str]:
    return text(key, "en"), text(key, "zh")


def _by_name(item: tuple[str, object]) -> tuple[str, str]:
    table, _, name = item[0].rpartition(".")
    return name, table
