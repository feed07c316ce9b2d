//! `kinfold preview`: what a draft rule set would change, before it is published.

pub(crate) mod text;

use super::data_args::DataArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::output::log;
use super::progress::Shown;
use super::rule_source;
use super::state_args::{StateArgs, label};
use kinfold::impact::{
    self, CompareOptions, Comparison, Gate, GateResult, Preview, Records, RuleSource,
};
use kinfold::lint::wide_rules;
use kinfold::model::{Progress, RecordType};
use kinfold::pipeline::LinkOptions;
use kinfold::rules::{RuleSet, builtin_for};
use kinfold::state::Decision;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Show what a draft rule set would change, before it is published
///
/// Links the same records under the rules in force and under the draft, and tells the difference: rule-true pairs
/// gained and lost by rule and verdict, suggestions new, gone, merged and split, active records and survivors affected,
/// what excluding inactive records hides, the heaviest new keys, the cost, and example pairs with the reasons. Every
/// count is exact. docs/preview.md defines each figure. Writes nothing without --out.
///
/// On files too large for an answer at once, a terminal shows first figures within seconds: estimates with 95 %
/// intervals from all pairs of a sample of records; --sample asks for them anywhere, --quick for nothing else.
///
/// Example: kinfold preview leads.csv --rules draft.toml --if-impact "new_suggestions < 500"
#[derive(Debug, clap::Args)]
pub(crate) struct PreviewArgs {
    /// Files to read: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// The draft: a rule file
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    rules: PathBuf,

    /// Rule file of the rules in force; without it and without --state the built-in rules for the type of the records
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "dir",
        help_heading = "Rules"
    )]
    against: Option<PathBuf>,

    #[command(flatten)]
    state: StateArgs,

    /// Take all records as active when the file has no state column, instead of refusing rules that ask for it
    #[arg(long, help_heading = "Rules")]
    assume_active: bool,

    /// Compare every pair of a rule that has no index, however long that takes, instead of refusing the rule
    #[arg(long, help_heading = "Rules")]
    allow_scan: bool,

    /// End with 1 unless this holds, such as "new_suggestions < 500 and lost_pairs_share <= 5%"; may be given several
    /// times
    ///
    /// FIGURE < NUMBER, with one of < <= > >= == !=, several joined by `and` or a comma. An unknown figure is answered
    /// with the nearest and the list of all; docs/preview.md says what each counts.
    #[arg(long, value_name = "EXPR", value_parser = gate, help_heading = "Answering")]
    if_impact: Vec<Gate>,

    /// Example pairs of each kind: gained or lost, by rule and verdict
    #[arg(
        long,
        value_name = "N",
        default_value_t = 3,
        help_heading = "Answering"
    )]
    examples: usize,

    /// Records to probe for first figures; by default 20000, on a terminal, for files of more than 100000 records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Answering")]
    sample: Option<u32>,

    /// Only the first figures, from a sample: estimates with 95 % intervals
    #[arg(long, conflicts_with_all = ["if_impact", "examples"], help_heading = "Answering")]
    quick: bool,

    /// Also write preview.html, preview.json and examples.csv into this folder, a new or an empty one or that of an
    /// earlier preview
    #[arg(long, short, value_name = "DIR", help_heading = "Writing")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// Records probed when nothing else is asked for.
const SAMPLE: u32 = 20_000;
/// Files up to this size are answered in a few seconds anyhow.
const SMALL_MAX: u64 = 100_000;

/// Parser of `--if-impact`.
pub(crate) fn gate(text: &str) -> Result<Gate, String> {
    Gate::parse(text).map_err(|e| e.to_string())
}

/// Several gates as one, `None` of none.
pub(crate) fn one_gate(gates: &[Gate]) -> Option<Gate> {
    gates.iter().cloned().reduce(Gate::and)
}

/// The name of a file without its folder.
fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// A preview to be made: what is compared, on which files.
pub(crate) struct Question<'a> {
    pub(crate) data: &'a DataArgs,
    pub(crate) inputs: &'a [PathBuf],
    /// The draft and what it is called.
    pub(crate) draft: (RuleSet, String),
    /// The rules in force and what they are called; without them the built-in ones.
    pub(crate) in_force: Option<(RuleSet, String)>,
    /// What reviewers decided; it stands under either set.
    pub(crate) decisions: Vec<Decision>,
    pub(crate) assume_active: bool,
    pub(crate) allow_scan: bool,
}

impl Question<'_> {
    /// Reads the files and has both sets compared by `with`, which fills the preview in.
    fn answer(
        self,
        with: impl FnOnce(&Comparison<'_>, &mut Preview, &Shown) -> Result<(), Failure>,
    ) -> Result<Preview, Failure> {
        let (draft, draft_source) = self.draft;
        let (published, source) = match self.in_force {
            Some((rules, source)) => (Some(rules), source),
            None => (None, "built-in rules".to_owned()),
        };
        // The built-in rules name no column, so that those of another type do for the reading.
        let needs = match &published {
            Some(in_force) => impact::needs_of_both(in_force, &draft),
            None => impact::needs_of_both(
                &builtin_for(self.data.record_type().unwrap_or(RecordType::Lead)),
                &draft,
            ),
        };
        let mut loading = Loading::with_rules(self.data, needs, self.assume_active);
        loading.options.block.allow_scan = self.allow_scan;
        loading.options.decisions = self.decisions;
        let loaded = loading.load(self.inputs)?;
        let options = |rules| LinkOptions {
            rules,
            ..loading.options.clone()
        };
        let in_force = published.unwrap_or_else(|| rule_source::built_in(&loaded.table));
        let mut preview = Preview::new(
            &loaded.table,
            RuleSource::new(&draft, draft_source),
            RuleSource::new(&in_force, source),
        );
        let (before, after) = (options(in_force), options(draft));
        let progress = &loading.progress;
        let records = Records::read(&loaded, &before, &after, progress)?;
        let comparison = Comparison::new(&records, &before, &after, progress)?;
        // Before the work, as a run does: a draft that holds for nearly all pairs takes long to account for.
        for line in wide_rules(comparison.draft_engine(), &after.rules, progress) {
            progress.notice(&line);
        }
        with(&comparison, &mut preview, progress)?;
        Ok(preview)
    }

    /// The exact answer, and that of the gate.
    pub(crate) fn exact(
        self,
        options: &CompareOptions,
        gate: Option<&Gate>,
    ) -> Result<Preview, Failure> {
        self.answer(|comparison, preview, progress| {
            fill(comparison, preview, progress, options, gate)
        })
    }
}

fn fill(
    comparison: &Comparison<'_>,
    preview: &mut Preview,
    progress: &Shown,
    options: &CompareOptions,
    gate: Option<&Gate>,
) -> Result<(), Failure> {
    let impact = comparison.exact(options, progress)?;
    preview.gate = gate.map(|g| GateResult::of(g, &impact.figures));
    preview.impact = Some(impact);
    Ok(())
}

pub(crate) fn run(args: &PreviewArgs) -> Result<ExitCode, Failure> {
    let draft = rule_source::read(&args.rules)?;
    let mut decisions = Vec::new();
    let in_force = match (&args.against, args.state.dir()) {
        (Some(path), _) => Some((rule_source::read(path)?, file_name(path))),
        (None, Some(_)) => {
            let chosen = args.state.published()?;
            let source = chosen.version.as_ref().map(label).unwrap_or_default();
            decisions = chosen.decisions;
            Some((chosen.rules, source))
        }
        (None, None) => None,
    };
    let question = Question {
        data: &args.data,
        inputs: &args.inputs,
        draft: (draft, file_name(&args.rules)),
        in_force,
        decisions,
        assume_active: args.assume_active,
        allow_scan: args.allow_scan,
    };
    let output = args.data.output();
    let told = !args.data.quiet() && !output.json;
    let preview = question.answer(|comparison, preview, progress| {
        if args.quick || args.sample.is_some() || (told && shown_early(preview.n_records)) {
            let n_sample = args.sample.unwrap_or(SAMPLE) as usize;
            preview.first_figures = Some(comparison.first_figures(n_sample, progress)?);
            if told && !args.quick {
                output.text(&text::render(preview))?;
            }
        }
        if !args.quick {
            let options = CompareOptions {
                examples_per_layer: args.examples,
            };
            let gate = one_gate(&args.if_impact);
            fill(comparison, preview, progress, &options, gate.as_ref())?;
        }
        if let Some(dir) = &args.out {
            preview.write(dir, progress)?;
        }
        Ok(())
    })?;
    if output.json {
        output.json_line(&preview)?;
    } else if told {
        output.text(&text::render(&preview))?;
        if let Some(dir) = &args.out {
            output.text(&format!(
                "\nwritten: {}\n",
                dir.join("preview.html").display()
            ))?;
        }
    }
    Ok(match &preview.gate {
        Some(gate) if !gate.holds => {
            if !args.data.quiet() {
                log(&format!("attention: {}", text::broken(gate)));
            }
            ExitCode::Attention
        }
        _ => ExitCode::Ok,
    })
}

/// Whether first figures are worth showing before the exact ones: somebody is waiting.
fn shown_early(n_records: u64) -> bool {
    n_records > SMALL_MAX && std::io::stdout().is_terminal()
}
