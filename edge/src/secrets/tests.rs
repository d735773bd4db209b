use std::cell::Cell;
use std::fs::Permissions;

use eport_shared::crypto::{Place, decrypt, encrypt};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

/// Never twice the same, and the same in each run.
struct Counter(Cell<u8>);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0.set(self.0.get().wrapping_add(1));
            *byte = self.0.get();
        }
    }
}

const START: Timestamp = Timestamp::from_milliseconds(1_764_000_000_000);
const HOUR: i64 = 3600;

struct Fixture {
    _folder: TempDir,
    state: StateDir,
    entropy: Counter,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(&folder.path().join("state")).unwrap();
        Self { _folder: folder, state, entropy: Counter(Cell::new(0)) }
    }

    fn made() -> Self {
        let fixture = Self::new();
        assert!(fixture.ensure().unwrap().1);
        fixture
    }

    fn ensure(&self) -> Result<(Secrets, bool), SecretsError> {
        Secrets::ensure(&self.state, &self.entropy, START)
    }

    fn path(&self) -> PathBuf {
        self.state.path().join(SECRETS_FILE)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    fn keys(&self) -> Keys {
        Secrets::read(self.state.path()).unwrap().unwrap().keys().unwrap()
    }

    fn rotate(&self, rotation: Rotation, hours: i64) -> Rotated {
        let now = START.plus_seconds(hours * HOUR);
        Secrets::rotate(&self.state, &[rotation], &self.entropy, now).unwrap().unwrap().remove(0)
    }

    fn refusal(&self) -> String {
        let error = self.ensure().unwrap_err().to_string();
        for value in error.split_ascii_whitespace() {
            assert!(value.len() < 40 || value.contains('/'), "a secret in: {error}");
        }
        error
    }
}

#[test]
fn the_first_start_makes_them_and_the_second_finds_them() {
    let fixture = Fixture::made();
    let text = fixture.text();
    assert_eq!(std::fs::metadata(fixture.path()).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!fixture.ensure().unwrap().1);
    assert_eq!(fixture.text(), text);
    let keys = fixture.keys();
    assert_eq!((keys.signing.len(), keys.verifying.len(), keys.data.len()), (1, 1, 1));
    assert_eq!(keys.signing[0].id, keys.verifying[0].id);
    assert_eq!(keys::verifying_half(&keys.signing[0].seed), Some(keys.verifying[0].bytes));
    assert!(keys.pepper.is_some_and(|pepper| *pepper != *keys.index));
    // Nothing is left beside it.
    assert_eq!(std::fs::read_dir(fixture.state.path()).unwrap().count(), 1);
}

#[test]
fn those_who_start_at_once_get_the_same() {
    let fixture = Fixture::new();
    let state = &fixture.state;
    let all: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|n| {
                scope.spawn(move || {
                    let (secrets, made) = Secrets::ensure(state, &Counter(Cell::new(n * 16)), START).unwrap();
                    (secrets.keys().unwrap().index.to_vec(), made)
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(all.iter().filter(|(_, made)| *made).count(), 1);
    assert!(all.iter().all(|(index, _)| *index == all[0].0));
}

#[test]
fn a_file_that_others_can_read_is_refused_with_the_command_to_run() {
    let fixture = Fixture::made();
    for mode in [0o644, 0o640, 0o604, 0o660] {
        std::fs::set_permissions(fixture.path(), Permissions::from_mode(mode)).unwrap();
        let error = fixture.refusal();
        assert!(error.contains(&format!("chmod 600 {}", fixture.path().display())), "{error}");
    }
}

#[test]
fn a_half_written_file_is_refused_wherever_it_ends() {
    let fixture = Fixture::made();
    let whole = fixture.text();
    for end in 0..whole.trim_end().len() {
        std::fs::write(fixture.path(), &whole.as_bytes()[..end]).unwrap();
        let error = fixture.refusal();
        assert!(error.contains("backup"), "{end}: {error}");
    }
    std::fs::write(fixture.path(), [0xff, 0xfe]).unwrap();
    fixture.refusal();
}

#[test]
fn what_a_process_that_died_left_does_no_harm() {
    let fixture = Fixture::new();
    std::fs::write(fixture.state.path().join("secrets.toml.new"), "signing_keys = \"half").unwrap();
    assert!(fixture.ensure().unwrap().1);
    assert_eq!(std::fs::read_dir(fixture.state.path()).unwrap().count(), 1);
}

#[test]
fn a_new_data_key_comes_first_and_the_earlier_ones_still_decrypt() {
    let fixture = Fixture::made();
    let row = Uuid::nil();
    let place = Place::new("accounts.phone", &row);
    let old = encrypt(&fixture.keys(), &fixture.entropy, place, b"+8613812345678").unwrap();
    for rotation in 1..=3 {
        // Years later: a data key is needed as long as there is data.
        let rotated = fixture.rotate(Rotation::Data, rotation * 9000);
        let keys = fixture.keys();
        assert_eq!(keys.data[0].id, rotated.id);
        assert_eq!(keys.data.len(), rotated.kept + 1);
        assert_eq!(decrypt(&keys, place, &old).unwrap().as_slice(), b"+8613812345678");
    }
    assert_eq!(fixture.keys().data.len(), 4);
}

#[test]
fn an_earlier_signing_key_verifies_for_a_day_and_signs_no_more() {
    let fixture = Fixture::made();
    let first = fixture.keys().verifying[0].clone();
    let second = fixture.rotate(Rotation::Signing, 100);
    assert_eq!(second.kept, 1);
    let keys = fixture.keys();
    assert_eq!(keys.signing.len(), 1);
    assert_eq!(keys.signing[0].id, second.id);
    assert_eq!(keys.verifying[0].id, second.id);
    assert_eq!(keys.verifying[1], first);

    // The first was in use until hour 100, so it is needed until hour 124.
    assert_eq!(fixture.rotate(Rotation::Signing, 123).kept, 2);
    assert!(fixture.keys().verifying.contains(&first));
    assert_eq!(fixture.rotate(Rotation::Signing, 125).kept, 2);
    assert!(!fixture.keys().verifying.contains(&first));
}

#[test]
fn a_key_of_unknown_age_is_kept() {
    let fixture = Fixture::made();
    let verifying = fixture.keys().verifying;
    let theirs = keys::entry("theirs", &[7; 32]);
    let text = fixture.text().replace("verifying_keys = \"", &format!("verifying_keys = \"{} ", *theirs));
    std::fs::write(fixture.path(), text).unwrap();
    fixture.rotate(Rotation::Signing, 1000);
    let ids: Vec<String> = fixture.keys().verifying.into_iter().map(|key| key.id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.contains(&"theirs".to_owned()) && ids.contains(&verifying[0].id));
}

#[test]
fn rotation_keeps_what_somebody_added() {
    let fixture = Fixture::made();
    let added = "sms_webhook_secret = \"a \\\"b\\\" \\\\ 密\\n\"\n";
    std::fs::write(fixture.path(), fixture.text() + added).unwrap();
    fixture.rotate(Rotation::Data, 1);
    let secrets = Secrets::read(fixture.state.path()).unwrap().unwrap();
    let (name, value) = secrets.variables().last().unwrap();
    assert_eq!((name, value), ("sms_webhook_secret", "a \"b\" \\ 密\n"));
}

#[test]
fn without_a_file_there_is_nothing_to_rotate() {
    let fixture = Fixture::new();
    let done = Secrets::rotate(&fixture.state, &[Rotation::Data], &fixture.entropy, START).unwrap();
    assert_eq!(done, None);
    assert!(!fixture.path().exists());
}

#[test]
fn debug_shows_names_alone() {
    let fixture = Fixture::made();
    let secrets = fixture.ensure().unwrap().0;
    assert_eq!(
        format!("{secrets:?}"),
        r#"{"data_keys", "index_key", "pepper", "seal_certificates", "seal_keys", "signing_keys", "verifying_keys"}"#
    );
}

#[test]
fn a_file_of_an_earlier_version_gets_a_seal_makers_key_and_keeps_the_rest() {
    let fixture = Fixture::made();
    let whole = fixture.text();
    let earlier: String =
        whole.lines().filter(|line| !line.starts_with("seal_")).map(|line| format!("{line}\n")).collect();
    assert_ne!(earlier, whole);
    std::fs::write(fixture.path(), &earlier).unwrap();
    assert!(!Secrets::read(fixture.state.path()).unwrap().unwrap().is_complete());
    let (secrets, made) = fixture.ensure().unwrap();
    assert!(secrets.is_complete() && !made);
    assert!(earlier.lines().all(|line| fixture.text().contains(line)));
    let keys = fixture.keys();
    assert_eq!(keys.seal.len(), 1);
    assert!(eport_seal::SealMaker::new(&keys.seal[0].secret, &keys.seal[0].certificate).is_ok());
    let now = fixture.text();
    fixture.ensure().unwrap();
    assert_eq!(fixture.text(), now);
}
