"""Made-up people at every stage, walked there by the same verbs as real ones; nothing is written around them."""
