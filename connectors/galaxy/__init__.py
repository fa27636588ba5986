"""Galaxy, an ERP at the merchant's: source of items, stock, prices and customers, and
taker of sales.

http://webshop-host.northeurope.cloudapp.azure.com/sync-service
"""

from __future__ import annotations

from connectors.galaxy import fields, mapping
from connectors.galaxy.client import Client, account, base_url
from connectors.galaxy.facts import scenarios
from connectors.galaxy.pictures import picture
from connectors.galaxy.probe import probe
from connectors.galaxy.reader import Reader
from connectors.galaxy.session import auth
from connectors.galaxy.streams import STREAMS
from connectors.galaxy.template import PAIRS
from connectors.galaxy.webhooks import Webhooks
from connectors.galaxy.writer import Writer
from integration.canonical.kinds import Kind
from integration.contract.connector import Connector, Repeat, Style, Writes

CONNECTOR = Connector(
    key="galaxy",
    label="Galaxy",
    fields=fields.FIELDS,
    account=account,
    base_url=base_url,
    auth=auth,
    client=Client,
    probe=probe,
    streams=STREAMS,
    writes={
        Kind.CUSTOMER: Writes(
            map=mapping.CUSTOMER_OUT,
            style=Style.FULL,
            shows_within=fields.shows_within,
        ),
        Kind.ORDER: Writes(
            map=mapping.ORDER_OUT,
            style=Style.FULL,
            repeat=Repeat.FIND,
            repeat_setting="order_lookup",
            pairs=PAIRS,
            every=fields.batches,
            options=fields.ROUTED,
        ),
    },
    reader=Reader,
    writer=Writer,
    webhooks=Webhooks,
    limits=fields.limits,
    picture=picture,
    offers={"web_scenario": scenarios},
)
