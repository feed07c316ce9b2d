//! Countries: numbering plans, cities, streets, legal forms, mail providers, and the mixes of them.

use super::culture::CultureId;

/// A country the generator knows, by its ISO 3166 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(pub(super) u8);

impl Locale {
    /// All countries, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Locale> {
        (0..COUNTRIES.len() as u8).map(Locale)
    }

    /// Two letters, such as `DE`.
    pub fn code(self) -> &'static str {
        self.country().code
    }

    /// Reads a code, ignoring case.
    pub fn parse(code: &str) -> Option<Locale> {
        Locale::all().find(|l| l.code().eq_ignore_ascii_case(code))
    }

    pub(super) fn country(self) -> &'static Country {
        &COUNTRIES[usize::from(self.0)]
    }
}

/// Shares of countries.
pub struct Mix;

impl Mix {
    /// Names of the ready mixes.
    pub const NAMES: [&'static str; 8] = [
        "default",
        "anglo",
        "europe",
        "dach",
        "nordic",
        "iberian-latin",
        "asia",
        "slavic",
    ];

    /// A named mix, or shares of one's own as `DE=3,AT=1,CH=1`. Shares are relative weights.
    ///
    /// `None` when the text is neither, or a weight is not a positive number.
    pub fn parse(text: &str) -> Option<Vec<(Locale, f64)>> {
        let list = match text.trim().to_ascii_lowercase().as_str() {
            "default" => {
                "US=24,GB=10,DE=10,FR=7,ES=5,IT=5,NL=4,BR=5,MX=4,IN=6,PL=3,SE=2,DK=1,NO=1,CZ=1.5,TR=2,AT=1.5,CH=2,PT=1,CN=2,SG=1,JP=2,VN=1,AE=2,RU=1,UA=1"
            }
            "anglo" => "US=70,GB=30",
            "europe" => {
                "GB=16,DE=18,FR=15,IT=12,ES=11,NL=7,PL=8,SE=4,DK=2,NO=2,CZ=3,AT=2,CH=2,PT=3"
            }
            "dach" => "DE=80,AT=11,CH=9",
            "nordic" => "SE=45,DK=27,NO=28",
            "iberian-latin" => "ES=35,MX=30,BR=25,PT=10",
            "asia" => "IN=35,CN=20,SG=10,JP=15,VN=20",
            "slavic" => "PL=40,CZ=20,RU=20,UA=20",
            _ => {
                let mut mix = Vec::new();
                for part in text.split(',') {
                    let (code, weight) = part.split_once('=').unwrap_or((part, "1"));
                    let weight: f64 = weight.trim().parse().ok()?;
                    if !weight.is_finite() || weight <= 0.0 {
                        return None;
                    }
                    mix.push((Locale::parse(code.trim())?, weight));
                }
                return Some(mix);
            }
        };
        Mix::parse(list)
    }
}

/// What the generator knows of a country.
pub(super) struct Country {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) culture: CultureId,
    /// Country calling code.
    pub(super) dial: &'static str,
    /// National trunk prefix, empty where numbers are dialled whole.
    pub(super) trunk: &'static str,
    pub(super) tld: &'static str,
    /// National mobile numbers; `@` stands for the city's area code, and alone for any number of the city.
    pub(super) mobile: &'static str,
    /// `City;postcode pattern;area code;subscriber pattern;state`, most populous first.
    pub(super) cities: &'static str,
    /// Street names; `#` where the house number goes.
    pub(super) streets: &'static str,
    /// Legal forms, most frequent first; `=` separates the forms one firm is written with.
    pub(super) legal_forms: &'static str,
    /// Free-mail domains, most frequent first.
    pub(super) free_mail: &'static str,
}

macro_rules! countries {
    ($( $code:literal $name:literal $culture:ident +$dial:literal $trunk:literal $tld:literal mobile $mobile:literal cities $cities:literal streets $streets:literal legal $legal:literal mail $mail:literal )*) => {
        static COUNTRIES: &[Country] = &[ $( Country {
            code: $code, name: $name, culture: CultureId::$culture, dial: $dial, trunk: $trunk, tld: $tld,
            mobile: $mobile, cities: $cities, streets: $streets, legal_forms: $legal, free_mail: $mail,
        }, )* ];
    };
}

countries! {
    "AE" "United Arab Emirates" Arabic +"971" "0" "ae"
        mobile "50####### 52####### 54####### 55####### 56####### 58#######"
        cities "Dubai;;4;#######;Dubai|Abu Dhabi;;2;#######;Abu Dhabi|Sharjah;;6;#######;Sharjah|Ajman;;6;#######;Ajman|Al Ain;;3;#######;Abu Dhabi|Ras Al Khaimah;;7;#######;Ras Al Khaimah"
        streets "Sheikh Zayed Road, Office #|Al Maktoum Street, Bldg #|Al Wasl Road #|Business Bay, Tower #|Hamdan Street, Bldg #|Corniche Road #|JLT Cluster #|Al Khaleej Street #|King Faisal Street #|Al Barsha, Villa #"
        legal "LLC=L.L.C=L.L.C.|FZE|FZCO|FZ-LLC|PJSC|Est.=Establishment"
        mail "gmail.com hotmail.com yahoo.com outlook.com icloud.com emirates.net.ae"
    "AT" "Austria" German +"43" "0" "at"
        mobile "664####### 676####### 650####### 660####### 699########"
        cities "Wien;1##0;1;#######;Wien|Graz;80##;316;######;Steiermark|Linz;40##;732;######;Oberösterreich|Salzburg;50##;662;######;Salzburg|Innsbruck;60##;512;######;Tirol|Klagenfurt;90##;463;######;Kärnten|Villach;95##;4242;#####;Kärnten|Wels;46##;7242;#####;Oberösterreich|St. Pölten;31##;2742;######;Niederösterreich"
        streets "Hauptstraße #|Mariahilfer Straße #|Bahnhofstraße #|Wiener Straße #|Landstraße #|Ringstraße #|Schulgasse #|Kirchengasse #|Lindengasse #|Grazer Straße #|Feldgasse #|Am Graben #"
        legal "GmbH=Ges.m.b.H.=Gesellschaft m.b.H.|e.U.|KG|OG|AG|GmbH & Co KG"
        mail "gmail.com gmx.at aon.at hotmail.com chello.at outlook.com icloud.com"
    "BR" "Brazil" Portuguese +"55" "0" "com.br"
        mobile "@9########"
        cities "São Paulo;01###-###;11;########;SP|Rio de Janeiro;20###-###;21;########;RJ|Belo Horizonte;30###-###;31;########;MG|Brasília;70###-###;61;########;DF|Curitiba;80###-###;41;########;PR|Porto Alegre;90###-###;51;########;RS|Salvador;40###-###;71;########;BA|Recife;50###-###;81;########;PE|Fortaleza;60###-###;85;########;CE|Campinas;13###-###;19;########;SP|Florianópolis;88###-###;48;########;SC|Goiânia;74###-###;62;########;GO"
        streets "Rua das Flores, #|Avenida Paulista, #|Rua XV de Novembro, #|Av. Brasil, #|Rua São João, #|Rua Sete de Setembro, #|Av. Getúlio Vargas, #|Rua Tiradentes, #|Rua Marechal Deodoro, #|Av. Rio Branco, #|Rua Dom Pedro II, #|Alameda Santos, #"
        legal "Ltda=LTDA=Ltda.=Limitada|S.A.=S/A|ME|EIRELI|EPP"
        mail "gmail.com hotmail.com yahoo.com.br outlook.com uol.com.br bol.com.br terra.com.br icloud.com"
    "CH" "Switzerland" German +"41" "0" "ch"
        mobile "79####### 78####### 76####### 77#######"
        cities "Zürich;80##;44;#######;ZH|Genève;12##;22;#######;GE|Basel;40##;61;#######;BS|Bern;30##;31;#######;BE|Lausanne;10##;21;#######;VD|Winterthur;84##;52;#######;ZH|Luzern;60##;41;#######;LU|St. Gallen;90##;71;#######;SG|Zug;63##;41;#######;ZG"
        streets "Bahnhofstrasse #|Hauptstrasse #|Dorfstrasse #|Seestrasse #|Poststrasse #|Industriestrasse #|Zürcherstrasse #|Kirchgasse #|Rue du Rhône #|Bernstrasse #|Schulhausstrasse #|Im Grund #"
        legal "AG=SA|GmbH=Sàrl|Einzelunternehmen|Genossenschaft|Holding AG"
        mail "gmail.com bluewin.ch gmx.ch hotmail.com outlook.com sunrise.ch icloud.com"
    "CN" "China" Chinese +"86" "0" "cn"
        mobile "138######## 139######## 136######## 135######## 150######## 158######## 186######## 187########"
        cities "Shanghai;20####;21;########;Shanghai|Beijing;10####;10;########;Beijing|Guangzhou;51####;20;########;Guangdong|Shenzhen;518###;755;########;Guangdong|Chengdu;61####;28;########;Sichuan|Hangzhou;31####;571;########;Zhejiang|Nanjing;21####;25;########;Jiangsu|Wuhan;43####;27;########;Hubei|Ningbo;315###;574;########;Zhejiang|Suzhou;215###;512;########;Jiangsu"
        streets "No. # Nanjing Road|No. # Zhongshan Road|No. # Renmin Road|No. # Jianshe Road|No. # Huaihai Road|Room # Tower B, Keji Road|No. # Xinhua Road|No. # Jiefang Avenue|No. # Industrial Park Road|No. # Changjiang Road"
        legal "Co., Ltd.=Co Ltd=Co.,Ltd=Company Limited|Group Co., Ltd.|Inc.|(Group) Corp."
        mail "163.com qq.com 126.com gmail.com sina.com hotmail.com outlook.com foxmail.com"
    "CZ" "Czechia" Czech +"420" "" "cz"
        mobile "602###### 603###### 604###### 605###### 606###### 607###### 608###### 720###### 721###### 731###### 732###### 773###### 774###### 775###### 776###### 777######"
        cities "Praha;1## 00;2;########;Praha|Brno;60# 00;54;#######;Jihomoravský|Ostrava;70# 00;59;#######;Moravskoslezský|Plzeň;30# 00;37;#######;Plzeňský|Liberec;460 0#;48;#######;Liberecký|Olomouc;779 00;58;#######;Olomoucký|České Budějovice;370 0#;38;#######;Jihočeský|Pardubice;530 0#;46;#######;Pardubický|Zlín;760 0#;57;#######;Zlínský"
        streets "Hlavní #|Nádražní #|Školní #|Masarykova #|Husova #|Zahradní #|Palackého #|Komenského #|Dlouhá #|Lidická #|Smetanova #|Jiráskova #"
        legal "s.r.o.=spol. s r.o.=společnost s ručením omezeným|a.s.=akciová společnost|v.o.s.|k.s.|z.s."
        mail "seznam.cz gmail.com email.cz centrum.cz volny.cz post.cz outlook.com"
    "DE" "Germany" German +"49" "0" "de"
        mobile "151######## 152######## 157######## 160####### 170####### 171####### 172####### 173####### 174####### 175####### 176######## 177####### 178####### 179#######"
        cities "Berlin;10###;30;########;Berlin|Hamburg;20###;40;########;Hamburg|München;80###;89;########;Bayern|Köln;50###;221;#######;Nordrhein-Westfalen|Frankfurt am Main;60###;69;########;Hessen|Stuttgart;70###;711;#######;Baden-Württemberg|Düsseldorf;40###;211;#######;Nordrhein-Westfalen|Leipzig;04###;341;#######;Sachsen|Dortmund;44###;231;#######;Nordrhein-Westfalen|Bremen;28###;421;#######;Bremen|Dresden;01###;351;#######;Sachsen|Hannover;30###;511;#######;Niedersachsen|Nürnberg;90###;911;#######;Bayern|Mannheim;68###;621;#######;Baden-Württemberg|Karlsruhe;76###;721;#######;Baden-Württemberg|Augsburg;86###;821;######;Bayern|Göttingen;37###;551;######;Niedersachsen|Füssen;87###;8362;#####;Bayern|Öhringen;74###;7941;#####;Baden-Württemberg|Lübeck;23###;451;######;Schleswig-Holstein"
        streets "Hauptstraße #|Hauptstr. #|Bahnhofstraße #|Gartenstraße #|Schulstraße #|Dorfstraße #|Bergstraße #|Lindenstraße #|Kirchstraße #|Waldstraße #|Ringstraße #|Industriestraße #|Mozartstr. #|Goethestraße #|Am Markt #|Im Gewerbepark #|Schillerstraße #|Mühlenweg #|Wiesenweg #|Friedrichstraße #"
        legal "GmbH=G.m.b.H.=Gesellschaft mit beschränkter Haftung|GmbH & Co. KG=GmbH & Co KG=GmbH und Co. KG|AG=Aktiengesellschaft|KG|e.K.|OHG|UG (haftungsbeschränkt)=UG|GbR|SE|e.V.|eG"
        mail "gmail.com gmx.de web.de t-online.de outlook.de hotmail.com freenet.de icloud.com yahoo.de googlemail.com posteo.de"
    "DK" "Denmark" Nordic +"45" "" "dk"
        mobile "20###### 21###### 22###### 26###### 28###### 30###### 31###### 40###### 42###### 50###### 51###### 60###### 61###### 71######"
        cities "København;1###;33;######;Hovedstaden|Aarhus;80##;86;######;Midtjylland|Odense;50##;66;######;Syddanmark|Aalborg;90##;98;######;Nordjylland|Esbjerg;67##;75;######;Syddanmark|Roskilde;4000;46;######;Sjælland|Randers;89##;87;######;Midtjylland|Kolding;6000;76;######;Syddanmark"
        streets "Hovedgaden #|Østergade #|Vestergade #|Nørregade #|Søndergade #|Algade #|Strandvejen #|Skolevej #|Kirkevej #|Industrivej #|Møllevej #|Bredgade #"
        legal "ApS|A/S=AS|I/S|IVS|K/S"
        mail "gmail.com hotmail.com live.dk outlook.dk mail.dk yahoo.dk icloud.com"
    "ES" "Spain" Spanish +"34" "" "es"
        mobile "61####### 62####### 63####### 64####### 65####### 66####### 67####### 68####### 69#######"
        cities "Madrid;280##;91;#######;Madrid|Barcelona;080##;93;#######;Barcelona|Valencia;460##;96;#######;Valencia|Sevilla;410##;954;######;Sevilla|Zaragoza;500##;976;######;Zaragoza|Málaga;290##;952;######;Málaga|Murcia;300##;968;######;Murcia|Bilbao;480##;944;######;Bizkaia|A Coruña;150##;981;######;A Coruña|Valladolid;470##;983;######;Valladolid|Alicante;030##;965;######;Alicante|Córdoba;140##;957;######;Córdoba|Vigo;362##;986;######;Pontevedra|Gijón;332##;985;######;Asturias"
        streets "Calle Mayor, #|C/ Mayor #|Avenida de la Constitución, #|Calle Real, #|Paseo de la Castellana, #|C/ San José, #|Avda. de Andalucía, #|Calle del Carmen, #|Plaza de España, #|Gran Vía, #|C/ Colón, #|Polígono Industrial Sur, nave #|Ronda Norte, #|Carrer de Mallorca, #"
        legal "S.L.=SL=Sociedad Limitada|S.A.=SA=Sociedad Anónima|S.L.U.=SLU|S.C.|C.B.|S.Coop."
        mail "gmail.com hotmail.com hotmail.es yahoo.es outlook.es telefonica.net icloud.com live.com"
    "FR" "France" French +"33" "0" "fr"
        mobile "60####### 61####### 62####### 64####### 66####### 67####### 68####### 75####### 76####### 77#######"
        cities "Paris;750##;14;#######;Île-de-France|Marseille;130##;491;######;Provence-Alpes-Côte d'Azur|Lyon;690##;472;######;Auvergne-Rhône-Alpes|Toulouse;310##;561;######;Occitanie|Nice;060##;493;######;Provence-Alpes-Côte d'Azur|Nantes;440##;240;######;Pays de la Loire|Strasbourg;670##;388;######;Grand Est|Montpellier;340##;467;######;Occitanie|Bordeaux;330##;556;######;Nouvelle-Aquitaine|Lille;590##;320;######;Hauts-de-France|Rennes;350##;299;######;Bretagne|Grenoble;380##;476;######;Auvergne-Rhône-Alpes|Saint-Étienne;420##;477;######;Auvergne-Rhône-Alpes|Angers;490##;241;######;Pays de la Loire"
        streets "# rue de la République|# avenue Victor Hugo|# rue Pasteur|# boulevard Gambetta|# rue du Général de Gaulle|# rue des Écoles|# place de l'Église|# avenue Jean Jaurès|# chemin des Vignes|# rue Victor Hugo|# impasse des Lilas|# allée des Tilleuls|# ZI de la Plaine|# rue du Moulin|# bd de la Liberté|# quai de la Loire"
        legal "SARL=S.A.R.L.|SAS=S.A.S.|SA=S.A.|EURL|SASU|SCI|SNC"
        mail "gmail.com orange.fr hotmail.fr wanadoo.fr free.fr yahoo.fr outlook.fr sfr.fr laposte.net icloud.com"
    "GB" "United Kingdom" English +"44" "0" "co.uk"
        mobile "7400###### 741####### 746####### 753####### 771####### 774####### 785####### 796#######"
        cities "London;EC#A #AB;20;7#######;Greater London|London;SW# #QT;20;8#######;Greater London|Manchester;M# #EF;161;2######;Greater Manchester|Birmingham;B# #LH;121;4######;West Midlands|Leeds;LS# #PW;113;2######;West Yorkshire|Glasgow;G# #NN;141;3######;Lanarkshire|Edinburgh;EH# #JX;131;2######;Midlothian|Bristol;BS# #TG;117;9######;Avon|Liverpool;L# #DQ;151;2######;Merseyside|Sheffield;S# #RD;114;2######;South Yorkshire|Cardiff;CF# #UZ;29;20######;South Glamorgan|Newcastle upon Tyne;NE# #BS;191;2######;Tyne and Wear|Nottingham;NG# #HY;115;9######;Nottinghamshire|Belfast;BT# #GJ;28;90######;County Antrim|Leicester;LE# #AL;116;2######;Leicestershire"
        streets "# High Street|# Station Road|# Church Lane|# Victoria Road|# Park Avenue|# The Green|# London Road|# Mill Lane|# Queen Street|# King Street|Unit #, Riverside Business Park|# Manor Road|# Albert Road|# Grange Road|# School Lane|# The Crescent|# St John's Road|# Windsor Close"
        legal "Ltd=Limited=Ltd.|PLC=plc|LLP|& Sons Ltd|(UK) Ltd|Group plc|Holdings Ltd|CIC"
        mail "gmail.com hotmail.co.uk yahoo.co.uk btinternet.com outlook.com hotmail.com icloud.com live.co.uk sky.com googlemail.com virginmedia.com aol.com"
    "IN" "India" Indian +"91" "0" "in"
        mobile "98######## 99######## 97######## 94######## 90########"
        cities "Mumbai;4000##;22;2#######;Maharashtra|New Delhi;1100##;11;2#######;Delhi|Bengaluru;5600##;80;2#######;Karnataka|Hyderabad;5000##;40;2#######;Telangana|Chennai;6000##;44;2#######;Tamil Nadu|Kolkata;7000##;33;2#######;West Bengal|Pune;4110##;20;2#######;Maharashtra|Ahmedabad;3800##;79;2#######;Gujarat|Jaipur;3020##;141;2######;Rajasthan|Lucknow;2260##;522;2######;Uttar Pradesh|Kochi;6820##;484;2######;Kerala|Indore;4520##;731;2######;Madhya Pradesh"
        streets "#, MG Road|Plot No. #, GIDC|#, Nehru Nagar|Flat #, Gandhi Nagar|#, Station Road|#/A, Park Street|#, Ring Road|Shop #, Main Bazaar|#, 2nd Floor, Anna Salai|H.No. #, Sector 12|#, Industrial Estate|#, Lake View Road"
        legal "Pvt Ltd=Private Limited=Pvt. Ltd.=(P) Ltd|Ltd=Limited|LLP|& Co.|& Sons"
        mail "gmail.com yahoo.co.in yahoo.com rediffmail.com hotmail.com outlook.com"
    "IT" "Italy" Italian +"39" "" "it"
        mobile "320####### 328####### 329####### 333####### 335####### 338####### 339####### 340####### 347####### 348####### 349####### 380####### 389#######"
        cities "Roma;001##;06;########;RM|Milano;201##;02;########;MI|Napoli;801##;081;#######;NA|Torino;101##;011;#######;TO|Palermo;901##;091;######;PA|Genova;161##;010;#######;GE|Bologna;401##;051;######;BO|Firenze;501##;055;######;FI|Bari;701##;080;#######;BA|Verona;371##;045;#######;VR|Padova;351##;049;#######;PD|Brescia;251##;030;#######;BS|Modena;411##;059;######;MO"
        streets "Via Roma #|Via Roma, #|Via Garibaldi #|Corso Italia #|Viale Europa #|Via Mazzini, #|Piazza Dante #|Via Verdi #|Via Cavour #|Via Marconi #|Zona Industriale #|Via dell'Industria #|Via Matteotti #|Corso Vittorio Emanuele #"
        legal "S.r.l.=Srl=SRL|S.p.A.=SpA|S.n.c.=Snc|S.a.s.=Sas|Soc. Coop."
        mail "gmail.com libero.it hotmail.it virgilio.it tiscali.it alice.it yahoo.it outlook.it icloud.com"
    "JP" "Japan" Japanese +"81" "0" "co.jp"
        mobile "902####### 903####### 905####### 803####### 805####### 703####### 704#######"
        cities "Tokyo;1##-00##;3;3#######;Tokyo|Osaka;5##-00##;6;6#######;Osaka|Yokohama;22#-00##;45;3######;Kanagawa|Nagoya;46#-00##;52;2######;Aichi|Sapporo;06#-08##;11;2######;Hokkaido|Fukuoka;81#-00##;92;4######;Fukuoka|Kobe;65#-00##;78;3######;Hyogo|Kyoto;60#-80##;75;2######;Kyoto|Sendai;98#-08##;22;2######;Miyagi"
        streets "1-#-5 Marunouchi|2-#-11 Shibuya|3-#-1 Umeda|4-#-8 Ginza|#-2 Sakae|1-#-2 Shinjuku|5-#-3 Nishi|2-#-7 Hakata|#-14 Minato Mirai|3-#-9 Aoba"
        legal "Co., Ltd.=Co.,Ltd.=K.K.|K.K.=Kabushiki Kaisha|G.K.|Inc.|Corporation=Corp."
        mail "gmail.com yahoo.co.jp hotmail.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp icloud.com outlook.jp"
    "MX" "Mexico" Spanish +"52" "" "com.mx"
        mobile "@"
        cities "Ciudad de México;06###;55;5#######;CDMX|Guadalajara;44###;33;3#######;Jalisco|Monterrey;64###;81;8#######;Nuevo León|Puebla;72###;222;2######;Puebla|Tijuana;22###;664;6######;Baja California|León;37###;477;7######;Guanajuato|Querétaro;76###;442;2######;Querétaro|Mérida;97###;999;9######;Yucatán|Toluca;50###;722;2######;Estado de México|Cancún;77###;998;8######;Quintana Roo"
        streets "Av. Insurgentes Sur #|Calle Juárez #|Av. Reforma #|Calle Hidalgo #|Av. Revolución #|Blvd. Díaz Ordaz #|Calle Morelos #|Av. Universidad #|Calle 5 de Mayo #|Calz. Independencia #|Av. Patria #"
        legal "S.A. de C.V.=SA de CV=S.A. DE C.V.|S. de R.L. de C.V.=S de RL de CV|S.C.|S.A.P.I. de C.V."
        mail "gmail.com hotmail.com outlook.com yahoo.com.mx live.com.mx prodigy.net.mx icloud.com"
    "NL" "Netherlands" Dutch +"31" "0" "nl"
        mobile "61####### 62####### 63####### 64####### 65####### 68#######"
        cities "Amsterdam;10## AB;20;#######;Noord-Holland|Rotterdam;30## CD;10;#######;Zuid-Holland|Den Haag;25## EG;70;#######;Zuid-Holland|Utrecht;35## HK;30;#######;Utrecht|Eindhoven;56## LM;40;#######;Noord-Brabant|Groningen;97## NP;50;#######;Groningen|Tilburg;50## RS;13;#######;Noord-Brabant|Breda;48## TV;76;#######;Noord-Brabant|Nijmegen;65## WX;24;#######;Gelderland|Arnhem;68## ZA;26;#######;Gelderland"
        streets "Hoofdstraat #|Kerkstraat #|Dorpsstraat #|Stationsweg #|Molenweg #|Julianalaan #|Schoolstraat #|Nieuwstraat #|Wilhelminastraat #|Industrieweg #|Beatrixstraat #|Parallelweg #|Oranjelaan #"
        legal "B.V.=BV|V.O.F.=VOF|N.V.=NV|Stichting|Holding B.V.|C.V."
        mail "gmail.com hotmail.com ziggo.nl kpnmail.nl outlook.com live.nl xs4all.nl planet.nl home.nl icloud.com"
    "NO" "Norway" Nordic +"47" "" "no"
        mobile "41###### 45###### 46###### 47###### 90###### 91###### 92###### 93###### 95###### 97###### 98######"
        cities "Oslo;0###;22;######;Oslo|Bergen;50##;55;######;Vestland|Trondheim;70##;73;######;Trøndelag|Stavanger;40##;51;######;Rogaland|Kristiansand;46##;38;######;Agder|Tromsø;90##;77;######;Troms|Drammen;30##;32;######;Buskerud|Ålesund;60##;70;######;Møre og Romsdal"
        streets "Storgata #|Kirkeveien #|Skolegata #|Strandgata #|Karl Johans gate #|Industriveien #|Parkveien #|Sjøgata #|Bjørnstjerne Bjørnsons gate #|Fjordgata #|Dronningens gate #"
        legal "AS=A/S|ASA|ANS|ENK|DA"
        mail "gmail.com hotmail.com online.no outlook.com live.no yahoo.no icloud.com"
    "PL" "Poland" Polish +"48" "" "pl"
        mobile "50####### 51####### 53####### 60####### 66####### 69####### 72####### 78####### 79####### 88#######"
        cities "Warszawa;00-###;22;#######;mazowieckie|Kraków;30-###;12;#######;małopolskie|Łódź;90-###;42;#######;łódzkie|Wrocław;50-###;71;#######;dolnośląskie|Poznań;60-###;61;#######;wielkopolskie|Gdańsk;80-###;58;#######;pomorskie|Szczecin;70-###;91;#######;zachodniopomorskie|Lublin;20-###;81;#######;lubelskie|Katowice;40-###;32;#######;śląskie|Białystok;15-###;85;#######;podlaskie|Rzeszów;35-###;17;#######;podkarpackie"
        streets "ul. Główna #|ul. Polna #|ul. Leśna #|ul. Słoneczna #|ul. Krótka #|ul. Szkolna #|ul. Ogrodowa #|ul. Lipowa #|al. Jana Pawła II #|ul. Kościuszki #|ul. Mickiewicza #|ul. Przemysłowa #|ul. Kwiatowa #"
        legal "Sp. z o.o.=sp. z o.o.=Spółka z o.o.|S.A.=SA|Sp. j.|Sp. k.|s.c."
        mail "gmail.com wp.pl onet.pl o2.pl interia.pl op.pl poczta.fm outlook.com"
    "PT" "Portugal" Portuguese +"351" "" "pt"
        mobile "91####### 92####### 93####### 96#######"
        cities "Lisboa;1###-###;21;#######;Lisboa|Porto;4###-###;22;#######;Porto|Braga;47##-###;253;######;Braga|Coimbra;30##-###;239;######;Coimbra|Faro;80##-###;289;######;Faro|Aveiro;38##-###;234;######;Aveiro|Setúbal;29##-###;265;######;Setúbal|Leiria;24##-###;244;######;Leiria"
        streets "Rua da Liberdade, #|Avenida da República, #|Rua 25 de Abril, #|Rua do Comércio, #|Rua de Santa Catarina, #|Largo da Igreja, #|Travessa do Moinho, #|Av. dos Aliados, #|Rua Direita, #|Zona Industrial, lote #"
        legal "Lda=Lda.=Limitada|S.A.=SA|Unipessoal Lda|SGPS"
        mail "gmail.com hotmail.com sapo.pt outlook.pt outlook.com mail.telepac.pt iol.pt"
    "RU" "Russia" Slavic +"7" "8" "ru"
        mobile "903####### 905####### 906####### 909####### 910####### 911####### 915####### 916####### 917####### 920####### 921####### 925####### 926####### 985#######"
        cities "Moscow;1#####;495;#######;Moscow|Saint Petersburg;19####;812;#######;Saint Petersburg|Novosibirsk;6300##;383;2######;Novosibirsk Oblast|Yekaterinburg;6200##;343;2######;Sverdlovsk Oblast|Kazan;4200##;843;2######;Tatarstan|Nizhny Novgorod;6030##;831;4######;Nizhny Novgorod Oblast|Samara;4430##;846;2######;Samara Oblast|Rostov-on-Don;3440##;863;2######;Rostov Oblast"
        streets "ul. Lenina #|ul. Mira #|pr. Pobedy #|ul. Sovetskaya #|ul. Pushkina #|ul. Gagarina #|Nevsky pr. #|ul. Sadovaya #|Leningradskoe sh. #|ul. Kirova #"
        legal "OOO=LLC|ZAO|AO=JSC|OAO|IP"
        mail "mail.ru yandex.ru gmail.com rambler.ru bk.ru inbox.ru list.ru"
    "SE" "Sweden" Nordic +"46" "0" "se"
        mobile "70####### 72####### 73####### 76####### 79#######"
        cities "Stockholm;11# ##;8;5#######;Stockholms län|Göteborg;41# ##;31;7######;Västra Götaland|Malmö;21# ##;40;6######;Skåne|Uppsala;75# ##;18;5#####;Uppsala län|Västerås;72# ##;21;3#####;Västmanland|Örebro;70# ##;19;6#####;Örebro län|Linköping;58# ##;13;3#####;Östergötland|Helsingborg;25# ##;42;3#####;Skåne|Jönköping;55# ##;36;3#####;Jönköpings län"
        streets "Storgatan #|Drottninggatan #|Kungsgatan #|Skolgatan #|Kyrkogatan #|Järnvägsgatan #|Industrivägen #|Strandvägen #|Ringvägen #|Björkvägen #|Sveavägen #|Hantverkargatan #"
        legal "AB=Aktiebolag|HB|KB|Ek. för.|Holding AB"
        mail "gmail.com hotmail.com telia.com outlook.com live.se yahoo.se bredband.net icloud.com"
    "SG" "Singapore" Chinese +"65" "" "com.sg"
        mobile "811##### 812##### 813##### 821##### 822##### 911##### 912##### 913##### 921##### 961##### 962##### 963##### 971##### 972##### 981##### 982#####"
        cities "Singapore;0#####;62;######;|Singapore;3#####;63;######;|Singapore;5#####;64;######;|Singapore;6#####;67;######;"
        streets "# Orchard Road|# Raffles Place|Blk # Ang Mo Kio Ave 3|# Ubi Crescent|# Jurong East St 21|Blk # Toa Payoh Lor 4|# Shenton Way|# Tampines Street 81|# Bukit Timah Road|# Pasir Panjang Road"
        legal "Pte Ltd=Pte. Ltd.=Private Limited|LLP|Ltd|Holdings Pte Ltd"
        mail "gmail.com hotmail.com yahoo.com.sg singnet.com.sg outlook.com icloud.com"
    "TR" "Turkey" Turkish +"90" "0" "com.tr"
        mobile "530####### 532####### 533####### 535####### 536####### 537####### 541####### 542####### 543####### 544####### 505####### 506####### 555#######"
        cities "İstanbul;34###;212;2######;İstanbul|Ankara;06###;312;4######;Ankara|İzmir;35###;232;4######;İzmir|Bursa;16###;224;2######;Bursa|Antalya;07###;242;2######;Antalya|Adana;01###;322;3######;Adana|Konya;42###;332;3######;Konya|Gaziantep;27###;342;3######;Gaziantep|Kayseri;38###;352;2######;Kayseri"
        streets "Atatürk Cad. No:#|İstiklal Caddesi #|Cumhuriyet Mah. 12. Sok. No #|Bağdat Cad. #|Gazi Bulvarı No:#|Organize Sanayi Bölgesi #|İnönü Cad. No:#|Fatih Sok. #|Barbaros Bulvarı #|Mimar Sinan Cad. #"
        legal "Ltd. Şti.=Ltd Sti=Limited Şirketi|A.Ş.=AŞ=Anonim Şirketi|San. ve Tic. Ltd. Şti.=San. Tic. Ltd. Şti.|San. ve Tic. A.Ş.|Koll. Şti."
        mail "gmail.com hotmail.com yahoo.com outlook.com mynet.com windowslive.com"
    "UA" "Ukraine" Slavic +"380" "0" "ua"
        mobile "50####### 63####### 66####### 67####### 68####### 73####### 93####### 95####### 96####### 97####### 98####### 99#######"
        cities "Kyiv;0####;44;2######;Kyiv|Kharkiv;61###;57;7######;Kharkiv Oblast|Odesa;65###;48;7######;Odesa Oblast|Dnipro;49###;56;7######;Dnipropetrovsk Oblast|Lviv;79###;32;2######;Lviv Oblast|Zaporizhzhia;69###;61;2######;Zaporizhzhia Oblast|Vinnytsia;21###;432;5#####;Vinnytsia Oblast"
        streets "vul. Shevchenka #|vul. Franka #|pr. Svobody #|vul. Khreshchatyk #|vul. Sadova #|vul. Nezalezhnosti #|vul. Soborna #|pr. Peremohy #|vul. Sahaidachnoho #"
        legal "TOV=LLC|PP|PAT=PJSC|FOP|DP"
        mail "gmail.com ukr.net i.ua meta.ua yahoo.com outlook.com"
    "US" "United States" English +"1" "" "com"
        mobile "@N######"
        cities "New York;100##;212;N######;NY|Los Angeles;900##;213;N######;CA|Chicago;606##;312;N######;IL|Houston;770##;713;N######;TX|Phoenix;850##;602;N######;AZ|Philadelphia;191##;215;N######;PA|San Antonio;782##;210;N######;TX|San Diego;921##;619;N######;CA|Dallas;752##;214;N######;TX|San Jose;951##;408;N######;CA|Austin;787##;512;N######;TX|Jacksonville;322##;904;N######;FL|Columbus;432##;614;N######;OH|Charlotte;282##;704;N######;NC|San Francisco;941##;415;N######;CA|Seattle;981##;206;N######;WA|Denver;802##;303;N######;CO|Boston;021##;617;N######;MA|Nashville;372##;615;N######;TN|Portland;972##;503;N######;OR|Detroit;482##;313;N######;MI|Atlanta;303##;404;N######;GA|Miami;331##;305;N######;FL|Minneapolis;554##;612;N######;MN|St. Louis;631##;314;N######;MO|Tampa;336##;813;N######;FL|Brooklyn;112##;718;N######;NY|Omaha;681##;402;N######;NE|Boise;837##;208;N######;ID|Albany;122##;518;N######;NY"
        streets "# Main Street|# Main St|# Oak Avenue|# Maple St|# Park Ave|# Washington Blvd|# Elm Street|# Lake Drive|# Hill Rd|# Cedar Lane|# 2nd Street|# 5th Ave Suite 200|# Broadway|# Sunset Blvd|# Pine St, Apt 4B|# Jefferson Ave|# Industrial Pkwy|# Market Street|# River Road|# Franklin St|# W 42nd St|# County Road 12"
        legal "Inc.=Inc=Incorporated|LLC=L.L.C.|Corp.=Corporation=Corp|Co.=Company|LP|LLP|& Associates|Group Inc.|Holdings LLC|PC|Ltd."
        mail "gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com comcast.net live.com msn.com verizon.net protonmail.com sbcglobal.net att.net me.com"
    "VN" "Vietnam" Vietnamese +"84" "0" "com.vn"
        mobile "90####### 91####### 93####### 94####### 96####### 97####### 98####### 32####### 33####### 35####### 37####### 38####### 70####### 77#######"
        cities "Hồ Chí Minh;70####;28;3#######;Hồ Chí Minh|Hà Nội;10####;24;3#######;Hà Nội|Đà Nẵng;55####;236;3######;Đà Nẵng|Hải Phòng;18####;225;3######;Hải Phòng|Cần Thơ;90####;292;3######;Cần Thơ|Nha Trang;65####;258;3######;Khánh Hòa"
        streets "# Nguyễn Huệ|# Lê Lợi|# Trần Hưng Đạo|# Hai Bà Trưng|# Điện Biên Phủ|Số # Cầu Giấy|# Lý Thường Kiệt|KCN Tân Bình, Lô #|# Nguyễn Trãi|# Phan Chu Trinh"
        legal "Co., Ltd=Company Limited=TNHH|JSC=Joint Stock Company=CP|Corp|Group"
        mail "gmail.com yahoo.com yahoo.com.vn hotmail.com outlook.com vnn.vn"
}
