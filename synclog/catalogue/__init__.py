"""What each code of a failure means to a merchant, by whose affair it is."""
