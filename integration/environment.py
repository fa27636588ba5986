"""Writes the first `.env`: the two secrets nothing can run without.

Run by `make setup`, before anything of Django's can start. A value that is already
there, in the file or in the process, is never touched.
"""

import base64
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def fernet_key() -> str:
    """A new Fernet key: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def secret_key() -> str:
    """A new key for signing sessions and the queue's messages."""
    return secrets.token_urlsafe(50)


SECRETS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": secret_key,
    "WEFT_ENCRYPTION_KEYS": fernet_key,
}


def complete(path: Path) -> list[str]:
    """Add the missing secrets to the file at `path`; returns the names added.

    The file is created readable by its owner alone.
    """
    text = path.read_text() if path.exists() else ""
    missing = [name for name in SECRETS if not re.search(rf"(?m)^{name}=.", text)]
    if missing:
        lines = [f"{name}={SECRETS[name]()}\n" for name in missing]
        separator = "" if not text or text.endswith("\n") else "\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a") as file:
            file.write(separator + "".join(lines))
    return missing


if __name__ == "__main__":
    complete(ENV_FILE)
