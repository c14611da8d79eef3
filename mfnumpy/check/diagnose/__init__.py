"""From numbers to a sentence: compare, recognise a known mistake, fit the pieces, probe, and explain."""
