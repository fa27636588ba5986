"""Answers the controls: faults, ledger, recorded calls, reset and platforms' own."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug import Request, Response

from integration.sandbox.platform import json_response
from integration.sandbox.stand import Stand


def serve_control(stands: Mapping[str, Stand], request: Request) -> Response:
    """Answer a request below `/_control/`: `<platform>/<action>`, or the list."""
    key, _, action = request.path.strip("/").partition("/")
    if not key:
        return json_response(
            {
                name: {
                    "base_url": stand.platform.context.base_url,
                    "credentials": dict(stand.platform.credentials),
                }
                for name, stand in stands.items()
            }
        )
    if key not in stands:
        return json_response({"error": f"no sandbox is called {key}"}, 404)
    try:
        return json_response(_act(stands[key], request, action))
    except KeyError as error:
        return json_response({"error": f"no such control or thing: {error}"}, 404)
    except (ValueError, TypeError) as error:
        return json_response({"error": str(error)}, 400)


def _act(stand: Stand, request: Request, action: str) -> Any:
    if action == "faults":
        return _faults(stand, request)
    if action == "calls":
        return _calls(stand, request)
    if action == "ledger" and request.method == "GET":
        with stand.platform.lock:
            return stand.platform.ledger()
    if request.method != "POST":
        raise KeyError(f"{request.method} {action}")
    if action == "reset":
        stand.reset()
        return {}
    body = _body(request)
    with stand.platform.lock:
        return stand.platform.control(action, body)


def _faults(stand: Stand, request: Request) -> Any:
    if request.method == "POST":
        stand.faults.add(_body(request))
    elif request.method == "DELETE":
        stand.faults.clear()
    return {"faults": stand.faults.rows()}


def _calls(stand: Stand, request: Request) -> Any:
    if request.method == "DELETE":
        stand.calls.forget()
    return stand.calls.page(request.args.get("since", 0, type=int))


def _body(request: Request) -> Any:
    raw = request.get_data()
    return json.loads(raw) if raw else {}
