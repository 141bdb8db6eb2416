"""What an inspection is: values and rules, without input or output.

Standard library and `inspector.errors` only.
"""
