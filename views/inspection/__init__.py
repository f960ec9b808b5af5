"""The screens of one inspection: what was found at a product, and the photos that prove it."""
