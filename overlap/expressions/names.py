"""Give bare names their kind, and help where a name is not known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

from overlap.expressions.place import point
from overlap.expressions.tree import And, Audience, Expression, Minus, Or, fold, leaves, pieces
from overlap.model import UsageError, nearest

_MANY = 20_000
_LIST = "`overlap list STORE` shows every audience"


def resolve(expr: Expression, known: Mapping[str, Collection[str]]) -> Expression:
    """Return the expression with every audience's kind filled in and every name checked.

    `known` maps each kind to its names (sets or dicts are used as they are). A bare name gets its
    kind when exactly one kind has it. Raises UsageError, pointing at the place, for an unknown
    kind or name (with the nearest ones) and for a bare name that several kinds have.
    """
    names = {
        kind: found if isinstance(found, (Set, Mapping)) else frozenset(found)
        for kind, found in known.items()
    }
    settled: dict[Audience, Expression] = {}
    for leaf in leaves(expr):
        kinds = list(names) if leaf.kind is None else [leaf.kind]
        having = [kind for kind in kinds if leaf.name in names.get(kind, ())]
        if not having:
            raise _unknown(expr, leaf, names)
        if len(having) > 1:
            choices = [str(Audience(kind, leaf.name, leaf.at_least)) for kind in sorted(having)]
            raise UsageError(
                f"the name {leaf.name!r} is that of {len(choices)} audiences",
                where=_place(expr, leaf),
                cure=f"say which: {' or '.join(choices)}",
            )
        settled[leaf] = Audience(having[0], leaf.name, leaf.at_least)
    return fold(
        expr,
        settled.__getitem__,
        lambda parts: And(tuple(parts)),
        lambda parts: Or(tuple(parts)),
        Minus,
    )


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
