//! Seeded synthetic leads with truth.
