"""RemoteStartTransaction and RemoteStopTransaction (OCPP 1.6 §5.11, §5.12)."""

from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, msg, status


async def remote_start(t, wanted="Accepted", **fields):
    answer = await t.csms.request("RemoteStartTransaction", **{"idTag": CARD, **fields})
    t.equal(answer["status"], wanted, f"RemoteStartTransaction {fields}")


@case("remote start with the cable in", "010")
async def plugged_in(t):
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await remote_start(t, connectorId=1)
    await t.expect("StartTransaction", connectorId=1, idTag=CARD)
    await t.charging()


@case("remote start before the cable", "011_1")
async def before_plug(t):
    await t.boot()
    await remote_start(t, connectorId=1)
    await t.expect(status(1, "Preparing"))
    await t.station.plug(1)
    await t.expect("StartTransaction", connectorId=1, idTag=CARD, skip=[status(1, "Preparing")])
    await t.charging()


@case("remote start, never plugged in: Available after ConnectionTimeOut", "011_2",
      keys={"ConnectionTimeOut": "2"})
async def time_out(t):
    await t.boot()
    await remote_start(t, connectorId=1)
    await t.expect(status(1, "Preparing"))
    await t.expect(status(1, "Available"), within=4)
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.expect_none(msg("StartTransaction"))


@case("remote start without a connector chooses the plugged-in one, or is refused")
async def without_connector(t):
    await t.boot()
    await t.station.plug(2)
    await t.expect(status(2, "Preparing"))
    answer = await t.csms.request("RemoteStartTransaction", idTag=CARD)
    if answer["status"] == "Accepted":  # 1.6 §5.11: the station may reject
        await t.expect("StartTransaction", connectorId=2)


@case("remote start asks first with AuthorizeRemoteTxRequests",
      keys={"AuthorizeRemoteTxRequests": "true"})
async def authorized_remotely(t):
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await remote_start(t, connectorId=1)
    await t.expect("Authorize", idTag=CARD)
    await t.expect("StartTransaction", idTag=CARD)


@case("remote stop: reason Remote", "012")
async def remote_stop(t):
    await t.boot()
    transaction = await t.begin()
    answer = await t.csms.request("RemoteStopTransaction", transactionId=transaction)
    t.equal(answer["status"], "Accepted", "RemoteStopTransaction")
    await t.stopped(1, "Remote")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


@case("a session that was started remotely is stopped by its card")
async def remote_start_local_stop(t):
    await plugged_in(t)
    await t.end()


@case("remote start on an occupied connector is Rejected", "026")
async def occupied(t):
    await t.boot()
    await t.begin()
    await remote_start(t, "Rejected", connectorId=1, idTag=OTHER_CARD)
    await t.expect_none(msg("StartTransaction"), msg("StopTransaction"), during=1)


@case("remote start on connector 0 is Rejected", "027")
async def connector_0(t):
    await t.boot()
    await remote_start(t, "Rejected", connectorId=0)


@case("remote start on an unknown connector is Rejected")
async def unknown_connector(t):
    await t.boot()
    await remote_start(t, "Rejected", connectorId=17)


@case("remote stop of an unknown transaction is Rejected", "028")
async def unknown_transaction(t):
    await t.boot()
    transaction = await t.begin()
    answer = await t.csms.request("RemoteStopTransaction", transactionId=transaction + 1)
    t.equal(answer["status"], "Rejected", "RemoteStopTransaction")
    await t.expect_none(msg("StopTransaction"), during=1)
