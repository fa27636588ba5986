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
    from dlt.sources.rest_api import rest_api_source

    return rest_api_source(
        {
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
    )


def main() -> None:
    """One phase; its working folder goes with the process, its schema is restored."""
    os.environ.update(SETTINGS)
    task = read()
    import dlt

    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            pipeline_name="bench",
            destination=dlt.destinations.postgres(credentials=task.database),
            dataset_name="pulled",
            pipelines_dir=folder,
        )
        if task.phase != Phase.FIRST:
            pipeline.sync_destination()
        with timed():
            pipeline.run(source(task))


if __name__ == "__main__":
    main()
