"""A copy of the code that a newcomer changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Checkout:
    """The rooms of the code in a directory of their own, and whatever else of the repository is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.take("nmt", "service", "tokenizer")

    def take(self, *names: str) -> None:
        """Copy files and directories of the repository."""
        for name in names:
            source, target = ROOT / name, self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Put `new` in the place of `old`, which stands once in the file."""
        text = self.read(name)
        assert text.count(old) == 1, f"{name} no longer has one {old!r}: CONTRIBUTING.md may have to say something else"
        self.write(name, text.replace(old, new))

    def run(self, code: str) -> str:
        """What the changed code prints."""
        return self.python("-W", "error", "-c", code)

    def nmt(self, *arguments: str, stdin: str = "") -> str:
        return self.python("-m", "nmt", *arguments, stdin=stdin)

    def python(self, *arguments: str, stdin: str = "") -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.path)}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
