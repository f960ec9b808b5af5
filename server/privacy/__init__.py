"""How long what is about people is kept, how it goes, and what a person may ask for (docs/privacy.md)."""
