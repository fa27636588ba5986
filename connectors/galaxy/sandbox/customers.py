"""Takes posted customers in, and lets them show some time later."""

import time
import uuid
from typing import Any, NamedTuple

from connectors.galaxy.sandbox.answers import Row, failed, wrong
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.seed_customers import CUSTOMER, SITE
from connectors.galaxy.sandbox.settings import Settings

PLACES = (("Country", "countries"), ("Prefecture", "prefectures"), ("City", "cities"))
TEXTS = ("Street", "StreetNumber", "PostalCode", "Email", "Phone1", "Code")


class Posted(NamedTuple):
    """A customer on its way in: its ID here, whose it is, and when it shows."""

    key: str
    company: str
    body: Row
    due: float


class Reception:
    """The customers posted so far. Nothing recognises one that was posted before."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.posted: list[Row] = []
        self.duplicated: list[Row] = []
        self.overwritten: list[str] = []
        self.waiting: list[Posted] = []

    def take(self, body: Row, scenario: Row, settings: Settings) -> None:
        """Take a customer in; raises `Refused` for one Galaxy cannot keep.

        One with the ID of another takes its place, and one with the name and e-mail
        of another becomes a second customer.
        """
        check_customer(self._erp, body)
        sent = as_id(body.get("ID"))
        key = sent if sent and settings.keeps_customer_id else str(uuid.uuid4())
        if self._is_known(key):
            self.overwritten.append(key)
        elif twin := self._twin(body):
            self.duplicated.append({"ID": key, "of": twin, "Name": body.get("Name")})
        self.posted.append({**body, "kept_as": key})
        due = time.time() + settings.customer_seconds
        self.waiting.append(Posted(key, scenario["CompanyID"], body, due))

    def settle(self) -> None:
        """Put the customers whose time has come into the lists."""
        now = time.time()
        due = [each for each in self.waiting if each.due <= now]
        self.waiting = [each for each in self.waiting if each.due > now]
        for each in due:
            keep_customer(self._erp, each.key, each.company, each.body)

    def _is_known(self, key: str) -> bool:
        return key in self._erp["customers"] or key in {
            each.key for each in self.waiting
        }

    def _twin(self, body: Row) -> str:
        """Give the ID of another customer with this name and e-mail, or ""."""
        mark = _mark(_name(body), _email(body.get("CustomerSites", [])))
        for waiting in self.waiting:
            sites = waiting.body.get("CustomerSites", [])
            if _mark(_name(waiting.body), _email(sites)) == mark:
                return waiting.key
        for row in self._erp["customers"].listed():
            if _mark(row["Description"], _email(self._erp.sites(row["ID"]))) == mark:
                return str(row["ID"])
        return ""


def check_customer(erp: Erp, body: Row) -> None:
    """Raise `Refused` for the first thing wrong with a posted customer."""
    if body.get("ID") is not None and not as_id(body["ID"]):
        raise wrong("Μη έγκυρο αναγνωριστικό.", "ID")
    if not _name(body):
        raise wrong("Λείπει η επωνυμία.", "Name")
    sites = body.get("CustomerSites")
    if not isinstance(sites, list) or not all(isinstance(site, dict) for site in sites):
        raise wrong("Οι εγκαταστάσεις είναι λίστα.", "CustomerSites")
    currency = body.get("CurrencyID")
    if currency is not None and not erp["currencies"].find(as_id(currency)):
        raise failed("Το νόμισμα του πελάτη δεν υπάρχει.")
    for site in sites:
        for place, name in PLACES:
            given = site.get(f"{place}ID")
            if given is not None and not erp[name].find(as_id(given)):
                raise failed(f"Δεν βρέθηκε εγγραφή για το πεδίο {place}ID.")


def keep_customer(erp: Erp, key: str, company: str, body: Row) -> Row:
    """Write a customer with trader and sites; one of that ID is written over."""
    former = erp["customers"].find(key)
    trader = former["TraderID"] if former else str(uuid.uuid4())
    code = body.get("Code") or f"ΠΕΛ-{len(erp['customers']) + 1:05d}"
    for site in erp.sites(key):
        erp["customersites"].show(site["ID"], active=False)
    tin = body.get("TIN") or ""
    erp["traders"].add({"ID": trader, "Code": code, "Name": _name(body), "TIN": tin})
    row = {"ID": key, "Code": code, "Description": _name(body), "TraderID": trader}
    row |= {"CompanyID": company, "CurrencyID": as_id(body.get("CurrencyID")) or None}
    comments = body.get("Comments") or ""
    kept = erp["customers"].add({**CUSTOMER, **row, "CommentText1": comments}, company)
    for place, site in enumerate(body.get("CustomerSites", [])):
        fields = _site(erp, site, place)
        owner = {"CustomerID": key, "CompanyID": company}
        erp["customersites"].add({**SITE, **fields, **owner}, company)
    return kept


def _site(erp: Erp, site: Row, place: int) -> Row:
    row: Row = {field: str(site.get(field) or "") for field in TEXTS}
    row["ID"] = as_id(site.get("ID")) or str(uuid.uuid4())
    row["TraderSiteID"] = str(uuid.uuid4())
    row["Code"] = row["Code"] or f"{place:02d}"
    row["Description"] = site.get("Description") or "Έδρα"
    row["IsPrimary"] = int(site.get("IsPrimary") or 0)
    for name, table in PLACES:
        text = site.get(f"{name}Descr")
        found = as_id(site.get(f"{name}ID")) or erp.coded(table, text, "Description")
        row[f"{name}ID"] = found
    return row


def _name(body: Row) -> str:
    return str(body.get("Description") or body.get("Name") or "").strip()


def _email(sites: list[Any]) -> str:
    return next((str(site["Email"]) for site in sites if site.get("Email")), "")


def _mark(name: str, email: str) -> tuple[str, str]:
    return name.casefold(), email.casefold()
