"""Scenarios: forged captures with the verdicts they must get (README.md)."""
