"""Fields that people set here: an import keeps them, unless it is told to take the package's.

What lives here: the rule and its values. What must not: rows, packages, the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ccr.domain.directory_history import RecordKind


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field that a package would change and that was set by people here.

    Attributes:
        source_id: the record's id in the package.
        record_id: its id here.
        taken: True when the package's value was taken after all.
        ours, theirs: what stands here, and what the package says.
    """

    kind: RecordKind
    source_id: str
    record_id: UUID
    field: str
    taken: bool = False
    ours: Any = None
    theirs: Any = None

    @property
    def key(self) -> str:
        """Return what names this field among the choices of a run."""
        return field_key(self.kind, self.source_id, self.field)


def field_key(kind: RecordKind, source_id: str, name: str) -> str:
    """Return the name of one field of one record of a package.

    >>> field_key(RecordKind.SERVICE, "s1", "name")
    'service:name:s1'
    """
    return f"{kind.value}:{name}:{source_id}"


@dataclass(frozen=True, slots=True)
class Choices:
    """Which fields edited here give way to the package: all, those named, or (as given) none."""

    take_all: bool = False
    take: frozenset[str] = frozenset()

    def takes(self, key: str) -> bool:
        """Return True when the package's value is taken."""
        return self.take_all or key in self.take


KEEP_OURS = Choices()


@dataclass(frozen=True, slots=True)
class Respected:
    """The values to write, the fields where package and people differ, and what stays edited."""

    values: dict[str, Any]
    kept: tuple[str, ...]
    taken: tuple[str, ...]
    edited: dict[str, str]


def respect(
    edited: Mapping[str, str],
    held: Mapping[str, Any],
    told: Mapping[str, Any],
    takes: Callable[[str], bool],
) -> Respected:
    """Return what an import writes: ours where people set it, else the package's.

    A field that is taken is no longer edited here: the next import may change it again.

    >>> respect({"name": "2026"}, {"name": "Ours"}, {"name": "Theirs"}, lambda _: False).values
    {'name': 'Ours'}
    """
    differing = [name for name in told if name in edited and held.get(name) != told[name]]
    kept = tuple(name for name in differing if not takes(name))
    taken = tuple(name for name in differing if takes(name))
    return Respected(
        values={**told, **{name: held.get(name) for name in kept}},
        kept=kept,
        taken=taken,
        edited={name: when for name, when in edited.items() if name not in taken},
    )
