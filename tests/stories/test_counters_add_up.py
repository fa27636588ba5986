"""Whatever happens, every row read is accounted for."""

from integration.contract.messages import Again, Everything, Oldest, These
from integration.models import Run
from tests.road import Road


def test_every_run_of_a_lively_week_adds_up(road: Road) -> None:
    goods = road.goods()
    road.change(goods[0], price=None)
    merchant = road.in_step()
    road.back.do("hide", id=goods[1]["id"])
    road.change(goods[2], name="Renamed")
    road.buy(goods[3]["id"], goods[4]["id"])
    road.later(hours=2)
    road.change(goods[0], price=9.5)
    for selection in (
        Everything(),
        Everything(resend=True),
        Again(),
        Oldest(3),
        These((goods[5]["id"], "nobody-knows-me")),
    ):
        road.read(merchant.crystal, "products", selection)
    for _ in range(4):
        road.later(hours=7)
    runs = list(Run.objects.for_tenant(merchant.tenant))
    assert len(runs) > 10
    assert sum(run.read for run in runs) > 60
    off = [
        (str(run), run.read, run.accounted) for run in runs if run.read != run.accounted
    ]
    assert off == []
    assert {run.state for run in runs} == {"done"}
