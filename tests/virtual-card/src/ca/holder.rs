//! Whose card it is.

pub use eport_card::CardClass;

/// What a card's certificate says of its holder and of the enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// 企业名称.
    pub enterprise_name: String,
    /// 统一社会信用代码, 18 characters. Characters 9 to 17 go in as the organisation code.
    pub uscc: String,
    /// Whether the certificate has the whole code too; those of the real authority were seen with the organisation code alone.
    pub whole_uscc: bool,
    /// 姓名.
    pub name: String,
    /// As certificates write it: `01` is the resident id card.
    pub id_type: String,
    /// 证件号码.
    pub id_number: String,
    /// The card's number, without its prefix `03-`.
    pub card_number: String,
    /// The class, or nothing for a certificate that doesn't say it.
    pub class: Option<CardClass>,
}

impl Holder {
    /// 张三's card of an enterprise of Hangzhou: valid numbers that are nobody's, all from the public examples of their standards.
    pub fn sample(class: CardClass) -> Self {
        Self {
            enterprise_name: "杭州示例进出口有限公司".to_owned(),
            uscc: "913300007458363392".to_owned(),
            whole_uscc: true,
            name: "张三".to_owned(),
            id_type: "01".to_owned(),
            id_number: "11010519491231002X".to_owned(),
            card_number: "8930000104271".to_owned(),
            class: Some(class),
        }
    }

    /// Characters 9 to 17 of the USCC; of a shorter one, nothing.
    pub fn organisation_code(&self) -> &str {
        self.uscc.get(8..17).unwrap_or_default()
    }
}
