"""Leaves of the house: one concept a module, no models, no project imports."""
