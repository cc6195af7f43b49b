"""Builds a store in a process of its own, told by one line on stdin, telling by lines on stdout."""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from overlap import building
from overlap.model import OverlapError, Policy, TagColumn
from overlap.sketching import Forecast


def main() -> None:
    """Build what the first line of stdin asks for; end at once when stdin does.

    Each line of stdout is a JSON object with one key: `step`, `expect`, and at the end `done`,
    `error` (a mistake with its cure) or `crash` (a traceback for the log).
    """
    asked = json.loads(sys.stdin.readline())
    # A server that is gone needs no store, and nobody else would end this process then.
    threading.Thread(target=_end_with_server, daemon=True).start()
    try:
        report = building.build(
            asked["sources"], Path(asked["target"]), _options(asked), _step, _expect
        )
    except OverlapError as error:
        _tell("error", {"what": error.what, "where": error.where, "cure": error.cure})
    except (Exception, MemoryError):
        _tell("crash", traceback.format_exc())
    else:
        _tell("done", asdict(report))


def _options(asked: Mapping[str, Any]) -> building.BuildOptions:
    return building.BuildOptions(
        user=asked["user"],
        tags=tuple(TagColumn(*tag) for tag in asked["tags"]),
        time=asked["time"],
        text=asked["text"],
        action=asked["action"],
        period=asked["period"],
        rejects=Path(asked["rejects"]),
        policy=Policy(*asked["policy"]),
        terms=asked["terms"],
    )


def _end_with_server() -> None:
    sys.stdin.read()
    os._exit(1)


def _step(step: str) -> None:
    _tell("step", step)


def _expect(forecast: Forecast) -> None:
    _tell("expect", asdict(forecast))


def _tell(key: str, value: object) -> None:
    sys.stdout.write(json.dumps({key: value}, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
