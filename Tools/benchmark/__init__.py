"""The measurements of `make bench`, one file a topic."""
