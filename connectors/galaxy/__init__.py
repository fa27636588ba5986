"""Galaxy: declared while it is being built."""

from integration.contract.connector import Connector
from integration.http.auth import NoAuth

CONNECTOR = Connector(
    key="galaxy",
    label="Galaxy",
    fields=(),
    account=lambda settings: "",
    base_url=lambda settings: "",
    auth=lambda settings, secrets: NoAuth(),
    client=lambda settings, http: http,
    probe=lambda client: iter(()),
)
