"""What every face needs of the web: policy, request log, second factor, probes."""
