"""What people do: one short function per use case, over ports."""
