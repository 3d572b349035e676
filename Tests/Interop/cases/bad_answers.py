"""Answers that no central system should give: to nothing, twice, or with wrong types."""

import json

from harness.registry import case
from harness.scenario import CARD, msg, status

from .bad_input import current, still_there


@case("answers to nothing are ignored")
async def foreign_answers(t):
    await t.boot()
    link = current(t)
    for text in ('[3,"nobody",{}]', '[3,"nobody",{"transactionId":1}]', '[3,"nobody"]', '[3]',
                 '[4,"nobody","InternalError","",{}]', '[4,"nobody"]', '[4,"","","",{}]',
                 '[3,null,{}]', '[3,5,{}]', '[3,"nobody",[]]',
                 '[3,"nobody",{"idTagInfo":{"status":"Accepted"}}]'):
        await t.csms.raw(text)
        await still_there(t, link, text)
    await t.normal_session()


@case("a second answer to a finished call changes nothing")
async def second_answer(t):
    await t.boot()
    transaction = await t.begin()
    start = t.transaction().starts[0]
    await t.csms.raw(json.dumps([3, start.id, {
        "transactionId": transaction + 500, "idTagInfo": {"status": "Blocked"}}]))
    await t.csms.raw(json.dumps([4, start.id, "InternalError", "", {}]))
    await t.expect_none(msg("StopTransaction"), msg("StartTransaction"), during=1)
    stop = await t.end()
    t.equal(stop["transactionId"], transaction, "transactionId")


@case("an unknown id is not the answer: the station waits for its own")
async def foreign_start_answer(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].delay = 1.5
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    start = (await t.wait_for(msg("StartTransaction")))[0]
    await t.csms.raw(json.dumps([3, start.id + "x", {
        "transactionId": 1, "idTagInfo": {"status": "Accepted"}}]))
    await t.csms.raw(json.dumps([3, start.id.upper() + " ", {
        "transactionId": 2, "idTagInfo": {"status": "Accepted"}}]))
    evse = await t.station.until_evse(
        lambda e: e["session"] and e["session"]["transactionId"], what="a transaction id")
    t.equal(evse["session"]["transactionId"], t.transaction().id, "transactionId")


@case("an answer with wrong types to StartTransaction is no answer: it is tried again")
async def malformed_start_answer(t):
    t.allowed |= {"repeats"}
    await t.boot()
    t.csms.behaviour["StartTransaction"].withhold = 1
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    start = (await t.wait_for(msg("StartTransaction")))[0]
    await t.csms.raw(json.dumps([3, start.id, {"transactionId": "seven", "idTagInfo": 5}]))
    await t.wait_for(msg("StartTransaction"), within=45, count=2)
    evse = await t.station.until_evse(
        lambda e: e["session"] and e["session"]["transactionId"], what="a transaction id")
    t.equal(evse["session"]["transactionId"], t.transaction().id, "transactionId")
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")


@case("answers with wrong types to Heartbeat, StatusNotification and Authorize do no harm",
      interval=1)
async def malformed_answers(t):
    await t.boot()
    link = current(t)
    for action in ("Heartbeat", "StatusNotification", "Authorize"):
        t.csms.behaviour[action].withhold = 1
    beat = (await t.wait_for(msg("Heartbeat"), since=t.mark()))[0]
    await t.csms.raw(json.dumps([3, beat.id, {"currentTime": 17}]))
    t.csms.behaviour["StatusNotification"].withhold = 1
    await t.station.plug(1)
    told = (await t.wait_for(status(1, "Preparing")))[0]
    await t.csms.raw(json.dumps([3, told.id, [1, 2]]))
    await t.station.swipe(CARD, [1])
    asked = (await t.wait_for(msg("Authorize"), within=40))[0]
    await t.csms.raw(json.dumps([3, asked.id, {"idTagInfo": {"status": "Perhaps"}}]))
    await still_there(t, link, "malformed answers")
    await t.expect_none(msg("StartTransaction"), during=1)
    await t.station.unplug(1)
    await t.station.until_evse(lambda e: e["connectors"][0]["status"] == "Available")
    await t.station.drained()
    await t.normal_session()


@case("a malformed answer to BootNotification is no registration", interval=2, limit=130)
async def malformed_boot_answer(t):
    t.csms.behaviour["BootNotification"].withhold = 1
    await t.listen()
    await t.station.start()
    boot = (await t.wait_for(msg("BootNotification"), within=10))[0]
    await t.csms.raw(json.dumps([3, boot.id, {"status": "Accepted", "interval": "soon",
                                              "currentTime": "yesterday"}]))
    await t.expect_none(msg("StatusNotification"), msg("Heartbeat"), during=1)
    await t.wait_for(msg("BootNotification"), within=100, count=2)
    await t.wait_for(msg("StatusNotification", connectorId=0))
