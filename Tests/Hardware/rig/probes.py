"""The kernel's own interfaces from Python: what proves that the rig tells the truth.

Nothing here shares code with the daemon: the structures are those of `linux/i2c-dev.h`,
`linux/spi/spidev.h` and `linux/gpio.h` (version 2).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct

OUTPUT, INPUT, ACTIVE_LOW = 1 << 3, 1 << 2, 1 << 1  # GPIO_V2_LINE_FLAG_…


class Node:
    """An open device; a context manager."""

    def __init__(self, path):
        self.file = os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


def address(buffer) -> int:
    return ctypes.addressof(buffer)


class I2C(Node):
    """`/dev/i2c-N`, by combined transfers (I2C_RDWR)."""

    RDWR, READ = 0x0707, 1

    def transfer(self, chip, *messages):
        """Bytes are written; a number is how many are read. Gives what was read."""
        buffers = [ctypes.create_string_buffer(bytes(m), len(m)) if isinstance(m, (bytes, list))
                   else ctypes.create_string_buffer(m) for m in messages]
        packed = b"".join(
            struct.pack("HHHxxQ", chip, 0 if isinstance(m, (bytes, list)) else self.READ,
                        len(b), address(b)) for m, b in zip(messages, buffers))
        array = ctypes.create_string_buffer(packed, len(packed))
        fcntl.ioctl(self.file, self.RDWR, struct.pack("QI", address(array), len(messages)))
        return b"".join(b.raw for m, b in zip(messages, buffers) if isinstance(m, int))


class SPI(Node):
    """`/dev/spidevB.C`."""

    NO_SELECT = 0x40

    def configure(self, mode=0, hertz=1_000_000):
        fcntl.ioctl(self.file, 0x40046B05, struct.pack("I", mode))  # SPI_IOC_WR_MODE32
        fcntl.ioctl(self.file, 0x40046B04, struct.pack("I", hertz))  # SPI_IOC_WR_MAX_SPEED_HZ

    def mode(self):
        return struct.unpack("I", fcntl.ioctl(self.file, 0x80046B05, bytes(4)))[0]

    def transfer(self, *parts, hertz=0, bits=8):
        """One message of several transfers; gives what came in for each."""
        sent = [ctypes.create_string_buffer(bytes(p), len(p)) for p in parts]
        received = [ctypes.create_string_buffer(len(p)) for p in parts]
        packed = b"".join(
            struct.pack("QQIIHBBBBBB", address(s), address(r), len(s), hertz, 0, bits, 0, 0, 0, 0,
                        0) for s, r in zip(sent, received))
        request = 1 << 30 | len(packed) << 16 | 0x6B00  # SPI_IOC_MESSAGE(n)
        moved = fcntl.ioctl(self.file, request, bytearray(packed))
        assert moved == sum(len(p) for p in parts), f"{moved} bytes were moved"
        return [r.raw for r in received]


class Lines:
    """A request for lines of `/dev/gpiochipN`; held until `close`."""

    def __init__(self, path, offsets, flags, values=0, consumer="probe"):
        attributes = b""
        if flags & OUTPUT:
            # GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, for every line of the request.
            attributes = struct.pack("IIQQ", 2, 0, values, (1 << len(offsets)) - 1)
        configuration = struct.pack("QI20x", flags, len(attributes) // 24)
        configuration += attributes.ljust(240, b"\0")
        request = struct.pack("64I", *offsets, *([0] * (64 - len(offsets))))
        request += consumer.encode().ljust(32, b"\0") + configuration
        request += struct.pack("II20xi", len(offsets), 0, 0)
        self.count = len(offsets)
        with Node(path) as chip:
            answer = fcntl.ioctl(chip.file, 0xC250B407, request)  # GPIO_V2_GET_LINE_IOCTL
        self.file = struct.unpack("i", answer[-4:])[0]

    def set(self, values):
        fcntl.ioctl(self.file, 0xC010B40F, struct.pack("QQ", values, (1 << self.count) - 1))

    def get(self):
        answer = fcntl.ioctl(self.file, 0xC010B40E, struct.pack("QQ", 0, (1 << self.count) - 1))
        return struct.unpack("QQ", answer)[0]

    def close(self):
        os.close(self.file)


def label(path) -> tuple[str, int]:
    """A chip's label and how many lines it has."""
    with Node(path) as chip:
        answer = fcntl.ioctl(chip.file, 0x8044B401, bytes(68))  # GPIO_GET_CHIPINFO_IOCTL
    return answer[32:64].rstrip(b"\0").decode(), struct.unpack("I", answer[64:])[0]


def consumer(path, offset) -> str:
    """Who holds a line; empty when nobody does."""
    request = bytes(64) + struct.pack("I", offset) + bytes(188)
    with Node(path) as chip:
        answer = fcntl.ioctl(chip.file, 0xC100B405, request)  # GPIO_V2_GET_LINEINFO_IOCTL
    return answer[32:64].rstrip(b"\0").decode()
