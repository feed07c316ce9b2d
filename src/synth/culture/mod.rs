//! Names and words by culture: what people and companies of a country are called.
//!
//! The lists are the generator's own, written for it; no other module may read them, so that an engine tuned on
//! generated data has not seen its answers.

mod east;
mod south;
mod west;

use super::draw::{Draw, Pool};

/// How a culture forms double surnames, with its share in thousandths.
#[derive(Debug, Clone, Copy)]
pub(super) enum DoubleSurname {
    /// Not at all.
    Never,
    /// `Meier-Schmidt`.
    Hyphen(u32),
    /// `García López`.
    Space(u32),
}

/// Raw lists. Words are separated by spaces (`_` stands for a space inside one) or by `|`, most frequent first.
pub(super) struct Culture {
    pub(super) male: &'static str,
    pub(super) female: &'static str,
    pub(super) surnames: &'static str,
    /// First and last parts of rare surnames; their combinations make the long tail.
    pub(super) stems: &'static str,
    pub(super) endings: &'static str,
    /// Put before a rare surname now and then: Mc, O'.
    pub(super) openings: &'static str,
    /// Separate words before a rare surname: van der, de.
    pub(super) particles: &'static str,
    /// `(ending, feminine ending)`, first match applies.
    pub(super) feminine: &'static [(&'static str, &'static str)],
    pub(super) double: DoubleSurname,
    pub(super) middle_per_mille: u32,
    /// The family name is said first.
    pub(super) family_name_first: bool,
    pub(super) titles_male: &'static str,
    pub(super) titles_female: &'static str,
    /// `Name=Form,Form|…`: nicknames and other spellings.
    pub(super) variants: &'static str,
    pub(super) jobs: &'static str,
    pub(super) industries: &'static str,
    pub(super) qualifiers: &'static str,
}

/// Which lists a country uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CultureId {
    English,
    German,
    French,
    Dutch,
    Nordic,
    Spanish,
    Portuguese,
    Italian,
    Turkish,
    Arabic,
    Polish,
    Czech,
    Slavic,
    Indian,
    Chinese,
    Japanese,
    Vietnamese,
}

impl CultureId {
    /// For the tests of the lists.
    #[cfg(test)]
    pub(super) const ALL: [CultureId; 17] = [
        CultureId::English,
        CultureId::German,
        CultureId::French,
        CultureId::Dutch,
        CultureId::Nordic,
        CultureId::Spanish,
        CultureId::Portuguese,
        CultureId::Italian,
        CultureId::Turkish,
        CultureId::Arabic,
        CultureId::Polish,
        CultureId::Czech,
        CultureId::Slavic,
        CultureId::Indian,
        CultureId::Chinese,
        CultureId::Japanese,
        CultureId::Vietnamese,
    ];

    fn lists(self) -> &'static Culture {
        match self {
            CultureId::English => &west::ENGLISH,
            CultureId::German => &west::GERMAN,
            CultureId::French => &west::FRENCH,
            CultureId::Dutch => &west::DUTCH,
            CultureId::Nordic => &west::NORDIC,
            CultureId::Spanish => &south::SPANISH,
            CultureId::Portuguese => &south::PORTUGUESE,
            CultureId::Italian => &south::ITALIAN,
            CultureId::Turkish => &south::TURKISH,
            CultureId::Arabic => &south::ARABIC,
            CultureId::Polish => &east::POLISH,
            CultureId::Czech => &east::CZECH,
            CultureId::Slavic => &east::SLAVIC,
            CultureId::Indian => &east::INDIAN,
            CultureId::Chinese => &east::CHINESE,
            CultureId::Japanese => &east::JAPANESE,
            CultureId::Vietnamese => &east::VIETNAMESE,
        }
    }
}

/// Sex as far as names go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sex {
    Male,
    Female,
}

/// A culture's lists, split and weighted.
pub(super) struct Stock {
    pub(super) lists: &'static Culture,
    male: Pool,
    female: Pool,
    surnames: Pool,
    stems: Vec<&'static str>,
    endings: Vec<&'static str>,
    variants: Vec<(String, Vec<&'static str>)>,
    pub(super) jobs: Vec<&'static str>,
    pub(super) industries: Vec<&'static str>,
    pub(super) qualifiers: Vec<&'static str>,
}

impl Stock {
    pub(super) fn new(id: CultureId) -> Stock {
        let lists = id.lists();
        Stock {
            lists,
            // A given name is more concentrated than a surname: the top ten carry about a quarter.
            male: Pool::zipf(lists.male, 12),
            female: Pool::zipf(lists.female, 12),
            surnames: Pool::zipf(lists.surnames, 9),
            stems: lists.stems.split(' ').collect(),
            endings: lists.endings.split(' ').collect(),
            variants: lists
                .variants
                .split('|')
                .filter_map(|v| {
                    let (name, forms) = v.split_once('=')?;
                    Some((name.replace('_', " "), forms.split(',').collect()))
                })
                .collect(),
            jobs: lists.jobs.split('|').collect(),
            industries: lists.industries.split('|').collect(),
            qualifiers: lists.qualifiers.split('|').collect(),
        }
    }

    pub(super) fn given(&self, sex: Sex, draw: &mut Draw) -> String {
        match sex {
            Sex::Male => self.male.draw(draw),
            Sex::Female => self.female.draw(draw),
        }
    }

    /// One of the `n` most frequent given names.
    pub(super) fn common_given(&self, sex: Sex, n: usize, draw: &mut Draw) -> String {
        match sex {
            Sex::Male => self.male.draw_top(n, draw),
            Sex::Female => self.female.draw_top(n, draw),
        }
    }

    /// One of the `n` most frequent surnames.
    pub(super) fn common_surname(&self, n: usize, draw: &mut Draw) -> String {
        self.surnames.draw_top(n, draw)
    }

    /// A single surname in its masculine form; about four in ten are from the long tail.
    pub(super) fn surname(&self, draw: &mut Draw) -> String {
        if draw.below(1000) < 620 {
            return self.surnames.draw(draw);
        }
        let stem = self.stems[draw.skewed(self.stems.len())].replace('_', " ");
        if self.endings.len() < 2 {
            return stem;
        }
        let mut name = format!("{stem}{}", self.endings[draw.skewed(self.endings.len())]);
        if !self.lists.openings.is_empty() && draw.below(100) < 7 {
            let openings: Vec<&str> = self.lists.openings.split(' ').collect();
            name = format!("{}{name}", draw.pick(&openings));
        }
        if !self.lists.particles.is_empty() && draw.below(100) < 12 {
            let particles: Vec<&str> = self.lists.particles.split(' ').collect();
            name = format!("{} {name}", draw.pick(&particles).replace('_', " "));
        }
        name
    }

    /// A whole surname, double where the culture has that, in the form for `sex`.
    pub(super) fn family_name(&self, sex: Sex, draw: &mut Draw) -> String {
        let first = self.surname(draw);
        let name = match self.lists.double {
            DoubleSurname::Hyphen(share) if draw.below(1000) < share => {
                format!("{first}-{}", self.surname(draw))
            }
            DoubleSurname::Space(share) if draw.below(1000) < share => {
                format!("{first} {}", self.surname(draw))
            }
            _ => first,
        };
        self.for_sex(&name, sex)
    }

    /// The form of a masculine surname for `sex`.
    pub(super) fn for_sex(&self, surname: &str, sex: Sex) -> String {
        if sex == Sex::Male {
            return surname.to_owned();
        }
        for (ending, feminine) in self.lists.feminine {
            if let Some(stem) = surname.strip_suffix(ending) {
                return format!("{stem}{feminine}");
            }
        }
        surname.to_owned()
    }

    /// Another form of a given name, if the lists know one.
    pub(super) fn variant(&self, given: &str, draw: &mut Draw) -> Option<String> {
        let forms = &self.variants.iter().find(|(name, _)| name == given)?.1;
        Some((*draw.pick(forms)).to_owned())
    }

    pub(super) fn title(&self, sex: Sex, draw: &mut Draw) -> &'static str {
        let list = match sex {
            Sex::Male => self.lists.titles_male,
            Sex::Female => self.lists.titles_female,
        };
        let titles: Vec<&'static str> = list.split('|').collect();
        // The plain form of address is by far the most frequent.
        if draw.below(100) < 75 {
            titles[0]
        } else {
            draw.word(&titles)
        }
    }
}
