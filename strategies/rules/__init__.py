"""Every decision, one body each: scalars and arrays in, scalars and arrays out."""
