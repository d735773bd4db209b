//! Messages to a person's inbox (J17): written in the transaction of what they tell of.

mod words;

use eport_schema::domain::Phone;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::accounts::{Field, reveal};
use crate::context::Context;
use crate::notices::Notice;
use crate::platform::{Connection, DatabaseError, new_id};
use crate::preferences::{self, Channel, Event};
use crate::sql;

/// Kinds and their names from one list: one that is added is in all of them.
macro_rules! kinds {
    ($($(#[$documentation:meta])* $kind:ident = $name:literal,)+) => {
        /// What a message tells of. Its words are made when it is read, in the reader's language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$documentation])* $kind,)+
        }

        impl Kind {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// As the table keeps it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// The account was registered.
    Welcome = "welcome",
    /// A login from a device that was not seen before.
    NewDevice = "new_device",
    /// The password was changed or reset.
    PasswordChanged = "password_changed",
    /// The phone was changed.
    PhoneChanged = "phone_changed",
    /// Staff unlocked the account.
    AccountUnlocked = "account_unlocked",
    /// A card was tied to the account.
    CardBound = "card_bound",
    /// A card was untied from the account.
    CardUnbound = "card_unbound",
    /// The card's certificate ends soon.
    CardExpiring = "card_expiring",
    /// The person became an enterprise's administrator by its legal-person card.
    AdministratorByCard = "administrator_by_card",
    /// The enterprise's legal-person card made somebody else its administrator.
    AdministratorReplaced = "administrator_replaced",
    /// Somebody asks to join the reader's enterprise: for them to decide.
    AssociationWaiting = "association_waiting",
    /// The person's request to join an enterprise was approved.
    AssociationApproved = "association_approved",
    /// The person's request to join an enterprise was rejected.
    AssociationRejected = "association_rejected",
    /// The person handed the administrator's place over.
    AdministratorHandedOver = "administrator_handed_over",
    /// The administrator's place was handed over to the person.
    AdministratorByTransfer = "administrator_by_transfer",
    /// An enterprise wants the person as an operator.
    OperatorInvited = "operator_invited",
    /// Somebody accepted the administrator's invitation.
    InvitationAccepted = "invitation_accepted",
    /// Somebody declined the administrator's invitation.
    InvitationDeclined = "invitation_declined",
    /// The administrator suspended the person.
    MembershipSuspended = "membership_suspended",
    /// The administrator let the person act again.
    MembershipResumed = "membership_resumed",
    /// The administrator took the person out of the enterprise.
    MembershipEnded = "membership_ended",
    /// The claim of the administrator who let the person in fell: they wait for approval.
    MembershipWaiting = "membership_waiting",
    /// The person's card is of an enterprise whose administrator had removed them: they wait for approval.
    CardJoinWaiting = "card_join_waiting",
    /// The administrator had a new initial password sent.
    InitialPassword = "initial_password",
    /// A qualification of the enterprise ends soon.
    QualificationExpiring = "qualification_expiring",
    /// The administrator changed what the person may do.
    PermissionsChanged = "permissions_changed",
    /// A seal of the enterprise was made, changed, put into use or taken out of it.
    SealChanged = "seal_changed",
    /// Staff verified the enterprise and its administrator.
    EnterpriseVerified = "enterprise_verified",
    /// Staff refused the person's claim to the enterprise.
    EnterpriseRefused = "enterprise_refused",
    /// Staff made the person an enterprise's administrator.
    AdministratorByStaff = "administrator_by_staff",
    /// Staff made somebody else the enterprise's administrator.
    AdministratorReplacedByStaff = "administrator_replaced_by_staff",
}

impl Kind {
    /// From what the table keeps.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// Tells `account` of something, as its settings say: in the inbox, with an SMS once the request is done, both or neither. Kinds that no setting
/// speaks of go to the inbox.
pub async fn put(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    kind: Kind,
    data: &Json,
) -> Result<(), DatabaseError> {
    let Some(event) = Event::of(kind) else {
        return write(context, connection, account, kind, data).await;
    };
    let (preferences, phone) = preferences::of(connection, account).await?;
    if preferences.reaches(event, Channel::Inbox) {
        write(context, connection, account, kind, data).await?;
    }
    if preferences.reaches(event, Channel::Sms)
        && let Ok(Some(phone)) = reveal(context.keys, Field::Phone, account, phone.as_deref())
        && let Ok(phone) = Phone::parse(&phone)
    {
        let notice = Notice { account, phone, kind, data: data.clone(), language: preferences.language() };
        context.notices.borrow_mut().push(notice);
    }
    Ok(())
}

/// Writes an entry of the inbox, whatever the settings say.
pub(crate) async fn write(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    kind: Kind,
    data: &Json,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!("INSERT INTO messages (id, account_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5)"),
            &[
                new_id(context.now, context.entropy).into(),
                account.into(),
                kind.as_str().into(),
                data.to_string().into(),
                context.now.into(),
            ],
        )
        .await
        .map(drop)
}
