"""The console's screens, one file each: components that take the `Session` and the ids of their address."""
