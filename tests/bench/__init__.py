"""The benchmark: Weft beside other ways of doing the same, in the same run."""
