"""A deliberately naive central system: every StartTransaction that it hears opens a transaction."""

from .csms import CentralSystem


class NaiveCentralSystem(CentralSystem):
    """What a repeat costs here is what the station's durability is worth: see `kill.py`."""

    recognises_repeats = False
