"""A believable house and its guests, the same ones for the same seed and day."""
