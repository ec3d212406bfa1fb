"""Print every requirement of pyproject.toml, run-time and development, for `make lock`."""

import tomllib
from pathlib import Path


def main() -> None:
    """Print one requirement a line."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    print("\n".join(project["project"]["dependencies"] + project["dependency-groups"]["dev"]))


if __name__ == "__main__":
    main()
