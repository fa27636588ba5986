"""Lists the routes of an installation, below its own path or without one."""

from werkzeug.routing import Map, Rule, RuleFactory, Submount

from connectors.galaxy.sandbox.erp import LISTS

SYNC = "/services/sync"
GENERIC = "/api/glx"


def rules() -> list[RuleFactory]:
    """Give the routes, as they are below the installation's own path."""
    both = ["GET", "POST"]
    return [
        Rule("/auth", endpoint="login", methods=both),
        Rule("/auth/logout", endpoint="logout", methods=both),
        *(Rule(f"{SYNC}/{name}", endpoint=name, methods=["GET"]) for name in LISTS),
        Rule(f"{SYNC}/items/metadata", endpoint="metadata", methods=["GET"]),
        Rule(f"{SYNC}/actions/postcustomer", endpoint="postcustomer", methods=["POST"]),
        Rule(f"{SYNC}/actions/postentry", endpoint="postentry", methods=["POST"]),
        Rule(f"{GENERIC}/entities/<entity>/fetch", endpoint="fetch", methods=["POST"]),
        Rule(f"{GENERIC}/entities/itemimage/<id>", endpoint="image", methods=["GET"]),
        Rule(
            f"{GENERIC}/views/<table>/custom/<name>", endpoint="view", methods=["GET"]
        ),
    ]


ROUTES = Map([*rules(), Submount("/<path:prefix>", rules())], strict_slashes=False)
"""Every route twice: what stands before it is compared when a call is answered."""
