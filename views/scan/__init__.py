"""The first screen, for scanning, and the samples."""
