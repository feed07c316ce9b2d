//! One line of the log: who did what, when and why, with a checksum chained to the line before.
//!
//! A line is a JSON object whose last member, `chain`, is the SHA-256 of the chain of the line before (64 zeros before
//! the first) and of all bytes of this line up to that member. So the line can be read by any JSON tool, no byte of it
//! can change unnoticed, and no line can be taken out, put in or moved.

use super::decision::PairDecision;
use crate::durable::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the format this program writes, and the newest it reads.
pub const FORMAT_VERSION: u64 = 1;

/// Name of the format, in the first entry.
pub(super) const FORMAT_NAME: &str = "kinfold-state";

/// Stands before the chain at the end of a line.
const CHAIN_KEY: &str = ",\"chain\":\"";

/// Stands after it.
const CHAIN_END: &str = "\"}";

/// Hexadecimal digits of a chain.
const CHAIN_LEN: usize = 64;

/// Who did something, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When: RFC 3339, UTC, to the second. The order of entries does not depend on it.
    #[serde(rename = "at")]
    pub when: String,
    /// Who: the name of a person or of an account, as given.
    #[serde(rename = "by")]
    pub who: String,
    /// Why, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The condition under which a version was published, and what it was judged on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRecord {
    /// The condition, such as `new_suggestions < 500`.
    pub expression: String,
    /// What the draft was compared with: a version, or the built-in rules.
    pub against: String,
    /// SHA-256 of each file it was judged on, in the order given.
    pub inputs: Vec<String>,
    /// Figures of the preview and their values as text, since a log holds no rounding.
    pub figures: std::collections::BTreeMap<String, String>,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// Who, when, why.
    #[serde(flatten)]
    pub act: Act,
    /// Version of kinfold that wrote it.
    pub tool: String,
    /// What was done.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry says. A later kind of entry is another case here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// The first entry: which format the log has.
    Format {
        /// `kinfold-state`.
        format: String,
        /// [`FORMAT_VERSION`] of the writer.
        version: u64,
    },
    /// A new version was stored as a draft.
    Draft {
        /// Name of the rule set.
        set: String,
        /// Number of the version, larger than any before in its set.
        number: u64,
        /// SHA-256 of `rules`.
        sha256: String,
        /// Canonical text.
        rules: String,
    },
    /// A version was put in force, in place of the one that was.
    Publish {
        /// Name of the rule set.
        set: String,
        /// Number of the version.
        number: u64,
        /// SHA-256 of its text.
        sha256: String,
        /// Canonical text of a version that is new; `None` for one that was stored before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rules: Option<String>,
        /// The gate it passed; `None` when it was published without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gate: Option<GateRecord>,
    },
    /// The published version was taken out of force, and none put in its place.
    Unpublish {
        /// Name of the rule set.
        set: String,
        /// Number of the version.
        number: u64,
    },
    /// Reviewers decided on pairs of records.
    Decide {
        /// The pairs, each once, by `left` and `right`.
        pairs: Vec<PairDecision>,
    },
    /// The log was damaged and was written anew; entries may have been lost here.
    Repair {
        /// Entries kept.
        kept: u64,
        /// Lines that could not be kept.
        dropped: u64,
        /// File beside the log that holds the damaged one.
        backup: String,
    },
    /// The log was written anew without what was not to be kept any longer.
    Purge {
        /// Versions that went, as `leads version 3`.
        versions: Vec<String>,
        /// Entries that went.
        entries: u64,
        /// Decisions on pairs that went; left out when there were none.
        #[serde(default, skip_serializing_if = "is_zero")]
        decisions: u64,
        /// Reasons taken out of entries that stayed.
        reasons: u64,
        /// Copies of damaged logs that went.
        copies: u64,
        /// The checksum that stood for the history before.
        chain: String,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// The chain before the first line.
pub(super) fn first_chain() -> String {
    "0".repeat(CHAIN_LEN)
}

/// The text of a log of these entries, numbered and chained from the first.
pub(super) fn chained_anew(entries: Vec<Entry>) -> String {
    let (mut text, mut chain) = (String::new(), first_chain());
    for (i, mut entry) in entries.into_iter().enumerate() {
        entry.seq = i as u64 + 1;
        let line;
        (line, chain) = encode(&entry, &chain);
        text.push_str(&line);
    }
    text
}

/// The line of an entry with its line break, and its chain.
pub(super) fn encode(entry: &Entry, previous: &str) -> (String, String) {
    let mut body = serde_json::to_string(entry).expect("text keys, and no numbers that JSON lacks");
    body.pop();
    let chain = chain_of(previous, &body);
    (format!("{body}{CHAIN_KEY}{chain}{CHAIN_END}\n"), chain)
}

/// The chain of a line, given what stands before its `chain` member.
pub(super) fn chain_of(previous: &str, body: &str) -> String {
    let mut sha256 = Sha256::new();
    sha256.update(previous.as_bytes());
    sha256.update(body.as_bytes());
    hex(&sha256.finalize())
}

/// A line without its line break, taken apart: what stands before the `chain` member, and the chain it states.
pub(super) fn split(line: &[u8]) -> Option<(&str, &str)> {
    let line = std::str::from_utf8(line).ok()?;
    let rest = line.strip_suffix(CHAIN_END)?;
    let at = rest.len().checked_sub(CHAIN_LEN)?;
    let (before, chain) = (rest.get(..at)?, rest.get(at..)?);
    Some((before.strip_suffix(CHAIN_KEY)?, chain))
}

/// Length of the whole line at the start of `bytes`, when the chain of one ends somewhere in it.
pub(super) fn line_len(bytes: &[u8]) -> Option<usize> {
    let at = memchr::memmem::rfind(bytes, CHAIN_KEY.as_bytes())?;
    let end = at + CHAIN_KEY.len() + CHAIN_LEN + CHAIN_END.len();
    (end <= bytes.len()).then_some(end)
}

/// Why a line that is what its writer wrote cannot be used.
#[derive(Debug)]
pub(super) struct Unknown {
    /// The `kind` it states, if any.
    pub(super) kind: Option<String>,
    /// Version of kinfold it states, if any.
    pub(super) tool: Option<String>,
}

/// The entry of a line, given what stands before its `chain` member.
///
/// It must be written the way we would write it: members that this version does not know would be lost otherwise.
pub(super) fn decode(body: &str) -> Result<Entry, Unknown> {
    let text = format!("{body}}}");
    match serde_json::from_str::<Entry>(&text) {
        Ok(entry) if serde_json::to_string(&entry).is_ok_and(|again| again == text) => Ok(entry),
        _ => {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let word = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
            Err(Unknown {
                kind: word("kind"),
                tool: word("tool"),
            })
        }
    }
}

/// How the line of entry number `seq` begins, whatever it says.
pub(super) fn line_start(seq: u64) -> String {
    format!("{{\"seq\":{seq},\"at\":\"")
}

#[cfg(test)]
mod tests {
    use super::super::decision::Answer;
    use super::*;

    fn entry(seq: u64, what: What) -> Entry {
        Entry {
            seq,
            act: Act {
                when: "2026-01-31T02:00:00Z".into(),
                who: "Zoë \"Z\" Müller".into(),
                why: (seq > 1).then(|| "two\nlines".into()),
            },
            tool: "0.1.0".into(),
            what,
        }
    }

    #[test]
    fn the_format_of_a_line_does_not_change() {
        // A change here is a new version of the format.
        let what = What::Format {
            format: FORMAT_NAME.into(),
            version: 1,
        };
        let (line, chain) = encode(&entry(1, what), &first_chain());
        assert_eq!(
            line,
            "{\"seq\":1,\"at\":\"2026-01-31T02:00:00Z\",\"by\":\"Zoë \\\"Z\\\" Müller\",\"tool\":\"0.1.0\",\
             \"kind\":\"format\",\"format\":\"kinfold-state\",\"version\":1,\
             \"chain\":\"CHAIN\"}\n"
                .replace("CHAIN", &chain)
        );
        assert_eq!(chain.len(), 64);
        assert!(line.starts_with(&line_start(1)));
    }

    #[test]
    fn every_kind_is_read_back_equal() {
        let text = || "rules\n".to_owned();
        for what in [
            What::Draft {
                set: "s".into(),
                number: 3,
                sha256: "00".into(),
                rules: text(),
            },
            What::Publish {
                set: "s".into(),
                number: 3,
                sha256: "00".into(),
                rules: None,
                gate: None,
            },
            What::Publish {
                set: "s".into(),
                number: 4,
                sha256: "00".into(),
                rules: Some(text()),
                gate: None,
            },
            What::Unpublish {
                set: "s".into(),
                number: 3,
            },
            What::Repair {
                kept: 1,
                dropped: 2,
                backup: "b".into(),
            },
            What::Decide {
                pairs: vec![
                    PairDecision {
                        decision: Answer::Reject,
                        left: "lead:1".into(),
                        right: "lead:2".into(),
                        values: Some(["0".repeat(16), "1".repeat(16)]),
                        reason: Some("twins".into()),
                    },
                    PairDecision {
                        decision: Answer::Undo,
                        left: "lead:1".into(),
                        right: "lead:3".into(),
                        values: None,
                        reason: None,
                    },
                ],
            },
            What::Purge {
                versions: vec!["s version 1".into()],
                entries: 2,
                decisions: 3,
                reasons: 1,
                copies: 0,
                chain: first_chain(),
            },
        ] {
            let entry = entry(2, what);
            let (line, chain) = encode(&entry, &first_chain());
            let (body, stated) = split(line.trim_end().as_bytes()).expect("a whole line");
            assert_eq!(stated, chain);
            assert_eq!(chain_of(&first_chain(), body), chain);
            assert_eq!(decode(body).expect("known"), entry);
            assert_eq!(line_len(line.as_bytes()), Some(line.len() - 1));
            // Any JSON reader reads it.
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_said() {
        let body = |extra: &str, kind: &str| {
            format!(
                "{{\"seq\":2,\"at\":\"t\",\"by\":\"a\",\"tool\":\"9.1.0\",\"kind\":\"{kind}\",\"set\":\"s\",\"number\":3{extra}"
            )
        };
        assert!(decode(&body("", "unpublish")).is_ok());
        let unknown = decode(&body("", "verdict")).expect_err("unknown kind");
        assert_eq!(unknown.kind.as_deref(), Some("verdict"));
        assert_eq!(unknown.tool.as_deref(), Some("9.1.0"));
        assert!(decode(&body(",\"until\":\"2027\"", "unpublish")).is_err());
    }
}
