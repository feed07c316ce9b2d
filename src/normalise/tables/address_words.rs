//! Words in lines of addresses and what part they play.
//!
//! Source: facts compiled by the project from postal addressing habits (USPS Publication 28, Royal Mail, Deutsche Post, La Poste,
//! Correos, Poste Italiane, PostNL, Poczta Polska). Same licence as the project. Words folded.

/// Kinds of street that stand behind the name, `(one form, others separated by spaces)`.
pub const KINDS_BEHIND: &[(&str, &str)] = &[
    ("street", "st str"),
    ("avenue", "ave av aven avn"),
    ("road", "rd"),
    ("boulevard", "blvd boul bd bvd bld blv bl"),
    ("drive", "dr drv driv"),
    ("lane", "ln"),
    ("court", "ct crt"),
    ("place", "pl"),
    ("square", "sq sqr"),
    ("terrace", "ter terr tce"),
    ("highway", "hwy hiway hway"),
    ("parkway", "pkwy pky pkway parkwy"),
    ("expressway", "expy expwy"),
    ("freeway", "fwy"),
    ("turnpike", "tpke tpk"),
    ("circle", "cir circ crcl"),
    ("crescent", "cres crsnt"),
    ("close", "cl"),
    ("trail", "trl"),
    ("way", "wy"),
    ("alley", "aly ally"),
    ("plaza", "plz plza"),
    ("quay", "qy"),
    ("utca", "u"),
    ("cadde", "cad caddesi cd"),
    ("sokak", "sok sokagi sk"),
];

/// Kinds behind whose number is the name: Highway 61; of a road when one of [`NUMBERED_ROADS`] stands before.
pub const NUMBERED_KINDS: &str = "highway expressway freeway turnpike";

/// Words before `road` that make the number behind it a name: County Road 12.
pub const NUMBERED_ROADS: &str = "county state ranch market township forest";

/// Kinds that stand before the name and are the usual ones there: left out (Calle Mayor is Mayor).
pub const KINDS_BEFORE_USUAL: &str =
    "rue calle c via rua r ulica ul ulitsa ulice ulitza strada str carrer";

/// Other kinds that stand before the name, `(one form, others)`: kept, since Plaza Mayor is not Calle Mayor.
pub const KINDS_BEFORE: &[(&str, &str)] = &[
    ("avenue", "avenida av avda avd ave avinguda aveniu"),
    (
        "boulevard",
        "bd blvd boul bld bvd bulevar bulevardul bulvar",
    ),
    ("place", "pl plaza pza plz plac placa praca pca"),
    ("piazza", "pzza"),
    ("piazzale", "ple"),
    ("corso", "cso"),
    ("viale", "vle"),
    ("vicolo", ""),
    ("largo", "lgo"),
    ("chemin", "chem che ch"),
    ("impasse", "imp"),
    ("allee", "all allees"),
    ("quai", ""),
    ("cours", ""),
    ("passage", "pass"),
    ("route", "rte"),
    ("square", "sq"),
    ("paseo", "pso passeig"),
    ("carretera", "ctra crta carr"),
    ("carrera", "cra kra kr"),
    ("camino", "cno"),
    ("ronda", "rda"),
    ("travesia", "trva tv trav travessa"),
    ("rambla", ""),
    ("estrada", "estr"),
    ("rodovia", "rod"),
    ("alameda", "alam"),
    ("aleja", "al aleje"),
    ("osiedle", "os"),
    ("prospekt", "pr prosp prospect"),
    ("poligono", "pol"),
];

/// Words before the name that may be there or not, once the kind is taken off.
pub const PARTICLES: &str =
    "de la las los el du des del della delle dello dei degli di da do dos das d l le les the of";

/// Ends of one word that say the kind: `(end, the form it gets)`; they stay in the name.
pub const GLUED: &[(&str, &str)] = &[
    ("strasse", "strasse"),
    ("straat", "strasse"),
    ("str", "strasse"),
    ("plein", "platz"),
    ("gatan", "gata"),
    ("vagen", "vag"),
    ("veien", "vei"),
    ("vegen", "vei"),
];

/// Kinds as words of their own that German, Dutch and the like write as often glued to the name; `(one form, others)`.
pub const LOOSE: &[(&str, &str)] = &[
    ("strasse", "str straat"),
    ("weg", ""),
    ("gasse", ""),
    ("platz", ""),
    ("allee", ""),
    ("ring", ""),
    ("damm", ""),
    ("ufer", ""),
    ("laan", ""),
    ("gracht", ""),
    ("gata", "gatan"),
];

/// Directions, `(one form, others)`.
pub const DIRECTIONS: &[(&str, &str)] = &[
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("ne", "northeast"),
    ("nw", "northwest"),
    ("se", "southeast"),
    ("sw", "southwest"),
];

/// Words after which, or from which on, an address speaks of a part of the house.
pub const UNITS: &str = "suite ste apt apartment unit flat room rm floor building bldg penthouse ph lower upper basement \
lobby rear stock stockwerk etage og eg ug dg obergeschoss erdgeschoss hinterhaus vorderhaus wohnung whg zimmer appartement \
appt bat batiment escalier esc escalera piso planta puerta pta bajo bajos izq dcha entresuelo oficina interno scala piano \
lokal lok mieszkanie kvartira kv andar bloco apto apartamento depto dpto loja lgh lejl";

/// The same, but only before a number or a letter.
pub const UNITS_BEFORE_NUMBER: &str = "m of int sc em top app level lvl fl local nave sala lot block blk box office ofc dept hall shop store space";

/// Units that stand behind their number: `3rd floor`, `2. Etage`.
pub const FLOORS: &str =
    "floor fl level lvl stock stockwerk etage og obergeschoss piso planta andar piano";

/// Words before a house number.
pub const NUMBER_WORDS: &str = "no nr num numero number nummer hausnummer haus n d dom km";

/// Numbers in words: house numbers at the front of a line.
pub const COUNTED: &[(&str, &str)] = &[
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
];

/// Ordinals in words.
pub const ORDINALS: &[(&str, &str)] = &[
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
    ("eleventh", "11th"),
    ("twelfth", "12th"),
];

/// Words of names in one form; an empty one vanishes where others remain.
pub const NAME_WORDS: &[(&str, &str)] = &[
    ("st", "saint"),
    ("ste", "sainte"),
    ("sankt", "saint"),
    ("mt", "mount"),
    ("ft", "fort"),
    ("pt", "point"),
    ("pk", "park"),
    ("grn", "green"),
    ("grv", "grove"),
    ("gdns", "gardens"),
    ("gdn", "gardens"),
    ("vw", "view"),
    ("rdg", "ridge"),
    ("xing", "crossing"),
    ("wlk", "walk"),
    ("hwy", "highway"),
    ("rte", "route"),
    ("mlk", "martinlutherking"),
    ("dr", ""),
    ("doctor", ""),
    ("prof", ""),
    ("jr", ""),
];
