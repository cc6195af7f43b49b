"""Give bare names their kind, and help where a name is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass

from overlap.expressions.place import point
from overlap.expressions.tree import And, Audience, Expression, Minus, Or, fold, leaves, pieces
from overlap.model import TERM_KIND, UsageError, nearest

_MANY = 20_000
_MOST = 6
"""More audiences than this are not named in one message."""
_LIST = "`overlap list STORE` shows every audience"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A bare name that may be several audiences: the one that is `taken`, and the others."""

    name: str
    taken: Audience
    others: tuple[Audience, ...]


def resolve(
    expr: Expression,
    known: Mapping[str, Collection[str]],
    told: Callable[[Audience], str] = str,
) -> Expression:
    """Return the expression with every audience's kind filled in and every name checked.

    `known` maps each kind to its names (sets or dicts are used as they are). A bare name is the
    one of its `candidates` that is no term; `doubts` says where there were others. Raises
    UsageError, pointing at the place, for an unknown kind or name (with the nearest ones) and for
    a bare name that several of them have; `told` writes an audience in that message.
    """
    names = _quick(known)
    settled: dict[Audience, Expression] = {}
    for leaf in leaves(expr):
        found = candidates(leaf, names)
        if not found:
            raise _unknown(expr, leaf, names)
        taken = _taken(found)
        if taken is None:
            more = f" or {len(found) - _MOST} more" if len(found) > _MOST else ""
            raise UsageError(
                f"the name {leaf.name!r} is that of {len(found)} audiences",
                where=_place(expr, leaf),
                cure=f"say which: {' or '.join(map(told, found[:_MOST]))}{more}",
            )
        settled[leaf] = taken
    return fold(
        expr,
        settled.__getitem__,
        lambda parts: And(tuple(parts)),
        lambda parts: Or(tuple(parts)),
        Minus,
    )


def candidates(leaf: Audience, known: Mapping[str, Collection[str]]) -> tuple[Audience, ...]:
    """Return the audiences that an audience of an expression may stand for, terms last.

    With its kind it is one at the most. A bare name that only a term has may as well be meant for
    a tag of which it is a word: who writes `gaming` need not know of "gaming Games".
    """
    if leaf.kind is not None:
        return (leaf,) if leaf.name in known.get(leaf.kind, ()) else ()
    having = [(kind, leaf.name) for kind in sorted(known) if leaf.name in known[kind]]
    if [kind for kind, _ in having] == [TERM_KIND]:
        word = leaf.name.casefold()
        having += [
            (kind, name)
            for kind in sorted(known)
            if kind != TERM_KIND
            for name in known[kind]
            if word in name.casefold().split()
        ]
    having.sort(key=lambda one: one[0] == TERM_KIND)
    return tuple(Audience(kind, name, leaf.at_least) for kind, name in having)


def doubts(expr: Expression, known: Mapping[str, Collection[str]]) -> list[Doubt]:
    """Return the bare names that `resolve` decides although they may be other audiences as well."""
    names = _quick(known)
    found = []
    for leaf in leaves(expr):
        several = candidates(leaf, names)
        taken = _taken(several)
        if taken is not None and len(several) > 1:
            others = tuple(audience for audience in several if audience != taken)
            found.append(Doubt(leaf.name, taken, others))
    return found


def _taken(found: tuple[Audience, ...]) -> Audience | None:
    """Return the one audience that a name is read as, None where it cannot be told."""
    if len(found) == 1:
        return found[0]
    tags = [audience for audience in found if audience.kind != TERM_KIND]
    return tags[0] if len(tags) == 1 else None


def _quick(known: Mapping[str, Collection[str]]) -> dict[str, Collection[str]]:
    return {
        kind: found if isinstance(found, (Set, Mapping)) else frozenset(found)
        for kind, found in known.items()
    }


def _place(expr: Expression, leaf: Audience) -> str:
    text: list[str] = []
    start = -1
    for piece, audience in pieces(expr):
        if start < 0 and audience == leaf:
            start = sum(map(len, text))
        text.append(piece)
    return point("".join(text), start, start + len(str(leaf)))


def _unknown(expr: Expression, leaf: Audience, names: Mapping[str, Collection[str]]) -> UsageError:
    where = _place(expr, leaf)
    cures: list[str] = []
    whole = _with_operators(expr, leaf, names)
    if whole:
        cures.append(f"for the audience of that whole name write {' or '.join(whole)}")
    if leaf.kind is not None and leaf.kind not in names:
        what = f"there is no kind of audience {leaf.kind!r}"
        near = nearest(leaf.kind, list(names), n=1)
        cures += [f"did you mean the kind {near[0]!r}?"] if near else []
        cures.append("the kinds here are " + ", ".join(sorted(names)[:12]))
    else:
        what = f"there is no audience {str(Audience(leaf.kind, leaf.name))!r}"
        kinds = sorted(names) if leaf.kind is None else [leaf.kind]
        near = _nearest(leaf.name, {name for kind in kinds for name in names[kind]})
        texts = [
            str(Audience(kind, name)) for name in near for kind in kinds if name in names[kind]
        ]
        texts = [text for text in texts if text not in whole]
        if texts:
            cures.append("did you mean " + " or ".join(texts) + "?")
    elsewhere = [kind for kind in sorted(names) if leaf.name in names[kind]]
    if elsewhere:
        texts = [str(Audience(kind, leaf.name)) for kind in elsewhere]
        cures.append("of another kind: " + ", ".join(texts))
    return UsageError(what, where=where, cure="; ".join([*cures, _LIST]))


def _nearest(wanted: str, names: Collection[str]) -> list[str]:
    pool = sorted(names)
    if len(pool) > _MANY:
        # Comparing letter by letter takes minutes over a million names.
        folded = wanted.casefold()
        pool = [
            name for name in pool if name[:1].casefold() == folded[:1] or folded in name.casefold()
        ]
    return nearest(wanted, pool)


def _squeeze(text: str) -> str:
    return "".join(text.split()).casefold()


def _with_operators(
    expr: Expression, leaf: Audience, names: Mapping[str, Collection[str]]
) -> list[str]:
    """Return known audiences whose name the parser must have cut in pieces, as in `city-walk`."""
    raw = "".join(
        piece if audience is None else f"{audience.kind or ''}:{audience.name}".lstrip(":")
        for piece, audience in pieces(expr)
    )
    compact, part = _squeeze(raw), _squeeze(leaf.name)
    found: list[str] = []
    for kind in sorted(names):
        for name in names[kind]:
            squeezed = _squeeze(name)
            if (
                part in squeezed
                and part != squeezed
                and any(sign in squeezed for sign in "&|-:")
                and squeezed in compact
            ):
                found.append(str(Audience(kind, name)))
    return sorted(found, key=len, reverse=True)[:3]
