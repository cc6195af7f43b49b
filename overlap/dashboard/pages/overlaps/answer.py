"""The first thing on the page: what two audiences have to do with each other, in sentences."""

from __future__ import annotations

from overlap.dashboard import data
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.overlaps.words import names_of, users
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.insights.matrix import Pair


def show(
    opened: data.Opened, view: View, chosen: tuple[str, str] | None, told: Pair | None
) -> None:
    """Show the answer about a pair; `told` is None where the two are one, or there are none."""
    said: list[str] = []
    if chosen is None:
        headline = text("overlaps_choose", view.language)
    elif told is None:
        headline = text("overlaps_same", view.language, a=names_of(chosen)[0])
    else:
        headline, said = headline_of(told, view), sentences(told, view)
        said.append(_precision(opened, told, view.language))
    write(headline, said, view.language)


def write(headline: str, said: list[str], language: str) -> None:
    """Show a headline and sentences, the last of them quietly."""
    space = "" if language == "zh" else " "
    quiet = f'<span class="quiet">{safe(said[-1])}</span>' if said else ""
    lines = space.join([*(safe(sentence) for sentence in said[:-1]), quiet])
    block(
        f'<section class="ov-answer" lang="{language}" aria-live="polite">'
        f"<h1>{safe(headline)}</h1><p>{lines}</p></section>"
    )


def headline_of(told: Pair, view: View) -> str:
    """Return the finding about a pair, in both directions."""
    a, b = names_of([told.first, told.second])
    language = view.language
    if told.suppressed is not None:
        return text("overlaps_too_few", language, a=a, b=b, floor=_floor(told.suppressed))
    if told.overlap is None or told.overlap.value == 0:
        return text("overlaps_none", language, a=a, b=b)
    shares = {
        "a": a,
        "b": b,
        "of_a": _percent(told.share_of_first),
        "of_b": _percent(told.share_of_second),
    }
    if told.tgi is None or told.direction == "as expected":
        return text("overlaps_even", language, **shares)
    if told.direction == "under":
        return text("overlaps_under", language, **shares, tgi=wording.index(told.tgi.value))
    return text("overlaps_over", language, **shares, times=wording.times(told.tgi.value / 100))


def sentences(told: Pair, view: View) -> list[str]:
    """Return the sentences under the headline of a pair."""
    language = view.language
    if told.suppressed is not None:
        return [text("overlaps_too_few_cure", language)]
    said = []
    if told.overlap is not None and told.expected is not None and told.tgi is not None:
        expected = wording.users(told.expected.value, language)
        said.append(
            text("overlaps_say_both", language, users=users(told.overlap, language),
                 expected=expected, tgi=wording.index(told.tgi.value))
        )  # fmt: skip
    said += _brand(told, view)
    if told.baseline != "universe:all":
        said.append(text("overlaps_say_inside", language, baseline=names_of([told.baseline])[0]))
    return said


def _brand(told: Pair, view: View) -> list[str]:
    brand, language = told.brand, view.language
    if told.brand_suppressed is not None:
        floor = _floor(told.brand_suppressed)
        return [text("overlaps_brand_hidden", language, brand=view.brand or "", floor=floor)]
    if brand is None:
        return []
    values = {
        "brand": brand.name,
        "p": wording.percent(brand.penetration.value),
        "unreached": users(brand.unreached, language),
    }
    if brand.category is None or brand.category_penetration is None or brand.gap is None:
        return [text("overlaps_say_brand", language, **values)]
    values |= {
        "category": names_of([brand.category])[0],
        "p0": wording.percent(brand.category_penetration.value),
        "gap": users(brand.gap, language),
    }
    behind = brand.known and brand.gap.value > 0
    if behind:
        return [text("overlaps_say_gap", language, **values), text("say_noise", language)]
    said = [text("overlaps_say_no_gap", language, **values)]
    return said if brand.known else [*said, text("overlaps_say_unclear", language)]


def _precision(opened: data.Opened, told: Pair, language: str) -> str:
    if told.suppressed is not None:
        return ""
    if told.overlap is None or (told.overlap.exact and (told.tgi is None or told.tgi.exact)):
        return text("say_exact", language)
    return text("say_sampled", language, rate=wording.rate(opened.panel.floor_rate))


def _percent(share: object) -> str:
    return wording.percent(getattr(share, "value", None))


def _floor(suppressed: str) -> str:
    return "".join(c for c in suppressed if c.isdigit())
