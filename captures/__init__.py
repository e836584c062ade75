"""Forged captures: the shipped demo, its script, and the forging library."""
