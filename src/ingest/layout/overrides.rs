//! Columns that the user names for fields: `--column FIELD=HEADER`.

use crate::ingest::error::IngestError;
use crate::model::Field;

use super::{Layout, squash};

/// The overrides of the user, checked: `(field, header)`.
pub(in crate::ingest) fn overrides(
    columns: &[(String, String)],
) -> Result<Vec<(Field, String)>, IngestError> {
    let mut out: Vec<(Field, String)> = Vec::new();
    for (name, header) in columns {
        let Some(field) = Field::parse(name.trim()) else {
            let names = Field::ALL.iter().map(|f| f.name());
            return Err(IngestError::usage(format!(
                "use --column {name}={header}: there is no field {name:?}{}; the fields are {}",
                nearest(name, names.clone()),
                names.collect::<Vec<_>>().join(", ")
            )));
        };
        if out.iter().any(|(f, _)| *f == field) {
            return Err(IngestError::usage(format!(
                "use --column {name}={header}: the field {} is given twice",
                field.name()
            )));
        }
        out.push((field, header.clone()));
    }
    Ok(out)
}

/// Says which columns a file has, after an override found none.
pub(in crate::ingest) fn missing_header(
    field: Field,
    header: &str,
    path: &str,
    layout: &Layout,
    names: &[String],
) -> IngestError {
    // Without a known column the nearest name may be a person's value.
    let near = match layout.n_mapped() {
        0 => String::new(),
        _ => nearest(header, names.iter().map(String::as_str)),
    };
    IngestError::usage(format!(
        "use --column {}={header}: {path} has no column {header:?}{near}; {}",
        field.name(),
        layout.told_columns(names)
    ))
}

/// Positions of the column, or the columns joined by `+`, that an override names; `None` when this file has none.
pub(super) fn find_header(
    path: &str,
    wanted: &str,
    names: &[String],
    keys: &[String],
    notices: &mut Vec<String>,
) -> Result<Option<Vec<usize>>, IngestError> {
    let mut one = |wanted: &str| -> Result<Option<usize>, IngestError> {
        let wanted = wanted.trim();
        let exact: Vec<usize> = (0..names.len()).filter(|&i| names[i] == wanted).collect();
        let key = squash(wanted);
        let loose = || -> Vec<usize> {
            (0..keys.len())
                .filter(|&i| !key.is_empty() && keys[i] == key)
                .collect()
        };
        let found = if exact.is_empty() { loose() } else { exact };
        match found[..] {
            [] => Ok(None),
            [at] => {
                if names[at] != wanted {
                    notices.push(format!(
                        "{path}: no column is spelt {wanted:?}; {:?} is used",
                        names[at]
                    ));
                }
                Ok(Some(at))
            }
            [first, second, ..] => Err(IngestError::file(
                path,
                format!(
                    "the column {wanted:?} of --column occurs twice, as column {} and column {}; rename or remove one",
                    first + 1,
                    second + 1
                ),
            )),
        }
    };
    if let Some(at) = one(wanted)? {
        return Ok(Some(vec![at]));
    }
    if !wanted.contains('+') {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for part in wanted.split('+') {
        match one(part)? {
            Some(at) => parts.push(at),
            None => return Ok(None),
        }
    }
    Ok(Some(parts))
}

/// `; did you mean "x"?` when something is near enough.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let key = squash(wanted);
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let score = strsim::jaro_winkler(&key, &squash(name));
        // The first of equals is kept, so that the message does not depend on anything but the order of columns.
        if score > 0.7 && best.is_none_or(|(s, _)| score > s) {
            best = Some((score, name));
        }
    }
    best.map_or(String::new(), |(_, name)| {
        format!(", did you mean {name:?}?")
    })
}
