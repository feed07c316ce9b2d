//! The `kinfold` binary: glue between the command line and the library.

fn main() {}
