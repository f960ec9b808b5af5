"""What people have signed, of every kind: the record, the kind's description, and the book that keeps them."""
