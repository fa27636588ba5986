"""What happened, kept for people: one concept per file."""

from synclog.models.audit import AppendOnly, AuditEvent
from synclog.models.error import LIVE_ERRORS, ErrorState, SyncError, Who
from synclog.models.group import ErrorGroup
from synclog.models.log import SyncLog
from synclog.models.notice import DUE_NOTICES, Notice, NoticeState
from synclog.models.retry import Retry

__all__ = [
    "DUE_NOTICES",
    "LIVE_ERRORS",
    "AppendOnly",
    "AuditEvent",
    "ErrorGroup",
    "ErrorState",
    "Notice",
    "NoticeState",
    "Retry",
    "SyncError",
    "SyncLog",
    "Who",
]
