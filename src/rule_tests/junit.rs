//! Results as JUnit XML: `testsuites` > `testsuite` > `testcase` > `failure`, the form that build servers read.

use super::TestResult;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// The results of one file of examples. `suite` is the name of the rule set, `path` that of the examples.
///
/// Holds no time, so that the same results give the same bytes.
pub fn junit(results: &[TestResult], suite: &str, path: &str) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut writer, results, suite, path).expect("writing to memory does not fail");
    let mut out = writer.into_inner();
    out.push(b'\n');
    out
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    results: &[TestResult],
    suite: &str,
    path: &str,
) -> std::io::Result<()> {
    let n_failures = results.iter().filter(|r| !r.passed).count().to_string();
    let n_tests = results.len().to_string();
    let element = |name: &'static str, attributes: &[(&str, &str)]| {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            start.push_attribute((*key, allowed(value).as_str()));
        }
        start
    };
    let counts = [
        ("name", suite),
        ("tests", n_tests.as_str()),
        ("failures", n_failures.as_str()),
        ("errors", "0"),
    ];
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(element("testsuites", &counts)))?;
    let mut of_suite = counts.to_vec();
    of_suite.push(("skipped", "0"));
    writer.write_event(Event::Start(element("testsuite", &of_suite)))?;
    for result in results {
        let line = result.line.to_string();
        let case = element(
            "testcase",
            &[
                ("classname", suite),
                ("name", &result.name),
                ("file", path),
                ("line", &line),
            ],
        );
        let Some(failure) = &result.failure else {
            writer.write_event(Event::Empty(case))?;
            continue;
        };
        writer.write_event(Event::Start(case))?;
        let start = element(
            "failure",
            &[("message", failure), ("type", result.expected)],
        );
        writer.write_event(Event::Start(start))?;
        let text = allowed(&result.details.join("\n"));
        writer.write_event(Event::Text(BytesText::new(&text)))?;
        writer.write_event(Event::End(BytesEnd::new("failure")))?;
        writer.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))
}

/// The text with every character that XML 1.0 cannot hold replaced.
fn allowed(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_well_formed_whatever_the_values() {
        let result = |name: &str, failure: Option<&str>| TestResult {
            name: name.to_owned(),
            line: 3,
            expected: "match",
            expected_verdict: None,
            passed: failure.is_none(),
            failure: failure.map(str::to_owned),
            details: vec!["<a> & \u{1b}[31m ]]>".to_owned()],
        };
        let results = [
            result("a < b & \"c\"", None),
            result("d", Some("rule \"R&D\" does not hold")),
        ];
        let xml = String::from_utf8(junit(&results, "set", "x.toml")).expect("UTF-8");
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut names = Vec::new();
        loop {
            match reader.read_event().expect("well formed") {
                Event::Start(e) | Event::Empty(e) => {
                    names.push(String::from_utf8_lossy(e.name().as_ref()).into_owned());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(
            names,
            ["testsuites", "testsuite", "testcase", "testcase", "failure"]
        );
        assert!(!xml.contains('\u{1b}'));
        assert!(xml.contains("tests=\"2\" failures=\"1\""), "{xml}");
    }
}
