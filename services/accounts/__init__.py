"""Who is signed in on a device, who may look at what, and how tokens are sealed."""
