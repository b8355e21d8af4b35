"""A plant of real processes: hubs, clients, a network that breaks, and kill -9 on either side."""
