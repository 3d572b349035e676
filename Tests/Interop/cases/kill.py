"""Never lost, never twice: a sample of the kill test, which `Interop/kill.py` runs at length."""

from harness.audit import SPEED
from harness.killer import Killer
from harness.naive import NaiveCentralSystem
from harness.registry import case
from harness.scenario import Failed

KEYS = {"MeterValueSampleInterval": "1", "LocalPreAuthorize": "true",
        "AllowOfflineTxForUnknownId": "true"}
FAST = {"simulation": {"speed": SPEED}}


async def run(t, kills, seed, resumes=False):
    await t.csms.listen()
    killer = await Killer(t, kills, seed, resumes).run()
    t.ends_itself = True
    if killer.faults:
        raise Failed(f"{killer.summary}\n    " + "\n    ".join(killer.faults[:20]))
    return killer


@case("20 kills, a central system that recognises repeats: the books are right", limit=300,
      settings=FAST, keys=KEYS)
async def recognising(t):
    await run(t, 20, seed=1)


@case("20 kills, a naive central system: duplicates only where its answer was not durable",
      limit=300, settings=FAST, keys=KEYS, system=NaiveCentralSystem)
async def naive(t):
    await run(t, 20, seed=2)


@case("20 kills with sessions that resume: the books are right", limit=300,
      settings={**FAST, "resume_after_power_loss": True}, keys=KEYS)
async def resuming(t):
    await run(t, 20, seed=3, resumes=True)
