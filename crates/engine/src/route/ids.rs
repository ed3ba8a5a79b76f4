//! Reading ids.

use super::document::Json;

/// The id that stands there: a text as it stands, a number digit for digit as it was
/// written, whatever its size. What is blank, or neither, is no id.
pub(super) fn id<T: for<'t> From<&'t str>>(json: Json<'_>) -> Option<T> {
    let text = json.text()?;
    (!text.trim().is_empty()).then(|| T::from(&text))
}

/// The id under the first of these names that holds one.
pub(super) fn id_under<T: for<'t> From<&'t str>>(json: Json<'_>, names: &[&str]) -> Option<T> {
    names.iter().find_map(|name| id(json.get(name)?))
}

/// The id of a thing that is usually an object with an `id`, and sometimes the id itself.
pub(super) fn id_of<T: for<'t> From<&'t str>>(json: Option<Json<'_>>) -> Option<T> {
    let json = json?;
    if json.is_object() {
        id(json.get("id")?)
    } else {
        id(json)
    }
}
