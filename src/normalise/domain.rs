//! Domains of e-mail addresses and web sites.
//!
//! The public suffix list comes with the `psl` crate behind `addr`; both are case-sensitive and keep a trailing dot, so
//! that every text is lower-cased, brought to IDNA ASCII and trimmed here first.

use super::fold::visible;
use super::tables::domains::{RESERVED_TLDS, SHARED_SITES};
use super::tables::{WordSet, domains, set_of};
use crate::model::{DomainCode, DomainKind};
use addr::parse_domain_name;

static FREE_MAIL: WordSet = WordSet::new(|| set_of(domains::FREE_MAIL));
static FREE_MAIL_LABELS: WordSet = WordSet::new(|| set_of(domains::FREE_MAIL_LABELS));
static PLACEHOLDER_DOMAINS: WordSet = WordSet::new(|| set_of(domains::PLACEHOLDER_DOMAINS));

/// Most bytes of a host name.
/// Source: RFC 1035, 3.1, without the length of the root.
const HOST_BYTES_MAX: usize = 253;

/// Reads a web site or bare domain: `https://www.Contoso.co.uk/about` gives `contoso.co.uk`.
///
/// `None` for blank text, for text without a public suffix (`n/a`, `localhost`), for IP addresses, and for a page on a
/// site shared by everyone (`facebook.com/contoso`), which says nothing of the owner's domain.
/// Of several sites in one cell the first counts. An e-mail address counts as its domain.
pub fn read(text: &str) -> Option<DomainCode> {
    let text = visible(text);
    let first = text
        .trim()
        .split([' ', ';', ',', '|', '\n', '\t'])
        .find(|p| !p.is_empty())?;
    let lower = first.to_lowercase();
    let mut rest = lower.trim_matches(['<', '>', '"', '\'', '(', ')']);
    if let Some((_, after)) = rest.split_once("://") {
        rest = after;
    } else {
        rest = rest
            .trim_start_matches("http:")
            .trim_start_matches("https:")
            .trim_start_matches("mailto:");
    }
    rest = rest.trim_start_matches(['/', '\\', ':']);
    let host_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let host = host.rsplit_once('@').map_or(host, |(_, h)| h);
    let host = host.split_once(':').map_or(host, |(h, _)| h);
    let ascii = ascii_domain(host)?;
    let registrable = match known_root(&ascii) {
        Some(root) => root.to_owned(),
        None if is_placeholder(&ascii) => ascii.clone(),
        None => return None,
    };
    if path.len() > 1 && SHARED_SITES.contains(&registrable.as_str()) {
        return None;
    }
    let kind = kind(&registrable);
    Some(DomainCode { registrable, kind })
}

/// Lower-case ASCII form of a host name without a dot at either end, or `None` when it cannot be one.
///
/// Needs at least two labels and a last label that is not a number.
pub(crate) fn ascii_domain(host: &str) -> Option<String> {
    let host = host.trim().trim_matches('.');
    if host.is_empty() || host.len() > HOST_BYTES_MAX {
        return None;
    }
    let ascii = if host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
    {
        let lower = host.to_ascii_lowercase();
        // `xn--` labels still go through idna, so that a broken one is refused.
        if lower.contains("xn--") {
            idna::domain_to_ascii(&lower).ok()?
        } else {
            lower
        }
    } else {
        idna::domain_to_ascii(host).ok()?
    };
    let trimmed = ascii.trim_matches('.');
    // Punycode may be longer than what it stands for.
    if trimmed.len() > HOST_BYTES_MAX {
        return None;
    }
    let mut n_labels = 0;
    for label in trimmed.split('.') {
        let clean = !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !clean {
            return None;
        }
        n_labels += 1;
    }
    let last = trimmed.rsplit('.').next()?;
    let named = last.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit());
    if n_labels < 2 || !named {
        return None;
    }
    Some(match trimmed.len() == ascii.len() {
        true => ascii,
        false => trimmed.to_owned(),
    })
}

/// Registrable domain of an ASCII domain by the public suffix list, if the list knows its suffix.
pub(crate) fn known_root(ascii: &str) -> Option<&str> {
    let name = parse_domain_name(ascii).ok()?;
    if !name.has_known_suffix() {
        return None;
    }
    name.root()
}

/// Registrable domain; the full one when the list knows no suffix for it.
pub(crate) fn registrable(ascii: &str) -> &str {
    known_root(ascii).unwrap_or(ascii)
}

/// What kind of domain a registrable domain is.
pub(crate) fn kind(registrable: &str) -> DomainKind {
    if is_placeholder(registrable) {
        DomainKind::Placeholder
    } else if is_free_mail(registrable) {
        DomainKind::FreeMail
    } else {
        DomainKind::Own
    }
}

/// The name part of a registrable domain: `contoso` of `contoso.co.uk`.
pub(crate) fn label(registrable: &str) -> &str {
    registrable.split('.').next().unwrap_or(registrable)
}

fn is_placeholder(domain: &str) -> bool {
    let tld = domain.rsplit('.').next().unwrap_or(domain);
    RESERVED_TLDS.contains(&tld)
        || PLACEHOLDER_DOMAINS.contains(domain)
        || label(domain) == "example"
}

fn is_free_mail(registrable: &str) -> bool {
    FREE_MAIL.contains(registrable) || FREE_MAIL_LABELS.contains(label(registrable))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<(&str, DomainKind)>) {
        let got = read(input);
        let got = got.as_ref().map(|d| (d.registrable.as_str(), d.kind));
        assert_eq!(got, expected, "{input:?}");
    }

    #[test]
    fn sites() {
        use DomainKind::{FreeMail, Own, Placeholder};
        let table = [
            ("contoso.com", Some(("contoso.com", Own))),
            (
                "https://www.Contoso.CO.UK/about?x=1#top",
                Some(("contoso.co.uk", Own)),
            ),
            ("http:\\\\contoso.com", Some(("contoso.com", Own))),
            ("http//contoso.com", None),
            ("www.contoso.com.", Some(("contoso.com", Own))),
            ("WWW.CONTOSO.COM:8080", Some(("contoso.com", Own))),
            ("shop.berlin.contoso.de", Some(("contoso.de", Own))),
            ("münchen.de", Some(("xn--mnchen-3ya.de", Own))),
            ("xn--mnchen-3ya.de", Some(("xn--mnchen-3ya.de", Own))),
            ("MÜNCHEN.de", Some(("xn--mnchen-3ya.de", Own))),
            ("XN--MNCHEN-3YA.de", Some(("xn--mnchen-3ya.de", Own))),
            // No name in any alphabet.
            ("alice.Xn--it", None),
            ("contoso.com.br", Some(("contoso.com.br", Own))),
            ("foo.github.io", Some(("foo.github.io", Own))),
            ("a.com; b.com", Some(("a.com", Own))),
            ("info@contoso.com", Some(("contoso.com", Own))),
            ("gmail.com", Some(("gmail.com", FreeMail))),
            ("yahoo.co.jp", Some(("yahoo.co.jp", FreeMail))),
            ("example.com", Some(("example.com", Placeholder))),
            ("facebook.com/contoso", None),
            ("https://www.linkedin.com/company/contoso/", None),
            ("facebook.com", Some(("facebook.com", Own))),
            ("co.uk", None),
            ("localhost", None),
            ("192.168.0.1", None),
            ("n/a", None),
            ("none", None),
            ("", None),
            ("-", None),
            ("contoso\u{200b}.com", Some(("contoso.com", Own))),
        ];
        for (input, expected) in table {
            check(input, expected);
        }
    }
}
