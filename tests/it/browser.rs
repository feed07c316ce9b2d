//! The report page in headless Chromium: what a person sees, on a desktop and on a phone.
//!
//! Without Chromium these tests say so and pass, unless `KINFOLD_REQUIRE_BROWSER` is set.
//! `KINFOLD_KEEP_PAGE=FILE` keeps the page of 200 suggestions, to look at.

use super::report::{RULES, Sample, sample};
use kinfold::model::{CompanyAlias, CrossLink};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Width and height of a window.
const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// Appended to a copy of the page: opens three suggestions and tells the frame around it what the layout did.
const PROBE: &str = "<script>addEventListener('load', () => {
  for (const button of [...document.querySelectorAll('#s-list h3 button')].slice(0, 3)) button.click();
  parent.postMessage({
    width: innerWidth,
    scroll: document.documentElement.scrollWidth,
    drawn: document.querySelectorAll('#s-list > li').length,
    falls: document.querySelectorAll('#s-list .fall').length,
  }, '*');
})</script>";

fn chromium() -> Option<PathBuf> {
    let found = std::env::var_os("PATH").and_then(|path| {
        ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)))
            .find(|file| file.is_file())
    });
    assert!(
        found.is_some() || std::env::var_os("KINFOLD_REQUIRE_BROWSER").is_none(),
        "KINFOLD_REQUIRE_BROWSER is set and there is no Chromium"
    );
    if found.is_none() {
        #[expect(
            clippy::print_stdout,
            reason = "a test that did not run says so in the output of the tests"
        )]
        {
            println!("skipped: no Chromium found");
        }
    }
    found
}

/// What a browser made of a page.
struct Seen {
    dom: String,
    console: String,
}

impl Seen {
    /// A `data-NAME` of the root element.
    fn data(&self, name: &str) -> Option<&str> {
        let start = format!(" data-{name}=\"");
        let root = self.dom.split("<html").nth(1)?.split('>').next()?;
        root.split(&start).nth(1)?.split('"').next()
    }

    fn number(&self, name: &str) -> u32 {
        self.data(name)
            .and_then(|n| n.parse().ok())
            .unwrap_or_else(|| panic!("no data-{name} on the root element"))
    }
}

/// Opens a file, with a fragment, in a window of a size, and waits until its scripts are done.
fn open(browser: &Path, page: &Path, fragment: &str, (width, height): (u32, u32)) -> Seen {
    let profile = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--disable-dev-shm-usage",
            // As on a phone, where they cover the page and take no room.
            "--hide-scrollbars",
            "--enable-logging=stderr",
            "--virtual-time-budget=4000",
            "--dump-dom",
        ])
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}{fragment}", page.display()))
        .stdin(Stdio::null())
        .stdout(fs::File::create(profile.path().join("dom")).expect("created"))
        .stderr(fs::File::create(profile.path().join("console")).expect("created"))
        .spawn()
        .expect("the browser starts");
    let deadline = Instant::now() + Duration::from_secs(90);
    while child.try_wait().expect("the browser is ours").is_none() {
        assert!(
            Instant::now() < deadline,
            "the browser did not finish: {:?}",
            child.kill()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let read = |name: &str| {
        String::from_utf8_lossy(&fs::read(profile.path().join(name)).expect("there")).into_owned()
    };
    Seen {
        dom: read("dom"),
        console: read("console"),
    }
}

/// Publishes a sample and opens its page: as it is for `fragment`, or with [`PROBE`] when the window is measured.
///
/// Checks what must hold for every page: the script ran to its end, and the content security policy had no complaint.
fn check(browser: &Path, sample: &Sample, fragment: &str, window: (u32, u32)) -> Seen {
    let out = tempfile::tempdir().expect("a folder");
    let run = sample.publish(out.path()).expect("published").run_dir;
    let page = run.join("report.html");
    let seen = open(browser, &page, fragment, window);
    assert_eq!(
        seen.data("ready"),
        Some("yes"),
        "the script ran: {}",
        seen.console
    );
    for complaint in ["Content Security Policy", "Refused to", "Uncaught"] {
        assert!(!seen.console.contains(complaint), "{}", seen.console);
    }
    seen
}

/// Opens the page without its policy, with [`PROBE`], which the policy would keep out, in a frame of the given size:
/// windows of headless Chromium are at least 500 pixels wide.
fn measure(browser: &Path, sample: &Sample, fragment: &str, (width, height): (u32, u32)) -> Seen {
    let out = tempfile::tempdir().expect("a folder");
    let run = sample.publish(out.path()).expect("published").run_dir;
    let text = fs::read_to_string(run.join("report.html")).expect("UTF-8");
    let policy = "http-equiv=\"Content-Security-Policy\"";
    assert_eq!(text.matches(policy).count(), 1);
    fs::write(
        out.path().join("copy.html"),
        text.replace(policy, "name=\"no-policy\"") + PROBE,
    )
    .expect("written");
    let frame = out.path().join("frame.html");
    fs::write(
        &frame,
        format!(
            "<!DOCTYPE html><html><script>addEventListener('message', (event) =>
               Object.assign(document.documentElement.dataset, event.data))</script>
             <iframe src=\"copy.html{fragment}\" width={width} height={height} frameborder=0></iframe>"
        ),
    )
    .expect("written");
    open(browser, &frame, "", DESKTOP)
}

/// Values that try to leave the text they are.
fn hostile() -> Sample {
    let script = "<script>document.title='owned'</script>";
    let image = "\"><img src=x onerror=\"document.title='owned'\">";
    let end = "</script><script>document.title='owned'</script><!--";
    let mut hostile = sample(
        &[
            [
                script,
                "=cmd|' /C calc'!A0",
                image,
                "+1 212",
                "\u{202e}gnp.exe",
                "&amp;<b>",
                "",
            ],
            ["L2", end, "ann@example.com", "", "Acme", "\u{2028}x", ""],
            ["L3", "{{7*7}}", "javascript:alert(1)", "", image, "", ""],
            ["L4", "Ann Lee", "", "", end, "", ""],
            ["L5", image, "", "", "", "", ""],
        ],
        &[0..2, 2..4],
    );
    for (company, alias) in [(script, image), (end, "\u{202e}gnp.exe")] {
        hostile.outcome.company_aliases.push(CompanyAlias {
            company: company.to_owned(),
            alias: alias.to_owned(),
            domain: image.to_owned(),
            n_people: 3,
        });
    }
    for (pair_idx, reason) in [(0, image), (1, end)] {
        hostile.outcome.links.push(CrossLink {
            pair_idx,
            reason: reason.to_owned(),
        });
    }
    hostile
}

/// As many suggestions as asked for, of two to four records with the differences real exports have.
fn realistic(n_suggestions: u32) -> Sample {
    const GIVEN: [(&str, &str); 10] = [
        ("Robert", "Bob"),
        ("Katharina", "Kathi"),
        ("José", "Jose"),
        ("Aleksandr", "Alexander"),
        ("Margaret", "Peggy"),
        ("小龙", "Xiaolong"),
        ("Fatima", "Fatma"),
        ("Søren", "Soren"),
        ("William", "Bill"),
        ("محمد", "Mohammed"),
    ];
    const SURNAMES: [&str; 11] = [
        "Okafor",
        "Lindqvist",
        "Müller",
        "García López",
        "Nakamura",
        "O'Brien",
        "Kowalska",
        "Nguyen",
        "van der Berg",
        "Smith",
        "Haddad",
    ];
    const COMPANIES: [(&str, &str); 7] = [
        ("Northwind Traders Ltd", "Northwind Traders"),
        ("Müller Maschinenbau GmbH & Co. KG", "Mueller Maschinenbau"),
        (
            "Contoso Pharmaceuticals International Holdings B.V.",
            "Contoso Pharma",
        ),
        ("Blue Yonder Airlines", "Blue Yonder Airlines Inc."),
        ("Fabrikam, Inc.", "FABRIKAM"),
        ("株式会社山田製作所", "Yamada Seisakusho K.K."),
        ("Acme", "Acme Corp"),
    ];
    const CITIES: [(&str, &str); 5] = [
        ("Berlin", "berlin"),
        ("São Paulo", "Sao Paulo"),
        ("New York", "NYC"),
        ("Kraków", "Krakow"),
        ("大阪", "Osaka"),
    ];
    let mut rows: Vec<[String; 7]> = Vec::new();
    let mut groups = Vec::new();
    for i in 0..n_suggestions {
        let pick = |n: usize, salt: u32| {
            (i.wrapping_mul(2_654_435_761).rotate_left(salt) >> 7) as usize % n
        };
        let (given, surname) = (GIVEN[pick(10, 3)], SURNAMES[pick(11, 9)]);
        let (company, city) = (COMPANIES[pick(7, 17)], CITIES[pick(5, 23)]);
        let start = rows.len() as u32;
        let n_members = [2, 2, 2, 3, 2, 4, 2][i as usize % 7];
        for k in 0..n_members {
            let id = format!(
                "{:08x}-41d4-{k:04x}-a716-446655440000",
                i.wrapping_mul(2_246_822_519)
            );
            let mail = format!("{}.{}{i}@example.com", plain(given.1), plain(surname));
            rows.push(if k % 2 == 0 {
                [
                    id,
                    format!("{} {surname}", given.0),
                    mail,
                    format!("+1 212 555 {:04}", i % 9999),
                    company.0.into(),
                    city.0.into(),
                    String::new(),
                ]
            } else {
                [
                    id,
                    format!("{} {surname}", given.1),
                    if i % 3 == 0 {
                        mail.to_uppercase()
                    } else {
                        String::new()
                    },
                    format!("(212) 555-{:04}", i % 9999),
                    company.1.into(),
                    city.1.into(),
                    "met at the fair".into(),
                ]
            });
        }
        groups.push(start..start + n_members);
    }
    rows.push(
        [
            "zz-last",
            "Norah Bright",
            "norah@example.com",
            "",
            "Northwind Traders",
            "Leeds",
            "",
        ]
        .map(str::to_owned),
    );
    let rows: Vec<[&str; 7]> = rows
        .iter()
        .map(|row| row.each_ref().map(String::as_str))
        .collect();
    let mut realistic = sample(&rows, &groups);
    let outcome = &mut realistic.outcome;
    outcome.company_aliases = COMPANIES
        .iter()
        .map(|(company, alias)| CompanyAlias {
            company: (*company).to_owned(),
            alias: (*alias).to_owned(),
            domain: "a-rather-long-name-of-a-mail-domain.example.com".to_owned(),
            n_people: 12,
        })
        .collect();
    outcome.links = (0..5)
        .map(|pair_idx| CrossLink {
            pair_idx,
            reason: "equal e-mail, equal phone, names differ by a known short form".to_owned(),
        })
        .collect();
    realistic
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphabetic);
    letters.collect::<String>().to_lowercase()
}

#[test]
fn hostile_values_are_shown_and_never_run() {
    let Some(browser) = chromium() else { return };
    for fragment in [
        "#suggestions",
        "#tab=suggestions&open=S0000000",
        "#tab=suggestions&open=S0000001",
        "#others",
    ] {
        let seen = check(&browser, &hostile(), fragment, DESKTOP);
        let body = seen
            .dom
            .split("<script type=\"application/json\"")
            .next()
            .expect("a body");
        assert!(
            !body.contains("<img") && !body.contains("<script"),
            "{fragment}: an element was injected"
        );
        assert!(
            seen.dom
                .contains("<title>Merge suggestions: leads.csv</title>"),
            "{fragment}"
        );
        assert_eq!(
            seen.dom.matches("<script").count(),
            2,
            "{fragment}: the data and our script"
        );
        assert!(
            !body.contains('\u{202e}') && !body.contains('\u{2028}'),
            "{fragment}"
        );
        for (heading, n_values) in [
            ("Other names of companies</h2>", 4),
            ("Records of different types held to be one</h2>", 2),
        ] {
            let table = body.split(heading).nth(1).expect(heading);
            let table = table.split("</table>").next().expect("its rows");
            let n_shown = table.matches("document.title='owned'").count();
            assert!(n_shown >= n_values, "{heading} {n_shown}: {table}");
        }
    }
    let seen = check(
        &browser,
        &hostile(),
        "#tab=suggestions&open=S0000000",
        DESKTOP,
    );
    for text in [
        "=cmd|' /C calc'!A0",
        "U+202E",
        "U+2028",
        "&lt;script&gt;document.title",
    ] {
        assert!(seen.dom.contains(text), "{text} is shown");
    }
}

#[test]
fn the_address_filters_sorts_and_opens() {
    let Some(browser) = chromium() else { return };
    let sample = realistic(60);
    for (fragment, n_shown) in [
        ("", 60),
        ("#suggestions", 60),
        ("#verdict=auto", 30),
        ("#verdict=auto&q=nothing-like-it", 0),
        ("#flag=weak-bridge", 30),
        ("#flag=none&size=2", 22),
        ("#size=4", 8),
        ("#q=GARCIA%20lopez", count(&sample, "García López")),
        ("#q=norah", 0),
    ] {
        let seen = check(&browser, &sample, fragment, DESKTOP);
        assert_eq!(seen.number("shown"), n_shown, "{fragment}");
    }
    let seen = check(&browser, &sample, "#open=S0000058", DESKTOP);
    let opened = "aria-expanded=\"true\" aria-controls=\"d-s-S0000058\"";
    assert!(
        seen.dom.contains(opened),
        "a suggestion on the second page opens"
    );
    let rule = format!("#rule={}", RULES[1].replace(' ', "+"));
    assert_eq!(check(&browser, &sample, &rule, DESKTOP).number("shown"), 60);
    assert_eq!(
        check(&browser, &sample, "#rule=No+such+rule", DESKTOP).number("shown"),
        0
    );
}

/// Suggestions with a member whose name holds `text`.
fn count(sample: &Sample, text: &str) -> u32 {
    let names = &sample.table.columns[1];
    let holds = |s: &&kinfold::model::Suggestion| {
        s.members
            .iter()
            .any(|m| names.get(m.record.at()).contains(text))
    };
    let n = sample.outcome.suggestions.iter().filter(holds).count() as u32;
    assert!(n > 0, "{text} occurs");
    n
}

#[test]
fn the_page_fits_a_desktop_and_a_phone() {
    let Some(browser) = chromium() else { return };
    let sample = realistic(200);
    if let Some(file) = std::env::var_os("KINFOLD_KEEP_PAGE") {
        let out = tempfile::tempdir().expect("a folder");
        let run = sample.publish(out.path()).expect("published").run_dir;
        fs::copy(run.join("report.html"), file).expect("kept");
    }
    for window in [DESKTOP, PHONE] {
        for fragment in ["#overview", "#suggestions", "#others", "#leftout", "#input"] {
            let seen = measure(&browser, &sample, fragment, window);
            assert_eq!(seen.number("drawn"), 50, "one page of suggestions");
            assert!(seen.number("falls") >= 3, "evidence is drawn");
            assert!(
                seen.number("scroll") <= seen.number("width"),
                "{fragment} is {} wide in a window of {}",
                seen.number("scroll"),
                seen.number("width")
            );
            assert_eq!(
                seen.number("width"),
                window.0,
                "the window has the size asked for"
            );
        }
    }
}

/// A preview of leads whose values try to leave the text they are, as the program writes it.
fn preview_page(dir: &Path) -> PathBuf {
    let hostile = "\"\"><img src=x onerror=\"\"document.title='owned'\"\">";
    let rows: String = (0..6)
        .map(|i| {
            format!(
                "L{i},\"</style><script>document.title='owned'</script>\",Lee{},\"{hostile}\",ann{}@gmail.com,0\r\n",
                "e".repeat(90 * (i % 2)),
                i / 3
            )
        })
        .collect();
    let leads = format!("leadid,firstname,lastname,companyname,emailaddress1,statecode\r\n{rows}");
    fs::write(dir.join("leads.csv"), leads).expect("written");
    let rule = |name: &str, when: &str| {
        format!(
            "[[rule]]\nname = '''{name}'''\nbase = \"lead\"\nmatch = \"lead\"\nwhen = [{when}]\n"
        )
    };
    let set = "[set]\nname = \"<img src=x>\"\n";
    let name = "<script>document.title='owned'</script>";
    let drafts = [
        ("before.toml", rule("Same e-mail", "{ same = \"email\" }")),
        ("draft.toml", rule(name, "{ exact = \"companyname\" }")),
    ];
    for (file, text) in drafts {
        fs::write(dir.join(file), format!("{set}{text}")).expect("written");
    }
    let told = Command::new(env!("CARGO_BIN_EXE_kinfold"))
        .args(["preview", "leads.csv", "--rules", "draft.toml", "--against"])
        .args([
            "before.toml",
            "--out",
            "preview",
            "--quiet",
            "--sample",
            "3",
        ])
        .current_dir(dir)
        .output()
        .expect("the program starts");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    dir.join("preview/preview.html")
}

#[test]
fn the_preview_page_is_inert_and_fits_a_desktop_and_a_phone() {
    let Some(browser) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let page = preview_page(dir.path());
    let seen = open(&browser, &page, "", DESKTOP);
    for complaint in ["Content Security Policy", "Refused to", "Uncaught"] {
        assert!(!seen.console.contains(complaint), "{}", seen.console);
    }
    assert!(
        seen.dom.contains("<title>Preview: draft.toml"),
        "{}",
        seen.dom
    );
    assert!(!seen.dom.contains("<script") && !seen.dom.contains("<img"));
    assert!(seen.dom.contains("&lt;script&gt;"), "values are shown");

    let text = fs::read_to_string(&page).expect("UTF-8");
    let policy = "http-equiv=\"Content-Security-Policy\"";
    assert_eq!(text.matches(policy).count(), 1);
    fs::write(
        dir.path().join("copy.html"),
        text.replace(policy, "name=\"no-policy\"") + PROBE,
    )
    .expect("written");
    for (width, height) in [DESKTOP, PHONE] {
        let frame = dir.path().join("frame.html");
        fs::write(
            &frame,
            format!(
                "<!DOCTYPE html><html><script>addEventListener('message', (event) =>
                   Object.assign(document.documentElement.dataset, event.data))</script>
                 <iframe src=\"copy.html\" width={width} height={height} frameborder=0></iframe>"
            ),
        )
        .expect("written");
        let seen = open(&browser, &frame, "", DESKTOP);
        assert_eq!(seen.number("width"), width, "the size asked for");
        assert!(
            seen.number("scroll") <= width,
            "{} wide",
            seen.number("scroll")
        );
    }
}
