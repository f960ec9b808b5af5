"""Drawing for paper, of app and server alike: symbols and sheets of labels, all of it vectors.

What the codes say is decided by whoever prints, the app and the server each by their own rules.
"""
