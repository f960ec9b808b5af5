"""Shows the live picture of a camera, and draws over it."""
