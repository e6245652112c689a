"""Model files for devices and servers: how a network becomes one, and how one is run."""
