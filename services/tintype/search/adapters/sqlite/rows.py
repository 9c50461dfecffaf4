"""Arrays of one length, one for each property of a photo: a filter reads what it asks about, and nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]  # of the type that the property has


class Rows:
    """The properties of so many photos. To make room, make others: searches under way go on with the old ones."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    @classmethod
    def empty(cls, properties: np.dtype[np.void], size: int) -> Rows:
        """Room for `size` photos with these properties."""
        return cls({name: np.zeros(size, properties[name]) for name in properties.names or ()})

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def head(self, size: int) -> Rows:
        """The first `size` of them, in the same memory."""
        return Rows({name: column[:size] for name, column in self._columns.items()})

    def grown(self, size: int) -> Rows:
        """The same with more room."""
        return Rows({name: grown(column, size) for name, column in self._columns.items()})

    def widened(self, name: str, dtype: str) -> Rows:
        """The same with a longer text in one of the properties."""
        return Rows({**self._columns, name: self._columns[name].astype(dtype)})

    @property
    def nbytes(self) -> int:
        """The memory that they take."""
        return sum(column.nbytes for column in self._columns.values())


def grown(array: Column, size: int) -> Column:
    """A longer array that begins with this one."""
    longer = np.zeros(size, array.dtype)
    longer[: len(array)] = array
    return longer
