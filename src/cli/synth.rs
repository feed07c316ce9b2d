//! `kinfold synth`: invented leads with known truth.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{Output, count, plural};
use super::progress::Shown;
use super::signals::Signals;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use kinfold::model::Progress;
use kinfold::synth::{ErrorLevel, Layout, Locale, Mix, SynthOptions, write};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Write invented leads, with the truth about which of them are one person
///
/// The people, companies and addresses are made up; no real person is meant. Same options, same bytes, on every machine.
/// The truth file has the columns id and cluster, one cluster a person; `kinfold evaluate` reads it.
///
/// Example: kinfold synth --records 10000 --seed 7 --out leads.csv --truth truth.csv
#[derive(Debug, clap::Args)]
pub(crate) struct SynthArgs {
    /// Number of records
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    records: usize,
    /// Seed: another number gives other people of the same kind
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// File for the records; replaced when it exists
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// File for the truth; replaced when it exists
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Columns and value forms of the file
    #[arg(long, value_name = "LAYOUT", value_parser = layout(), default_value = "dynamics")]
    layout: Layout,
    /// Countries with their weights, such as US=70,GB=30, or the name of a ready mix
    ///
    /// Ready mixes: default, anglo, europe, dach, nordic, iberian-latin, asia, slavic.
    #[arg(long, value_name = "MIX", value_parser = mix, default_value = "default")]
    mix: LocaleMix,
    /// How much goes wrong in the copies of a record
    #[arg(long, value_name = "LEVEL", value_parser = errors(), default_value = "medium")]
    errors: ErrorLevel,
    /// Share of records that are further records of a person in the file
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.25)]
    duplicates: f64,
    /// Share of employed people who give a free-mail address
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.45)]
    free_mail: f64,
    /// Share of inactive records
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.20)]
    inactive: f64,
    /// Share of people who are easily taken for somebody else: families, namesakes, colleagues, fathers and sons
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.12)]
    hard_cases: f64,
    /// Share of copies that show the person at a new employer
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.10)]
    moved: f64,
    /// Print no progress and no summary
    #[arg(long, short)]
    quiet: bool,
    /// Print the summary as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Countries with weights.
#[derive(Debug, Clone)]
struct LocaleMix(Vec<(Locale, f64)>);

pub(crate) fn run(args: &SynthArgs) -> Result<ExitCode, Failure> {
    if args.out == args.truth {
        return Err(Failure::new(
            ExitCode::Usage,
            "failed to write records and truth: both have the same name",
            "give --truth another file",
        ));
    }
    let progress = Shown::new(args.quiet, Signals::listen());
    let options = SynthOptions {
        n_records: args.records,
        seed: args.seed,
        layout: args.layout,
        locales: args.mix.0.clone(),
        errors: args.errors,
        duplicate_share: args.duplicates,
        free_mail_share: args.free_mail,
        inactive_share: args.inactive,
        hard_case_share: args.hard_cases,
        moved_share: args.moved,
    };
    let mut records = PartFile::create(&args.out, &progress)?;
    let mut truth = PartFile::create(&args.truth, &progress)?;
    progress.begin(&format!("writing {}", args.out.display()), "bytes", None);
    let made = write(&options, &mut records, &mut truth, &progress);
    progress.end();
    let summary = made.map_err(|e| {
        if progress.cancelled() {
            Failure::Stopped
        } else if e.kind() == io::ErrorKind::InvalidInput {
            Failure::new(
                ExitCode::Usage,
                format!("failed to make records: {e}"),
                "`kinfold synth --help` names the ranges",
            )
        } else {
            Failure::io("write", &args.out, &e)
        }
    })?;
    records.finish()?;
    truth.finish()?;
    if args.quiet && !args.json {
        return Ok(ExitCode::Ok);
    }
    let json = serde_json::json!({
        "out": args.out.display().to_string(),
        "truth": args.truth.display().to_string(),
        "records": summary.n_records,
        "people": summary.n_people,
        "true_pairs": summary.n_true_pairs,
        "inactive": summary.n_inactive,
        "hard_cases": summary.n_hard_cases,
        "moved": summary.n_moved,
    });
    Output { json: args.json }.either(&json, || {
        format!(
            "{} of {} in {} ({} inactive); truth in {}: {}\n",
            plural(summary.n_records, "record", "records"),
            plural(summary.n_people, "person", "people"),
            args.out.display(),
            count(summary.n_inactive),
            args.truth.display(),
            plural(summary.n_true_pairs, "true pair", "true pairs"),
        )
    })?;
    Ok(ExitCode::Ok)
}

/// A file written under another name beside its place and renamed when it is whole.
struct PartFile<'p> {
    path: PathBuf,
    part: PathBuf,
    file: Option<BufWriter<std::fs::File>>,
    progress: &'p Shown,
}

impl<'p> PartFile<'p> {
    fn create(path: &Path, progress: &'p Shown) -> Result<PartFile<'p>, Failure> {
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".part-{}", std::process::id()));
        let part = PathBuf::from(part);
        let file = std::fs::File::create(&part).map_err(|e| Failure::io("write", path, &e))?;
        Ok(PartFile {
            path: path.to_owned(),
            part,
            file: Some(BufWriter::with_capacity(1 << 20, file)),
            progress,
        })
    }

    fn finish(mut self) -> Result<(), Failure> {
        let file = self.file.take().expect("finished once");
        let file = file
            .into_inner()
            .map_err(|e| Failure::io("write", &self.path, e.error()))?;
        file.sync_all()
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|e| Failure::io("write", &self.path, &e))
    }
}

impl Write for PartFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.as_mut().expect("not finished").write(bytes)?;
        self.progress.advance(n as u64);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().expect("not finished").flush()
    }
}

impl Drop for PartFile<'_> {
    fn drop(&mut self) {
        // After `finish` the name is gone already.
        let _ = std::fs::remove_file(&self.part);
    }
}

fn layout() -> impl TypedValueParser<Value = Layout> {
    PossibleValuesParser::new(Layout::ALL.map(Layout::as_str))
        .map(|word| Layout::parse(&word).expect("one of the possible values"))
}

fn errors() -> impl TypedValueParser<Value = ErrorLevel> {
    PossibleValuesParser::new(["light", "medium", "heavy"])
        .map(|word| ErrorLevel::parse(&word).expect("one of the possible values"))
}

fn mix(text: &str) -> Result<LocaleMix, String> {
    Mix::parse(text).map(LocaleMix).ok_or_else(|| {
        let codes: Vec<&str> = Locale::all().map(Locale::code).collect();
        format!(
            "a mix is one of {}, or CODE=WEIGHT,…; countries: {}",
            Mix::NAMES.join(", "),
            codes.join(", ")
        )
    })
}

/// Parser of shares.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share lies between 0 and 1".to_owned()),
    }
}
