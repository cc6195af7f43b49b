"""A text to take along: shown as it is, copied by a button.

Streamlit's own block for code loads a highlighter of hundreds of languages, which takes a browser
half a second; ours is copied by the page's own program.
"""

from __future__ import annotations

from overlap.dashboard.look import block, safe
from overlap.dashboard.texts import text


def copyable(said: str, language: str, label: str = "") -> None:
    """Show a text with a button that copies it, under what it is where that is given."""
    head = f'<p class="ov-sub">{safe(label)}</p>' if label else ""
    copy, done = (safe(text(key, language)) for key in ("copy", "copied"))
    block(
        f'{head}<div class="ov-copyable"><code>{safe(said)}</code>'
        f'<button type="button" class="ov-copy" data-done="{done}">{copy}</button></div>'
    )
