"""Stops the first thread of a process, and no other, until the input ends: a loop that hangs.

`freeze.py PID`. A signal would stop all threads; a debugger may stop one (ptrace(2)). It is a
process of its own, since who traces a child is told of its stops where he waits for its end.
"""

import ctypes
import os
import sys

SEIZE, INTERRUPT, DETACH, WAIT_ALL = 0x4206, 0x4207, 17, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request: int, thread: int):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    first = int(sys.argv[1])
    ptrace(SEIZE, first)
    ptrace(INTERRUPT, first)
    os.waitpid(first, WAIT_ALL)
    print("frozen", flush=True)
    sys.stdin.read()
    ptrace(DETACH, first)
