//! Company names to content tokens.

use super::domain::{ascii_domain, known_root, label};
use super::fold::{cut_words, fold, visible};
use super::place::country_code;
use super::tables::company_words::{ABBREVIATIONS, CONJUNCTIONS, LABEL_SUFFIXES};
use super::tables::legal_forms::{LEADING, LEGAL_FORMS, NATIVE};
use super::tables::{WordSet, company_words, legal_forms, set_of};
use crate::model::{CompanyCode, DomainKind, Mark, Marks};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

static NOISE: WordSet = WordSet::new(|| set_of(company_words::NOISE));
static PLACEHOLDER_COMPANIES: WordSet =
    WordSet::new(|| set_of(company_words::PLACEHOLDER_COMPANIES));
static ANYWHERE: WordSet = WordSet::new(|| set_of(legal_forms::ANYWHERE));

/// [`LEADING`] by form; of a form listed twice the first counts.
static LEADING_FORMS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut forms = FxHashMap::default();
    for (form, canonical) in LEADING {
        forms.entry(*form).or_insert(*canonical);
    }
    forms
});

/// Most content tokens a company keeps.
const TOKENS_MAX: usize = 8;
/// Most folded tokens a legal form is written in (`s p a z o o`, `sociedad anonima de capital variable`).
const FORM_TOKENS_MAX: usize = 7;
/// Companies in whose name a word on how they are built may stand or not: about one in five.
const STRUCTURE_SHARE: f64 = 0.2;
/// Companies with a usual word of trade (services, systems) in their names: about one in fifty.
const TRADE_SHARE: f64 = 0.02;
/// Fewest content tokens for an acronym: two letters say too little.
const ACRONYM_TOKENS_MIN: usize = 3;

/// Reads a company name.
///
/// Legal forms come off the end, some also off the front or the middle; so do `the`, `of`, `&` and other noise words,
/// notes in brackets, `c/o …`, and everything but the trade name of `… d/b/a …`. A domain or web address is read as its
/// label, abbreviations are spelled out. When that would leave nothing, the tokens before stripping are kept.
///
/// Words typed where a company is asked for (`n/a`, `self-employed`, `private`) give no tokens and the mark
/// `Placeholder`; blank text gives no tokens and the mark `Invalid`; a name of more than eight content tokens, or with a word
/// of more than 256 letters, has the mark `Cut`.
pub fn read(text: &str) -> CompanyCode {
    let text = visible(text);
    let text = text.trim();
    if text.is_empty() {
        return empty(Mark::Invalid);
    }
    let folded = fold(text);
    if is_placeholder(&folded) {
        return empty(Mark::Placeholder);
    }
    let mut form = String::new();
    let text = without_native_forms(&text.to_lowercase(), &mut form);
    let text = trade_name(&without_notes(&text)).to_owned();
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let folded = match site_label(word) {
            Some(label) => fold(&label),
            None => fold(word),
        };
        if folded.contains(' ') {
            words.extend(folded.split(' ').map(str::to_owned));
        } else if !folded.is_empty() {
            words.push(folded);
        }
    }
    if words.is_empty() {
        words = folded
            .split(' ')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
    }
    if words.is_empty() {
        return empty(Mark::Invalid);
    }
    let mut is_cut = cut_words(&mut words);
    if is_placeholder(&words.join(" ")) {
        return empty(Mark::Placeholder);
    }
    // Until nothing changes, so that reading the result again changes nothing either.
    let mut tokens = stripped(words.clone(), &mut form, &mut is_cut);
    let mut before = Cow::Borrowed(words.as_slice());
    while tokens != *before {
        before = Cow::Owned(tokens.clone());
        tokens = stripped(tokens, &mut form, &mut is_cut);
    }
    if tokens.is_empty() {
        tokens = join_letters(words);
        is_cut |= cut(&mut tokens);
        form.clear();
    }
    if is_placeholder(&tokens.join(" ")) {
        return empty(Mark::Placeholder);
    }
    let marks = match is_cut {
        true => Marks::NONE.with(Mark::Cut),
        false => Marks::NONE,
    };
    coded(tokens, form, marks)
}

/// The company of words as [`read`] gives them, of which some have been taken off: with one more round of taking forms
/// off, as long as something is left. `form` counts when none is found.
pub fn of_words(words: Vec<String>, form: &str) -> CompanyCode {
    let mut found = String::new();
    let rest = stripped(words.clone(), &mut found, &mut false);
    let tokens = if rest.is_empty() { words } else { rest };
    if found.is_empty() {
        form.clone_into(&mut found);
    }
    coded(tokens, found, Marks::NONE)
}

fn coded(tokens: Vec<String>, legal_form: String, marks: Marks) -> CompanyCode {
    let acronym = if tokens.len() >= ACRONYM_TOKENS_MIN {
        tokens.iter().map(|t| &t[..1]).collect()
    } else {
        String::new()
    };
    CompanyCode {
        squashed: tokens.concat(),
        acronym,
        legal_form,
        marks,
        tokens,
    }
}

/// Cuts to as many tokens, and letters of each, as are kept; true when something came off.
fn cut(tokens: &mut Vec<String>) -> bool {
    let n = tokens.len();
    tokens.truncate(TOKENS_MAX);
    cut_words(tokens) | (tokens.len() < n)
}

/// Share of companies taken to have a word in their names at least, from 0.0 (no such word) to 1.0: a file of few companies
/// does not show that `group`, `services` and the names of countries tell few firms apart. The word as [`read`] gives it.
pub fn usual_share(word: &str) -> f64 {
    static STRUCTURE: WordSet = WordSet::new(|| set_of(company_words::STRUCTURE));
    static TRADES: LazyLock<FxHashSet<&'static str>> =
        LazyLock::new(|| ABBREVIATIONS.iter().map(|(full, _)| *full).collect());
    let is_country = || {
        (word.len() > 3 || matches!(word, "usa" | "uk"))
            && !company_words::NOT_A_COUNTRY.contains(&word)
            && country_code(word).is_some()
    };
    if STRUCTURE.contains(word) || is_country() {
        STRUCTURE_SHARE
    } else if TRADES.contains(word) {
        TRADE_SHARE
    } else {
        0.0
    }
}

/// One round of taking noise and legal forms off; empty when nothing else is there.
fn stripped(words: Vec<String>, form: &mut String, is_cut: &mut bool) -> Vec<String> {
    let mut tokens = without_conjunctions(words);
    // `M/s Acme Traders`, an Indian way of address to a firm.
    if tokens.len() > 2 && tokens[0] == "m" && tokens[1] == "s" {
        tokens.drain(..2);
    }
    let found = take_trailing_forms(&mut tokens);
    let leading = take_leading_forms(&mut tokens);
    let inside = take_inner_forms(&mut tokens);
    for canonical in [found, leading, inside].into_iter().flatten() {
        if form.is_empty() {
            *form = canonical.to_owned();
        }
    }
    let took_form = found.or(leading).or(inside).is_some();
    // Letters first: the `a` of `A.B.C.` is no article.
    let mut tokens = join_letters(tokens);
    if !tokens.iter().all(|t| NOISE.contains(t.as_str())) {
        tokens.retain(|t| !NOISE.contains(t.as_str()));
    } else if took_form {
        // `The Limited` is a name, not an article before a form.
        tokens.clear();
    }
    *is_cut |= cut(&mut tokens);
    tokens
        .into_iter()
        .map(|t| {
            abbreviations()
                .get(t.as_str())
                .map_or(t, |full| (*full).to_owned())
        })
        .collect()
}

fn empty(mark: Mark) -> CompanyCode {
    CompanyCode {
        tokens: Vec::new(),
        squashed: String::new(),
        acronym: String::new(),
        legal_form: String::new(),
        marks: Marks::NONE.with(mark),
    }
}

fn is_placeholder(folded: &str) -> bool {
    let bare = if folded.contains(' ') {
        Cow::Owned(folded.replace(' ', ""))
    } else {
        Cow::Borrowed(folded)
    };
    let Some(first) = bare.bytes().next() else {
        return true;
    };
    PLACEHOLDER_COMPANIES.contains(folded)
        || PLACEHOLDER_COMPANIES.contains(bare.as_ref())
        || bare.len() >= 2
            && bare.bytes().all(|b| b == first)
            && matches!(first, b'x' | b'0' | b'z' | b'q')
        || bare.len() >= 4 && bare.bytes().all(|b| b == first)
}

/// Forms written in other scripts, which folding would tear apart or glue to the name.
fn without_native_forms(lower: &str, form: &mut String) -> String {
    if lower.is_ascii() {
        return lower.to_owned();
    }
    let mut out = lower.to_owned();
    for (native, canonical) in NATIVE {
        if out.contains(native) {
            let rest = out.replace(native, " ");
            if fold(&rest).is_empty() {
                continue;
            }
            out = rest;
            if form.is_empty() {
                *form = (*canonical).to_owned();
            }
        }
    }
    out
}

/// Text without what stands in brackets, unless that is a part of a legal form (`(Pvt) Ltd`) or all there is.
fn without_notes(text: &str) -> Cow<'_, str> {
    if !text.contains(['(', '[', '{', '（']) {
        // The closing ones alone stay, as below.
        return if text.contains([')', ']', '}']) && fold(text).is_empty() {
            Cow::Owned(text.replace([')', ']', '}'], " "))
        } else {
            Cow::Borrowed(text)
        };
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['(', '[', '{', '（']) {
        let open = rest[start..].chars().next().map_or(1, char::len_utf8);
        let Some(len) = rest[start + open..].find([')', ']', '}', '）']) else {
            break;
        };
        let inside = &rest[start + open..start + open + len];
        let close = rest[start + open + len..]
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        out.push_str(&rest[..start]);
        out.push(' ');
        if form_of(&fold(inside).replace(' ', "")).is_some() {
            out.push_str(inside);
            out.push(' ');
        }
        rest = &rest[start + open + len + close..];
    }
    out.push_str(rest);
    if fold(&out).is_empty() {
        Cow::Owned(text.replace(['(', ')', '[', ']', '{', '}'], " "))
    } else {
        Cow::Owned(out)
    }
}

/// `Smith Holdings d/b/a Joe's Pizza` is `Joe's Pizza`; `Contoso c/o Fabrikam` and `Contoso formerly Fabrikam` are
/// `Contoso`.
fn trade_name(text: &str) -> &str {
    // Most names hold no marker at all: one look behind each blank tells.
    let is_marked = memchr::memchr_iter(b' ', text.as_bytes()).any(|at| {
        let rest = &text.as_bytes()[at..];
        matches!(
            rest.get(1),
            Some(b'a' | b'c' | b'd' | b'e' | b'f' | b'o' | b't' | b'v' | b'z')
        ) && (BEFORE_NAME.iter().chain(AFTER_NAME)).any(|m| rest.starts_with(m.as_bytes()))
    });
    for marker in BEFORE_NAME.iter().filter(|_| is_marked) {
        if let Some((_, after)) = text.split_once(marker)
            && !fold(after).is_empty()
        {
            return after;
        }
    }
    for marker in AFTER_NAME.iter().filter(|_| is_marked) {
        if let Some((before, _)) = text.split_once(marker)
            && !fold(before).is_empty()
        {
            return before;
        }
    }
    text.strip_prefix("c/o ")
        .filter(|t| !fold(t).is_empty())
        .unwrap_or(text)
}

/// What stands before a trade name. Begin with a blank and a letter that [`trade_name`] looks for.
const BEFORE_NAME: &[&str] = &[
    " d/b/a ",
    " dba ",
    " d.b.a. ",
    " doing business as ",
    " trading as ",
    " t/a ",
    " operating as ",
    " o/a ",
];

/// What stands behind a name, before somebody else's. Begin with a blank and a letter that [`trade_name`] looks for.
const AFTER_NAME: &[&str] = &[
    " c/o ",
    " formerly ",
    " f/k/a ",
    " fka ",
    " formerly known as ",
    " a/k/a ",
    " aka ",
    " ehemals ",
    " vormals ",
    " care of ",
    " z.hd. ",
    " attn ",
    " attn: ",
];

/// The label of a word that is a web address, domain or e-mail address: `contoso` of `www.contoso.com`.
fn site_label(word: &str) -> Option<String> {
    if !word.contains('.') {
        return None;
    }
    let word = word.trim_matches([',', ';', ':', '"', '\'', '!', '/', '<', '>']);
    let host = word.rsplit_once("://").map_or(word, |(_, h)| h);
    let is_address = host.contains('@');
    let host = host.rsplit_once('@').map_or(host, |(_, h)| h);
    let host = host.split('/').next().unwrap_or(host);
    let www = host.starts_with("www.");
    let host = host.strip_prefix("www.").unwrap_or(host);
    if !host.contains('.') {
        return None;
    }
    let ascii = ascii_domain(host)?;
    let root = known_root(&ascii)?;
    let label = label(root);
    let suffix = &root[label.len() + 1..];
    let plain = www || is_address || word.contains("://") || LABEL_SUFFIXES.contains(&suffix);
    if !plain || label.len() < 2 || label.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if is_address && super::domain::kind(root) != DomainKind::Own {
        return None;
    }
    let unicode = if label.starts_with("xn--") {
        idna::domain_to_unicode(label).0
    } else {
        label.to_owned()
    };
    Some(unicode)
}

/// Drops `and`, `und`, `y` … between other words; one-letter ones only between longer words (`Silva e Filhos`).
fn without_conjunctions(words: Vec<String>) -> Vec<String> {
    let n = words.len();
    let keep: Vec<bool> = (0..n)
        .map(|i| {
            let word = words[i].as_str();
            if !CONJUNCTIONS.contains(&word) {
                return true;
            }
            if word.len() > 1 {
                return n == 1;
            }
            !(i > 0 && i + 1 < n && words[i - 1].len() > 1 && words[i + 1].len() > 1)
        })
        .collect();
    words
        .into_iter()
        .zip(keep)
        .filter_map(|(w, k)| k.then_some(w))
        .collect()
}

/// The canonical form of a squashed legal form.
fn form_of(squashed: &str) -> Option<&'static str> {
    static FORMS: OnceLock<FxHashMap<String, &'static str>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let mut forms = FxHashMap::default();
        for (_, canonical, written) in LEGAL_FORMS {
            for form in written.iter().chain([canonical]) {
                let squashed: String = fold(form).chars().filter(|c| *c != ' ').collect();
                forms.entry(squashed).or_insert(*canonical);
            }
        }
        forms
    });
    forms.get(squashed).copied()
}

/// Takes forms off the end, longest first, while something remains; gives the one found first.
fn take_trailing_forms(tokens: &mut Vec<String>) -> Option<&'static str> {
    let mut found = None;
    'again: loop {
        let n_max = FORM_TOKENS_MAX.min(tokens.len());
        let squashed = tokens[tokens.len() - n_max..].concat();
        let mut start = 0;
        // A one-word form may not empty the name, but `the limited` is told apart later.
        for n in (1..=n_max).rev() {
            let tail = &tokens[tokens.len() - n..];
            let written = &squashed[start..];
            start += tail[0].len();
            // Single letters stay with single letters: the `a` of `banca a s` is no article.
            if n > 1
                && n < tokens.len()
                && tail[0].len() == 1
                && tokens[tokens.len() - n - 1].len() == 1
                && n < 3
            {
                continue;
            }
            if let Some(form) = form_of(written) {
                tokens.truncate(tokens.len() - n);
                found.get_or_insert(form);
                continue 'again;
            }
        }
        return found;
    }
}

/// Takes a form off the front that is written there in its country (`OOO Romashka`, `PT Astra`, `UAB Baltic`).
fn take_leading_forms(tokens: &mut Vec<String>) -> Option<&'static str> {
    let n_max = 4.min(tokens.len().saturating_sub(1));
    let squashed = tokens[..n_max].concat();
    let mut end = squashed.len();
    for n in (1..=n_max).rev() {
        let head = &squashed[..end];
        end -= tokens[n - 1].len();
        // `A.B.C.` is three letters, not the form AB and a C.
        if n > 1 && tokens[n].len() == 1 && tokens[n - 1].len() == 1 {
            continue;
        }
        if let Some(canonical) = LEADING_FORMS.get(head) {
            tokens.drain(..n);
            return Some(canonical);
        }
    }
    None
}

/// True for a legal form, squashed, that is no word or name besides: it may stand in the middle of a name.
pub fn is_unmistakable(form: &str) -> bool {
    ANYWHERE.contains(form)
}

/// Takes unmistakable forms out of the middle: `Contoso GmbH Berlin`.
fn take_inner_forms(tokens: &mut Vec<String>) -> Option<&'static str> {
    let at = tokens
        .iter()
        .skip(1)
        .position(|t| ANYWHERE.contains(t.as_str()))?
        + 1;
    let form = form_of(&tokens[at]);
    tokens.remove(at);
    form
}

/// Joins runs of single letters: `i b m` is `ibm`.
fn join_letters(tokens: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut run = false;
    for token in tokens {
        let single = token.len() == 1;
        match out.last_mut() {
            Some(last) if run && single => last.push_str(&token),
            _ => out.push(token),
        }
        run = single;
    }
    out
}

fn abbreviations() -> &'static FxHashMap<&'static str, &'static str> {
    static MAP: OnceLock<FxHashMap<&'static str, &'static str>> = OnceLock::new();
    MAP.get_or_init(|| {
        ABBREVIATIONS
            .iter()
            .flat_map(|(full, short)| short.split(' ').map(move |s| (s, *full)))
            .collect()
    })
}

#[cfg(test)]
mod tests;
