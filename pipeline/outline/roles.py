"""What each section of an article does (defines, compares, warns), by nearness to exemplars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray

from pipeline.vectors import Floats, centre

_TEMPERATURE = 0.06
_HEADING_SHARE = 0.7


@dataclass(frozen=True)
class RoleHead:
    """Exemplar vectors (n, d), centred, and the role of each."""

    roles: tuple[str, ...]
    vectors: Floats


def load_roles(
    section_roles: Mapping[str, Sequence[str]], encode: Callable[[Sequence[str]], Floats]
) -> RoleHead:
    """Encode the exemplars of each role; where none are configured, the shipped ones."""
    if not section_roles:
        shipped = files("pipeline.outline").joinpath("roles.yaml").read_text(encoding="utf-8")
        section_roles = yaml.safe_load(shipped)
    pairs = [(role, text) for role, texts in section_roles.items() for text in texts]
    vectors = encode([text for _, text in pairs])
    return RoleHead(tuple(role for role, _ in pairs), centre(vectors))


def role_of(heading: Floats | None, body: Floats, head: RoleHead) -> tuple[str, float]:
    """The role of one section and its probability.

    Args:
        heading: the heading's centred vector (d,), if there is one.
        body: the centred vectors (n, d) of the section's own segments; may be empty.
        head: the exemplars.
    """
    scores = np.zeros(len(head.roles), dtype=np.float32)
    if heading is not None:
        scores += (_HEADING_SHARE if len(body) else 1.0) * (head.vectors @ heading)
    if len(body):
        share = 1.0 if heading is None else 1.0 - _HEADING_SHARE
        scores += share * (body @ head.vectors.T).mean(axis=0)
    names = sorted(set(head.roles))
    of_role = np.array([_top_mean(scores[[role == name for role in head.roles]]) for name in names])
    odds = np.exp((of_role - of_role.max()) / _TEMPERATURE)
    best = int(of_role.argmax())
    return names[best], float(odds[best] / odds.sum())


def _top_mean(scores: NDArray[np.float32]) -> float:
    return float(np.sort(scores)[-2:].mean())
