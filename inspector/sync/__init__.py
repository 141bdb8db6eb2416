"""The wire between tablet, console and office server. The only importer of requests."""
