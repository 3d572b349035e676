"""What the black-box cases are made of: central systems, the daemon, and expectations."""
