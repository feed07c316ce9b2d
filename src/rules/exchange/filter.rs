//! Filter logic such as `1 AND (2 OR 3)`, as its disjunctive normal form.

use std::collections::BTreeSet;

/// Most ways a filter may expand into: those of one rule set.
const TERMS_MAX: usize = 64;

/// The ways in which a filter over items 1 to `n_items` is true: each a set of items (from 0) that must all hold.
///
/// Ways that ask for more than another are left out; order is that of the text. `AND` binds closer than `OR`, as in
/// Salesforce, which however asks for brackets where both stand side by side.
/// Errors: what is wrong, as a fragment.
pub(super) fn ways(filter: &str, n_items: usize) -> Result<Vec<Vec<usize>>, String> {
    let tokens = tokens(filter)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        n_items,
        depth: 0,
    };
    let terms = parser.any()?;
    if parser.at < tokens.len() {
        return Err(format!("unexpected {}", tokens[parser.at].shown()));
    }
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (i, term) in terms.iter().enumerate() {
        let asks_more = terms.iter().enumerate().any(|(j, other)| {
            j != i && other.is_subset(term) && (other.len() < term.len() || j < i)
        });
        if !asks_more {
            out.push(term.iter().copied().collect());
        }
    }
    Ok(out)
}

type Terms = Vec<BTreeSet<usize>>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Item(usize),
    And,
    Or,
    Not,
    Open,
    Close,
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Item(n) => n.to_string(),
            Token::And => "AND".to_owned(),
            Token::Or => "OR".to_owned(),
            Token::Not => "NOT".to_owned(),
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
        }
    }
}

fn tokens(filter: &str) -> Result<Vec<Token>, String> {
    let spaced = filter.replace('(', " ( ").replace(')', " ) ");
    spaced
        .split_whitespace()
        .map(|word| match word.to_ascii_uppercase().as_str() {
            "AND" => Ok(Token::And),
            "OR" => Ok(Token::Or),
            "NOT" => Ok(Token::Not),
            "(" => Ok(Token::Open),
            ")" => Ok(Token::Close),
            digits => digits
                .parse()
                .map(Token::Item)
                .map_err(|_| format!("{word:?} is neither a number nor AND, OR, (, )")),
        })
        .collect()
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    n_items: usize,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Terms, String> {
        let mut terms = self.all()?;
        while self.tokens.get(self.at) == Some(&Token::Or) {
            self.at += 1;
            terms.extend(self.all()?);
            small_enough(&terms)?;
        }
        Ok(terms)
    }

    fn all(&mut self) -> Result<Terms, String> {
        let mut terms = self.one()?;
        while self.tokens.get(self.at) == Some(&Token::And) {
            self.at += 1;
            let right = self.one()?;
            let mut both: Terms = Vec::new();
            for a in &terms {
                for b in &right {
                    let term: BTreeSet<usize> = a.union(b).copied().collect();
                    if !both.contains(&term) {
                        both.push(term);
                    }
                }
                small_enough(&both)?;
            }
            terms = both;
        }
        Ok(terms)
    }

    fn one(&mut self) -> Result<Terms, String> {
        let Some(token) = self.tokens.get(self.at) else {
            return Err("it ends too early".to_owned());
        };
        self.at += 1;
        match token {
            Token::Item(n) if (1..=self.n_items).contains(n) => Ok(vec![BTreeSet::from([n - 1])]),
            Token::Item(n) => Err(format!("there is no item {n}, only 1 to {}", self.n_items)),
            Token::Open => {
                self.depth += 1;
                if self.depth > 32 {
                    return Err("too many brackets inside each other".to_owned());
                }
                let terms = self.any()?;
                self.depth -= 1;
                if self.tokens.get(self.at) != Some(&Token::Close) {
                    return Err("a bracket is not closed".to_owned());
                }
                self.at += 1;
                Ok(terms)
            }
            Token::Not => Err("a matching rule cannot say NOT".to_owned()),
            other => Err(format!("unexpected {}", other.shown())),
        }
    }
}

fn small_enough(terms: &Terms) -> Result<(), String> {
    if terms.len() > TERMS_MAX {
        return Err(format!("it expands into more than {TERMS_MAX} rules"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filters_expand() {
        for (filter, n, expected) in [
            ("1", 1, vec![vec![0]]),
            ("1 AND 2", 2, vec![vec![0, 1]]),
            ("1 AND (2 OR 3)", 3, vec![vec![0, 1], vec![0, 2]]),
            (
                "(1 or 2)and(3 OR 4)",
                4,
                vec![vec![0, 2], vec![0, 3], vec![1, 2], vec![1, 3]],
            ),
            // What asks for more than another way is no way of its own.
            ("1 OR (1 AND 2)", 2, vec![vec![0]]),
            ("(1 AND 2) OR (2 AND 1)", 2, vec![vec![0, 1]]),
        ] {
            assert_eq!(ways(filter, n).as_deref(), Ok(&expected[..]), "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_told() {
        for (filter, expected) in [
            ("", "it ends too early"),
            ("1 AND", "it ends too early"),
            ("1 AND 4", "there is no item 4, only 1 to 3"),
            ("(1 OR 2", "a bracket is not closed"),
            ("1 2", "unexpected 2"),
            ("NOT 1", "a matching rule cannot say NOT"),
            ("1 XOR 2", "\"XOR\" is neither a number nor AND, OR, (, )"),
        ] {
            assert_eq!(ways(filter, 3), Err(expected.to_owned()), "{filter}");
        }
        let wide: Vec<String> = (0..7)
            .map(|i| format!("({} OR {})", 2 * i + 1, 2 * i + 2))
            .collect();
        assert!(ways(&wide.join(" AND "), 14).is_err_and(|e| e.contains("more than 64")));
    }

    /// A filter as text beside its plain meaning.
    #[derive(Debug, Clone)]
    enum Tree {
        Item(usize),
        All(Vec<Tree>),
        Any(Vec<Tree>),
    }

    impl Tree {
        fn text(&self) -> String {
            let join = |parts: &[Tree], word: &str| {
                let parts: Vec<String> = parts.iter().map(Tree::text).collect();
                format!("({})", parts.join(word))
            };
            match self {
                Tree::Item(n) => (n + 1).to_string(),
                Tree::All(parts) => join(parts, " AND "),
                Tree::Any(parts) => join(parts, " OR "),
            }
        }

        fn holds(&self, items: u32) -> bool {
            match self {
                Tree::Item(n) => items >> n & 1 == 1,
                Tree::All(parts) => parts.iter().all(|p| p.holds(items)),
                Tree::Any(parts) => parts.iter().any(|p| p.holds(items)),
            }
        }
    }

    fn a_tree() -> impl Strategy<Value = Tree> {
        (0_usize..5)
            .prop_map(Tree::Item)
            .prop_recursive(3, 12, 3, |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::All),
                    prop::collection::vec(inner, 1..4).prop_map(Tree::Any),
                ]
            })
    }

    proptest! {
        #[test]
        fn the_ways_say_what_the_filter_says(tree in a_tree()) {
            let Ok(ways) = ways(&tree.text(), 5) else {
                // Only the size may be refused.
                return Ok(());
            };
            for items in 0..32_u32 {
                let some = ways.iter().any(|w| w.iter().all(|n| items >> n & 1 == 1));
                prop_assert_eq!(some, tree.holds(items), "{} at {:05b}", tree.text(), items);
            }
        }
    }
}
