"""The checklist of an inspection: which list holds, its items with their answers, and what they amount to."""
