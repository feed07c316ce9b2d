//! Integration tests: one binary, a file per theme.

// The import table of docs/ARCHITECTURE.md, read from the sources.
mod architecture;
// The report page in headless Chromium.
mod browser;
// Commands as a user runs them: output, files, exit codes.
mod cli;
// Components, correlation clustering, survivors: properties on random graphs.
mod clusters;
// evaluate against hand-counted and brute-force figures.
mod dynamics_job;
mod evaluate;
// Runs disturbed at every file call; runs killed; runs at once.
mod faults;
// Namesakes, families, colleagues: the level reached on hard cases.
mod hard_negatives;
// Files made to do harm, read by the program.
mod hostile;
// Threads, languages, orders of rows: the same bytes.
mod identity;
// Reading: layouts, encodings, damage, accounting.
mod ingest;
// Readers fed with changed examples.
mod mutants;
// A planned rule equals comparing all pairs.
mod joins;
// Operators, blanks, exceptions, rules over record types and columns, decided pairs.
mod operators;
// What a draft would change: probes, accounting, the command, its files.
mod preview;
// Pages that promise name the tests that show it.
mod promises;
// Files of a run: columns, atomic publishing, verify.
mod report;
// Findings on rule files: what is claimed holds, examples of the page trigger.
mod lint;
// Examples of rules: reading, judging, the shipped file.
mod rule_tests;
// Rule files: reading, refusing, showing.
mod rules;
// Two hundred nights in a row.
mod soak;
// Verdicts on pairs everyone knows; what holds for every score.
mod scores;
// The rule lifecycle: versions, publishing, damage, two writers.
mod state;
// The generator: seeds, layouts, truth.
mod synth;
