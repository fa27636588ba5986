"""Tests a connection to Xero stage by stage, in the order a merchant mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.xero.client import Client
from connectors.xero.facts import facts
from integration.contract.messages import Finding
from integration.errors import BadCredentials, SyncFailure
from integration.http.redact import address

# The rights a sale needs, by the list each opens.
RIGHTS = ("Contacts", "Invoices", "Payments")


def probe(client: Client) -> Iterator[Finding]:
    """Address, sign-in, organisation, rights, lists; ends at the first that fails.

    Changes nothing: six calls that read.
    """
    try:
        told = facts(client)
    except SyncFailure as failure:
        yield from _failed(client, failure)
        return
    yield Finding("address", True, f"{address(client.http.base_url)} answers.")
    yield Finding("sign-in", True, "Xero accepts the sign-in.")
    yield _organisation(told)
    looks: tuple[tuple[str, Callable[[Client], Finding]], ...] = (
        ("rights", _rights),
        ("lists", _lists),
    )
    for stage, look in looks:
        try:
            yield look(client)
        except SyncFailure as failure:
            yield Finding(stage, False, failure.message, failure.hint)
            return


def _failed(client: Client, failure: SyncFailure) -> Iterator[Finding]:
    """The stages up to the one that failed, told by whom the failure blames."""
    stage = "address"
    if isinstance(failure, BadCredentials):
        yield Finding("address", True, f"{address(client.http.base_url)} answers.")
        stage = "organisation" if failure.code == "no_rights" else "sign-in"
        if stage == "organisation":
            yield Finding("sign-in", True, "Xero accepts the sign-in.")
    yield Finding(stage, False, failure.message, failure.hint)


def _organisation(told: dict[str, str]) -> Finding:
    locks = {told["period_lock_date"], told["end_of_year_lock_date"]} - {""}
    closed = f", closed up to {max(locks)}" if locks else ""
    zone = told["time_zone"] or f"unknown ({told['windows_zone']})"
    words = (
        f"{told['organisation_name']} keeps its books in {told['currency']}{closed}; "
        f"its time zone is {zone}."
    )
    hint = "" if told["time_zone"] else "Enter the time zone on the connection."
    return Finding("organisation", True, words, hint, facts=told)


def _rights(client: Client) -> Finding:
    for resource in RIGHTS:
        client.get(resource, "", {"page": 1, "pageSize": 1}).json()
    listed = ", ".join(RIGHTS).lower()
    return Finding("rights", True, f"The sign-in opens {listed}.")


def _lists(client: Client) -> Finding:
    accounts = len(client.rows("Accounts"))
    rates = len(client.rows("TaxRates"))
    words = f"There are {accounts} accounts and {rates} tax rates to pair with."
    return Finding("lists", True, words)
