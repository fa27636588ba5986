"""Checks `manage.py sandbox` as a process: what it prints and how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from integration.sandbox.discovery import find_platforms

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_addresses_serves_and_ends_when_told(ending: signal.Signals) -> None:
    command = [sys.executable, "-u", "manage.py", "sandbox", "--port", "0"]
    with subprocess.Popen(
        [*command, "--window-scale", "60"],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[2]
        assert process.stdout.readline().startswith("Rate-limit windows are 60 times")
        listed = requests.get(f"{url}/_control/", timeout=60).json()
        process.send_signal(ending)
        printed = process.stdout.read()
        assert process.wait(timeout=60) == 0
    assert set(listed) == {platform.key for platform in find_platforms()}
    assert f"crystal: {url}/crystal" in printed
    for name, value in listed["crystal"]["credentials"].items():
        assert f"  {name}: {value}" in printed


def test_every_connector_that_brings_a_sandbox_is_found() -> None:
    found = sorted((ROOT / "connectors").glob("*/sandbox/__init__.py"))
    keys = [platform.key for platform in find_platforms()]
    assert keys == [path.parent.parent.name for path in found]
