"""Where shops fetch the pictures that a platform shows to nobody but Weft."""
