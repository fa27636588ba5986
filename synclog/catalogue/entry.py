"""One entry of the catalogue, and the sentences that many of them share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Mend(StrEnum):
    """The page where a problem is mended; NOWHERE: nothing is to be done here."""

    ITEM = "item"
    PAIRS = "pairs"
    ROUTE = "route"
    CONNECTION = "connection"
    BUDGET = "budget"
    NOWHERE = ""


class Advice(NamedTuple):
    """What people read of one code: its title, what happened, what to do, what Weft
    does next, and the page where it is mended. The texts are translated when shown."""

    title: Any
    happened: Any
    act: Any
    then: Any
    mend: Mend = Mend.ITEM


# What Weft does next.
AGAIN = _("Weft tries again by itself.")
ON_CHANGE = _("When it changes where it comes from, Weft sends it by itself.")
GOES_ON = _("Once that is done, everything that waits goes on by itself.")
NEVER_TWICE = _("Weft does not repeat it by itself, so that nothing is doubled.")
ON_READING = _("The next time it is read without this, the problem closes by itself.")
# What to do.
NOTHING = _("Nothing: this passes.")
AT_SOURCE = _("Correct it where it comes from.")
