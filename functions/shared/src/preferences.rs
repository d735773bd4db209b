//! Which reminders reach a person, how, and how early (J7): what the settings say, and what applies where they say nothing.

use eport_schema::catalogue::{self, Language};
use eport_schema::wire::{EventSetting, ExpirySetting, ReminderSettingsRequest};
use uuid::Uuid;

use crate::inbox::Kind;
use crate::platform::{Connection, DatabaseError};
use crate::problem::{Fields, Problem};
use crate::sql;

/// What a person can be told of, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A qualification of the enterprise ends.
    QualificationExpiring,
    /// The card's certificate ends.
    CardExpiring,
    /// Somebody asks to join the enterprise.
    AssociationWaiting,
    /// The request to join was decided.
    AssociationDecided,
    /// The person's permissions changed.
    PermissionsChanged,
    /// A login from a device that was not seen before.
    NewDevice,
    /// The password was changed.
    PasswordChanged,
    /// A seal of the enterprise changed.
    SealChanged,
}

impl Event {
    /// What a message of this kind tells of; nothing for one that always goes to the inbox and nowhere else. Each kind is named here, so that a
    /// new one doesn't compile before somebody has decided which setting it follows.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::QualificationExpiring => Some(Self::QualificationExpiring),
            Kind::CardExpiring => Some(Self::CardExpiring),
            Kind::AssociationWaiting => Some(Self::AssociationWaiting),
            Kind::AssociationApproved | Kind::AssociationRejected => Some(Self::AssociationDecided),
            Kind::PermissionsChanged => Some(Self::PermissionsChanged),
            Kind::NewDevice => Some(Self::NewDevice),
            Kind::PasswordChanged => Some(Self::PasswordChanged),
            Kind::SealChanged => Some(Self::SealChanged),
            Kind::Welcome
            | Kind::PhoneChanged
            | Kind::AccountUnlocked
            | Kind::CardBound
            | Kind::CardUnbound
            | Kind::AdministratorByCard
            | Kind::AdministratorReplaced
            | Kind::AdministratorHandedOver
            | Kind::AdministratorByTransfer
            | Kind::OperatorInvited
            | Kind::InvitationAccepted
            | Kind::InvitationDeclined
            | Kind::MembershipSuspended
            | Kind::MembershipResumed
            | Kind::MembershipEnded
            | Kind::MembershipWaiting
            | Kind::CardJoinWaiting
            | Kind::InitialPassword
            | Kind::EnterpriseVerified
            | Kind::EnterpriseRefused
            | Kind::AdministratorByStaff
            | Kind::AdministratorReplacedByStaff => None,
        }
    }
}

/// How a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// An entry of the inbox.
    Inbox,
    /// An SMS to the account's phone.
    Sms,
}

impl Channel {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sms => "sms",
        }
    }
}

/// The most lead days of one event.
const MOST_LEADS: usize = 5;

/// The longest lead, in days.
pub const LONGEST_LEAD: i64 = 180;

/// A person's settings, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences(ReminderSettingsRequest);

impl Preferences {
    /// What applies to who has set nothing: the inbox for everything, an SMS for a changed password, reminders 30, 7 and 1 days ahead.
    pub fn defaults() -> Self {
        let event = |channels: &[Channel]| EventSetting { channels: names(channels) };
        let expiry = || ExpirySetting { channels: names(&[Channel::Inbox]), lead_days: vec![30, 7, 1] };
        let inbox = || event(&[Channel::Inbox]);
        Self(ReminderSettingsRequest {
            language: Some(Language::Zh.tag().to_owned()),
            qualification_expiring: expiry(),
            card_expiring: expiry(),
            association_waiting: inbox(),
            association_decided: inbox(),
            permissions_changed: inbox(),
            new_device: inbox(),
            password_changed: event(&[Channel::Inbox, Channel::Sms]),
            seal_changed: inbox(),
        })
    }

    /// From what the table keeps; the defaults where it keeps nothing.
    pub fn kept(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).map_or_else(Self::defaults, Self)
    }

    /// From what a person sends. Channels and lead days are kept once each, lead days the longest first.
    pub fn check(mut sent: ReminderSettingsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        sent.language = match sent.language.as_deref() {
            None => Some(Language::Zh.tag().to_owned()),
            Some(tag) if tag == Language::Zh.tag() || tag == Language::En.tag() => Some(tag.to_owned()),
            Some(_) => {
                fields.refuse("language", &catalogue::SETTINGS_LANGUAGE);
                None
            }
        };
        for (name, expiry) in
            [("qualification_expiring", &mut sent.qualification_expiring), ("card_expiring", &mut sent.card_expiring)]
        {
            channels(&mut fields, name, &mut expiry.channels, false);
            let leads = &mut expiry.lead_days;
            if leads.is_empty()
                || leads.len() > MOST_LEADS
                || leads.iter().any(|days| !(1..=LONGEST_LEAD).contains(days))
            {
                fields.refuse(&format!("{name}.lead_days"), &catalogue::SETTINGS_LEAD_DAYS);
            }
            leads.sort_unstable_by(|a, b| b.cmp(a));
            leads.dedup();
        }
        for (name, event, security) in [
            ("association_waiting", &mut sent.association_waiting, false),
            ("association_decided", &mut sent.association_decided, false),
            ("permissions_changed", &mut sent.permissions_changed, false),
            ("new_device", &mut sent.new_device, true),
            ("password_changed", &mut sent.password_changed, true),
            ("seal_changed", &mut sent.seal_changed, false),
        ] {
            channels(&mut fields, name, &mut event.channels, security);
        }
        fields.finish(Some(Self(sent)))
    }

    /// As the table keeps them, and as they go out.
    pub const fn wire(&self) -> &ReminderSettingsRequest {
        &self.0
    }

    /// Whether the person wants to hear of `event` in this way.
    pub fn reaches(&self, event: Event, channel: Channel) -> bool {
        let channels = match event {
            Event::QualificationExpiring => &self.0.qualification_expiring.channels,
            Event::CardExpiring => &self.0.card_expiring.channels,
            Event::AssociationWaiting => &self.0.association_waiting.channels,
            Event::AssociationDecided => &self.0.association_decided.channels,
            Event::PermissionsChanged => &self.0.permissions_changed.channels,
            Event::NewDevice => &self.0.new_device.channels,
            Event::PasswordChanged => &self.0.password_changed.channels,
            Event::SealChanged => &self.0.seal_changed.channels,
        };
        channels.iter().any(|name| name == channel.as_str())
    }

    /// How many days ahead the person hears of something that ends, the longest first; nothing for other events.
    pub fn lead_days(&self, event: Event) -> &[i64] {
        match event {
            Event::QualificationExpiring => &self.0.qualification_expiring.lead_days,
            Event::CardExpiring => &self.0.card_expiring.lead_days,
            _ => &[],
        }
    }

    /// The language of SMS.
    pub fn language(&self) -> Language {
        if self.0.language.as_deref() == Some(Language::En.tag()) { Language::En } else { Language::Zh }
    }
}

fn names(channels: &[Channel]) -> Vec<String> {
    channels.iter().map(|channel| channel.as_str().to_owned()).collect()
}

/// Puts the channels in order, each once. One that is unknown is refused, and for what concerns security a list without the inbox.
fn channels(fields: &mut Fields, name: &str, channels: &mut Vec<String>, security: bool) {
    let field = format!("{name}.channels");
    let known = [Channel::Inbox, Channel::Sms];
    if channels.iter().any(|name| !known.iter().any(|channel| channel.as_str() == name)) {
        fields.refuse(&field, &catalogue::SETTINGS_CHANNEL);
    } else if security && !channels.iter().any(|name| name == Channel::Inbox.as_str()) {
        fields.refuse(&field, &catalogue::SETTINGS_INBOX_REQUIRED);
    }
    *channels = names(&known).into_iter().filter(|name| channels.contains(name)).collect();
}

/// The settings of an account, and its phone as the row keeps it.
pub async fn of(
    connection: &mut dyn Connection,
    account: Uuid,
) -> Result<(Preferences, Option<Vec<u8>>), DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT s.settings, a.phone_enc FROM accounts a LEFT JOIN reminder_settings s ON s.account_id = a.id WHERE a.id = $1"
            ),
            &[account.into()],
        )
        .await?;
    match rows.first() {
        Some(row) => Ok((Preferences::kept(row.get::<Option<String>>(0)?.as_deref()), row.get(1)?)),
        None => Ok((Preferences::defaults(), None)),
    }
}
