"""A record on the disk: what was done, what it began with, and what it has led to."""

from __future__ import annotations

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
    resumes: bool = False

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

    def events(self) -> list[layer.Event]:
        return list(layer.read((self.folder / "record").read_bytes(), self.root.resolve()))

    def begin_with(self, root: Path):
        """Starts from a copy of another root, all of which is durable."""
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
