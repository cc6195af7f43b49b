"""Builds that are under way: one for a draft at most, found again by its token.

A build is a process of its own, so that it can be ended at any moment, cannot take the server down
with it, and leaves the server's processor time and memory to the visitors.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import overlap
from overlap.dashboard import stores
from overlap.dashboard.uploads import checking, drafts
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import DataError, OverlapError, UsageError

_LOG = logging.getLogger(__name__)

MOST = 2
"""Builds that run at once; each has room for the whole budget in memory."""


@dataclass(slots=True, eq=False)
class Build:
    """A build as it goes on; `error` and `number` (of a log's entry) say why it did not end well.

    `state` is running, then done, failed or cancelled. `expect` is the forecast's fields.
    """

    draft: Draft
    process: subprocess.Popen[str]
    state: str = "running"
    step: str = ""
    expect: Mapping[str, Any] | None = None
    error: OverlapError | None = None
    number: str = ""
    started: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.started


_BUILDS: dict[str, Build] = {}
_LOCK = threading.Lock()


def find(token: str) -> Build | None:
    """Return the build of a draft, under way or over; None where there was none."""
    return _BUILDS.get(token)


def start(draft: Draft) -> Build:
    """Begin the build of a draft, or return the one that is under way.

    Raises UsageError where something is still to be mended, too many builds are under way or the
    name is being given to another, DataError where the process cannot be started.
    """
    with _LOCK:
        known = _BUILDS.get(draft.token)
        if known is not None and known.state == "running":
            return known
        _check(draft)
        _sweep(draft)
        build = Build(draft, _process())
        _BUILDS[draft.token] = build
    assert build.process.stdin is not None
    try:
        build.process.stdin.write(json.dumps(_request(draft)) + "\n")
        build.process.stdin.flush()
    except OSError:
        _LOG.warning("the build of %s ended as it began", draft.token)
    threading.Thread(target=_follow, args=(build,), daemon=True).start()
    return build


def cancel(token: str) -> None:
    """End a build that is under way and remove what it has written."""
    build = _BUILDS.get(token)
    if build is None:
        return
    with _LOCK:
        if build.state == "running":
            build.state = "cancelled"
            build.process.kill()
    build.ended.wait(10)


def forget(token: str) -> None:
    """Forget a build that is over."""
    with _LOCK:
        build = _BUILDS.get(token)
        if build is not None and build.state != "running":
            del _BUILDS[token]


def _check(draft: Draft) -> None:
    found = checking.problems(draft)
    if found:
        raise UsageError(f"this cannot be built: {found[0].key}", where=draft.name)
    running = [build for build in _BUILDS.values() if build.state == "running"]
    if any(build.draft.name.casefold() == draft.name.casefold() for build in running):
        raise UsageError(
            f"a store {draft.name!r} is being built by somebody else",
            cure="choose another name",
        )
    if len(running) >= MOST:
        raise UsageError(
            f"{len(running)} stores are being built already",
            cure="wait until one of them is ready, then try again",
        )


def _process() -> subprocess.Popen[str]:
    home = str(Path(overlap.__file__).parents[1])
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "overlap.dashboard.uploads.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        )
    except OSError as error:
        raise DataError(
            f"the build cannot be started: {error.strerror}", cure="try again later"
        ) from error


def _request(draft: Draft) -> dict[str, Any]:
    roles = checking.roles(draft)
    assert roles is not None
    return {
        "sources": draft.sources,
        "target": str(draft.hidden_store),
        "rejects": str(draft.rejected),
        "user": roles.user,
        "tags": draft.tags(),
        "time": roles.time,
        "text": roles.text,
        "action": roles.action,
        "period": draft.period,
        "policy": (draft.display_floor, draft.export_floor),
        "terms": draft.terms and roles.text is not None,
    }


def _follow(build: Build) -> None:
    """Listen to a build until it ends, then give the store its name or tidy up."""
    end: dict[str, Any] = {}
    assert build.process.stdout is not None
    try:
        for line in build.process.stdout:
            said = json.loads(line)
            if "step" in said:
                build.step = said["step"]
            elif "expect" in said:
                build.expect = said["expect"]
            else:
                end = said
    except ValueError:
        _LOG.warning("the build of %s was cut short", build.draft.token)
    code = build.process.wait()
    for stream in (build.process.stdin, build.process.stdout):
        if stream is not None:
            stream.close()
    try:
        with _LOCK:
            _finish(build, end, code)
    except Exception:
        # Nobody else would ever hear that this build is over.
        build.number = secrets.token_hex(4)
        build.state = "failed"
        _LOG.exception("error %s after building %s", build.number, build.draft.token)
    build.ended.set()


def _finish(build: Build, end: Mapping[str, Any], code: int) -> None:
    draft = build.draft
    if build.state == "cancelled":
        _sweep(draft)
        return
    if "done" in end:
        try:
            _publish(draft)
            drafts.keep_result(
                draft, {**end["done"], "store": draft.name, "seconds": build.seconds}
            )
            build.state = "done"
            return
        except OSError as error:
            build.error = DataError(
                f"the store cannot be put in its place: {error.strerror}",
                where=str(stores.folder() / draft.name),
                cure="choose another name, or check the folder and its permissions",
            )
    elif "error" in end:
        build.error = drafts.readable(DataError(**end["error"]), draft)
    elif "crash" in end:
        build.number = secrets.token_hex(4)
        _LOG.error("error %s while building %s:\n%s", build.number, draft.token, end["crash"])
    else:
        build.error = DataError(
            f"the build was ended from outside (code {code})",
            cure="the machine may have run out of memory: free some, or build a smaller file",
        )
    # Before the state is told, so that whoever sees it finds everything tidy.
    rejected = draft.rejected.exists()
    shutil.rmtree(draft.hidden_store, ignore_errors=True)
    if not rejected:
        _sweep(draft)
    build.state = "failed"


def _publish(draft: Draft) -> None:
    """Give a store that is whole its name, unless another came first."""
    target = stores.folder() / draft.name
    if target.exists():
        raise FileExistsError(0, "there is a store of this name by now")
    draft.hidden_store.rename(target)


def _sweep(draft: Draft) -> None:
    """Remove whatever an earlier build of a draft has left."""
    shutil.rmtree(draft.hidden_store, ignore_errors=True)
    for file in (draft.rejected, draft.folder / ".result.json"):
        file.unlink(missing_ok=True)
