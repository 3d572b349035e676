"""The parts of Tools/draw-wiring.py."""
