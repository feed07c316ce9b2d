//! E-mail addresses to matchcodes.

use super::cell::each_once;
use super::domain::{ascii_domain, kind, label, registrable};
use super::fold::visible;
use super::tables::{WordSet, domains, mailboxes, set_of};
use crate::model::{DomainKind, EmailCode, Mark, Marks};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::LazyLock;

static PLACEHOLDER_LOCALS: WordSet = WordSet::new(|| set_of(domains::PLACEHOLDER_LOCALS));
static ROLES: WordSet = WordSet::new(|| set_of(mailboxes::ROLES));
static ROLE_QUALIFIERS: WordSet = WordSet::new(|| set_of(mailboxes::ROLE_QUALIFIERS));

/// The domain of a provider, if it has one of its own, by its name and by each slip in it.
static PROVIDERS_BY_LABEL: LazyLock<FxHashMap<&str, Option<&str>>> = LazyLock::new(|| {
    let mut by_label = FxHashMap::default();
    for (provider, slips) in domains::PROVIDER_SLIPS {
        let mut own = domains::PROVIDERS.iter();
        let own = own.find(|d| label(d) == *provider).copied();
        for slip in std::iter::once(provider).chain(*slips) {
            by_label.entry(*slip).or_insert(own);
        }
    }
    by_label
});

/// Reads the addresses of a cell, in order, each once. Blank text gives none.
///
/// Reads `Name <a@b>`, `mailto:a@b?subject=x`, `a (at) b`, lists with commas, semicolons, slashes or blanks, and addresses
/// wrapped in quotes or brackets. When the text is not blank and holds no usable address, one code marked `Invalid` with
/// an empty matchcode is given.
///
/// The matchcode: lower case, `+tag` dropped at every provider, dots dropped and `googlemail.com` read as `gmail.com` at
/// Gmail only, domain in IDNA ASCII without a dot at the end. A comma
/// for the dot of the domain, a blank beside it, two dots for one, well-known slips in the domains of the largest providers
/// (`gmial.com`, `yahoo.con`) and in the endings `.com`, `.net` and `.org` are read as meant.
pub fn read(text: &str) -> Vec<EmailCode> {
    if is_plain(text)
        && let Some(code) = address(text)
    {
        return vec![code];
    }
    read_any(text)
}

/// True for text that is one address and nothing around it, as most are: there is nothing to take off or to tell apart.
fn is_plain(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+');
    text.bytes().all(inner)
        && text.bytes().filter(|b| *b == b'@').count() == 1
        && !text.starts_with('.')
        && !text.ends_with('.')
}

/// [`read`] for any text.
fn read_any(text: &str) -> Vec<EmailCode> {
    let text = visible(text);
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let prepared = spelled_out_at(text);
    let mut codes = each_once(
        pieces(&prepared).filter_map(address),
        |a, b| a.matchcode == b.matchcode,
        |code| code.matchcode.clone(),
    );
    if codes.is_empty() {
        let mut marks = Marks::NONE.with(Mark::Invalid);
        if is_stand_in(text) {
            marks.add(Mark::Placeholder);
        }
        codes.push(EmailCode {
            matchcode: String::new(),
            local: String::new(),
            domain: String::new(),
            registrable: String::new(),
            marks,
        });
    }
    codes
}

/// Joins `a @ b` and reads `(at)`, `[at]`, `{at}` and the full-width sign as `@`.
fn spelled_out_at(text: &str) -> Cow<'_, str> {
    // Everything replaced below holds one of these: nearly all addresses hold none.
    let plain = text
        .bytes()
        .all(|b| b.is_ascii() && !matches!(b, b' ' | b'(' | b'[' | b'{' | b'<' | b','));
    if plain {
        return Cow::Borrowed(text);
    }
    let mut out = text.replace(['\u{ff20}', '\u{fe6b}'], "@");
    for at in ["(at)", "[at]", "{at}", "<at>", "(a)"] {
        out = replaced_in_any_case(out, at, "@");
    }
    for dot in ["(dot)", "[dot]", "{dot}"] {
        out = replaced_in_any_case(out, dot, ".");
    }
    out = comma_for_dot(out);
    out = blank_beside_dot(out);
    if out.contains(" @") || out.contains("@ ") {
        out = without_blanks_beside_at(&out);
    }
    Cow::Owned(out)
}

fn without_blanks_beside_at(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '@' => out.truncate(out.trim_end_matches(' ').len()),
            ' ' if out.ends_with('@') => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// `text` with `word`, small ASCII letters, replaced wherever it stands in small or capital letters.
fn replaced_in_any_case(text: String, word: &str, by: &str) -> String {
    let small = text.to_ascii_lowercase();
    if !small.contains(word) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in small.match_indices(word) {
        out.push_str(&text[from..at]);
        out.push_str(by);
        from = at + word.len();
    }
    out.push_str(&text[from..]);
    out
}

/// One address whose domain has a comma where its dot should be: `ann@contoso,com`.
fn comma_for_dot(text: String) -> String {
    let Some((local, domain)) = text.split_once('@') else {
        return text;
    };
    match domain.trim_end().split_once(',') {
        Some((label, suffix))
            if !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && (2..=6).contains(&suffix.len())
                && suffix.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.') =>
        {
            format!("{local}@{label}.{suffix}")
        }
        _ => text,
    }
}

/// One address with a blank before or behind the last dot of its domain: `ann@contoso .com`, `ann@contoso. com`.
fn blank_beside_dot(text: String) -> String {
    let is_suffix =
        |s: &str| (2..=6).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_lowercase());
    let joined = text.split_once('@').and_then(|(local, domain)| {
        let mut words = domain.split_ascii_whitespace();
        let (label, suffix) = (words.next()?, words.next()?);
        let is_label = |s: &str| !s.is_empty() && !s.contains('@') && !s.ends_with('.');
        let whole = match (label.strip_suffix('.'), suffix.strip_prefix('.')) {
            (None, Some(suffix)) if is_label(label) && is_suffix(suffix) => {
                format!("{local}@{label}.{suffix}")
            }
            // Behind a whole domain the dot ends a sentence.
            (Some(label), None) if is_label(label) && !label.contains('.') && is_suffix(suffix) => {
                format!("{local}@{label}.{suffix}")
            }
            _ => return None,
        };
        words.next().is_none().then_some(whole)
    });
    joined.unwrap_or(text)
}

/// The ending that a misspelt one stands for, when no domain can end so: `com` of `con`.
fn ending_slip(ending: &str) -> Option<&'static str> {
    let mut endings = domains::ENDING_SLIPS.iter();
    let (meant, _) = endings.find(|(_, slips)| slips.contains(&ending))?;
    Some(meant)
}

/// The domain that one with a misspelt ending stands for: `contoso.con`.
fn ending_meant(domain: &str) -> Option<String> {
    let (rest, ending) = domain.rsplit_once('.')?;
    ending_slip(ending).map(|meant| format!("{rest}.{meant}"))
}

/// The domain of a large provider that a misspelt domain stands for, `None` when it is none or spelt right.
fn provider_meant(domain: &str) -> Option<&'static str> {
    let (label, suffix) = domain.split_once('.')?;
    // Of a known provider, endings that are domains of countries are slips too.
    let is_com = matches!(suffix, "com" | "om" | "cm" | "co" | "com.com")
        || ending_slip(suffix).is_some_and(|meant| meant == "com");
    if !is_com {
        return None;
    }
    let meant = (*PROVIDERS_BY_LABEL.get(label)?)?;
    (meant != domain).then_some(meant)
}

/// Parts of the text that hold an `@`, without what wraps them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';'
                    | '|'
                    | '<'
                    | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '"'
                    | '/'
                    | '\\'
                    | '，'
                    | '；'
                    | '、'
            )
    })
    .filter(|p| p.contains('@'))
    .map(|p| {
        let p = match p.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &p[7..],
            _ => p,
        };
        let p = p
            .split(['?', '#'])
            .next()
            .filter(|s| s.contains('@'))
            .unwrap_or(p);
        let p = p
            .rsplit_once(':')
            .filter(|(_, a)| a.contains('@'))
            .map_or(p, |(_, a)| a);
        p.trim_matches([
            '\'', '`', '.', ':', '!', '*', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '=',
        ])
    })
}

/// One address, or `None` when the text cannot be one.
fn address(text: &str) -> Option<EmailCode> {
    let (local, domain) = text.rsplit_once('@')?;
    let mut domain = if domain.contains("..") {
        let labels: Vec<&str> = domain.split('.').filter(|l| !l.is_empty()).collect();
        ascii_domain(&labels.join("."))?
    } else {
        ascii_domain(domain)?
    };
    if let Some(meant) = provider_meant(&domain) {
        domain = meant.to_owned();
    } else if let Some(meant) = ending_meant(&domain) {
        domain = meant;
    }
    let mut local = local.to_lowercase();
    let clean = !local.is_empty()
        && local.len() <= 128
        && local.chars().all(|c| {
            !c.is_control() && !matches!(c, '@' | ':') && (!c.is_ascii() || c.is_ascii_graphic())
        });
    if !clean {
        return None;
    }
    let mut marks = Marks::NONE;
    if let Some(plus) = local.find('+').filter(|at| *at > 0) {
        local.truncate(plus);
        marks.add(Mark::Tagged);
    }
    if domains::GMAIL.contains(&domain.as_str()) {
        domain = "gmail.com".to_owned();
        local.retain(|c| c != '.');
    }
    if !local.chars().any(char::is_alphanumeric) {
        return None;
    }
    let registrable = registrable(&domain).to_owned();
    let kind = kind(&registrable);
    let bare = letters_and_digits(&local);
    let stand_in = is_placeholder_local(&bare, label(&registrable));
    if kind == DomainKind::Placeholder || stand_in {
        marks.add(Mark::Placeholder);
    }
    if kind == DomainKind::FreeMail {
        marks.add(Mark::FreeMail);
    }
    if !stand_in && is_role(&local, &bare) {
        marks.add(Mark::Role);
    }
    drop(bare);
    Some(EmailCode {
        matchcode: format!("{local}@{domain}"),
        local,
        domain,
        registrable,
        marks,
    })
}

fn letters_and_digits(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| c.is_alphanumeric()).collect())
}

/// `test@`, `noemail@` anywhere; `a@a.com`, `x@xx.com`, `abc@abc.com` where mailbox and domain are the same filler.
/// `bare`: [`letters_and_digits`] of the mailbox.
fn is_placeholder_local(bare: &str, label: &str) -> bool {
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    if PLACEHOLDER_LOCALS.contains(bare) || stem.len() > 3 && PLACEHOLDER_LOCALS.contains(stem) {
        return true;
    }
    let one_letter = |s: &str| {
        s.chars()
            .next()
            .is_some_and(|first| s.chars().all(|c| c == first))
    };
    let filler = |s: &str| {
        one_letter(s) || matches!(s, "abc" | "abcd" | "asd" | "qwe" | "xyz" | "123" | "1234")
    };
    filler(bare)
        && filler(label)
        && (bare.starts_with(&label[..1]) || bare.len() >= 3 || label.len() >= 3)
        || bare.len() >= 4 && one_letter(bare)
}

/// True for a mailbox of a family or of a function: a role word, alone or with qualifiers (`sales.uk`, `info2`, `customer-service`).
/// `bare`: its [`letters_and_digits`].
fn is_role(local: &str, bare: &str) -> bool {
    let roles = &*ROLES;
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    if roles.contains(bare) || roles.contains(stem) || is_family(local) {
        return true;
    }
    // Two-letter roles (hr, it) count only alone: `it.lee` may be a person.
    let mut words = local.split(['.', '-', '_']).filter(|w| !w.is_empty());
    let is_word =
        |w: &str| w.len() > 2 && roles.contains(w.trim_end_matches(|c: char| c.is_ascii_digit()));
    let is_qualifier = |w: &str| is_word(w) || w.len() <= 2 || ROLE_QUALIFIERS.contains(w);
    match (words.next(), words.next()) {
        (Some(first), Some(second)) => {
            let rest_qualifies = words.all(is_qualifier);
            rest_qualifies
                && (is_word(first) && is_qualifier(second)
                    || is_qualifier(first) && first.len() > 1 && is_word(second))
        }
        _ => false,
    }
}

/// A mailbox that a family shares: `fam.devries`, `dupont-famille`, `familiemueller`.
fn is_family(local: &str) -> bool {
    let words = mailboxes::FAMILY;
    let is_word = |w: &str| words.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit()));
    local.split(['.', '-', '_']).any(is_word)
        || words.iter().any(|w| w.len() > 3 && local.starts_with(w))
}

/// Words typed where an address is asked for: `none`, `n/a`.
fn is_stand_in(text: &str) -> bool {
    let bare: String = text
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    bare.is_empty()
        || matches!(
            bare.as_str(),
            "na" | "no" | "xx" | "tbd" | "tba" | "ohne" | "keine"
        )
        || PLACEHOLDER_LOCALS.contains(bare.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(text: &str) -> Vec<String> {
        read(text).into_iter().map(|c| c.matchcode).collect()
    }

    fn marks(text: &str) -> Vec<&'static str> {
        read(text)
            .first()
            .map_or(Vec::new(), |c| c.marks.iter().map(Mark::as_str).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]
        #[test]
        fn one_plain_address_is_read_as_any_text(
            text in "[a-zA-Z0-9._+@-]{0,12}@?[a-zA-Z0-9._@-]{0,12}[.]?(com|con|co|gmail[.]com|Gmail[.]com)?",
        ) {
            prop_assert_eq!(read(&text), read_any(&text));
        }
    }

    #[test]
    fn a_cell_full_of_addresses_or_blanks_is_read_once_each_and_soon() {
        // Minutes, where each address is compared with all before it or each blank takes a pass.
        let list: Vec<String> = (0..60_000).map(|i| format!("a{i}@b.co")).collect();
        let begun = std::time::Instant::now();
        let twice = format!("{};{}", list.join(";"), list.join(";"));
        assert_eq!(codes(&twice), list);
        let apart = format!(
            "ann{blanks}@{blanks}contoso.com",
            blanks = " ".repeat(500_000)
        );
        assert_eq!(codes(&apart), ["ann@contoso.com"]);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        assert_eq!(without_blanks_beside_at("a @ @  b c"), "a@@b c");
    }

    #[test]
    fn no_slip_of_an_ending_ends_a_domain() {
        for slip in domains::ENDING_SLIPS.iter().flat_map(|(_, slips)| *slips) {
            let domain = format!("contoso.{slip}");
            assert_eq!(super::super::domain::known_root(&domain), None, "{slip}");
        }
    }

    #[test]
    fn slips_are_those_of_the_table() {
        let plain = |label: &str| {
            let of =
                |(provider, slips): &&(&str, &[&str])| *provider == label || slips.contains(&label);
            let (provider, _) = domains::PROVIDER_SLIPS.iter().find(of)?;
            let own = |d: &&&str| d.split_once('.').is_some_and(|(l, _)| l == *provider);
            domains::PROVIDERS.iter().find(own).copied()
        };
        let labels = domains::PROVIDER_SLIPS.iter();
        let labels = labels.flat_map(|(provider, slips)| slips.iter().chain([provider]));
        for label in labels.chain(&["contoso", ""]) {
            for suffix in ["com", "con", "com.com", "de", ""] {
                let domain = format!("{label}.{suffix}");
                let meant = plain(label).filter(|d| suffix.starts_with("co") && *d != domain);
                assert_eq!(provider_meant(&domain), meant, "{domain}");
            }
        }
    }

    #[test]
    fn matchcodes() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("   ", &[]),
            ("Ann.Lee@Contoso.COM", &["ann.lee@contoso.com"]),
            ("  ann@contoso.com.  ", &["ann@contoso.com"]),
            ("ann@contoso.com,", &["ann@contoso.com"]),
            (
                "ann@contoso.com;bob@contoso.com",
                &["ann@contoso.com", "bob@contoso.com"],
            ),
            (
                "ann@contoso.com / bob@contoso.com",
                &["ann@contoso.com", "bob@contoso.com"],
            ),
            ("ann@contoso.com ann@CONTOSO.com", &["ann@contoso.com"]),
            ("Ann Lee <ann@contoso.com>", &["ann@contoso.com"]),
            ("\"Lee, Ann\" <ann@contoso.com>", &["ann@contoso.com"]),
            ("mailto:ann@contoso.com?subject=Hi", &["ann@contoso.com"]),
            ("MAILTO:ann@contoso.com", &["ann@contoso.com"]),
            ("Email: ann@contoso.com", &["ann@contoso.com"]),
            ("email:ann@contoso.com", &["ann@contoso.com"]),
            ("ann @ contoso.com", &["ann@contoso.com"]),
            ("ann@contoso .com", &["ann@contoso.com"]),
            ("ann@contoso. com", &["ann@contoso.com"]),
            ("ann@contoso.com. see note", &["ann@contoso.com"]),
            (
                "ann@contoso.de bob@contoso.de",
                &["ann@contoso.de", "bob@contoso.de"],
            ),
            ("ann@contoso..com", &["ann@contoso.com"]),
            ("ann@contoso.con", &["ann@contoso.com"]),
            ("ann@googlemail.con", &["ann@gmail.com"]),
            ("ann@contoso.co", &["ann@contoso.co"]),
            ("ann@contoso.cm", &["ann@contoso.cm"]),
            ("ann(at)contoso.com", &["ann@contoso.com"]),
            ("ann [at] contoso[dot]com", &["ann@contoso.com"]),
            ("Ann [At] Contoso{Dot}Com", &["ann@contoso.com"]),
            ("'ann@contoso.com'", &["ann@contoso.com"]),
            ("ann\u{200b}@contoso.com\u{feff}", &["ann@contoso.com"]),
            ("ann＠contoso.com", &["ann@contoso.com"]),
            ("o'brien@contoso.com", &["o'brien@contoso.com"]),
            ("ann+news@contoso.com", &["ann@contoso.com"]),
            ("a.n.n+x@gmail.com", &["ann@gmail.com"]),
            ("Ann.Lee@GoogleMail.com", &["annlee@gmail.com"]),
            ("ann.lee@outlook.com", &["ann.lee@outlook.com"]),
            ("ann@münchen.de", &["ann@xn--mnchen-3ya.de"]),
            ("ann@xn--mnchen-3ya.de", &["ann@xn--mnchen-3ya.de"]),
            ("ann@MÜNCHEN.DE", &["ann@xn--mnchen-3ya.de"]),
            ("jürgen@web.de", &["jürgen@web.de"]),
            (".ann@contoso.com", &["ann@contoso.com"]),
            ("a..b@contoso.com", &["a..b@contoso.com"]),
            ("ann@exa_mple.contoso.com", &["ann@exa_mple.contoso.com"]),
            ("ann@gmial.com", &["ann@gmail.com"]),
            ("a.nn@gmial.con", &["ann@gmail.com"]),
            ("ann@yahoo.con", &["ann@yahoo.com"]),
            ("ann@yahoo.co.uk", &["ann@yahoo.co.uk"]),
            ("ann@ymail.com", &["ann@ymail.com"]),
            ("ann@126,com", &["ann@126.com"]),
            ("ann@contoso,co.uk", &["ann@contoso.co.uk"]),
            (
                "a@contoso.com,b@contoso.com",
                &["a@contoso.com", "b@contoso.com"],
            ),
            ("a@contoso,b@contoso.com", &["b@contoso.com"]),
            ("ann", &[""]),
            ("ann@", &[""]),
            ("@contoso.com", &[""]),
            ("ann@localhost", &[""]),
            ("ann@127.0.0.1", &[""]),
            ("ann@contoso", &[""]),
            ("a@b@c.com", &[""]),
            ("+@contoso.com", &[""]),
            ("...@gmail.com", &[""]),
            ("n/a", &[""]),
            ("ann@..com", &[""]),
            ("n/a; ann@contoso.com", &["ann@contoso.com"]),
        ];
        for (input, expected) in table {
            assert_eq!(codes(input), *expected, "{input:?}");
        }
    }

    #[test]
    fn registrable_domains_are_lower_case_and_without_the_last_dot() {
        let table = [
            ("a.lee@Mail.Example2.CO.UK.", "example2.co.uk"),
            ("a.lee@shop.contoso.com.br", "contoso.com.br"),
            ("a.lee@contoso.unknowntld", "contoso.unknowntld"),
            ("a.lee@co.uk", "co.uk"),
            ("a.lee@foo.github.io", "foo.github.io"),
        ];
        for (input, expected) in table {
            assert_eq!(read(input)[0].registrable, expected, "{input}");
        }
    }

    #[test]
    fn marked() {
        let table: &[(&str, &[&str])] = &[
            ("ann@contoso.com", &[]),
            ("ann@gmail.com", &["free-mail"]),
            ("ann@yahoo.co.uk", &["free-mail"]),
            ("ann@gmx.at", &["free-mail"]),
            ("ann@mail.ru", &["free-mail"]),
            ("ann@163.com", &["free-mail"]),
            ("ann@tampabay.rr.com", &["free-mail"]),
            ("ann@gmial.com", &["free-mail"]),
            ("info@contoso.com", &["role"]),
            ("fam.devries@contoso.nl", &["role"]),
            ("dupont-famille@contoso.fr", &["role"]),
            ("familiemueller2@contoso.de", &["role"]),
            ("famke@contoso.nl", &[]),
            ("INFO2@contoso.com", &["role"]),
            ("sales.uk@contoso.com", &["role"]),
            ("uk-sales@contoso.com", &["role"]),
            ("customer-service@contoso.com", &["role"]),
            ("kontakt@contoso.de", &["role"]),
            ("vertrieb@contoso.de", &["role"]),
            ("no-reply@contoso.com", &["role"]),
            ("do.not.reply@contoso.com", &["role"]),
            ("hr@contoso.com", &["role"]),
            ("it.lee@contoso.com", &[]),
            ("info.smith@contoso.com", &[]),
            ("salesman.lee@contoso.com", &[]),
            ("test@test.com", &["placeholder"]),
            ("test123@contoso.com", &["placeholder"]),
            ("none@none.com", &["placeholder"]),
            ("noemail@contoso.com", &["placeholder"]),
            ("no.email@contoso.com", &["placeholder"]),
            ("a@a.com", &["placeholder"]),
            ("aaa@aaa.com", &["placeholder"]),
            ("abc@abc.com", &["placeholder"]),
            ("asdf@asdf.com", &["placeholder"]),
            ("ann@example.org", &["placeholder"]),
            ("ann@example.co.uk", &["placeholder"]),
            ("ann@mail.example.com", &["placeholder"]),
            ("ann@contoso.test", &["placeholder"]),
            ("x@contoso.com", &[]),
            ("contoso@contoso.com", &[]),
            ("ann+x@gmail.com", &["free-mail", "tagged"]),
            ("n/a", &["invalid", "placeholder"]),
            ("ann", &["invalid"]),
        ];
        for (input, expected) in table {
            assert_eq!(marks(input), *expected, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_matchcode_changes_nothing(text in "[ -~äöüé\u{200b}]{0,8}[a-zA-Z.+_'-]{1,8}@[a-zA-Zü.-]{1,10}[.](com|de|co.uk)[ -~]{0,4}") {
            for code in read(&text) {
                if !code.matchcode.is_empty() {
                    let again = read(&code.matchcode);
                    prop_assert_eq!(again.len(), 1);
                    prop_assert_eq!(&again[0].matchcode, &code.matchcode);
                    prop_assert_eq!(&again[0].registrable, &code.registrable);
                }
            }
        }
    }
}
