"""What the command does, in parts that two processes can share: each gives a `Result`."""

from __future__ import annotations

import asyncio
import errno
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from . import layer
from .forgetful import Forgetful
from .recording import Recording
from .restart import write
from .stages import Charges, Failing, Killed
from .story import Story
from .sweep import Choice, Result, Sweep


@dataclass(frozen=True)
class Workshop:
    """Where and with what everything is done."""

    programs: object
    library: Path
    scratch: Path  # on a fast file system; gone at the end
    kept: Path  # records that are kept

    def recording(self, name: str) -> Recording:
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        return Recording(folder)

    def sweep(self, recording, choice, lie=None) -> Result:
        """The cuts of a record."""
        liar = lie.__name__ if lie else ""
        place = self.scratch / f"{recording.folder.name}-{choice.share}{liar}"
        return Sweep(recording, self.programs, place, choice, lie).run()

    def keep(self, recording):
        """Copies a record to where its cuts can be repeated."""
        target = self.kept / recording.folder.name
        if recording.folder != target and recording.folder.exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(recording.folder, target, ignore=lambda _, names: [
                n for n in names if n.endswith(".sock")])

    def played(self, stage, choice) -> Result:
        """Plays a short stage, and sweeps what it has recorded."""
        recording, result = stage.recording, Result()
        try:
            asyncio.run(stage.play())
            result.add(self.sweep(recording, choice))
        except Exception as error:
            result.failures.append((recording.folder.name, "while it was recorded", 0,
                                    [f"{type(error).__name__}: {error}"]))
        if result.failures:
            self.keep(recording)
        shutil.rmtree(recording.folder, ignore_errors=True)
        return result


def story(shop: Workshop, name: str, seed: int, operations: int, resumes: bool) -> Recording:
    recording = shop.recording(name)
    asyncio.run(Story(recording, shop.programs, shop.library, resumes, seed, operations).play())
    shop.keep(recording)
    return recording


def swept(shop: Workshop, recording: Recording, choice: Choice) -> Result:
    return shop.sweep(recording, choice)


def killed(shop: Workshop, operation: int, moment: int, every: int, mode=None) -> Result:
    """A real SIGKILL within an operation, a restart, and power cuts after that."""
    recording = shop.recording(f"killed-{operation}-{moment}")
    stage = Killed(recording, shop.programs, shop.library, operation=operation, moment=moment)
    choice = Choice(every=every, first=operation, salt=operation, mode=mode)
    result = shop.played(stage, choice)
    result.lives["killed for real"] += 1
    return result


def again(shop: Workshop, recording: Recording, number: int, mode: str, every: int) -> Result:
    """A power cut, a restart on what it left, and power cuts during and after that."""
    after = shop.recording(f"{recording.folder.name}-again-{number}-{mode}")
    choice = Choice(only=number, mode=mode, draw=0)
    sweep = Sweep(recording, shop.programs, after.folder / "first", choice)
    _, cut, image = next(sweep.images())
    write(image, after.folder / "found")
    after.begin_with(after.folder / "found", sweep.duties.at(number, cut.is_over).frames)
    result = shop.played(Charges(after, shop.programs, shop.library),
                         Choice(every=every, salt=number))
    result.lives["cut twice"] += 1
    return result


def failing(shop: Workshop, operation: int, fault: tuple, every: int) -> Result:
    """An operation fails: the daemon says so and stops safely, and nothing is lost then either."""
    error, has_effect, lasts = fault
    recording = shop.recording(f"failing-{operation}-{error}-{has_effect:d}{lasts:d}")
    stage = Failing(recording, shop.programs, shop.library, operation=operation, error=error,
                    has_effect=has_effect, lasts=lasts)
    result = shop.played(stage, Choice(every=every, first=operation, salt=operation))
    result.lives[f"{errno.errorcode[error]}{', lasting' if lasts else ''}: "
                 f"{stage.outcome or 'failed'}"] += 1
    return result


def forgetful(shop: Workshop, seed: int, steps: int, every: int) -> Result:
    """Erasing, pruning, scrubbing and forgetting, by the journal's test worker."""
    story = Forgetful(shop.programs.worker, shop.library, shop.scratch / f"forgetful-{seed}")
    story.record(seed, steps)
    result = story.sweep(Choice(every=every, salt=seed))
    result.lives["erased, pruned, scrubbed, forgot"] += 1
    shutil.rmtree(story.folder, ignore_errors=True)
    return result


FAULTS = [(errno.EIO, False, False), (errno.EIO, True, False), (errno.ENOSPC, False, False),
          (errno.ENOSPC, False, True), (errno.EIO, False, True)]


def plain(shop: Workshop):
    """Two undisturbed charges: how many operations one has, and which of them are renames."""
    stage = Charges(shop.recording("plain"), shop.programs, shop.library)
    asyncio.run(stage.play())
    renames = [e.number for e in stage.recording.events()
               if e.kind == layer.RENAME and e.paths[1].endswith(".db")]
    return stage.control.operations // 2, renames


def settled(shop: Workshop) -> Result:
    """The order of two undisturbed lives: what is built on, or told, is synced before."""
    stage, result = Charges(shop.recording("settled"), shop.programs, shop.library), Result()
    asyncio.run(stage.play())
    events = stage.recording.events()
    for where, faults in (("a start on what another left", unsettled(events)),
                          ("what is told", unsynced(events))):
        if faults:
            result.failures.append(("settled", where, 0, faults))
    result.lives["lives in order"] += 1
    shutil.rmtree(stage.recording.folder, ignore_errors=True)
    return result


def unsettled(events) -> list[str]:
    """What the last start has not synced, before it wrote to a database or said a word."""
    synced, last = set(), max(i for i, event in enumerate(events) if event.kind == layer.START)
    for event in events[last:]:
        if event.kind == layer.SYNC and event.result >= 0:
            synced.add(event.paths[0])
        elif event.kind == layer.TALK or (
                event.kind == layer.WRITE and event.paths[0].endswith(".db")):
            break
    found = {"data/journal.db", "data/vault.db", "data", ""}
    return sorted(f"{path or 'the directory above DATA'} is not synced" for path in found - synced)


def unsynced(events) -> list[str]:
    """Words that left while something of the databases was not on the disk, room ahead included."""
    open_files, faults = set(), []
    for event in events:
        if event.kind == layer.WRITE and ".db" in event.paths[0]:
            if not event.flags & layer.DATA_SYNC:
                open_files.add(event.paths[0])
        elif event.kind == layer.SYNC:
            open_files.discard(event.paths[0])
        elif event.kind == layer.RENAME:
            open_files.discard(event.paths[0])
        elif event.kind == layer.TALK and open_files:
            faults.append(f"after operation {event.number}: {sorted(open_files)}")
    return faults


# The self-test: what the sweep must notice. Each turns what was recorded into something else.

def no_sync(event):
    """fsync and fdatasync return, and nothing has been written."""
    is_it = event.kind == layer.SYNC and not event.flags & layer.OF_DIRECTORY
    return replace(event, flags=event.flags | layer.FAILED) if is_it else event


def no_data_sync(event):
    """The meta page is written as any other page."""
    return replace(event, flags=event.flags & ~layer.DATA_SYNC) if event.kind == layer.WRITE else (
        event)


def no_directory_sync(event):
    is_it = event.kind == layer.SYNC and event.flags & layer.OF_DIRECTORY
    return replace(event, flags=event.flags | layer.FAILED) if is_it else event


def told_too_early(event):
    """Everything is told three operations before it is durable."""
    return replace(event, number=event.number - 3) if event.kind == layer.TALK else event


LIES = (no_sync, no_data_sync, no_directory_sync, told_too_early)


def lied(shop: Workshop, recording: Recording, lie) -> Result:
    """Cuts a record that lies until somebody notices; a result with a failure when nobody does."""
    result = Result()
    for mode in ("dropped", "newest"):
        found = shop.sweep(recording, Choice(every=5, mode=mode), lie)
        if found.failures:
            result.lives[f"noticed: {lie.__name__}"] += 1
            return result
    result.failures.append((recording.folder.name, lie.__name__, 0,
                            ["nobody noticed: this sweep proves nothing"]))
    return result
