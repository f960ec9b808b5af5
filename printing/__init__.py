"""Draws symbols and sheets of labels for paper, as vectors, for app and server alike.

The app and the server each decide by their own rules what the codes say.
"""
