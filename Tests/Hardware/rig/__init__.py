"""What the hardware test is made of, beside the programs under test."""
