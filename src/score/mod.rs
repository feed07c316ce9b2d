//! Stage 4: evidence, probability, verdict, explanation.
