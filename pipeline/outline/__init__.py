"""What needs vectors to see: section roles, and topical sections where an article has no headings."""

from pipeline.outline.outline import outline
from pipeline.outline.roles import RoleHead, load_roles

__all__ = ["RoleHead", "load_roles", "outline"]
