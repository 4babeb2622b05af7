"""When a failure means that there is no room left, on the disk or in the database, or that the disk is away."""

import errno

from django.db import DatabaseError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# A folder that is read-only, not ours, not mounted or broken.
AWAY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOENT, errno.ESTALE, errno.ENOTCONN})
# https://www.sqlite.org/rescode.html#full
SQLITE_FULL = "SQLITE_FULL"
# https://www.postgresql.org/docs/current/errcodes-appendix.html, disk_full
POSTGRESQL_DISK_FULL = "53100"


def is_out_of_room(exc: BaseException) -> bool:
    """Tell whether a failed write failed for want of room. Django's errors say it by the driver's own behind them."""
    if isinstance(exc, OSError):
        return exc.errno in NO_ROOM
    cause = exc.__cause__
    return isinstance(exc, DatabaseError) and (
        getattr(cause, "sqlite_errorname", None) == SQLITE_FULL
        or getattr(cause, "sqlstate", None) == POSTGRESQL_DISK_FULL
    )


def is_storage_away(exc: BaseException) -> bool:
    """Tell whether a file could not be written because its folder cannot be used at all."""
    return isinstance(exc, OSError) and exc.errno in AWAY
