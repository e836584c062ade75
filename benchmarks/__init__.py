"""What makes the big captures, and what times us and the peers side by side."""
