"""Checks posted sales and books them, the same one as often as it comes."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.galaxy.sandbox.answers import Row, failed, wrong
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.settings import Settings

OWN = "RCP"
"""The code list that means ids of this installation."""


class Ledger:
    """The documents that sales became. Nothing recognises a `docid` sent twice."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.entries: list[Row] = []

    def take(self, body: Row, scenario: Row, settings: Settings) -> Row:
        """Book a sale and give what Galaxy answers; raises `Refused`.

        What is badly formed is a 400; what the business does not know is a 500.
        """
        data = check_form(body)
        self._check_parties(data, scenario)
        for line in data["lines"]:
            self._check_item(line, settings)
        number = len(self.entries) + 1
        entry = {
            "ID": str(uuid.uuid4()),
            "Code": f"{scenario['Code']}-{number:06d}",
            "docid": data["docid"],
            "scenario": scenario["ID"],
            "trader": as_id(data["trader"]["identifier"]["id"]),
            "lines": data["lines"],
            "body": body,
        }
        self.entries.append(entry)
        return {"ID": entry["ID"], "Code": entry["Code"]}

    def duplicated(self) -> dict[str, int]:
        """Count the documents of every `docid` that was booked more than once."""
        counts = Counter(entry["docid"] for entry in self.entries)
        return {docid: count for docid, count in counts.items() if count > 1}

    def _check_parties(self, data: Row, scenario: Row) -> None:
        company = scenario["CompanyID"]
        if as_id(data["company"]["identifier"]["id"]) != company:
            raise failed("Η εταιρεία δεν ανήκει στο Web Scenario.")
        trader = as_id(data["trader"]["identifier"]["id"])
        customers = self._erp["customers"].listed(company)
        if not trader or trader not in {row["TraderID"] for row in customers}:
            raise failed("Ο συναλλασσόμενος δεν βρέθηκε.")
        currency = data["doccurrency"]["descr"]
        if not self._erp.coded("currencies", currency, "Description"):
            raise failed(f"Το νόμισμα «{currency}» δεν βρέθηκε.")

    def _check_item(self, line: Row, settings: Settings) -> None:
        key = as_id(line["item"]["identifier"]["id"])
        known = self._erp["items"].find(key) is not None
        if not known and settings.lines_name_combinations:
            known = any(
                key == combination["ID"]
                for item in self._erp["items"].listed()
                for combination in item["ItemDimensionCombinations"]
            )
        if not known:
            raise failed(f"Το είδος «{line['item']['identifier']['id']}» δεν βρέθηκε.")


def check_form(body: Row) -> Row:
    """Give the data of a well-formed sale; raises `Refused` for any other."""
    inner = _object(body, "body")
    header = _object(inner, "header", "body.")
    for field in ("version", "processtype", "source"):
        _text(header, field, "body.header.")
    data = _object(inner, "data", "body.")
    where = "body.data."
    for party in ("company", "trader"):
        identifier = _object(_object(data, party, where), "identifier", f"{party}.")
        _text(identifier, "id", f"{party}.identifier.")
        if identifier.get("codelist") != OWN:
            raise wrong("Άγνωστη λίστα κωδικών.", f"{party}.identifier.codelist")
    _text(_object(data, "doccurrency", where), "descr", "doccurrency.")
    _text(data, "docid", where)
    _date(data, "docdate", where)
    if not isinstance(data.get("revisionnumber"), int):
        raise wrong("Λείπει υποχρεωτικός αριθμός.", f"{where}revisionnumber")
    lines = data.get("lines")
    if not isinstance(lines, list) or not lines:
        raise wrong("Το παραστατικό δεν έχει γραμμές.", f"{where}lines")
    for place, line in enumerate(lines):
        _check_line(line, f"lines[{place}].")
    return data


def _check_line(line: Any, where: str) -> None:
    if not isinstance(line, dict):
        raise wrong("Η γραμμή δεν είναι αντικείμενο.", where.rstrip("."))
    item = _object(line, "item", where)
    if item.get("mgitemtypeid") != 0:
        raise wrong("Άγνωστος τύπος είδους.", f"{where}item.mgitemtypeid")
    identifier = _object(item, "identifier", f"{where}item.")
    _text(identifier, "id", f"{where}item.identifier.")
    if identifier.get("idspecifier") != "ID":
        raise wrong("Άγνωστο είδος κωδικού.", f"{where}item.identifier.idspecifier")
    for field in ("qty", "totalamount"):
        if not _is_number(line.get(field)):
            raise wrong("Λείπει υποχρεωτικός αριθμός.", f"{where}{field}")
    if line["qty"] <= 0:
        raise wrong("Η ποσότητα είναι μεγαλύτερη από το μηδέν.", f"{where}qty")
    if not _is_number(line.get("chargestotal", 0)):
        raise wrong("Λείπει υποχρεωτικός αριθμός.", f"{where}chargestotal")


def _object(holder: Mapping[str, Any], field: str, where: str = "") -> Row:
    value = holder.get(field)
    if not isinstance(value, dict):
        raise wrong("Λείπει υποχρεωτικό αντικείμενο.", f"{where}{field}")
    return value


def _text(holder: Mapping[str, Any], field: str, where: str) -> str:
    value = holder.get(field)
    if not isinstance(value, str) or not value.strip():
        raise wrong("Λείπει υποχρεωτικό κείμενο.", f"{where}{field}")
    return value


def _date(holder: Mapping[str, Any], field: str, where: str) -> None:
    try:
        datetime.fromisoformat(_text(holder, field, where))
    except ValueError:
        raise wrong("Μη έγκυρη ημερομηνία.", f"{where}{field}") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
