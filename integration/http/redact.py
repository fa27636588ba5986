"""Keeping secrets out of everything that is shown, stored, raised or logged.

Two nets: values we were told are secret, wherever they stand, and whatever stands
behind a name that keeps secrets (`consumer_secret=`, `"token":`, `Authorization:`).
"""

from __future__ import annotations

import logging
import re
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
# Shorter values would blot out ordinary words.
SHORTEST = 6
# Tokens are renewed for ever; the oldest are long expired when they leave.
MOST = 4_000

_NAMES = (
    r"[\w-]{0,40}(?:secret|password|passwd|token|signature|authorization|api[_-]?key"
    r"|consumer[_-]?key|client[_-]?key|access[_-]?key|private[_-]?key|cookie|nonce"
    r"|credentials?)[\w-]{0,40}"
)
_HEADER = re.compile(
    rf"(?im)((?<![\w-]){_NAMES}['\"]?\s*:\s*['\"]?)"
    r"(?:(?:basic|bearer|oauth|digest)\s+)?[^\s'\",}&]+(?:,?\s+oauth_\w+=\S+)*"
)
_PAIR = re.compile(rf"(?i)((?<![\w-]){_NAMES}=['\"]?)[^&\s'\",;<>)]+")
_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[\w.~+/=-]{8,}")
_USER = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://)[^/\s@'\"]{1,500}@")
_SECRET_NAME = re.compile(rf"(?i){_NAMES}|key")


class _Vault:
    """The values known to be secret, the most recently told ones last."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._longest_first: tuple[str, ...] = ()

    def add(self, values: set[str]) -> None:
        with self._lock:
            if values <= self._values.keys():
                return
            for value in values:
                self._values[value] = None
                self._values.move_to_end(value)
            while len(self._values) > MOST:
                self._values.popitem(last=False)
            self._longest_first = tuple(sorted(self._values, key=len, reverse=True))

    def mask(self, text: str) -> str:
        for value in self._longest_first:
            if value in text:
                text = text.replace(value, MASK)
        return text


_vault = _Vault()


def remember(*secrets: str) -> None:
    """From now on these values are masked wherever they appear, in any usual form."""
    forms: set[str] = set()
    for secret in secrets:
        # Masking a value that is itself such a name would blind us to what follows it.
        if len(secret) >= SHORTEST and not _SECRET_NAME.fullmatch(secret):
            encoded = b64encode(secret.encode()).decode()
            forms |= {secret, quote(secret, safe=""), quote_plus(secret), encoded}
    if forms:
        _vault.add(forms)


def redact(text: str) -> str:
    """The text without known secrets and without what stands behind secret names."""
    text = _vault.mask(text)
    text = _USER.sub(rf"\1{MASK}@", text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    return _PAIR.sub(rf"\1{MASK}", text)


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers fit to be shown: secret ones keep their name only."""
    return {
        name: MASK if _SECRET_NAME.fullmatch(name) else redact(value)
        for name, value in headers.items()
    }


def address(url: str) -> str:
    """A URL fit for a message: no user, no query, no fragment, no known secret."""
    return redact(url.partition("?")[0].partition("#")[0])


class RedactingFilter(logging.Filter):
    """Masks secrets in a log record: message, arguments, extras and traceback."""

    _formatter = logging.Formatter()
    _own = frozenset(vars(logging.makeLogRecord({})))

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always lets it pass."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = f"{record.msg} {record.args}"
        record.msg, record.args = redact(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name in vars(record).keys() - self._own:
            extra = getattr(record, name)
            if isinstance(extra, str):
                setattr(record, name, redact(extra))
        return True


# These tell whole URLs, signatures included, to whoever listens at debug level.
TALKATIVE = (
    "urllib3.connectionpool",
    "urllib3.connection",
    "requests_oauthlib.oauth1_auth",
    "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth1.rfc5849.signature",
)


def quiet() -> None:
    """Put the filter on the loggers of the libraries the door is built on."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(known, RedactingFilter) for known in logger.filters):
            logger.addFilter(RedactingFilter())
    # What is signed, and the bare signature after it, have no name to mask by.
    logging.getLogger("oauthlib").setLevel(logging.INFO)
