//! The address of a PostgreSQL server, as a function connects to it.

/// What ends a transaction that nobody goes on with, after ten seconds: no transaction of ours waits for anything but the database.
const OPTIONS: &str = "-c idle_in_transaction_session_timeout=10000";
/// [`OPTIONS`] in a URL's query.
const OPTIONS_ENCODED: &str = "-c%20idle_in_transaction_session_timeout%3D10000";

/// `address` (a URL or `key=value` pairs), with a limit on how long a transaction may stay open with nobody at work in it.
///
/// Spin pools connections. One that a trapped request gave back stays inside its transaction, and keeps its locks, until it is taken
/// again; with the limit the server ends it. An address that has `options` of its own is left as it is.
pub fn address(address: &str) -> String {
    let Some(rest) = ["postgres://", "postgresql://"].iter().find_map(|scheme| address.strip_prefix(scheme)) else {
        return if names_options(address) { address.to_owned() } else { format!("{address} options='{OPTIONS}'") };
    };
    // A password may hold a question mark.
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    match rest.split_once('?') {
        None => format!("{address}?options={OPTIONS_ENCODED}"),
        Some((_, query)) if query.split('&').any(|pair| pair.starts_with("options=")) => address.to_owned(),
        Some((_, query)) => {
            let between = if query.is_empty() || query.ends_with('&') { "" } else { "&" };
            format!("{address}{between}options={OPTIONS_ENCODED}")
        }
    }
}

/// Whether pairs may have the key `options`. (A password with `options=` after a space counts as one: then the address stays as it is.)
fn names_options(pairs: &str) -> bool {
    pairs.match_indices("options").any(|(at, found)| {
        let (before, after) = (pairs.get(..at).unwrap_or_default(), pairs.get(at + found.len()..).unwrap_or_default());
        (before.is_empty() || before.ends_with(char::is_whitespace)) && after.trim_start().starts_with('=')
    })
}
