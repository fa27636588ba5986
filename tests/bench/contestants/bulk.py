"""Django as most projects use it: requests, and one bulk_create per page as upsert."""

from __future__ import annotations

import django
import requests
from django.conf import settings

from tests.bench.task import Phase, Task, read, timed


def set_up(database: str) -> None:
    """Django with nothing but a database."""
    import environ

    settings.configure(DATABASES={"default": environ.Env.db_url_config(database)})
    django.setup()


def pull(task: Task) -> None:
    """Every page of the task, each one statement."""
    from django.db import connection, models

    class Product(models.Model):  # noqa: DJ008  only for a moment
        id = models.BigIntegerField(primary_key=True)
        name = models.TextField()
        body = models.JSONField()

        class Meta:
            app_label = "bench"

    if task.phase == Phase.FIRST:
        with connection.schema_editor() as editor:
            editor.create_model(Product)
    session = requests.Session()
    after: int | None = task.since
    while after is not None:
        page = session.get(f"{task.source}/products", params={"after": after}).json()
        after = page["next"]
        Product.objects.bulk_create(
            [Product(id=i["id"], name=i["name"], body=i) for i in page["items"]],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name", "body"],
        )


def main() -> None:
    """One phase."""
    task = read()
    set_up(task.database)
    with timed():
        pull(task)


if __name__ == "__main__":
    main()
