"""The parts of generate-messages.py."""
