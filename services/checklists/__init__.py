"""The checklist by the law in force: its versions, which list holds for a product and a day, and its answers."""
