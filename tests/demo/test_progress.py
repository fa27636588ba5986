"""A person sees what changes, and sees it once."""

from __future__ import annotations

import io

from integration.demo.progress import Teller


def test_the_same_is_not_said_twice_and_the_last_is_said() -> None:
    out = io.StringIO()
    looks = iter([(False, "1 of 2"), (False, "1 of 2"), (True, "2 of 2")])
    Teller(out).watch(lambda: next(looks))
    said = [line.partition("] ")[2] for line in out.getvalue().splitlines()]
    assert said == ["1 of 2", "2 of 2"]


def test_while_people_wait_weft_looks_at_the_clock(db: None) -> None:
    from integration.contract.messages import Changed
    from integration.engine.selection import ask
    from integration.models import Connection, Run, Tenant
    from integration.models.run import RunState

    tenant = Tenant.objects.create(slug="one", name="One")
    shop = Connection.everywhere.create(
        tenant=tenant, platform="woocommerce", account="a"
    )
    run, _ = ask(shop, "orders", Changed(), cause="manual")
    Run.everywhere.filter(pk=run.pk).update(state=RunState.SETTLING)

    def done() -> bool:
        run.refresh_from_db()
        return run.state == RunState.DONE

    Teller(io.StringIO()).until(done, lambda: "It settles.")
    assert done()
