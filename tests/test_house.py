"""The house everything lives in: set-up, settings, pins, and the production files."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.test import Client, override_settings

from integration import environment

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
# Package registries and mirrors: where packages come from is each machine's own affair.
REGISTRY = re.compile(
    r"(pypi|pythonhosted|npmjs|yarnpkg|debian|ubuntu|docker|ghcr|quay)\.(org|com|io)",
    re.IGNORECASE,
)
# A path of one machine, as opposed to those every Unix has or a container is given.
MACHINE_PATH = re.compile(r"(?<![\w.}/])/(work|home|Users|opt|root|mnt)/[\w.]")
PRODUCTION = {
    "SECRET_KEY": environment.secret_key(),
    "WEFT_ENCRYPTION_KEYS": environment.fernet_key(),
    "WEFT_PUBLIC_URL": "https://weft.example.com",
    "DATABASE_URL": "postgres://weft:secret@database/weft",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "WEFT_ALLOW_LOOPBACK": "false",
    "DEBUG": "false",
}


def tracked_texts() -> dict[str, str]:
    """Every text file of the project, by its path: what git holds or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    texts = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in data:
            texts[name] = data.decode()
    return texts


def manage(
    *arguments: str, folder: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a management command with these variables and no others of Weft's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    texts = tracked_texts()
    assert "pyproject.toml" in texts
    found = [
        f"{name}: {match.group()}"
        for name, text in texts.items()
        for pattern in (REGISTRY, MACHINE_PATH)
        for match in pattern.finditer(text)
        if name != "tests/test_house.py"
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(pins) > 20
    assert [
        pin for pin in pins if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha", pin)
    ] == []


def test_what_runs_in_production_is_what_the_tests_ran_on() -> None:
    runtime, developed = (
        set(re.findall(r"(?m)^([\w.-]+==\S+)", (ROOT / lock).read_text()))
        for lock in LOCKS
    )
    assert runtime < developed


def test_the_first_environment_is_private_random_and_usable(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        assert environment.complete(path) == ["SECRET_KEY", "WEFT_ENCRYPTION_KEYS"]
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    values = dict(line.split("=", 1) for line in first.read_text().splitlines())
    assert len(values["SECRET_KEY"]) >= 50
    Fernet(values["WEFT_ENCRYPTION_KEYS"])
    assert not set(first.read_text().split()) & set(second.read_text().split())


def test_completing_the_environment_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("DEBUG=true\nSECRET_KEY=mine")
    assert environment.complete(path) == ["WEFT_ENCRYPTION_KEYS"]
    assert path.read_text().startswith("DEBUG=true\nSECRET_KEY=mine\nWEFT_ENCRYPTION")
    assert environment.complete(path) == []


@pytest.mark.parametrize("missing", ["SECRET_KEY", "WEFT_ENCRYPTION_KEYS"])
@pytest.mark.parametrize("command", ["check", "migrate", "help"])
def test_without_its_secrets_every_command_says_run_make_setup(
    missing: str, command: str, tmp_path: Path
) -> None:
    (tmp_path / "integration").mkdir()
    for name in ("manage.py", "integration/__init__.py", "integration/settings.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    result = manage(
        command,
        folder=tmp_path,
        **{name: value for name, value in PRODUCTION.items() if name != missing},
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"Weft has no {missing}: run make setup, or set it in the environment.\n"
    )


def test_deployment_checks_are_clean_as_documented() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("WEFT_ENCRYPTION_KEYS", ["too short"], "weft.E001"),
        ("Q_CLUSTER", {"retry": 360}, "weft.E002"),
        ("Q_CLUSTER", {"orm": "elsewhere"}, "weft.E003"),
        ("DATABASE_ROUTERS", [object()], "weft.E003"),
    ],
)
def test_a_dangerous_setting_is_reported(
    setting: str, value: object, check: str
) -> None:
    from django.conf import settings

    if isinstance(value, dict):
        value = {**settings.Q_CLUSTER, **value}
    assert check not in [message.id for message in run_checks()]
    with override_settings(**{setting: value}):
        found = [message.id for message in run_checks()]
    assert check in found


def test_the_probes_answer(client: Client, db: None) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ok"
    assert client.post("/healthz").status_code == 405


def test_plain_http_is_sent_to_https_once_the_public_address_is_https(
    client: Client,
) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert client.get("/admin/").headers["Location"].startswith("https://")
        assert client.get("/healthz").status_code == 200


def test_sqlite_waits_its_turn_to_write(db: None) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        answers = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    assert answers == ["wal", 1, 20_000]
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_production_publishes_the_web_server_alone() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    published = {name: service.get("ports") for name, service in services.items()}
    ports = {name: ports for name, ports in published.items() if ports}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_a_first_start_in_production_needs_no_redis_and_tells_of_a_dead_worker() -> (
    None
):
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    optional = {name for name, service in services.items() if "profiles" in service}
    assert optional == {"redis"}
    waited_for = {
        name for each in services.values() for name in each.get("depends_on", {})
    }
    assert waited_for == {"database", "migrate"}
    watched = {name for name, service in services.items() if "healthcheck" in service}
    assert watched == set(services) - {"migrate"}


def test_every_make_target_explains_itself_and_sets_up_first() -> None:
    rules = re.findall(r"(?m)^([a-z]+):(.*)$", (ROOT / "Makefile").read_text())
    assert {"setup", "run", "demo", "test", "lint", "types"} <= {
        name for name, _ in rules
    }
    for name, rest in rules:
        assert "## " in rest, name
        assert name in ("help", "setup") or rest.split("##")[0].split()[0] == "setup"


def test_tls_verification_is_never_switched_off() -> None:
    switch = re.compile(r"verify\s*=\s*False|CERT_NONE|_create_unverified_context")
    found = [
        name
        for name, text in tracked_texts().items()
        if name.endswith(".py")
        and not name.startswith("tests/")
        and switch.search(text)
    ]
    assert found == []
