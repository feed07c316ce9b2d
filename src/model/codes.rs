//! Distinct matchcodes by number, the texts of a kind in one buffer: a file has a million of them, and a text of its own
//! for each would cost more than the letters.

use super::ids::{HashIndex, Interner, NONE};
use super::matchcode::{CompanyCode, EmailCode, Marks, PhoneCode, PhoneKind};

/// Texts between two stored starts. Ends are counted from the start before, so that four bytes hold them.
const STRIDE: usize = 64;

/// Texts by number, in one buffer: 4 bytes a text beside its letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    letters: String,
    /// Where every [`STRIDE`]th text begins.
    starts: Vec<usize>,
    ends: Vec<u32>,
}

impl Texts {
    /// Appends a text. Panics when 64 neighbouring texts hold 4 GiB.
    pub fn push(&mut self, text: &str) {
        if self.ends.len().is_multiple_of(STRIDE) {
            self.starts.push(self.letters.len());
        }
        self.letters.push_str(text);
        let start = self.starts[self.starts.len() - 1];
        self.ends.push(
            u32::try_from(self.letters.len() - start).expect("64 texts hold less than 4 GiB"),
        );
    }

    /// The text of a number.
    #[inline]
    pub fn get(&self, at: usize) -> &str {
        let base = self.starts[at / STRIDE];
        let start = match at % STRIDE {
            0 => 0,
            _ => self.ends[at - 1] as usize,
        };
        &self.letters[base + start..base + self.ends[at] as usize]
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }
}

/// Gives equal texts equal dense numbers, in order of first appearance, as [`Interner`] does, and holds them in one buffer.
///
/// For what hardly repeats, such as addresses: 4 bytes a text and about 11 of the index beside its letters, where an
/// [`Interner`] makes an allocation for each. Texts are had one by one only.
#[derive(Debug, Clone, Default)]
pub struct TextCodes {
    index: HashIndex,
    texts: Texts,
}

impl TextCodes {
    /// The number of `text`, new if not seen before. Panics when there are 2^32 of them.
    pub fn intern(&mut self, text: &str) -> u32 {
        let TextCodes { index, texts } = self;
        let new = u32::try_from(texts.len()).expect("fewer than 2^32 distinct texts");
        let is_same = |at: u32| texts.get(at as usize) == text;
        let number = index.number(HashIndex::hash(text), is_same, || new);
        if number == new {
            texts.push(text);
        }
        number
    }

    /// The number of `text` if it has one.
    pub fn get(&self, text: &str) -> Option<u32> {
        let is_same = |at: u32| self.texts.get(at as usize) == text;
        self.index.find(HashIndex::hash(text), is_same)
    }

    /// The text of a number given out earlier.
    #[inline]
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize)
    }

    /// All texts, by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter()
    }

    /// Number of distinct texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// E-mail matchcodes by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailCodes {
    matchcodes: Texts,
    marks: Vec<Marks>,
}

/// One of [`EmailCodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailRef<'a> {
    /// As [`EmailCode::matchcode`].
    pub matchcode: &'a str,
    /// As [`EmailCode::marks`].
    pub marks: Marks,
}

impl<'a> EmailRef<'a> {
    /// Part before the `@`.
    pub fn local(self) -> &'a str {
        self.matchcode.rsplit_once('@').map_or("", |parts| parts.0)
    }

    /// Full domain in ASCII.
    pub fn domain(self) -> &'a str {
        self.matchcode.rsplit_once('@').map_or("", |parts| parts.1)
    }
}

impl EmailCodes {
    /// Appends an address.
    pub fn push(&mut self, matchcode: &str, marks: Marks) {
        self.matchcodes.push(matchcode);
        self.marks.push(marks);
    }

    /// The address of a number.
    #[inline]
    pub fn at(&self, number: usize) -> EmailRef<'_> {
        EmailRef {
            matchcode: self.matchcodes.get(number),
            marks: self.marks[number],
        }
    }

    /// Number of addresses.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All addresses, by number.
    pub fn iter(&self) -> impl Iterator<Item = EmailRef<'_>> {
        (0..self.len()).map(|at| self.at(at))
    }
}

impl FromIterator<EmailCode> for EmailCodes {
    fn from_iter<I: IntoIterator<Item = EmailCode>>(codes: I) -> EmailCodes {
        let mut out = EmailCodes::default();
        for code in codes {
            out.push(&code.matchcode, code.marks);
        }
        out
    }
}

/// Phone matchcodes by number; extensions belong to the [`PhoneUse`](super::PhoneUse).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneCodes {
    matchcodes: Texts,
    kinds: Vec<PhoneKind>,
    marks: Vec<Marks>,
}

/// One of [`PhoneCodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneRef<'a> {
    /// As [`PhoneCode::matchcode`].
    pub matchcode: &'a str,
    /// As [`PhoneCode::kind`].
    pub kind: PhoneKind,
    /// As [`PhoneCode::marks`].
    pub marks: Marks,
}

impl PhoneCodes {
    /// Appends a number.
    pub fn push(&mut self, code: PhoneRef<'_>) {
        self.matchcodes.push(code.matchcode);
        self.kinds.push(code.kind);
        self.marks.push(code.marks);
    }

    /// The phone of a number.
    #[inline]
    pub fn at(&self, number: usize) -> PhoneRef<'_> {
        PhoneRef {
            matchcode: self.matchcodes.get(number),
            kind: self.kinds[number],
            marks: self.marks[number],
        }
    }

    /// Number of phones.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All phones, by number.
    pub fn iter(&self) -> impl Iterator<Item = PhoneRef<'_>> {
        (0..self.len()).map(|at| self.at(at))
    }
}

impl<'a> FromIterator<PhoneRef<'a>> for PhoneCodes {
    fn from_iter<I: IntoIterator<Item = PhoneRef<'a>>>(codes: I) -> PhoneCodes {
        let mut out = PhoneCodes::default();
        codes.into_iter().for_each(|code| out.push(code));
        out
    }
}

impl FromIterator<PhoneCode> for PhoneCodes {
    fn from_iter<I: IntoIterator<Item = PhoneCode>>(codes: I) -> PhoneCodes {
        let mut out = PhoneCodes::default();
        for code in codes {
            out.push(PhoneRef {
                matchcode: &code.matchcode,
                kind: code.kind,
                marks: code.marks,
            });
        }
        out
    }
}

/// Company names by number, without their words: those are in [`Companies::tokens`](super::Companies::tokens).
#[derive(Debug, Clone, Default)]
pub struct CompanyCodes {
    squashed: Texts,
    /// Numbers in `acronyms` and `legal_forms`, [`NONE`] when there is none: few are distinct.
    acronym: Vec<u32>,
    acronyms: Interner,
    legal_form: Vec<u32>,
    legal_forms: Interner,
    marks: Vec<Marks>,
}

/// One of [`CompanyCodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompanyRef<'a> {
    /// As [`CompanyCode::squashed`].
    pub squashed: &'a str,
    /// As [`CompanyCode::acronym`].
    pub acronym: &'a str,
    /// As [`CompanyCode::legal_form`].
    pub legal_form: &'a str,
    /// As [`CompanyCode::marks`].
    pub marks: Marks,
}

impl CompanyCodes {
    /// Appends a company; its words go elsewhere.
    pub fn push(&mut self, code: &CompanyCode) {
        self.push_ref(CompanyRef {
            squashed: &code.squashed,
            acronym: &code.acronym,
            legal_form: &code.legal_form,
            marks: code.marks,
        });
    }

    /// The same, of another's codes.
    pub fn push_ref(&mut self, code: CompanyRef<'_>) {
        let number = |text: &str, texts: &mut Interner| match text {
            "" => NONE,
            text => texts.intern(text),
        };
        self.squashed.push(code.squashed);
        self.acronym.push(number(code.acronym, &mut self.acronyms));
        self.legal_form
            .push(number(code.legal_form, &mut self.legal_forms));
        self.marks.push(code.marks);
    }

    /// The company of a number.
    #[inline]
    pub fn at(&self, number: usize) -> CompanyRef<'_> {
        CompanyRef {
            squashed: self.squashed.get(number),
            acronym: text_of(self.acronym[number], &self.acronyms),
            legal_form: text_of(self.legal_form[number], &self.legal_forms),
            marks: self.marks[number],
        }
    }

    /// Number of companies.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All companies, by number.
    pub fn iter(&self) -> impl Iterator<Item = CompanyRef<'_>> {
        (0..self.len()).map(|at| self.at(at))
    }
}

fn text_of(number: u32, texts: &Interner) -> &str {
    match number {
        NONE => "",
        number => texts.text(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_those_pushed(texts in proptest::collection::vec("\\PC{0,3}", 0..300)) {
            let mut all = Texts::default();
            for text in &texts {
                all.push(text);
            }
            prop_assert_eq!(all.len(), texts.len());
            prop_assert_eq!(all.is_empty(), texts.is_empty());
            prop_assert_eq!(all.iter().collect::<Vec<_>>(), texts);
        }
    }

    #[test]
    fn an_address_is_parted_at_its_last_sign() {
        let mut emails = EmailCodes::default();
        emails.push("ada@mail.contoso.com", Marks::NONE);
        assert_eq!(emails.at(0).local(), "ada");
        assert_eq!(emails.at(0).domain(), "mail.contoso.com");
    }

    #[test]
    fn companies_come_back_whole() {
        let code = |squashed: &str, acronym: &str, legal_form: &str| CompanyCode {
            tokens: Vec::new(),
            squashed: squashed.to_owned(),
            acronym: acronym.to_owned(),
            legal_form: legal_form.to_owned(),
            marks: Marks::NONE,
        };
        let all = [
            code("contoso", "", "gmbh"),
            code("internationalbusinessmachines", "ibm", ""),
            code("contoso", "", ""),
        ];
        let mut companies = CompanyCodes::default();
        all.iter().for_each(|c| companies.push(c));
        for (found, pushed) in companies.iter().zip(&all) {
            assert_eq!(found.squashed, pushed.squashed);
            assert_eq!(found.acronym, pushed.acronym);
            assert_eq!(found.legal_form, pushed.legal_form);
        }
    }
}
