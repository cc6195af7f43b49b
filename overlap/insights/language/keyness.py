"""How far a side prefers a term: log-odds of users with an informative prior, and chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.insights.language.exact import tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

PRIOR_USERS = 100.0
"""Users the prior is worth, on either side: they speak as both sides together do."""

_LEAST = 1e-300
_NOTHING = 1e-9
_FEW_VALUES = 600
_MATTERS = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class LogOdds:
    """Differences of log-odds and their standard errors, float64[terms]; z is their ratio."""

    value: Floats
    error: Floats

    @property
    def z(self) -> Floats:
        """How many standard errors from no difference."""
        return self.value / self.error


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """What chance gives of users with two traits: its mean, standard deviation, and a p-value."""

    expected: Floats
    deviation: Floats
    p: Floats


def log_odds(users: Floats, speakers: Floats) -> LogOdds:
    """Return how much more a segment's users have a term than the rest's who say as much.

    Takes kept users float64[terms, 2, strata] and speakers float64[2, strata], the segment first.
    The rest's users are weighted so that as many of them as of the segment's are in each stratum,
    and count as the n²/Σw² users (Kish 1965) that such a sample is worth. Then, with y of n users
    of a side having the term and the prior α = α₀p, β = α₀(1 − p), p the share among both sides
    and α₀ = PRIOR_USERS:

        log-odds = ln((y + α) / (n − y + β)), segment less rest
        variance = Σ over both sides of 1/(y + α) + 1/(n − y + β)

    Monroe, Colaresi and Quinn 2008 ("Fightin' Words", Political Analysis 16) for users instead of
    words: a user has a term or not, so their Dirichlet prior is a beta prior, and the second part
    of the variance, which they can neglect, stays.
    """
    ours, rest = users.sum(axis=2).T
    n, m = speakers.sum(axis=1)
    weight = _weights(speakers)
    worth = m**2 / (speakers[1] * weight**2).sum() / m
    rest = (users[:, 1] * weight).sum(axis=1) * worth
    m = m * worth
    p = (ours + rest + 0.5) / (n + m + 1)
    value, variance = np.zeros_like(p), np.zeros_like(p)
    for y, whole, sign in ((ours, n, 1), (rest, m, -1)):
        have = y + PRIOR_USERS * p
        lack = np.maximum(whole - y, 0.0) + PRIOR_USERS * (1 - p)
        value += sign * np.log(have / lack)
        variance += 1 / have + 1 / lack
    return LogOdds(value, np.sqrt(variance))


def expected(users: Floats, speakers: Floats) -> Floats:
    """Return the segment's users who would have a term if they spoke as the rest, float64[terms].

    In kept users: the rest's share in each stratum, of the segment's speakers there.
    """
    out: Floats = (users[:, 1] * _weights(speakers)).sum(axis=1) * (
        speakers[0].sum() / speakers[1].sum()
    )
    return out


def together(both: Floats, having: Floats, part: Floats, whole: Floats) -> Together:
    """Return what chance would give of users with two traits, stratum by stratum, and its p-value.

    In each stratum `having` of `whole` users have the one trait and `part` the other; `both`
    float64[cells], summed over strata, have both; the others are float64[..., strata]. Under the
    null a stratum's overlap is hypergeometric given its margins, at any rate, since users are kept
    by their hashes alone; so one test covers sketch error and sampling noise (Mantel and Haenszel
    1959, J. Natl. Cancer Inst. 22). The smaller tail of their sum is doubled. It is exact where it
    matters, below a p of about 0.5, and the sum has at most 600 possible values; elsewhere it is
    that of the binomial with the same mean and variance, since the sum is one of independent
    yes-or-no variables (Vatutin and Mikhailov 1982, Theory Probab. Appl. 27), for the cell of the
    2 × 2 table that expects the fewest users. NaN where nothing can vary.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(whole > 0, having * part / whole, 0.0)
        spread = np.where(
            whole > 1, mean * (whole - part) * (whole - having) / (whole * (whole - 1)), 0.0
        )
    mu, v = mean.sum(axis=-1), spread.sum(axis=-1)
    h, a, n = (np.broadcast_to(x.sum(axis=-1), mu.shape) for x in (having, part, whole))
    means = np.stack([mu, h - mu, a - mu, n - h - a + mu])
    counts = np.stack([both, h - both, a - both, n - h - a + both])
    rarest = np.argmin(means, axis=0)[None]
    m = np.take_along_axis(means, rarest, 0)[0]
    s = np.take_along_axis(counts, rarest, 0)[0]
    open_ = v > _NOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(1 - v / m, _NOTHING, 1 - _NOTHING)
        trials = m / share
        more, fewer = (np.maximum(trials - s + x, _NOTHING) for x in (1, 0))
        above = np.where(s > 0, special.betainc(np.maximum(s, _NOTHING), more, share), 1.0)
        below = np.where(s < trials, special.betaincc(s + 1, fewer, share), 1.0)
    tail = np.minimum(above, below)
    _make_exact(tail, open_ & (tail < _MATTERS), (both, having, part, whole))
    p = np.where(open_, np.clip(2 * tail, _LEAST, 1.0), np.nan)
    return Together(mu, np.sqrt(v), p)


def _make_exact(tail: Floats, wanted: Flags, counts: tuple[Floats, Floats, Floats, Floats]) -> None:
    """Replace wanted tails by exact ones, where counts are whole and possible sums are few."""
    both, having, part, whole = counts
    b, a, n = (np.broadcast_to(x, (len(tail), whole.shape[-1])) for x in (having, part, whole))
    values = (np.minimum(a, b) - np.maximum(a + b - n, 0)).sum(axis=1)
    exact = (b == np.rint(b)).all(axis=1) & (a == np.rint(a)).all(axis=1)
    at = np.flatnonzero(wanted & exact & (values <= _FEW_VALUES))
    if len(at):
        found = np.empty((len(at), 2))
        tails(both[at], b[at], a[at], n[at], found)
        tail[at] = found.min(axis=1)


def _weights(speakers: Floats) -> Floats:
    """Return the weight of the rest's users in each stratum; their mean is 1."""
    shares = speakers / speakers.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Floats = np.where(shares[1] > 0, shares[0] / shares[1], 0.0)
    return out
