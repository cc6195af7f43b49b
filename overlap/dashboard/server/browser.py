"""What the page does in the browser by itself, where the app leaves it undone."""

from __future__ import annotations

PROGRAM = """
(() => {
  const root = document.documentElement;
  const name = () => {
    const asked = new URLSearchParams(location.search).get("lang");
    root.lang = asked === "zh" ? "zh-CN" : "en";
  };
  const {pushState, replaceState} = history;
  const change = how => function (...given) {
    const to = new URL(given[2] ?? location.href, location.href);
    // A page chosen in the menu may get its path first and its parameters later: one step back.
    const filled = !location.search && to.search && to.pathname === location.pathname;
    (filled ? replaceState : how).apply(this, given);
    name();
  };
  history.pushState = change(pushState);
  history.replaceState = change(replaceState);
  addEventListener("popstate", name);
  name();

  addEventListener("beforeprint", () => {
    for (const drawn of document.querySelectorAll(".stPlotlyChart .svg-container > .main-svg")) {
      const [wide, high] = ["width", "height"].map(side => drawn.getAttribute(side));
      drawn.setAttribute("viewBox", `0 0 ${wide} ${high}`);
      drawn.style.setProperty("--ov-wide", `${wide}px`);
    }
  });
  addEventListener("afterprint", () => {
    for (const drawn of document.querySelectorAll(".main-svg[viewBox]")) {
      drawn.removeAttribute("viewBox");
    }
  });

  addEventListener("click", pressed => {
    const button = pressed.target.closest?.(".ov-copy");
    const shown = button?.parentElement.querySelector("code");
    if (!shown) return;
    const done = () => {
      const said = button.textContent;
      if (said === button.dataset.done) return;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = said; }, 1500);
    };
    const select = () => {
      getSelection().selectAllChildren(shown);
      if (document.execCommand("copy")) done();
    };
    // Only pages from this machine or over an encrypted connection may write to the clipboard.
    if (navigator.clipboard) navigator.clipboard.writeText(shown.textContent).then(done, select);
    else select();
  });

  let side = 0;
  let waiting = null;
  const later = (grid, keys) => setTimeout(() => {
    const [key, ...rest] = keys;
    if (key) {
      grid.dispatchEvent(new KeyboardEvent("keydown", {bubbles: true, cancelable: true, ...key}));
      later(grid, rest.concat(waiting.splice(0)));
    } else waiting = null;
  }, 60);
  addEventListener("keydown", pressed => {
    const grid = pressed.isTrusted && pressed.target.closest?.("[data-testid=data-grid-canvas]");
    if (!grid || !/^(Arrow(Up|Down)| )$/.test(pressed.key)) return;
    const {key, code, keyCode} = pressed;
    const given = {key, code, keyCode, shiftKey: key === " " || pressed.shiftKey};
    if (waiting) waiting.push(given);
    else if (key === " ") {
      if (pressed.shiftKey) return;
      waiting = [];
      later(grid, [given]);
    } else {
      if (grid.querySelector("[role=gridcell][aria-selected=true]")) return;
      const row = grid.querySelector("tr[aria-selected=true]") ?? grid.querySelector("tbody tr");
      const cells = row?.querySelectorAll("[role=gridcell]") ?? [];
      if (!cells.length) return;
      // The cell that was entered last is not entered again: another one of the row is.
      side = (side + 1) % Math.min(2, cells.length);
      waiting = [];
      const first = row.ariaSelected === "true" ? [given] : [];
      setTimeout(() => { cells[side].focus({preventScroll: true}); later(grid, first); }, 200);
    }
    pressed.preventDefault();
    pressed.stopImmediatePropagation();
  }, true);

  addEventListener("DOMContentLoaded", () => {
    const told = document.createElement("div");
    told.className = "ov-told";
    told.setAttribute("role", "status");
    told.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;"
      + "clip-path:inset(50%);white-space:nowrap";
    document.body.append(told);
    let waiting = 0;
    const tell = () => {
      waiting = 0;
      const answer = document.querySelector(".ov-answer h1, .ov-empty h1");
      const said = answer ? answer.textContent : "";
      if (said && said !== told.textContent) told.textContent = said;
    };
    new MutationObserver(() => { waiting ||= setTimeout(tell, 700); })
      .observe(document.getElementById("root"), {childList: true, subtree: true});
  });
})();
"""
"""Does what the app leaves undone for a visitor.

It says the document's language, which the app always has as English, and keeps a page to one step
of the history. It fits charts to paper, which would keep the width of the screen, and copies texts.
It lets keys choose rows: a table with a chosen row gives the arrow keys nowhere to start from, and
wants shift with space. It tells screen readers of a new answer, of which they hear only where what
holds it was there before.
"""
