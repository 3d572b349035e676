"""Cut points on the real file: see ../README.md."""
