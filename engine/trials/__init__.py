"""Many runs of one idea: the variants of a comparison, the cells of a search."""
