"""Facts extracted from every set of marked articles that is shipped here, set by set.

    python benchmarks/extraction_sets.py [NAME ...] [--cache FOLDER]

A set is a folder `extraction_NAME` of `articles` and their `gold.jsonl`. Each is run and scored by itself, as
`extraction.py` does with one; of the stories nothing but the slots that their gold has is counted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from extraction import HEAD, HERE, of_slots, row, scored

from pipeline.config import load

ONLY = {
    "stories": (
        "definition", "broader", "service", "driver", "benefit", "risk", "requirement", "location",
        "delivery_model", "outlook",
    ),
}  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = sorted(path.parent.name.removeprefix("extraction_") for path in HERE.glob("*/gold.jsonl"))
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of {', '.join(known)}; by default all"
    )
    parser.add_argument("--config", type=Path, default=HERE.parent / "configs" / "kpo.yaml")
    parser.add_argument("--cache", default="", help="keep the stages' results in this folder")
    arguments = parser.parse_args()
    unknown = sorted({*arguments.names} - {*known})
    if unknown:
        parser.error(f"no such set: {', '.join(unknown)}")
    config = load(arguments.config)
    print(HEAD)
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or str(Path(scratch) / "cache")
        for name in arguments.names or known:
            folder = HERE / f"extraction_{name}"
            report = scored(folder / "articles", folder / "gold.jsonl", config, Path(scratch) / name, cache)
            figures = report.figures() | (of_slots(report, ONLY[name]) if name in ONLY else {})
            print(row(name, figures), flush=True)


if __name__ == "__main__":
    main()
