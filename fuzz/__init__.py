"""Long fuzzing of ``analyze``; not part of the tests, see fuzz/run.py."""
