//! `issue`: a new card.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use eport_virtual_card::{
    ca::{CardClass, Holder, Kind, TestCa},
    card::{Personalisation, Secret, Slot},
    key::Algorithm,
    stored_card::StoredCard,
};

use super::{State, algorithm, named, show};

/// Issues a card: makes a key and has the test authority certify it.
#[derive(Debug, Args)]
pub struct Issue {
    #[command(flatten)]
    state: State,
    /// What the card is called from now on.
    #[arg(long, default_value = "card")]
    card: String,
    /// Which key it has, and which authority issues it.
    #[arg(long, default_value = "sm2", value_parser = algorithm())]
    algorithm: Algorithm,
    /// Whom it stands for.
    #[arg(long, default_value = "legal_person", value_parser = named(&[CardClass::LegalPerson, CardClass::Operator], CardClass::as_str))]
    class: CardClass,
    /// What is wrong with it.
    #[arg(long, default_value = "good", value_parser = named(&Kind::ALL, Kind::name))]
    kind: Kind,
    /// 企业名称
    #[arg(long, default_value = "杭州示例进出口有限公司")]
    enterprise: String,
    /// 统一社会信用代码
    #[arg(long, default_value = "913300007458363392")]
    uscc: String,
    /// 姓名
    #[arg(long, default_value = "张三")]
    name: String,
    /// 身份证号码
    #[arg(long, default_value = "11010519491231002X")]
    id_number: String,
    /// The card's number, without 03-.
    #[arg(long, default_value = "8930000104271")]
    card_number: String,
    /// 6 to 8 digits.
    #[arg(long, default_value = "123456")]
    pin: String,
    /// 8 characters.
    #[arg(long, default_value = "12345678")]
    puk: String,
    /// Replaces a card of this name.
    #[arg(long)]
    replace: bool,
}

impl Issue {
    pub fn run(self) -> Result<()> {
        let path = self.state.card(&self.card)?;
        ensure!(self.replace || !path.exists(), "{} is there already; --replace issues it anew", show(&path));
        ensure!(self.uscc.len() == 18 && self.uscc.is_ascii(), "a USCC has 18 characters");
        let pin = Secret::pin(&self.pin).context("--pin")?;
        let puk = Secret::puk(self.puk.as_bytes()).context("--puk")?;

        let folder = self.state.authority(self.algorithm);
        let ca = TestCa::open(&folder, self.algorithm)?;
        let holder = Holder {
            enterprise_name: self.enterprise,
            uscc: self.uscc,
            name: self.name,
            id_number: self.id_number,
            card_number: self.card_number,
            ..Holder::sample(self.class)
        };
        let issued = ca.issue(&holder, self.kind)?;
        ca.save_revoked(&folder)?;
        std::fs::create_dir_all(self.state.cards())?;
        let memory = Personalisation::new(pin, puk).with(Slot::Authentication, issued.key, Some(issued.certificate_der));
        StoredCard::create(&path, memory)?;
        println!("issued {} ({}, {}, {})", show(&path), self.algorithm.name(), self.class.as_str(), self.kind.name());
        Ok(())
    }
}
