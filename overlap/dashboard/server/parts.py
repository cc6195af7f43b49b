"""The parts of the app's own program that every page of ours needs, found by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from streamlit import file_util

ANSWER = (
    "Html", "purify.es", "Selectbox", "ButtonGroup", "Button", "DownloadButton", "PageLink",
    "Autocomplete", "useMenuTrigger", "Input", "useCollator", "useLoadMoreSentinel",
    "useSyncComboBoxEnterTargetFocus", "useFormValidation", "useTextField", "useFormReset",
    "useField", "useFilter", "styled-components", "ErrorOutline.esm", "WidgetLabel",
    "WidgetLabelHelpIcon", "WidgetLabelHelpIconInline", "Cancel.esm", "useBasicWidgetState",
    "requiredField", "withFullScreenWrapper", "createDownloadLinkElement", "printWidthCap",
    "resolveDefaultExport", "_baseMap", "sortBy",
)  # fmt: skip
"""What the frame and the answer are shown by."""
EVIDENCE = ("arrowFormatUtils", "DataFrame", "serialization", "recordbatch")
"""What tables and charts are shown by: large, and not to come before the answer."""


@cache
def preloads() -> str:
    """Return links for the head of the page; a part that this version does not have is left out."""
    known = {}
    for file in (Path(file_util.get_static_dir()) / "static" / "js").glob("*.js"):
        known[re.sub(r"\.[^.]+\.js$", "", file.name)] = file.name
    links = [
        f'<link rel="modulepreload" href="./static/js/{known[part]}"{priority}>'
        for parts, priority in ((ANSWER, ""), (EVIDENCE, ' fetchpriority="low"'))
        for part in parts
        if part in known
    ]
    return "".join(links)
