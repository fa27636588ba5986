"""A notice as a mail: rendered as text and HTML and handed to the mail server."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from synclog.models import Notice
from synclog.wording import alerts_link, subject_line

# Seconds to the next try: after these, for a whole day, nobody is likely to listen.
LADDER = (60, 300, 1_800, 7_200, *[14_400] * 5)


def send(notice: Notice) -> None:
    """Render a notice as text and HTML and hand it to the mail server.

    Raises what the mail backend raises (SMTPException, OSError), or ValueError where
    an address cannot stand in a header.
    """
    text, html = rendered(notice)
    message = EmailMultiAlternatives(
        subject=subject_line(notice.subject),
        body=text,
        to=notice.to,
        headers={
            "Message-ID": _message_id(notice),
            "Auto-Submitted": "auto-generated",
            **_way_out(notice),
        },
    )
    message.attach_alternative(html, "text/html")
    message.send()


def rendered(notice: Notice) -> tuple[str, str]:
    """A notice as text and as HTML, in its merchant's language."""
    context = {
        **notice.context,
        "subject": notice.subject,
        # Whoever is invited has no settings yet.
        "settings_link": ""
        if notice.template == "invitation"
        else alerts_link(notice.tenant),
    }
    with translation.override(notice.tenant.language):
        return (
            render_to_string(f"email/{notice.template}.txt", context),
            render_to_string(f"email/{notice.template}.html", context),
        )


def _way_out(notice: Notice) -> dict[str, str]:
    """Lets mail programs offer a button of their own (RFC 8058), where a mail is about
    one sort of problem alone."""
    groups = notice.context.get("groups", ())
    if len(groups) != 1 or "mute" not in groups[0]:
        return {}
    return {
        "List-Unsubscribe": f"<{groups[0]['mute']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _message_id(notice: Notice) -> str:
    """The same for every try, so that a repeated mail shows once."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<weft.{notice.pk}.{int(notice.created_at.timestamp())}@{host}>"
