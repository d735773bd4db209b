//! All fields that a body lacks, named at once. serde stops at the first.

use eport_schema::catalogue;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serde_path_to_error::{Error, Path, Segment};

use crate::problem::{FieldError, Problem};

/// More fields than any of our bodies has.
const MOST: usize = 64;

/// The problem that names every missing field, where `error` says that one is missing.
///
/// What is missing is put in, as something of whichever type fits, until nothing is missing any more.
pub(super) fn all<T: DeserializeOwned>(text: &str, error: &Error<serde_json::Error>) -> Option<Problem> {
    missing_field(error)?;
    let mut body: Value = serde_json::from_str(text).ok()?;
    let mut missing: Vec<Vec<Step>> = Vec::new();
    let mut found = read::<T>(&body);
    while let Err(error) = &found {
        let Some(place) = missing_field(error).filter(|_| missing.len() < MOST) else {
            break;
        };
        for stand_in in [json!(""), json!(false), json!(0), json!([]), json!({})] {
            put(&mut body, &place, stand_in)?;
            found = read::<T>(&body);
            let fits = found.as_ref().err().is_none_or(|error| steps(error.path()) != place);
            if fits {
                break;
            }
        }
        missing.push(place);
    }
    // What is inside something that is missing goes without saying.
    let inside = |place: &Vec<Step>| missing.iter().any(|other| other.len() < place.len() && place.starts_with(other));
    let errors: Vec<FieldError> = missing
        .iter()
        .filter(|place| !inside(place))
        .map(|place| FieldError { field: name(place), refusal: &catalogue::REQUEST_MISSING_FIELD })
        .collect();
    Some(Problem { errors, ..Problem::new(&catalogue::REQUEST_MISSING_FIELD) })
}

/// One step into a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

fn read<T: DeserializeOwned>(body: &Value) -> Result<(), Error<serde_json::Error>> {
    serde_path_to_error::deserialize::<_, T>(body).map(drop)
}

fn steps(path: &Path) -> Vec<Step> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Name(key.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The place of the field that `error` misses; `None` where it says something else.
fn missing_field(error: &Error<serde_json::Error>) -> Option<Vec<Step>> {
    // serde names it in its message alone.
    let message = error.inner().to_string();
    let field = message.strip_prefix("missing field `")?.split('`').next()?.to_owned();
    let mut place = steps(error.path());
    place.push(Step::Name(field));
    Some(place)
}

/// Puts `value` at `place`; `None` where there is no such place.
fn put(body: &mut Value, place: &[Step], value: Value) -> Option<()> {
    let (last, way) = place.split_last()?;
    let mut at = body;
    for step in way {
        at = match step {
            Step::Name(name) => at.get_mut(name)?,
            Step::Index(index) => at.get_mut(index)?,
        };
    }
    match last {
        Step::Name(name) => at.as_object_mut()?.insert(name.clone(), value),
        Step::Index(_) => None,
    };
    Some(())
}

/// As `errors[].field` has it: `grants[0].application`.
fn name(place: &[Step]) -> String {
    let mut name = String::new();
    for step in place {
        match step {
            Step::Index(index) => name.push_str(&format!("[{index}]")),
            Step::Name(part) => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(part);
            }
        }
    }
    name.chars().take(64).collect()
}
