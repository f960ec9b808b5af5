"""What people record: notes while they are written, signed notes, and their photos."""
