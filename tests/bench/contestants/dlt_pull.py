"""dlt: its own REST source and merge, into one table; lists are kept as JSON.

Run with the benchmark's own environment, which Weft does not share. It nests nothing,
which is the cheaper of its ways. https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from tests.bench.task import Phase, Task, read, timed

# Nothing is told to anybody outside, and nothing is printed while it works.
SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
}


def source(task: Task) -> Any:
    """The product list, page by page: everything, or what is new since a revision."""
    return {
        "client": {
            "base_url": task.source,
            "paginator": {
                "type": "cursor",
                "cursor_path": "next",
                "cursor_param": "after",
            },
        },
        "resource_defaults": {
            "primary_key": "id",
            "write_disposition": "merge",
            "max_table_nesting": 0,
        },
        "resources": [
            {
                "name": "products",
                "endpoint": {
                    "path": "products",
                    "params": {"after": task.since},
                    "data_selector": "items",
                },
            }
        ],
    }


def _address(database: str) -> str:
    """The address as dlt wants it: with a password, even where none is asked for."""
    whose, _, where = database.partition("://")[2].partition("@")
    user, _, password = whose.partition(":")
    return f"postgresql://{user}:{password or 'none'}@{where}"


def main() -> None:
    """One phase; its working folder goes with the process, its schema is restored."""
    os.environ.update(SETTINGS)
    task = read()
    import dlt
    from dlt.sources.rest_api import rest_api_source

    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            pipeline_name="bench",
            destination=dlt.destinations.postgres(credentials=_address(task.database)),
            dataset_name="pulled",
            pipelines_dir=folder,
        )
        if task.phase != Phase.FIRST:
            pipeline.sync_destination()
        with timed():
            pipeline.run(rest_api_source(source(task)))


if __name__ == "__main__":
    main()
