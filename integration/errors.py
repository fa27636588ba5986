"""What can go wrong, named by who acts next.

SyncFailure
├── Transient            the clock: network, 5xx, 429; tried again by a ladder
│   ├── BudgetSpent      no try is consumed; waits for the window
│   └── Stale            somebody was faster: read and plan again at once
├── Unknown              the request left and no answer came; find before repeating
├── Permanent            a person acts
│   ├── BadRecord        the merchant, on this item
│   ├── BadConfig        the merchant, on the connection
│   │   └── Unpaired     the merchant, on the route: a word without its pair
│   └── Unsupported      nobody: the target cannot express it; said once
└── MissingLink          Weft: bring the referenced thing first
"""

from __future__ import annotations

from collections.abc import Mapping


class SyncFailure(Exception):
    """A failure of one item or one call, in words a merchant can read.

    `code` groups equal problems, `message` says what happened, `hint` what to do.
    """

    code = "failed"

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.hint = hint


class Transient(SyncFailure):
    """It may work later. `after` is how many seconds to wait, where that is known."""

    code = "unreachable"

    def __init__(
        self,
        message: str,
        *,
        after: float | None = None,
        throttled: bool = False,
        code: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.after = after
        self.throttled = throttled


class BudgetSpent(Transient):
    """No call is left in a window; `after` seconds bring the next one."""

    code = "budget_spent"


class TooLarge(Transient):
    """The platform refused or timed out on the size of a batch: send it in halves."""

    code = "too_large"


class Stale(Transient):
    """The thing changed on the platform between our read and our write."""

    code = "stale"


class Unknown(SyncFailure):
    """The request left, no answer came: it may or may not have been done."""

    code = "outcome_unknown"


class Permanent(SyncFailure):
    """Repeating it unchanged cannot help."""

    code = "refused"


class BadRecord(Permanent):
    """This item cannot be taken as it is; `field` names the place to mend."""

    code = "bad_record"

    def __init__(
        self, field: str, message: str, *, code: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.field = field


class BadConfig(Permanent):
    """The connection or route is set up wrongly; `field` names the setting."""

    code = "bad_config"

    def __init__(
        self, field: str, message: str, *, code: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.field = field


class BadCredentials(BadConfig):
    """The platform refuses our keys: everything on the connection waits."""

    code = "bad_credentials"


class Unpaired(BadConfig):
    """A word of the source that nobody has said the target's word for.

    What needs it is held: it waits without trying until a pair is set.
    """

    code = "unpaired"


class UnknownEntry(BadRecord):
    """An id that the stored lookup `table` does not hold; it may have become old."""

    code = "unknown_entry"

    def __init__(self, table: str, external_id: str) -> None:
        super().__init__(
            "",
            f"There is no {external_id} in the list “{table}”.",
            hint="Weft reads that list again once; if it is not there then, look "
            "whether it was removed.",
        )
        self.table = table


class Unsupported(Permanent):
    """The target cannot express this at all."""

    code = "unsupported"


class MissingLink(SyncFailure):
    """A record points to something that is not known on the target yet."""

    code = "missing_link"

    def __init__(self, kind: str, external_id: str, keys: Mapping[str, str]) -> None:
        super().__init__(f"{kind} {external_id or dict(keys)} is not linked yet")
        self.kind = kind
        self.external_id = external_id
        self.keys = dict(keys)
