"""Imports every group, in the order of the certification cases."""

from . import (  # noqa: F401
    boot, sessions, cache, remote, reset, unlock, configuration, metering, authorization, power,
    offline, faults, availability, outbox, link, tls, outlet, program, exits, bad_input,
    bad_answers, journal, kill, wiring,
)
