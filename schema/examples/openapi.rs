//! Prints the OpenAPI document, so that what is made from it (the page's types) needs no server.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let document = eport_schema::openapi::document();
    writeln!(std::io::stdout(), "{document:#}")
}
