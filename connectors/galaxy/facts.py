"""What an installation is set to: its scenario, whose company it is, its currency."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.galaxy.client import Client
from connectors.galaxy.rows import guid
from integration.contract.grant import Opened
from integration.contract.messages import Json
from integration.errors import BadConfig
from integration.http.body import parse

CURRENCY = "EUR"


def facts(client: Client) -> dict[str, str]:
    """The scenario of the connection and what hangs on it, by our names.

    Raises BadConfig where the scenario chosen, or a default one, does not exist.
    """
    scenario = chosen(client)
    company = _row(client, "companies", guid(scenario.get("CompanyID")))
    return {
        "scenario_id": guid(scenario.get("ID")),
        "scenario": name_of(scenario),
        "company_id": guid(scenario.get("CompanyID")),
        "company": name_of(company),
        "company_tax_number": str(company.get("TIN") or ""),
        "currency": str(client.settings.get("currency") or CURRENCY),
    }


def chosen(client: Client) -> Json:
    """The Web Scenario every call goes under."""
    rows = [parse(body) for body in client.rows("webscenarios")]
    wanted = guid(client.scenario)
    for row in rows:
        if wanted == guid(row.get("ID")) if wanted else row.get("IsDefault"):
            return row
    named = ", ".join(f"{name_of(row)} ({row.get('ID')})" for row in rows)
    raise BadConfig(
        "web_scenario",
        "There is no Web Scenario of this ID."
        if wanted
        else "No Web Scenario is the default one, so its ID is needed.",
        code="no_scenario",
        hint=f"There are: {named}." if named else "Set one up in Galaxy first.",
    )


def scenarios(client: Client) -> Sequence[Opened]:
    """The Web Scenarios a connection may go under, by their IDs."""
    rows = [parse(body) for body in client.rows("webscenarios")]
    return [Opened(guid(row.get("ID")), name_of(row)) for row in rows]


def name_of(row: Json) -> str:
    """What people call a row of a lookup."""
    return str(row.get("Description") or row.get("Code") or row.get("ID") or "")


def _row(client: Client, name: str, external_id: str) -> Json:
    rows = (parse(body) for body in client.rows(name))
    return next((row for row in rows if guid(row.get("ID")) == external_id), {})
