//! Rule presets: shipped rule files to start from, each with a head that says what it mimics and what it cannot.

use super::file::parse;
use super::set::RuleSet;

/// A shipped rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Name, as in `--rules preset:NAME`.
    pub name: &'static str,
    /// What it is, one line.
    pub title: &'static str,
    /// The file, head included.
    pub text: &'static str,
}

impl Preset {
    /// The rules.
    pub fn rules(&self) -> RuleSet {
        parse(self.text).expect("the shipped rule files are read by a test")
    }
}

/// All presets, in the order of `kinfold rules presets`.
pub const PRESETS: [Preset; 9] = [
    Preset {
        name: "dynamics-365-sales",
        title: "the four lead rules of Dynamics 365 Sales: the built-in set",
        text: include_str!("../builtin.toml"),
    },
    Preset {
        name: "dynamics-default",
        title: "the exact rules that Dynamics 365 installs: account name; contact e-mail, contact name; lead e-mail",
        text: include_str!("dynamics-default.toml"),
    },
    Preset {
        name: "salesforce-lead",
        title: "Salesforce's standard matching rule for leads, as near as it comes",
        text: include_str!("salesforce-lead.toml"),
    },
    Preset {
        name: "salesforce-contact",
        title: "Salesforce's standard matching rule for contacts, as near as it comes",
        text: include_str!("salesforce-contact.toml"),
    },
    Preset {
        name: "strict",
        title: "equal names and one more equal value: few suggestions, hardly any wrong",
        text: include_str!("strict.toml"),
    },
    Preset {
        name: "cautious",
        title: "the built-in rules, but never without a similar name or through a shared value",
        text: include_str!("cautious.toml"),
    },
    Preset {
        name: "thorough",
        title: "the built-in rules, and people of one name in one place: for private persons",
        text: include_str!("thorough.toml"),
    },
    Preset {
        name: "lead-to-contact",
        title: "open leads that are already contacts",
        text: include_str!("lead-to-contact.toml"),
    },
    Preset {
        name: "lead-to-account",
        title: "open leads whose company is already an account",
        text: include_str!("lead-to-account.toml"),
    },
];

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::check::check;

    #[test]
    fn each_is_read_and_its_head_explains_what_the_linter_finds() {
        for p in PRESETS {
            let set = p.rules();
            let head: Vec<&str> = p.text.lines().take_while(|l| l.starts_with('#')).collect();
            assert!(head.len() > 1, "{}", p.name);
            let head = head.join("\n");
            assert!(
                head.contains("Source:") || head.contains("no system"),
                "{}",
                p.name
            );
            for finding in check(&set) {
                let code = format!("`{}`", finding.name);
                assert!(
                    head.contains(&code),
                    "{}: {finding:?} is not explained",
                    p.name
                );
            }
        }
        assert_eq!(preset("strict").map(|p| p.name), Some("strict"));
        assert_eq!(preset("Strict"), None);
    }
}
