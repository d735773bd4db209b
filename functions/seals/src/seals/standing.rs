//! Who may do what with the enterprise's seals: in a session with its legal-person card everything, in other sessions of its administrator
//! disabling and deleting, every member looking.

use eport_card::CardClass;
use eport_schema::catalogue;
use eport_shared::caller::Caller;
use eport_shared::enterprises::{self, Role};
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use uuid::Uuid;

/// What an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A session with the enterprise's legal-person card.
    Card,
    /// That, or being the administrator.
    CardOrAdministrator,
}

/// The enterprise, whose row is held until the transaction ends, and what a rule needs of it and of the caller.
#[derive(Debug)]
pub struct Standing {
    /// The enterprise.
    pub enterprise: Uuid,
    /// Its name.
    pub enterprise_name: String,
    /// Characters 9 to 17 of its USCC.
    pub organisation_code: String,
    /// The blind index of the caller's id document.
    pub id_number_index: Option<Vec<u8>>,
}

/// Whether the session was opened with a legal-person card: before anything else is looked at.
pub fn opened_with_card(caller: &Caller) -> Result<(), Problem> {
    if caller.card_id.is_some() && caller.card_class.as_deref() == Some(CardClass::LegalPerson.as_str()) {
        Ok(())
    } else {
        Err(Problem::new(&catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED))
    }
}

/// Holds the rows of the enterprise, the account, the membership and the card, in the order in which all requests take them, and decides of
/// what they say now: since the request was let in, the person may have left or the card may have been unbound.
pub async fn hold(connection: &mut dyn Connection, caller: &Caller, need: Need) -> Result<Standing, Problem> {
    let enterprise = caller.member()?;
    let rows = connection
        .query(&sql!(held: "SELECT name, organisation_code FROM enterprises WHERE id = $1"), &[enterprise.into()])
        .await?;
    let (enterprise_name, organisation_code) = match rows.first() {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => return Err(Problem::new(&catalogue::ENTERPRISE_REQUIRED)),
    };
    let rows = connection
        .query(&sql!(held: "SELECT id_number_index FROM accounts WHERE id = $1"), &[caller.account_id.into()])
        .await?;
    let id_number_index = rows.first().map_or(Ok(None), |row| row.get(0))?;
    let administrator = match enterprises::membership(connection, caller.account_id).await? {
        Some(place) if place.enterprise == enterprise && !place.suspended => place.role == Role::Admin,
        Some(place) if place.enterprise == enterprise => return Err(Problem::new(&catalogue::MEMBERSHIP_SUSPENDED)),
        _ => return Err(Problem::new(&catalogue::ENTERPRISE_REQUIRED)),
    };
    let with_card = opened_with_card(caller).is_ok() && card_is_its(connection, caller, enterprise).await?;
    match need {
        _ if with_card => {}
        Need::Card => return Err(Problem::new(&catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED)),
        Need::CardOrAdministrator if administrator => {}
        Need::CardOrAdministrator => return Err(Problem::new(&catalogue::PERMISSION_DENIED)),
    }
    Ok(Standing { enterprise, enterprise_name, organisation_code, id_number_index })
}

/// Whether the card that opened the session is still bound, and a legal-person card of this enterprise.
async fn card_is_its(connection: &mut dyn Connection, caller: &Caller, enterprise: Uuid) -> Result<bool, Problem> {
    let rows = connection
        .query(
            &sql!(held: "SELECT class, enterprise_id FROM cards WHERE id = $1 AND unbound_at IS NULL"),
            &[caller.card_id.into()],
        )
        .await?;
    rows.first().map_or(Ok(false), |row| {
        let (class, of): (String, Uuid) = (row.get(0)?, row.get(1)?);
        Ok(class == CardClass::LegalPerson.as_str() && of == enterprise)
    })
}
