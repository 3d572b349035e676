"""Writes the guest's thermal zone to a file: an ACPI table's body (ACPI 6.5 §20.2, AML).

The emulated machine has none, and the kernel makes the same file of it as a Raspberry Pi's makes of
its processor's (`/sys/class/thermal/thermal_zone0/temp`). As many degrees Celsius as the scratch
register of the first serial port says, which nothing else uses:

    Scope (\\_TZ) {
      ThermalZone (CPUT) {
        OperationRegion (SCRA, SystemIO, 0x03FF, 1)
        Field (SCRA, ByteAcc, NoLock, Preserve) { DEGC, 8 }
        Method (_TMP) { Return (Add (Multiply (DEGC, 10), 2732)) }  // tenths of a kelvin
        Method (_CRT) { Return (6000) }
      }
    }
"""

import sys


def package(operator: bytes, *parts: bytes) -> bytes:
    """An operator with the length of what belongs to it (§20.2.4), here at most two bytes long."""
    body = b"".join(parts)
    length = len(body) + 1
    if length < 0x40:
        return operator + bytes([length]) + body
    length += 1
    return operator + bytes([0x40 | length & 0x0F, length >> 4]) + body


def word(number: int) -> bytes:
    return b"\x0b" + number.to_bytes(2, "little")


REGION = b"\x5b\x80SCRA\x01" + word(0x03FF) + b"\x01"
FIELD = package(b"\x5b\x81", b"SCRA", b"\x01", b"DEGC", b"\x08")
TEMPERATURE = package(b"\x14", b"_TMP\0", b"\xa4\x72\x77DEGC\x0a\x0a\0", word(2732), b"\0")
CRITICAL = package(b"\x14", b"_CRT\0", b"\xa4", word(6000))
ZONE = package(b"\x5b\x85", b"CPUT", REGION, FIELD, TEMPERATURE, CRITICAL)

with open(sys.argv[1], "wb") as file:
    file.write(package(b"\x10", b"\\_TZ_", ZONE))
