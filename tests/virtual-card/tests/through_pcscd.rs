//! The card through a real `pcscd`.

use std::time::Duration;

use eport_virtual_card::{
    card::{Card, Personalisation, Secret, Slot},
    key::{Algorithm, PrivateKey},
    pcscd::PcscDaemon,
};

#[test]
fn opensc_recognises_the_card() -> anyhow::Result<()> {
    let daemon = PcscDaemon::start()?;
    let memory = Personalisation::new(Secret::pin("123456")?, Secret::puk(b"12345678")?).with(
        Slot::Authentication,
        PrivateKey::generate(Algorithm::P256)?,
        None,
    );
    let inserted = daemon.reader().insert(Card::new(memory))?;
    assert!(inserted.wait_until_powered(Duration::from_secs(10)), "{}", daemon.log());
    let said = daemon.command("opensc-tool").arg("--name").output()?;
    assert_eq!(String::from_utf8(said.stdout)?, "Personal Identity Verification Card\n");
    let said = daemon.command("opensc-tool").arg("--atr").output()?;
    assert_eq!(String::from_utf8(said.stdout)?, "3b:8d:80:01:80:73:c0:21:c0:57:45:50:4f:52:54:49:44:d8\n");
    Ok(())
}
