"""The errors that a user may meet: each names the file, the place and the mend, in one line."""

from __future__ import annotations


class KpoError(Exception):
    """Root of every error this package raises on purpose.

    Args:
        message: what is wrong, in one line.
        path: the file it concerns, as the user named it.
        place: where in the file (a line, an offset, a config key), if known.
        mend: what the user can do about it, in one line.
    """

    def __init__(
        self, message: str, *, path: str | None = None, place: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.place = place
        self.mend = mend

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.path, self.place) if part)
        head = f"{where}: {self.message}" if where else self.message
        return f"{head} ({self.mend})" if self.mend else head

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword-only arguments do not pickle by default, and errors cross processes.
        return _rebuild, (type(self), self.message, self.path, self.place, self.mend)


def _rebuild(
    kind: type[KpoError], message: str, path: str | None, place: str | None, mend: str | None
) -> KpoError:
    return kind(message, path=path, place=place, mend=mend)


class ConfigError(KpoError):
    """A config file, key or value that cannot be used."""


class InputError(KpoError):
    """An input file that cannot be read as an article; the other files go on."""


class ModelError(KpoError):
    """A model that is missing, damaged or not the one that was asked for."""


class StageError(KpoError):
    """A stage that failed on one item; the item is quarantined."""


class OutputError(KpoError):
    """An output folder or file that cannot be written, or a record that breaks an invariant."""


class ReviewError(KpoError):
    """A review sheet that cannot be read back."""


class CacheError(KpoError):
    """A cache entry that is missing or damaged; what it held is computed again."""
