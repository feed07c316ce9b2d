use super::read;

#[test]
fn lines_of_many_countries() {
    // Lines of one row are one address.
    let table: &[(&str, &[&str])] = &[
        (
            "2610 25thplace",
            &[
                "2610 W 25th Pl",
                "2610 West 25th Place Lower level",
                "2610 W. 25TH PLACE",
                "2610 W 25 Place",
            ],
        ),
        (
            "1840 ohio",
            &["1840 W. Ohio", "1840 W Ohio St.", "1840 West Ohio Street"],
        ),
        (
            "710 65th",
            &[
                "710 W. 65th St",
                "710 W 65TH BUILDING Z",
                "710 W. 65th Street Building Z",
                "710 W 65th",
            ],
        ),
        (
            "2850 24thboulevard",
            &["2850 W 24 TH BLVD", "2850 W. 24Th Blvd"],
        ),
        (
            "8225 kedzie",
            &["8225-29 S. Kedzie", "8225 South Kedzie Avenue"],
        ),
        (
            "728 roosevelt",
            &[
                "728 W. Roosevelt (m/c 050) Rm. 287",
                "728 W. Roosevelt Road (East Side) 2nd floor",
                "728 W. Roosevelt Rd",
            ],
        ),
        (
            "125 wacker",
            &[
                "125 South Wacker Drive 14th Floor",
                "125 S. Wacker Dr., Suite 1400",
                "125 S Wacker #1400",
                "Suite 1400, 125 S Wacker Dr",
            ],
        ),
        (
            "14424 wentworth",
            &[
                "14424 Wentworth Ave Riverdale, IL 60827",
                "14424 Wentworth Avenue",
            ],
        ),
        (
            "4859 wabash",
            &["Hayes Center 4859 S. Wabash", "4859 S Wabash Ave"],
        ),
        (
            "172 pobox",
            &[
                "P.O. Box 172",
                "PO Box 172",
                "Post Office Box 172",
                "Postbus 172",
                "Boîte postale 172",
                "Caixa Postal 172",
                "Apartado de Correos 172",
                "Private Bag 172",
            ],
        ),
        (
            "5500 saintlouis",
            &[
                "5500 N. St Louis",
                "5500 North Saint Louis Avenue",
                "5500 N St. Louis Ave",
            ],
        ),
        (
            "4910 martinlutherking",
            &[
                "4910 S Dr. Martin Luther King Dr",
                "4910 S MLK Drive",
                "4910 S. Martin Luther King Jr Dr",
            ],
        ),
        (
            "3858 cottagegrove",
            &["3858 S COTTAGE GROVE", "3858 S Cottage Grove Avenue"],
        ),
        (
            "1020 brynmawr",
            &["1020 West Bryn Mawr 211", "1020 W BRYN MAWR"],
        ),
        ("12 countyroad7", &["12 County Road 7", "12 County Rd 7"]),
        ("12 highway61", &["12 Highway 61", "12 Hwy 61"]),
        ("12 elmpark", &["12 Elm Park", "12 Elm Pk"]),
        ("1200 k", &["1200 K Street NW", "1200 K St"]),
        (
            "350 5thavenue",
            &["350 Fifth Avenue", "350 5th Ave", "350 5th Ave, 33rd Floor"],
        ),
        (
            "12 saintjames",
            &["12 St James Road", "12 St. James Rd", "12 Saint James Rd"],
        ),
        ("1 microsoft", &["One Microsoft Way", "1 Microsoft Way"]),
        (
            "12 park",
            &[
                "12 Park Avenue",
                "12 Park Ave.",
                "Flat 3, 12 Park Ave",
                "Flat 3 12 Park Ave",
            ],
        ),
        (
            "12 main",
            &[
                "3/12 Main St",
                "Unit 3/12 Main Street",
                "12 Main St Unit 3",
                "12 Main Street",
            ],
        ),
        ("37-12 main", &["37-12 Main St"]),
        ("37-7 main", &["37-07 Main St", "37-7 Main St"]),
        ("35-07 main", &["35-07 Main St"]),
        ("11356-058 main", &["11356-058 Main St"]),
        ("12 main", &["12-14 Main St"]),
        (
            "5 hauptstrasse",
            &[
                "Hauptstr. 5",
                "Hauptstraße 5",
                "Haupt-Straße 5",
                "Haupt Str. 5",
                "HAUPTSTRASSE 5, 2. OG",
                "Hauptstr. 5 Hinterhaus",
                "5 Hauptstrasse",
            ],
        ),
        (
            "12a musterweg",
            &["Musterweg 12 a", "Musterweg 12a", "Muster Weg 12A"],
        ),
        ("135 strassedes17juni", &["Straße des 17. Juni 135"]),
        (
            "12 mariahilferstrasse",
            &["Mariahilfer Straße 12/3/5", "Mariahilferstr. 12"],
        ),
        ("3 anderkirche", &["An der Kirche 3"]),
        (
            "5 paix",
            &[
                "5 rue de la Paix",
                "5, rue de la Paix",
                "5 r. de la Paix",
                "5 Rue de la Paix",
            ],
        ),
        (
            "5bis lilas",
            &["5 bis rue des Lilas", "5bis, rue des Lilas"],
        ),
        (
            "12 boulevardhaussmann",
            &["12 bd. Haussmann", "12, boulevard Haussmann"],
        ),
        (
            "12 mayor",
            &[
                "Calle Mayor 12, 3º B",
                "C/ Mayor, 12, 3ºB",
                "Calle Mayor, nº 12",
                "C/ Mayor 12 - 3º B",
                "Mayor 12",
            ],
        ),
        ("12 placemayor", &["Plaza Mayor 12", "Pza. Mayor, 12"]),
        (
            "1000 avenuepaulista",
            &["Av. Paulista 1000", "Avenida Paulista, 1000 - Bela Vista"],
        ),
        (
            "1234 avenue9dejulio",
            &["Avenida 9 de Julio 1234", "Av. 9 de Julio 1234"],
        ),
        ("12 25th", &["Calle 25 # 12", "Calle 25 No. 12"]),
        (
            "10 roma",
            &["Via Roma 10", "Via Roma, 10", "Via Roma n. 10"],
        ),
        ("10a roma", &["Via Roma 10/A", "Via Roma, 10a"]),
        (
            "45 corsogaribaldi",
            &["Corso Garibaldi 45", "Corso Garibaldi, 45"],
        ),
        ("7 dorpsstrasse", &["Dorpsstraat 7", "Dorpsstr. 7"]),
        ("5-2 kerkstrasse", &["Kerkstraat 5-2"]),
        (
            "7 dluga",
            &[
                "ul. Długa 7/12",
                "Długa 7 m. 12",
                "ul. Długa 7 lok. 12",
                "ulica Dluga 7",
            ],
        ),
        (
            "20 alejajerozolimskie",
            &["Aleje Jerozolimskie 20", "al. Jerozolimskie 20"],
        ),
        ("5 storgata", &["Storgatan 5", "Storgatan 5 lgh 1203"]),
        ("101 nanjing", &["Nanjing Road 101", "101 Nanjing Rd"]),
        ("88 changan", &["88 Chang'an Ave"]),
    ];
    for (code, lines) in table {
        for line in *lines {
            let found = read(line);
            assert_eq!(found.matchcode, *code, "{line:?}: {found:?}");
            assert_eq!(read(&found.matchcode).matchcode, *code, "{line:?} twice");
        }
    }
}

#[test]
fn what_is_left_out_is_kept_as_parts() {
    let code = read("2610-14 West 25th Place NW, Lower level");
    assert_eq!(
        (code.number.as_str(), code.number_to.as_str()),
        ("2610", "2614")
    );
    let code = read("100 N. Oak Blvd, Suite 200");
    assert_eq!(
        (
            code.direction.as_str(),
            code.kind.as_str(),
            code.unit.as_str()
        ),
        ("n", "boulevard", "suite200")
    );
    assert_eq!(read("100 Oak Drive SW").direction, "sw");
    assert_eq!(read("Calle Mayor 12, 3º B").unit, "3ob");
    assert_eq!(read("C/ Mayor 12 - 3ºB").unit, "3ob");
}

#[test]
fn other_houses_have_other_codes() {
    for (a, b) in [
        ("12 Main St", "14 Main St"),
        ("12a Main St", "12b Main St"),
        ("25 W 24th Pl", "25 W 24th St"),
        ("5 5th Ave", "5 5th St"),
        ("Hauptstr. 5", "Hauptweg 5"),
        ("Plaza Mayor 12", "Calle Mayor 12"),
        ("5 rue de la République", "5 place de la République"),
        ("Calle 25 # 12", "Carrera 25 # 12"),
        ("37-12 Main St", "37-45 Main St"),
        ("35-07 Main St", "35-7 Main St"),
        ("PO Box 12", "12 Main St"),
    ] {
        assert_ne!(read(a).matchcode, read(b).matchcode, "{a:?} {b:?}");
    }
}

#[test]
fn without_a_number_there_is_no_code() {
    for line in [
        "",
        "  ",
        "12",
        "-",
        ",",
        "Al Maktoum Road",
        "Corner of State and Main",
        "Rose Cottage, Church Lane",
    ] {
        assert_eq!(read(line).matchcode, "", "{line:?}");
    }
    assert_eq!(read("Al Maktoum Road").street, "almaktoum");
    assert_eq!(read("Al Maktoum Rd").street, "almaktoum");
}

#[test]
fn reading_again_changes_nothing() {
    // Words of the tables and numbers in every order of three behind a number.
    let words = [
        "5", "12a", "3/4", "12-14", "37-12", "n", "north", "st", "saint", "street", "ave", "the",
        "park", "way", "rue", "de", "plaza", "c", "haupt", "str", "strasse", "mainstr", "weg", "x",
        "1st", "second", "bis", "suite", "fl", "3º", "#", "no", "po", "box", "gatan", "dr", "ft",
        "1/2", "one", "25", "mlk",
    ];
    for a in words {
        for b in words {
            for c in words {
                for line in [
                    format!("12 {a} {b} {c}"),
                    format!("{a} {b} {c}"),
                    format!("{a} {b}, {c} 7"),
                ] {
                    let once = read(&line).matchcode;
                    assert_eq!(read(&once).matchcode, once, "{line:?}");
                }
            }
        }
    }
}
