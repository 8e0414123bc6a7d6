//! Operations become statements that people would write, and that do what they say.
