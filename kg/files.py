"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import UsageError

_ADVICE = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EROFS: "work on a copy of the folder in which you may write",
}


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes of ours waiting that want to read and replace files of this folder, which must exist.

    Nothing is left behind: the lock is on the folder itself. Where the system has no such locks nobody waits.
    """
    try:
        import fcntl

        place = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace a file at once: a reader, or a crash, finds the old text or the new, never a part.

    Raises: UsageError if the file cannot be written.
    """
    part = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            file.write(content.encode() if isinstance(content, str) else content)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        os.chmod(part, mode)
        os.replace(part, path)
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "choose another file")
        raise UsageError(f"{path}: cannot be written ({error.strerror}): {advice}") from None
    finally:
        # Gone already if all went well.
        if part is not None:
            part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
