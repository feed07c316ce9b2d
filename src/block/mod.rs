//! Stage 3: candidate pairs. Every pair a rule asks for, and no other.
