"""Thousands of calls nobody would think of: no server error, nothing undocumented."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from synclog import reported
from tests.admin.rows import MAKERS, Rows
from tests.api.program import Program

# What an answer may not be, whatever was asked.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "missing_required_header",
)


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_no_call_brings_a_server_error_or_an_answer_nobody_described(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.WEFT_API_PER_MINUTE = 1_000_000
    rows = Rows()
    for make in MAKERS.values():
        make(rows)
    reported.begin(rows.shop, "product", [], started=timezone.now(), last_full=None)
    key = Program.of(rows.tenant).text
    found = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            f"{live_server.url}/api/schema/",
            "--header",
            f"Authorization: Bearer {key}",
            "--checks",
            ",".join(CHECKS),
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "4",
            "--seed",
            "1",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr
