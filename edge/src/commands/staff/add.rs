//! `eport staff add`.

use eport_schema::catalogue::{self, Invalid};
use eport_schema::domain::{NewPassword, PersonName, Phone, Username};
use eport_shared::accounts::{Field, phone_index, protect};
use eport_shared::audit::{self, Event};
use eport_shared::password;
use eport_shared::platform::{Connection, Entropy, new_id, random};
use eport_shared::sql;
use eport_shared::sql::{Value, transaction};
use serde_json::json;
use zeroize::Zeroizing;

use crate::commands::world::World;

/// Who becomes one of the staff.
pub struct Person {
    /// To log in with.
    pub username: Username,
    /// As people call them.
    pub name: PersonName,
    /// Their mobile number.
    pub phone: Option<Phone>,
}

/// Makes the account, and returns its first password.
pub async fn add(world: &World, person: &Person) -> anyhow::Result<Zeroizing<String>> {
    let (keys, entropy) = (&world.keys, &world.entropy);
    let first = first_password(entropy);
    let new = NewPassword::parse(&first, person.username.as_str())?;
    let hash = password::hash(&world.settings, keys, entropy, &new)?;
    let account = new_id(world.now, entropy);
    let index: Value = person.phone.as_ref().map(|phone| phone_index(keys, phone)).into();
    let protected: Value = match &person.phone {
        Some(phone) => protect(keys, entropy, Field::Phone, account, phone.e164())?.into(),
        None => Value::Null,
    };
    transaction(&world.database, async |connection| {
        make_room(connection, person, &index, world).await?;
        let rows = connection
            .query(
                &sql!(
                    "INSERT INTO accounts (id, username, username_key, name, phone_enc, phone_index, state, staff, password_hash,
                                           password_change_required, password_changed_at, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, 'active', TRUE, $7, TRUE, $8, $8, $8)
                     ON CONFLICT DO NOTHING RETURNING id"
                ),
                &[
                    account.into(),
                    person.username.as_str().into(),
                    person.username.key().into(),
                    person.name.as_str().into(),
                    protected,
                    index.clone(),
                    hash.into(),
                    world.now.into(),
                ],
            )
            .await?;
        if rows.is_empty() {
            return Err(anyhow::Error::from(taken(connection, person).await?));
        }
        let after = json!({
            "username": person.username.as_str(),
            "name": person.name.as_str(),
            "phone": person.phone.as_ref().map(Phone::masked),
            "staff": true,
        });
        let event = Event::account("staff.added", account).change(None, Some(after));
        audit::record_system(keys, entropy, world.now, connection, event).await?;
        Ok(())
    })
    .await?;
    Ok(first)
}

/// Removes registrations that stand in the way and whose time to set a password is over, as a new registration would.
async fn make_room(
    connection: &mut dyn Connection,
    person: &Person,
    phone_index: &Value,
    world: &World,
) -> anyhow::Result<()> {
    connection
        .execute(
            &sql!(
                "DELETE FROM accounts WHERE (username_key = $1 OR phone_index = $2) AND state = 'pending'
                 AND (password_token_expires_at IS NULL OR password_token_expires_at <= $3)"
            ),
            &[person.username.key().into(), phone_index.clone(), world.now.into()],
        )
        .await?;
    Ok(())
}

async fn taken(connection: &mut dyn Connection, person: &Person) -> anyhow::Result<Invalid> {
    let same_name = connection
        .query(&sql!("SELECT id FROM accounts WHERE username_key = $1"), &[person.username.key().into()])
        .await?;
    // There are two unique things in a staff account.
    Ok(Invalid(match same_name.is_empty() {
        false => &catalogue::REGISTRATION_USERNAME_TAKEN,
        true => &catalogue::REGISTRATION_PHONE_TAKEN,
    }))
}

/// 20 of 32 letters and digits that can't be taken for one another: 100 bits, in groups that can be read out.
fn first_password(entropy: &dyn Entropy) -> Zeroizing<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes = Zeroizing::new(random::<20>(entropy));
    let mut text = Zeroizing::new(String::with_capacity(24));
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % 5 == 0 {
            text.push('-');
        }
        let letter = LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
        text.push(char::from(letter));
    }
    text
}
