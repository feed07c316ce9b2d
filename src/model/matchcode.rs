//! Matchcodes: what normalising makes of a value. Equal matchcodes mean "same".

/// Something noteworthy about a value, found while normalising or counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Mark {
    /// Not a usable value of its kind.
    Invalid,
    /// A stand-in for a missing value: test@test.com, 0000000000, "n/a".
    Placeholder,
    /// A mailbox of a function, not a person: info@, sales@.
    Role,
    /// A mailbox at a provider anyone can join.
    FreeMail,
    /// Damaged by a spreadsheet or an export: 4.42079E+11, 442079460958.0.
    Mangled,
    /// A phone number that did not parse; only a digits-only weak code is kept.
    Weak,
    /// The text had an extension, kept apart from the code.
    Extension,
    /// A `+tag` was dropped from an e-mail address.
    Tagged,
    /// The name holds a company form or noise word and may not be a person's.
    NotAPerson,
    /// Only some of the expected parts are present.
    Partial,
    /// The name is written in Han or Hangul, a sign a syllable: another sign is another name, not a slip.
    Signs,
    /// Longer than what is read of its kind: only its beginning counts.
    Cut,
}

impl Mark {
    /// All marks.
    pub const ALL: [Mark; 12] = [
        Mark::Invalid,
        Mark::Placeholder,
        Mark::Role,
        Mark::FreeMail,
        Mark::Mangled,
        Mark::Weak,
        Mark::Extension,
        Mark::Tagged,
        Mark::NotAPerson,
        Mark::Partial,
        Mark::Signs,
        Mark::Cut,
    ];

    /// The word used in JSON lines and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Invalid => "invalid",
            Mark::Placeholder => "placeholder",
            Mark::Role => "role",
            Mark::FreeMail => "free-mail",
            Mark::Mangled => "mangled",
            Mark::Weak => "weak",
            Mark::Extension => "extension",
            Mark::Tagged => "tagged",
            Mark::NotAPerson => "not-a-person",
            Mark::Partial => "partial",
            Mark::Signs => "signs",
            Mark::Cut => "cut",
        }
    }
}

/// A set of [`Mark`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(u16);

impl Marks {
    /// The empty set.
    pub const NONE: Marks = Marks(0);

    /// This set with `mark` added.
    #[must_use]
    pub fn with(self, mark: Mark) -> Marks {
        Marks(self.0 | 1 << mark as u8)
    }

    /// Adds `mark`.
    pub fn add(&mut self, mark: Mark) {
        *self = self.with(mark);
    }

    /// This set with `mark` taken out.
    #[must_use]
    pub fn without(self, mark: Mark) -> Marks {
        Marks(self.0 & !(1 << mark as u8))
    }

    /// True when `mark` is in the set.
    pub fn has(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u8) != 0
    }

    /// The marks in the set, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.into_iter().filter(move |m| self.has(*m))
    }
}

/// A normalised e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailCode {
    /// `local@domain`: case-folded, `+tag` dropped, gmail dots folded, IDNA domain. Empty when invalid.
    pub matchcode: String,
    /// Part before the `@` of the matchcode.
    pub local: String,
    /// Full domain in ASCII (punycode), as in the matchcode.
    pub domain: String,
    /// Registrable domain by the public suffix list; the full domain when the list knows no suffix for it.
    pub registrable: String,
    /// `Invalid`, `Placeholder`, `Role`, `FreeMail`, `Tagged`.
    pub marks: Marks,
}

/// What kind of line a phone number belongs to, by its numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneKind {
    /// A mobile line: belongs to one person as a rule.
    Mobile,
    /// A fixed line: a household's or an office's.
    Fixed,
    /// The plan does not tell fixed from mobile (North America).
    FixedOrMobile,
    /// Freephone, shared cost, premium, universal numbers: a company's.
    Service,
    /// Not known.
    Unknown,
}

/// A normalised phone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneCode {
    /// E.164 (`+442079460958`); for a [`Mark::Weak`] number `~` and its digits; empty when there is nothing to keep.
    pub matchcode: String,
    /// Digits of the extension, if any.
    pub extension: String,
    /// Kind of line.
    pub kind: PhoneKind,
    /// `Invalid`, `Placeholder`, `Mangled`, `Weak`, `Extension`.
    pub marks: Marks,
}

/// Which column a record's phone stood in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneUseKind {
    /// `telephone1`.
    Business,
    /// `telephone2`.
    Home,
    /// `telephone3`.
    Other,
    /// `mobilephone`.
    Mobile,
}

/// One phone of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneUse {
    /// Position in [`Phones`](super::Phones).
    pub phone: u32,
    /// The column it stood in.
    pub column: PhoneUseKind,
    /// Extension as a number (digits after the first nine are dropped), 0 when none.
    pub extension: u32,
}

/// What part of a name a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenRole {
    /// First given name.
    Given,
    /// Further given or middle names.
    Middle,
    /// Surname.
    Surname,
    /// van, de, bin: may be absent without making a different name.
    Particle,
}

/// A generational suffix: two different ones are two different people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// None given.
    Unsaid,
    /// Senior, or the first.
    Senior,
    /// Junior, or the second.
    Junior,
    /// The third.
    Third,
    /// The fourth or later.
    Fourth,
}

/// A normalised person name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    /// Tokens folded to lower-case Latin letters and digits, in the order given names, middle names, surnames
    /// (particles before the surname they belong to). One-letter tokens are initials. At most 8.
    pub tokens: Vec<(String, TokenRole)>,
    /// Jr, Sr, III.
    pub generation: Generation,
    /// `Invalid` (nothing usable), `Placeholder`, `NotAPerson`, `Partial` (given name or surname missing).
    pub marks: Marks,
}

/// A name token of a record: its number in [`Names::vocabulary`](super::Names) and its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameToken {
    /// Number in the vocabulary.
    pub token: u32,
    /// Role in the name.
    pub role: TokenRole,
}

/// A normalised company name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CompanyCode {
    /// Content tokens in order: folded, legal forms and noise words off, abbreviations spelled out. At most 8.
    pub tokens: Vec<String>,
    /// All content tokens joined without spaces: `facebook` for "Face Book Inc.". The matchcode.
    pub squashed: String,
    /// Initials of the content tokens when there are at least three (noise words such as "of" skipped), else empty.
    pub acronym: String,
    /// Legal form found, canonical (`gmbh`, `ltd`, `inc`), else empty.
    pub legal_form: String,
    /// `Invalid`, `Placeholder`.
    pub marks: Marks,
}

/// A normalised line of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AddressCode {
    /// House number and [`street`](Self::street) with a blank between; empty without a house number.
    pub matchcode: String,
    /// House number with its letter: `12`, `12a`; of a range the first. Empty when there is none.
    pub number: String,
    /// Last number of a range (`12-14`), else empty.
    pub number_to: String,
    /// Name of the street, folded, without blanks; a kind that tells it from others of the name included.
    pub street: String,
    /// Kind that stands behind a name (`street`, `avenue`), in one form; else empty.
    pub kind: String,
    /// `n`, `sw`; else empty.
    pub direction: String,
    /// Flat, floor, suite: what is left, folded, without blanks.
    pub unit: String,
    /// `Partial` (no house number), `Invalid` (nothing usable).
    pub marks: Marks,
}

impl AddressCode {
    /// All parts as one text, empty when there is no street. [`AddressLine`] reads it.
    pub fn line(&self) -> String {
        if self.street.is_empty() {
            return String::new();
        }
        let parts: [&str; 6] = [
            &self.number,
            &self.street,
            &self.kind,
            &self.direction,
            &self.number_to,
            &self.unit,
        ];
        parts.join("|")
    }
}

/// A view of [`AddressCode::line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressLine<'a> {
    /// House number, empty when there is none.
    pub number: &'a str,
    /// Name of the street.
    pub street: &'a str,
    /// Kind behind the name, or empty.
    pub kind: &'a str,
    /// Direction, or empty.
    pub direction: &'a str,
    /// Last number of a range, or empty.
    pub number_to: &'a str,
    /// Part of the house, or empty.
    pub unit: &'a str,
}

/// What stands for the street in an address that is a post-office box.
pub const POST_BOX: &str = "pobox";

impl<'a> AddressLine<'a> {
    /// True for a post-office box, which is nobody's house.
    pub fn is_post_box(&self) -> bool {
        self.street == POST_BOX
    }

    /// Reads what [`AddressCode::line`] wrote; parts that are not there are empty.
    pub fn read(line: &'a str) -> AddressLine<'a> {
        let mut parts = line.split('|');
        let mut next = || parts.next().unwrap_or_default();
        AddressLine {
            number: next(),
            street: next(),
            kind: next(),
            direction: next(),
            number_to: next(),
            unit: next(),
        }
    }
}

/// What kind of e-mail domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DomainKind {
    /// A company's or a private person's own domain.
    Own,
    /// A provider that anyone can join (gmail.com).
    FreeMail,
    /// Reserved or made up (example.com, test.com).
    Placeholder,
}

/// A domain seen in e-mail addresses or web sites.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DomainCode {
    /// Registrable domain in ASCII.
    pub registrable: String,
    /// Kind.
    pub kind: DomainKind,
}
