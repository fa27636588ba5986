"""Runs scenarios in processes of their own and kills them at the line that is asked.

Started as a program it reads one JSON command a line and answers each with one line.
Django is loaded once; every command runs in a fork with a database of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Tracer = Callable[[FrameType, str, Any], Any]


def main(folder: Path) -> None:
    """Serve commands until the input ends."""
    import django

    django.setup()
    template = folder / "template.sqlite3"
    _use(template)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    connection.close()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        database = Path(command["database"])
        if not database.exists():
            shutil.copy(template, database)
        print(json.dumps(_forked(command, database)), flush=True)


def _use(database: Path) -> None:
    from django.db import connection

    connection.settings_dict["NAME"] = str(database)


def _forked(command: dict[str, Any], database: Path) -> dict[str, Any]:
    """What a fork that runs the command answers, or how it died."""
    answer = database.with_suffix(".json")
    answer.unlink(missing_ok=True)
    log = database.with_suffix(".log")
    pid = os.fork()
    if not pid:
        status = 1
        with log.open("a") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            try:
                _use(database)
                found = _do(command)
                answer.write_text(json.dumps(found, default=str))
                status = 0
            except BaseException:
                traceback.print_exc()
                file.flush()
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        return {"killed": os.WTERMSIG(ended) == signal.SIGKILL}
    if os.WEXITSTATUS(ended):
        return {"failed": log.read_text()[-4000:]}
    return {"killed": False, "answer": json.loads(answer.read_text())}


def _do(command: dict[str, Any]) -> Any:
    from tests.crashes import state
    from tests.crashes.scenarios import SCENARIOS
    from tests.jobs.merchant import Merchant

    merchant = Merchant(command["url"])
    if command["do"] == "look":
        return state.look(merchant)
    lines: set[tuple[str, int]] = set()
    if command["do"] == "record":
        sys.settrace(_recorder(set(command["paths"]), lines))
    elif command["do"] == "crash":
        sys.settrace(_killer(**command["at"]))
    SCENARIOS[command["scenario"]](merchant)
    sys.settrace(None)
    return sorted(lines)


def _recorder(paths: set[str], lines: set[tuple[str, int]]) -> Tracer:
    """Note every line of these files that is reached."""
    files = {str(ROOT / path): path for path in paths}

    def inside(frame: FrameType, event: str, given: Any) -> Tracer:
        if event == "line":
            lines.add((files[frame.f_code.co_filename], frame.f_lineno))
        return inside

    def outside(frame: FrameType, event: str, given: Any) -> Tracer | None:
        return inside if frame.f_code.co_filename in files else None

    return outside


def _killer(path: str, first: int, last: int, after: bool) -> Tracer:
    """Die when a statement is reached, or once it has been executed."""
    file = str(ROOT / path)
    armed: list[FrameType] = []

    def inside(frame: FrameType, event: str, given: Any) -> Tracer:
        within = event == "line" and first <= frame.f_lineno <= last
        if armed and armed[0] is frame and not within:
            os.kill(os.getpid(), signal.SIGKILL)
        if within and not armed:
            armed.append(frame)
            if not after:
                os.kill(os.getpid(), signal.SIGKILL)
        return inside

    def outside(frame: FrameType, event: str, given: Any) -> Tracer | None:
        return inside if frame.f_code.co_filename == file else None

    return outside


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]))
