"""State, one concept per file."""

from integration.models.among import Among
from integration.models.api_key import ApiKey, KeptAnswer, Scope
from integration.models.budget import CallBudget, CallUsage
from integration.models.connection import Connection, Health
from integration.models.cursor import Cursor
from integration.models.delivery import Delivery, DeliveryState
from integration.models.endpoint import Endpoint
from integration.models.event import EventState, WebhookEvent
from integration.models.grant import App, Consent, Grant
from integration.models.invitation import Invitation
from integration.models.lease import Lease, WorkerBeat
from integration.models.link import Link
from integration.models.lookup import Lookup
from integration.models.plan import Plan
from integration.models.record import MatchKey, Record
from integration.models.route import Direction, Drift, Missing, Override, Policy, Route
from integration.models.run import Run, RunState, RunTarget
from integration.models.scope import ForeignTenant, TenantModel, UnscopedQuery
from integration.models.sealed import SealBroken
from integration.models.sighting import Sighting
from integration.models.tenant import Member, Role, Tenant
from integration.models.work import Priority, Work

__all__ = [
    "Among",
    "ApiKey",
    "App",
    "CallBudget",
    "CallUsage",
    "Connection",
    "Consent",
    "Cursor",
    "Delivery",
    "DeliveryState",
    "Direction",
    "Drift",
    "Endpoint",
    "EventState",
    "ForeignTenant",
    "Grant",
    "Health",
    "Invitation",
    "KeptAnswer",
    "Lease",
    "Link",
    "Lookup",
    "MatchKey",
    "Member",
    "Missing",
    "Override",
    "Plan",
    "Policy",
    "Priority",
    "Record",
    "Role",
    "Route",
    "Run",
    "RunState",
    "RunTarget",
    "Scope",
    "SealBroken",
    "Sighting",
    "Tenant",
    "TenantModel",
    "UnscopedQuery",
    "WebhookEvent",
    "Work",
    "WorkerBeat",
]
