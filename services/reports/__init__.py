"""What people report as suspicious: reports while they are written, signed reports, and what the office said."""
