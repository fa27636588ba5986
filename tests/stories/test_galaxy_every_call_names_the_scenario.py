"""Where no scenario is the default one, every call names ours."""

from tests.depot_and_shop import POST_CUSTOMER, POST_ENTRY, SYNC, Depot


def test_reads_looks_and_writes_all_bear_it(pantry: Depot) -> None:
    pantry.galaxy.do("no_default_scenario")
    pantry.galaxy.do("set_settings", entries_readable=True)
    pantry.galaxy.forget()
    merchant = pantry.merchant(order_lookup=True)
    pantry.start(merchant)
    pantry.galaxy.fault("drop_after", POST_ENTRY, times=1)
    pantry.sell({pantry.plain()[0]["Code"]: 1})
    pantry.wait(days=1)
    pantry.hit(merchant, "any")
    pantry.road.settle()
    pantry.wait(minutes=1)
    assert len(pantry.entries()) == 1
    calls = [*pantry.galaxy.calls(SYNC), *pantry.galaxy.calls("/api/glx/")]
    scenario = pantry.galaxy.credentials["web_scenario"]
    without = [call for call in calls if f"WebScenID={scenario}" not in call["query"]]
    assert without == []
    made = " ".join(call["path"] for call in calls)
    for path in (POST_CUSTOMER, POST_ENTRY, "docentry/fetch", "items/metadata"):
        assert path in made
    assert merchant.errors() == []
