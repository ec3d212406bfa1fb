"""Small batches, and whole runs over them: shared by the tests of runs, faults and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.config import Config, load

CONFIG = Path(__file__).parent / "batch.yaml"
KPO = Path(sys.executable).parent / "kpo"

ARTICLES = {
    "de.md": """# Was ist KPO?

Knowledge Process Outsourcing (KPO) bedeutet, dass ein Unternehmen Facharbeit an Fachleute auslagert.
KPO ist ein Teilbereich von BPO.
Die meisten Anbieter sitzen in Indien und auf den Philippinen.
Wer dort arbeitet, braucht ein Studium und mehrere Jahre Erfahrung.

## Vorteile

- Niedrigere Kosten
- Zugang zu Fachleuten
- Mehr Zeit für das eigene Geschäft
""",
    "fr.md": """# Qu'est-ce que le KPO ?

Le Knowledge Process Outsourcing (KPO) signifie qu'une entreprise confie un travail d'expert.
Le KPO est une branche du BPO.
La plupart des prestataires se trouvent en Inde et aux Philippines.
Qui y travaille a besoin d'un diplôme et de plusieurs années d'expérience.

## Avantages

- Des coûts plus bas
- L'accès à des spécialistes
- Plus de temps pour le cœur de métier
""",
    "es.txt": """El KPO frente al BPO

El KPO exige juicio y conocimiento experto, mientras que el BPO se basa en reglas.
Las empresas ahorran dinero con el KPO, pero pierden control sobre la calidad.
""",
}


@dataclass(frozen=True)
class Calm:
    """An undisturbed run: its articles, a cache of nothing but vectors, its outputs and its seconds."""

    raw: Path
    cache: Path
    outputs: dict[str, str]
    seconds: float


def write_articles(folder: Path, articles: dict[str, str] | None = None) -> Path:
    """Write articles, the three above where none are given, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (articles or ARTICLES).items():
        (folder / name).write_bytes(text.encode())
    return folder


def config(**changes: object) -> Config:
    """The small config with some of its sections replaced."""
    return load(CONFIG).model_copy(update=changes)


def kpo(*words: object, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environment = {**os.environ, "KPO_CACHE": str(cache)}
    command = [str(KPO), *(str(word) for word in words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def begin(raw: Path, out: Path, cache: Path) -> subprocess.Popen[str]:
    """Begin a run of the small config with one worker, in a group of processes of its own."""
    command = [str(KPO), "run", str(raw), "--out", str(out), "--config", str(CONFIG), "--jobs", "1"]
    return subprocess.Popen(
        command,
        env={**os.environ, "KPO_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(raw: Path, out: Path, cache: Path) -> dict[str, str]:
    """Let a run go to its end, and give its outputs."""
    done = kpo("run", raw, "--out", out, "--config", CONFIG, "--jobs", "1", cache=cache)
    assert done.returncode == 0, done.stderr
    return outputs(out)


def outputs(folder: Path) -> dict[str, str]:
    """A hash of every output by its path, the manifest without its clock."""
    found = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".kpo" not in path.parts
    }
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["clock"]
    return found | {"manifest.json": json.dumps(manifest)}


def wrong_quotes(folder: Path, raw: Path) -> list[str]:
    """The quotes of the written records that are not the text at their place."""
    wrong = []
    for path in (folder / "records").glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        texts = {}
        for document in record["documents"]:
            layer = document.get("text_layer")
            data = ((folder / layer) if layer else (raw / document["path"])).read_bytes()
            texts[document["id"]] = data.decode(document["encoding"])
        for quote in _quotes(record):
            if texts[quote["document"]][quote["start"] : quote["end"]] != quote["quote"]:
                wrong.append(quote["quote"])
    return wrong


def _quotes(node: object) -> list[dict[str, object]]:
    if isinstance(node, list):
        return [quote for child in node for quote in _quotes(child)]
    if not isinstance(node, dict):
        return []
    own = [node] if {"quote", "start", "end", "document"} <= node.keys() else []
    return own + [quote for child in node.values() for quote in _quotes(child)]
