"""Two reports, handsets or batches beside one another: what is new, not seen, or elsewhere."""
