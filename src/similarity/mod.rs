//! Pure measures on strings.
