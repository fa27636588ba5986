"""Signs callers in and out, and knows which sessions still live."""

import base64
import binascii
import secrets
import time

from werkzeug import Request, Response

from connectors.galaxy.sandbox.answers import Refused, as_json, body_of, wrong
from connectors.galaxy.sandbox.ids import PASSWORD, USERNAME
from connectors.galaxy.sandbox.settings import Settings

SESSION = "ss-id"
PERMANENT = "ss-pid"
YEARS = 20 * 365 * 24 * 3600


class Sessions:
    """The sessions of one installation: https://docs.servicestack.net/auth/sessions."""

    def __init__(self) -> None:
        self.logins = 0
        self.refused = 0
        self.in_address = 0
        self._ends: dict[str, float] = {}

    def login(self, request: Request, settings: Settings) -> Response:
        """Open a session for a name and password; they may stand in the address."""
        if "password" in request.args:
            self.in_address += 1
        given = request.args if request.method == "GET" else body_of(request)
        if settings.signature_required and not _is_signed(request):
            raise Refused(403, "Forbidden", "Η κλήση δεν φέρει έγκυρη υπογραφή.")
        for field in ("username", "password"):
            if not isinstance(given.get(field), str):
                raise wrong("Λείπει υποχρεωτικό πεδίο.", field)
        if given["username"] != USERNAME or given["password"] != PASSWORD:
            self.refused += 1
            raise Refused(401, "Unauthorized", "Λάθος όνομα χρήστη ή κωδικός.")
        return self._open(settings)

    def logout(self, request: Request) -> Response:
        """End the caller's session, if it has one."""
        self._ends.pop(request.cookies.get(SESSION, ""), None)
        return as_json({})

    def admit(self, request: Request, status: int) -> None:
        """Let a caller in by its `ss-id` cookie; raises `Refused` with `status`."""
        session = request.cookies.get(SESSION, "")
        if self._ends.get(session, 0.0) <= time.time():
            self._ends.pop(session, None)
            code = "Unauthorized" if status == 401 else "Forbidden"
            raise Refused(status, code, "Δεν υπάρχει ενεργή σύνδεση.")

    def expire(self) -> None:
        """End every session."""
        self._ends.clear()

    def open_sessions(self) -> int:
        """Count the sessions that still live."""
        now = time.time()
        return sum(end > now for end in self._ends.values())

    def _open(self, settings: Settings) -> Response:
        if settings.one_session:
            self.expire()
        session = secrets.token_urlsafe(15)
        self._ends[session] = time.time() + settings.session_seconds
        self.logins += 1
        response = as_json(
            {"SessionId": session, "UserName": USERNAME, "ResponseStatus": {}}
        )
        response.set_cookie(SESSION, session, httponly=True)
        permanent = secrets.token_urlsafe(15)
        response.set_cookie(PERMANENT, permanent, max_age=YEARS, httponly=True)
        return response


def _is_signed(request: Request) -> bool:
    """Tell whether a signature is there; how it is made is not published."""
    try:
        text = request.headers.get("X-Signature", "")
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False
