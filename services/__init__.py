"""Everything of OCOP Verify that can be used and tested without a screen."""

VERSION = "0.1.0"
