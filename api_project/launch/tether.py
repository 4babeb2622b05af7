"""Ends a process with the one that started it, where the system can: on Linux."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded once and early: between fork and exec is no place for it.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(number: signal.Signals) -> None:
    """Ask the kernel for this signal when the parent dies; call it in the main thread. Elsewhere do nothing."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
