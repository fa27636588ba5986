"""Problems of the platform, its limits, the line, and of Weft itself: they pass."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from synclog.catalogue.entry import AGAIN, NOTHING, Advice, Mend

LESS = _("Weft asks for less at a time.")
WAITS = _("Weft goes on by itself as soon as calls are allowed again.")

PLATFORM = {
    "unreachable": Advice(
        _("The platform cannot be reached"),
        _("The platform does not answer, or is out of order for now."),
        NOTHING,
        AGAIN,
        Mend.NOWHERE,
    ),
    "timed_out": Advice(
        _("The platform took too long"),
        _("No answer came within the time Weft waits."),
        NOTHING,
        AGAIN,
        Mend.NOWHERE,
    ),
    "throttled": Advice(
        _("The platform wants fewer calls"),
        _("More calls came than the platform takes in this time."),
        NOTHING,
        WAITS,
        Mend.BUDGET,
    ),
    "budget_spent": Advice(
        _("The calls are used up"),
        _("The platform allows only so many calls, and they are spent."),
        _("Nothing, or slow a route down to save calls."),
        WAITS,
        Mend.BUDGET,
    ),
    "stale": Advice(
        _("Somebody was faster"),
        _("The item was changed there between our reading and our writing."),
        NOTHING,
        _("Weft reads it again and writes anew."),
        Mend.NOWHERE,
    ),
    "too_large": Advice(
        _("Too much at once"),
        _("The platform could not take or give so much in one call."),
        NOTHING,
        LESS,
        Mend.NOWHERE,
    ),
    "too_deep": Advice(
        _("The answer cannot be read"),
        _("The answer is nested deeper than anything sensible."),
        _("Nothing, unless it stays: then ask the platform's support."),
        AGAIN,
        Mend.NOWHERE,
    ),
    "truncated": Advice(
        _("The answer broke off"),
        _("The platform's answer ended in the middle."),
        NOTHING,
        AGAIN,
        Mend.NOWHERE,
    ),
    "bomb": Advice(
        _("The answer is dangerous"),
        _("The answer unpacks to far more than it may; it was not read."),
        _("Nothing, unless it stays: then ask the platform's support."),
        AGAIN,
        Mend.NOWHERE,
    ),
    "not_json": Advice(
        _("The answer cannot be read"),
        _("What the platform answered is not data."),
        _("Nothing, unless it stays: then look for a proxy in between."),
        AGAIN,
        Mend.NOWHERE,
    ),
    "unreadable": Advice(
        _("The answer cannot be read"),
        _("The platform answered something that makes no sense to Weft."),
        _("Nothing, unless it stays: then ask the platform's support."),
        AGAIN,
        Mend.NOWHERE,
    ),
    "renewing": Advice(
        _("The sign-in is being renewed"),
        _("Another worker is renewing the permission just now."),
        NOTHING,
        AGAIN,
        Mend.NOWHERE,
    ),
    "parked": Advice(
        _("Weft stumbled over it"),
        _("Writing this stopped the worker three times, so it was put aside."),
        _("Nothing: the people who run Weft were told."),
        _("Try again when they have mended it."),
        Mend.NOWHERE,
    ),
    "fault": Advice(
        _("Weft made a mistake"),
        _("This is a fault of Weft itself, not of your data."),
        _("Nothing: the people who run Weft have to mend this."),
        AGAIN,
        Mend.NOWHERE,
    ),
}
