"""What an inspection is: values and rules. Standard library and `inspector.errors` only, no input or output."""
