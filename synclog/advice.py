"""What to tell people of a failure's code: title, what happened, what to do, what next.

Codes that a platform made up itself are told by who acts next.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from synclog.catalogue.entry import AGAIN, AT_SOURCE, GOES_ON, ON_CHANGE, Advice, Mend
from synclog.catalogue.items import ITEMS
from synclog.catalogue.platform import PLATFORM
from synclog.catalogue.sales import SALES
from synclog.catalogue.setup import SETUP
from synclog.models import Who

__all__ = ["ADVICE", "CLASSES", "Advice", "Mend", "advice_for"]

ADVICE: dict[str, Advice] = {**ITEMS, **SALES, **SETUP, **PLATFORM}

# Codes made of a field's name and one of these.
ENDINGS = {
    "_missing": ITEMS["field_empty"],
    "_unreadable": ITEMS["field_unreadable"],
}

# Whose affair a problem is, in words (see `matching.class_of`).
CLASSES: dict[str, Any] = {
    "data": _("Your data"),
    "setup": _("Your setup"),
    "platform": _("Platform"),
    "limit": _("Limit"),
    "weft": _("Weft"),
}

_UNKNOWN = {
    Who.ITEM: Advice(
        _("The platform refused it"),
        _("The platform said no; its own words stand below."),
        AT_SOURCE,
        ON_CHANGE,
    ),
    Who.CONNECTION: Advice(
        _("The connection is set up wrongly"),
        _("The platform said no to how the connection is set up."),
        _("Correct the setting."),
        GOES_ON,
        Mend.CONNECTION,
    ),
    Who.CLOCK: Advice(
        _("The platform stumbled"),
        _("It did not work this time; the platform's own words stand below."),
        _("Nothing: this passes."),
        AGAIN,
        Mend.NOWHERE,
    ),
    Who.STAFF: PLATFORM["fault"],
}


def advice_for(code: str, who: str = Who.ITEM) -> Advice:
    """What to tell of a code; of an unknown one, by who acts next."""
    found = ADVICE.get(code)
    if found is None:
        found = next(
            (told for end, told in ENDINGS.items() if code.endswith(end)), None
        )
    return found or _UNKNOWN[Who(who)]
