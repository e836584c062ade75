"""Where a batch keeps its results: a folder, or object storage behind a URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from analyzer.batch import remote, seal

Record = dict[str, Any]


class Store(Protocol):
    """What both can; ``seal.Folder`` says what each does."""

    def making(self, key: str) -> AbstractContextManager[Path]: ...
    def seal(self, place: Path, record: Record) -> None: ...
    def seal_record(self, record: Record) -> None: ...
    def rename(self, key: str, names: list[str]) -> None: ...
    def remove(self, key: str) -> None: ...
    def remove_rows(self, key: str) -> None: ...
    def read(self, key: str) -> Record | None: ...
    def everything(self) -> list[str]: ...
    def records(self, keys: list[str]) -> Iterator[Record]: ...
    def document(self, name: str) -> Record | None: ...


def of(output: str) -> Store:
    """The store of a folder or URL."""
    if remote.is_url(output):
        from analyzer.batch.bucket import Bucket

        return Bucket(output)
    return seal.Folder(Path(output))
