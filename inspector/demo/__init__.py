"""The demo: office server, console and tablet on this machine: three processes, three folders, samples."""
