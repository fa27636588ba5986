"""Writes the elements of one request one by one, and sums up how it went.

Without `summarizeErrors=false` one bad element turns the whole answer into a 400; the
good ones are written all the same, so whoever reads the status alone knows nothing.
"""

from collections.abc import Callable
from typing import Any

from connectors.xero.sandbox.dates import Row, render
from connectors.xero.sandbox.exchange import Answer, Call, Invalid, Refused, wrong

Write = Callable[[Row], tuple[Row, list[str]]]
"""Writes an element; gives it as it is shown, and warnings. Raises `Invalid`."""

NOWHERE = "00000000-0000-0000-0000-000000000000"


def elements_of(call: Call, root: str) -> list[Row]:
    """Give the elements of a body: a list under `root`, or the body itself."""
    body = call.body
    rows: Any = body.get(root, body) if isinstance(body, dict) else None
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise wrong(f"The body holds no {root}", "PostDataInvalidException", 14)
    return rows


def write_all(call: Call, root: str, key: str, write: Write) -> Answer:
    """Write every element; `key` is the field of a row's id.

    Raises `Refused` 400 when an element was refused and errors are summed up.
    """
    apart = not call.flag("summarizeErrors", True)
    shown: list[Row] = []
    failed: list[Row] = []
    for element in elements_of(call, root):
        try:
            row, warnings = write(element)
        except Invalid as invalid:
            echo = _echo(element, invalid, key, root)
            failed.append(echo)
            shown.append(echo)
        else:
            shown.append(_done(row, warnings) if apart else row)
    if failed and not apart:
        raise _exception(failed)
    return Answer(root, shown)


def write_one(call: Call, root: str, key: str, write: Write) -> Answer:
    """Write the only element of a body; more than one is refused."""
    if len(elements_of(call, root)) != 1:
        raise wrong(f"One of {root} at a time", "PostDataInvalidException", 14)
    return write_all(call, root, key, write)


def _exception(failed: list[Row]) -> Refused:
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": failed,
    }
    return Refused(400, body)


def _done(row: Row, warnings: list[str]) -> Row:
    if not warnings:
        return {**row, "StatusAttributeString": "OK"}
    told = [{"Message": message} for message in warnings]
    return {**row, "StatusAttributeString": "WARNING", "Warnings": told}


def _echo(element: Row, invalid: Invalid, key: str, root: str) -> Row:
    mark = "HasErrors" if root in ("Invoices", "CreditNotes") else "HasValidationErrors"
    return {
        key: NOWHERE,
        **render(element),
        "StatusAttributeString": "ERROR",
        mark: True,
        "ValidationErrors": [{"Message": fault} for fault in invalid.faults],
    }
