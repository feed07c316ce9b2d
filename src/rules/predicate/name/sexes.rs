//! The forms of one given name for a man and for a woman.

use super::profile::NameProfile;

impl NameProfile {
    /// Whether two given names are the forms of one name for a man and a woman.
    pub fn sexes_differ(&self, left: u32, right: u32) -> bool {
        sexes_differ(&self.texts[left as usize], &self.texts[right as usize])
    }
}

/// Endings of a man's and of a woman's form of one given name, where the beginning is the same: Daniel and Daniela,
/// Mario and Maria, Christian and Christina, Olivier and Olivia, Louis and Louise.
const ENDINGS: [(&str, &str); 14] = [
    ("", "a"),
    ("", "ah"),
    ("o", "a"),
    ("us", "a"),
    ("os", "a"),
    ("ian", "ina"),
    ("ian", "ine"),
    ("er", "ra"),
    ("ier", "ia"),
    ("el", "elle"),
    ("is", "ise"),
    ("on", "onne"),
    ("ien", "ienne"),
    ("ean", "eanne"),
];

/// Whether one given name is the other with the ending that tells a woman's from a man's: two people far more often
/// than a slip of the keyboard. Symmetric; of folded names; the man's has three letters or more. Some pairs
/// that it names are one woman's (Karin, Karina).
pub(super) fn sexes_differ(left: &str, right: &str) -> bool {
    let forms = |man: &str, woman: &str| {
        ENDINGS.iter().any(|(his, hers)| {
            man.strip_suffix(his)
                .zip(woman.strip_suffix(hers))
                .is_some_and(|(a, b)| a == b && !a.is_empty() && a.len() + his.len() >= 3)
                // A letter typed twice is a slip: Angelika, Angelikaa.
                && !woman.ends_with("aa")
        })
    };
    left != right && (forms(left, right) || forms(right, left))
}
