"""`make lock`: pin what pyproject.toml asks for, with hashes and without addresses."""

import sys
from pathlib import Path

from tools.console import ROOT, StepFailed, step
from tools.install import PYTHON, install_python

COMMON = ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
COMMON += ["--python-version", "3.11", "--universal"]


def main() -> int:
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", *COMMON]
    try:
        if not (ROOT / ".venv" / "bin" / "uv").exists():
            install_python(dev=True)
        step("requirements.lock", [*uv, "-o", "requirements.lock"])
        constrained = ["--extra", "dev", "-c", "requirements.lock"]
        step("requirements-dev.lock", [*uv, *constrained, "-o", "requirements-dev.lock"])
    except StepFailed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
