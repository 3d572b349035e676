"""A record on the disk: what was done, what it began with, and what it has led to."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import layer


@dataclass
class Recording:
    """`folder` has everything; it can be swept again as long as it is kept.

    `root` is the directory whose files count, `base` a copy of what was there at the beginning,
    if there was anything.
    """

    folder: Path

    @property
    def resumes(self) -> bool:
        """Whether sessions go on after a restart."""
        return '"resume_after_power_loss": true' in (self.config / "settings.json").read_text()

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def base(self) -> Path:
        return self.folder / "base"

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def prefix(self) -> Path:
        """Where the root was when it was recorded; the folder may have been moved since."""
        return Path((self.folder / "prefix").read_text())

    def events(self) -> list[layer.Event]:
        return list(layer.read((self.folder / "record").read_bytes(), self.prefix))

    @property
    def past(self) -> list[str]:
        """Frames that the central system had heard before."""
        path = self.folder / "past.json"
        return json.loads(path.read_text()) if path.exists() else []

    def begin_with(self, root: Path, past: list[str]):
        """Starts from a copy of another root, all of which is durable."""
        (self.folder / "past.json").write_text(json.dumps(past))
        for copy in (self.base, self.root):
            shutil.copytree(root, copy, ignore=lambda _, names: [
                n for n in names if n.endswith(".sock")])

    def difference(self, image: dict) -> str:
        """How the files differ from what the model says; LMDB's lock file is mapped, so not seen."""
        found = {str(p.relative_to(self.root)): p for p in self.root.rglob("*")}
        if odd := set(found) ^ set(image):
            return f"only one of disk and model has {sorted(odd)}"
        for path, (kind, content) in image.items():
            if kind == "file" and not path.endswith("-lock") and (
                    found[path].read_bytes() != content):
                return f"{path} differs between disk and model"
        return ""
