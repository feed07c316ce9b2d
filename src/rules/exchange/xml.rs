//! Just enough XML for metadata files: elements, text, no attributes. A document type is refused and no entity but the
//! five predefined ones and characters is resolved, so that nothing in a file can grow or reach out.

use super::ExchangeError;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements inside each other; metadata needs six.
const DEPTH_MAX: usize = 64;

/// An element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Name without prefix.
    pub(super) name: String,
    /// Its own text, joined and trimmed.
    pub(super) text: String,
    /// Elements inside, in order.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The children of that name.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The text of the first child of that name, when it is not blank.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.children
            .iter()
            .filter(|c| c.name == name)
            .map(|c| c.text.as_str())
            .find(|t| !t.is_empty())
    }
}

/// Reads a document: its root element.
pub(super) fn read(file: &str, text: &str) -> Result<Element, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let fault = |at: u64, message: String| {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        ExchangeError::Syntax {
            file: file.to_owned(),
            line: text.as_bytes()[..at]
                .iter()
                .filter(|b| **b == b'\n')
                .count()
                + 1,
            message,
        }
    };
    // The root's parent collects the root.
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let at = reader.buffer_position();
        let event = reader
            .read_event()
            .map_err(|e| fault(reader.error_position(), format!("no XML: {e}")))?;
        match event {
            Event::Start(start) => {
                if open.len() > DEPTH_MAX {
                    return Err(fault(
                        at,
                        "more elements inside each other than metadata has".to_owned(),
                    ));
                }
                open.push(Element {
                    name: local(start.local_name().as_ref()),
                    ..Element::default()
                });
            }
            Event::Empty(start) => {
                let element = Element {
                    name: local(start.local_name().as_ref()),
                    ..Element::default()
                };
                top(&mut open).children.push(element);
            }
            Event::End(_) => {
                let mut done = open
                    .pop()
                    .expect("the reader checks that ends match starts");
                done.text = done.text.trim().to_owned();
                top(&mut open).children.push(done);
            }
            Event::Text(part) => {
                let part = part
                    .decode()
                    .map_err(|e| fault(at, format!("no XML: {e}")))?;
                top(&mut open).text.push_str(&part);
            }
            Event::CData(part) => {
                let part = part
                    .decode()
                    .map_err(|e| fault(at, format!("no XML: {e}")))?;
                top(&mut open).text.push_str(&part);
            }
            Event::GeneralRef(name) => {
                let text = match name.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => {
                        let name = local(&name);
                        quick_xml::escape::resolve_predefined_entity(&name)
                            .ok_or_else(|| {
                                fault(at, format!("the entity &{name}; is not resolved"))
                            })?
                            .to_owned()
                    }
                    Err(e) => return Err(fault(at, format!("no XML: {e}"))),
                };
                top(&mut open).text.push_str(&text);
            }
            Event::DocType(_) => {
                return Err(fault(
                    at,
                    "a document type is not read; metadata files have none".to_owned(),
                ));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if open.len() > 1 {
        return Err(fault(
            text.len() as u64,
            format!("<{}> is not closed", top(&mut open).name),
        ));
    }
    let mut roots = open.pop().map(|o| o.children).unwrap_or_default();
    if roots.len() != 1 {
        return Err(fault(
            0,
            format!("one root element is expected, there are {}", roots.len()),
        ));
    }
    Ok(roots.remove(0))
}

fn top(open: &mut [Element]) -> &mut Element {
    open.last_mut().expect("the root's parent is never closed")
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Writes one element with text.
pub(super) fn leaf(out: &mut String, indent: usize, name: &str, text: &str) {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    out.push_str(&format!(
        "{}<{name}>{}</{name}>\n",
        "    ".repeat(indent),
        quick_xml::escape::escape(&text)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_text_and_entities_are_read() {
        let root = read(
            "f.xml",
            "<?xml version=\"1.0\"?>\n<m:a xmlns:m=\"x\"><!-- c --><b> R&amp;D &#228;<![CDATA[ <x>]]></b><c/><b>2</b></m:a>",
        )
        .expect("well-formed");
        assert_eq!(root.name, "a");
        assert_eq!(root.text_of("b"), Some("R&D ä <x>"));
        assert_eq!(root.all("b").count(), 2);
        assert_eq!(root.text_of("c"), None);
    }

    #[test]
    fn what_could_grow_or_reach_out_is_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\">]>\n<a>&b;</a>";
        for (text, line, expected) in [
            (bomb, 1, "a document type is not read"),
            ("<a>\n&b;</a>", 2, "the entity &b; is not resolved"),
            ("<a>\n<b></a>", 2, "no XML"),
            ("<a>", 1, "<a> is not closed"),
            ("", 1, "one root element is expected, there are 0"),
        ] {
            let ExchangeError::Syntax {
                line: l,
                message,
                file,
            } = read("f.xml", text).expect_err(text)
            else {
                panic!("{text}");
            };
            assert_eq!((file.as_str(), l), ("f.xml", line), "{text}");
            assert!(message.starts_with(expected), "{message}");
        }
        let deep = "<a>".repeat(100);
        assert!(read("f.xml", &deep).is_err());
    }
}
