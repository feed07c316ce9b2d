//! The first half of every command on data: rules, files, records, with the options and the progress that go with them.

use super::data_args::{DataArgs, RuleArgs};
use super::failure::Failure;
use super::progress::Shown;
use super::rule_source;
use super::signals::Signals;
use kinfold::ingest::IngestOptions;
use kinfold::model::{Progress, RecordType};
use kinfold::pipeline::{self, LinkOptions, Loaded};
use kinfold::rules::{RuleSet, builtin_for};
use kinfold::state::Version;
use std::path::{Path, PathBuf};

/// What is known before the files are read.
pub(crate) struct Loading {
    ingest: IngestOptions,
    /// How records are linked.
    pub(crate) options: LinkOptions,
    has_rule_file: bool,
    /// The published version that the rules are of, when they come from a state folder.
    pub(crate) version: Option<Version>,
    /// Shows progress and learns of signals.
    pub(crate) progress: Shown,
}

impl Loading {
    /// Reads the rule file or the published rules, starts listening for signals.
    pub(crate) fn begin(data: &DataArgs, rules: &RuleArgs) -> Result<Loading, Failure> {
        let chosen = rules.chosen()?;
        let has_rule_file = chosen.is_some();
        let (rule_file, version, decisions) = match chosen {
            Some(chosen) => (Some(chosen.rules), chosen.version, chosen.decisions),
            None => (None, None, Vec::new()),
        };
        // The built-in rules name no column, so that those of another type do for the reading.
        let mut set = rule_file
            .unwrap_or_else(|| builtin_for(data.record_type().unwrap_or(RecordType::Lead)));
        let lists = rules.lists()?;
        set.add_lists(&lists);
        let mut loading = Loading::of(data, set, has_rule_file, rules.assume_active());
        loading.options.decisions = decisions;
        loading.version = version;
        Ok(loading)
    }

    /// For a command that asks no rules: nothing depends on which records are active.
    pub(crate) fn without_rules(data: &DataArgs) -> Loading {
        let set = builtin_for(data.record_type().unwrap_or(RecordType::Lead));
        Loading::of(data, set, false, true)
    }

    /// With a rule set made of several files.
    pub(crate) fn with_rules(data: &DataArgs, rules: RuleSet, assume_active: bool) -> Loading {
        Loading::of(data, rules, true, assume_active)
    }

    fn of(data: &DataArgs, rules: RuleSet, has_rule_file: bool, assume_active: bool) -> Loading {
        Loading {
            ingest: data.ingest(),
            options: LinkOptions {
                default_country: data.country(),
                assume_active,
                max_rejects: data.max_rejects(),
                ..LinkOptions::new(rules)
            },
            has_rule_file,
            version: None,
            progress: Shown::new(data.quiet(), Signals::listen()),
        }
    }

    /// Takes these rules where the user chose none.
    pub(crate) fn default_rules(&mut self, rules: RuleSet) {
        if !self.has_rule_file {
            self.options.rules = rules;
            self.has_rule_file = true;
        }
    }

    /// Says what the records of one file are.
    pub(crate) fn file_type(&mut self, file: &Path, record_type: RecordType) {
        let file = file.to_string_lossy().into_owned();
        self.ingest.file_types.push((file, record_type));
    }

    /// Reads the files.
    pub(crate) fn load(&self, inputs: &[PathBuf]) -> Result<Loaded, Failure> {
        let loaded = pipeline::load(inputs, &self.ingest, &self.options, &self.progress)?;
        for notice in &loaded.ingest.notices {
            self.progress.notice(&notice.text);
        }
        Ok(loaded)
    }

    /// The options for linking: without a rule file, the built-in rules for the types that were read.
    pub(crate) fn link_options(&self, loaded: &Loaded) -> LinkOptions {
        let rules: RuleSet = if self.has_rule_file {
            self.options.rules.clone()
        } else {
            let mut rules = rule_source::built_in(&loaded.table);
            rules.add_lists(&self.options.rules);
            rules
        };
        LinkOptions {
            rules,
            ..self.options.clone()
        }
    }
}
