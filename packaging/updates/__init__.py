"""Publishing updates: the keys, the signed metadata, and the folder that the programs look into."""
