"""The live picture of a camera, and what is drawn over it."""
