"""The screens of OCOP Verify, one file a screen; what they share is in `views.parts`."""
