//! A card that is a file: it survives the program that plays it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    card::{Card, Personalisation, ReferenceData, Secret, Slot, SlotContent},
    key::PrivateKey,
    reader::SmartCard,
    store::{self, StoreError},
};

/// A card together with the file that holds its memory. What changes the memory is in the file before the reader gets the answer: as with a
/// real card, no try is won by ending the program.
#[derive(Debug)]
pub struct StoredCard {
    card: Card,
    path: PathBuf,
    stored: u64,
}

impl StoredCard {
    /// Writes a new card to a file, in the place of one that may be there.
    pub fn create(path: &Path, memory: Personalisation) -> Result<Self, StoreError> {
        let card = Card::new(memory);
        save(path, card.memory())?;
        Ok(Self { stored: card.revision(), card, path: path.to_owned() })
    }

    /// Reads a card from its file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let text = Zeroizing::new(store::read(path)?);
        let file: File = serde_json::from_str(&text).map_err(|_| StoreError::Damaged(path.to_owned()))?;
        let memory = file.into_memory().ok_or_else(|| StoreError::Damaged(path.to_owned()))?;
        let card = Card::new(memory);
        Ok(Self { stored: card.revision(), card, path: path.to_owned() })
    }

    /// The card itself.
    pub fn card(&self) -> &Card {
        &self.card
    }
}

impl SmartCard for StoredCard {
    fn atr(&self) -> &[u8] {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        const MEMORY_FAILURE: [u8; 2] = [0x65, 0x81];
        let answer = self.card.transmit(command);
        if self.stored != self.card.revision() {
            if let Err(error) = save(&self.path, self.card.memory()) {
                eprintln!("the card could not be stored: {error}");
                self.card.reset();
                return MEMORY_FAILURE.to_vec();
            }
            self.stored = self.card.revision();
        }
        answer
    }
}

/// The file: JSON, bytes in hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    guid: String,
    sm2_algorithm: u8,
    pin: Counter,
    puk: Counter,
    slots: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counter {
    value: Zeroizing<String>,
    tries: u8,
    maximum: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    reference: u8,
    pkcs8: Zeroizing<String>,
    certificate: Option<String>,
}

fn save(path: &Path, memory: &Personalisation) -> Result<(), StoreError> {
    let unusable = || StoreError::Damaged(path.to_owned());
    let file = File::from_memory(memory).ok_or_else(unusable)?;
    let text = Zeroizing::new(serde_json::to_vec_pretty(&file).map_err(|_| unusable())?);
    store::write(path, &text)
}

impl File {
    fn from_memory(memory: &Personalisation) -> Option<Self> {
        let counter = |data: &ReferenceData| Counter {
            value: Zeroizing::new(hex::encode(data.secret.padded())),
            tries: data.tries,
            maximum: data.maximum,
        };
        let key = |(slot, content): &(Slot, SlotContent)| {
            Some(Key {
                reference: *slot as u8,
                pkcs8: Zeroizing::new(hex::encode(content.key.to_pkcs8_der().ok()?)),
                certificate: content.certificate.as_deref().map(hex::encode),
            })
        };
        Some(Self {
            guid: hex::encode(memory.guid),
            sm2_algorithm: memory.sm2_algorithm,
            pin: counter(&memory.pin),
            puk: counter(&memory.puk),
            slots: memory.slots.iter().map(key).collect::<Option<_>>()?,
        })
    }

    fn into_memory(self) -> Option<Personalisation> {
        let counter = |counter: Counter| {
            let value = Zeroizing::new(hex::decode(counter.value.as_str()).ok()?);
            // Both are eight bytes; that a PIN is digits was seen to when it was set.
            let secret = Secret::puk(&value).ok()?;
            Some(ReferenceData { secret, tries: counter.tries, maximum: counter.maximum })
        };
        let slot = |key: Key| {
            let pkcs8 = Zeroizing::new(hex::decode(key.pkcs8.as_str()).ok()?);
            let certificate = key.certificate.map(hex::decode).transpose().ok()?;
            let content = SlotContent { key: PrivateKey::from_pkcs8_der(&pkcs8).ok()?, certificate };
            Some((Slot::from_reference(key.reference)?, content))
        };
        Some(Personalisation {
            slots: self.slots.into_iter().map(slot).collect::<Option<_>>()?,
            pin: counter(self.pin)?,
            puk: counter(self.puk)?,
            guid: hex::decode(self.guid).ok()?.try_into().ok()?,
            sm2_algorithm: self.sm2_algorithm,
        })
    }
}
